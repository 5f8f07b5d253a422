//! What a sync did.

use clientela_connectors::ConnectorError;
use clientela_database::DatabaseError;

/// Why a sync of a store ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum SyncStop {
    #[error(transparent)]
    Store(#[from] ConnectorError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("it was cancelled")]
    Cancelled,
}

/// Counts of one sync of one store.
#[derive(Debug, Default)]
pub struct StoreReport {
    /// Records that the store showed.
    pub seen: u64,
    pub new: u64,
    pub changed: u64,
    pub gone: u64,
    /// Edits that the store confirmed.
    pub pushed: u64,
    /// Edits that began to wait for a person in this sync.
    pub conflicts: u64,
    pub parked: u64,
    /// Records that could not be read and were left out.
    pub skipped: u64,
    /// Why they could not be read, at most twenty. Names keys and types, never values.
    pub skipped_reasons: Vec<String>,
    /// Customers that a full pass did not list and that are kept, because so many at once look like a mistake of the store.
    pub held_back: u64,
    pub requests: u64,
    pub milliseconds: u64,
    /// What ended it early; `None`: everything was done.
    pub stop: Option<SyncStop>,
}

impl StoreReport {
    pub(crate) fn skip(&mut self, reason: &str) {
        self.skipped += 1;
        if self.skipped_reasons.len() < 20 {
            self.skipped_reasons.push(reason.to_owned());
        }
    }
}
