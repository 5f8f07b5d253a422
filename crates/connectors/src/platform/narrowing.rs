//! What a list request is narrowed by, looked at once more here.
//!
//! No platform says whether the ends of its time filters count, and some may drop a filter that stands beside another one. So
//! stores are asked for a second more on either side, and what came is held against the request itself.

use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta, Utc};
use clientela_domain::{CustomerRecord, Presence};

use crate::ListRequest;
use crate::reading::is_digits;

/// The beginning of a stretch as a store is asked for it.
pub(super) fn asked_from(moment: Option<DateTime<Utc>>) -> Option<String> {
    moment.map(|moment| spelled(moment - TimeDelta::seconds(1)))
}

/// The end of a stretch as a store is asked for it.
pub(super) fn asked_until(moment: Option<DateTime<Utc>>) -> Option<String> {
    moment.map(|moment| spelled(moment + TimeDelta::seconds(1)))
}

/// Whether the record lies within what the request asks for. A time that the store does not tell lies within everything.
pub(super) fn keeps(request: &ListRequest, record: &CustomerRecord) -> bool {
    is_within(record.created_at, request.created_since, request.created_until)
        && is_within(record.updated_at, request.updated_since, request.updated_until)
        && (request.ids.is_empty() || request.ids.contains(&record.remote_id))
        && request.since_id.as_ref().is_none_or(|since| is_after(record.remote_id.as_str(), since.as_str()))
}

/// Whether the record lies so far outside that the store cannot have looked at the times that it was asked for.
pub(super) fn ignores_times(request: &ListRequest, record: &CustomerRecord) -> bool {
    let wide = TimeDelta::seconds(2);
    let outside =
        |at: Presence<DateTime<Utc>>, since: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>| {
            !is_within(at, since.map(|since| since - wide), until.map(|until| until + wide))
        };
    outside(record.created_at, request.created_since, request.created_until)
        || outside(record.updated_at, request.updated_since, request.updated_until)
}

/// Whether times narrow the request.
pub(super) fn has_times(request: &ListRequest) -> bool {
    let times = [request.created_since, request.created_until, request.updated_since, request.updated_until];
    times.iter().any(Option::is_some)
}

/// Whether an id comes after another, both being digits of any number.
pub(super) fn is_after(id: &str, other: &str) -> bool {
    let (id, other) = (id.trim_start_matches('0'), other.trim_start_matches('0'));
    (id.len(), id) > (other.len(), other)
}

/// The id in a request or position that lists begin behind; `None` where it is no number.
pub(super) fn as_number(id: &str) -> Option<&str> {
    Some(id).filter(|id| is_digits(id))
}

fn spelled(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// Stores that keep whole seconds tell a moment up to a second too early.
fn is_within(
    at: Presence<DateTime<Utc>>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
) -> bool {
    let Presence::Value(at) = at else { return true };
    since.is_none_or(|since| at >= since.trunc_subsecs(0)) && until.is_none_or(|until| at <= until)
}

#[cfg(test)]
mod tests {
    use clientela_domain::RemoteId;

    use super::*;

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_ends_count_and_a_second_beyond_them_does_not() {
        let request = ListRequest {
            created_since: Some(moment("2024-05-06T12:00:00.400Z")),
            created_until: Some(moment("2024-05-06T13:00:00Z")),
            ..ListRequest::default()
        };
        assert_eq!(asked_from(request.created_since).as_deref(), Some("2024-05-06T11:59:59+00:00"));
        assert_eq!(asked_until(request.created_until).as_deref(), Some("2024-05-06T13:00:01+00:00"));
        let mut record = CustomerRecord::new(RemoteId::new("7"));
        assert!(keeps(&request, &record), "a time that is not told");
        for (at, kept, ignored) in [
            ("2024-05-06T12:00:00Z", true, false),
            ("2024-05-06T13:00:00Z", true, false),
            ("2024-05-06T11:59:59Z", false, false),
            ("2024-05-06T13:00:01Z", false, false),
            ("2024-05-06T11:00:00Z", false, true),
            ("2024-05-06T14:00:00Z", false, true),
        ] {
            record.created_at = Presence::Value(moment(at));
            assert_eq!((keeps(&request, &record), ignores_times(&request, &record)), (kept, ignored), "{at}");
        }
    }

    #[test]
    fn ids_are_ordered_as_numbers_of_any_size() {
        for (later, earlier) in
            [("10", "9"), ("9007199254740993", "9007199254740992"), ("1", "0"), ("101", "0100")]
        {
            assert!(is_after(later, earlier) && !is_after(earlier, later), "{later} {earlier}");
        }
        assert!(!is_after("7", "7"));
        let request = ListRequest {
            ids: vec![RemoteId::new("9"), RemoteId::new("10")],
            since_id: Some(RemoteId::new("9")),
            ..ListRequest::default()
        };
        let kept = |id: &str| keeps(&request, &CustomerRecord::new(RemoteId::new(id)));
        assert_eq!((kept("9"), kept("10"), kept("11")), (false, true, false));
    }
}
