use clientela_domain::{CustomerRecord, Field, FieldValue, Presence, RemoteId};
use serde_json::{Value, json};

use super::map::{self, RoleCase};
use super::wire;
use crate::ConnectorError;
use crate::reading::Oddities;

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn read(text: &str) -> (CustomerRecord, Oddities) {
    let mut oddities = Oddities::default();
    let record = map::customer(document(text), &mut oddities).unwrap();
    (record, oddities)
}

#[test]
fn the_printed_answer_to_a_change_says_only_what_it_says() {
    let (record, oddities) = read(include_str!("../../../tests/documents/inallweb_updated.json"));
    assert_eq!(
        serde_json::to_value(&record).unwrap(),
        json!({
            "remote_id": "0", "email": "string", "first_name": "string", "last_name": "string", "phone": null,
            "is_active": true, "email_verified": true, "created_at": null, "updated_at": null,
        })
    );
    assert!(oddities.is_empty());
}

#[test]
fn the_printed_detail_is_read_although_its_examples_are_no_values() {
    let (record, oddities) = read(include_str!("../../../tests/documents/inallweb_detail.json"));
    assert_eq!(record.orders_count, Presence::Value(0));
    assert_eq!(record.total_spent, Presence::Absent, "\"string\" is no amount");
    assert_eq!(record.note, Presence::Null);
    assert_eq!(record.segment, Presence::Value("string".to_owned()));
    assert_eq!(record.orders, Presence::Value(Vec::new()), "\"...\" is no order");
    assert_eq!(record.remainder["stats"], json!({"total_spent": "string", "avg_order_value": "string"}));
    assert_eq!(oddities.len(), 4);
}

#[test]
fn a_filled_detail_is_read_whatever_its_insides_are_called() {
    let (record, oddities) = read(include_str!("../../../tests/documents/inallweb_detail_filled.json"));
    assert_eq!(
        serde_json::to_value(&record).unwrap(),
        json!({
            "remote_id": "42", "first_name": "Ana", "last_name": "Conceição", "email": "ana@correio.example",
            "phone": "+351 912 345 678", "note": "Liga à tarde", "role": "customer", "segment": "vip",
            "is_active": true, "email_verified": false,
            "created_at": "2024-05-06T07:08:09.123456Z", "updated_at": "2024-05-07T06:08:09Z",
            "total_spent": "250.00", "currency": "EUR", "average_order": "125", "orders_count": 2,
            "first_order_at": "2024-01-02T00:00:00Z", "last_order_at": "2024-03-02T10:00:00Z",
            "orders": [
                {
                    "remote_id": "12", "number": "ORD-000012", "placed_at": "2024-03-02T10:00:00Z",
                    "status": "completed", "total": "200.00", "currency": "EUR", "items": 3,
                },
                {
                    "remote_id": "11", "number": null, "placed_at": null,
                    "status": null, "total": "50.0", "currency": "EUR", "items": 3,
                },
            ],
            "addresses": [
                {
                    "key": "7", "kind": "billing", "is_default": true, "street": "Rua do Ouro 1", "city": "Lisboa",
                    "postal_code": "1100-060", "country": "PT",
                },
                {
                    "key": "at-2", "kind": "shipping", "street": "Rua Augusta", "city": "Lisboa",
                    "postal_code": "1100", "country": "PT",
                },
            ],
            "remainder": {"loyalty_card": "X-9", "stats": {"points": 7}},
        })
    );
    assert_eq!(oddities.len(), 1, "only the placeholder among the orders");
}

#[test]
fn a_record_of_odd_values_keeps_what_can_be_read_and_one_without_id_is_rejected() {
    let mut oddities = Oddities::default();
    let odd = json!({"id": "7", "first_name": ["Ana"], "phone": {"secret": "119"}, "is_active": "perhaps", "email": "a@b.c"});
    let record = map::customer(odd, &mut oddities).unwrap();
    assert_eq!((record.first_name, record.phone), (Presence::Absent, Presence::Absent));
    assert_eq!((record.is_active, record.email), (Presence::Absent, Presence::Value("a@b.c".to_owned())));
    assert_eq!(record.remainder.len(), 3);
    assert_eq!(oddities.len(), 3);

    let rejected =
        map::customer(json!({"id": "me", "email": "ana@correio.example"}), &mut oddities).unwrap_err();
    assert_eq!(rejected.reason, "id is a text, not a whole number");
}

#[test]
fn a_change_holds_the_changed_fields_and_no_others() {
    let text = |text: &str| FieldValue::Text(text.to_owned());
    let body = map::change(&[
        (Field::FirstName, text("Ana")),
        (Field::LastName, FieldValue::Null),
        (Field::Phone, text(" ")),
        (Field::IsActive, FieldValue::Flag(false)),
    ]);
    let expected = json!({"first_name": "Ana", "last_name": null, "phone": null, "is_active": false});
    assert_eq!(Value::Object(body.unwrap()), expected);
    for (field, value) in [
        (Field::Email, text("ana@correio.example")),
        (Field::Note, text("x")),
        (Field::Role, text("staff")),
        (Field::IsActive, text("false")),
        (Field::Company, text("x")),
        (Field::Extra("k".to_owned()), text("x")),
    ] {
        let error = map::change(&[(field.clone(), value)]).unwrap_err();
        assert!(matches!(error, ConnectorError::Unwritable { .. }), "{field}");
    }
}

