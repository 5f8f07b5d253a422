//! The sandbox's own time: real time plus an offset that the control API moves.
//!
//! Token lives, allowances, replica lag and every date in an answer come from here, so a test can be ninety days
//! later at once. Nothing else in this crate may ask the system for the time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};

/// One second in the unit of all times here.
pub(crate) const SECOND: i64 = 1_000;
/// One minute, likewise.
pub(crate) const MINUTE: i64 = 60 * SECOND;
/// One day, likewise.
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

/// Milliseconds since 1970 by the sandbox's reckoning.
pub(crate) type Moment = i64;

pub(crate) struct Clock {
    started_at: Moment,
    started: Instant,
    offset: AtomicI64,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the sandbox learns the real time")]
    pub(crate) fn start() -> Clock {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Clock {
            started_at: since_epoch.as_millis() as i64,
            started: Instant::now(),
            offset: AtomicI64::new(0),
        }
    }

    /// A monotonic source under the offset: the host's clock being corrected must not disturb a test.
    pub(crate) fn now(&self) -> Moment {
        self.started_at + self.started.elapsed().as_millis() as i64 + self.offset.load(Ordering::SeqCst)
    }

    /// Negative steps are allowed: real servers step back too.
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.offset.fetch_add(milliseconds, Ordering::SeqCst);
    }

    pub(crate) fn set(&self, moment: Moment) {
        self.advance(moment - self.now());
    }
}

/// Midnight of the day, from which seeded ages count back: two starts on one day give the same dates.
pub(crate) fn midnight(moment: Moment) -> Moment {
    moment - moment.rem_euclid(DAY)
}

pub(crate) fn civil(moment: Moment) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(moment).unwrap_or(DateTime::UNIX_EPOCH)
}

/// The spelling of the `Date` and `Retry-After` headers.
pub(crate) fn http_date(moment: Moment) -> String {
    civil(moment).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Real waiting, for answers that are meant to be slow.
#[expect(clippy::disallowed_methods, reason = "slowness towards a real client has to take real time")]
pub(crate) async fn wait(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
