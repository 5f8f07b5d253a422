//! The door in front of a store: who may ask next, and when.
//!
//! It counts as the store counts (a bucket that every request fills by one and that leaks steadily), so that an honest
//! store never has to say 429. It learns from what the store tells about its bucket, and from being refused where the
//! store tells nothing. Time comes from the ports alone.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clientela_domain::capability::Rate;
use tokio::sync::Notify;

use crate::{Clock, Sleep, Urgency};

/// The part of the usual pace below which refusals do not push it.
const SLOWEST: f64 = 0.05;
/// The part of the usual pace that each answer gives back after a refusal.
const RECOVERY: f64 = 0.02;
/// The part of the documented pace below which a told reset is taken for a misunderstanding.
const SLOWEST_TOLD: f64 = 0.25;
/// Requests by which the store's count may differ from ours before it is believed: one on its way explains that much.
const TOLERANCE: f64 = 1.0;

/// What an answer tells about the store's bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateReading {
    /// Requests that the bucket holds.
    pub limit: f64,
    /// Requests that still fit.
    pub remaining: f64,
    /// Time until the bucket is empty.
    pub reset: Option<Duration>,
}

/// One store's allowance, shared by everything that asks this store.
pub struct RateGate {
    state: Mutex<State>,
    changed: Notify,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
}

struct State {
    documented: Rate,
    burst: f64,
    /// Requests a second that this store's plan allows, and the pace kept now.
    allowed: f64,
    pace: f64,
    /// Requests that the bucket has not let go yet, and when that was counted.
    level: f64,
    counted_at: Duration,
    /// Nobody asks before.
    closed_until: Duration,
    /// What our own waiting proves about the time, should the clock lag behind it.
    waited_until: Duration,
    waiting: BTreeSet<Place>,
    tickets: u64,
}

/// The most urgent first, then the one who came first.
type Place = (Urgency, u64);

enum Turn {
    Go,
    Wait(Duration),
    BehindOthers,
}

impl RateGate {
    pub fn new(rate: Rate, clock: Arc<dyn Clock>, sleep: Arc<dyn Sleep>) -> Self {
        let now = clock.elapsed();
        let state = State {
            documented: rate,
            burst: f64::from(rate.burst.max(1)),
            allowed: rate.per_second,
            pace: rate.per_second,
            level: 0.0,
            counted_at: now,
            closed_until: Duration::ZERO,
            waited_until: Duration::ZERO,
            waiting: BTreeSet::new(),
            tickets: 0,
        };
        Self { state: Mutex::new(state), changed: Notify::new(), clock, sleep }
    }

    /// Returns when one request of this urgency may be sent. Dropping the future gives the place up.
    pub async fn admit(&self, urgency: Urgency) {
        let waiting = self.queue(urgency);
        loop {
            // Listening begins before looking, so that no change falls between the two.
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            match self.turn(waiting.place) {
                Turn::Go => return,
                Turn::BehindOthers => changed.await,
                Turn::Wait(duration) => {
                    let until = self.now() + duration;
                    tokio::select! {
                        () = self.sleep.sleep(duration) => self.waited(until),
                        () = changed => {}
                    }
                }
            }
        }
    }

    /// Takes over what an answer told about the bucket.
    pub fn learn(&self, reading: RateReading) {
        let now = self.now();
        let mut state = self.lock();
        state.leak(now);
        if reading.limit < 1.0 {
            return;
        }
        let documented = f64::from(state.documented.burst.max(1));
        // Larger plans grow burst and leak alike (github.com/TiendaNube/api-docs, "Rate limiting").
        state.burst = reading.limit;
        let usual = state.documented.per_second * reading.limit / documented;
        let theirs = (reading.limit - reading.remaining).max(0.0);
        // `theirs` is rounded up, so this can only come out too fast: if it is slower still, the store is slower.
        let told =
            reading.reset.filter(|reset| !reset.is_zero()).map(|reset| theirs.max(1.0) / reset.as_secs_f64());
        state.allowed = told.map_or(usual, |told| told.clamp(usual * SLOWEST_TOLD, usual));
        state.pace = state.allowed;
        if theirs > state.level + TOLERANCE {
            state.level = theirs;
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// The store refused for asking too often and told nothing about its bucket: slower from here on.
    pub fn slow_down(&self) {
        let now = self.now();
        let mut state = self.lock();
        state.leak(now);
        state.pace = (state.pace / 2.0).max(state.allowed * SLOWEST);
        state.level = state.level.max(state.burst - 1.0);
    }

    /// An answer that was no refusal: back towards the usual pace.
    pub fn recover(&self) {
        let now = self.now();
        let mut state = self.lock();
        if state.pace < state.allowed {
            state.leak(now);
            state.pace = (state.pace + state.allowed * RECOVERY).min(state.allowed);
        }
    }

    /// Lets nobody ask for this long.
    pub fn close_for(&self, duration: Duration) {
        let until = self.now() + duration;
        let mut state = self.lock();
        state.closed_until = state.closed_until.max(until);
    }

    fn queue(&self, urgency: Urgency) -> Waiting<'_> {
        let mut state = self.lock();
        state.tickets += 1;
        let place = (urgency, state.tickets);
        state.waiting.insert(place);
        Waiting { gate: self, place }
    }

    fn turn(&self, place: Place) -> Turn {
        let now = self.now();
        let mut state = self.lock();
        if state.waiting.first() != Some(&place) {
            return Turn::BehindOthers;
        }
        if now < state.closed_until {
            return Turn::Wait(state.closed_until - now);
        }
        state.leak(now);
        let over = state.level + 1.0 - state.room(place.0);
        if over <= f64::EPSILON {
            state.level += 1.0;
            return Turn::Go;
        }
        // Whole milliseconds: timers have no finer ones, and what is waited too long is not lost but leaks.
        let milliseconds = (over / state.pace.max(0.001) * 1_000.0).ceil().clamp(1.0, 3_600_000.0);
        Turn::Wait(Duration::from_millis(milliseconds as u64))
    }

    fn waited(&self, until: Duration) {
        let mut state = self.lock();
        state.waited_until = state.waited_until.max(until);
    }

    fn now(&self) -> Duration {
        let waited_until = self.lock().waited_until;
        self.clock.elapsed().max(waited_until)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn leak(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.counted_at).as_secs_f64();
        self.level = (self.level - passed * self.pace).max(0.0);
        self.counted_at = self.counted_at.max(now);
    }

    /// How full this urgency may make the bucket. One place stays free, because requests do not travel equally fast; and
    /// one more is kept for people, so that an edit need not wait for the background.
    fn room(&self, urgency: Urgency) -> f64 {
        let kept = match urgency {
            Urgency::Push | Urgency::Opened => 1.0,
            Urgency::Changes | Urgency::Sweep => 2.0,
        };
        (self.burst - kept).max(1.0)
    }
}

/// A place in the queue, given up when dropped.
struct Waiting<'a> {
    gate: &'a RateGate,
    place: Place,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.gate.lock().waiting.remove(&self.place);
        self.gate.changed.notify_waiters();
    }
}
