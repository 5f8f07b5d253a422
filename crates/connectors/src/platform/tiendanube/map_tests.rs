use clientela_domain::{Address, AddressKind, CustomerRecord, Field, FieldValue, Presence};
use serde_json::{Value, json};

use super::map;
use super::wire::LastOrder;
use crate::reading::Oddities;
use crate::{ConnectorError, NewCustomer};

const ONE: &str = include_str!("../../../tests/documents/tiendanube_one.json");
const NEWER: &str = include_str!("../../../tests/documents/tiendanube_newer.json");

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn read(value: Value) -> (CustomerRecord, LastOrder, Oddities) {
    let mut oddities = Oddities::default();
    let (record, last_order) = map::customer(value, &mut oddities).unwrap();
    (record, last_order, oddities)
}

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

fn body(fresh: &CustomerRecord, changes: &[(Field, FieldValue)]) -> Value {
    Value::Object(map::replacement(fresh, changes).unwrap())
}

#[test]
fn the_printed_customer_is_read_whole() {
    let (record, last_order, oddities) = read(document(ONE));
    assert_eq!(
        serde_json::to_value(&record).unwrap(),
        json!({
            "remote_id": "101", "first_name": "John Doe", "email": "john.doe@example.com", "phone": null, "note": null,
            "documents": [{"kind": "cpf", "number": "28776255670"}],
            "created_at": "2013-01-03T12:11:51Z", "updated_at": "2013-03-11T12:14:11Z",
            "total_spent": "89.00", "currency": "USD",
            "extra": {"gender": "male", "number_of_children": "2"},
            "addresses": [
                {
                    "key": "1234", "kind": "shipping", "is_default": true, "street": "Evergreen Terrace", "number": "742",
                    "city": "Springfield", "region": "Oregon", "postal_code": "97475", "country": "US",
                    "phone": "555-123-0413",
                },
                {
                    "key": "billing", "kind": "billing", "street": "Evergreen Terrace", "number": "742",
                    "city": "Springfield", "region": "Oregon", "postal_code": "97475", "country": "US",
                    "phone": "555-123-0413",
                },
            ],
            "remainder": {"last_order_id": 9001},
        })
    );
    assert_eq!(last_order, LastOrder::Some);
    assert!(oddities.is_empty());
}

#[test]
fn every_printed_answer_is_read() {
    let list = document(include_str!("../../../tests/documents/tiendanube_list.json"));
    for value in list.as_array().unwrap() {
        assert!(read(value.clone()).2.is_empty());
    }
    assert_eq!(read(list[1].clone()).1, LastOrder::Never);
    for printed in [
        include_str!("../../../tests/documents/tiendanube_created.json"),
        include_str!("../../../tests/documents/tiendanube_updated.json"),
    ] {
        let (record, _, oddities) = read(document(printed));
        assert!(oddities.is_empty() && !record.anonymized);
    }
}

#[test]
fn later_answers_with_other_spellings_of_nothing_are_read() {
    let (record, last_order, oddities) = read(document(NEWER));
    assert_eq!(
        serde_json::to_value(&record).unwrap(),
        json!({
            "remote_id": "9007199254740993", "first_name": "María Peña", "company": "Peña SRL",
            "email": "maria@correio.example", "phone": "", "note": "",
            "documents": [{"kind": "cuit", "number": "20-12345678-6"}],
            "is_active": false, "accepts_marketing": true,
            "created_at": "2022-02-23T12:25:18Z", "updated_at": "2022-02-24T12:25:18Z",
            "total_spent": "0.00", "currency": "ARS", "extra": {},
            "addresses": [{
                "key": "555", "kind": "shipping", "street": "Av. Corrientes", "number": "1234", "city": "CABA",
                "region": "Capital Federal", "postal_code": "C1043", "country": "AR",
            }],
            "remainder": {
                "addresses: unknown": {"555": {"between_streets": "Uruguay y Talcahuano"}},
                "business_name": "Peña SRL", "customer_type": "company", "document_type": "CUIT",
                "state_registration": "110",
            },
        })
    );
    assert_eq!(last_order, LastOrder::Never);
    assert!(oddities.is_empty());
}

