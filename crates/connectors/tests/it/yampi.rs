//! Yampi against the sandbox.

use std::sync::Arc;
use std::time::Duration;

use clientela_connectors::{
    Clock, Connector, ConnectorError, Fetched, ListRequest, NewCustomer, StoreCredentials, Urgency, Written,
};
use clientela_domain::{Address, CustomerRecord, Field, FieldValue, Presence, RemoteId};
use clientela_sandbox::RateMode;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::stores::{fetched, read_all, shown, text};
use crate::world::World;

const CPF: &str = "390.533.447-05";

async fn world(customers: usize, variants: &[(&str, &str)]) -> World {
    World::with("yampi", customers, RateMode::Off, variants).await
}

fn without_alias(world: &World) -> Arc<dyn Connector> {
    let mut address = world.address();
    address.alias = None;
    world.connect(address, world.credentials())
}

fn id_of(customer: &Value) -> RemoteId {
    RemoteId::new(customer["id"].to_string())
}

/// Somebody with everything that a write may demand.
async fn somebody(world: &World, nth: usize) -> Value {
    let whole = |customer: &Value| {
        ["email", "cpf", "phone", "notes", "birthday", "last_name"]
            .iter()
            .all(|key| customer[*key].is_string())
            && customer["addresses"].as_array().is_some_and(|list| !list.is_empty())
    };
    world.truth().await.into_iter().filter(whole).nth(nth).unwrap()
}

#[tokio::test]
async fn it_tells_whose_store_it_is_with_one_question() {
    let world = world(30, &[]).await;
    let connector = world.connector();
    let identity = connector.identify().await.unwrap();
    assert_eq!((identity.customers, identity.alias.as_deref()), (Some(30), None));
    assert_eq!(connector.requests(), 1);
    world.control("/revoke", json!({})).await;
    assert!(matches!(connector.identify().await, Err(ConnectorError::SignIn { .. })));
    let renewed = world.control("/accounts", json!({})).await["accounts"][0].clone();
    let secret = |key: &str| SecretString::from(renewed[key].as_str().unwrap().to_owned());
    let credentials = StoreCredentials {
        secret: secret("token"),
        second_secret: Some(secret("secret_key")),
        ..world.credentials()
    };
    let again = world.connect(world.address(), credentials).identify().await.unwrap();
    assert_eq!(again.account, identity.account, "a new token is the same account");
}

#[tokio::test]
async fn an_alias_that_was_not_given_is_found_out_and_told() {
    for merchants in ["one", "two"] {
        let world = world(12, &[("merchants", merchants)]).await;
        let connector = without_alias(&world);
        let identity = connector.identify().await.unwrap();
        assert_eq!(identity.alias, world.address().alias, "{merchants}");
        assert_eq!(identity.account, world.connector().identify().await.unwrap().account);
        assert_eq!(read_all(&*connector, ListRequest::default()).await.unwrap().0.len(), 12);
    }
    let several = world(2, &[("merchants", "several")]).await;
    let error = without_alias(&several).identify().await.unwrap_err();
    let ConnectorError::BadAddress { detail } = error else { panic!("{error:?}") };
    assert!(detail.contains("loja-amostra") && detail.contains("outra-loja"), "{detail}");
    assert!(!detail.contains("loja-fechada"));
    let other = StoreAddressOf(&several).alias("outra-loja");
    let account = other.identify().await.unwrap().account;
    assert_ne!(account, several.connector().identify().await.unwrap().account);

    let closed = world(2, &[("store_state", "inactive")]).await;
    assert!(matches!(without_alias(&closed).identify().await, Err(ConnectorError::Forbidden { .. })));
    assert!(matches!(closed.connector().identify().await, Err(ConnectorError::Forbidden { .. })));
}

struct StoreAddressOf<'a>(&'a World);

impl StoreAddressOf<'_> {
    fn alias(&self, alias: &str) -> Arc<dyn Connector> {
        let mut address = self.0.address();
        address.alias = Some(alias.to_owned());
        self.0.connect(address, self.0.credentials())
    }
}

#[tokio::test]
async fn an_alias_of_nobody_is_told_as_the_store_tells_it() {
    let world = world(2, &[]).await;
    let other = StoreAddressOf(&world).alias("nobodys");
    assert_eq!(other.identify().await, Err(ConnectorError::WrongAddress));
    world.set_variant("yampi.unknown_alias", "403").await;
    assert!(matches!(other.identify().await, Err(ConnectorError::Forbidden { .. })));
}

