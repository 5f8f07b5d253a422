//! How long to wait before another try.

use std::time::Duration;

/// A store's own wish is obeyed up to this long; longer ones end the pass instead of holding it.
pub const LONGEST_WISH: Duration = Duration::from_secs(15 * 60);
const LONGEST: Duration = Duration::from_secs(60);
const FIRST: Duration = Duration::from_secs(1);

/// Waiting time before try number `attempt` (the first retry is 1): the store's wish when it has one, else a random share of
/// a doubling bound ("full jitter"), so that many desks do not come back at once.
///
/// `chance` is in 0..=1 and comes from the caller.
pub fn wait(attempt: u32, wish: Option<Duration>, chance: f64) -> Duration {
    if let Some(wish) = wish {
        return wish.min(LONGEST_WISH);
    }
    let bound = FIRST.saturating_mul(1_u32.checked_shl(attempt.min(16)).unwrap_or(u32::MAX)).min(LONGEST);
    bound.mul_f64(chance.clamp(0.0, 1.0))
}
