//! Time that passes only when a test says so, or when somebody waits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use clientela_connectors::{Clock, Sleep};

/// Clock and waiting in one. Clones are the same clock. Somebody who waits is woken at once, and the clock has moved on by
/// the time they wanted; two who wait at once move it twice.
#[derive(Debug, Clone)]
pub struct VirtualClock(Arc<Mutex<Time>>);

#[derive(Debug)]
struct Time {
    began: DateTime<Utc>,
    elapsed: Duration,
    /// How far somebody has set the wall clock away from the time that passed.
    set_off: TimeDelta,
    waits: Vec<Duration>,
}

impl VirtualClock {
    /// A clock that begins on the same day in every test.
    pub fn new() -> Self {
        Self::at(DateTime::from_timestamp_millis(1_767_258_000_000).unwrap_or_default())
    }

    /// A clock that begins at this moment.
    pub fn at(began: DateTime<Utc>) -> Self {
        let (elapsed, set_off, waits) = (Duration::ZERO, TimeDelta::zero(), Vec::new());
        Self(Arc::new(Mutex::new(Time { began, elapsed, set_off, waits })))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.time().elapsed += by;
    }

    /// Sets the wall clock forward or back, as people and time servers do. The time that has passed stays.
    pub fn set_wall_off(&self, by: TimeDelta) {
        self.time().set_off += by;
    }

    /// How long everybody waited so far, one by one.
    pub fn waits(&self) -> Vec<Duration> {
        self.time().waits.clone()
    }

    fn time(&self) -> MutexGuard<'_, Time> {
        // A test that failed while it had the clock must not hide the failure behind a second one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        let time = self.time();
        time.began + TimeDelta::from_std(time.elapsed).unwrap_or(TimeDelta::MAX) + time.set_off
    }

    fn elapsed(&self) -> Duration {
        self.time().elapsed
    }
}

#[async_trait]
impl Sleep for VirtualClock {
    async fn sleep(&self, duration: Duration) {
        {
            let mut time = self.time();
            time.elapsed += duration;
            time.waits.push(duration);
        }
        // Others get their turn, as they would while somebody really waits.
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waiting_moves_the_clock_at_once() {
        let clock = VirtualClock::new();
        let began = clock.now();
        clock.clone().sleep(Duration::from_secs(3600)).await;
        clock.advance(Duration::from_millis(1));
        assert_eq!(clock.elapsed(), Duration::from_millis(3_600_001), "a clone is the same clock");
        assert_eq!((clock.now() - began).num_milliseconds(), 3_600_001);
        assert_eq!(clock.waits(), [Duration::from_secs(3600)], "only waiting counts as waiting");
    }

    #[test]
    fn setting_the_wall_clock_lets_no_time_pass() {
        let clock = VirtualClock::new();
        let began = clock.now();
        clock.set_wall_off(TimeDelta::hours(-1));
        assert_eq!((clock.now() - began).num_minutes(), -60);
        assert_eq!(clock.elapsed(), Duration::ZERO);
    }
}
