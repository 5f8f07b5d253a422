//! So many requests a minute.
//!
//! Stores say how many fit into a minute and not when one begins: with the clock, or with the first request in it. So no
//! stretch of a minute ever holds more, which is right for both, and over many minutes nothing of the allowance is lost.

use std::collections::VecDeque;
use std::time::Duration;

use super::RateReading;
use crate::Urgency;

/// A minute, and a little for requests that do not travel equally fast.
const MINUTE: Duration = Duration::from_millis(60_500);
/// Requests of a minute that the background leaves to people: a look, or the read before an edit.
const KEPT_FOR_PEOPLE: usize = 1;
/// No store of a small plan lets itself be asked less often than this a minute; a smaller number is a misunderstanding.
const FEWEST: f64 = 1.0;
const MOST: f64 = 100_000.0;

pub(super) struct Minute {
    limit: usize,
    /// When the requests of the last minute went out, and those of others as far as the store told of them.
    sent: VecDeque<Duration>,
    /// When the background may go on at the earliest.
    background_from: Duration,
}

impl Minute {
    pub(super) fn new(limit: u32) -> Self {
        Self {
            limit: usize::try_from(limit.max(1)).unwrap_or(usize::MAX),
            sent: VecDeque::new(),
            background_from: Duration::ZERO,
        }
    }

    /// Takes a place now, or says how long to wait before looking again.
    pub(super) fn take(&mut self, urgency: Urgency, now: Duration) -> Result<(), Duration> {
        self.forget(now);
        let background = urgency >= Urgency::Changes;
        let room = if background { self.room_of_background() } else { self.limit };
        if let Some(oldest) = self.sent.len().checked_sub(room).and_then(|over| self.sent.get(over)) {
            return Err((*oldest + MINUTE).saturating_sub(now).max(Duration::from_millis(1)));
        }
        if background {
            // A quarter at once, so that a small store is read at once; then evenly, so that an edit made in between finds
            // a place within seconds and not at the end of the minute.
            if self.sent.len() >= self.limit / 4 && now < self.background_from {
                return Err(self.background_from - now);
            }
            let even = MINUTE / u32::try_from(self.room_of_background()).unwrap_or(u32::MAX);
            // Counted from when it could have gone, or every rounded wait would be lost.
            self.background_from = self.background_from.max(now.saturating_sub(even)) + even;
        }
        self.sent.push_back(now);
        Ok(())
    }

    pub(super) fn learn(&mut self, reading: RateReading, now: Duration) {
        if !(FEWEST..=MOST).contains(&reading.limit) {
            return;
        }
        self.limit = reading.limit as usize;
        self.forget(now);
        let theirs = (reading.limit - reading.remaining).clamp(0.0, reading.limit) as usize;
        // Somebody else asks from here, too.
        while self.sent.len() < theirs {
            self.sent.push_back(now);
        }
    }

    /// The store counted more than we did and told nothing of it: nothing more before a minute has passed.
    pub(super) fn slow_down(&mut self, now: Duration) {
        self.forget(now);
        self.sent.clear();
        self.sent.extend(std::iter::repeat_n(now, self.limit));
    }

    fn room_of_background(&self) -> usize {
        self.limit.saturating_sub(KEPT_FOR_PEOPLE).max(1)
    }

    fn forget(&mut self, now: Duration) {
        while self.sent.front().is_some_and(|sent| *sent + MINUTE <= now) {
            self.sent.pop_front();
        }
    }
}
