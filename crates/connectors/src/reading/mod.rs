//! Reading JSON in which any single value may be of another kind than the document says.
//!
//! A platform's `wire.rs` names the keys; here each key is taken out as what it should be. What does not fit is absent, is
//! noted by key and kind, and stays among the keys that nobody took, so that it can be sent back as it came. Values never
//! get into notes.

mod moment;
mod odd;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use clientela_domain::{Presence, RemoteId};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

pub use moment::{day, moment};
pub use odd::Oddities;

use crate::RejectedRecord;

/// One JSON object on its way into a record. Keys are taken out of it; what stays is the rest.
#[derive(Debug)]
pub struct Reading<'a> {
    map: Map<String, Value>,
    kept: BTreeMap<String, Value>,
    /// In front of keys in notes: `addresses.`
    within: &'static str,
    oddities: &'a mut Oddities,
}

impl<'a> Reading<'a> {
    pub fn new(map: Map<String, Value>, within: &'static str, oddities: &'a mut Oddities) -> Self {
        Self { map, kept: BTreeMap::new(), within, oddities }
    }

    /// Begins with a record of a list.
    ///
    /// # Errors
    /// A [`RejectedRecord`] when it is no object.
    pub fn record(value: Value, oddities: &'a mut Oddities) -> Result<Self, RejectedRecord> {
        match value {
            Value::Object(map) => Ok(Self::new(map, "", oddities)),
            other => Err(RejectedRecord {
                remote_id: None,
                reason: format!("the record is {}, not an object", kind(&other)),
            }),
        }
    }

    /// The id of a record: a whole number of any size, or its digits as text.
    ///
    /// # Errors
    /// A [`RejectedRecord`] when there is none: without its id a record is nobody's.
    pub fn id(&mut self, key: &str) -> Result<RemoteId, RejectedRecord> {
        let reason = match self.map.swap_remove(key) {
            Some(Value::Number(number)) if is_digits(number.as_str()) => {
                return Ok(RemoteId::new(number.as_str()));
            }
            Some(Value::String(text)) if is_digits(text.trim()) => return Ok(RemoteId::new(text.trim())),
            Some(other) => format!("{key} is {}, not a whole number", kind(&other)),
            None => format!("{key} is missing"),
        };
        Err(RejectedRecord { remote_id: None, reason })
    }

    /// A text. Numbers are taken as they are written: house numbers and phones come that way.
    pub fn text(&mut self, key: &str) -> Presence<String> {
        self.take(key, "text", |value| match value {
            Value::String(text) => Ok(Some(text)),
            Value::Number(number) => Ok(Some(number.as_str().to_owned())),
            other => Err(other),
        })
    }

    /// Yes or no, also as 1 and 0 or as text.
    pub fn flag(&mut self, key: &str) -> Presence<bool> {
        self.take(key, "true or false", |value| {
            let flag = match &value {
                Value::Bool(flag) => Some(*flag),
                Value::Number(number) => as_flag(number.as_str()),
                Value::String(text) => as_flag(text.trim()),
                _ => None,
            };
            flag.map(Some).ok_or(value)
        })
    }

    /// A whole number, also as text.
    pub fn whole(&mut self, key: &str) -> Presence<i64> {
        self.take(key, "a whole number", |value| match as_decimal(&value) {
            Some(None) => Ok(None),
            Some(Some(number)) if number.fract().is_zero() => {
                i64::try_from(number).map(Some).map_err(|_| value)
            }
            _ => Err(value),
        })
    }

    /// An amount or a share, exact; also as text.
    pub fn decimal(&mut self, key: &str) -> Presence<Decimal> {
        self.take(key, "a number", |value| as_decimal(&value).ok_or(value))
    }

    /// A moment, in any of the spellings that [`moment`] knows.
    pub fn moment(&mut self, key: &str) -> Presence<DateTime<Utc>> {
        self.take(key, "a moment", |value| match &value {
            Value::String(text) if text.trim().is_empty() => Ok(None),
            _ => moment(&value).map(Some).ok_or(value),
        })
    }

    /// A day without time, or the day of a moment.
    pub fn day(&mut self, key: &str) -> Presence<NaiveDate> {
        self.take(key, "a day", |value| match &value {
            Value::String(text) if text.trim().is_empty() => Ok(None),
            _ => day(&value).map(Some).ok_or(value),
        })
    }

    /// An object. An empty list is one too: some languages write an empty map so.
    pub fn object(&mut self, key: &str) -> Presence<Map<String, Value>> {
        self.take(key, "an object", |value| match value {
            Value::Object(map) => Ok(Some(map)),
            Value::Array(list) if list.is_empty() => Ok(Some(Map::new())),
            other => Err(other),
        })
    }

    /// A list. An empty object is one too.
    pub fn list(&mut self, key: &str) -> Presence<Vec<Value>> {
        self.take(key, "a list", |value| match value {
            Value::Array(list) => Ok(Some(list)),
            Value::Object(map) if map.is_empty() => Ok(Some(Vec::new())),
            other => Err(other),
        })
    }

    /// Looks at a key without taking it.
    pub fn peek(&self, key: &str) -> Option<&Value> {
        self.map.get(key)
    }

