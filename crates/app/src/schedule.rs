//! When stores are asked by themselves. Chance is passed in: the desks of a shop are switched on together in the morning, and a store
//! should not meet them all in one second.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clientela_domain::StoreId;

/// A machine that heard nothing of itself for so long has slept.
const SLEPT: Duration = Duration::from_secs(60);
/// After sleep, every store is asked within this.
const AFTER_SLEEP: Duration = Duration::from_secs(15);
/// Edits whose customer cannot be written now are tried again after this long, and each time after twice as long up to the longest.
const EDITS_AGAIN: Duration = Duration::from_secs(4);
const EDITS_AGAIN_AT_LEAST_EVERY: Duration = Duration::from_secs(180);
/// A pass may begin earlier by this part of the time between two.
const SPREAD: f64 = 0.1;

/// Which stores are due. Times are those of a clock that only goes forward, from any beginning.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    due_at: HashMap<StoreId, Duration>,
    last_look: Option<(Duration, DateTime<Utc>)>,
    /// Stores with edits that are to rest: until when, and how long they did.
    resting: HashMap<StoreId, (Duration, Duration)>,
}

impl Schedule {
    /// Has to be told of every look at the clocks, a few seconds apart. Some clocks stand still while a machine sleeps; what is on the
    /// wall goes on. `chance` is in 0..=1.
    pub(crate) fn look(&mut self, now: Duration, wall: DateTime<Utc>, mut chance: impl FnMut() -> f64) {
        if let Some((then, was)) = self.last_look.replace((now, wall)) {
            let on_the_wall = (wall - was).to_std().unwrap_or_default();
            if on_the_wall.max(now.saturating_sub(then)) >= SLEPT {
                for due_at in self.due_at.values_mut() {
                    *due_at = (*due_at).min(now + AFTER_SLEEP.mul_f64(chance().clamp(0.0, 1.0)));
                }
            }
        }
    }

    /// Whether a store is to be asked now; the next time is then about `between` from now.
    pub(crate) fn is_due(&mut self, store: StoreId, now: Duration, between: Duration, chance: f64) -> bool {
        let is_due = self.due_at.get(&store).is_none_or(|due_at| *due_at <= now);
        if is_due {
            let spread = between.mul_f64(SPREAD * chance.clamp(0.0, 1.0));
            self.due_at.insert(store, now + between - spread);
        }
        is_due
    }

    /// A sync of a store ended. `somebody_waits`: it has edits that it could not send, and that are no trouble with the store as a whole.
    pub(crate) fn ended(&mut self, store: StoreId, now: Duration, somebody_waits: bool) {
        if !somebody_waits {
            self.resting.remove(&store);
            return;
        }
        let rest = match self.resting.get(&store) {
            // Somebody has typed something meanwhile, and it was tried.
            Some((until, _)) if now < *until => return,
            Some((_, before)) => before.saturating_mul(2).min(EDITS_AGAIN_AT_LEAST_EVERY),
            None => EDITS_AGAIN,
        };
        self.resting.insert(store, (now + rest, rest));
    }

    /// Whether edits that were there before are to be tried again without a person's word.
    pub(crate) fn may_send_again(&self, store: StoreId, now: Duration) -> bool {
        self.resting.get(&store).is_none_or(|(until, _)| *until <= now)
    }

