//! Taking an answer into what is known: nothing is forgotten, nothing depends on hearing it twice.

use clientela_domain::{CustomerRecord, Field, FieldValue, Presence, RemoteId};
use proptest::prelude::*;

use crate::arbitrary::record;

fn absorbed(known: &CustomerRecord, answer: &CustomerRecord) -> CustomerRecord {
    let mut after = known.clone();
    after.absorb(answer);
    after
}

/// Every fact by its name, said or not, without caring for its type.
fn facts(record: &CustomerRecord) -> serde_json::Map<String, serde_json::Value> {
    match serde_json::to_value(record) {
        Ok(serde_json::Value::Object(map)) => map,
        other => unreachable!("a record is an object: {other:?}"),
    }
}

/// The facts that a store shows with asterisks.
const MASKABLE: [&str; 10] = [
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "documents",
    "note",
    "addresses",
    "orders",
    "extra",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn hearing_it_twice_changes_nothing(known in record(), answer in record()) {
        let once = absorbed(&known, &answer);
        let mut twice = once.clone();
        prop_assert!(!twice.absorb(&answer), "the second time is news to nobody");
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn it_tells_whether_anything_differs(known in record(), answer in record()) {
        let mut after = known.clone();
        prop_assert_eq!(after.absorb(&answer), after != known);
    }

    #[test]
    fn what_is_not_said_is_not_forgotten(known in record(), answer in record()) {
        let answer = CustomerRecord { anonymized: false, ..answer };
        let (before, said, after) = (facts(&known), facts(&answer), facts(&absorbed(&known, &answer)));
        for (name, value) in before {
            // Marks are always said; the remainder is a map and has a property of its own.
            if !said.contains_key(&name) && !["masked", "anonymized"].contains(&name.as_str()) {
                prop_assert_eq!(after.get(&name), Some(&value), "{} was not in the answer", name);
            }
        }
    }

    #[test]
    fn what_nothing_here_understands_is_kept(known in record(), answer in record()) {
        let answer = CustomerRecord { anonymized: false, ..answer };
        let after = absorbed(&known, &answer);
        for key in known.remainder.keys().chain(answer.remainder.keys()) {
            prop_assert!(after.remainder.contains_key(key), "{} of the store is lost", key);
        }
    }

    #[test]
    fn what_is_said_in_clear_is_taken(known in record(), answer in record()) {
        let answer = CustomerRecord { masked: false, ..answer };
        let (said, after) = (facts(&answer), facts(&absorbed(&known, &answer)));
        for (name, value) in said {
            if !["remainder", "own"].contains(&name.as_str()) {
                prop_assert_eq!(after.get(&name), Some(&value), "{} was said", name);
            }
        }
    }

    #[test]
    fn asterisks_never_replace_a_clear_value(known in record(), answer in record(), times in 1..3_usize) {
        let known = CustomerRecord { masked: false, ..known };
        let answer = CustomerRecord { masked: true, anonymized: false, ..answer };
        let mut after = known.clone();
        for _ in 0..times {
            after.absorb(&answer);
        }
        let (before, after) = (facts(&known), facts(&after));
        for name in MASKABLE {
            if let Some(value) = before.get(name).filter(|value| says_something(value)) {
                prop_assert_eq!(after.get(name), Some(value), "{} was known in clear", name);
            }
        }
    }

    /// There are stores that show switches as null while they mask a person.
    #[test]
    fn a_null_behind_asterisks_forgets_nothing(known in record(), answer in record()) {
        let answer = CustomerRecord { masked: true, anonymized: false, ..answer };
        let (before, said) = (facts(&known), facts(&answer));
        let after = facts(&absorbed(&known, &answer));
        for (name, value) in before {
            let is_null = said.get(&name).is_some_and(serde_json::Value::is_null);
            if is_null && says_something(&value) && !MASKABLE.contains(&name.as_str()) {
                prop_assert_eq!(after.get(&name), Some(&value), "{} was known", name);
            }
        }
    }

    /// Fields of the platform's own come key by key.
    #[test]
    fn an_own_field_is_kept_until_its_key_is_said_again(known in record(), answer in record()) {
        let answer = CustomerRecord { masked: false, anonymized: false, ..answer };
        let after = absorbed(&known, &answer);
        for (key, value) in &after.own {
            prop_assert_eq!(Some(value), answer.own.get(key).or(known.own.get(key)), "{}", key);
        }
        prop_assert_eq!(after.own.len(), known.own.keys().chain(answer.own.keys()).collect::<std::collections::BTreeSet<_>>().len());
    }

    /// Whoever has had their data removed at the store is not remembered here in clear.
    #[test]
    fn nothing_of_an_anonymised_person_is_left_but_what_is_still_shown(known in record(), answer in record()) {
        let answer = CustomerRecord { anonymized: true, ..answer };
        let after = absorbed(&known, &answer);
        let (said, left) = (facts(&answer), facts(&after));
        for name in MASKABLE.into_iter().filter(|name| *name != "orders").chain(["birthday", "own", "custom_fields", "remainder"]) {
            if let Some(value) = left.get(name).filter(|value| says_something(value)) {
                prop_assert_eq!(Some(value), said.get(name), "{} is left", name);
            }
        }
    }

    /// What a timeline shows and what is stored cannot drift apart.
    #[test]
    fn the_told_changes_are_the_changes(known in record(), answer in record()) {
        let after = absorbed(&known, &answer);
        for change in known.changes_to(&answer) {
            let value = |record: &CustomerRecord| record.field(&change.field).into_value().unwrap_or(FieldValue::Null);
            prop_assert_eq!(&change.before, &value(&known));
            prop_assert_eq!(&change.after, &value(&after));
            prop_assert!(!change.before.equivalent(&change.after, &change.field), "{} did not change", change.field);
        }
        prop_assert_eq!(after.changes_to(&answer), [], "after it nothing is news");
    }
}

fn says_something(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => false,
        serde_json::Value::String(text) => !text.is_empty(),
        serde_json::Value::Array(list) => !list.is_empty(),
        serde_json::Value::Object(map) => !map.is_empty(),
        _ => true,
    }
}

fn known_by(field: Field, value: &str) -> CustomerRecord {
    let mut record = CustomerRecord::new(RemoteId::new("1"));
    record.set_field(&field, &FieldValue::Text(value.to_owned()));
    record
}

/// A person known by phone alone was masked by the first answer and overwritten by the second.
#[test]
fn one_clear_value_of_any_kind_keeps_a_mirror_clear() {
    for field in [
        Field::FirstName,
        Field::LastName,
        Field::Company,
        Field::Email,
        Field::Phone,
        Field::Document,
        Field::Note,
    ] {
        let mut known = known_by(field.clone(), "1199998888");
        let masked = CustomerRecord { masked: true, ..known_by(field.clone(), "11****") };
        known.absorb(&masked);
        known.absorb(&masked);
        let value = known.field(&field).into_value();
        assert_eq!(value, Some(FieldValue::Text("1199998888".to_owned())), "{field} was known in clear");
        assert!(!known.masked, "{field}: there is a clear value");
    }
}

#[test]
fn only_asterisks_leave_the_mirror_masked_until_a_clear_answer() {
    let mut known = CustomerRecord::new(RemoteId::new("1"));
    known.absorb(&CustomerRecord { masked: true, ..known_by(Field::FirstName, "A**") });
    assert!(known.masked, "there is nothing but asterisks");
    known.absorb(&known_by(Field::FirstName, "Ana"));
    assert!(!known.masked, "the store shows this person again");
    assert_eq!(known.first_name, Presence::Value("Ana".to_owned()));
}
