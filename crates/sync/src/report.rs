//! What a sync did.

use std::collections::BTreeSet;

use clientela_connectors::ConnectorError;
use clientela_database::DatabaseError;
use clientela_domain::CustomerId;
use clientela_domain::protection::{Protection, stands};

use crate::apply::Applied;
use crate::session::StoreSession;

/// So often in a row, trouble with single customers is trouble with the store.
pub(crate) const MOST_IN_A_ROW: u32 = 3;

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
    /// Customers that could not be read in this sync. Their edits wait for the next one.
    pub(crate) set_aside: BTreeSet<CustomerId>,
    pub(crate) in_a_row: u32,
}

impl StoreReport {
    /// Edits of somebody wait, although the store could be asked: asking again at once would tell nothing else.
    pub fn somebody_waits(&self) -> bool {
        !self.set_aside.is_empty()
    }

    /// Bears an error that is about one customer alone, so that nobody else waits for it. Gives back one that is about the
    /// store.
    pub(crate) fn bear(
        &mut self,
        session: &StoreSession,
        stop: SyncStop,
    ) -> Result<ConnectorError, SyncStop> {
        let SyncStop::Store(error) = stop else { return Err(stop) };
        let one_sign_in_each = session.connector.capabilities().sign_in_per_customer;
        let goes_on = one_sign_in_each || !stands(Protection::SignInStops);
        if goes_on && matches!(error, ConnectorError::SignIn { .. }) {
            // The others have sign-ins of their own.
            return Ok(error);
        }
        self.in_a_row += 1;
        if !is_about_one(&error) || self.in_a_row >= MOST_IN_A_ROW {
            return Err(SyncStop::Store(error));
        }
        Ok(error)
    }

    /// Counts what a shown record changed.
    pub(crate) fn count(&mut self, applied: &Applied) {
        self.new += u64::from(applied.inserted);
        self.changed += u64::from(applied.changed);
        self.conflicts += applied.conflicts;
        self.parked += applied.parked;
        self.pushed += applied.confirmed;
    }

    pub(crate) fn skip(&mut self, reason: &str) {
        self.skipped += 1;
        if self.skipped_reasons.len() < 20 {
            self.skipped_reasons.push(reason.to_owned());
        }
    }
}

/// Whether an error on asking for one customer says nothing of the others. A page for people in place of an answer can be how a
/// store says that somebody is not there.
pub(crate) fn is_about_one(error: &ConnectorError) -> bool {
    matches!(
        error,
        ConnectorError::Forbidden { .. }
            | ConnectorError::Refused { .. }
            | ConnectorError::ServerFault { .. }
            | ConnectorError::TooLarge { .. }
            | ConnectorError::Unreadable { .. }
            | ConnectorError::WrongAddress
    )
}
