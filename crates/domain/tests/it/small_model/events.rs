//! What can happen in the small world, one event at a time.

use std::fmt;

use super::desk::Answer;
use super::judge;
use super::planner::{Planner, Setting};
use super::state::{Kind, Slot, Stage, State, Step, Value};

/// What a store does with a write that it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taking {
    All,
    /// It says yes and leaves this field as it was.
    Ignores(usize),
    IgnoresAll,
    /// It makes another value of this field.
    Alters(usize),
}

/// One event. A number is one of the two fields.
///
/// Reading and taking in what was read are one event where nothing else of the desk can come between: only the store changes
/// while an answer is on its way, and then the answer is as old as if the change had come after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// The person opens a form and sees what is shown now.
    Look(usize),
    Type(usize, Value),
    /// The person types what the store has.
    Revert(usize),
    Decide(usize, bool),
    Retry(usize),
    Discard(usize),
    SomebodyChanges(usize),
    SomebodyChangesBack(usize),
    SomebodyDeletes,
    SomebodyRestores,
    /// A pass, or a list that was asked for beside it.
    List,
    /// A push reads and plans. Where fields go one by one, this one is first.
    Push(usize),
    StopBeforeMark,
    Mark,
    Arrives(Taking),
    Refused,
    /// There was no connection: it surely did not arrive.
    NotSent,
    /// The answer is lost, or this machine crashes after the mark.
    Lost,
    Answered,
    /// The store says only yes, and is read.
    SaysYes,
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |field: &usize| ["A", "B"][*field];
        match self {
            Event::Look(field) => write!(formatter, "the person opens the form of {}", letter(field)),
            Event::Type(field, value) => {
                write!(formatter, "the person types {value:?} into {}", letter(field))
            }
            Event::Revert(field) => {
                write!(formatter, "the person types into {} what the store has", letter(field))
            }
            Event::Decide(field, true) => {
                write!(formatter, "the person decides for mine in {}", letter(field))
            }
            Event::Decide(field, false) => {
                write!(formatter, "the person decides for theirs in {}", letter(field))
            }
            Event::Retry(field) => write!(formatter, "the person tries {} again", letter(field)),
            Event::Discard(field) => write!(formatter, "the person discards {}", letter(field)),
            Event::SomebodyChanges(field) => {
                write!(formatter, "somebody changes {} at the store", letter(field))
            }
            Event::SomebodyChangesBack(field) => write!(formatter, "somebody changes {} back", letter(field)),
            Event::SomebodyDeletes => formatter.write_str("somebody deletes the record"),
            Event::SomebodyRestores => formatter.write_str("the record comes back"),
            Event::List => formatter.write_str("a list is read"),
            Event::Push(field) => write!(formatter, "a push reads and plans, {} first", letter(field)),
            Event::StopBeforeMark => formatter.write_str("it stops before the mark"),
            Event::Mark => formatter.write_str("it marks and sends"),
            Event::Arrives(Taking::All) => formatter.write_str("the write arrives"),
            Event::Arrives(Taking::Ignores(field)) => {
                write!(formatter, "it arrives, and {} is ignored", letter(field))
            }
            Event::Arrives(Taking::IgnoresAll) => {
                formatter.write_str("it arrives, and everything is ignored")
            }
            Event::Arrives(Taking::Alters(field)) => {
                write!(formatter, "it arrives, and {} is altered", letter(field))
            }
            Event::Refused => formatter.write_str("the store refuses it"),
            Event::NotSent => formatter.write_str("it could not be sent"),
            Event::Lost => formatter.write_str("the answer is lost, or the desk crashes"),
            Event::Answered => formatter.write_str("the answer is taken in"),
            Event::SaysYes => formatter.write_str("the answer is yes, and the record is read"),
        }
    }
}

impl Event {
    /// The same with the fields exchanged.
    pub(crate) fn turned(self) -> Self {
        match self {
            Event::Look(field) => Event::Look(1 - field),
            Event::Type(field, value) => Event::Type(1 - field, value),
            Event::Revert(field) => Event::Revert(1 - field),
            Event::Decide(field, mine) => Event::Decide(1 - field, mine),
            Event::Retry(field) => Event::Retry(1 - field),
            Event::Discard(field) => Event::Discard(1 - field),
            Event::SomebodyChanges(field) => Event::SomebodyChanges(1 - field),
            Event::SomebodyChangesBack(field) => Event::SomebodyChangesBack(1 - field),
            Event::Push(field) => Event::Push(1 - field),
            Event::Arrives(Taking::Ignores(field)) => Event::Arrives(Taking::Ignores(1 - field)),
            Event::Arrives(Taking::Alters(field)) => Event::Arrives(Taking::Alters(1 - field)),
            event => event,
        }
    }
}

