//! What the small world consists of, packed into one number so that millions of them can be told apart.

use clientela_domain::{Field, FieldValue};

/// Every value that a field can have in the small world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Value {
    Base,
    /// What the person types.
    Mine,
    /// What the person types after that.
    Again,
    /// What somebody else writes at the store.
    Theirs,
    /// Both changes in one note.
    TheirsMine,
    TheirsAgain,
    /// What a store makes of a value that it does not take as it is.
    Altered,
}

impl Value {
    pub(crate) const ALL: [Value; 7] = [
        Value::Base,
        Value::Mine,
        Value::Again,
        Value::Theirs,
        Value::TheirsMine,
        Value::TheirsAgain,
        Value::Altered,
    ];

    pub(crate) fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Whether the other person's line is in it.
    pub(crate) fn has_theirs(self) -> bool {
        matches!(self, Value::Theirs | Value::TheirsMine | Value::TheirsAgain)
    }
}

/// What both fields are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A short text: two changes of it exclude each other.
    Name,
    /// A long text: changes of different lines are joined.
    Note,
}

impl Kind {
    pub(crate) fn field(self) -> Field {
        match self {
            Kind::Name => Field::FirstName,
            Kind::Note => Field::Note,
        }
    }

    pub(crate) fn text(self, value: Value) -> FieldValue {
        let text = match (self, value) {
            (Kind::Name, Value::Base) => "Ana",
            (Kind::Name, Value::Mine) => "Anna",
            (Kind::Name, Value::Again) => "Anita",
            (Kind::Name, Value::Theirs) => "Anne",
            (Kind::Name, Value::TheirsMine | Value::TheirsAgain) => "two names in one",
            (Kind::Name, Value::Altered) => "ANA M.",
            (Kind::Note, Value::Base) => "call",
            (Kind::Note, Value::Mine) => "call\nlikes blue",
            (Kind::Note, Value::Again) => "call\nlikes red",
            (Kind::Note, Value::Theirs) => "VIP\ncall",
            (Kind::Note, Value::TheirsMine) => "VIP\ncall\nlikes blue",
            (Kind::Note, Value::TheirsAgain) => "VIP\ncall\nlikes red",
            (Kind::Note, Value::Altered) => "CALL...",
        };
        FieldValue::Text(text.to_owned())
    }

    /// Whether `text` has what the person typed: as it is, or joined with somebody else's lines.
    pub(crate) fn contains(self, text: Value, typed: Value) -> bool {
        let own_line = |value| match value {
            Value::Mine | Value::TheirsMine => Value::Mine,
            Value::Again | Value::TheirsAgain => Value::Again,
            Value::Base | Value::Theirs => Value::Base,
            Value::Altered => Value::Altered,
        };
        text == typed || (self == Kind::Note && own_line(text) == own_line(typed))
    }
}

/// How far an edit is, as `EditState` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Pending,
    Sending,
    Conflict,
    Parked,
}

/// An edit, as the table `edit` has it. Generations are kept as the one thing that is asked of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) base: Value,
    pub(crate) mine: Value,
    pub(crate) stage: Stage,
    /// What was sent, or what the person was asked about.
    pub(crate) other: Value,
    /// What was sent is the newest generation.
    pub(crate) is_newest: bool,
    /// The store's record was changed after the read before this write.
    pub(crate) moved: bool,
    pub(crate) tries: u8,
}

/// A text in a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) text: Value,
    /// The edit has changed since it was planned; after the mark: it is not there any more.
    pub(crate) is_stale: bool,
    /// The edit has a newer generation than this.
    pub(crate) is_older: bool,
}

/// One field at the store, at the desk, and in the judge's own book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) store: Value,
    pub(crate) mirror: Value,
    /// What a form that is open shows: it was opened before.
    pub(crate) form: Option<Value>,
    pub(crate) edit: Option<Edit>,
    pub(crate) item: Option<Item>,
    /// What the push has read; after the write has arrived, what its answer shows.
    pub(crate) seen: Value,

    /// The judge: what the person wants to stand at the store.
    pub(crate) owed: Option<Value>,
    /// It stood there after it was typed, and nothing older of ours has come over it.
    pub(crate) held: bool,
    /// Values that the person knew of when they typed or decided, as bits.
    pub(crate) known: u8,
    /// Somebody else's value that no answer has shown here yet.
    pub(crate) unread: bool,
    /// Somebody else wrote since the read of the push that is under way.
    pub(crate) window: bool,
    /// Something of ours may be on its way or there, and no answer has told.
    pub(crate) out: bool,
    /// Writes since the person last did anything, less those that surely did not arrive.
    pub(crate) sends: u8,
}

