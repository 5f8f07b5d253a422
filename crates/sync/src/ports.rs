//! What the outside gives to the engine.

pub use clientela_connectors::{Clock, Sleep};
use clientela_domain::{CustomerId, StoreId};

/// What a running sync is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Push,
    FirstPass,
    Changes,
    FullPass,
    Segments,
    Sweep,
}

impl Phase {
    /// The word for interfaces.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Push => "push",
            Phase::FirstPass => "first_pass",
            Phase::Changes => "changes",
            Phase::FullPass => "full_pass",
            Phase::Segments => "segments",
            Phase::Sweep => "sweep",
        }
    }
}

/// Is told how a sync goes. Must not block.
pub trait Progress: Send + Sync {
    /// `done` of `total` customers, where the total is known.
    fn reached(&self, store: StoreId, phase: Phase, done: u64, total: Option<u64>);
    /// Customers of this store may show something else now.
    fn customers_changed(&self, store: StoreId);
    /// An edit of this customer changed its state.
    fn edits_changed(&self, store: StoreId, customer: CustomerId);
}

/// For callers that do not watch.
#[derive(Debug, Default, Clone, Copy)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn reached(&self, _store: StoreId, _phase: Phase, _done: u64, _total: Option<u64>) {}
    fn customers_changed(&self, _store: StoreId) {}
    fn edits_changed(&self, _store: StoreId, _customer: CustomerId) {}
}
