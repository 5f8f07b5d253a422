//! Which parts of a customer a shop tells only when they are asked for by name.
//!
//! The page shows an answer with everything to a question without `fields`, and an answer with some of it empty to a change. A
//! shop may give the second kind to questions too. So an answer that lacks something is followed, once, by a question for what is
//! missing; whether that helped is remembered for the shop.

use std::sync::atomic::{AtomicU8, Ordering};

use serde_json::{Map, Value};

/// The names that can be asked for, each with the key of the answer. They are not the same.
const SELECTABLE: &[(&str, &str)] = &[
    ("addresses", "addresses"),
    ("documents", "documents"),
    ("flags", "flags"),
    ("totalOrderQuantity", "orderQuantity"),
    ("cancelledOrderQuantity", "cancelledOrderQuantity"),
    ("totalOrderValue", "orderValue"),
    ("lastOrder", "lastOrder"),
    ("pointSystemAmount", "pointSystemAmount"),
];

/// Questions by name that brought nothing, after which no more are asked: this shop has nothing else to tell.
const ENOUGH: u8 = 3;
/// Asking by name brings more.
const HELPS: u8 = 100;

/// What is known of the shop.
#[derive(Default)]
pub(super) struct Selection(AtomicU8);

impl Selection {
    /// Whether asking by name may bring something.
    pub(super) fn is_worth_asking(&self) -> bool {
        let known = self.0.load(Ordering::Relaxed);
        known < ENOUGH || known == HELPS
    }

    /// Whether asking by name has brought more before.
    pub(super) fn is_needed(&self) -> bool {
        self.0.load(Ordering::Relaxed) == HELPS
    }

    /// Takes note of what asking by name brought.
    pub(super) fn note(&self, helped: bool) {
        let known = self.0.load(Ordering::Relaxed);
        match (known, helped) {
            (_, true) => self.0.store(HELPS, Ordering::Relaxed),
            (HELPS, false) => {}
            (_, false) => self.0.store(known.saturating_add(1).min(ENOUGH), Ordering::Relaxed),
        }
    }

    /// By name nothing can be asked there.
    pub(super) fn give_up(&self) {
        self.0.store(ENOUGH, Ordering::Relaxed);
    }
}

/// All names that can be asked for.
pub(super) fn names() -> Vec<&'static str> {
    SELECTABLE.iter().map(|(name, _)| *name).collect()
}

/// Whether the answer tells the customer apart from what can be asked for by name.
pub(super) fn has_the_plain_keys(answer: &Map<String, Value>) -> bool {
    ["id", "email", "nameCorporateName", "phone"].iter().all(|key| answer.contains_key(*key))
}

/// The names to ask for after this answer. A masked answer has `flags` null and lacks nothing.
pub(super) fn missing(answer: &Map<String, Value>) -> Vec<&'static str> {
    let is = |key: &str, expected: &Value| answer.get(key) == Some(expected);
    let masked = is("masked", &Value::Bool(true));
    let unsaid = |key: &str| match (key, answer.get(key)) {
        (_, None) => true,
        ("flags", Some(Value::Null)) => !masked,
        ("lastOrder", Some(Value::Null)) => !has_no_orders(answer),
        _ => false,
    };
    let mut names: Vec<&str> =
        SELECTABLE.iter().filter(|(_, key)| unsaid(key)).map(|(name, _)| *name).collect();
    // Empty lists count as said, unless they stand where nothing else is said either.
    if !names.is_empty() {
        let empty = |key: &str| answer.get(key).is_some_and(is_nothing);
        names.extend(["addresses", "documents"].into_iter().filter(|key| empty(key)));
    }
    names
}

/// Lays what was asked for by name over an answer, and tells whether it said more.
pub(super) fn join(answer: &mut Map<String, Value>, asked: &[&str], more: &Map<String, Value>) -> bool {
    let mut helped = false;
    for (name, key) in SELECTABLE.iter().filter(|(name, _)| asked.contains(name)) {
        // A shop may answer under the name that it was asked for by. `totalOrderValue` is left out of this: the page calls it
        // the balance of the wallet.
        let under_its_name = || more.get(*name).filter(|_| *name != "totalOrderValue");
        let Some(value) = more.get(*key).or_else(under_its_name) else { continue };
        if !is_nothing(value) || !answer.contains_key(*key) {
            helped = true;
        }
        answer.insert((*key).to_owned(), value.clone());
    }
    helped
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

fn has_no_orders(answer: &Map<String, Value>) -> bool {
    match answer.get("orderQuantity") {
        Some(Value::Number(number)) => number.as_str() == "0",
        Some(Value::String(text)) => text.trim() == "0",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    fn whole() -> Value {
        json!({
            "addresses": [], "documents": [], "flags": {}, "orderQuantity": 0, "cancelledOrderQuantity": 0, "orderValue": 0,
            "lastOrder": null, "pointSystemAmount": 0,
        })
    }

    #[test]
    fn a_whole_answer_lacks_nothing_and_a_cut_one_is_told_by_name() {
        assert!(missing(&map(whole())).is_empty(), "empty is an answer");
        let cut = |key: &str, value: Option<Value>| {
            let mut answer = map(whole());
            match value {
                Some(value) => drop(answer.insert(key.to_owned(), value)),
                None => drop(answer.shift_remove(key)),
            }
            missing(&answer)
        };
        assert_eq!(cut("orderValue", None), ["totalOrderValue", "addresses", "documents"]);
        assert_eq!(cut("flags", Some(Value::Null)), ["flags", "addresses", "documents"]);
        assert_eq!(cut("orderQuantity", Some(json!(5))), ["lastOrder", "addresses", "documents"]);
        let mut masked = map(whole());
        masked.insert("flags".to_owned(), Value::Null);
        masked.insert("masked".to_owned(), json!(true));
        assert!(missing(&masked).is_empty());
        assert_eq!(missing(&Map::new()).len(), 8);
    }

    #[test]
    fn what_comes_by_name_is_laid_over_the_answer_and_nothing_else_is() {
        let mut answer = map(json!({"id": 1, "email": "a", "addresses": []}));
        let more = map(json!({
            "id": 2, "email": "b", "addresses": [{"id": 7}], "totalOrderQuantity": 3, "totalOrderValue": 9, "documents": [],
        }));
        let asked = ["addresses", "documents", "totalOrderQuantity", "totalOrderValue"];
        assert!(join(&mut answer, &asked, &more));
        let expected =
            json!({"id": 1, "email": "a", "addresses": [{"id": 7}], "documents": [], "orderQuantity": 3});
        assert_eq!(Value::Object(answer), expected);
        let mut answer = map(json!({"flags": null}));
        assert!(!join(&mut answer, &["flags"], &map(json!({"flags": null}))));
        assert!(!join(&mut answer, &["flags"], &Map::new()));
    }

    #[test]
    fn a_shop_that_has_no_more_to_tell_is_asked_three_times() {
        let shop = Selection::default();
        for _ in 0..3 {
            assert!(shop.is_worth_asking());
            shop.note(false);
        }
        assert!(!shop.is_worth_asking());
        let shop = Selection::default();
        shop.note(true);
        for _ in 0..9 {
            shop.note(false);
        }
        assert!(shop.is_worth_asking());
        shop.give_up();
        assert!(!shop.is_worth_asking());
    }
}
