//! Tiendanube against the sandbox.

use clientela_connectors::{
    ConnectorError, Deleted, Fetched, ListRequest, NewCustomer, StoreAddress, Urgency, Written,
};
use clientela_domain::{Address, CustomerRecord, Field, FieldValue, Presence, RemoteId};
use clientela_sandbox::RateMode;
use serde_json::{Value, json};

use crate::stores::{fetched, read_all, shown, text};
use crate::world::World;

async fn world(customers: usize) -> World {
    World::start("tiendanube", customers, RateMode::Off).await
}

/// A customer with everything that can be lost.
async fn rich(world: &World) -> RemoteId {
    let full = |customer: &&Value| {
        customer["addresses"].as_array().is_some_and(|list| list.len() > 1)
            && customer["billing_address"].is_string()
            && customer["extra"].as_object().is_some_and(|extra| !extra.is_empty())
            && customer["internal_reference"].is_string()
    };
    let truth = world.truth().await;
    RemoteId::new(truth.iter().find(full).unwrap_or_else(|| panic!("{}", truth[0]))["id"].to_string())
}

#[tokio::test]
async fn it_tells_whose_store_it_is_with_one_question() {
    let world = world(30).await;
    let connector = world.connector();
    let identity = connector.identify().await.unwrap();
    assert_eq!((identity.customers, identity.account.as_str()), (Some(30), "tiendanube 789001"));
    assert!(identity.server_time.is_some());
    assert_eq!(connector.requests(), 1);
    let request = &world.log().await[0];
    let agent = request["headers"]["user-agent"].to_string();
    assert!(agent.contains("Clientela/") && agent.contains('('), "{agent}");
}

#[tokio::test]
async fn an_empty_store_is_a_store() {
    for past_end in ["404", "empty"] {
        let world = World::with("tiendanube", 0, RateMode::Off, &[("past_end", past_end)]).await;
        let connector = world.connector();
        assert_eq!(connector.identify().await.unwrap().customers, Some(0));
        assert_eq!(read_all(&*connector, ListRequest::default()).await.unwrap().0.len(), 0);
    }
}

#[tokio::test]
async fn the_header_that_the_store_takes_is_found_and_kept() {
    for (accepted, tries) in [("authentication", 1), ("authorization", 2)] {
        let world = World::with("tiendanube", 3, RateMode::Off, &[("auth_header", accepted)]).await;
        let connector = world.connector();
        connector.identify().await.unwrap();
        assert_eq!(connector.requests(), tries, "{accepted}");
        connector.identify().await.unwrap();
        assert_eq!(connector.requests(), tries + 1, "{accepted}");
        let other = if accepted == "authorization" { "authentication" } else { "authorization" };
        let fixed = |name: &str| {
            world.connect(
                StoreAddress { auth_header: Some(name.to_owned()), ..world.address() },
                world.credentials(),
            )
        };
        assert!(fixed(accepted).identify().await.is_ok());
        assert!(matches!(fixed(other).identify().await, Err(ConnectorError::SignIn { .. })));
    }
}

#[tokio::test]
async fn the_whole_list_is_read_once_by_ascending_id() {
    let world = world(450).await;
    let (found, pages) = read_all(&*world.connector(), ListRequest::default()).await.unwrap();
    let truth = world.truth().await;
    assert_eq!((found.len(), truth.len(), pages), (450, 450, 3));
    for customer in truth {
        let record = &found[&customer["id"].to_string()];
        assert_eq!(record.email.value().map(String::as_str), customer["email"].as_str());
        assert_eq!(record.first_name.value().unwrap(), customer["name"].as_str().unwrap());
        assert_eq!(record.note.value().map(String::as_str), customer["note"].as_str());
        let billing = customer.as_object().unwrap().iter().any(|(key, value)| {
            key.starts_with("billing_") && value.as_str().is_some_and(|text| !text.is_empty())
        });
        let addresses = record.addresses.value().unwrap();
        assert_eq!(addresses.len(), customer["addresses"].as_array().unwrap().len() + usize::from(billing));
        assert!(record.orders.is_absent());
    }
    for request in world.log().await {
        assert!(request["query"].as_str().unwrap().contains("since_id="));
        assert!(!request["query"].as_str().unwrap().contains("&page="));
    }
}

