use clientela_domain::{CustomerRecord, Field, FieldValue, Presence};
use serde_json::{Value, json};

use super::map;
use crate::reading::Oddities;
use crate::{ConnectorError, NewCustomer};

const ONE: &str = include_str!("../../../tests/documents/tiendanegocio_one.json");
const UPDATED: &str = include_str!("../../../tests/documents/tiendanegocio_updated.json");
const CREATE: &str = include_str!("../../../tests/documents/tiendanegocio_create.json");

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn read(value: Value) -> (CustomerRecord, Oddities) {
    let mut oddities = Oddities::default();
    (map::customer(value, &mut oddities).unwrap(), oddities)
}

fn with(change: impl FnOnce(&mut Value)) -> CustomerRecord {
    let mut value = document(ONE);
    change(&mut value);
    read(value).0
}

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

fn body(fresh: &CustomerRecord, changes: &[(Field, FieldValue)]) -> Value {
    Value::Object(map::replacement(fresh, changes).unwrap())
}

#[test]
fn the_printed_customer_is_read_whole() {
    let (record, oddities) = read(document(ONE));
    assert_eq!(
        serde_json::to_value(&record).unwrap(),
        json!({
            "remote_id": "25", "first_name": "Juan", "last_name": "Pérez", "email": "juan@example.com",
            "phone": "541112345678", "documents": [{"kind": "dni", "number": "12345678"}], "note": "Cliente VIP",
            "accepts_marketing": false,
            "created_at": "2023-01-01T00:00:00Z", "updated_at": "2023-01-02T00:00:00Z",
            "total_spent": "0.00", "currency": "ARS", "orders_count": 0,
            // The order of somebody who never bought is none.
            "last_order_at": null,
            "addresses": [],
            "remainder": {"identification_type": "DNI", "last_order_id": 1},
        })
    );
    assert!(oddities.is_empty() && record.company.is_absent());
}

#[test]
fn every_printed_answer_is_the_same_customer() {
    let (one, _) = read(document(ONE));
    let list = document(include_str!("../../../tests/documents/tiendanegocio_list.json"));
    assert_eq!(read(list["results"][0].clone()).0, one);
    for printed in [include_str!("../../../tests/documents/tiendanegocio_created.json"), UPDATED] {
        let (mut record, oddities) = read(document(printed));
        assert_eq!(record.remote_id.as_str(), "26");
        record.remote_id = one.remote_id.clone();
        assert_eq!((record, oddities.is_empty()), (one.clone(), true));
    }
    for wrapped in [json!({"data": document(ONE)}), json!({"customer": document(ONE)})] {
        assert_eq!(read(wrapped).0, one);
    }
}

#[test]
fn a_change_sends_what_a_body_may_hold_and_nothing_else() {
    let (fresh, _) = read(document(UPDATED));
    let company = [(Field::Company, text("Acme Inc"))];
    let mut printed = document(CREATE);
    printed.as_object_mut().unwrap().swap_remove("password");
    assert_eq!(body(&fresh, &company), printed, "the printed body without its password");

    let unlisted = with(|value| {
        value["accepts_marketing"] = json!(true);
        value["address"] = json!({"street": "Av. Corrientes"});
        value["loyalty_level"] = json!("gold");
        value["note"] = Value::Null;
        value["password"] = json!("hunter2");
    });
    assert_eq!(
        body(&unlisted, &[(Field::Phone, FieldValue::Null), (Field::LastName, text("Gómez"))]),
        json!({
            "name": "Juan", "last_name": "Gómez", "email": "juan@example.com", "phone": "",
            "identification": "12345678", "identification_type": "DNI",
        })
    );
    assert_eq!(unlisted.remainder["loyalty_level"], "gold");
    assert!(!serde_json::to_string(&unlisted).unwrap().contains("hunter2"));
}

#[test]
fn phones_with_a_plus_become_the_digits_that_the_document_prints() {
    let (fresh, _) = read(document(ONE));
    for (typed, sent) in [
        ("+54 11 4321-5678", "541143215678"),
        ("+55 (11) 98765-4321", "5511987654321"),
        ("11 4321-5678", "11 4321-5678"),
        ("+99", "+99"),
    ] {
        assert_eq!(body(&fresh, &[(Field::Phone, text(typed))])["phone"], sent, "{typed}");
    }
}