    /// Takes a key as it is, without judging it.
    pub fn raw(&mut self, key: &str) -> Option<Value> {
        self.map.swap_remove(key)
    }

    /// Whether one of these keys is there, null or not.
    pub fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.map.contains_key(*key))
    }

    /// The notes, for objects inside this one.
    pub fn oddities(&mut self) -> &mut Oddities {
        self.oddities
    }

    /// The keys that nobody took and those whose value did not fit. Nulls say nothing and are left out.
    pub fn rest(mut self) -> BTreeMap<String, Value> {
        self.kept.extend(self.map.into_iter().filter(|(_, value)| !value.is_null()));
        self.kept
    }

    fn take<T>(
        &mut self,
        key: &str,
        expected: &'static str,
        read: impl FnOnce(Value) -> Result<Option<T>, Value>,
    ) -> Presence<T> {
        match self.map.swap_remove(key) {
            None => Presence::Absent,
            Some(Value::Null) => Presence::Null,
            Some(value) => match read(value) {
                Ok(read) => read.into(),
                Err(odd) => {
                    self.oddities.note(self.within, key, expected, kind(&odd));
                    self.kept.insert(key.to_owned(), odd);
                    Presence::Absent
                }
            },
        }
    }
}

/// What a value is, without what it says.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Whether the text is digits and nothing else.
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An amount; `Some(None)` is an empty text, `None` is no amount.
fn as_decimal(value: &Value) -> Option<Option<Decimal>> {
    let text = match value {
        Value::Number(number) => number.as_str(),
        Value::String(text) if text.trim().is_empty() => return Some(None),
        Value::String(text) => text.trim(),
        _ => return None,
    };
    text.parse().or_else(|_| Decimal::from_scientific(text)).ok().map(Some)
}

fn as_flag(text: &str) -> Option<bool> {
    match text {
        "1" | "true" | "True" => Some(true),
        "0" | "false" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<T>(
        value: Value,
        take: impl FnOnce(&mut Reading<'_>) -> Presence<T>,
    ) -> (Presence<T>, usize, bool) {
        let mut oddities = Oddities::default();
        let map = match json!({ "key": value }) {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        let mut reading = Reading::new(map, "", &mut oddities);
        let taken = take(&mut reading);
        let kept = reading.rest().contains_key("key");
        (taken, oddities.len(), kept)
    }

    #[test]
    fn values_of_neighbouring_kinds_are_taken() {
        let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(read(json!(742), |r| r.text("key")).0, Presence::Value("742".to_owned()));
        assert_eq!(read(number("1.50"), |r| r.text("key")).0, Presence::Value("1.50".to_owned()));
        for yes in [json!(true), json!(1), json!("1"), json!("true")] {
            assert_eq!(read(yes, |r| r.flag("key")).0, Presence::Value(true));
        }
        for three in [json!(3), json!("3"), number("3.0"), number("3e0")] {
            assert_eq!(read(three, |r| r.whole("key")).0, Presence::Value(3));
        }
        assert_eq!(read(json!("89.00"), |r| r.decimal("key")).0, Presence::Value("89.00".parse().unwrap()));
        assert_eq!(read(number("0.10"), |r| r.decimal("key")).0, Presence::Value("0.10".parse().unwrap()));
        assert_eq!(read(json!(""), |r| r.decimal("key")).0, Presence::Null);
        assert_eq!(read(json!([]), |r| r.object("key")).0, Presence::Value(Map::new()));
        assert_eq!(read(json!({}), |r| r.list("key")).0, Presence::Value(Vec::new()));
    }

    #[test]
    fn odd_values_are_absent_noted_and_kept() {
        assert_eq!(read(json!({"a": 1}), |r| r.text("key")), (Presence::Absent, 1, true));
        assert_eq!(read(json!("maybe"), |r| r.flag("key")), (Presence::Absent, 1, true));
        assert_eq!(read(json!("3.5"), |r| r.whole("key")), (Presence::Absent, 1, true));
        assert_eq!(read(json!([1]), |r| r.decimal("key")), (Presence::Absent, 1, true));
        assert_eq!(read(json!("soon"), |r| r.moment("key")), (Presence::Absent, 1, true));
        assert_eq!(read(json!(null), |r| r.text("key")), (Presence::Null, 0, false));
        assert_eq!(read(json!("x"), |r| r.text("other")), (Presence::Absent, 0, true));
    }

    #[test]
    fn ids_keep_every_digit_and_are_never_anything_else() {
        let id = |text: &str| {
            let mut oddities = Oddities::default();
            let value: Value = serde_json::from_str(text).unwrap();
            Reading::record(value, &mut oddities).and_then(|mut reading| reading.id("id"))
        };
        assert_eq!(id(r#"{"id": 9007199254740993}"#).unwrap().as_str(), "9007199254740993");
        assert_eq!(id(r#"{"id": "101"}"#).unwrap().as_str(), "101");
        for wrong in
            [r#"{"id": 1.5}"#, r#"{"id": -1}"#, r#"{"id": "me"}"#, r#"{"id": null}"#, "{}", "[]", "7"]
        {
            let rejected = id(wrong).unwrap_err();
            assert_eq!(rejected.remote_id, None);
            assert!(!rejected.reason.contains("me\""), "{}", rejected.reason);
        }
    }
}
