//! Going through all states, those that take the fewest events first: the first violation that is met is the shortest.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Instant;

use super::ends::Ends;
use super::events::Event;
use super::judge;
use super::planner::{Planner, Setting};
use super::state::State;

/// Keys are spread by one multiplication: the usual way takes longer than everything else here.
#[derive(Default)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn write_u128(&mut self, key: u128) {
        let half = (key as u64) ^ ((key >> 64) as u64).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let mixed = (half ^ (half >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }
}

/// What a search came to.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) states: usize,
    pub(crate) transitions: usize,
    /// Writes over what somebody else wrote between the read and the arrival.
    pub(crate) windows: usize,
    pub(crate) most_rounds: u8,
    /// Nothing was left to go through.
    pub(crate) is_all: bool,
    pub(crate) seconds: f32,
    pub(crate) violation: Option<String>,
    pub(crate) rule: &'static str,
    /// Events before the violation.
    pub(crate) events: usize,
}

impl fmt::Display for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} states, {} transitions, {} writes inside the window, at rest after {} rounds at most, {}{:.1} s",
            self.states,
            self.transitions,
            self.windows,
            self.most_rounds,
            if self.is_all { "nothing left, " } else { "" },
            self.seconds
        )
    }
}

/// How a state was reached.
struct Step {
    before: u32,
    event: Event,
}

/// Goes through every order of at most `depth` events.
pub(crate) fn search(setting: Setting, depth: usize) -> Found {
    let started = Instant::now();
    let mut planner = Planner::new(setting);
    let mut ends = Ends::new();
    let mut seen: HashSet<u128, BuildHasherDefault<Mix>> = HashSet::default();
    let begin = State::begin();
    let mut steps = vec![Step { before: 0, event: Event::List }];
    let mut layer = vec![(begin, 0_u32)];
    seen.insert(begin.key());
    let mut found = Found {
        states: 1,
        transitions: 0,
        windows: 0,
        most_rounds: 0,
        is_all: false,
        seconds: 0.0,
        violation: None,
        rule: "",
        events: 0,
    };
    let mut events = Vec::new();
    'all: for done in 0..depth {
        let mut next_layer = Vec::new();
        for (state, place) in &layer {
            state.events(&setting, &mut events);
            for event in &events {
                found.transitions += 1;
                let judged = state.after(*event, &mut planner).and_then(|mut next| {
                    found.windows += usize::from(judge::is_in_the_window(state, &next));
                    next.settle_down();
                    if seen.insert(next.key()) {
                        ends.judge(&next, &mut planner)?;
                        next_layer.push((next, steps.len() as u32));
                        steps.push(Step { before: *place, event: *event });
                    }
                    Ok(())
                });
                if let Err(rule) = judged {
                    steps.push(Step { before: *place, event: *event });
                    found.rule = rule;
                    found.events = done + 1;
                    found.violation = Some(told(rule, &steps, &mut planner) + &ends.tail);
                    break 'all;
                }
            }
        }
        layer = next_layer;
        if layer.is_empty() {
            found.is_all = true;
            break;
        }
    }
    found.states = seen.len();
    found.most_rounds = ends.most_rounds;
    found.seconds = started.elapsed().as_secs_f32();
    found
}

/// The events before the last step, in their order, and what they led to.
fn told(rule: &str, steps: &[Step], planner: &mut Planner) -> String {
    let mut path = Vec::new();
    let mut place = steps.len() - 1;
    while place != 0 {
        path.push(steps[place].event);
        place = steps[place].before as usize;
    }
    path.reverse();
    let mut words = format!("{rule}\n");
    let (mut state, mut is_turned) = (State::begin(), false);
    for event in path {
        let shown = if is_turned { event.turned() } else { event };
        words += &format!("  {shown}\n");
        match state.after(event, planner) {
            Ok(next) => state = next,
            Err(_) => break,
        }
        is_turned ^= state.settle_down();
        words += &format!("    {}\n", state.shown(is_turned));
    }
    words
}