#[test]
fn the_kind_of_a_document_goes_with_its_number() {
    let typed = |word: Value, number: &str| {
        let fresh = with(|value| value["identification_type"] = word);
        body(&fresh, &[(Field::Document, text(number))])["identification_type"].clone()
    };
    assert_eq!(typed(json!("DNI"), "87654321"), "DNI");
    assert_eq!(
        typed(json!("CUIL"), "20-12345678-6"),
        "CUIL",
        "the store's own word where the number fits it"
    );
    assert_eq!(typed(json!("DNI"), "20-12345678-6"), "CUIT");
    assert_eq!(typed(json!("DNI"), "529.982.247-25"), "CPF");
    assert_eq!(typed(Value::Null, "87654321"), "DNI");
    assert_eq!(typed(json!("Pasaporte"), "AB123456"), "Pasaporte");
    assert_eq!(typed(Value::Null, "AB123456"), Value::Null);
    let (fresh, _) = read(document(ONE));
    let cleared = body(&fresh, &[(Field::Document, FieldValue::Null)]);
    assert_eq!((&cleared["identification"], cleared.get("identification_type")), (&json!(""), None));
}

#[test]
fn what_is_not_told_is_never_replaced_by_guessing() {
    for key in ["name", "last_name", "email", "phone", "identification", "note"] {
        let missing = with(|value| drop(value.as_object_mut().unwrap().swap_remove(key)));
        let odd = with(|value| value[key] = json!({"0": "x"}));
        for fresh in [missing, odd] {
            let refused = map::replacement(&fresh, &[(Field::Company, text("Acme"))]);
            assert!(matches!(refused, Err(ConnectorError::Unreadable { .. })), "{key}");
        }
    }
    let odd_type = with(|value| value["identification_type"] = json!(3));
    assert!(map::replacement(&odd_type, &[]).is_err());
}

#[test]
fn fields_that_the_platform_does_not_take_are_refused_before_sending() {
    let (fresh, _) = read(document(ONE));
    for (field, value) in [
        (Field::AcceptsMarketing, FieldValue::Flag(true)),
        (Field::IsActive, FieldValue::Flag(true)),
        (Field::Role, text("x")),
        (Field::Birthday, text("1990-12-31")),
        (Field::Extra("x".to_owned()), text("x")),
        (Field::Address("main".to_owned()), FieldValue::Null),
        (Field::Note, FieldValue::Flag(true)),
    ] {
        let error = map::replacement(&fresh, &[(field.clone(), value)]).unwrap_err();
        assert!(matches!(error, ConnectorError::Unwritable { .. }), "{field}");
    }
}

#[test]
fn a_new_customer_is_the_printed_body() {
    let new = NewCustomer {
        fields: vec![
            (Field::FirstName, text("Juan")),
            (Field::LastName, text("Pérez")),
            (Field::Email, text("juan@example.com")),
            (Field::Phone, text("541112345678")),
            (Field::Document, text("12345678")),
            (Field::Note, text("Cliente VIP")),
            (Field::Company, text("Acme Inc")),
        ],
        ..NewCustomer::default()
    };
    let mut printed = document(CREATE);
    printed.as_object_mut().unwrap().swap_remove("password");
    assert_eq!(Value::Object(map::creation(&new).unwrap()), printed);
    let blanks = NewCustomer {
        fields: vec![(Field::Email, text("a@b.example")), (Field::Phone, text(" "))],
        ..NewCustomer::default()
    };
    assert_eq!(Value::Object(map::creation(&blanks).unwrap()), json!({"email": "a@b.example"}));
    for refused in [
        NewCustomer { invite: true, ..NewCustomer::default() },
        NewCustomer { addresses: vec![clientela_domain::Address::default()], ..NewCustomer::default() },
        NewCustomer { fields: vec![(Field::Role, text("x"))], ..NewCustomer::default() },
    ] {
        assert!(matches!(map::creation(&refused), Err(ConnectorError::Unwritable { .. })));
    }
}

