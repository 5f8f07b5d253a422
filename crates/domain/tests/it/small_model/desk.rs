//! The desk, step by step as `crates/sync` takes them: `apply` and `push`. What it decides, the planner decides.

use clientela_domain::reconcile::{KnownRecord, Progress, RecordAction, ToldRecord, plan_record};

use super::planner::{Gap, Plan, Planner};
use super::state::{Edit, Item, Slot, Stage, State, Step, Value};

/// Where an answer comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A list, which may come while a push is under way.
    List,
    /// The read of a push.
    Own,
    /// The answer to the write.
    Write,
}

impl Slot {
    pub(crate) fn rebase(&mut self, base: Value, mine: Option<Value>) {
        if let (Some(_), Some(item)) = (mine, &mut self.item) {
            item.is_older = true;
        }
        if let Some(edit) = &mut self.edit {
            let mine = mine.unwrap_or(edit.mine);
            *edit = Edit { base, mine, ..Edit::waiting() };
        }
        self.sends = 0;
    }

    pub(crate) fn note_conflict(&mut self, theirs: Value) {
        if let Some(edit) = &mut self.edit {
            *edit = Edit { stage: Stage::Conflict, other: theirs, is_newest: true, moved: false, ..*edit };
        }
    }

    fn park(&mut self) {
        if let Some(edit) = &mut self.edit {
            *edit = Edit { stage: Stage::Parked, other: Value::Base, is_newest: true, moved: false, ..*edit };
        }
    }

    /// `unmark_sending`
    fn unmark(&mut self) {
        if let Some(edit) = self.edit.filter(|edit| edit.stage == Stage::Sending) {
            self.edit = Some(Edit {
                base: edit.base,
                mine: edit.mine,
                tries: edit.tries.saturating_sub(1),
                ..Edit::waiting()
            });
        }
        self.sends = self.sends.saturating_sub(1);
        self.out = false;
    }

    /// `edit::save` over an edit that is there.
    pub(crate) fn save(&mut self, mine: Value) {
        if let Some(edit) = &mut self.edit {
            let stage = if edit.stage == Stage::Parked { Stage::Pending } else { edit.stage };
            let is_newest = stage != Stage::Sending;
            let tries = if stage == Stage::Conflict { edit.tries } else { 0 };
            *edit = Edit { mine, stage, is_newest, tries, ..*edit };
        }
        if let Some(item) = &mut self.item {
            item.is_older = true;
        }
    }
}

impl Edit {
    pub(crate) fn waiting() -> Self {
        Edit {
            base: Value::Base,
            mine: Value::Base,
            stage: Stage::Pending,
            other: Value::Base,
            is_newest: true,
            moved: false,
            tries: 0,
        }
    }
}

impl State {
    /// `apply::apply`. Tells which edits can be sent.
    pub(crate) fn take(&mut self, planner: &mut Planner, shown: [Value; 2], answer: Answer) -> [bool; 2] {
        let is_edited = self.slots.iter().any(|slot| slot.edit.is_some());
        let known = match self.gone {
            true => KnownRecord::Gone { edited: is_edited },
            false => KnownRecord::Live { edited: is_edited },
        };
        let is_same = self.slots[0].mirror == shown[0] && self.slots[1].mirror == shown[1];
        let told = if is_same { ToldRecord::Same } else { ToldRecord::Changed };
        let action = plan_record(known, told);
        let is_revival = matches!(action, RecordAction::Revive | RecordAction::ReviveAndPlan);
        match action {
            _ if is_revival && planner.setting.lacks(Gap::NoRevival) => return [false; 2],
            RecordAction::Touch
            | RecordAction::Update
            | RecordAction::Revive
            | RecordAction::ReviveAndPlan => {}
            _ => return [false; 2],
        }
        (self.gone, self.missed) = (false, false);
        // A list that a person asks for comes at any time; a pass does not cross a push.
        let is_beside = answer == Answer::List && self.step != Step::Idle;
        let mut to_send = [false; 2];
        for (place, slot) in self.slots.iter_mut().enumerate() {
            slot.mirror = shown[place];
            slot.held |= slot.owed.is_some_and(|owed| planner.setting.kind.contains(shown[place], owed));
            to_send[place] = settle_one(slot, planner, shown[place], answer, is_beside);
        }
        to_send
    }

    /// `apply::miss`, the second time ten minutes later: in between nothing happens.
    pub(crate) fn miss(&mut self, planner: &Planner) {
        if !std::mem::replace(&mut self.missed, true) {
            return;
        }
        let is_edited = self.slots.iter().any(|slot| slot.edit.is_some());
        let known = match self.gone {
            true => KnownRecord::Gone { edited: is_edited },
            false => KnownRecord::Live { edited: is_edited },
        };
        (self.gone, self.missed) = (true, false);
        let parks = plan_record(known, ToldRecord::NotFound) == RecordAction::BuryAndPark;
        for slot in &mut self.slots {
            if parks && !planner.setting.lacks(Gap::GoneKeepsWaiting) {
                slot.park();
            }
            slot.out = false;
        }
    }

