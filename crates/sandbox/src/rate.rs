//! Request allowances, counted by the sandbox's clock so that a test can let them recover at once.

use std::collections::VecDeque;

use crate::clock::{MINUTE, Moment};

/// A bucket that every request fills by one and that leaks steadily.
pub(crate) struct LeakyBucket {
    /// Thousandths of a request, so that a slow leak loses nothing to rounding.
    level: i64,
    counted_at: Moment,
}

/// What the bucket says about one request.
pub(crate) struct BucketReading {
    pub(crate) accepted: bool,
    pub(crate) limit: i64,
    pub(crate) remaining: i64,
    /// Milliseconds until the bucket is empty.
    pub(crate) reset: i64,
    /// Milliseconds until one more request fits.
    pub(crate) wait: i64,
}

impl LeakyBucket {
    pub(crate) fn new() -> LeakyBucket {
        LeakyBucket { level: 0, counted_at: 0 }
    }

    pub(crate) fn take(&mut self, now: Moment, limit: i64, leak_per_second: i64) -> BucketReading {
        // A clock that was set back must not fill the bucket.
        let elapsed = (now - self.counted_at).max(0);
        self.level = (self.level - elapsed.saturating_mul(leak_per_second)).max(0);
        self.counted_at = now;
        let accepted = self.level + 1_000 <= limit * 1_000;
        if accepted {
            self.level += 1_000;
        }
        let over = (self.level + 1_000 - limit * 1_000).max(0);
        BucketReading {
            accepted,
            limit,
            remaining: limit - (self.level + 999) / 1_000,
            reset: self.level / leak_per_second,
            wait: (over + leak_per_second - 1) / leak_per_second,
        }
    }
}

/// At most so many requests in any stretch of a given length.
pub(crate) struct SlidingWindow {
    accepted: VecDeque<Moment>,
}

impl SlidingWindow {
    pub(crate) fn new() -> SlidingWindow {
        SlidingWindow { accepted: VecDeque::new() }
    }

    /// `Err` holds the milliseconds until the next request fits.
    pub(crate) fn take(&mut self, now: Moment, limit: usize, length: i64) -> Result<(), i64> {
        self.accepted.retain(|at| *at <= now && now - at < length);
        if self.accepted.len() < limit {
            self.accepted.push_back(now);
            return Ok(());
        }
        Err(self.accepted.front().map_or(length, |oldest| oldest + length - now))
    }

    /// How many requests of the stretch were accepted, as of the last one counted.
    pub(crate) fn used(&self) -> usize {
        self.accepted.len()
    }
}

/// So many requests in each minute, counted anew when the next one begins.
#[derive(Default)]
pub(crate) struct FixedWindow {
    began_at: Moment,
    used: i64,
}

/// What the window says about one request.
pub(crate) struct FixedWindowReading {
    pub(crate) accepted: bool,
    pub(crate) limit: i64,
    pub(crate) remaining: i64,
    /// Milliseconds until the next window.
    pub(crate) wait: i64,
}

impl FixedWindow {
    /// An aligned window is a minute of the clock; any other begins with the first request in it.
    pub(crate) fn take(&mut self, now: Moment, limit: i64, aligned: bool) -> FixedWindowReading {
        // A clock that was set back must not keep a window open for longer than it is.
        if now - self.began_at >= MINUTE || now < self.began_at {
            self.began_at = if aligned { now - now.rem_euclid(MINUTE) } else { now };
            self.used = 0;
        }
        let accepted = self.used < limit;
        if accepted {
            self.used += 1;
        }
        FixedWindowReading {
            accepted,
            limit,
            remaining: limit - self.used,
            wait: self.began_at + MINUTE - now,
        }
    }
}
