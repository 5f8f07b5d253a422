//! The planner over a million situations: records with several edits meet an answer, and each edit is followed to its end at a
//! store of some temper.
//!
//! Every case is made from a number of its own. `CLIENTELA_SEED` begins the numbers elsewhere; a case that fails tells the number
//! with which it comes first.

#![expect(clippy::print_stderr, reason = "a test tells what it did, and which case failed")]
#![expect(clippy::disallowed_methods, reason = "there is no program whose top could read it")]

use clientela_domain::reconcile::{
    FieldAction, FieldSituation, KnownRecord, MOST_TRIES, Progress, RecordAction, ToldRecord, plan_field,
    plan_record,
};
use clientela_domain::{Address, CustomerRecord, Field, FieldValue, Presence, RemoteId};

/// Edits that are followed to their end.
const CASES: u64 = 1_000_000;
/// An end has to be reached within so many rounds of the planner.
const MOST_ROUNDS: u32 = 200;
/// And is reached within so many.
const USUAL_ROUNDS: u32 = 2 * (MOST_TRIES + 2);

/// Numbers that look like chance, from a seed (SplitMix64). A hundred times faster than what draws the other properties.
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.throw() % most as u64) as usize
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const NAMES: &[&str] =
    &["", "Ana", "ana", "Ana ", "Anna", "Jos\u{e9}", "Jose\u{301}", "Lima", "a\nb", "\u{1f642}"];
const MAILS: &[&str] = &["", "ana@mail.com", "ANA@mail.com", "anna@mail.com"];
const PHONES: &[&str] =
    &["", "11999999999", "(11) 99999-9999", "+55 11 99999-9999", "11 98765-4321", "11987654321", "?"];
const DOCUMENTS: &[&str] = &["", "52998224725", "529.982.247-25", "111.444.777-35"];
const DAYS: &[&str] = &["1990-01-31", "1990-01-30", "2000-02-29"];
const LINES: &[&str] = &["call", "paid", "VIP", "likes blue", "likes red", ""];
const PARTS: &[&str] = &["", "10", "12", "Rua A", "rua a"];

fn value(dice: &mut Dice, field: &Field) -> FieldValue {
    let texts = match field {
        Field::Email => MAILS,
        Field::Phone => PHONES,
        Field::Document => DOCUMENTS,
        Field::Birthday => DAYS,
        _ => NAMES,
    };
    match field {
        _ if dice.happens(10) => FieldValue::Null,
        Field::IsActive | Field::AcceptsMarketing => FieldValue::Flag(dice.happens(50)),
        Field::Note => {
            let lines: Vec<&str> = (0..dice.below(5)).map(|_| dice.one_of(LINES)).collect();
            FieldValue::Text(lines.join("\n"))
        }
        Field::Address(key) => {
            let mut part = || dice.happens(70).then(|| dice.one_of(PARTS).to_owned());
            let (street, number, city) = (part(), part(), part());
            FieldValue::Address(Box::new(Address {
                key: key.clone(),
                street,
                number,
                city,
                ..Address::default()
            }))
        }
        _ => FieldValue::Text(dice.one_of(texts).to_owned()),
    }
}

/// A change as people make it: near to what was there.
fn changed(dice: &mut Dice, field: &Field, from: &FieldValue) -> FieldValue {
    match from {
        FieldValue::Text(text) if field.is_long_text() && dice.happens(80) => {
            let mut lines: Vec<&str> = text.lines().collect();
            let (place, line) = (dice.below(lines.len() + 1), dice.one_of(LINES));
            match dice.below(3) {
                0 if place < lines.len() => drop(lines.remove(place)),
                1 if place < lines.len() => lines[place] = line,
                _ => lines.insert(place, line),
            }
            FieldValue::Text(lines.join("\n"))
        }
        FieldValue::Address(address) if dice.happens(80) => {
            let mut address = address.clone();
            let part = Some(dice.one_of(PARTS).to_owned());
            match dice.below(3) {
                0 => address.street = part,
                1 => address.number = part,
                _ => address.city = part,
            }
            FieldValue::Address(address)
        }
        _ => value(dice, field),
    }
}

/// How a store treats what it is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Temper {
    Takes,
    Ignores,
    /// It has a spelling of its own.
    Respells,
    /// It makes something else of every value.
    Alters,
    /// Its answers leave the field out.
    Silent,
    /// Its answers get lost, before or after it took the write.
    LosesWrites,
    LosesAnswers,
}

