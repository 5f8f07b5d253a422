//! What is around the records in an answer: lists and their pages, scroll ids, the stores of an account.

use clientela_domain::Presence;
use serde_json::Value;

use crate::reading::{Oddities, Reading, kind};

/// A list, or the answer for one thing.
pub(super) struct Envelope {
    pub(super) rows: Vec<Value>,
    pub(super) scroll_id: Option<String>,
    pub(super) total: Option<u64>,
    pub(super) page: Option<u64>,
    pub(super) pages: Option<u64>,
    pub(super) page_size: Option<u64>,
}

/// A store that the credentials open, of `POST /auth/me`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merchant {
    pub(super) alias: String,
    pub(super) active: bool,
}

impl Envelope {
    /// # Errors
    /// What is wrong with the envelope, without values.
    pub(super) fn read(value: Value) -> Result<Self, String> {
        let mut map = match value {
            Value::Object(map) => map,
            Value::Array(rows) => return Ok(Self::of(rows)),
            other => return Err(format!("the answer is {}, not an object", kind(&other))),
        };
        let rows = match map.swap_remove("data") {
            None if map.contains_key("id") => return Ok(Self::of(vec![Value::Object(map)])),
            None => return Err("data is missing".to_owned()),
            Some(Value::Array(rows)) => rows,
            Some(Value::Null) => Vec::new(),
            Some(Value::Object(one)) if one.contains_key("id") => vec![Value::Object(one)],
            // A list with gaps in its numbering becomes an object on the way out of PHP.
            Some(Value::Object(many)) if many.values().all(Value::is_object) => {
                many.into_iter().map(|(_, row)| row).collect()
            }
            Some(other) => return Err(format!("data is {}, not a list", kind(&other))),
        };
        let meta = map.get("meta").and_then(Value::as_object);
        let paging = meta.and_then(|meta| meta.get("pagination").and_then(Value::as_object).or(Some(meta)));
        let number = |keys: &[&str]| keys.iter().find_map(|key| count(paging?.get(*key)?));
        let scroll_id = [map.get("scroll_id"), meta.and_then(|meta| meta.get("scroll_id"))];
        Ok(Self {
            rows,
            scroll_id: scroll_id
                .into_iter()
                .flatten()
                .find_map(Value::as_str)
                .filter(|id| !id.is_empty())
                .map(str::to_owned),
            total: number(&["total"]),
            page: number(&["current_page"]),
            pages: number(&["total_pages", "last_page", "page_count"]),
            page_size: number(&["per_page"]),
        })
    }

    /// Whether another page follows page `page` of `size`. A stated count is a hint: a full page has another behind it.
    pub(super) fn has_more(&self, page: u64, size: u32) -> bool {
        // Some stores answer the last page again to whoever asks for one behind it.
        let repeats = self.page.is_some_and(|shown| shown < page);
        let told = self.pages.is_some() || self.page.is_some();
        let full = told && self.rows.len() >= size as usize;
        !self.rows.is_empty() && !repeats && (full || self.pages.is_some_and(|pages| page < pages))
    }

    /// The size that the store says its pages have.
    pub(super) fn given_size(&self) -> Option<u32> {
        self.page_size.and_then(|size| u32::try_from(size).ok()).filter(|size| *size >= 1)
    }

    fn of(rows: Vec<Value>) -> Self {
        Self { rows, scroll_id: None, total: None, page: None, pages: None, page_size: None }
    }
}

/// The stores in the answer about the account.
pub(super) fn merchants(value: Value) -> Result<Vec<Merchant>, String> {
    let account = match unwrapped(value) {
        Value::Array(list) => list.into_iter().next().unwrap_or_default(),
        other => other,
    };
    let Value::Object(mut account) = account else { return Err("the account is not an object".to_owned()) };
    let list = match account.swap_remove("merchants").map(unwrapped) {
        Some(Value::Array(list)) => list,
        Some(Value::Object(one)) if one.contains_key("alias") => vec![Value::Object(one)],
        Some(Value::Object(many)) => many.into_iter().map(|(_, one)| one).collect(),
        Some(Value::Null) | None => return Err("merchants is missing".to_owned()),
        Some(other) => return Err(format!("merchants is {}, not a list", kind(&other))),
    };
    let mut oddities = Oddities::default();
    let read = |entry: Value| {
        let mut reading = Reading::record(entry, &mut oddities).ok()?;
        let alias = reading.text("alias").into_value()?.trim().to_owned();
        let active = reading.flag("active") != Presence::Value(false);
        (!alias.is_empty()).then_some(Merchant { alias, active })
    };
    Ok(list.into_iter().filter_map(read).collect())
}

/// What a relation holds, wrapped or bare.
pub(super) fn unwrapped(value: Value) -> Value {
    match value {
        Value::Object(mut map) if map.contains_key("data") => map.swap_remove("data").unwrap_or_default(),
        other => other,
    }
}

/// A number of things, also as text.
pub(super) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_str().parse().ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