#[test]
fn a_change_sends_the_whole_record_back_and_never_what_is_the_stores() {
    let (fresh, ..) = read(document(NEWER));
    let sent = body(&fresh, &[(Field::Note, text("Liga de tarde")), (Field::Phone, FieldValue::Null)]);
    assert_eq!(
        sent,
        json!({
            "name": "María Peña", "email": "maria@correio.example", "identification": "20-12345678-6",
            "note": "Liga de tarde", "phone": null,
            "business_name": "Peña SRL", "customer_type": "company", "document_type": "CUIT", "state_registration": "110",
            "addresses": [{
                "id": 555, "address": "Av. Corrientes", "number": "1234", "city": "CABA", "province": "Capital Federal",
                "zipcode": "C1043", "country": "AR", "between_streets": "Uruguay y Talcahuano",
            }],
        })
    );
    let (printed, ..) = read(document(ONE));
    let sent = body(&printed, &[(Field::FirstName, text("Jane"))]);
    assert_eq!(sent["extra"], json!({"gender": "male", "number_of_children": "2"}));
    assert_eq!(sent["billing_address"], "Evergreen Terrace");
    assert_eq!(sent["addresses"][0].get("default"), None);
    for read_only in [
        "id",
        "created_at",
        "updated_at",
        "total_spent",
        "total_spent_currency",
        "last_order_id",
        "default_address",
    ] {
        assert_eq!(sent.get(read_only), None, "{read_only}");
    }
}

#[test]
fn addresses_are_changed_added_and_left_out_one_by_one() {
    let (fresh, ..) = read(document(ONE));
    let known = fresh.addresses.value().unwrap();
    let moved = Address {
        city: Some("Portland".to_owned()),
        phone: None,
        country: Some("us".to_owned()),
        ..known[0].clone()
    };
    let added = Address { key: "new-1".to_owned(), street: Some("Rua A".to_owned()), ..Address::default() };
    let address = |address: &Address| FieldValue::Address(Box::new(address.clone()));
    let at = |key: &str| Field::Address(key.to_owned());

    let sent = body(&fresh, &[(at("1234"), address(&moved)), (at("new-1"), address(&added))]);
    assert_eq!(
        sent["addresses"],
        json!([
            {
                "id": 1234, "name": null, "address": "Evergreen Terrace", "number": "742", "floor": null, "locality": null,
                "city": "Portland", "province": "Oregon", "zipcode": "97475", "country": "US", "phone": null,
            },
            {"address": "Rua A"},
        ])
    );
    assert_eq!(sent["billing_city"], "Springfield");

    let sent = body(&fresh, &[(at("1234"), FieldValue::Null), (at("billing"), FieldValue::Null)]);
    assert_eq!(sent["addresses"], json!([]));
    assert_eq!((&sent["billing_city"], &sent["billing_phone"]), (&Value::Null, &Value::Null));
    assert!(sent.as_object().unwrap().contains_key("billing_city"));

    let gone = map::replacement(&fresh, &[(at("999"), address(&moved))]);
    assert!(matches!(gone, Err(ConnectorError::Unwritable { .. })));
    let second = Address { kind: AddressKind::Billing, ..added };
    let second = map::replacement(&fresh, &[(at("new-2"), address(&second))]);
    assert!(matches!(second, Err(ConnectorError::Unwritable { .. })));
    assert!(map::replacement(&fresh, &[(at("999"), FieldValue::Null)]).is_ok(), "it is gone as it should be");
}

#[test]
fn extra_is_sent_whole_and_an_emptied_key_stays_as_an_empty_text() {
    let mut value = document(ONE);
    value["extra"] = json!({"gender": "male", "children": 2, "size": {"top": "M"}, "none": null});
    let (fresh, ..) = read(value);
    let key = |key: &str| Field::Extra(key.to_owned());
    let sent = body(
        &fresh,
        &[(key("gender"), FieldValue::Null), (key("new"), text("x")), (key("other"), FieldValue::Null)],
    );
    assert_eq!(sent["extra"], json!({"children": "2", "gender": "", "size": {"top": "M"}, "new": "x"}));
}

#[test]
fn what_could_not_be_read_is_never_replaced_by_guessing() {
    let refused = |change: fn(&mut Value)| {
        let mut value = document(ONE);
        change(&mut value);
        let (fresh, ..) = read(value);
        map::replacement(&fresh, &[(Field::Note, text("x"))]).unwrap_err()
    };
    for change in [
        (|value| drop(value.as_object_mut().unwrap().remove("addresses"))) as fn(&mut Value),
        |value| value["addresses"] = json!({"0": null}),
        |value| value["addresses"][0]["id"] = Value::Null,
        |value| value["addresses"][0]["city"] = json!(["x"]),
        |value| value["email"] = json!(["x"]),
        |value| value["billing_city"] = json!({"x": 1}),
        |value| value["extra"] = json!("object"),
    ] {
        assert!(matches!(refused(change), ConnectorError::Unreadable { .. }));
    }
}