const TEMPERS: [Temper; 7] = [
    Temper::Takes,
    Temper::Ignores,
    Temper::Respells,
    Temper::Alters,
    Temper::Silent,
    Temper::LosesWrites,
    Temper::LosesAnswers,
];

impl Temper {
    fn takes(self, had: &FieldValue, sent: &FieldValue) -> FieldValue {
        match (self, sent) {
            (Temper::Ignores | Temper::LosesWrites, _) => had.clone(),
            (Temper::Respells, FieldValue::Text(text)) if text.is_empty() => FieldValue::Null,
            (Temper::Respells, FieldValue::Text(text)) => {
                FieldValue::Text(format!(" {}", text.replace('\n', "\r\n")))
            }
            (Temper::Alters, FieldValue::Text(text)) => FieldValue::Text(format!("{text} (checked)")),
            (Temper::Alters, FieldValue::Flag(_)) => FieldValue::Null,
            _ => sent.clone(),
        }
    }

    fn shows(self, has: &FieldValue) -> Presence<FieldValue> {
        match has {
            _ if self == Temper::Silent => Presence::Absent,
            FieldValue::Null => Presence::Null,
            value => Presence::Value(value.clone()),
        }
    }
}

/// One edit, as it is kept.
#[derive(Debug, Clone, PartialEq)]
struct Edit {
    field: Field,
    base: FieldValue,
    mine: FieldValue,
    progress: Progress,
    asked: FieldValue,
    tries: u32,
    moved: bool,
}

impl Edit {
    fn any(dice: &mut Dice, field: Field, base: FieldValue, theirs: &FieldValue) -> Self {
        let mine = changed(dice, &field, &base);
        let all = [Progress::Waiting, Progress::Sent, Progress::InConflict, Progress::Parked];
        let asked = if dice.happens(50) { theirs.clone() } else { value(dice, &field) };
        let progress = dice.one_of(&all);
        let tries = dice.below(MOST_TRIES as usize + 2) as u32;
        Edit { field, base, mine, progress, asked, tries, moved: dice.happens(50) }
    }

    fn plan(&self, theirs: &Presence<FieldValue>, progress: Progress) -> FieldAction {
        let is_conflict = progress == Progress::InConflict;
        let is_another = || theirs.value().is_none_or(|theirs| !theirs.equivalent(&self.asked, &self.field));
        let situation = FieldSituation {
            field: &self.field,
            base: &self.base,
            mine: &self.mine,
            theirs,
            progress,
            tries: self.tries,
            moved: if is_conflict { is_another() } else { self.moved },
        };
        let action = plan_field(situation);
        assert_eq!(action, plan_field(situation), "the same situation gives the same action: {self:?}");
        action
    }

    /// Goes on from what the store has now, as `apply::settle_one` does. Tells whether it can be sent; `None`: it is done.
    fn settle(&mut self, has: &FieldValue, action: FieldAction) -> Option<bool> {
        match action {
            FieldAction::Confirm | FieldAction::Altered => return None,
            FieldAction::Send if self.progress == Progress::InConflict => self.rebase(has),
            FieldAction::Send => {}
            FieldAction::SendMerged(joined) => {
                self.rebase(has);
                self.mine = joined;
            }
            FieldAction::Conflict => (self.progress, self.asked) = (Progress::InConflict, has.clone()),
            FieldAction::Park(_) => self.progress = Progress::Parked,
            FieldAction::ReadAgain | FieldAction::Stay => {}
        }
        Some(matches!(self.progress, Progress::Waiting | Progress::Sent))
    }

    fn rebase(&mut self, base: &FieldValue) {
        (self.base, self.progress, self.tries, self.moved) = (base.clone(), Progress::Waiting, 0, false);
    }

    /// Reads, sends and takes the answer until nothing changes any more. Tells after how many rounds of the planner.
    fn follow(mut self, mut has: FieldValue, temper: Temper) -> u32 {
        for round in 1..=MOST_ROUNDS {
            let before = (self.clone(), has.clone());
            let action = self.plan(&temper.shows(&has), self.progress);
            let Some(goes) = self.settle(&has, action) else { return round };
            if goes {
                assert!(self.tries <= MOST_TRIES + 1, "one more time after the last: {self:?}");
                (self.progress, self.tries, self.moved) = (Progress::Sent, self.tries + 1, false);
                has = temper.takes(&has, &self.mine);
                if !matches!(temper, Temper::LosesWrites | Temper::LosesAnswers) {
                    let action = self.plan(&temper.shows(&has), Progress::Answered);
                    if self.settle(&has, action).is_none() {
                        return round;
                    }
                }
            }
            if (&self, &has) == (&before.0, &before.1) {
                let is_with_a_person = matches!(self.progress, Progress::InConflict | Progress::Parked);
                assert!(is_with_a_person, "an edit that waits and does not go: {self:?}");
                return round;
            }
        }
        unreachable!("no end after {MOST_ROUNDS} rounds: {self:?}")
    }
}