/// How far the desk is with its one push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Idle,
    /// Read and planned.
    Read,
    /// Marked; the request is on its way.
    Marked,
    /// The store has taken the write; its answer is on its way.
    Arrived,
}

/// Everything that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) slots: [Slot; 2],
    pub(crate) exists: bool,
    pub(crate) gone: bool,
    pub(crate) missed: bool,
    pub(crate) step: Step,
    pub(crate) one_by_one: bool,
    pub(crate) moved_since_read: bool,
    /// The judge: the outcome of the last write is not known, and nothing was read since.
    pub(crate) unknown: bool,
}

impl State {
    pub(crate) fn begin() -> Self {
        let slot = Slot {
            store: Value::Base,
            mirror: Value::Base,
            form: None,
            edit: None,
            item: None,
            seen: Value::Base,
            owed: None,
            held: false,
            known: 0,
            unread: false,
            window: false,
            out: false,
            sends: 0,
        };
        State {
            slots: [slot; 2],
            exists: true,
            gone: false,
            missed: false,
            step: Step::Idle,
            one_by_one: false,
            moved_since_read: false,
            unknown: false,
        }
    }

    /// Whether anything is to be sent, or its outcome to be learnt.
    pub(crate) fn waits(&self) -> bool {
        let waits =
            |slot: &Slot| slot.edit.is_some_and(|edit| matches!(edit.stage, Stage::Pending | Stage::Sending));
        waits(&self.slots[0]) || waits(&self.slots[1])
    }

    /// Brings what cannot matter any more into one shape. Both fields are of one kind, so which of them is first does not matter
    /// either; tells whether they were exchanged.
    pub(crate) fn settle_down(&mut self) -> bool {
        for slot in &mut self.slots {
            if slot.edit.is_none() && slot.item.is_none() {
                slot.known = 0;
                slot.sends = 0;
                if slot.held {
                    slot.owed = None;
                }
            }
            slot.held &= slot.owed.is_some();
            if self.step == Step::Idle {
                slot.seen = Value::Base;
                slot.window = false;
            }
        }
        self.moved_since_read &= self.step == Step::Read;
        let is_turned = self.slots[0].key() > self.slots[1].key();
        if is_turned {
            self.slots.swap(0, 1);
        }
        is_turned
    }

    pub(crate) fn key(&self) -> u128 {
        let rest = (self.step as u128) << 6
            | u128::from(self.exists)
            | u128::from(self.gone) << 1
            | u128::from(self.missed) << 2
            | u128::from(self.one_by_one) << 3
            | u128::from(self.moved_since_read) << 4
            | u128::from(self.unknown) << 5;
        u128::from(self.slots[0].key()) | u128::from(self.slots[1].key()) << 56 | rest << 112
    }
}

impl Slot {
    fn key(&self) -> u64 {
        let or_none = |value: Option<Value>| value.map_or(7, |value| value as u64);
        let edit = self.edit.map_or(0, |edit| {
            1 | (edit.base as u64) << 1
                | (edit.mine as u64) << 4
                | (edit.other as u64) << 7
                | (edit.stage as u64) << 10
                | u64::from(edit.is_newest) << 12
                | u64::from(edit.moved) << 13
                | u64::from(edit.tries) << 14
        });
        let item = self.item.map_or(0, |item| {
            1 | (item.text as u64) << 1 | u64::from(item.is_stale) << 4 | u64::from(item.is_older) << 5
        });
        let book = or_none(self.owed)
            | u64::from(self.held) << 3
            | u64::from(self.unread) << 4
            | u64::from(self.window) << 5
            | u64::from(self.out) << 6
            | u64::from(self.sends) << 7
            | u64::from(self.known & 0b0011_1111) << 10;
        self.store as u64
            | (self.mirror as u64) << 3
            | or_none(self.form) << 6
            | (self.seen as u64) << 9
            | edit << 12
            | item << 30
            | book << 40
    }
}

impl State {
    /// In one line, for a person who looks for a mistake.
    pub(crate) fn shown(&self, is_turned: bool) -> String {
        let mut slots = self.slots;
        if is_turned {
            slots.swap(0, 1);
        }
        let fields = slots.map(|slot| {
            let edit = slot.edit.map_or_else(String::new, |edit| {
                format!(
                    " {:?} {:?}->{:?} other {:?} tries {}",
                    edit.stage, edit.base, edit.mine, edit.other, edit.tries
                )
            });
            format!("[store {:?} mirror {:?}{edit}]", slot.store, slot.mirror)
        });
        format!("{:?} A {} B {}", self.step, fields[0], fields[1])
    }
}
