//! What the planner is asked, and the rules that can be taken away from it and from the desk.

use clientela_domain::Presence;
use clientela_domain::reconcile::{FieldAction, FieldSituation, Progress, Relation, plan_field, relation};

use super::state::{Kind, Value};

/// A rule that is taken away from the model, to see that it is missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The store is written to without being asked.
    NoRead,
    /// Nothing is marked before it leaves.
    NoMark,
    /// What is marked is whatever stands there by then, and what leaves is what was planned.
    MarkBlindly,
    /// A list decides about what is on its way.
    ListDecides,
    /// An answer ends whatever stands there by then.
    NoGeneration,
    /// A third value is overwritten.
    NoConflict,
    /// A change that was taken back is made again.
    TakenBackIsSent,
    /// A conflict knows nothing of what was sent before it.
    ConflictForgets,
    /// A conflict ends by itself.
    ConflictEnds,
    /// A note is sent as it was typed, whatever else stands there.
    NoMerge,
    /// It is tried for ever.
    NoEnd,
    /// A yes is believed without looking.
    YesIsBelieved,
    /// An edit begins from what the store has, whatever the person saw.
    BaseIsNow,
    /// An edit that may have arrived is dropped when it is taken back.
    DiscardDrops,
    /// Who is gone keeps edits waiting.
    GoneKeepsWaiting,
    /// Who is back stays gone.
    NoRevival,
}

/// What kind of store it is, and what is missing at the desk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// How many fields anybody touches.
    pub(crate) fields: usize,
    /// The store tells when a record was changed.
    pub(crate) tells_dates: bool,
    /// A write carries the whole record.
    pub(crate) replaces: bool,
    pub(crate) gap: Option<Gap>,
}

impl Setting {
    pub(crate) fn lacks(&self, gap: Gap) -> bool {
        self.gap == Some(gap)
    }
}

/// What the planner says, in the words of the small world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    Send,
    Confirm,
    Merged(Value),
    Conflict,
    Altered,
    ReadAgain,
    Park,
    Stay,
}

/// The planner, asked once for each situation: it is a pure function.
pub(crate) struct Planner {
    pub(crate) setting: Setting,
    answers: Vec<Option<Plan>>,
}

const PROGRESS: [Progress; 5] =
    [Progress::Waiting, Progress::Sent, Progress::Answered, Progress::InConflict, Progress::Parked];

impl Planner {
    pub(crate) fn new(setting: Setting) -> Self {
        Self { setting, answers: vec![None; 1 << 16] }
    }

    pub(crate) fn plan(
        &mut self,
        progress: Progress,
        [base, mine, theirs]: [Value; 3],
        tries: u8,
        moved: bool,
    ) -> Plan {
        let forgets_tries = match progress {
            Progress::InConflict => {
                self.setting.lacks(Gap::ConflictForgets) || self.setting.lacks(Gap::ConflictEnds)
            }
            _ => self.setting.lacks(Gap::NoEnd),
        };
        let tries = if forgets_tries { 0 } else { tries };
        let moved = match progress {
            Progress::Sent => moved && !self.setting.lacks(Gap::TakenBackIsSent),
            Progress::InConflict => moved || self.setting.lacks(Gap::ConflictEnds),
            _ => false,
        };
        let place = progress as usize
            | (base as usize) << 3
            | (mine as usize) << 6
            | (theirs as usize) << 9
            | usize::from(tries) << 12
            | usize::from(moved) << 15;
        if let Some(known) = self.answers[place] {
            return known;
        }
        let plan = self.ask(PROGRESS[progress as usize], [base, mine, theirs], tries, moved);
        self.answers[place] = Some(plan);
        plan
    }

    fn ask(&self, progress: Progress, values: [Value; 3], tries: u8, moved: bool) -> Plan {
        let kind = self.setting.kind;
        let [base, mine, theirs] = values.map(|value| kind.text(value));
        let theirs = Presence::Value(theirs);
        let situation = FieldSituation {
            field: &kind.field(),
            base: &base,
            mine: &mine,
            theirs: &theirs,
            progress,
            tries: u32::from(tries),
            moved,
        };
        let stands_to = relation(situation);
        let plan = match plan_field(situation) {
            FieldAction::Send => Plan::Send,
            FieldAction::Confirm => Plan::Confirm,
            FieldAction::SendMerged(joined) => {
                let known = Value::ALL.into_iter().find(|value| kind.text(*value) == joined);
                Plan::Merged(known.expect("two changes are joined to a text of the small world"))
            }
            FieldAction::Conflict => Plan::Conflict,
            FieldAction::Altered => Plan::Altered,
            FieldAction::ReadAgain => Plan::ReadAgain,
            FieldAction::Park(_) => Plan::Park,
            FieldAction::Stay => Plan::Stay,
        };
        match (plan, self.setting.gap) {
            (Plan::Conflict | Plan::Merged(_), Some(Gap::NoConflict))
                if stands_to == Relation::Other && progress != Progress::InConflict =>
            {
                Plan::Send
            }
            (Plan::Merged(_), Some(Gap::NoMerge)) => Plan::Merged(values[1]),
            (_, Some(Gap::YesIsBelieved)) if progress == Progress::Answered => Plan::Confirm,
            (plan, _) => plan,
        }
    }
}
