//! Moments and days in the spellings that stores use.

use chrono::{
    DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;
use serde_json::{Map, Value};

/// Longer than any clock was ever put forward.
const BEFORE_ANY_GAP: TimeDelta = TimeDelta::hours(25);

/// A moment: ISO 8601 with `Z`, with an offset in either spelling, without one (then it is taken as UTC), or the date object
/// of PHP, whose zone is an offset or the name of a place.
pub fn moment(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::String(text) => from_text(text.trim()),
        Value::Object(map) => from_date_object(map),
        _ => None,
    }
}

/// A day, or the day on which a moment falls where it was written.
pub fn day(value: &Value) -> Option<NaiveDate> {
    let text = match value {
        Value::Object(map) => map.get("date")?.as_str()?,
        other => other.as_str()?,
    };
    NaiveDate::parse_from_str(text.trim().get(..10)?, "%Y-%m-%d").ok()
}

/// `{"date": …, "timezone_type": 1, 2 or 3, "timezone": an offset, an abbreviation or a name}`, as PHP's `DateTime` becomes JSON
/// (php.net/manual/en/class.datetime). A text that says its offset needs no zone.
fn from_date_object(map: &Map<String, Value>) -> Option<DateTime<Utc>> {
    let text = map.get("date")?.as_str()?.trim();
    if let Some(moment) = with_offset(text) {
        return Some(moment);
    }
    let date = local(text)?;
    match map.get("timezone").and_then(Value::as_str).map_or("UTC", str::trim) {
        "UTC" | "Z" | "GMT" => Some(date.and_utc()),
        zone => match zone.parse::<FixedOffset>() {
            Ok(offset) => in_zone(date, &offset),
            // Abbreviations other than the few that are names too mean several zones, so they say nothing.
            Err(_) => in_zone(date, &zone.parse::<Tz>().ok()?),
        },
    }
}

/// The first of two moments with this local time, as when clocks are put back. A local time that clocks jumped over is counted
/// on from before the jump, as PHP does.
fn in_zone<Zone: TimeZone>(date: NaiveDateTime, zone: &Zone) -> Option<DateTime<Utc>> {
    match zone.from_local_datetime(&date) {
        MappedLocalTime::Single(moment) | MappedLocalTime::Ambiguous(moment, _) => Some(moment.to_utc()),
        MappedLocalTime::None => {
            let before = zone.from_local_datetime(&date.checked_sub_signed(BEFORE_ANY_GAP)?).latest()?;
            Some(date.checked_sub_offset(before.offset().fix())?.and_utc())
        }
    }
}

fn from_text(text: &str) -> Option<DateTime<Utc>> {
    with_offset(text).or_else(|| local(text).map(|moment| moment.and_utc()))
}

fn with_offset(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%z"))
        .map(|moment| moment.to_utc())
        .ok()
}

fn local(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f"))
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_spelling_gives_its_moment() {
        for (written, utc) in [
            (json!("2013-01-03T09:11:51-03:00"), "2013-01-03T12:11:51Z"),
            (json!("2022-02-23T12:25:18+0000"), "2022-02-23T12:25:18Z"),
            (json!("2022-02-23T09:25:18-0300"), "2022-02-23T12:25:18Z"),
            (json!("2024-05-06T07:08:09.123456Z"), "2024-05-06T07:08:09.123456Z"),
            (json!("2024-05-06T07:08:09.123456"), "2024-05-06T07:08:09.123456Z"),
            (json!("2024-05-06T07:08:09"), "2024-05-06T07:08:09Z"),
            (json!("2024-05-06 07:08:09"), "2024-05-06T07:08:09Z"),
            (json!("2024-05-06"), "2024-05-06T00:00:00Z"),
            (
                json!({"date": "2024-05-06 07:08:09.000000", "timezone_type": 3, "timezone": "UTC"}),
                "2024-05-06T07:08:09Z",
            ),
            (
                json!({"date": "2024-05-06 07:08:09", "timezone_type": 1, "timezone": "-03:00"}),
                "2024-05-06T10:08:09Z",
            ),
            (
                json!({"date": "2024-05-06 07:08:09.123456", "timezone_type": 3, "timezone": "America/Sao_Paulo"}),
                "2024-05-06T10:08:09.123456Z",
            ),
            // Summer time there ended for good in 2019.
            (
                json!({"date": "2018-12-25 12:00:00.000000", "timezone_type": 3, "timezone": "America/Sao_Paulo"}),
                "2018-12-25T14:00:00Z",
            ),
            (
                json!({"date": "2024-05-06", "timezone_type": 3, "timezone": "America/Argentina/Buenos_Aires"}),
                "2024-05-06T03:00:00Z",
            ),
            // Jumped over: clocks went from 00:00 to 01:00.
            (
                json!({"date": "2018-11-04 00:30:00", "timezone_type": 3, "timezone": "America/Sao_Paulo"}),
                "2018-11-04T03:30:00Z",
            ),
            // Twice: clocks went from 00:00 back to 23:00.
            (
                json!({"date": "2018-02-17 23:30:00", "timezone_type": 3, "timezone": "America/Sao_Paulo"}),
                "2018-02-18T01:30:00Z",
            ),
            (
                json!({"date": "2023-11-07T05:31:56Z", "timezone": "<string>", "timezone_type": 123}),
                "2023-11-07T05:31:56Z",
            ),
            (json!({"date": "2024-05-06 07:08:09"}), "2024-05-06T07:08:09Z"),
        ] {
            assert_eq!(moment(&written), Some(utc.parse().unwrap()), "{written}");
        }
        for wrong in [
            json!("31/12/2020"),
            json!(1_700_000_000),
            json!({"date": "x"}),
            json!({"date": null, "timezone": "UTC"}),
            json!({"date": "2024-05-06 07:08:09", "timezone_type": 3, "timezone": "Mars/Olympus_Mons"}),
            json!({"date": "2024-05-06 07:08:09", "timezone_type": 2, "timezone": "BRT"}),
            json!("2024-13-01T00:00:00Z"),
            json!(""),
        ] {
            assert_eq!(moment(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn moments_at_the_ends_of_the_calendar_are_read_or_left_and_nothing_breaks() {
        for date in ["-262143-01-01 00:00:00", "+262142-12-31 23:59:59", "0000-00-00 00:00:00", "9999-12-31"]
        {
            for zone in ["America/Sao_Paulo", "-23:59", "+23:59", "UTC", "Pacific/Apia", ""] {
                let read = moment(&json!({"date": date, "timezone_type": 3, "timezone": zone}));
                assert!(
                    read.is_none_or(|read| read.date_naive().to_string() != "2024-05-06"),
                    "{date} {zone}"
                );
            }
        }
        assert_eq!(moment(&json!({"date": "0000-00-00 00:00:00", "timezone": "UTC"})), None);
    }

    #[test]
    fn a_day_is_the_day_that_was_written() {
        for written in ["1990-12-31", "1990-12-31T23:59:59-03:00"] {
            assert_eq!(day(&json!(written)), NaiveDate::from_ymd_opt(1990, 12, 31));
        }
        let object = json!({"date": "1990-12-31 00:00:00.000000", "timezone": "America/Sao_Paulo"});
        assert_eq!(day(&object), NaiveDate::from_ymd_opt(1990, 12, 31));
        for wrong in [json!("31/12/1990"), json!({"date": 7}), json!({}), json!("1990-12-3é")] {
            assert_eq!(day(&wrong), None, "{wrong}");
        }
    }
}
