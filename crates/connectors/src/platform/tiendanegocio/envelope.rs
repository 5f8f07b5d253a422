//! The envelope of a list: `{pagination: {total, page, per_page, next_page}, results: […]}`. Pure.
//!
//! The answer to an application's sign-in is wrapped in `data`, so a list may be too.

use serde_json::{Map, Value};

/// One page as the store wraps it.
#[derive(Debug, PartialEq)]
pub(super) struct Envelope {
    pub(super) rows: Vec<Value>,
    /// Size of the whole list, as far as the store counts right.
    pub(super) total: Option<u64>,
    pub(super) page: Option<u64>,
    pub(super) per_page: Option<u64>,
    pub(super) next: Next,
}

/// What the envelope says about a next page. The address itself is not used: the printed one repeats no filter, and it would
/// lead wherever it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Told,
    /// Null or an empty text.
    None,
    /// The key is not there.
    Unsaid,
}

impl Envelope {
    /// Reads a page; also a bare list of records, which has no envelope.
    ///
    /// # Errors
    /// What is not as it should be, in words that name keys and no value.
    pub(super) fn read(value: Value) -> Result<Self, String> {
        let mut map = match value {
            Value::Object(map) => map,
            Value::Array(rows) => {
                return Ok(Self { rows, total: None, page: None, per_page: None, next: Next::Unsaid });
            }
            _ => return Err("the customers are no envelope".to_owned()),
        };
        let rows = map.swap_remove("results").or_else(|| map.swap_remove("data"));
        let Some(Value::Array(rows)) = rows else {
            return Err("results is no list".to_owned());
        };
        let pagination = match map.swap_remove("pagination") {
            Some(Value::Object(pagination)) => pagination,
            _ => Map::new(),
        };
        let next = match pagination.get("next_page") {
            None => Next::Unsaid,
            Some(Value::Null | Value::Bool(false)) => Next::None,
            Some(Value::String(text)) if text.trim().is_empty() => Next::None,
            Some(_) => Next::Told,
        };
        Ok(Self {
            rows,
            total: count(&pagination, "total"),
            page: count(&pagination, "page"),
            per_page: count(&pagination, "per_page").filter(|size| *size > 0),
            next,
        })
    }

    /// Whether records follow this page, which was asked for with this size and begins behind `before` records.
    pub(super) fn goes_on(&self, size: u32, before: u64) -> bool {
        let count = self.rows.len() as u64;
        let full = count >= self.per_page.unwrap_or(u64::from(size)).min(u64::from(size));
        count > 0
            && (self.next == Next::Told
                || self.total.is_some_and(|total| total > before.saturating_add(count))
                || (self.next == Next::Unsaid && full))
    }
}

/// A count, also as text.
fn count(map: &Map<String, Value>, key: &str) -> Option<u64> {
    match map.get(key)? {
        Value::Number(number) => number.as_str().parse().ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(rows: usize, pagination: Value) -> Envelope {
        Envelope::read(json!({"pagination": pagination, "results": vec![json!({}); rows]})).unwrap()
    }

    #[test]
    fn the_end_is_believed_only_when_nothing_speaks_against_it() {
        for (rows, pagination, before, goes_on) in [
            (50, json!({"total": 120, "page": 1, "per_page": 50, "next_page": "https://x/?page=2"}), 0, true),
            (20, json!({"total": 120, "page": 3, "per_page": 50, "next_page": null}), 100, false),
            (20, json!({"total": "120", "page": "3", "per_page": "50", "next_page": ""}), 100, false),
            (50, json!({"total": 50, "per_page": 50, "next_page": null}), 0, false),
            (50, json!({"total": 43, "per_page": 50, "next_page": "https://x"}), 0, true),
            (50, json!({"total": 57, "per_page": 50, "next_page": null}), 0, true),
            (50, json!({"per_page": 50}), 0, true),
            (49, json!({"per_page": 50}), 0, false),
            (100, json!({"per_page": 100}), 0, true),
            (0, json!({"total": 9, "next_page": "https://x"}), 0, false),
            (30, json!([]), 0, false),
        ] {
            assert_eq!(page(rows, pagination.clone()).goes_on(200, before), goes_on, "{rows} {pagination}");
        }
    }

    #[test]
    fn other_shapes_are_read_or_refused_in_words_without_values() {
        for right in [json!([{"id": 1}]), json!({"data": [{"id": 1}], "pagination": null})] {
            assert_eq!(Envelope::read(right).map(|page| page.rows.len()), Ok(1));
        }
        for wrong in [json!("Ana"), json!({"results": {"0": "Ana"}}), json!({"error": "Ana"}), json!(null)] {
            let error = Envelope::read(wrong).unwrap_err();
            assert!(!error.contains("Ana"), "{error}");
        }
    }
}