#[test]
fn a_null_that_the_store_ignored_is_followed_by_an_empty_text() {
    let body = map::change(&[(Field::Phone, FieldValue::Null), (Field::LastName, FieldValue::Null)]).unwrap();
    let mut shown = CustomerRecord::new(RemoteId::new("1"));
    shown.phone = Presence::Value("119".to_owned());
    shown.last_name = Presence::Value(String::new());
    assert_eq!(Value::Object(map::not_cleared(&body, &shown)), json!({"phone": ""}));
    shown.phone = Presence::Null;
    assert!(map::not_cleared(&body, &shown).is_empty());
}

#[test]
fn roles_are_spelled_as_the_store_spells_them() {
    for (role, lower, title, snake) in [
        ("admin", "admin", "Admin", "admin"),
        ("SYSADMIN", "sysadmin", "SysAdmin", "sys_admin"),
        ("sys_admin", "sysadmin", "SysAdmin", "sys_admin"),
        ("Customer", "customer", "Customer", "customer"),
        ("cashier", "cashier", "cashier", "cashier"),
    ] {
        assert_eq!(RoleCase::Lower.spell(role), lower);
        assert_eq!(RoleCase::Title.spell(role), title);
        assert_eq!(RoleCase::Snake.spell(role), snake);
    }
    for (shown, case) in
        [("Manager", RoleCase::Title), ("manager", RoleCase::Lower), ("sys_admin", RoleCase::Snake)]
    {
        assert_eq!(RoleCase::of(shown), case);
        assert_eq!(RoleCase::all_from(case as u8)[0], case);
    }
    assert_eq!(map::role("Sys Admin".to_owned()), "sysadmin");
}

#[test]
fn who_may_give_which_role_is_known_before_it_is_tried() {
    let grants = |role| super::CAPABILITIES.grants(role);
    assert_eq!(grants(Some("sysadmin")), super::ROLES);
    assert_eq!(grants(Some("Admin")), ["manager", "staff", "customer"]);
    for none in ["manager", "staff", "customer", "cashier"] {
        assert!(grants(Some(none)).is_empty(), "{none}");
    }
    assert_eq!(grants(None), super::ROLES, "not known: the store decides");
}

#[test]
fn preferences_are_read_in_every_wrapping() {
    let wanted = Some(crate::Preferences { order_updates: true, promotions: false, newsletter: true });
    for shape in [
        json!({"order_updates": true, "promotions": false, "newsletter": true}),
        json!({"data": {"order_updates": 1, "promotions": 0, "newsletter": 1}}),
        json!({"preferences": {"order_updates": "true", "promotions": "False", "newsletter": "true"}}),
    ] {
        assert_eq!(map::preferences(&shape), wanted, "{shape}");
    }
    assert_eq!(map::preferences(&json!({"order_updates": true})), None);
}

#[test]
fn figures_are_read_in_both_units() {
    let figures = |rate: &str| {
        let mut oddities = Oddities::default();
        let body = format!(
            r#"{{"total_customers": "12", "new_this_month": 3, "active_rate": {rate}, "segments": {{"VIP": 2, "other": "4"}},
                "top_customers": ["...", {{"id": 5, "name": "Ana Souza", "total_spent": "9.90", "total_orders": 2}}]}}"#
        );
        let wire = wire::Overview::read(document(&body), &mut oddities).unwrap();
        map::figures(wire, &mut oddities)
    };
    for (told, share) in [("0.925", "0.925"), ("92.5", "0.925"), ("1", "1"), ("0", "0"), ("100", "1")] {
        assert_eq!(figures(told).active_rate, Some(share.parse().unwrap()), "{told}");
    }
    assert_eq!(figures("250").active_rate, None, "no share of anything");
    let figures = figures("1");
    assert_eq!((figures.total_customers, figures.new_this_month), (12, 3));
    assert_eq!(figures.segments, [("other".to_owned(), 4), ("vip".to_owned(), 2)].into());
    assert_eq!(figures.top_customers.len(), 1);
    assert_eq!(figures.top_customers[0].full_name(), "Ana Souza");
    assert_eq!(figures.top_customers[0].orders_count, Presence::Value(2));

    let printed = document(include_str!("../../../tests/documents/inallweb_overview.json"));
    assert!(wire::Overview::read(printed, &mut Oddities::default()).is_ok());
}

#[test]
fn a_profile_change_leaves_out_what_is_left_and_nulls_what_is_emptied() {
    let changes = [
        (Field::FirstName, FieldValue::Text("Ana".to_owned())),
        (Field::Phone, FieldValue::Text(String::new())),
    ];
    let body = Value::Object(map::profile_change(&changes).unwrap());
    assert_eq!(body, json!({"first_name": "Ana", "phone": null}));
    assert!(map::profile_change(&[(Field::Note, FieldValue::Null)]).is_err());
}

#[test]
fn the_printed_envelope_is_a_page() {
    let page =
        wire::Page::read(document(include_str!("../../../tests/documents/inallweb_list.json"))).unwrap();
    assert_eq!((page.items.len(), page.total, page.pages), (1, Some(0), Some(0)));
    for wrong in [json!([]), json!({}), json!({"items": {}}), json!("x")] {
        assert!(wire::Page::read(wrong).is_err());
    }
}