#[tokio::test]
async fn the_whole_list_is_read_by_scroll_and_by_pages_alike() {
    for (variants, pages) in [
        (&[][..], 4),
        (&[("scroll_ids", "fresh")], 4),
        (&[("scroll", "ignored")], 3),
        (&[("scroll", "ignored"), ("list_order", "unstable")], 3),
        (&[("scroll", "ignored"), ("meta_numbers", "text"), ("past_end", "last")], 3),
    ] {
        let world = world(230, variants).await;
        let (found, read) = read_all(&*world.connector(), ListRequest::default()).await.unwrap();
        let truth = world.truth().await;
        assert_eq!((found.len(), truth.len(), read), (230, 230, pages), "{variants:?}");
        for customer in &truth {
            is_as_in_truth(&found[&customer["id"].to_string()], customer);
        }
    }
}

fn is_as_in_truth(record: &CustomerRecord, customer: &Value) {
    let told = |field: &Presence<String>| field.value().cloned().unwrap_or_default();
    let truth = |key: &str| customer[key].as_str().unwrap_or_default().to_owned();
    for (field, key) in [
        (&record.first_name, "first_name"),
        (&record.last_name, "last_name"),
        (&record.email, "email"),
        (&record.phone, "phone"),
        (&record.company, "razao_social"),
        (&record.note, "notes"),
    ] {
        assert_eq!(told(field), truth(key), "{key}");
    }
    assert_eq!(
        record.birthday.map(|day| day.to_string()).into_value().unwrap_or_default(),
        truth("birthday")
    );
    assert_eq!(record.is_active, Presence::Value(customer["active"] == true));
    assert_eq!(record.accepts_marketing, Presence::Value(customer["newsletter"] == true));
    assert_eq!(record.own["type"].as_deref(), customer["type"].as_str());
    assert_eq!(record.own["state_registration"].as_deref(), customer["state_registration"].as_str());
    let document = if customer["type"] == "j" { truth("cnpj") } else { truth("cpf") };
    let main = record.documents.value().and_then(|list| list.first()).map(|main| main.number.clone());
    assert_eq!(main.unwrap_or_default(), document);
    let places =
        |list: &Value| list.as_array().unwrap().iter().map(|one| one["id"].to_string()).collect::<Vec<_>>();
    let keys = record.addresses.value().unwrap().iter().map(|address| address.key.clone());
    assert_eq!(keys.collect::<Vec<_>>(), places(&customer["addresses"]));
    let last = customer["orders"].as_array().unwrap().last();
    let placed = last.map(|order| order["created_at"].as_str().unwrap().parse().unwrap());
    assert_eq!(record.last_order_at.into_value(), placed, "a local time and the name of its zone");
}

#[tokio::test]
async fn no_sign_in_link_token_or_address_of_a_customer_gets_into_a_record() {
    let world = world(40, &[]).await;
    let connector = world.connector();
    let truth = world.truth().await;
    let (found, _) = read_all(&*connector, ListRequest::default()).await.unwrap();
    let person = somebody(&world, 0).await;
    let fresh = fetched(&*connector, &id_of(&person)).await;
    let updated = shown(connector.update(&fresh, &[(Field::Note, text("nova"))]).await.unwrap());
    let refused = connector.update(&fresh, &[(Field::Email, text("no mail"))]).await.unwrap_err();
    let mut printed = format!("{refused:?} {refused} {fresh:?} {updated:?}");
    printed.extend(found.values().map(|record| serde_json::to_string(record).unwrap()));
    for customer in truth {
        for secret in ["token", "login_url"] {
            assert!(!printed.contains(customer[secret].as_str().unwrap()), "{secret}");
        }
    }
    assert!(!printed.contains("203.0.113.") && !printed.contains("social_id"));
    assert!(!printed.contains("customer-token") && !printed.contains("customer-login"));
    for request in world.log().await.iter().filter(|request| request["method"] == "PUT") {
        assert!(!request["body"].as_str().unwrap().contains("customer-"), "nothing of it is sent back");
    }
}