    /// A store that cannot be reached is looked for again sooner: no later than `within` from now.
    pub(crate) fn hurry(&mut self, store: StoreId, now: Duration, within: Duration) {
        if let Some(due_at) = self.due_at.get_mut(&store) {
            *due_at = (*due_at).min(now + within);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORE: StoreId = StoreId(1);
    const BETWEEN: Duration = Duration::from_secs(180);

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn wall(count: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + count, 0).unwrap_or_default()
    }

    #[test]
    fn a_store_is_asked_at_once_and_then_a_little_sooner_than_the_rest_by_chance() {
        for (chance, next) in [(0.0, 180), (0.5, 171), (1.0, 162)] {
            let mut schedule = Schedule::default();
            assert!(schedule.is_due(STORE, seconds(0), BETWEEN, chance));
            assert!(!schedule.is_due(STORE, seconds(next - 1), BETWEEN, chance), "{chance}");
            assert!(schedule.is_due(STORE, seconds(next), BETWEEN, chance), "{chance}");
            assert!(!schedule.is_due(STORE, seconds(next + 1), BETWEEN, chance), "{chance}");
        }
    }

    #[test]
    fn after_sleep_stores_are_asked_soon_and_not_in_one_second() {
        // The clock that only goes forward, what is on the wall, and what chance makes of it.
        for (now, on_the_wall, chance, due) in
            [(4, 8 * 3600, 0.0, 4), (4, 8 * 3600, 1.0, 19), (4, 8 * 3600, 0.4, 10), (64, 64, 1.0, 79)]
        {
            let mut schedule = Schedule::default();
            schedule.look(seconds(2), wall(2), || 0.5);
            assert!(schedule.is_due(STORE, seconds(2), BETWEEN, 0.0));
            schedule.look(seconds(now), wall(on_the_wall), || chance);
            let told = format!("{now} {on_the_wall} {chance}");
            assert!(due == now || !schedule.is_due(STORE, seconds(due - 1), BETWEEN, 0.0), "{told}");
            assert!(schedule.is_due(STORE, seconds(due), BETWEEN, 0.0), "{told}");
        }
    }

    #[test]
    fn a_wall_clock_that_is_set_back_and_a_slow_round_are_no_sleep() {
        for on_the_wall in [-86_400, 2, 50] {
            let mut schedule = Schedule::default();
            schedule.look(seconds(0), wall(0), || 0.0);
            assert!(schedule.is_due(STORE, seconds(0), BETWEEN, 0.0));
            schedule.look(seconds(30), wall(on_the_wall), || 0.0);
            assert!(!schedule.is_due(STORE, seconds(30), BETWEEN, 0.0), "{on_the_wall}");
        }
    }

    #[test]
    fn who_cannot_be_reached_is_looked_for_sooner() {
        let mut schedule = Schedule::default();
        assert!(schedule.is_due(STORE, seconds(0), BETWEEN, 0.0));
        schedule.hurry(STORE, seconds(10), seconds(30));
        assert!(!schedule.is_due(STORE, seconds(39), BETWEEN, 0.0));
        assert!(schedule.is_due(STORE, seconds(40), BETWEEN, 0.0));
        schedule.hurry(STORE, seconds(41), seconds(300));
        assert!(schedule.is_due(STORE, seconds(220), BETWEEN, 0.0), "never later than it was to be");
    }

    /// Seen by a reader of the code: a customer whom the store did not have was asked for every two seconds.
    #[test]
    fn who_cannot_be_written_is_tried_more_and_more_seldom() {
        let mut schedule = Schedule::default();
        assert!(schedule.may_send_again(STORE, seconds(0)));
        let mut now = 0;
        for rest in [4, 8, 16, 32, 64, 128, 180, 180] {
            schedule.ended(STORE, seconds(now), true);
            assert!(!schedule.may_send_again(STORE, seconds(now + rest - 1)), "{rest}");
            assert!(schedule.may_send_again(STORE, seconds(now + rest)), "{rest}");
            assert!(schedule.may_send_again(StoreId(2), seconds(now)), "others do not wait");
            now += rest;
        }
        schedule.ended(STORE, seconds(now), false);
        assert!(schedule.may_send_again(STORE, seconds(now)));
        // What is tried because somebody types does not make the rest longer.
        for second in 0..4 {
            schedule.ended(STORE, seconds(now + second), true);
        }
        assert!(schedule.may_send_again(STORE, seconds(now + 4)));
    }
}