#[tokio::test]
async fn only_what_changed_is_asked_for_and_nothing_new_is_one_question() {
    for past_end in ["404", "empty"] {
        let world = World::with("tiendanube", 300, RateMode::Off, &[("past_end", past_end)]).await;
        let connector = world.connector();
        let now = connector.identify().await.unwrap().server_time.unwrap();
        let since = ListRequest {
            updated_since: Some(now + chrono::TimeDelta::seconds(60)),
            ..ListRequest::default()
        };
        let before = connector.requests();
        assert_eq!(read_all(&*connector, since.clone()).await.unwrap().0.len(), 0);
        assert_eq!(connector.requests() - before, 1, "{past_end}");
        world.control("/clock", json!({"advance_ms": 120_000})).await;
        let id = world.truth().await[44]["id"].to_string();
        world.control("/edit", json!({"id": id, "set": {"note": "mudou"}})).await;
        let (found, _) = read_all(&*connector, since).await.unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), [&id]);
    }
}

#[tokio::test]
async fn orders_come_with_one_customer_and_not_before_a_write() {
    let world = world(40).await;
    let connector = world.connector();
    for customer in world.truth().await {
        let id = RemoteId::new(customer["id"].to_string());
        let before = connector.requests();
        let record = fetched(&*connector, &id).await;
        let orders = customer["orders"].as_array().unwrap();
        assert_eq!(record.orders.value().unwrap().len(), orders.len());
        // The record, what stands beside it in two places, and the orders where there are any.
        assert_eq!(connector.requests() - before, if orders.is_empty() { 3 } else { 4 });
        let Fetched::Found { record, .. } = connector.fetch(&id, Urgency::Push).await.unwrap() else {
            panic!()
        };
        assert!(record.orders.is_absent());
    }
    world
        .fault(json!({"match": {"path_contains": "/orders"}, "fault": {"kind": "status", "status": 403, "body": {"code": 403, "message": "Forbidden"}}}))
        .await;
    let buyer = world.truth().await.into_iter().find(|customer| customer["orders"] != json!([])).unwrap();
    let record = fetched(&*connector, &RemoteId::new(buyer["id"].to_string())).await;
    assert!(record.orders.is_absent(), "a token without that scope says nothing about orders");
}

#[tokio::test]
async fn a_change_leaves_everything_else_as_it_was_on_both_kinds_of_store() {
    for put in ["merge", "replace"] {
        for put_addresses in ["removed", "kept"] {
            let variants = [("put", put), ("put_addresses", put_addresses)];
            let world = World::with("tiendanube", 400, RateMode::Off, &variants).await;
            let connector = world.connector();
            let id = rich(&world).await;
            let before = world.true_customer(id.as_str()).await;
            let fresh = fetched(&*connector, &id).await;
            let changes = [(Field::Note, text("Liga de tarde")), (Field::Phone, FieldValue::Null)];
            let record = shown(connector.update(&fresh, &changes).await.unwrap());
            assert_eq!(record.note, Presence::Value("Liga de tarde".to_owned()));
            let mut expected = before.clone();
            let mut after = world.true_customer(id.as_str()).await;
            expected["note"] = json!("Liga de tarde");
            expected["phone"] = Value::Null;
            for customer in [&mut expected, &mut after] {
                customer.as_object_mut().unwrap().remove("updated_at");
            }
            assert_eq!(after, expected, "{variants:?}");
        }
    }
}

fn address(record: &CustomerRecord, key: &str) -> Option<Address> {
    record.addresses.value().unwrap().iter().find(|address| address.key == key).cloned()
}

