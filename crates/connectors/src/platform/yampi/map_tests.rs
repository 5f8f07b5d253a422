use clientela_domain::{Address, CustomerRecord, Document, Field, FieldValue, Presence};
use serde_json::{Value, json};

use super::address::{self, Change};
use super::envelope::{self, Envelope, Merchant};
use super::map;
use crate::reading::Oddities;
use crate::{ConnectorError, NewCustomer};

const PRINTED: &str = include_str!("../../../tests/documents/yampi_one.json");
const FILLED: &str = include_str!("../../../tests/documents/yampi_filled.json");

fn read(text: &str) -> (CustomerRecord, Oddities) {
    let envelope = Envelope::read(serde_json::from_str(text).unwrap()).unwrap();
    let mut oddities = Oddities::default();
    let record = map::customer(envelope.rows.into_iter().next().unwrap(), &mut oddities).unwrap();
    (record, oddities)
}

fn one(value: Value) -> CustomerRecord {
    map::customer(value, &mut Oddities::default()).unwrap()
}

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

fn body(fresh: &CustomerRecord, changes: &[(Field, FieldValue)]) -> Value {
    Value::Object(map::replacement(fresh, changes).unwrap())
}

#[test]
fn the_printed_customer_is_read_field_by_field() {
    let (record, oddities) = read(PRINTED);
    assert_eq!(
        serde_json::to_value(&record).unwrap(),
        json!({
            "remote_id": "123", "first_name": "<string>", "last_name": "<string>", "company": "<string>",
            "email": "jsmith@example.com", "phone": "<string>", "note": "<string>",
            "documents": [
                {"kind": "cpf", "number": "<string>"},
                {"kind": "cnpj", "number": "<string>"},
            ],
            "is_active": true, "accepts_marketing": true, "birthday": "2023-12-25",
            "last_order_at": "2023-11-07T05:31:56Z", "anonymized": true,
            "own": {
                "type": "<string>", "state_registration": "<string>", "generic_name": "<string>",
                "utm_source": "<string>", "utm_campaign": "<string>", "social_driver": "<string>",
                "whatsapp": "true", "brands": "<string>", "categories": "<string>",
                "purchased_brands": "<string>", "purchased_categories": "<string>",
                "city": "<string>", "uf": "<string>",
            },
            "remainder": {
                "merchant_id": 123, "marketplace_id": 123, "cluster_id": 123,
                "spreadsheet": {"last_order_value": "<string>"},
            },
        })
    );
    assert_eq!(oddities.len(), 1, "\"<string>\" is no amount");
}

#[test]
fn a_filled_customer_is_read_in_the_other_shapes_and_without_secrets() {
    let (record, oddities) = read(FILLED);
    let told = serde_json::to_value(&record).unwrap();
    assert_eq!(
        told,
        json!({
            "remote_id": "9007199254740995", "first_name": "Ana", "last_name": "Conceição",
            "company": "Flor de Lis Ltda", "email": "ana@correio.example", "phone": "16981875668",
            "note": "Liga à tarde", "birthday": "1990-12-31",
            "documents": [
                {"kind": "cnpj", "number": "12ABC34501DE35"},
                {"kind": "cpf", "number": "52998224725"},
            ],
            "is_active": true, "accepts_marketing": false,
            "created_at": "2024-01-02T06:04:05.123456Z", "last_order_at": "2024-05-06T10:08:09Z",
            "currency": "BRL",
            "addresses": [{
                "key": "77", "kind": "shipping", "recipient": "Ana", "street": "Rua das Flores", "number": "12",
                "district": "Centro", "city": "Ribeirão Preto", "region": "SP", "postal_code": "14010-000",
            }],
            "own": {
                "type": "j", "state_registration": null, "generic_name": "Flor de Lis",
                "utm_source": "instagram", "utm_campaign": null, "social_driver": "facebook", "whatsapp": "true",
                "brands": null, "categories": null, "purchased_brands": "Sem marca",
                "purchased_categories": "Camisetas", "city": "Ribeirão Preto", "uf": "SP",
                "last_order_value": "149.90",
            },
            "remainder": {
                "addresses: unknown": {"77": {"dock": "B"}}, "cluster_id": 501, "loyalty": {"card": "X-9"},
                "merchant_id": 40711, "spreadsheet": {"abandoned_carts": 2},
            },
        })
    );
    assert!(oddities.is_empty());
    let told = told.to_string();
    for secret in ["recognisable", "203.0.113.9", "10000000019", "whatsapp.com"] {
        assert!(!told.contains(secret), "{secret}");
    }
}

