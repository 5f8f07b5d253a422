//! Reading the values that the control API sets, for every platform alike.

use chrono::DateTime;
use serde_json::{Map, Value};

use crate::clock::Moment;
use crate::platform::Refused;

pub(crate) fn text(field: &str, value: &Value) -> Result<String, Refused> {
    value.as_str().map(str::to_owned).ok_or_else(|| Refused::wrong(format!("{field} takes a text")))
}

pub(crate) fn text_or_null(field: &str, value: &Value) -> Result<Option<String>, Refused> {
    if value.is_null() { Ok(None) } else { text(field, value).map(Some) }
}

pub(crate) fn truth(field: &str, value: &Value) -> Result<bool, Refused> {
    value.as_bool().ok_or_else(|| Refused::wrong(format!("{field} takes true or false")))
}

/// A time with its offset, in RFC 3339.
pub(crate) fn moment(field: &str, value: &Value) -> Result<Moment, Refused> {
    let parsed = value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    parsed
        .map(|time| time.timestamp_millis())
        .ok_or_else(|| Refused::wrong(format!("{field} takes an RFC 3339 time")))
}

pub(crate) fn cents(field: &str, value: &Value) -> Result<i64, Refused> {
    let parsed = value.as_str().and_then(crate::text::cents);
    parsed.ok_or_else(|| Refused::wrong(format!("{field} takes money as text, like \"12.50\"")))
}

pub(crate) fn list<'a>(field: &str, value: &'a Value) -> Result<&'a [Value], Refused> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| Refused::wrong(format!("{field} takes an array")))
}

/// The number that a new record is to take over, where the request names one.
pub(crate) fn id_to_reuse(fields: &Map<String, Value>) -> Option<String> {
    match fields.get("id")? {
        Value::String(id) => Some(id.clone()),
        id => Some(id.to_string()),
    }
}