#[test]
fn an_address_is_read_by_whatever_names_its_parts_have() {
    for address in [
        json!({
            "address": "Av. Corrientes", "number": 1234, "floor": "5 B", "locality": "Balvanera", "city": "CABA",
            "province": "Capital Federal", "zipcode": "C1043", "country": "AR", "phone": "",
        }),
        json!({
            "calle": "Av. Corrientes", "numero": "1234", "piso": "5 B", "barrio": "Balvanera", "ciudad": "CABA",
            "provincia": "Capital Federal", "codigo_postal": "C1043", "pais": "AR",
        }),
        json!({
            "street": "Av. Corrientes", "street_number": "1234", "apartment": "5 B", "district": "Balvanera",
            "city": "CABA", "state": "Capital Federal", "postal_code": "C1043", "country_code": "AR", "calle": "",
        }),
    ] {
        let record = with(|value| value["address"] = address.clone());
        assert_eq!(
            serde_json::to_value(&record.addresses).unwrap(),
            json!([{
                "key": "main", "kind": "shipping", "is_default": true, "street": "Av. Corrientes", "number": "1234",
                "complement": "5 B", "district": "Balvanera", "city": "CABA", "region": "Capital Federal",
                "postal_code": "C1043", "country": "AR",
            }]),
            "{address}"
        );
        assert!(!record.remainder.contains_key("address: unknown"), "{:?}", record.remainder);
    }
    let record = with(|value| {
        value["address"] = json!({"id": 9, "city": "CABA", "entre_calles": "A y B", "ciudad": "Bs As"})
    });
    assert_eq!(record.addresses.value().unwrap()[0].key, "9");
    assert_eq!(record.remainder["address: unknown"], json!({"entre_calles": "A y B", "ciudad": "Bs As"}));
    assert!(with(|value| drop(value.as_object_mut().unwrap().swap_remove("address"))).addresses.is_absent());
    assert_eq!(with(|value| value["address"] = Value::Null).addresses, Presence::Value(Vec::new()));
}

#[test]
fn other_spellings_and_odd_values_are_read_or_left_out_by_field() {
    let (record, oddities) = read(
        serde_json::from_str(
            r#"{
                "id": "9007199254740993", "name": "", "last_name": null, "email": "a@b.example", "phone": 541112345678,
                "identification": 12345678, "identification_type": "", "note": "",
                "created_at": "2023-01-01T00:00:00-03:00", "updated_at": "pronto",
                "total_spent": 1234567890.10, "orders_count": "3", "last_order_id": null,
                "last_order_date": "2023-01-01T00:00:00+0000", "accepts_marketing": 1, "address": "Calle 1"
            }"#,
        )
        .unwrap(),
    );
    assert_eq!(
        serde_json::to_value(&record).unwrap(),
        json!({
            "remote_id": "9007199254740993", "first_name": "", "last_name": null, "email": "a@b.example",
            "phone": "541112345678", "documents": [{"kind": "dni", "number": "12345678"}], "note": "",
            "accepts_marketing": true, "created_at": "2023-01-01T03:00:00Z",
            "total_spent": "1234567890.10", "currency": "ARS", "orders_count": 3,
            "last_order_at": "2023-01-01T00:00:00Z",
            "remainder": {"address": "Calle 1", "identification_type": "", "updated_at": "pronto"},
        })
    );
    assert_eq!(oddities.len(), 2);
    for no_customer in
        [json!([]), json!("x"), json!({"name": "Juan"}), json!({"id": -1}), json!({"id": null})]
    {
        assert!(map::customer(no_customer, &mut Oddities::default()).is_err());
    }
}

#[test]
fn a_person_without_anything_is_one_whose_data_was_taken_away() {
    let blanked = |also: fn(&mut Value)| {
        with(|value| {
            for key in ["name", "last_name", "email", "phone", "identification", "note"] {
                value[key] = Value::Null;
            }
            value["name"] = json!("");
            also(value);
        })
    };
    assert!(blanked(|_| {}).anonymized);
    assert!(!blanked(|value| value["note"] = json!("x")).anonymized);
    assert!(!read(json!({"id": 1})).0.anonymized, "a cut-down answer says nothing");
}
