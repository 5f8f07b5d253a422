//! Shapes on disk. They only ever grow, because the outbox of an older version must load.

use clientela_domain::{Address, CustomerRecord, FieldValue, Presence, RemoteId};
use proptest::prelude::*;
use serde_json::json;

use crate::arbitrary::{field, record, value_for};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_record_comes_back_as_it_went(record in record()) {
        let written = serde_json::to_string(&record).expect("a record can be written");
        let read: CustomerRecord = serde_json::from_str(&written).expect("what was written can be read");
        prop_assert_eq!(read, record);
    }

    #[test]
    fn a_value_comes_back_as_it_went(value in field().prop_flat_map(|field| value_for(&field))) {
        let written = serde_json::to_string(&value).expect("a value can be written");
        let read: FieldValue = serde_json::from_str(&written).expect("what was written can be read");
        prop_assert_eq!(read, value);
    }
}

#[test]
fn unsaid_null_and_empty_stay_three_things() {
    let mut record = CustomerRecord::new(RemoteId::new("1"));
    record.last_name = Presence::Null;
    record.note = Presence::Value(String::new());
    let written = serde_json::to_value(&record).expect("a record can be written");
    assert_eq!(
        written,
        json!({ "remote_id": "1", "last_name": null, "note": "" }),
        "what was not said has no key"
    );
    let read: CustomerRecord = serde_json::from_value(written).expect("what was written can be read");
    assert_eq!(read.first_name, Presence::Absent);
    assert_eq!(read.last_name, Presence::Null);
    assert_eq!(read.note, Presence::Value(String::new()));
}

#[test]
fn ids_above_what_a_double_holds_are_exact() {
    let record = CustomerRecord::new(RemoteId::new("9007199254740993"));
    let written = serde_json::to_string(&record).expect("a record can be written");
    assert_eq!(written, r#"{"remote_id":"9007199254740993"}"#);
}

#[test]
fn the_shape_of_a_value_is_pinned() {
    let home = Address { key: "7".to_owned(), street: Some("Rua A".to_owned()), ..Address::default() };
    for (value, shape) in [
        (FieldValue::Null, json!({ "kind": "null" })),
        (FieldValue::Text("Ana".to_owned()), json!({ "kind": "text", "value": "Ana" })),
        (FieldValue::Flag(true), json!({ "kind": "flag", "value": true })),
        (
            FieldValue::Address(Box::new(home)),
            json!({ "kind": "address", "value": { "key": "7", "kind": "shipping", "street": "Rua A" } }),
        ),
    ] {
        assert_eq!(
            serde_json::to_value(&value).expect("a value can be written"),
            shape,
            "outboxes on disk have this shape"
        );
        let read: FieldValue = serde_json::from_value(shape).expect("the pinned shape can be read");
        assert_eq!(read, value);
    }
}

#[test]
fn a_record_of_another_version_is_read() {
    let read: CustomerRecord =
        serde_json::from_value(json!({ "remote_id": "1", "email": "a@b.c", "loyalty": 3 }))
            .expect("unknown keys and missing ones are no error");
    assert_eq!(read.email, Presence::Value("a@b.c".to_owned()));
    assert!(!read.masked);
}
