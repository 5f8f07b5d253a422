//! Yampi: what is written, against the sandbox.

use clientela_connectors::{ConnectorError, NewCustomer, Written};
use clientela_domain::{Address, Field, FieldValue, Presence, RemoteId};
use serde_json::{Value, json};

use crate::stores::{fetched, shown, text};
use crate::yampi::{id_of, somebody, world};

const CPF: &str = "390.533.447-05";

#[tokio::test]
async fn a_change_is_seen_at_once_although_the_store_keeps_its_answers() {
    let world = world(20, &[]).await;
    let connector = world.connector();
    let person = somebody(&world, 0).await;
    let fresh = fetched(&*connector, &id_of(&person)).await;
    connector.update(&fresh, &[(Field::LastName, text("Nova"))]).await.unwrap();
    assert_eq!(fetched(&*connector, &id_of(&person)).await.last_name, Presence::Value("Nova".to_owned()));
    for request in world.log().await.iter().filter(|request| request["method"] == "GET") {
        assert!(request["query"].as_str().unwrap().contains("skipCache=true"), "{}", request["path"]);
    }
}

#[tokio::test]
async fn every_field_arrives_and_nothing_else_changes() {
    for put in ["demands", "merge", "replace"] {
        let world = world(30, &[("put", put)]).await;
        let connector = world.connector();
        let before = somebody(&world, 2).await;
        let changes = [
            (Field::FirstName, text("Zoé Maria"), "first_name", json!("Zoé Maria")),
            (Field::LastName, text("d'Ávila"), "last_name", json!("d'Ávila")),
            (Field::Email, text("zoe.nova@correio.example"), "email", json!("zoe.nova@correio.example")),
            (Field::Phone, text("+55 11 98765-4321"), "phone", json!("11987654321")),
            (Field::Document, text(CPF), "cpf", json!("39053344705")),
            (
                Field::Note,
                text("Liga à tarde\ne não de manhã"),
                "notes",
                json!("Liga à tarde\ne não de manhã"),
            ),
            (Field::Birthday, text("1991-01-31"), "birthday", json!("1991-01-31")),
            (
                Field::IsActive,
                FieldValue::Flag(before["active"] != true),
                "active",
                json!(before["active"] != true),
            ),
            (
                Field::AcceptsMarketing,
                FieldValue::Flag(before["newsletter"] != true),
                "newsletter",
                json!(before["newsletter"] != true),
            ),
            (
                Field::Extra("whatsapp".to_owned()),
                text(if before["whatsapp"] == true { "false" } else { "true" }),
                "whatsapp",
                json!(before["whatsapp"] != true),
            ),
            (
                Field::Extra("state_registration".to_owned()),
                text("110042490114"),
                "state_registration",
                json!("110042490114"),
            ),
            (Field::Phone, FieldValue::Null, "phone", Value::Null),
            (Field::Birthday, FieldValue::Null, "birthday", Value::Null),
            (Field::Note, text(""), "notes", Value::Null),
        ];
        let mut expected = before.clone();
        for (field, value, key, truth) in changes {
            let fresh = fetched(&*connector, &id_of(&before)).await;
            let record = shown(connector.update(&fresh, &[(field.clone(), value.clone())]).await.unwrap());
            let told = record.field(&field).into_value().unwrap_or(FieldValue::Null);
            assert!(told.equivalent(&value, &field), "{put} {field}: {told:?}");
            expected[key] = truth;
            expected["name"] = json!(format!(
                "{} {}",
                expected["first_name"].as_str().unwrap(),
                expected["last_name"].as_str().unwrap()
            ));
            let mut now = world.true_customer(id_of(&before).as_str()).await;
            now["updated_at"] = expected["updated_at"].clone();
            assert_eq!(now, expected, "{put} {field}");
        }
    }
}