#[tokio::test]
async fn groups_are_told_by_customers_and_by_clusters() {
    for cluster_id in ["told", "null"] {
        let world = world(60, &[("cluster_id", cluster_id)]).await;
        let (found, _) = read_all(&*world.connector(), ListRequest::default()).await.unwrap();
        for customer in world.truth().await {
            let expected: Vec<String> = match customer["cluster_id"].as_i64() {
                Some(number) => {
                    vec![["Atacado", "Clientes fiéis", "Revenda São Paulo"][number as usize - 501].to_owned()]
                }
                None => Vec::new(),
            };
            assert_eq!(found[&customer["id"].to_string()].groups, Presence::Value(expected), "{cluster_id}");
        }
    }
    let world = world(10, &[]).await;
    for status in [403, 404] {
        let rule = json!({"match": {"path_contains": "/clusters"}, "fault": {"kind": "status", "status": status, "body": {"message": "x"}}});
        world.fault(rule).await;
        let (found, _) = read_all(&*world.connector(), ListRequest::default()).await.unwrap();
        assert!(found.values().all(|record| record.groups.is_absent()), "unknown is not none");
        world.clear_faults().await;
    }
}

#[tokio::test]
async fn a_list_that_is_gone_on_with_after_a_restart_knows_its_groups() {
    let world = world(130, &[]).await;
    let first = world.connector().list(&ListRequest::default(), Urgency::Sweep).await.unwrap();
    assert_eq!((first.records.len(), first.total), (100, Some(130)));
    let request = ListRequest { position: first.next, ..ListRequest::default() };
    let (rest, _) = read_all(&*world.connector(), request).await.unwrap();
    assert_eq!(rest.len(), 30);
    assert!(rest.values().all(|record| record.groups.value().is_some()));
}

#[tokio::test]
async fn a_scroll_that_ran_out_begins_again_by_pages_and_misses_nobody() {
    for expired in ["400", "404", "empty"] {
        let world = world(230, &[("scroll", "expires_quickly"), ("scroll_expired", expired)]).await;
        let connector = world.connector();
        let mut request = ListRequest::default();
        request.position = connector.list(&request, Urgency::Sweep).await.unwrap().next;
        assert!(request.position.as_deref().unwrap().starts_with("scroll:"));
        world.control("/clock", json!({"advance_ms": 11_000})).await;
        for connector in [connector, world.connector()] {
            let (found, _) = read_all(&*connector, request.clone()).await.unwrap();
            assert_eq!(found.len(), 230, "{expired}");
        }
    }
}

#[tokio::test]
async fn a_page_of_a_scroll_that_got_lost_is_noticed() {
    // The first answer to the second page never arrives, and the store has moved on when it is asked again.
    let world = world(230, &[]).await;
    let connector = world.connector();
    let mut request = ListRequest::default();
    let first = connector.list(&request, Urgency::Sweep).await.unwrap();
    request.position = first.next;
    world
        .fault(json!({"match": {"path_contains": "/customers", "nth": 1}, "fault": {"kind": "reset_after"}}))
        .await;
    let (found, _) = read_all(&*connector, request).await.unwrap();
    assert_eq!(found.len(), 230, "the list began again");
}

#[tokio::test]
async fn words_groups_and_days_narrow_the_list() {
    let world = world(120, &[("customer_dates", "object")]).await;
    let connector = world.connector();
    let truth = world.truth().await;
    let person = somebody(&world, 3).await;
    let email = person["email"].as_str().unwrap().to_owned();
    let search = ListRequest { search: Some(email.clone()), ..ListRequest::default() };
    let (found, _) = read_all(&*connector, search.clone()).await.unwrap();
    assert!(found.len() < 10 && found.contains_key(&person["id"].to_string()));

    let group = ListRequest { group: Some("Clientes fiéis".to_owned()), ..ListRequest::default() };
    let (found, _) = read_all(&*connector, group.clone()).await.unwrap();
    let members = truth.iter().filter(|customer| customer["cluster_id"] == 502);
    assert_eq!(found.len(), members.clone().count());
    assert!(members.clone().all(|member| found.contains_key(&member["id"].to_string())));
    let member = members.clone().find(|member| member["email"].is_string()).unwrap();
    let both = ListRequest { search: member["email"].as_str().map(str::to_owned), ..group };
    assert!(read_all(&*connector, both).await.unwrap().0.len() < members.count());
    let nobodys = ListRequest { group: Some("Ninguém".to_owned()), ..ListRequest::default() };
    assert!(matches!(connector.list(&nobodys, Urgency::Opened).await, Err(ConnectorError::Refused { .. })));

    let moments: Vec<chrono::DateTime<chrono::Utc>> =
        truth.iter().map(|customer| customer["created_at"].as_str().unwrap().parse().unwrap()).collect();
    let mut sorted = moments.clone();
    sorted.sort();
    let (from, until) = (sorted[30], sorted[80]);
    let made =
        ListRequest { created_since: Some(from), created_until: Some(until), ..ListRequest::default() };
    let expected = moments.iter().filter(|moment| (from..=until).contains(moment)).count();
    for filter in ["honoured", "ignored", "500"] {
        world.set_variant("yampi.date_filter", filter).await;
        let (found, _) = read_all(&*world.connector(), made.clone()).await.unwrap();
        assert_eq!(found.len(), expected, "{filter}");
    }
    let since = ListRequest { updated_since: Some(from), ..ListRequest::default() };
    assert_eq!(connector.list(&since, Urgency::Changes).await, Err(ConnectorError::Unsupported));
    let wrong = ListRequest { position: Some("since_id:7".to_owned()), ..ListRequest::default() };
    assert!(matches!(connector.list(&wrong, Urgency::Sweep).await, Err(ConnectorError::Unwritable { .. })));
}

