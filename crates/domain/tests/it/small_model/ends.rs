//! However things stand, they come to rest: in a world in which nothing more goes wrong, and in worlds in which the same goes wrong
//! for ever.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::events::{Event, Taking};
use super::planner::Planner;
use super::search::Mix;
use super::state::{State, Step};

/// How the world goes on from here, when nobody does anything any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum World {
    Quiet,
    /// The store says yes and keeps what it has.
    Ignores,
    Refuses,
    /// No write arrives, and nobody knows.
    LosesWrites,
    /// All writes arrive, and no answer does.
    LosesAnswers,
}

const WORLDS: [World; 5] =
    [World::Quiet, World::Ignores, World::Refuses, World::LosesWrites, World::LosesAnswers];

/// Planner rounds in which nothing may be left to send.
const MOST_ROUNDS: u8 = 10;

pub(crate) const RESTLESS: &str =
    "edits are still waiting after ten rounds of a world in which nobody does anything";
pub(crate) const APART: &str = "the copy and the store are apart after everything has come to rest";

/// How many rounds each state takes to come to rest, for every world.
pub(crate) struct Ends {
    known: [HashMap<u128, u8, BuildHasherDefault<Mix>>; 5],
    pub(crate) most_rounds: u8,
    /// Where it ended badly: the world, and what happened in it.
    pub(crate) tail: String,
}

impl Ends {
    pub(crate) fn new() -> Self {
        Self { known: Default::default(), most_rounds: 0, tail: String::new() }
    }

    /// Lets every world go on from here.
    pub(crate) fn judge(&mut self, state: &State, planner: &mut Planner) -> Result<(), &'static str> {
        for (place, world) in WORLDS.into_iter().enumerate() {
            let mut events = Vec::new();
            let ended = self.go_on(place, world, *state, planner, &mut events);
            if ended.is_err() {
                self.tail = format!("  and then, in the world {world:?}:\n");
                self.tail.extend(events.iter().map(|event| format!("    {event}\n")));
            }
            ended?;
        }
        Ok(())
    }

    fn go_on(
        &mut self,
        place: usize,
        world: World,
        mut now: State,
        planner: &mut Planner,
        events: &mut Vec<Event>,
    ) -> Result<(), &'static str> {
        let mut path: Vec<(u128, u8)> = Vec::new();
        let (mut rounds, mut has_listed) = (0, false);
        let rest = loop {
            now.settle_down();
            let key = now.key();
            if let Some(rest) = self.known[place].get(&key) {
                break *rest;
            }
            path.push((key, rounds));
            // At rest it is looked at once more: hearing the same twice changes nothing.
            let Some(event) = next(&now, world).or((!has_listed).then_some(Event::List)) else { break 0 };
            events.push(event);
            has_listed = event == Event::List;
            rounds += u8::from(matches!(event, Event::Push(_)));
            if rounds > MOST_ROUNDS {
                return Err(RESTLESS);
            }
            now = now.after(event, planner)?;
            if has_listed && !now.waits() && !is_in_step(&now) {
                return Err(APART);
            }
        };
        let all = rounds + rest;
        if all > MOST_ROUNDS {
            return Err(RESTLESS);
        }
        self.most_rounds = self.most_rounds.max(all);
        self.known[place].extend(path.into_iter().map(|(key, before)| (key, all - before)));
        Ok(())
    }
}

/// Nothing waits, and what the copy has is what the store has. One "not found" is not believed yet.
fn is_in_step(state: &State) -> bool {
    match state.exists {
        true => !state.gone && state.slots.iter().all(|slot| slot.mirror == slot.store),
        false => state.gone || state.missed,
    }
}

/// What happens next, when only the desk and this world go on.
fn next(state: &State, world: World) -> Option<Event> {
    match (state.step, world) {
        (Step::Read, _) => Some(Event::Mark),
        (Step::Marked, World::Quiet | World::LosesAnswers) => Some(Event::Arrives(Taking::All)),
        (Step::Marked, World::Ignores) if state.exists => Some(Event::Arrives(Taking::IgnoresAll)),
        (Step::Marked, World::Ignores) => Some(Event::Arrives(Taking::All)),
        (Step::Marked, World::Refuses) => Some(Event::Refused),
        (Step::Marked, World::LosesWrites) => Some(Event::Lost),
        (Step::Arrived, World::LosesAnswers) => Some(Event::Lost),
        (Step::Arrived, _) => Some(Event::Answered),
        (Step::Idle, _) if state.waits() => Some(Event::Push(0)),
        // The second question to somebody who is not there.
        (Step::Idle, _) if state.missed => Some(Event::List),
        (Step::Idle, _) => None,
    }
}
