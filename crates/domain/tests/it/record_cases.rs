//! The table for one record of one store. Small enough to be written in full.

use clientela_domain::reconcile::{KnownRecord, RecordAction, ToldRecord, plan_record};

use RecordAction::{AskByName, Bury, BuryAndPark, Ignore, Insert, Revive, ReviveAndPlan, Touch, Update};

pub(crate) const KNOWN: [(&str, KnownRecord); 6] = [
    ("Nothing", KnownRecord::Nothing),
    ("Suppressed", KnownRecord::Suppressed),
    ("Live", KnownRecord::Live { edited: false }),
    ("Live, edited", KnownRecord::Live { edited: true }),
    ("Gone", KnownRecord::Gone { edited: false }),
    ("Gone, edited", KnownRecord::Gone { edited: true }),
];

pub(crate) const TOLD: [(&str, ToldRecord); 5] = [
    ("Same", ToldRecord::Same),
    ("Changed", ToldRecord::Changed),
    ("Older", ToldRecord::Older),
    ("NotListed", ToldRecord::NotListed),
    ("NotFound", ToldRecord::NotFound),
];

/// Rows as in `KNOWN`, columns as in `TOLD`.
const EXPECTED: [[RecordAction; 5]; 6] = [
    //  Same           Changed        Older   NotListed  NotFound
    [Insert, Insert, Insert, Ignore, Ignore],
    [Ignore, Ignore, Ignore, Ignore, Ignore],
    [Touch, Update, Ignore, AskByName, Bury],
    [Touch, Update, Ignore, AskByName, BuryAndPark],
    [Revive, Revive, Ignore, Ignore, Ignore],
    [ReviveAndPlan, ReviveAndPlan, Ignore, Ignore, BuryAndPark],
];

#[test]
fn every_cell_is_as_written() {
    for ((known_name, known), row) in KNOWN.into_iter().zip(EXPECTED) {
        for ((told_name, told), expected) in TOLD.into_iter().zip(row) {
            assert_eq!(plan_record(known, told), expected, "{known_name} x {told_name}");
        }
    }
}

#[test]
fn one_listing_never_buries_anybody() {
    for (name, known) in KNOWN {
        let action = plan_record(known, ToldRecord::NotListed);
        assert!(!matches!(action, Bury | BuryAndPark), "{name}: lists shift while they are read");
    }
}

#[test]
fn edits_are_never_buried_without_a_person() {
    for (told_name, told) in TOLD {
        for known in [KnownRecord::Live { edited: true }, KnownRecord::Gone { edited: true }] {
            let action = plan_record(known, told);
            assert_ne!(action, Bury, "{told_name}: the text of an edit must stay findable");
        }
    }
}

/// Somebody who is gone can be typed for all the same, and a refused edit can be tried again: it ends with the person as before.
#[test]
fn edits_of_somebody_who_is_still_gone_do_not_wait_for_ever() {
    assert_eq!(plan_record(KnownRecord::Gone { edited: true }, ToldRecord::NotFound), BuryAndPark);
}

#[test]
fn an_erased_person_stays_erased() {
    for (told_name, told) in TOLD {
        assert_eq!(
            plan_record(KnownRecord::Suppressed, told),
            Ignore,
            "{told_name} must not bring a person back"
        );
    }
}
