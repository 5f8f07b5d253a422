//! A strict local stand-in for the remote stores the customer book talks to.
//!
//! It exists to disagree: it refuses what the real platform would refuse, and answers what nobody documents in
//! every way that is plausible, one way per variant. So it shares no type with the connectors and imports no
//! other crate of this project; a document misread in one place must not be misread the same way in the other.
//!
//! It must not be kind. Whoever needs a helpful shortcut (true state, a moved clock, a fault) takes it through
//! the control listener, which no store ever serves.

mod clock;
mod control;
mod fault;
mod options;
mod people;
mod platform;
mod rate;
mod sandbox;
mod server;
mod text;
mod variant;

pub use options::{RateMode, SandboxError, SandboxOptions};
pub use platform::variants;
pub use sandbox::{Ready, ReadyStore, Sandbox};
pub use variant::VariantInfo;