/// What somebody else makes of a value.
fn changed(kind: Kind, value: Value) -> Value {
    match (kind, value) {
        (Kind::Note, Value::Mine | Value::TheirsMine) => Value::TheirsMine,
        (Kind::Note, Value::Again | Value::TheirsAgain) => Value::TheirsAgain,
        _ => Value::Theirs,
    }
}

impl State {
    /// Everything that can happen now.
    pub(crate) fn events(&self, setting: &Setting, events: &mut Vec<Event>) {
        events.clear();
        for (field, slot) in self.slots.iter().enumerate().filter(|(field, _)| self.is_used(setting, *field))
        {
            self.of_the_person(field, slot, events);
            if self.exists {
                if changed(setting.kind, slot.store) != slot.store {
                    events.push(Event::SomebodyChanges(field));
                }
                if slot.store != Value::Base {
                    events.push(Event::SomebodyChangesBack(field));
                }
            }
        }
        events.push(if self.exists { Event::SomebodyDeletes } else { Event::SomebodyRestores });
        if self.exists || self.step == Step::Idle {
            events.push(Event::List);
        }
        self.of_the_push(setting, events);
    }

    /// With one field, the other one is the one that is never touched: it stays where it began.
    fn is_used(&self, setting: &Setting, field: usize) -> bool {
        let untouched = State::begin().slots[0];
        setting.fields == 2 || self.slots[field] != untouched || (field == 1 && self.slots[0] == untouched)
    }

    fn of_the_person(&self, field: usize, slot: &Slot, events: &mut Vec<Event>) {
        if slot.form.is_none() && slot.edit.is_none() {
            events.push(Event::Look(field));
        }
        for value in [Value::Mine, Value::Again] {
            if slot.edit.is_none_or(|edit| edit.mine != value)
                && (slot.edit.is_some() || slot.mirror != value)
            {
                events.push(Event::Type(field, value));
            }
        }
        let Some(edit) = slot.edit else { return };
        if edit.mine != slot.mirror {
            events.push(Event::Revert(field));
        }
        events.push(Event::Discard(field));
        match edit.stage {
            Stage::Conflict => events.extend([Event::Decide(field, true), Event::Decide(field, false)]),
            Stage::Parked => events.push(Event::Retry(field)),
            Stage::Pending | Stage::Sending => {}
        }
    }

    fn of_the_push(&self, setting: &Setting, events: &mut Vec<Event>) {
        match self.step {
            Step::Idle if self.waits() => {
                events.push(Event::Push(0));
                if self.one_by_one {
                    events.push(Event::Push(1));
                }
            }
            Step::Idle => {}
            Step::Read => events.extend([Event::Mark, Event::StopBeforeMark]),
            Step::Marked => {
                events.extend([Event::Arrives(Taking::All), Event::Refused, Event::NotSent, Event::Lost]);
                if !self.exists {
                    return;
                }
                events.push(Event::Arrives(Taking::IgnoresAll));
                let is_pair = self.slots.iter().all(|slot| slot.item.is_some());
                for (field, slot) in self.slots.iter().enumerate() {
                    let Some(item) = slot.item else { continue };
                    if is_pair {
                        events.push(Event::Arrives(Taking::Ignores(field)));
                    }
                    if setting.kind == Kind::Name && item.text != slot.seen {
                        events.push(Event::Arrives(Taking::Alters(field)));
                    }
                }
            }
            Step::Arrived => events.extend([Event::Answered, Event::SaysYes, Event::Lost]),
        }
    }