#[tokio::test]
async fn what_a_refusal_or_an_answer_asks_for_is_said_in_another_way() {
    for variants in [
        &[("phone_write", "parts")][..],
        &[("phone_write", "text")],
        &[("null_write", "ignored")],
        &[("null_write", "422")],
        &[("null_write", "422"), ("unprocessable", "message_only")],
        &[("phone_write", "parts"), ("unprocessable", "message_only")],
        &[("name_write", "parts")],
        &[("document_punctuation", "422")],
    ] {
        let world = world(20, variants).await;
        let connector = world.connector();
        let person = somebody(&world, 0).await;
        for (first, phone) in [("Ana Rosa", text("11 4321-5678")), ("Ana", FieldValue::Null)] {
            let fresh = fetched(&*connector, &id_of(&person)).await;
            let changes = [(Field::FirstName, text(first)), (Field::Phone, phone.clone())];
            let record = shown(connector.update(&fresh, &changes).await.unwrap());
            assert_eq!(record.first_name, Presence::Value(first.to_owned()), "{variants:?}");
            let told = record.phone.map(FieldValue::Text).into_value().unwrap_or(FieldValue::Null);
            assert!(told.equivalent(&phone, &Field::Phone), "{variants:?} {told:?}");
        }
        let requests = world.log().await;
        let writes = requests.iter().filter(|request| request["method"] == "PUT").count();
        assert!(writes <= 6, "{variants:?}: {writes}");
    }
}

#[tokio::test]
async fn a_refusal_names_its_field_and_what_is_gone_is_missing() {
    let world = world(20, &[]).await;
    let connector = world.connector();
    let person = somebody(&world, 0).await;
    let other = somebody(&world, 1).await;
    let fresh = fetched(&*connector, &id_of(&person)).await;
    let taken = [(Field::Email, text(other["email"].as_str().unwrap()))];
    let error = connector.update(&fresh, &taken).await.unwrap_err();
    let ConnectorError::Refused { status: 422, fields, .. } = error else { panic!("{error:?}") };
    assert_eq!(fields[0].field, "email");
    world.control("/delete", json!({"id": person["id"].to_string()})).await;
    assert_eq!(connector.update(&fresh, &[(Field::Note, text("x"))]).await, Ok(Written::Missing));
    let place =
        FieldValue::Address(Box::new(Address { street: Some("Rua".to_owned()), ..Address::default() }));
    let added = [(Field::Address("new-1".to_owned()), place)];
    assert_eq!(connector.update(&fresh, &added).await, Ok(Written::Missing));
    assert_eq!(connector.delete(&fresh.remote_id).await, Err(ConnectorError::Unsupported));
}

#[tokio::test]
async fn an_anonymized_person_is_only_read() {
    for form in ["null", "placeholder", "word", "empty"] {
        let world = world(20, &[("anonymized_form", form)]).await;
        let connector = world.connector();
        let person = somebody(&world, 0).await;
        let mut mirror = fetched(&*connector, &id_of(&person)).await;
        world.control("/redact", json!({"id": person["id"].to_string()})).await;
        let record = fetched(&*connector, &id_of(&person)).await;
        assert!(record.anonymized, "{form}");
        let before = connector.requests();
        let refused = connector.update(&record, &[(Field::Note, text("x"))]).await;
        assert!(matches!(refused, Err(ConnectorError::Unwritable { .. })), "{form}");
        assert_eq!(connector.requests(), before, "nothing was sent");
        mirror.absorb(&record);
        let left = serde_json::to_string(&mirror).unwrap();
        for gone in ["email", "cpf", "phone", "last_name"] {
            assert!(!left.contains(person[gone].as_str().unwrap()), "{form} {gone}");
        }
    }
}