#[test]
fn a_change_sends_everything_back_that_can_be_written() {
    let (record, _) = read(FILLED);
    let unchanged = json!({
        "name": "Ana Conceição", "first_name": "Ana", "last_name": "Conceição", "email": "ana@correio.example",
        "type": "j", "cpf": "52998224725", "cnpj": "12ABC34501DE35", "phone": "16981875668",
        "razao_social": "Flor de Lis Ltda", "birthday": "1990-12-31", "notes": "Liga à tarde",
        "active": true, "newsletter": false, "whatsapp": true, "cluster_id": 501, "loyalty": {"card": "X-9"},
    });
    assert_eq!(body(&record, &[]), unchanged);
    for (field, value, keys) in [
        (Field::FirstName, text("Zoé"), json!({"first_name": "Zoé", "name": "Zoé Conceição"})),
        (Field::LastName, FieldValue::Null, json!({"last_name": null, "name": "Ana"})),
        (Field::Email, text("zoe@x.example"), json!({"email": "zoe@x.example"})),
        (Field::Phone, text("+55 (11) 98765-4321"), json!({"phone": "11987654321"})),
        (Field::Phone, text("+54 9 11 5555-1234"), json!({"phone": "5491155551234"})),
        (Field::Phone, FieldValue::Null, json!({"phone": null})),
        (Field::Company, text("Lírio SA"), json!({"razao_social": "Lírio SA"})),
        (Field::Note, text(""), json!({"notes": null})),
        (Field::Birthday, text("1991-01-31"), json!({"birthday": "1991-01-31"})),
        (Field::Birthday, FieldValue::Null, json!({"birthday": null})),
        (Field::IsActive, FieldValue::Flag(false), json!({"active": false})),
        (Field::AcceptsMarketing, FieldValue::Flag(true), json!({"newsletter": true})),
        (Field::Document, text("11.222.333/0001-81"), json!({"cnpj": "11222333000181"})),
        (Field::Extra("whatsapp".to_owned()), text("false"), json!({"whatsapp": false})),
        (
            Field::Extra("state_registration".to_owned()),
            text("110042490114"),
            json!({"state_registration": "110042490114"}),
        ),
        (
            Field::Extra("state_registration".to_owned()),
            FieldValue::Null,
            json!({"state_registration": null}),
        ),
    ] {
        let mut expected = unchanged.clone();
        for (key, value) in keys.as_object().unwrap() {
            expected[key] = value.clone();
        }
        assert_eq!(body(&record, &[(field.clone(), value)]), expected, "{field}");
    }
}

#[test]
fn the_kind_of_customer_follows_the_document() {
    let person = one(json!({"id": 1, "type": "f", "cpf": "52998224725", "cnpj": null}));
    let company = text("12.ABC.345/01DE-35");
    let now = body(&person, &[(Field::Document, company), (Field::Company, text("Flor"))]);
    assert_eq!(
        now,
        json!({"type": "j", "cpf": "52998224725", "cnpj": "12ABC34501DE35", "razao_social": "Flor"})
    );
    assert_eq!(body(&person, &[(Field::Document, FieldValue::Null)]), json!({"type": "f", "cpf": null}));
    let short = body(&person, &[(Field::Document, text("123"))]);
    assert_eq!(short, json!({"type": "f", "cpf": "123"}), "the store judges it");
    let error = map::replacement(&person, &[(Field::Company, text("Flor"))]).unwrap_err();
    assert!(matches!(error, ConnectorError::Unwritable { .. }));
    let untold = one(json!({"id": 1, "cnpj": "11222333000181"}));
    assert_eq!(body(&untold, &[]), json!({"type": "j", "cnpj": "11222333000181"}));
}