#[tokio::test]
async fn addresses_are_changed_added_and_removed() {
    for put in ["merge", "replace"] {
        for blank in ["empty", "null"] {
            let world =
                World::with("tiendanube", 400, RateMode::Off, &[("put", put), ("address_blank", blank)])
                    .await;
            let connector = world.connector();
            let id = rich(&world).await;
            let fresh = fetched(&*connector, &id).await;
            let list = fresh.addresses.value().unwrap();
            let (first, last) =
                (list[0].clone(), list.iter().rfind(|one| one.key != Address::BILLING).unwrap().clone());
            let moved = Address { city: Some("Recife".to_owned()), phone: None, ..first.clone() };
            let added = Address {
                key: "new-1".to_owned(),
                street: Some("Rua Nova".to_owned()),
                number: Some("7".to_owned()),
                country: Some("br".to_owned()),
                ..Address::default()
            };
            let billing =
                Address { city: Some("Olinda".to_owned()), ..address(&fresh, Address::BILLING).unwrap() };
            let at = |key: &str| Field::Address(key.to_owned());
            let value = |address: &Address| FieldValue::Address(Box::new(address.clone()));
            let changes = [
                (at(&first.key), value(&moved)),
                (at("new-1"), value(&added)),
                (at(&last.key), FieldValue::Null),
                (at(Address::BILLING), value(&billing)),
            ];
            connector.update(&fresh, &changes).await.unwrap();
            let after = fetched(&*connector, &id).await;
            assert!(address(&after, &first.key).unwrap().same_place(&moved), "{put} {blank}");
            assert!(address(&after, &first.key).unwrap().is_default);
            assert_eq!(address(&after, &last.key), None);
            assert_eq!(address(&after, Address::BILLING).unwrap().city.as_deref(), Some("Olinda"));
            let new =
                after.addresses.value().unwrap().iter().find(|one| one.street.as_deref() == Some("Rua Nova"));
            assert_eq!(new.unwrap().country.as_deref(), Some("BR"));
            assert_eq!(after.addresses.value().unwrap().len(), list.len());

            connector.update(&after, &[(at(Address::BILLING), FieldValue::Null)]).await.unwrap();
            assert_eq!(address(&fetched(&*connector, &id).await, Address::BILLING), None);
        }
    }
}

#[tokio::test]
async fn what_a_broken_answer_lacks_is_not_deleted_by_writing() {
    let world = World::with("tiendanube", 400, RateMode::Off, &[("put", "replace")]).await;
    let connector = world.connector();
    let id = rich(&world).await;
    let before = world.true_customer(id.as_str()).await;
    for kind in ["wrong_types", "missing_fields"] {
        world.fault(json!({"match": {"method": "GET", "count": 1}, "fault": {"kind": kind}})).await;
        let Fetched::Found { record, .. } = connector.fetch(&id, Urgency::Push).await.unwrap() else {
            panic!()
        };
        let written = connector.update(&record, &[(Field::Note, text("x"))]).await;
        assert!(matches!(written, Err(ConnectorError::Unreadable { .. })), "{kind} {written:?}");
        world.clear_faults().await;
    }
    assert_eq!(world.true_customer(id.as_str()).await, before);
}