#[tokio::test]
async fn addresses_are_added_and_changed_and_never_taken_away() {
    for variants in
        [&[][..], &[("address_key", "zipcode")], &[("put", "replace")], &[("null_write", "ignored")]]
    {
        let world = world(20, variants).await;
        let connector = world.connector();
        let person = somebody(&world, 0).await;
        let id = id_of(&person);
        let fresh = fetched(&*connector, &id).await;
        let some = |text: &str| Some(text.to_owned());
        let new = Address {
            key: "new-1".to_owned(),
            recipient: some("Zoé"),
            street: some("Avenida Paulista"),
            number: some("1578"),
            complement: some("sala 3"),
            district: some("Bela Vista"),
            city: some("São Paulo"),
            region: some("sp"),
            postal_code: some("01310-200"),
            ..Address::default()
        };
        let edit = |key: &str, address: &Address| {
            [(Field::Address(key.to_owned()), FieldValue::Address(Box::new(address.clone())))]
        };
        let record = shown(connector.update(&fresh, &edit("new-1", &new)).await.unwrap());
        assert!(record.email.is_absent(), "only the addresses are told");
        let list = record.addresses.value().unwrap();
        assert_eq!(list.len(), fresh.addresses.value().unwrap().len() + 1);
        let made = list.last().unwrap().clone();
        assert!(made.same_place(&new) && !made.is_new(), "{variants:?} {made:?}");

        let fresh = fetched(&*connector, &id).await;
        assert_eq!(fresh.addresses, record.addresses);
        let moved = Address { number: some("1600"), complement: None, ..made.clone() };
        let record = shown(connector.update(&fresh, &edit(&made.key, &moved)).await.unwrap());
        assert!(record.addresses.value().unwrap().last().unwrap().same_place(&moved), "{variants:?}");
        assert_eq!(fetched(&*connector, &id).await.addresses, record.addresses);
        let truth = world.true_customer(id.as_str()).await;
        assert_eq!(truth["addresses"].as_array().unwrap()[0], person["addresses"][0], "the others stay");

        let before = connector.requests();
        let removed = [(Field::Address(made.key.clone()), FieldValue::Null)];
        let mixed = [edit(&made.key, &moved)[0].clone(), (Field::Note, text("x"))];
        for refused in [&removed[..], &mixed[..]] {
            let refused = connector.update(&fresh, refused).await;
            assert!(matches!(refused, Err(ConnectorError::Unwritable { .. })));
        }
        assert_eq!(connector.requests(), before, "nothing was sent");
    }
}

#[tokio::test]
async fn a_new_customer_is_made_and_found_by_exactly_its_own() {
    for variants in [
        &[][..],
        &[("create_status", "200"), ("write_data", "array")],
        &[("name_write", "parts"), ("post_required", "name_email")],
        &[("phone_write", "parts"), ("cache", "on")],
    ] {
        let world = world(40, variants).await;
        let connector = world.connector();
        let email = "zoe.nova@correio.example";
        assert_eq!(connector.find(Some(email), Some(CPF)).await.unwrap(), []);
        let fields = vec![
            (Field::FirstName, text("Zoé Maria")),
            (Field::LastName, text("d'Ávila")),
            (Field::Email, text(email)),
            (Field::Phone, text("(11) 98765-4321")),
            (Field::Document, text(CPF)),
            (Field::Birthday, text("1990-12-31")),
            (Field::Note, text("nova")),
        ];
        let new = NewCustomer { fields, ..NewCustomer::default() };
        let made = connector.create(&new).await.unwrap();
        assert_eq!(made.record.full_name(), "Zoé Maria d'Ávila", "{variants:?}");
        let truth = world.true_customer(made.record.remote_id.as_str()).await;
        for (key, value) in [
            ("email", email),
            ("phone", "11987654321"),
            ("cpf", "39053344705"),
            ("birthday", "1990-12-31"),
            ("notes", "nova"),
            ("type", "f"),
        ] {
            assert_eq!(truth[key], value, "{variants:?} {key}");
        }
        for (by_email, by_document) in
            [(Some("ZOE.nova@correio.example "), None), (None, Some("39053344705")), (Some(email), Some(CPF))]
        {
            let found = connector.find(by_email, by_document).await.unwrap();
            let ids: Vec<&RemoteId> = found.iter().map(|record| &record.remote_id).collect();
            assert_eq!(ids, [&made.record.remote_id], "{variants:?} {by_email:?} {by_document:?}");
        }
        assert_eq!(connector.find(Some("oe.nova@correio.example"), Some("3905334470")).await.unwrap(), []);
        assert!(matches!(connector.create(&new).await, Err(ConnectorError::Refused { status: 422, .. })));
    }
    let world = world(40, &[]).await;
    let company = world.truth().await.into_iter().find(|customer| customer["cnpj"].is_string()).unwrap();
    let found = world.connector().find(None, company["cnpj"].as_str()).await.unwrap();
    assert_eq!(found.iter().map(|record| &record.remote_id).collect::<Vec<_>>(), [&id_of(&company)]);
}
