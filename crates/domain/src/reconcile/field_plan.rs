//! The table for one edit of one field.

use super::{MOST_TRIES, Merge, merge};
use crate::protection::{Protection, stands};
use crate::{Field, FieldValue, Presence};

/// How far an edit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Saved here; nothing was sent.
    Waiting,
    /// Marked as sent, and no answer is known: it may or may not have arrived.
    Sent,
    /// What the store shows now is its answer to this very write.
    Answered,
    /// A person has to choose.
    InConflict,
    /// The store refused it.
    Parked,
}

/// An edit and what the store shows now.
#[derive(Debug, Clone, Copy)]
pub struct FieldSituation<'a> {
    pub field: &'a Field,
    /// What the store had when the edit began.
    pub base: &'a FieldValue,
    pub mine: &'a FieldValue,
    pub theirs: &'a Presence<FieldValue>,
    pub progress: Progress,
    /// How often it was sent since a person last had it in hand, less what surely did not arrive.
    pub tries: u32,
    /// [`Progress::Sent`]: the store's record is dated later than the one that our write began from, or than its own answer.
    /// [`Progress::InConflict`]: the store's value is another than the one that the person was asked about.
    pub moved: bool,
}

/// What to do with the edit.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldAction {
    /// Send it.
    Send,
    /// The store has it: the edit is done.
    Confirm,
    /// Both sides changed different lines of a text: this is the text with both changes, to be sent instead.
    SendMerged(FieldValue),
    /// Both sides changed it: a person chooses.
    Conflict,
    /// The store took the write and made something else of it: show it once, keep ours in the timeline, do not send again.
    Altered,
    /// Nobody knows yet whether it arrived: read again later, before anything is sent.
    ReadAgain,
    /// Give it to a person with this reason.
    Park(ParkReason),
    /// It stays as it is.
    Stay,
}

/// Why an edit waits for a person, apart from a store's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParkReason {
    /// The store answers yes and keeps its old value.
    Ignored,
}

/// How the store's value stands to the edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The answer says nothing of the field.
    Silent,
    AsBase,
    AsMine,
    Other,
}

/// Tells how the store's value stands to the edit.
///
/// A person may change only the spelling (`11999999999` to `(11) 99999-9999`): then base, mine and theirs are all one
/// value to the store. Before sending, such a value counts as base, or the new spelling would never be sent; in the answer to
/// our write it counts as ours, or a store that normalises would be sent it for ever.
pub fn relation(situation: FieldSituation<'_>) -> Relation {
    let FieldSituation { field, base, mine, theirs, progress, .. } = situation;
    let theirs = match theirs {
        Presence::Absent => return Relation::Silent,
        Presence::Null => &FieldValue::Null,
        Presence::Value(value) => value,
    };
    let (like_base, like_mine) = (theirs.equivalent(base, field), theirs.equivalent(mine, field));
    match (like_base, like_mine) {
        _ if theirs.identical(mine) => Relation::AsMine,
        (true, true) if progress == Progress::Answered => Relation::AsMine,
        (true, _) => Relation::AsBase,
        (false, true) => Relation::AsMine,
        (false, false) => Relation::Other,
    }
}

/// Decides about one edit. Every cell of the table is an arm.
pub fn plan_field(situation: FieldSituation<'_>) -> FieldAction {
    let FieldSituation { field, base, mine, theirs, progress, tries, moved } = situation;
    match (progress, relation(situation)) {
        // The store has our value, however it came there.
        (_, Relation::AsMine) => FieldAction::Confirm,

        (Progress::Waiting, Relation::Silent | Relation::AsBase) => FieldAction::Send,
        (Progress::Waiting | Progress::Sent, Relation::Other) if !stands(Protection::ConflictStops) => {
            FieldAction::Send
        }
        (Progress::Waiting | Progress::Sent, Relation::Other) => {
            match merge(field, base, mine, theirs.value()) {
                // Ours may have arrived, and what differs from it now is their answer to it: joining from where the edit began would
                // put in again what they took out.
                Merge::Joined(value)
                    if progress == Progress::Sent
                        && moved
                        && theirs.value().is_none_or(|theirs| !theirs.identical(&value))
                        && stands(Protection::TakenBackAsks) =>
                {
                    FieldAction::Conflict
                }
                Merge::Joined(value) => FieldAction::SendMerged(value),
                Merge::Clash => FieldAction::Conflict,
            }
        }

        // Somebody may have taken our value back on purpose: sending again would overwrite that.
        (Progress::Sent, Relation::AsBase) if moved && stands(Protection::TakenBackAsks) => {
            FieldAction::Conflict
        }
        (Progress::Sent, Relation::AsBase | Relation::Silent)
            if tries >= MOST_TRIES && stands(Protection::TriesEnd) =>
        {
            FieldAction::Park(ParkReason::Ignored)
        }
        // It did not arrive.
        (Progress::Sent, Relation::AsBase | Relation::Silent) => FieldAction::Send,

        // The store said yes and does not show this field in answers: its yes is all there is.
        (Progress::Answered, Relation::Silent) => FieldAction::Confirm,
        // Ignored, or an old copy answered. Reading again tells.
        (Progress::Answered, Relation::AsBase) if tries >= MOST_TRIES && stands(Protection::TriesEnd) => {
            FieldAction::Park(ParkReason::Ignored)
        }
        (Progress::Answered, Relation::AsBase) => FieldAction::ReadAgain,
        (Progress::Answered, Relation::Other) if !stands(Protection::AlteredEnds) => FieldAction::Send,
        (Progress::Answered, Relation::Other) => FieldAction::Altered,

        // The other side went back to where the edit began: nothing is in its way any more. But after something of ours may have stood
        // there, going back is a change like any other, and a person is asked about it.
        (Progress::InConflict, Relation::AsBase) if !stands(Protection::ConflictStays) => FieldAction::Send,
        (Progress::InConflict, Relation::AsBase) if moved && tries == 0 => FieldAction::Send,
        (Progress::InConflict, Relation::AsBase) if moved => FieldAction::Conflict,
        (Progress::InConflict, Relation::AsBase) => FieldAction::Stay,
        (Progress::InConflict, Relation::Other) => FieldAction::Conflict,
        (Progress::InConflict, Relation::Silent) => FieldAction::Stay,

        (Progress::Parked, Relation::Silent | Relation::AsBase | Relation::Other) => FieldAction::Stay,
    }
}