/// One answer about one record with some edits. Gives back how many, and the most rounds that one of them took.
fn meet(seed: u64) -> (u64, u32) {
    let mut dice = Dice(seed);
    let mut fields: Vec<Field> = Field::PLAIN.to_vec();
    fields.extend([
        Field::Note,
        Field::Note,
        Field::Extra("vip.level".to_owned()),
        Field::Address("7".to_owned()),
    ]);
    let mut mirror = CustomerRecord::new(RemoteId::new("1"));
    let mut told = mirror.clone();
    let mut edits: Vec<(Edit, FieldValue)> = Vec::new();
    for _ in 0..=dice.below(4) {
        let field = dice.one_of(&fields);
        if edits.iter().any(|(edit, _)| edit.field == field) {
            continue;
        }
        let base = value(&mut dice, &field);
        mirror.set_field(&field, &base);
        let theirs = if dice.happens(40) { base.clone() } else { changed(&mut dice, &field, &base) };
        let mut edit = Edit::any(&mut dice, field, base, &theirs);
        let theirs = if dice.happens(25) { edit.mine.clone() } else { theirs };
        if dice.happens(10) {
            edit.base = changed(&mut dice, &edit.field, &edit.base);
        }
        if dice.happens(85) {
            told.set_field(&edit.field, &theirs);
        }
        edits.push((edit, theirs));
    }
    assert_absorbed(&mirror, &told);
    let known = dice.one_of(&[KnownRecord::Live { edited: true }, KnownRecord::Gone { edited: true }]);
    let version = dice.one_of(&[
        ToldRecord::Same,
        ToldRecord::Changed,
        ToldRecord::Older,
        ToldRecord::NotListed,
        ToldRecord::NotFound,
    ]);
    let action = plan_record(known, version);
    assert_eq!(action, plan_record(known, version), "the same answer has the same consequence");
    assert_ne!(action, RecordAction::Bury, "edits are never buried without a person");
    let (count, mut most) = (edits.len() as u64, 0);
    for (edit, theirs) in edits {
        let temper = dice.one_of(&TEMPERS);
        most = most.max(edit.follow(theirs, temper));
    }
    (count, most)
}

/// Hearing an answer a second time is news to nobody.
fn assert_absorbed(mirror: &CustomerRecord, told: &CustomerRecord) {
    let mut once = mirror.clone();
    once.absorb(told);
    let mut twice = once.clone();
    assert!(!twice.absorb(told), "hearing it twice changes nothing");
    assert!(once == twice && once.changes_to(told).is_empty(), "and tells nothing");
}

/// What a case that fails says of itself, whatever it fails of.
struct Telling(u64);

impl Drop for Telling {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this case comes first with CLIENTELA_SEED={}", self.0);
        }
    }
}

#[test]
fn a_million_edits_come_to_an_end() {
    let asked = std::env::var("CLIENTELA_SEED").ok().and_then(|seed| seed.parse().ok());
    let first: u64 = asked.unwrap_or(20_260_101);
    // Two threads, each with every other number.
    let work = |thread: u64| {
        let (mut seed, mut cases, mut most) = (first.wrapping_add(thread), 0, 0);
        while cases < CASES / 2 {
            let telling = Telling(seed);
            let (count, rounds) = meet(seed);
            drop(telling);
            (cases, most) = (cases + count, most.max(rounds));
            seed = seed.wrapping_add(2);
        }
        (cases, most)
    };
    let (one, other) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| work(1));
        let here = work(0);
        (here, beside.join().expect("the other half ends too"))
    });
    let (cases, most) = (one.0 + other.0, one.1.max(other.1));
    println!("{cases} edits from {first} on, at an end after {most} rounds at most");
    assert!(cases >= CASES && most <= USUAL_ROUNDS, "{cases} edits, {most} rounds");
}