#[test]
fn fields_that_are_the_stores_cannot_be_written() {
    let (fresh, ..) = read(document(ONE));
    for (field, value) in [
        (Field::IsActive, FieldValue::Flag(true)),
        (Field::AcceptsMarketing, FieldValue::Flag(true)),
        (Field::Company, text("x")),
        (Field::Role, text("x")),
        (Field::LastName, text("x")),
        (Field::Birthday, text("1990-12-31")),
    ] {
        let error = map::replacement(&fresh, &[(field.clone(), value)]).unwrap_err();
        assert!(matches!(error, ConnectorError::Unwritable { .. }), "{field}");
    }
}

#[test]
fn a_new_customer_is_sent_with_its_addresses_and_without_blanks() {
    let new = NewCustomer {
        fields: vec![
            (Field::FirstName, text("Ana Souza")),
            (Field::Email, text("ana@correio.example")),
            (Field::Document, text("529.982.247-25")),
            (Field::Phone, text("")),
            (Field::Extra("talle".to_owned()), text("M")),
        ],
        addresses: vec![
            Address {
                key: "7".to_owned(),
                street: Some("Rua A".to_owned()),
                is_default: true,
                ..Address::default()
            },
            Address { kind: AddressKind::Billing, city: Some("São Paulo".to_owned()), ..Address::default() },
        ],
        invite: true,
        password: None,
    };
    let sent = Value::Object(map::creation(&new).unwrap());
    assert_eq!(sent["addresses"], json!([{"address": "Rua A"}]));
    assert_eq!(sent["billing_city"], "São Paulo");
    assert_eq!((&sent["name"], &sent["identification"]), (&json!("Ana Souza"), &json!("529.982.247-25")));
    assert_eq!((&sent["send_email_invite"], &sent["extra"]), (&json!(true), &json!({"talle": "M"})));
    assert_eq!(sent.get("phone"), None);
}

#[test]
fn only_an_exact_e_mail_or_document_is_a_match() {
    let (record, ..) = read(document(NEWER));
    assert!(map::is_exactly(&record, Some(" MARIA@correio.example"), None));
    assert!(map::is_exactly(&record, None, Some("20123456786")));
    assert!(!map::is_exactly(&record, Some("maria@correio.exampl"), None));
    assert!(!map::is_exactly(&record, None, Some("2012345678")));
    let mut shared = record;
    shared.email = Presence::Value("email@naoinformado.com".to_owned());
    assert!(!map::is_exactly(&shared, Some("email@naoinformado.com"), None));
    assert!(map::is_placeholder("Email@NoInformado.com "));
}

#[test]
fn orders_are_read_and_give_what_follows_from_them() {
    let mut oddities = Oddities::default();
    let list = document(include_str!("../../../tests/documents/tiendanube_orders.json"));
    let orders: Vec<_> =
        list.as_array().unwrap().iter().map(|one| map::order(one.clone(), &mut oddities).unwrap()).collect();
    assert_eq!((orders[0].items, orders[1].items), (Some(3), Some(0)));
    assert_eq!((orders[0].number.as_deref(), orders[1].total), (Some("306"), Some("10".parse().unwrap())));
    let (mut record, ..) = read(document(ONE));
    map::with_orders(&mut record, orders);
    assert_eq!(record.orders_count, Presence::Value(2));
    assert_eq!(record.first_order_at, Presence::Value("2013-01-03T12:11:51Z".parse().unwrap()));
    assert_eq!(record.last_order_at, Presence::Value("2013-02-03T12:11:51Z".parse().unwrap()));
    assert!(oddities.is_empty());
}

#[test]
fn a_person_without_anything_is_one_whose_data_was_taken_away() {
    let mut value = document(ONE);
    for key in ["name", "email", "phone", "identification", "note"] {
        value[key] = Value::Null;
    }
    value["name"] = json!("");
    value["addresses"] = json!([]);
    for key in ["address", "number", "city", "country", "phone", "province", "zipcode"] {
        value[format!("billing_{key}")] = Value::Null;
    }
    assert!(read(value.clone()).0.anonymized);
    value["email"] = json!("ana@correio.example");
    assert!(!read(value).0.anonymized);
    assert!(!read(json!({"id": 1})).0.anonymized, "a cut-down answer says nothing");
}
