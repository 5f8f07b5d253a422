//! Whether to send a request again, and when.
//!
//! A question is repeated when trouble may pass. A change is repeated only after a 429, which says that nothing was done;
//! whatever else happens to it is told to the caller, who looks before it writes again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clientela_domain::backoff;

use crate::http::answer::http_date;
use crate::http::{Answer, Nature};

/// Times one request is sent at most.
const MOST_TRIES: u32 = 4;
/// A refusal without a wish is waited out at least this long, doubling: an allowance needs time to come back, and chance
/// alone could say none.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nothing was sent. `hopeless`: the same would happen again, as with a certificate that is not trusted.
    NotSent {
        cause: &'static str,
        hopeless: bool,
    },
    /// It went out, at least in part, and nothing came back.
    NoAnswer {
        cause: &'static str,
    },
    /// The answer broke off.
    CutOff {
        cause: &'static str,
    },
    TooLarge,
}

/// What follows a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Give the outcome to the caller.
    Tell,
    /// Send again after this long.
    Again(Duration),
    /// Send again, and let nobody else ask this store before.
    AgainAfterPause(Duration),
}

/// Decides after try number `tries` (the first is 1). `chance` is in 0..=1; `now` is used only where the store told the
/// time by no `Date` header.
pub(super) fn next(
    nature: Nature,
    tries: u32,
    outcome: &Result<Answer, Trouble>,
    chance: f64,
    now: DateTime<Utc>,
) -> Next {
    if tries >= MOST_TRIES {
        return Next::Tell;
    }
    let again = |wish| Next::Again(backoff::wait(tries, wish, chance));
    match (outcome, nature) {
        (Ok(answer), _) if answer.status == 429 => match retry_after(answer, now) {
            Some(wish) if wish > backoff::LONGEST_WISH => Next::Tell,
            Some(wish) => Next::AgainAfterPause(backoff::wait(tries, Some(wish), chance)),
            None => {
                let least = SHORTEST_PAUSE.saturating_mul(1 << (tries - 1).min(10));
                Next::AgainAfterPause(backoff::wait(tries, None, chance).max(least))
            }
        },
        (_, Nature::Write) => Next::Tell,
        (Ok(answer), Nature::Read) if answer.status == 408 => again(None),
        // 511 is the network's own sign-in page; asking again does not sign anybody in.
        (Ok(answer), Nature::Read) if answer.status >= 500 && answer.status != 511 => {
            match retry_after(answer, now) {
                Some(wish) if wish > backoff::LONGEST_WISH => Next::Tell,
                Some(wish) => Next::AgainAfterPause(wish),
                None => again(None),
            }
        }
        (Ok(_), Nature::Read) => Next::Tell,
        (Err(Trouble::NotSent { hopeless: true, .. } | Trouble::TooLarge), Nature::Read) => Next::Tell,
        (Err(_), Nature::Read) => again(None),
    }
}

/// How long the store wants to be left alone: `Retry-After` in seconds or as a date (RFC 9110 §10.2.3).
pub(super) fn retry_after(answer: &Answer, now: DateTime<Utc>) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = http_date(text)?;
    // By the store's own clock where it shows it: ours may be wrong.
    let from = answer.server_time().unwrap_or(now);
    Some((until - from).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

    use super::*;
    use crate::http::Accept;

    fn answer(
        status: u16,
        retry_after: Option<&'static str>,
        date: Option<&'static str>,
    ) -> Result<Answer, Trouble> {
        let mut headers = HeaderMap::new();
        if let Some(text) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
        }
        if let Some(text) = date {
            headers.insert(DATE, HeaderValue::from_static(text));
        }
        let (nature, accept) = (Nature::Read, Accept::Json);
        Ok(Answer { status, headers, bytes: Vec::new(), nature, accept, secrets: Vec::new() })
    }

    fn decide(nature: Nature, tries: u32, outcome: &Result<Answer, Trouble>) -> Next {
        next(nature, tries, outcome, 0.5, DateTime::from_timestamp(784_111_777, 0).unwrap())
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn questions_are_repeated_when_trouble_may_pass_and_changes_are_not() {
        let cut = Err(Trouble::CutOff { cause: "" });
        let silent = Err(Trouble::NoAnswer { cause: "" });
        let down = Err(Trouble::NotSent { cause: "", hopeless: false });
        let untrusted = Err(Trouble::NotSent { cause: "", hopeless: true });
        for outcome in [
            &cut,
            &silent,
            &down,
            &answer(408, None, None),
            &answer(500, None, None),
            &answer(503, None, None),
        ] {
            assert_eq!(decide(Nature::Read, 1, outcome), Next::Again(SECOND), "{outcome:?}");
            assert_eq!(decide(Nature::Read, 4, outcome), Next::Tell, "{outcome:?}");
            assert_eq!(decide(Nature::Write, 1, outcome), Next::Tell, "{outcome:?}");
        }
        for outcome in [&untrusted, &Err(Trouble::TooLarge), &answer(511, None, None)] {
            assert_eq!(decide(Nature::Read, 1, outcome), Next::Tell, "{outcome:?}");
        }
        for status in [200, 204, 302, 400, 401, 402, 403, 404, 409, 410, 415, 422] {
            assert_eq!(decide(Nature::Read, 1, &answer(status, None, None)), Next::Tell, "{status}");
        }
    }

    #[test]
    fn a_429_is_waited_out_by_changes_too() {
        for nature in [Nature::Read, Nature::Write] {
            assert_eq!(decide(nature, 1, &answer(429, Some("7"), None)), Next::AgainAfterPause(7 * SECOND));
            assert_eq!(decide(nature, 3, &answer(429, None, None)), Next::AgainAfterPause(4 * SECOND));
            assert_eq!(decide(nature, 4, &answer(429, Some("7"), None)), Next::Tell);
            assert_eq!(decide(nature, 1, &answer(429, Some("901"), None)), Next::Tell);
        }
        let unlucky = next(Nature::Read, 2, &answer(429, None, None), 0.0, DateTime::UNIX_EPOCH);
        assert_eq!(unlucky, Next::AgainAfterPause(2 * SECOND));
    }

    #[test]
    fn a_wish_is_read_in_every_form() {
        let wish = |retry_after, date| {
            super::retry_after(
                &answer(429, Some(retry_after), date).unwrap(),
                DateTime::from_timestamp(784_111_777, 0).unwrap(),
            )
        };
        assert_eq!(wish("0", None), Some(Duration::ZERO));
        assert_eq!(wish("120", None), Some(120 * SECOND));
        assert_eq!(wish("Sun, 06 Nov 1994 08:49:40 GMT", None), Some(3 * SECOND));
        assert_eq!(
            wish("Sun, 06 Nov 1994 08:49:40 GMT", Some("Sun, 06 Nov 1994 08:49:30 GMT")),
            Some(10 * SECOND)
        );
        assert_eq!(wish("Sun, 06 Nov 1994 08:00:00 GMT", None), Some(Duration::ZERO));
        assert_eq!(wish("soon", None), None);
        assert_eq!(wish("-5", None), None);
    }
}