#[tokio::test]
async fn a_customer_is_made_found_and_deleted() {
    let world = world(60).await;
    let connector = world.connector();
    let new = NewCustomer {
        fields: vec![
            (Field::FirstName, text("Zuleica Prado")),
            (Field::Email, text("zuleica@correio.example")),
            (Field::Document, text("529.982.247-25")),
            (Field::Extra("talle".to_owned()), text("P")),
        ],
        addresses: vec![Address {
            street: Some("Rua A".to_owned()),
            country: Some("BR".to_owned()),
            ..Address::default()
        }],
        invite: false,
        password: None,
    };
    let made = connector.create(&new).await.unwrap().record;
    assert_eq!(made.addresses.value().unwrap().len(), 1);
    assert_eq!(made.extra.value().unwrap()["talle"], "P");
    for (email, document) in [
        (Some("ZULEICA@correio.example"), None),
        (None, Some("52998224725")),
        (None, Some("529.982.247-25")),
        (Some("nobody@correio.example"), Some("52998224725")),
    ] {
        let found = connector.find(email, document).await.unwrap();
        assert_eq!(found.iter().map(|record| &record.remote_id).collect::<Vec<_>>(), [&made.remote_id]);
    }
    for (email, document) in
        [(Some("uleica@correio.example"), Some("5299822472")), (Some("email@naoinformado.com"), None)]
    {
        assert_eq!(connector.find(email, document).await, Ok(Vec::new()));
    }
    let again = connector.create(&new).await.unwrap_err();
    let ConnectorError::Refused { status: 422, fields, .. } = again else { panic!("{again:?}") };
    assert_eq!(fields[0].field, "email");

    assert_eq!(connector.delete(&made.remote_id).await, Ok(Deleted::Done));
    assert_eq!(connector.delete(&made.remote_id).await, Ok(Deleted::Missing));
    assert!(matches!(connector.fetch(&made.remote_id, Urgency::Opened).await, Ok(Fetched::Missing { .. })));
    assert_eq!(connector.update(&made, &[(Field::Note, text("x"))]).await, Ok(Written::Missing));
    let buyer = world.truth().await.into_iter().find(|customer| customer["orders"] != json!([])).unwrap();
    let refused = connector.delete(&RemoteId::new(buyer["id"].to_string())).await;
    assert!(matches!(refused, Err(ConnectorError::Refused { status: 422, .. })), "{refused:?}");
}

#[tokio::test]
async fn scopes_and_payment_are_told_apart() {
    let world = world(5).await;
    let connector = world.connector();
    let fresh = connector.list(&ListRequest::default(), Urgency::Opened).await.unwrap().records.remove(0);
    world.set_variant("scope", "read").await;
    let written = connector.update(&fresh, &[(Field::Note, text("x"))]).await;
    assert!(matches!(written, Err(ConnectorError::Forbidden { .. })));
    assert!(connector.identify().await.is_ok());
    world.set_variant("scope", "none").await;
    assert!(matches!(connector.identify().await, Err(ConnectorError::Forbidden { .. })));
    world.set_variant("scope", "write").await;
    world.set_variant("store_state", "unpaid").await;
    assert!(matches!(connector.identify().await, Err(ConnectorError::Unpaid { .. })));
    world.set_variant("store_state", "active").await;
    world.control("/revoke", json!({})).await;
    assert!(matches!(connector.identify().await, Err(ConnectorError::SignIn { .. })));
    let wrong = StoreAddress { store_id: Some("1".to_owned()), ..world.address() };
    assert!(matches!(
        world.connect(wrong, world.credentials()).identify().await,
        Err(ConnectorError::SignIn { .. })
    ));
    let mut elsewhere = world.address();
    elsewhere.url.set_path("/v7");
    let elsewhere = world.connect(elsewhere, world.credentials());
    assert_eq!(elsewhere.identify().await, Err(ConnectorError::WrongAddress));
}

#[tokio::test]
async fn a_person_whose_data_was_taken_away_is_marked() {
    let world = World::with("tiendanube", 20, RateMode::Off, &[("redacted_answer", "blanked")]).await;
    let connector = world.connector();
    let id = RemoteId::new(world.truth().await[3]["id"].to_string());
    assert!(!fetched(&*connector, &id).await.anonymized);
    world.control("/redact", json!({"id": id.as_str()})).await;
    assert!(fetched(&*connector, &id).await.anonymized);
    let (found, _) = read_all(&*connector, ListRequest::default()).await.unwrap();
    assert_eq!(found.values().filter(|record| record.anonymized).count(), 1);
}
