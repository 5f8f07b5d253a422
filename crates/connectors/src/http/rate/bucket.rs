//! A bucket that every request fills by one and that leaks steadily.

use std::time::Duration;

use super::RateReading;
use crate::Urgency;

/// The part of the usual pace below which refusals do not push it.
const SLOWEST: f64 = 0.05;
/// The part of the usual pace that each answer gives back after a refusal.
const RECOVERY: f64 = 0.02;
/// The part of the documented pace below which a told reset is taken for a misunderstanding.
const SLOWEST_TOLD: f64 = 0.25;
/// Requests by which the store's count may differ from ours before it is believed: one on its way explains that much.
const TOLERANCE: f64 = 1.0;

pub(super) struct Bucket {
    documented_burst: f64,
    documented_pace: f64,
    burst: f64,
    /// Requests a second that this store's plan allows, and the pace kept now.
    allowed: f64,
    pace: f64,
    /// Requests that the bucket has not let go yet, and when that was counted.
    level: f64,
    counted_at: Duration,
}

impl Bucket {
    pub(super) fn new(burst: u32, per_second: f64, now: Duration) -> Self {
        let burst = f64::from(burst.max(1));
        Self {
            documented_burst: burst,
            documented_pace: per_second,
            burst,
            allowed: per_second,
            pace: per_second,
            level: 0.0,
            counted_at: now,
        }
    }

    /// Takes a place now, or says how long to wait before looking again.
    pub(super) fn take(&mut self, urgency: Urgency, now: Duration) -> Result<(), Duration> {
        self.leak(now);
        let over = self.level + 1.0 - self.room(urgency);
        if over <= f64::EPSILON {
            self.level += 1.0;
            return Ok(());
        }
        // Whole milliseconds: timers have no finer ones, and what is waited too long is not lost but leaks.
        let milliseconds = (over / self.pace.max(0.001) * 1_000.0).ceil().clamp(1.0, 3_600_000.0);
        Err(Duration::from_millis(milliseconds as u64))
    }

    pub(super) fn learn(&mut self, reading: RateReading, now: Duration) {
        self.leak(now);
        // Larger plans grow burst and leak alike (github.com/TiendaNube/api-docs, "Rate limiting").
        self.burst = reading.limit;
        let usual = self.documented_pace * reading.limit / self.documented_burst;
        // More than the bucket holds cannot be in it: less than nothing left would be waited for until the end of days.
        let theirs = (reading.limit - reading.remaining).clamp(0.0, reading.limit);
        // `theirs` is rounded up, so this can only come out too fast: if it is slower still, the store is slower.
        let told =
            reading.reset.filter(|reset| !reset.is_zero()).map(|reset| theirs.max(1.0) / reset.as_secs_f64());
        self.allowed = told.map_or(usual, |told| told.clamp(usual * SLOWEST_TOLD, usual));
        self.pace = self.allowed;
        if theirs > self.level + TOLERANCE {
            self.level = theirs;
        }
    }

    pub(super) fn slow_down(&mut self, now: Duration) {
        self.leak(now);
        self.pace = (self.pace / 2.0).max(self.allowed * SLOWEST);
        self.level = self.level.max(self.burst - 1.0);
    }

    pub(super) fn recover(&mut self, now: Duration) {
        if self.pace < self.allowed {
            self.leak(now);
            self.pace = (self.pace + self.allowed * RECOVERY).min(self.allowed);
        }
    }

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
