//! Bringing the copy and the stores in step: passes read a store's list into the mirror, pushes send edits, sweeps find what
//! is gone. What to do with a record or an edit is decided by the pure tables in `clientela_domain::reconcile`; this room reads
//! their situation from the database, asks the store, and writes down what they say. `docs/sync.md` tells the whole story.
//!
//! One task works for a store at a time. No transaction ever waits for a store: the next page of a list may be on its way while one is
//! written, and neither needs the other.

mod ahead;
mod apply;
mod detail;
mod left_out;
mod missing;
mod new_address;
pub mod outbox;
mod page;
mod pass;
pub mod ports;
mod push;
mod report;
mod run;
mod session;
mod settle;
mod sweep;

pub use detail::{LookedUp, fill_details};
pub use ports::{Clock, Phase, Progress, Sleep};
pub use report::{StoreReport, SyncStop};
pub use run::{SyncOptions, sync_store};
pub use session::StoreSession;
