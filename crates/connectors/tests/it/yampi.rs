//! Yampi against the sandbox.

use std::sync::Arc;
use std::time::Duration;

use clientela_connectors::{
    Clock, Connector, ConnectorError, Fetched, ListRequest, StoreCredentials, Urgency,
};
use clientela_domain::{CustomerRecord, Field, Presence, RemoteId};
use clientela_sandbox::RateMode;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::stores::{fetched, read_all, shown, text};
use crate::world::World;

pub(crate) async fn world(customers: usize, variants: &[(&str, &str)]) -> World {
    World::with("yampi", customers, RateMode::Off, variants).await
}

fn without_alias(world: &World) -> Arc<dyn Connector> {
    let mut address = world.address();
    address.alias = None;
    world.connect(address, world.credentials())
}

pub(crate) fn id_of(customer: &Value) -> RemoteId {
    RemoteId::new(customer["id"].to_string())
}

/// Somebody with everything that a write may demand.
pub(crate) async fn somebody(world: &World, nth: usize) -> Value {
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
        assert!(
            matches!(connector.fetch(&id_of(&person), Urgency::Push).await, Ok(Fetched::Missing { .. })),
            "{variant}"
        );
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
async fn credentials_without_their_second_half_are_refused_here() {
    let world = world(1, &[]).await;
    let entry = clientela_connectors::platform("yampi").unwrap();
    let credentials = StoreCredentials { second_secret: None, ..world.credentials() };
    let refused = (entry.connect)(world.address(), credentials, world.time.ports());
    assert!(matches!(refused.err(), Some(ConnectorError::SignIn { .. })));
    assert_eq!(world.time.elapsed(), Duration::ZERO);
}
