//! The bodies that api.uappi.store/docs/customer/account prints. The page has lost the dates of its examples but for their ends;
//! those in the files here are ours.

use clientela_domain::{CustomerRecord, Field, FieldValue, Presence};
use serde_json::{Value, json};

use super::map;
use crate::ConnectorError;
use crate::reading::Oddities;

const PROFILE: &str = include_str!("../../../tests/documents/uappi_profile.json");
const MASKED: &str = include_str!("../../../tests/documents/uappi_masked.json");
const UPDATED: &str = include_str!("../../../tests/documents/uappi_updated.json");

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn read(value: Value) -> (CustomerRecord, usize) {
    let mut oddities = Oddities::default();
    let record = map::customer(value, &mut oddities).unwrap();
    (record, oddities.len())
}

/// The printed profile with some keys set.
fn profile(set: Value) -> CustomerRecord {
    let mut value = document(PROFILE);
    for (key, new) in set.as_object().unwrap() {
        value[key] = new.clone();
    }
    read(value).0
}

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

fn extra(key: &str) -> Field {
    Field::Extra(key.to_owned())
}

fn body(fresh: &CustomerRecord, changes: &[(Field, FieldValue)]) -> Value {
    Value::Object(map::replacement(fresh, changes).unwrap())
}

/// The field that cannot be written.
fn refused(fresh: &CustomerRecord, changes: &[(Field, FieldValue)]) -> String {
    match map::replacement(fresh, changes) {
        Err(ConnectorError::Unwritable { field, message }) => {
            assert!(!message.contains("João"), "{message}");
            field
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_printed_profile_is_read_whole() {
    let (record, odd) = read(document(PROFILE));
    assert_eq!(
        serde_json::to_value(&record).unwrap(),
        json!({
            "remote_id": "123", "first_name": "João Silva", "last_name": "Silva", "company": null,
            "email": "joao.silva@email.com", "phone": "11999999999",
            "documents": [{"kind": "cpf", "number": "123.456.789-00"}],
            "is_active": true, "accepts_marketing": true, "birthday": "1990-01-01",
            "created_at": "2023-05-01T12:00:00Z",
            "total_spent": "2500.00", "currency": "BRL", "orders_count": 5, "last_order_at": "2024-01-15T13:30:00Z",
            "orders": [{
                "remote_id": "567", "number": "ORD-2024-567", "placed_at": "2024-01-15T13:30:00Z", "status": null,
                "total": "299.90", "currency": "BRL", "items": null,
            }],
            "addresses": [
                {
                    "key": "1", "kind": "shipping", "is_default": true, "recipient": "João Silva",
                    "street": "Avenida Paulista", "number": "1578", "complement": "Apto 101", "district": "Bela Vista",
                    "city": "São Paulo", "region": "São Paulo", "postal_code": "01310-100", "country": "BR",
                },
                {
                    "key": "2", "kind": "shipping", "recipient": "João Silva",
                    "street": "Rua das Flores", "number": "123", "complement": "Sala 45", "district": "Vila Madalena",
                    "city": "São Paulo", "region": "São Paulo", "postal_code": "04567-890", "country": "BR",
                },
            ],
            "own": {
                "cancelled_orders": "0", "dealer_group": null, "deleted": "false", "gender": "male",
                "is_corporate": "false", "nationality": "BR", "order_email": "true", "order_sms": "true", "origin": "web",
                "points": "500", "promotional_sms": "false", "sales_channel": "1", "trade_policy": "1", "wallet": "150.00",
            },
            "remainder": {
                "addresses: unknown": {
                    "1": {
                        "identification": "Casa", "stateCode": "SP",
                        "createdAt": "2023-05-01T09:00:00-03:00", "updatedAt": "2023-05-01T09:00:00-03:00",
                    },
                    "2": {
                        "identification": "Trabalho", "stateCode": "SP",
                        "createdAt": "2023-06-01T09:00:00-03:00", "updatedAt": "2023-06-01T09:00:00-03:00",
                    },
                },
                "lastOrder: unknown": {
                    "cartId": "CART-2024-567", "tradePolicyId": 1, "salesChannelDomain": "loja.com.br",
                    "issuedAt": "2024-01-15T10:31:00-03:00", "payments": [],
                    "values": {
                        "orderId": 567, "subtotalValue": document("299.90"), "additionValue": 0, "shippingValue": 0,
                        "discountValue": 0,
                    },
                },
            },
        })
    );
    assert_eq!(odd, 0);
}

#[test]
fn the_printed_profile_goes_back_without_loss() {
    let (fresh, _) = read(document(PROFILE));
    assert_eq!(
        body(&fresh, &[]),
        json!({
            "email": "joao.silva@email.com", "nameCorporateName": "João Silva", "tradeName": "Silva",
            "isCorporate": false, "gender": "male", "phone": "+5511999999999",
        })
    );
    // The printed change.
    let changes = [
        (Field::Email, text("joao.silva.novo@email.com")),
        (Field::FirstName, text("João Silva Santos")),
        (Field::LastName, text("Santos")),
        (Field::Phone, text("(11) 98765-4321")),
    ];
    assert_eq!(
        body(&fresh, &changes),
        json!({
            "email": "joao.silva.novo@email.com", "nameCorporateName": "João Silva Santos", "tradeName": "Santos",
            "isCorporate": false, "gender": "male", "phone": "+5511987654321",
        })
    );
    let changes = [(extra("is_corporate"), text("true")), (extra("gender"), text("undefined"))];
    let sent = body(&fresh, &changes);
    assert_eq!((&sent["isCorporate"], &sent["gender"]), (&json!(true), &json!("undefined")));
    assert_eq!(sent.as_object().unwrap().len(), 6);
}

#[test]
fn the_printed_masked_answer_hides_no_clear_value_and_is_never_sent() {
    let (masked, odd) = read(document(MASKED));
    assert!(masked.masked && !masked.anonymized);
    assert_eq!(odd, 0);
    assert_eq!(masked.email, Presence::Value("j<em></em>*@email.com".to_owned()));
    let order = &masked.orders.value().unwrap()[0];
    assert_eq!((order.number.as_deref(), order.total), (None, None), "noughts stand for what is hidden");
    assert!(masked.accepts_marketing.is_absent() && !masked.own.contains_key("order_email"));
    assert!(masked.remainder.is_empty(), "{:?}", masked.remainder);

    let (clear, _) = read(document(PROFILE));
    let mut mirror = clear.clone();
    assert!(!mirror.absorb(&masked), "nothing in it is new");
    assert_eq!(mirror, clear);
    let mut first = masked.clone();
    first.absorb(&clear);
    assert_eq!(first.email, clear.email);
    assert!(!first.masked);

    assert_eq!(refused(&masked, &[(Field::LastName, text("Souza"))]), "last_name");
    assert_eq!(refused(&masked, &[]), "email");
}

#[test]
fn asterisks_are_a_mask_although_nobody_says_so() {
    for (key, hidden) in [
        ("email", json!("j***@email.com")),
        ("phone", json!("119****9999")),
        ("documents", json!([{"type": "CPF", "document": "***.***.***-00"}])),
    ] {
        let mut set = json!({"masked": false});
        set[key] = hidden;
        let record = profile(set);
        assert!(record.masked, "{key}");
        refused(&record, &[(Field::FirstName, text("Ana"))]);
    }
    for set in [json!({"nameCorporateName": "Jo*"}), json!({"tradeName": "<em></em>*"})] {
        let fresh = profile(set);
        assert!(!fresh.masked, "a name may be spelled so");
        assert!(!refused(&fresh, &[]).is_empty(), "and is not sent");
    }
    let (fresh, _) = read(document(PROFILE));
    assert_eq!(refused(&fresh, &[(Field::Phone, text("119****9999"))]), "phone");
}

#[test]
fn a_masked_last_order_of_somebody_who_is_shown_is_not_told() {
    let mut value = document(PROFILE);
    value["lastOrder"] = document(MASKED)["lastOrder"].clone();
    let (record, _) = read(value);
    assert!(!record.masked && record.orders.is_absent());
    assert_eq!(record.last_order_at, Presence::Value("2024-01-15T13:30:00Z".parse().unwrap()));
}

#[test]
fn the_printed_answer_to_a_change_deletes_nothing() {
    let mut oddities = Oddities::default();
    let answer = map::written(document(UPDATED), &mut oddities).unwrap();
    assert!(oddities.is_empty() && !answer.masked && !answer.anonymized);
    assert!(answer.addresses.is_absent() && answer.documents.is_absent() && answer.orders.is_absent());
    assert!(
        answer.accepts_marketing.is_absent()
            && answer.last_order_at.is_absent()
            && answer.currency.is_absent()
    );
    let (mut mirror, _) = read(document(PROFILE));
    let before = mirror.clone();
    assert!(mirror.absorb(&answer));
    assert_eq!(mirror.email, Presence::Value("joao.silva.novo@email.com".to_owned()));
    for (kept, was) in [
        (serde_json::to_value(&mirror.addresses).unwrap(), serde_json::to_value(&before.addresses).unwrap()),
        (serde_json::to_value(&mirror.documents).unwrap(), serde_json::to_value(&before.documents).unwrap()),
        (serde_json::to_value(&mirror.orders).unwrap(), serde_json::to_value(&before.orders).unwrap()),
    ] {
        assert_eq!(kept, was);
    }
    assert_eq!(mirror.own, before.own);
    assert_eq!(mirror.accepts_marketing, before.accepts_marketing);
}

#[test]
fn empty_lists_count_in_a_question_and_nulls_do_not() {
    let emptied = profile(json!({"addresses": [], "documents": []}));
    assert_eq!((emptied.addresses, emptied.documents), (Presence::Value(vec![]), Presence::Value(vec![])));
    let unsaid = profile(json!({"addresses": null, "documents": null, "flags": null, "lastOrder": null}));
    assert!(unsaid.addresses.is_absent() && unsaid.documents.is_absent());
    assert!(unsaid.orders.is_absent() && unsaid.last_order_at.is_absent(), "there were five");
    assert!(unsaid.accepts_marketing.is_absent());
    let never = profile(json!({"orderQuantity": 0, "lastOrder": null}));
    assert_eq!((never.orders, never.last_order_at), (Presence::Value(vec![]), Presence::Null));
}

#[test]
fn a_company_is_called_by_its_legal_name_and_the_currency_is_the_last_orders_or_brazils() {
    let company =
        profile(json!({"isCorporate": true, "nameCorporateName": "Silva Ltda", "tradeName": "Silva"}));
    assert_eq!(company.company, Presence::Value("Silva Ltda".to_owned()));
    for (nationality, currency, told) in [
        ("BR", json!("USD"), Some("USD")),
        ("BR", json!(""), Some("BRL")),
        ("PT", json!(null), None),
        ("PT", json!("BRL"), Some("BRL")),
    ] {
        let mut order = document(PROFILE)["lastOrder"].clone();
        order["currency"] = currency;
        let record = profile(json!({"nationality": nationality, "lastOrder": order}));
        assert_eq!(record.currency.value().map(String::as_str), told, "{nationality}");
        assert_ne!(record.currency, Presence::Null);
    }
}

#[test]
fn answers_of_other_shapes_are_read_or_told_by_key() {
    let mut oddities = Oddities::default();
    let odd = json!({
        "id": "9007199254740993", "email": ["a"], "phone": 11_999_999_999_u64, "isCorporate": "0", "gender": null,
        "nationality": null, "birthdate": "0000-00-00", "walletAmount": "150.00", "pointSystemAmount": "12.5",
        "orderQuantity": "5", "orderValue": {"x": 1}, "createdAt": "00", "active": 1, "deleted": "no", "masked": null,
        "lastOrder": [], "addresses": {}, "documents": [{"type": null, "document": 12345678}, "x", {"type": "RG"}],
        "flags": [], "loyalty": {"card": 7},
    });
    let record = map::customer(odd, &mut oddities).unwrap();
    assert_eq!(record.remote_id.as_str(), "9007199254740993");
    assert_eq!((&record.email, record.phone.value().unwrap().as_str()), (&Presence::Absent, "11999999999"));
    assert_eq!((record.is_active, record.orders_count), (Presence::Value(true), Presence::Value(5)));
    assert_eq!((record.birthday, record.created_at), (Presence::Absent, Presence::Absent));
    assert_eq!(record.own["wallet"].as_deref(), Some("150.00"));
    assert_eq!(record.own["points"].as_deref(), Some("12.5"));
    assert_eq!((record.own["gender"].as_deref(), record.own.get("deleted")), (None, None));
    assert_eq!(record.documents.value().unwrap().len(), 1);
    assert_eq!(record.addresses, Presence::Value(vec![]));
    assert_eq!(record.remainder["loyalty"], json!({"card": 7}));
    for kept in ["email", "birthdate", "orderValue", "createdAt", "deleted"] {
        assert!(record.remainder.contains_key(kept), "{kept}");
    }
    assert_eq!(oddities.len(), 6, "those five and the document that is a text");

    for wrong in
        [json!([]), json!("x"), json!({}), json!({"id": 1.5}), json!({"id": "me"}), json!({"id": null})]
    {
        let rejected = map::customer(wrong, &mut oddities).unwrap_err();
        assert!(!rejected.reason.contains("me\""));
    }
}

#[test]
fn an_address_without_an_id_or_a_state_is_read_by_what_it_has() {
    let record = profile(json!({"addresses": [{"stateCode": "SP", "state": "", "city": "Santos"}, 7]}));
    let address = &record.addresses.value().unwrap()[0];
    assert_eq!((address.key.as_str(), address.region.as_deref()), ("at-1", Some("SP")));
}

#[test]
fn a_phone_is_sent_only_where_its_country_is_certain() {
    let sent = |set: Value, phone: &str| {
        let fresh = profile(set);
        map::replacement(&fresh, &[(Field::Phone, text(phone))]).map(|body| body["phone"].clone())
    };
    for (set, typed, number) in [
        (json!({}), "11999999999", "+5511999999999"),
        (json!({}), "(11) 3456-7890", "+551134567890"),
        (json!({}), "5511987654321", "+5511987654321"),
        (json!({}), "+1 (234) 567-890", "+1234567890"),
        (json!({"addresses": []}), "011 98765-4321", "+5511987654321"),
        (json!({"addresses": [], "documents": [], "nationality": "AR"}), "11 4321-5678", "+541143215678"),
        // The address says Brazil; the number is none in Argentina.
        (json!({"nationality": "AR"}), "11999999999", "+5511999999999"),
    ] {
        assert_eq!(sent(set, typed), Ok(json!(number)), "{typed}");
    }
    let nowhere = json!({"addresses": [], "documents": [], "nationality": null});
    for (set, typed) in [
        (nowhere, "11999999999"),
        (json!({}), "99999-9999"),
        (json!({}), "ramal 12"),
        (json!({}), ""),
        (json!({}), "+123456"),
        // In Brazil one number, in Argentina another.
        (json!({"nationality": "AR"}), "1143215678"),
    ] {
        let error = sent(set, typed).unwrap_err();
        assert!(
            matches!(&error, ConnectorError::Unwritable { field, .. } if field == "phone"),
            "{typed}: {error:?}"
        );
    }
    // Somebody else's field cannot be written either, while the phone cannot be sent.
    for unsendable in [json!(null), json!(""), json!("99999-9999")] {
        let fresh = profile(json!({"phone": unsendable}));
        assert_eq!(refused(&fresh, &[(Field::FirstName, text("Ana"))]), "phone");
    }
}

#[test]
fn what_is_demanded_cannot_be_emptied_and_a_surname_can() {
    let (fresh, _) = read(document(PROFILE));
    for field in [Field::Email, Field::FirstName, Field::Phone, extra("gender"), extra("is_corporate")] {
        for nothing in [FieldValue::Null, text(" ")] {
            assert_eq!(refused(&fresh, &[(field.clone(), nothing)]), field.to_string());
        }
    }
    for nothing in [FieldValue::Null, text("")] {
        assert_eq!(body(&fresh, &[(Field::LastName, nothing)])["tradeName"], "");
    }
    for unsaid in [json!(null), json!("")] {
        let fresh = profile(json!({"tradeName": unsaid}));
        assert_eq!(body(&fresh, &[(Field::Email, text("a@b.example"))]).get("tradeName"), None);
    }
}

#[test]
fn what_the_store_does_not_tell_is_never_written_by_guessing() {
    for (key, is_told_as_null) in [
        ("email", "email"),
        ("nameCorporateName", "first_name"),
        ("isCorporate", ""),
        ("gender", ""),
        ("phone", "phone"),
    ] {
        let mut value = document(PROFILE);
        value.as_object_mut().unwrap().shift_remove(key);
        let (cut, _) = read(value);
        let error = map::replacement(&cut, &[(Field::LastName, text("Souza"))]).unwrap_err();
        assert!(matches!(error, ConnectorError::Unreadable { .. }), "{key}");
        let mut set = json!({});
        set[key] = Value::Null;
        match is_told_as_null {
            "" => drop(body(&profile(set), &[(Field::LastName, text("Souza"))])),
            field => assert_eq!(refused(&profile(set), &[(Field::LastName, text("Souza"))]), field),
        }
    }
    assert_eq!(body(&profile(json!({"gender": null})), &[])["gender"], "undefined");
    assert_eq!(body(&profile(json!({"gender": "Male"})), &[])["gender"], "male");
    assert_eq!(
        body(&profile(json!({"gender": "other"})), &[])["gender"],
        "other",
        "the store knows its words"
    );
}

#[test]
fn fields_that_are_the_stores_cannot_be_written() {
    let (fresh, _) = read(document(PROFILE));
    for (field, value) in [
        (Field::Company, text("x")),
        (Field::Document, text("52998224725")),
        (Field::IsActive, FieldValue::Flag(false)),
        (Field::AcceptsMarketing, FieldValue::Flag(false)),
        (Field::Birthday, text("1990-12-31")),
        (Field::Note, text("x")),
        (extra("nationality"), text("PT")),
        (extra("wallet"), text("9")),
        (Field::Address("1".to_owned()), FieldValue::Null),
        (extra("gender"), text("other")),
        (extra("is_corporate"), text("perhaps")),
        (Field::FirstName, FieldValue::Flag(true)),
    ] {
        assert_eq!(refused(&fresh, &[(field.clone(), value)]), field.to_string());
    }
}

#[test]
fn a_person_without_anything_is_one_whose_data_was_taken_away() {
    let blank = |email: &str| {
        profile(json!({
            "email": email, "nameCorporateName": null, "tradeName": "", "phone": null, "addresses": [], "documents": [],
            "lastOrder": null, "orderQuantity": 0,
        }))
    };
    assert!(blank("").anonymized && blank("removido-123@anonimizado.invalid").anonymized);
    assert!(!blank("ana@correio.example").anonymized, "an e-mail alone is somebody");
    assert_eq!(refused(&blank(""), &[(Field::FirstName, text("Ana"))]), "first_name");
    assert!(!read(json!({"id": 1})).0.anonymized, "a cut-down answer says nothing");
}