#[test]
fn what_cannot_be_written_is_said_before_anything_is_sent() {
    let (record, _) = read(FILLED);
    let place = || FieldValue::Address(Box::default());
    for (field, value) in [
        (Field::Role, text("x")),
        (Field::IsActive, text("true")),
        (Field::Birthday, text("31/12/1990")),
        (Field::Extra("type".to_owned()), text("f")),
        (Field::Extra("utm_source".to_owned()), text("x")),
        (Field::Extra("whatsapp".to_owned()), text("perhaps")),
        (Field::Extra("other".to_owned()), text("x")),
        (Field::Address("77".to_owned()), place()),
    ] {
        let error = map::replacement(&record, &[(Field::Note, text("n")), (field.clone(), value)]);
        assert!(matches!(error, Err(ConnectorError::Unwritable { .. })), "{field}");
    }
}

#[test]
fn a_new_customer_names_what_a_store_demands() {
    let new = |fields: &[(Field, &str)]| {
        let fields = fields.iter().map(|(field, value)| (field.clone(), text(value))).collect();
        map::creation(&NewCustomer { fields, ..NewCustomer::default() }).map(Value::Object)
    };
    let person = [
        (Field::FirstName, "Ana"),
        (Field::LastName, ""),
        (Field::Email, "ana@correio.example"),
        (Field::Phone, "(11) 98765-4321"),
        (Field::Document, "529.982.247-25"),
        (Field::Birthday, "1990-12-31"),
    ];
    assert_eq!(
        new(&person).unwrap(),
        json!({
            "name": "Ana", "first_name": "Ana", "email": "ana@correio.example", "phone": "11987654321",
            "type": "f", "cpf": "52998224725", "birthday": "1990-12-31",
        })
    );
    let company = [(Field::Company, "Flor de Lis Ltda"), (Field::Document, "12.abc.345/01de-35")];
    let made = new(&company).unwrap();
    assert_eq!(made, json!({"type": "j", "cnpj": "12ABC34501DE35", "razao_social": "Flor de Lis Ltda"}));
    assert!(new(&[(Field::Company, "Flor"), (Field::Document, "52998224725")]).is_err());
    assert!(new(&[(Field::Role, "x")]).is_err());
    let addressed = NewCustomer { addresses: vec![Address::default()], ..NewCustomer::default() };
    assert!(map::creation(&addressed).is_err());
}

#[test]
fn an_address_is_changed_by_itself() {
    let (record, _) = read(FILLED);
    let known = record.addresses.value().unwrap()[0].clone();
    let change = |key: &str, address: Address| match address::change(
        &record,
        key,
        &FieldValue::Address(Box::new(address)),
    )? {
        Change::Add(body) => Ok((None, Value::Object(body))),
        Change::Edit { id, body } => Ok((Some(id.to_owned()), Value::Object(body))),
    };
    let edited = Address {
        number: Some("14".to_owned()),
        recipient: None,
        complement: Some("apto 2".to_owned()),
        region: Some("sp".to_owned()),
        ..known.clone()
    };
    assert_eq!(
        change("77", edited).unwrap(),
        (
            Some("77".to_owned()),
            json!({
                "receiver": null, "zip_code": "14010000", "zipcode": "14010000", "street": "Rua das Flores",
                "number": "14", "neighborhood": "Centro", "complement": "apto 2", "city": "Ribeirão Preto",
                "uf": "SP", "dock": "B",
            })
        )
    );
    let new = Address { street: Some("Rua Nova".to_owned()), ..Address::default() };
    assert_eq!(change("new-1", new).unwrap(), (None, json!({"street": "Rua Nova"})));
    for (key, address) in [
        ("78", known.clone()),
        ("77", Address { country: Some("BR".to_owned()), ..known.clone() }),
        ("new-1", Address { phone: Some("11".to_owned()), ..known }),
    ] {
        let error: Result<(Option<String>, Value), ConnectorError> = change(key, address);
        assert!(matches!(error, Err(ConnectorError::Unwritable { .. })), "{key}");
    }
    assert!(address::change(&record, "77", &FieldValue::Null).is_err(), "none can be taken away");
}

