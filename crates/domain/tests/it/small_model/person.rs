//! What the person does with edits, as in `outbox`, and what the judge's book keeps of it.

use clientela_domain::reconcile::Progress;

use super::planner::{Gap, Plan, Planner};
use super::state::{Edit, Kind, Slot, Stage, Value};

impl Slot {
    /// `outbox::save`
    pub(crate) fn typed(&mut self, planner: &mut Planner, value: Value) {
        let stored = self.mirror;
        match self.edit {
            Some(edit) if edit.mine == value => return,
            Some(edit) if matches!(edit.stage, Stage::Pending | Stage::Parked) && stored == value => {
                self.edit = None;
                self.wish(planner.setting.kind, self.out.then_some(value));
            }
            Some(edit) => {
                if edit.stage == Stage::Conflict {
                    self.known |= edit.base.bit() | edit.other.bit();
                }
                if edit.mine.has_theirs() || edit.stage == Stage::Parked {
                    // A joined note shows what it was joined with, and a refused edit where it began.
                    self.known |= edit.base.bit();
                }
                self.save(value);
                self.wish(planner.setting.kind, Some(value));
            }
            None => self.begin_edit(planner, stored, value),
        }
        self.form = None;
    }

    fn begin_edit(&mut self, planner: &mut Planner, stored: Value, value: Value) {
        if stored == value {
            return;
        }
        let base = match planner.setting.lacks(Gap::BaseIsNow) {
            true => stored,
            false => self.form.unwrap_or(stored),
        };
        self.known = self.form.unwrap_or(stored).bit();
        self.edit = Some(Edit { base, mine: value, ..Edit::waiting() });
        match planner.plan(Progress::Waiting, [base, value, stored], 0, false) {
            Plan::Conflict => self.note_conflict(stored),
            Plan::Merged(joined) => self.rebase(stored, Some(joined)),
            _ => {}
        }
        self.wish(planner.setting.kind, Some(value));
    }

    /// `outbox::decide`
    pub(crate) fn decided(&mut self, planner: &Planner, keeps_mine: bool) {
        let Some(edit) = self.edit else { return };
        if keeps_mine {
            self.known |= edit.other.bit();
            self.rebase(edit.other, None);
            self.wish(planner.setting.kind, Some(edit.mine));
        } else {
            self.edit = None;
            self.wish(planner.setting.kind, self.out.then_some(edit.other));
        }
    }

    /// `outbox::retry`
    pub(crate) fn retried(&mut self) {
        let Some(edit) = &mut self.edit else { return };
        *edit = Edit { stage: Stage::Pending, tries: 0, ..*edit };
        self.known |= edit.base.bit();
        self.sends = 0;
    }

    /// `outbox::discard`
    pub(crate) fn discarded(&mut self, planner: &Planner) {
        let Some(edit) = self.edit else { return };
        let turns_round = edit.stage == Stage::Sending;
        if turns_round && !planner.setting.lacks(Gap::DiscardDrops) {
            self.save(edit.base);
        } else {
            self.edit = None;
        }
        let wanted = if edit.stage == Stage::Conflict { edit.other } else { edit.base };
        self.wish(planner.setting.kind, (turns_round || self.out).then_some(wanted));
    }

    /// The judge's book: this is what the person wants now.
    fn wish(&mut self, kind: Kind, value: Option<Value>) {
        // A note is typed again with the line that has stood there: that line is no new one.
        let same_line =
            |value| kind == Kind::Note && self.owed.is_some_and(|owed| kind.contains(value, owed));
        let stood = self.held && value.is_some_and(same_line);
        self.owed = value;
        // Their own texts are no news to anybody.
        self.known |= value.map_or(0, Value::bit);
        // What the store has shown has stood there, unless something is on its way that may come over it.
        let shown = |value| !self.out && kind.contains(self.mirror, value);
        self.held = stood || value.is_some_and(|value| kind.contains(self.store, value) || shown(value));
        self.sends = 0;
    }
}
