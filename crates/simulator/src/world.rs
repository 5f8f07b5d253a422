//! Everything that is not a desk: the stores, the time, the tape, what people did, and what was seen to go wrong.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::time::Duration;

use chrono::{DateTime, Utc};
use clientela_domain::Field;

use crate::ledger::{Ledger, Place};
use crate::scene::Scene;
use crate::shop::Shop;
use crate::tape::Tape;

/// The day on which every history begins.
const FIRST_DAY: i64 = 1_767_258_000_000;

/// No run of the engine asks more often than this; one that does goes round in circles.
const MOST_CALLS: u64 = 3_000;

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The invariant: `I1 no lost edit`.
    pub of: &'static str,
    pub words: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.of, self.words)
    }
}

pub(crate) struct World {
    pub(crate) tape: Tape,
    pub(crate) scene: Scene,
    pub(crate) shops: Vec<Shop>,
    pub(crate) ledger: Ledger,
    /// The true time since the beginning.
    pub(crate) now: Duration,
    /// Nothing goes wrong any more, and nobody does anything.
    pub(crate) is_calm: bool,
    pub(crate) faults: BTreeMap<&'static str, u64>,
    pub(crate) calls: u64,
    pub(crate) calls_of_run: u64,
    /// Numbers what people type, so that no two texts are alike by chance.
    pub(crate) texts: u32,
    /// What somebody was at last: people go on with what they have begun, and others look at what is new.
    pub(crate) at_hand: Option<AtHand>,
    pub(crate) violation: Option<Violation>,
    trace: DefaultHasher,
    lines: Option<Vec<String>>,
}

/// A field of a customer of a store that somebody has just changed.
#[derive(Debug, Clone)]
pub(crate) struct AtHand {
    pub(crate) shop: usize,
    pub(crate) id: u64,
    pub(crate) field: Field,
}

/// In so many cases of a hundred somebody goes on with what is at hand.
pub(crate) const GOES_ON: u32 = 30;

impl World {
    /// What somebody goes on with, now and then.
    pub(crate) fn goes_on(&mut self) -> Option<AtHand> {
        let at_hand = self.at_hand.clone()?;
        self.tape.chance(GOES_ON).then_some(at_hand)
    }

    pub(crate) fn new(mut tape: Tape, keeps_lines: bool) -> Self {
        let scene = Scene::draw(&mut tape);
        let shops = scene.shops.iter().map(|manners| Shop::new(manners.clone(), began(), 1)).collect();
        let mut world = Self {
            tape,
            scene,
            shops,
            ledger: Ledger::default(),
            now: Duration::ZERO,
            is_calm: false,
            faults: BTreeMap::new(),
            calls: 0,
            calls_of_run: 0,
            texts: 0,
            at_hand: None,
            violation: None,
            trace: DefaultHasher::new(),
            lines: keeps_lines.then(Vec::new),
        };
        let scene = format!("{:?}", world.scene);
        world.say(|| scene);
        world
    }

    /// A field of a customer at a desk. An address that was made here stays the one that it was when the store has named it.
    pub(crate) fn place(&self, desk: usize, shop: usize, id: u64, field: &Field) -> Place {
        Place { desk, shop, id, field: self.shops[shop].first_name_of(field).clone() }
    }

    /// Notes what happened.
    pub(crate) fn say(&mut self, words: impl FnOnce() -> String) {
        let words = words();
        self.trace.write(words.as_bytes());
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>9.1} {words}", self.now.as_secs_f64()));
        }
    }

    /// Something goes wrong, and it is counted.
    pub(crate) fn fault(&mut self, kind: &'static str) {
        *self.faults.entry(kind).or_default() += 1;
        self.say(|| format!("  !! {kind}"));
    }

    /// Keeps the first violation of a history.
    pub(crate) fn violate(&mut self, of: &'static str, words: String) {
        self.say(|| format!("  VIOLATION {of}: {words}"));
        self.violation.get_or_insert(Violation { of, words });
    }

    /// Counts a request, and stops a run that never ends.
    pub(crate) fn count_call(&mut self) {
        self.calls += 1;
        self.calls_of_run += 1;
        if self.calls_of_run == MOST_CALLS {
            self.violate("I22 liveness", format!("one run asks {MOST_CALLS} times"));
        }
    }

    /// The fingerprint of everything that was said.
    pub(crate) fn trace(&self) -> u64 {
        self.trace.finish()
    }

    pub(crate) fn lines(&mut self) -> Vec<String> {
        self.lines.take().unwrap_or_default()
    }
}

/// When every history begins.
pub(crate) fn began() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(FIRST_DAY).unwrap_or_default()
}