#[test]
fn names_phones_and_documents_are_found_wherever_they_stand() {
    let named = one(json!({"id": "7", "name": " Ana Souza ", "first_name": null}));
    assert_eq!(named.full_name(), "Ana Souza");
    for (told, phone) in [
        (json!({"phone": null}), Presence::Null),
        (json!({"phone": []}), Presence::Null),
        (json!({"phone": {"full_number": null, "number": ""}}), Presence::Null),
        (json!({"phone": "11 5555"}), Presence::Value("11 5555")),
        (
            json!({"phone": {"data": {"area_code": 11, "number": "987654321"}}}),
            Presence::Value("11987654321"),
        ),
        (json!({"phone": {"full_number": "", "formated_number": "(11) 9"}}), Presence::Value("(11) 9")),
        (json!({"spreadsheet": {"phone_code": "16", "phone_number": "9"}}), Presence::Value("169")),
        (json!({"spreadsheet": {"data": {"phone": "(16) 9"}}}), Presence::Value("(16) 9")),
        (json!({"phone": null, "spreadsheet": {"phone": "(16) 9"}}), Presence::Null),
        (json!({}), Presence::Absent),
    ] {
        let mut value = told.clone();
        value["id"] = json!(1);
        assert_eq!(one(value).phone, phone.map(str::to_owned), "{told}");
    }
    for (told, documents) in [
        (json!({}), Presence::Absent),
        (json!({"cpf": null, "cnpj": ""}), Presence::Null),
        (json!({"cpf": 52998224725u64}), Presence::Value(vec![Document::guess("52998224725")])),
    ] {
        let mut value = told.clone();
        value["id"] = json!(1);
        assert_eq!(one(value).documents, documents, "{told}");
    }
}

#[test]
fn odd_values_are_left_out_noted_and_sent_back() {
    let mut oddities = Oddities::default();
    let odd = json!({
        "id": 5, "first_name": ["Ana"], "phone": true, "active": "perhaps", "spreadsheet": 7, "birthday": "0000-00-00",
        "addresses": [{"street": "x"}], "anonymized": "", "email": "a@b.example",
    });
    let record = map::customer(odd, &mut oddities).unwrap();
    assert!(record.first_name.is_absent() && record.phone.is_absent() && record.addresses.is_absent());
    assert!(!record.anonymized && record.birthday.is_absent());
    assert_eq!(oddities.len(), 5);
    let sent = body(&record, &[(Field::Note, text("n"))]);
    assert_eq!(
        sent,
        json!({"first_name": ["Ana"], "phone": true, "active": "perhaps", "email": "a@b.example", "type": "f", "notes": "n"})
    );
    for unclear in [json!("perhaps"), json!({}), json!(1), json!("true")] {
        assert!(one(json!({"id": 5, "anonymized": unclear.clone()})).anonymized, "{unclear}");
    }
    let rejected = map::customer(json!({"id": "me", "token": "t"}), &mut oddities).unwrap_err();
    assert_eq!(rejected.reason, "id is a text, not a whole number");
}

