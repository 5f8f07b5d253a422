//! What a fuzzer does with the readers of the platforms: any JSON is given to them, and what comes out must hold together.
//!
//! Random bytes are hardly ever JSON, and random JSON hardly ever a customer. So bytes that are no JSON are taken as instructions:
//! which part of the platform's own example is to become what.

mod damage;

use clientela_connectors::platform;
use clientela_connectors::reading::Oddities;
use clientela_domain::capability::Access;
use clientela_domain::{CustomerRecord, Field, FieldValue};
use serde_json::Value;

/// Reads one record of this platform and looks at what came out.
pub fn read(key: &str, bytes: &[u8]) {
    let mut value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(_) => damage::damaged(example(key), bytes),
    };
    if let (Value::Object(map), "yampi") = (&mut value, key) {
        map.insert("token".to_owned(), "s3cret-token".into());
        map.insert("login_url".to_owned(), "https://loja.example/?s3cret-login".into());
    }
    let entry = platform(key).expect("a platform that is known");
    let Ok(record) = (entry.read)(value.clone(), &mut Oddities::default()) else { return };
    let again = (entry.read)(value, &mut Oddities::default()).expect("what was read once can be read again");
    assert_eq!(record, again, "reading depends on nothing but the answer");

    let written = serde_json::to_string(&record).expect("a record can be kept");
    let kept: CustomerRecord = serde_json::from_str(&written).expect("what was kept can be read");
    assert_eq!(record, kept, "nothing is lost in the book");

    let mut known = CustomerRecord::new(record.remote_id.clone());
    known.absorb(&record);
    assert!(!known.absorb(&record), "hearing it twice is no news");
    assert!(known.changes_to(&record).is_empty(), "and no change");
    // Yampi sends these with every customer.
    assert!(key != "yampi" || !written.contains("s3cret-"), "a secret is kept");

    // What staff may write must be a value that can be compared, shown and laid over.
    let own = entry.capabilities.own_fields.iter().map(|own| Field::Extra(own.key.to_owned()));
    for field in Field::PLAIN.iter().cloned().chain(own) {
        if entry.capabilities.access(&field) == Access::Absent {
            continue;
        }
        let value = record.field(&field).into_value().unwrap_or(FieldValue::Null);
        assert!(value.equivalent(&value, &field), "{field} is what it is");
        let mut shown = record.clone();
        shown.set_field(&field, &value);
        let laid_over = shown.field(&field).into_value().unwrap_or(FieldValue::Null);
        assert!(laid_over.equivalent(&value, &field), "{field} laid over itself stays");
    }
    let _ = (record.full_name(), record.country().map(str::to_owned), record.main_address());
}

fn example(key: &str) -> Value {
    let text = match key {
        "inallweb" => include_str!("../../crates/connectors/tests/documents/inallweb_detail_filled.json"),
        "tiendanegocio" => include_str!("../../crates/connectors/tests/documents/tiendanegocio_one.json"),
        "tiendanube" => include_str!("../../crates/connectors/tests/documents/tiendanube_newer.json"),
        "uappi" => include_str!("../../crates/connectors/tests/documents/uappi_profile.json"),
        _ => include_str!("../../crates/connectors/tests/documents/yampi_filled.json"),
    };
    let mut example: Value = serde_json::from_str(text).expect("an example is JSON");
    // What a client takes off before anything is read.
    match example.get_mut("data") {
        Some(Value::Array(list)) => list.first_mut().map_or(Value::Null, Value::take),
        Some(inner @ Value::Object(_)) => inner.take(),
        _ => example,
    }
}