    /// `push::read` and `push::next_batch`.
    pub(crate) fn begin_push(&mut self, planner: &mut Planner, first: usize) {
        let blind = planner.setting.lacks(Gap::NoRead);
        let mut to_send = if blind {
            self.slots.map(|slot| {
                slot.edit.is_some_and(|edit| matches!(edit.stage, Stage::Pending | Stage::Sending))
            })
        } else if self.exists {
            self.note_read();
            self.take(planner, self.slots.map(|slot| slot.store), Answer::Own)
        } else {
            self.unknown = false;
            self.miss(planner);
            [false; 2]
        };
        if self.one_by_one && to_send[first] {
            to_send[1 - first] = false;
        }
        if to_send == [false; 2] {
            self.end_push();
            self.one_by_one = false;
            return;
        }
        for (slot, sends) in self.slots.iter_mut().zip(to_send) {
            slot.seen = if blind { slot.mirror } else { slot.store };
            slot.window = false;
            let text = slot.edit.map(|edit| edit.mine).filter(|_| sends);
            slot.item = text.map(|text| Item { text, is_stale: false, is_older: false });
        }
        (self.step, self.moved_since_read) = (Step::Read, false);
    }

    /// `push::mark`
    pub(crate) fn mark(&mut self, planner: &Planner) {
        let blind = planner.setting.lacks(Gap::MarkBlindly);
        let (moved, marks) = (self.moved_since_read, !planner.setting.lacks(Gap::NoMark));
        for slot in &mut self.slots {
            if marks && !blind && slot.item.is_some_and(|item| item.is_stale) {
                slot.item = None;
            }
            let Some(item) = &mut slot.item else { continue };
            item.is_stale = slot.edit.is_none();
            slot.sends = (slot.sends + 1).min(7);
            slot.out = true;
            if let Some(edit) = &mut slot.edit
                && marks
            {
                item.is_older = false;
                let (tries, other) = ((edit.tries + 1).min(7), edit.mine);
                *edit = Edit { stage: Stage::Sending, other, is_newest: true, moved, tries, ..*edit };
            }
        }
        match self.slots.iter().any(|slot| slot.item.is_some()) {
            true => self.step = Step::Marked,
            false => self.end_push(),
        }
    }

    /// `push::take_answer`, and what is left when no answer is to come.
    pub(crate) fn end_push(&mut self) {
        for slot in &mut self.slots {
            slot.item = None;
        }
        self.step = Step::Idle;
    }

    /// `push::unmark`
    pub(crate) fn unmark(&mut self) {
        for slot in self.slots.iter_mut().filter(|slot| slot.item.is_some()) {
            slot.unmark();
        }
        self.end_push();
    }

    /// `push::consequence` of a refusal.
    pub(crate) fn refused(&mut self) {
        if self.slots.iter().all(|slot| slot.item.is_some()) {
            self.unmark();
            self.one_by_one = true;
            return;
        }
        for slot in &mut self.slots {
            let Some(item) = slot.item else { continue };
            if item.is_stale || item.is_older {
                slot.unmark();
            } else {
                slot.park();
                slot.out = false;
            }
        }
        self.end_push();
    }

    /// The judge's book: everything that stands there has been read now, and the outcome of what was sent with it.
    pub(crate) fn note_read(&mut self) {
        self.unknown = false;
        for slot in &mut self.slots {
            slot.unread = false;
            slot.out = false;
        }
    }
}

/// `apply::settle_one`
fn settle_one(
    slot: &mut Slot,
    planner: &mut Planner,
    theirs: Value,
    answer: Answer,
    is_beside: bool,
) -> bool {
    let Some(edit) = slot.edit else { return false };
    let is_sending = edit.stage == Stage::Sending;
    if is_sending && is_beside && !planner.setting.lacks(Gap::ListDecides) {
        return false;
    }
    let is_answer = answer == Answer::Write && slot.item.is_some_and(|item| !item.is_stale);
    let (progress, mine) = match edit.stage {
        Stage::Pending => (Progress::Waiting, edit.mine),
        Stage::Sending if is_answer => (Progress::Answered, edit.other),
        Stage::Sending => (Progress::Sent, edit.other),
        Stage::Conflict => (Progress::InConflict, edit.mine),
        Stage::Parked => (Progress::Parked, edit.mine),
    };
    let is_newest = !is_sending || edit.is_newest || planner.setting.lacks(Gap::NoGeneration);
    let moved = if edit.stage == Stage::Conflict { edit.other != theirs } else { edit.moved };
    match planner.plan(progress, [edit.base, mine, theirs], edit.tries, moved) {
        Plan::Send => {
            if edit.stage == Stage::Conflict {
                slot.rebase(theirs, None);
            }
            return true;
        }
        Plan::Confirm if is_newest => slot.edit = None,
        Plan::Confirm => {
            slot.rebase(theirs, None);
            return true;
        }
        Plan::Merged(joined) if is_newest => {
            slot.rebase(theirs, Some(joined));
            return true;
        }
        Plan::Merged(_) | Plan::Conflict => {
            if !is_newest && !planner.setting.lacks(Gap::ConflictForgets) {
                slot.rebase(edit.other, None);
            }
            slot.note_conflict(theirs);
        }
        Plan::Altered if is_newest => {
            // Told to the person as altered, and kept in the timeline: nothing more is owed.
            slot.edit = None;
            slot.owed = None;
        }
        Plan::Altered => {
            if !planner.setting.lacks(Gap::ConflictForgets) {
                slot.rebase(edit.other, None);
            }
            slot.note_conflict(theirs);
        }
        Plan::Park => slot.park(),
        Plan::ReadAgain | Plan::Stay => {}
    }
    false
}
