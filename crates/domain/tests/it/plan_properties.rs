//! What holds for every edit, whatever a store shows.

use clientela_domain::reconcile::{
    FieldAction, FieldSituation, MOST_TRIES, Progress, Relation, plan_field, relation,
};
use clientela_domain::{FieldValue, Presence};
use proptest::prelude::*;

use crate::arbitrary::{Situation, situation};

impl Situation {
    fn as_told(&self) -> FieldSituation<'_> {
        FieldSituation {
            field: &self.field,
            base: &self.base,
            mine: &self.mine,
            theirs: &self.theirs,
            progress: self.progress,
            tries: self.tries,
            moved: self.moved,
        }
    }

    /// What the store shows, when it shows the field at all.
    fn shown(&self) -> Option<FieldValue> {
        match &self.theirs {
            Presence::Absent => None,
            Presence::Null => Some(FieldValue::Null),
            Presence::Value(value) => Some(value.clone()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn planning_is_total_and_always_the_same(told in situation()) {
        let first = plan_field(told.as_told());
        prop_assert_eq!(&first, &plan_field(told.clone().as_told()), "the same situation gives the same action");
    }

    /// The one exception: a store that says yes and never shows the field has nothing but its yes.
    #[test]
    fn an_edit_is_confirmed_only_by_its_own_value(told in situation()) {
        if plan_field(told.as_told()) == FieldAction::Confirm {
            match told.shown() {
                Some(shown) => prop_assert!(
                    shown.equivalent(&told.mine, &told.field),
                    "the store shows {shown:?}, and that is not the edit"
                ),
                None => prop_assert_eq!(told.progress, Progress::Answered, "silence confirms only an answered write"),
            }
        }
    }

    /// Actions that end an edit need a store that has it. `Altered` ends it too, but only in the answer to our own write, and
    /// keeps ours in the timeline; everything else leaves the edit where it is.
    #[test]
    fn no_edit_is_dropped(told in situation()) {
        match plan_field(told.as_told()) {
            FieldAction::Altered => {
                prop_assert_eq!(told.progress, Progress::Answered, "only an answer can alter an edit");
                prop_assert_eq!(relation(told.as_told()), Relation::Other, "what was altered differs from both");
            }
            FieldAction::SendMerged(joined) => prop_assert!(
                contains_change(&told.base, &told.mine, &joined),
                "{joined:?} has lost something of the edit"
            ),
            FieldAction::Confirm
            | FieldAction::Send
            | FieldAction::Conflict
            | FieldAction::ReadAgain
            | FieldAction::Park(_)
            | FieldAction::Stay => {}
        }
    }

    /// A foreign value is overwritten only where it is the one the edit began from, or where a text holds both changes.
    #[test]
    fn nothing_foreign_is_overwritten(told in situation()) {
        if plan_field(told.as_told()) == FieldAction::Send
            && let Some(shown) = told.shown()
        {
            prop_assert!(shown.equivalent(&told.base, &told.field), "{shown:?} is not what the edit began from");
        }
    }

    #[test]
    fn nothing_that_a_person_must_decide_is_sent(told in situation()) {
        let action = plan_field(told.as_told());
        let sends = matches!(action, FieldAction::Send | FieldAction::SendMerged(_));
        prop_assert!(!(sends && told.progress == Progress::Parked), "a parked edit waits for a person");
        prop_assert!(!(matches!(action, FieldAction::SendMerged(_)) && told.progress == Progress::InConflict), "so does a conflict");
    }

    /// Nothing is sent for ever: an outcome that stays unknown ends with a person.
    #[test]
    fn tries_end(told in situation()) {
        let exhausted = told.tries >= MOST_TRIES && matches!(told.progress, Progress::Sent | Progress::Answered);
        if exhausted {
            let action = plan_field(told.as_told());
            prop_assert!(!matches!(action, FieldAction::Send | FieldAction::ReadAgain), "one more time after the last");
        }
    }

    /// A joined value counts as a change of its own: planned again on what the store showed, it is sent or already there,
    /// never joined another time.
    #[test]
    fn joining_reaches_an_end(told in situation()) {
        if let FieldAction::SendMerged(joined) = plan_field(told.as_told()) {
            let shown = told.shown().unwrap_or(FieldValue::Null);
            let again = Situation { base: shown, mine: joined, progress: Progress::Waiting, tries: 0, moved: false, ..told };
            let action = plan_field(again.as_told());
            prop_assert!(matches!(action, FieldAction::Send | FieldAction::Confirm), "{action:?} instead of an end");
        }
    }
}

/// Whether what `mine` made of `base` is in `joined`.
fn contains_change(base: &FieldValue, mine: &FieldValue, joined: &FieldValue) -> bool {
    match (base, mine, joined) {
        (FieldValue::Address(base), FieldValue::Address(mine), FieldValue::Address(joined)) => {
            let same = |ours: &Option<String>, theirs: &Option<String>| {
                let text = |part: &Option<String>| FieldValue::Text(part.clone().unwrap_or_default());
                text(ours).identical(&text(theirs))
            };
            base.parts()
                .iter()
                .zip(mine.parts())
                .zip(joined.parts())
                .all(|(((_, base), (_, mine)), (_, joined))| same(base, mine) || same(mine, joined))
        }
        (FieldValue::Text(base), FieldValue::Text(mine), FieldValue::Text(joined)) => {
            crate::merge_properties::added(base, mine)
                .iter()
                .all(|line| joined.lines().any(|other| other == line))
        }
        _ => false,
    }
}
