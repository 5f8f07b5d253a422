//! Bringing the copy and the stores in step: passes read a store's list into the mirror, pushes send edits, sweeps find what
//! is gone. What to do with a record or an edit is decided by the pure tables in `clientela_domain::reconcile`; this room reads
//! their situation from the database, asks the store, and writes down what they say. `docs/sync.md` tells the whole story.
//!
//! One task works for a store at a time. No transaction is ever open while a store is asked.

mod apply;
mod detail;
pub mod outbox;
mod pass;
pub mod ports;
mod push;
mod report;
mod run;
mod session;
mod sweep;

pub use detail::{LookedUp, fill_details};
pub use ports::{Clock, Phase, Progress, Sleep};
pub use report::{StoreReport, SyncStop};
pub use run::{SyncOptions, sync_store};
pub use session::StoreSession;
