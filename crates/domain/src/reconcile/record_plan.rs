//! The table for one record of one store.

use crate::protection::{Protection, stands};

/// What is known here of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownRecord {
    Nothing,
    /// Erased here on a person's word: it must not come back.
    Suppressed,
    Live {
        edited: bool,
    },
    /// The store said that it is gone.
    Gone {
        edited: bool,
    },
}

/// What the store says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldRecord {
    /// Nothing that differs from the mirror.
    Same,
    /// A newer or undated version.
    Changed,
    /// A version older than the mirror, from a copy of the store that lags behind.
    Older,
    /// A complete listing did not have it. Lists shift while they are read, so this proves nothing yet.
    NotListed,
    /// Asked for by its id, the store says that it does not exist.
    NotFound,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordAction {
    Insert,
    /// Note that it was seen.
    Touch,
    /// Take it over; edits are then planned field by field.
    Update,
    /// Ask the store for this one by its id.
    AskByName,
    /// Mark it as gone; nothing waits.
    Bury,
    /// Mark it as gone and give its edits to a person, with their text.
    BuryAndPark,
    /// It is back.
    Revive,
    /// It is back, and parked edits meet it: a person looks.
    ReviveAndPlan,
    /// Leave everything as it is.
    Ignore,
}

/// Decides about one record. Every cell of the table is an arm.
pub fn plan_record(known: KnownRecord, told: ToldRecord) -> RecordAction {
    match (known, told) {
        (KnownRecord::Suppressed, _) => RecordAction::Ignore,

        (KnownRecord::Nothing, ToldRecord::Same | ToldRecord::Changed | ToldRecord::Older) => {
            RecordAction::Insert
        }
        (KnownRecord::Nothing, ToldRecord::NotListed | ToldRecord::NotFound) => RecordAction::Ignore,

        (KnownRecord::Live { .. }, ToldRecord::Older) => RecordAction::Ignore,
        (KnownRecord::Live { .. }, ToldRecord::Same) => RecordAction::Touch,
        (KnownRecord::Live { .. }, ToldRecord::Changed) => RecordAction::Update,
        (KnownRecord::Live { .. }, ToldRecord::NotListed) => RecordAction::AskByName,
        (KnownRecord::Live { edited: false }, ToldRecord::NotFound) => RecordAction::Bury,
        (KnownRecord::Live { edited: true }, ToldRecord::NotFound) => RecordAction::BuryAndPark,

        (KnownRecord::Gone { .. }, ToldRecord::NotListed) => RecordAction::Ignore,
        // Edits that a person has tried again, or typed since.
        (KnownRecord::Gone { edited: true }, ToldRecord::NotFound) => RecordAction::BuryAndPark,
        (KnownRecord::Gone { edited: false }, ToldRecord::NotFound) => RecordAction::Ignore,
        (KnownRecord::Gone { .. }, ToldRecord::Older) => RecordAction::Ignore,
        (KnownRecord::Gone { .. }, _) if !stands(Protection::Revive) => RecordAction::Ignore,
        (KnownRecord::Gone { edited: false }, ToldRecord::Same | ToldRecord::Changed) => RecordAction::Revive,
        (KnownRecord::Gone { edited: true }, ToldRecord::Same | ToldRecord::Changed) => {
            RecordAction::ReviveAndPlan
        }
    }
}