    /// What follows from an event; an error is what must never be.
    pub(crate) fn after(&self, event: Event, planner: &mut Planner) -> Result<State, &'static str> {
        let mut next = *self;
        next.happen(event, planner)?;
        for (before, slot) in self.slots.iter().zip(&mut next.slots) {
            if let Some(item) = &mut slot.item {
                item.is_stale |= match next.step {
                    Step::Read => self.step == Step::Read && (before.edit != slot.edit || item.is_older),
                    _ => slot.edit.is_none(),
                };
            }
        }
        judge::after(self, event, &next, planner.setting.kind)?;
        Ok(next)
    }

    fn happen(&mut self, event: Event, planner: &mut Planner) -> Result<(), &'static str> {
        let setting = planner.setting;
        match event {
            Event::Look(field) => self.slots[field].form = Some(self.slots[field].mirror),
            Event::Type(field, value) => self.slots[field].typed(planner, value),
            Event::Revert(field) => {
                let stored = self.slots[field].mirror;
                self.slots[field].typed(planner, stored);
            }
            Event::Decide(field, keeps_mine) => self.slots[field].decided(planner, keeps_mine),
            Event::Retry(field) => self.slots[field].retried(),
            Event::Discard(field) => self.slots[field].discarded(planner),
            Event::SomebodyChanges(field) => {
                self.somebody_writes(field, changed(setting.kind, self.slots[field].store), &setting);
            }
            Event::SomebodyChangesBack(field) => self.somebody_writes(field, Value::Base, &setting),
            Event::SomebodyDeletes => self.exists = false,
            Event::SomebodyRestores => self.exists = true,
            Event::List => self.list(planner),
            Event::Push(field) => self.begin_push(planner, field),
            Event::StopBeforeMark => self.end_push(),
            Event::Mark => {
                self.mark(planner);
                judge::marked(self, &setting)?;
            }
            Event::Arrives(taking) => self.arrives(taking, planner)?,
            Event::Refused => self.refused(),
            Event::NotSent => self.unmark(),
            Event::Lost => {
                self.unknown = true;
                self.end_push();
            }
            Event::Answered => {
                self.note_read();
                self.take(planner, self.slots.map(|slot| slot.seen), Answer::Write);
                self.end_push();
            }
            Event::SaysYes if self.exists => {
                self.note_read();
                self.take(planner, self.slots.map(|slot| slot.store), Answer::Write);
                self.end_push();
            }
            Event::SaysYes => {
                self.miss(planner);
                self.end_push();
            }
        }
        Ok(())
    }

    fn list(&mut self, planner: &mut Planner) {
        if !self.exists {
            self.unknown = false;
            self.miss(planner);
            return;
        }
        if self.step == Step::Idle {
            self.note_read();
            self.one_by_one = false;
        }
        for slot in &mut self.slots {
            slot.unread = false;
        }
        self.take(planner, self.slots.map(|slot| slot.store), Answer::List);
    }

    fn somebody_writes(&mut self, field: usize, value: Value, setting: &Setting) {
        let is_under_way = self.step != Step::Idle;
        let slot = &mut self.slots[field];
        slot.store = value;
        slot.unread = true;
        slot.window = is_under_way;
        slot.held |= slot.owed.is_some_and(|owed| setting.kind.contains(value, owed));
        self.record_moves(setting);
    }

    fn record_moves(&mut self, setting: &Setting) {
        if !setting.tells_dates {
            return;
        }
        self.moved_since_read = true;
        for edit in self.slots.iter_mut().filter_map(|slot| slot.edit.as_mut()) {
            edit.moved |= edit.stage == Stage::Sending;
        }
    }

    fn arrives(&mut self, taking: Taking, planner: &Planner) -> Result<(), &'static str> {
        let setting = planner.setting;
        if !self.exists {
            self.unmark();
            return Ok(());
        }
        let before = self.slots.map(|slot| slot.store);
        for (field, slot) in self.slots.iter_mut().enumerate() {
            let text = match (slot.item, taking) {
                (Some(_), Taking::IgnoresAll) => continue,
                (Some(_), Taking::Ignores(ignored)) if ignored == field => continue,
                (Some(_), Taking::Alters(altered)) if altered == field => Value::Altered,
                (Some(item), _) if item.text == slot.seen && !setting.replaces => continue,
                (Some(item), _) => item.text,
                (None, _) if setting.replaces => slot.seen,
                (None, _) => continue,
            };
            judge::written(slot, text, &setting)?;
        }
        if before != self.slots.map(|slot| slot.store) {
            self.record_moves(&setting);
        }
        for slot in &mut self.slots {
            slot.seen = slot.store;
        }
        self.step = Step::Arrived;
        Ok(())
    }
}
