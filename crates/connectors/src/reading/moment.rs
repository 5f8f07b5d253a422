//! Moments and days in the spellings that stores use.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};
use serde_json::Value;

/// A moment: ISO 8601 with `Z`, with an offset in either spelling, without one (then it is taken as UTC), or the date object
/// of PHP with a zone that is UTC or an offset.
pub fn moment(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::String(text) => from_text(text.trim()),
        Value::Object(map) => {
            let date = local(map.get("date")?.as_str()?.trim())?;
            let zone = map.get("timezone").and_then(Value::as_str).unwrap_or("UTC");
            let offset = match zone {
                "UTC" | "Z" | "GMT" => FixedOffset::east_opt(0)?,
                other => other.parse::<FixedOffset>().ok()?,
            };
            date.and_local_timezone(offset).single().map(|moment| moment.to_utc())
        }
        _ => None,
    }
}

/// A day, or the day on which a moment falls where it was written.
pub fn day(value: &Value) -> Option<NaiveDate> {
    let text = value.as_str()?.trim();
    NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()
}

fn from_text(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%z"))
        .map(|moment| moment.to_utc())
        .ok()
        .or_else(|| local(text).map(|moment| moment.and_utc()))
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
        ] {
            assert_eq!(moment(&written), Some(utc.parse().unwrap()), "{written}");
        }
        for wrong in [
            json!("31/12/2020"),
            json!(1_700_000_000),
            json!({"date": "x"}),
            json!("2024-13-01T00:00:00Z"),
            json!(""),
        ] {
            assert_eq!(moment(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_is_the_day_that_was_written() {
        for written in ["1990-12-31", "1990-12-31T23:59:59-03:00"] {
            assert_eq!(day(&json!(written)), NaiveDate::from_ymd_opt(1990, 12, 31));
        }
        assert_eq!(day(&json!("31/12/1990")), None);
    }
}
