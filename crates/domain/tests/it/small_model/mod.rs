//! One record with two fields, one desk, one store, and everything that can happen between them: each order of at least
//! seven events is gone through, and after each event it is judged whether the book still keeps its promises.
//!
//! The desk is `crates/sync` without its database and its requests (`desk`), and what it decides the real planner decides. States
//! that were reached before are not gone through again, so that the number of orders does not matter, only that of states.

#![expect(clippy::print_stdout, reason = "a test tells how much it went through")]

mod desk;
mod ends;
mod events;
mod judge;
mod person;
mod planner;
mod search;
mod state;

use planner::{Gap, Setting};
use search::{Found, search};
use state::Kind;

const NAMES: Setting =
    Setting { name: "two names", kind: Kind::Name, fields: 2, tells_dates: true, replaces: false, gap: None };
const NOTES: Setting = Setting { name: "two notes", kind: Kind::Note, ..NAMES };
const PLAIN: Setting =
    Setting { name: "a store without dates that replaces", tells_dates: false, replaces: true, ..NAMES };
const ONE_NAME: Setting = Setting { name: "one name", fields: 1, ..NAMES };

fn holds(setting: Setting, depth: usize) -> Found {
    let found = search(setting, depth);
    println!("{}: {found}", setting.name);
    let violation = found.violation.as_deref().unwrap_or_default();
    assert!(violation.is_empty(), "{}: {violation}", setting.name);
    found
}

#[test]
fn every_order_of_nine_events_on_two_names_keeps_every_edit() {
    let found = holds(NAMES, 9);
    assert!(found.states > 100_000 && found.windows > 1_000, "the small world is too small: {found}");
}

#[test]
fn every_order_of_eight_events_on_two_notes_keeps_every_edit() {
    let found = holds(NOTES, 8);
    assert!(found.states > 50_000 && found.windows > 1_000, "the small world is too small: {found}");
}

#[test]
fn every_order_of_eight_events_at_a_store_without_dates_that_replaces_keeps_every_edit() {
    let found = holds(PLAIN, 8);
    assert!(found.states > 50_000 && found.windows > 1_000, "the small world is too small: {found}");
}

/// With one field, orders twice as long can be gone through.
#[test]
fn every_order_of_fourteen_events_on_one_name_keeps_every_edit() {
    let found = holds(ONE_NAME, 14);
    assert!(found.states > 50_000 && found.windows > 1_000, "the small world is too small: {found}");
}

/// A test that cannot fail shows nothing: each rule is taken away, and is missed in this way first.
#[test]
fn each_rule_that_is_taken_away_is_missed() {
    use ends::{APART, RESTLESS};
    use judge::{BLIND, ENDED, LOST, TOO_OFTEN, UNASKED, UNWANTED};
    let gaps = [
        (NAMES, Gap::NoRead, BLIND),
        (NAMES, Gap::NoMark, TOO_OFTEN),
        (NAMES, Gap::MarkBlindly, UNWANTED),
        (NAMES, Gap::ListDecides, LOST),
        (NAMES, Gap::NoGeneration, ENDED),
        (NAMES, Gap::NoConflict, UNASKED),
        (NAMES, Gap::TakenBackIsSent, UNASKED),
        (NOTES, Gap::TakenBackIsSent, UNASKED),
        (NAMES, Gap::ConflictForgets, UNASKED),
        (NAMES, Gap::ConflictEnds, UNASKED),
        (NOTES, Gap::NoMerge, UNASKED),
        (NAMES, Gap::NoEnd, TOO_OFTEN),
        (NAMES, Gap::YesIsBelieved, LOST),
        (NAMES, Gap::BaseIsNow, UNASKED),
        (NAMES, Gap::DiscardDrops, LOST),
        (NAMES, Gap::GoneKeepsWaiting, RESTLESS),
        (NAMES, Gap::NoRevival, APART),
    ];
    for (setting, gap, rule) in gaps {
        let found = search(Setting { gap: Some(gap), ..setting }, 7);
        let told = found.violation.as_deref().unwrap_or("nobody misses it");
        println!("{gap:?}, after {} events: {told}", found.events);
        assert_eq!(found.rule, rule, "{gap:?}: {told}");
    }
}
