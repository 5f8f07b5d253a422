//! The door in front of a store: who may ask next, and when.
//!
//! It counts as the store counts (a leaking bucket, or so many a minute), so that an honest store never has to say 429. It
//! learns from what the store tells about its count, and from being refused where the store tells nothing. Time comes from
//! the ports alone.

mod bucket;
mod minute;

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clientela_domain::capability::Rate;
use tokio::sync::Notify;

use bucket::Bucket;
use minute::Minute;

use crate::{Clock, Sleep, Urgency};

/// What an answer tells about the store's count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateReading {
    /// Requests that the bucket holds, or that fit into a minute.
    pub limit: f64,
    /// Requests that still fit.
    pub remaining: f64,
    /// Time until the bucket is empty.
    pub reset: Option<Duration>,
}

/// The doors of one store: one for all requests, or one for each kind of them.
pub struct RateGates {
    first: RateGate,
    others: Vec<(&'static str, RateGate)>,
}

impl RateGates {
    pub fn new(rate: Rate, clock: &Arc<dyn Clock>, sleep: &Arc<dyn Sleep>) -> Self {
        let gate = |meter| RateGate::of(meter, Arc::clone(clock), Arc::clone(sleep));
        let others = match rate {
            Rate::Bucket { .. } => &[],
            Rate::PerMinute(allowances) => allowances.get(1..).unwrap_or_default(),
        };
        Self {
            first: RateGate::new(rate, Arc::clone(clock), Arc::clone(sleep)),
            others: others
                .iter()
                .map(|one| (one.route, gate(Meter::Minute(Minute::new(one.per_minute)))))
                .collect(),
        }
    }

    /// The door for this kind of request. What has none of its own goes through the first.
    pub fn of(&self, route: &str) -> &RateGate {
        self.others.iter().find(|(known, _)| *known == route).map_or(&self.first, |(_, gate)| gate)
    }
}

/// One allowance, shared by everything that asks under it.
pub struct RateGate {
    state: Mutex<State>,
    changed: Notify,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
}

struct State {
    meter: Meter,
    /// Nobody asks before.
    closed_until: Duration,
    /// What our own waiting proves about the time, should the clock lag behind it.
    waited_until: Duration,
    waiting: BTreeSet<Place>,
    tickets: u64,
}

/// How the store counts.
enum Meter {
    Bucket(Bucket),
    Minute(Minute),
}

/// The most urgent first, then the one who came first.
type Place = (Urgency, u64);

enum Turn {
    Go,
    Wait(Duration),
    BehindOthers,
}

impl RateGate {
    /// A door that counts like this; of several allowances, like the first.
    pub fn new(rate: Rate, clock: Arc<dyn Clock>, sleep: Arc<dyn Sleep>) -> Self {
        let meter = match rate {
            Rate::Bucket { burst, per_second } => {
                Meter::Bucket(Bucket::new(burst, per_second, clock.elapsed()))
            }
            Rate::PerMinute(allowances) => {
                Meter::Minute(Minute::new(allowances.first().map_or(1, |first| first.per_minute)))
            }
        };
        Self::of(meter, clock, sleep)
    }

    fn of(meter: Meter, clock: Arc<dyn Clock>, sleep: Arc<dyn Sleep>) -> Self {
        let state = State {
            meter,
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

    /// Takes over what an answer told about the store's count.
    pub fn learn(&self, reading: RateReading) {
        let now = self.now();
        if reading.limit < 1.0 {
            return;
        }
        match &mut self.lock().meter {
            Meter::Bucket(bucket) => bucket.learn(reading, now),
            Meter::Minute(minute) => minute.learn(reading, now),
        }
        self.changed.notify_waiters();
    }

    /// Takes over that the store counts by the minute, where nothing of the kind is documented: from here on, so does this door.
    pub fn learn_minute(&self, reading: RateReading) {
        let now = self.now();
        if !(1.0..=f64::from(u32::MAX)).contains(&reading.limit) {
            return;
        }
        let mut state = self.lock();
        if matches!(state.meter, Meter::Bucket(_)) {
            state.meter = Meter::Minute(Minute::new(reading.limit as u32));
        }
        if let Meter::Minute(minute) = &mut state.meter {
            minute.learn(reading, now);
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// The store refused for asking too often and told nothing about its count: slower from here on.
    pub fn slow_down(&self) {
        let now = self.now();
        match &mut self.lock().meter {
            Meter::Bucket(bucket) => bucket.slow_down(now),
            Meter::Minute(minute) => minute.slow_down(now),
        }
    }

    /// An answer that was no refusal: back towards the usual pace.
    pub fn recover(&self) {
        let now = self.now();
        if let Meter::Bucket(bucket) = &mut self.lock().meter {
            bucket.recover(now);
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
        let taken = match &mut state.meter {
            Meter::Bucket(bucket) => bucket.take(place.0, now),
            Meter::Minute(minute) => minute.take(place.0, now),
        };
        match taken {
            Ok(()) => Turn::Go,
            Err(wait) => Turn::Wait(wait),
        }
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