#[test]
fn every_envelope_is_a_list() {
    for (value, rows) in [
        (json!({"data": [{"id": 1}, {"id": 2}]}), 2),
        (json!({"data": {"id": 1}}), 1),
        (json!({"data": {"0": {"id": 1}, "2": {"id": 3}}}), 2),
        (json!({"data": null}), 0),
        (json!({"data": {}}), 0),
        (json!([{"id": 1}]), 1),
        (json!({"id": 1}), 1),
    ] {
        assert_eq!(Envelope::read(value.clone()).unwrap().rows.len(), rows, "{value}");
    }
    for wrong in [json!({}), json!("x"), json!({"data": 7}), json!({"data": {"a": 1}}), json!(null)] {
        assert!(Envelope::read(wrong.clone()).is_err(), "{wrong}");
    }
    let page = |pagination: Value| {
        Envelope::read(json!({"data": [{"id": 1}], "meta": {"pagination": pagination}})).unwrap()
    };
    let told =
        page(json!({"total": "21", "per_page": "1", "current_page": "2", "total_pages": "21", "links": []}));
    assert_eq!(
        (told.total, told.page, told.pages, told.given_size()),
        (Some(21), Some(2), Some(21), Some(1))
    );
    assert!(told.has_more(2, 1) && !told.has_more(3, 1), "page 2 again, for one behind the end");
    assert!(page(json!({"last_page": 3})).has_more(2, 100));
    assert!(!page(json!({"current_page": 1, "total_pages": 1})).has_more(1, 100));
    assert!(
        page(json!({"current_page": 1, "total_pages": 1})).has_more(1, 1),
        "a full page, whatever is counted"
    );
    assert!(!page(json!({})).has_more(1, 1), "without pages there is one");
}

#[test]
fn stores_of_an_account_are_read_in_every_wrapping() {
    let list =
        json!([{"id": 1, "alias": "a", "active": true}, {"id": 2, "alias": "b", "active": 0}, {"alias": ""}]);
    let expected = vec![
        Merchant { alias: "a".to_owned(), active: true },
        Merchant { alias: "b".to_owned(), active: false },
    ];
    for account in [
        json!({"data": {"merchants": {"data": list}}}),
        json!({"data": [{"merchants": list}]}),
        json!({"merchants": list}),
    ] {
        assert_eq!(envelope::merchants(account.clone()).unwrap(), expected, "{account}");
    }
    assert!(envelope::merchants(json!({"data": {}})).is_err());
    assert!(envelope::merchants(json!([])).is_err());
}

#[test]
fn orders_are_read_with_bare_and_wrapped_relations() {
    let order = |value: Value| map::order(value, &mut Oddities::default()).unwrap();
    let (wrapped, customer) = order(json!({
        "id": 9, "number": 1009, "customer_id": "7", "value_total": "149.90", "cancelled": false,
        "created_at": {"date": "2024-05-06 07:08:09.000000", "timezone_type": 3, "timezone": "America/Sao_Paulo"},
        "status": {"data": {"id": 9, "alias": "delivered", "name": "Entregue"}},
        "items": {"data": [{"quantity": 2}, {"quantity": "3"}, {}]},
    }));
    assert_eq!(customer.as_deref(), Some("7"));
    assert_eq!(
        serde_json::to_value(&wrapped).unwrap(),
        json!({
            "remote_id": "9", "number": "1009", "placed_at": "2024-05-06T10:08:09Z", "status": "delivered",
            "total": "149.90", "currency": "BRL", "items": 6,
        })
    );
    let (bare, customer) =
        order(json!({"id": 9, "cancelled": 1, "status": null, "items": [{"quantity": 1}]}));
    assert_eq!((bare.status.as_deref(), bare.items, customer), (Some("cancelled"), Some(1), None));
}

#[test]
fn a_phone_can_be_taken_apart() {
    for (phone, parts) in [
        (
            "+55 11 98765-4321",
            json!({"area_code": "11", "number": "987654321", "full_number": "11987654321"}),
        ),
        ("1143215678", json!({"area_code": "11", "number": "43215678", "full_number": "1143215678"})),
        (
            "+54 9 11 5555-1234",
            json!({"area_code": "", "number": "5491155551234", "full_number": "5491155551234"}),
        ),
    ] {
        assert_eq!(map::phone_parts(phone), parts, "{phone}");
    }
}