#[tokio::test]
async fn one_customer_tells_addresses_and_orders() {
    for shape in ["wrapped", "flat", "null", "absent"] {
        let world = world(60, &[("include_shape", shape)]).await;
        let connector = world.connector();
        for customer in world.truth().await {
            let record = fetched(&*connector, &id_of(&customer)).await;
            let orders = customer["orders"].as_array().unwrap();
            assert_eq!(record.orders.value().unwrap().len(), orders.len(), "{shape}");
            assert_eq!(record.orders_count, Presence::Value(orders.len() as i64));
            let total = |order: &Value| order["total"].as_str().unwrap().to_owned();
            let mut expected: Vec<String> = orders.iter().map(total).collect();
            expected.sort();
            let told =
                record.orders.value().unwrap().iter().map(|order| format!("{:.2}", order.total.unwrap()));
            let mut told: Vec<String> = told.collect();
            told.sort();
            assert_eq!(told, expected);
            assert_eq!(
                record.addresses.value().unwrap().len(),
                customer["addresses"].as_array().unwrap().len()
            );
            assert!(record.remainder.keys().all(|key| ["merchant_id", "cluster_id"].contains(&key.as_str())));
        }
    }
    let world = world(5, &[]).await;
    let connector = world.connector();
    let person = world.truth().await[2].clone();
    for (variant, _) in [("404", 0), ("410", 0), ("200_empty", 0)] {
        world.set_variant("yampi.deleted_answer", variant).await;
        world.control("/delete", json!({"id": person["id"].to_string()})).await;
        assert_eq!(connector.fetch(&id_of(&person), Urgency::Push).await, Ok(Fetched::Missing), "{variant}");
    }
    let word = connector.fetch(&RemoteId::new("clusters"), Urgency::Opened).await;
    assert!(matches!(word, Err(ConnectorError::BadAddress { .. })));
}

#[tokio::test]
async fn orders_that_may_not_be_seen_or_are_not_looked_through_are_not_told() {
    let world = world(20, &[]).await;
    let connector = world.connector();
    let person = somebody(&world, 1).await;
    let faults = [
        json!({"kind": "status", "status": 403, "body": {"message": "x"}}),
        json!({"kind": "status", "status": 200, "body": {"data": [{"id": 1, "customer_id": 999_999}]}}),
    ];
    for fault in faults {
        world.fault(json!({"match": {"path_contains": "/orders"}, "fault": fault})).await;
        let record = fetched(&*connector, &id_of(&person)).await;
        assert!(record.orders.is_absent() && record.orders_count.is_absent());
        assert!(record.addresses.value().is_some());
        world.clear_faults().await;
    }
}

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

#[tokio::test]
async fn credentials_without_their_second_half_are_refused_here() {
    let world = world(1, &[]).await;
    let entry = clientela_connectors::platform("yampi").unwrap();
    let credentials = StoreCredentials { second_secret: None, ..world.credentials() };
    let refused = (entry.connect)(world.address(), credentials, world.time.ports());
    assert!(matches!(refused.err(), Some(ConnectorError::SignIn { .. })));
    assert_eq!(world.time.elapsed(), Duration::ZERO);
}
