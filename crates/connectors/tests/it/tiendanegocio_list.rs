//! Tiendanegocio: reading the list, under everything that no document says about it.

use std::collections::BTreeSet;

use clientela_connectors::{ConnectorError, ListRequest, Page, StoreAddress, Urgency};
use clientela_domain::{Presence, RemoteId};
use clientela_sandbox::RateMode;
use serde_json::{Value, json};

use crate::server::{Server, answer, json as reply};
use crate::stores::read_all;
use crate::world::World;

async fn world(customers: usize) -> World {
    World::start("tiendanegocio", customers, RateMode::Off).await
}

async fn varied(customers: usize, variants: &[(&str, &str)]) -> World {
    World::with("tiendanegocio", customers, RateMode::Off, variants).await
}

fn id_of(customer: &Value) -> RemoteId {
    RemoteId::new(customer["id"].to_string())
}

fn ids(page: &Page) -> Vec<&str> {
    page.records.iter().map(|record| record.remote_id.as_str()).collect()
}

#[tokio::test]
async fn the_whole_list_is_read_once_by_ascending_id() {
    let world = world(450).await;
    let (found, pages) = read_all(&*world.connector(), ListRequest::default()).await.unwrap();
    let truth = world.truth().await;
    assert_eq!((found.len(), truth.len(), pages), (450, 450, 3));
    for customer in truth {
        let record = &found[id_of(&customer).as_str()];
        assert_eq!(record.email.value().map(String::as_str), customer["email"].as_str());
        assert_eq!(record.last_name.value().map(String::as_str), customer["last_name"].as_str());
        assert_eq!(record.note.value().map(String::as_str), customer["note"].as_str());
        let orders = customer["orders"].as_array().unwrap().len();
        assert_eq!(record.orders_count, Presence::Value(orders as i64));
        assert_eq!(record.last_order_at.value().is_some(), orders > 0);
        assert_eq!(
            record.total_spent.value().unwrap().to_string(),
            customer["total_spent"].as_str().unwrap()
        );
        assert_eq!(record.addresses.value().unwrap().len(), usize::from(customer["address"].is_object()));
        assert!(record.company.is_absent());
    }
    for request in world.log().await {
        let query = request["query"].as_str().unwrap();
        assert!(query.contains("since_id=") && !query.contains("&page="), "{query}");
    }
}

#[tokio::test]
async fn an_empty_store_is_a_store() {
    for past_end in ["404", "empty"] {
        let world = varied(0, &[("past_end", past_end)]).await;
        let connector = world.connector();
        assert_eq!(connector.identify().await.unwrap().customers, Some(0));
        assert_eq!(read_all(&*connector, ListRequest::default()).await.unwrap().0.len(), 0);
    }
}

#[tokio::test]
async fn every_filter_narrows_the_list_whatever_the_store_does_with_it() {
    for variants in [
        vec![],
        vec![("bounds", "exclusive"), ("date_spelling", "offset")],
        vec![("since_id_filters", "alone"), ("list_order", "updated")],
        vec![("next_page", "loses_filters"), ("per_page_max", "50"), ("per_page_over", "422")],
        vec![("date_spelling", "seconds"), ("bounds", "exclusive"), ("past_end", "404")],
    ] {
        let world = varied(160, &variants).await;
        let truth = world.truth().await;
        let at = |key: &str, place: usize| {
            let mut moments: Vec<chrono::DateTime<chrono::Utc>> =
                truth.iter().map(|one| one[key].as_str().unwrap().parse().unwrap()).collect();
            moments.sort();
            moments[place]
        };
        let (from, until) = (at("created_at", 30), at("created_at", 120));
        let requests = [
            ListRequest { created_since: Some(from), created_until: Some(until), ..ListRequest::default() },
            ListRequest { updated_since: Some(at("updated_at", 100)), ..ListRequest::default() },
            ListRequest { updated_until: Some(at("updated_at", 20)), ..ListRequest::default() },
            ListRequest { since_id: Some(id_of(&truth[99])), ..ListRequest::default() },
            ListRequest { ids: truth.iter().step_by(2).map(id_of).collect(), ..ListRequest::default() },
            ListRequest {
                ids: vec![id_of(&truth[3]), RemoteId::new("999999"), RemoteId::new("no-number")],
                since_id: Some(id_of(&truth[2])),
                ..ListRequest::default()
            },
            ListRequest {
                search: Some("ana".to_owned()),
                created_since: Some(from),
                ..ListRequest::default()
            },
        ];
        for request in requests {
            let (found, _) = read_all(&*world.connector(), request.clone()).await.unwrap();
            // The store keeps milliseconds at most, and whole seconds under one of the spellings.
            let fits = |one: &&Value| {
                let seconds = |key: &str| {
                    let moment: chrono::DateTime<chrono::Utc> = one[key].as_str().unwrap().parse().unwrap();
                    moment.timestamp()
                };
                let within = |at: i64,
                              since: Option<chrono::DateTime<chrono::Utc>>,
                              until: Option<chrono::DateTime<chrono::Utc>>| {
                    since.is_none_or(|since| at >= since.timestamp())
                        && until.is_none_or(|until| at <= until.timestamp())
                };
                let told = ["name", "last_name", "email", "identification"]
                    .map(|key| one[key].as_str().unwrap_or_default().to_lowercase());
                within(seconds("created_at"), request.created_since, request.created_until)
                    && within(seconds("updated_at"), request.updated_since, request.updated_until)
                    && (request.ids.is_empty() || request.ids.contains(&id_of(one)))
                    && request
                        .since_id
                        .as_ref()
                        .is_none_or(|since| one["id"].as_i64().unwrap() > since.as_str().parse().unwrap())
                    && request.search.as_ref().is_none_or(|word| {
                        told.iter().any(|text| text.contains(word.as_str()))
                            || format!("{} {}", told[0], told[1]).contains(word.as_str())
                    })
            };
            let expected: BTreeSet<String> =
                truth.iter().filter(fits).map(|one| one["id"].to_string()).collect();
            let told: BTreeSet<String> = found.keys().cloned().collect();
            assert_eq!(told, expected, "{variants:?} {request:?}");
        }
    }
    let world = world(3).await;
    let wrong = ListRequest { group: Some("vip".to_owned()), ..ListRequest::default() };
    assert_eq!(world.connector().list(&wrong, Urgency::Opened).await, Err(ConnectorError::Unsupported));
}

#[tokio::test]
async fn only_what_changed_is_asked_for_and_nothing_new_is_one_question() {
    for filters in ["both", "alone"] {
        let world = varied(600, &[("since_id_filters", filters)]).await;
        let connector = world.connector();
        let now = connector.identify().await.unwrap().server_time.unwrap();
        let since = ListRequest {
            updated_since: Some(now + chrono::TimeDelta::seconds(60)),
            ..ListRequest::default()
        };
        assert_eq!(read_all(&*connector, since.clone()).await.unwrap().0.len(), 0);
        world.control("/clock", json!({"advance_ms": 120_000})).await;
        let id = world.truth().await[444]["id"].to_string();
        world.control("/edit", json!({"id": id, "set": {"note": "cambió"}})).await;
        let before = connector.requests();
        let (found, _) = read_all(&*connector, since.clone()).await.unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), [&id]);
        assert_eq!(connector.requests() - before, 1, "{filters}");
        // More than a page of changes is read in the order of ids again, and held against the time here.
        let request = ListRequest { updated_since: Some(now - chrono::TimeDelta::days(36_500)), ..since };
        assert_eq!(read_all(&*connector, request).await.unwrap().0.len(), 600, "{filters}");
    }
}

#[tokio::test]
async fn a_store_that_ignores_ids_in_lists_is_read_by_numbered_pages() {
    let rows = |range: std::ops::Range<u32>| -> Vec<Value> { range.map(|id| json!({"id": id})).collect() };
    let page = |number: u32, next: Value, rows: Vec<Value>| {
        let pagination = json!({"total": 5, "page": number, "per_page": 3, "next_page": next});
        reply(200, &json!({"pagination": pagination, "results": rows}).to_string())
    };
    let descending: Vec<Value> = rows(3..6).into_iter().rev().collect();
    let last: Vec<Value> = rows(1..3).into_iter().rev().collect();
    let server = Server::start(vec![
        page(1, json!("http://127.0.0.1:1/elsewhere?page=2"), descending.clone()),
        page(1, json!("http://127.0.0.1:1/elsewhere?page=2"), descending.clone()),
        page(1, json!("http://127.0.0.1:1/elsewhere?page=2"), descending),
        page(2, Value::Null, last),
    ])
    .await;
    let world = world(0).await;
    let address = StoreAddress { url: server.address.parse().unwrap(), ..world.address() };
    let connector = world.connect(address, world.credentials());
    let since = "2024-05-06T07:08:09Z".parse().unwrap();
    let mut request =
        ListRequest { page_size: Some(3), updated_since: Some(since), ..ListRequest::default() };
    let first = connector.list(&request, Urgency::Sweep).await.unwrap();
    assert_eq!(ids(&first), ["5", "4", "3"]);
    request.position = first.next;
    assert_eq!(request.position.as_deref(), Some("page:2/3"));
    let second = connector.list(&request, Urgency::Sweep).await.unwrap();
    assert_eq!((ids(&second), &second.next), (vec!["2", "1"], &None));
    let asked = server.requests();
    // It is asked again before it counts as out of order.
    assert!(asked[..2].iter().all(|request| request.contains("since_id=0&")), "{asked:?}");
    assert!(!asked[2].contains("since_id") && asked[3].contains("page=2&per_page=3"), "{asked:?}");
    assert!(asked.iter().all(|request| request.contains("updated_at_min=2024-05-06T07%3A08%3A08%2B00%3A00")));
}

#[tokio::test]
async fn an_order_that_breaks_later_begins_again_by_numbered_pages() {
    let page = |rows: Value, next: &str| {
        reply(
            200,
            &json!({"pagination": {"page": 1, "per_page": 1, "next_page": next}, "results": rows})
                .to_string(),
        )
    };
    let server = Server::start(vec![
        page(json!([{"id": 9}]), "x"),
        page(json!([]), ""),
        page(json!([]), ""),
        page(json!([{"id": 9}]), "x"),
    ])
    .await;
    let world = world(0).await;
    let address = StoreAddress { url: server.address.parse().unwrap(), ..world.address() };
    let connector = world.connect(address, world.credentials());
    let mut request = ListRequest { page_size: Some(1), ..ListRequest::default() };
    request.position = connector.list(&request, Urgency::Sweep).await.unwrap().next;
    assert_eq!(request.position.as_deref(), Some("since_id:9+"));
    let again = connector.list(&request, Urgency::Sweep).await.unwrap();
    assert_eq!((ids(&again), again.next.as_deref()), (vec!["9"], Some("page:2/1")));
    assert!(server.requests()[3].contains("page=1&per_page=1"));
}

#[tokio::test]
async fn a_list_that_does_not_move_on_is_an_error_and_not_an_end() {
    let rows: Vec<Value> = (1..=3).map(|id| json!({"id": id})).collect();
    let headers = [("content-type", "application/json")];
    let body = json!({"pagination": {"next_page": "x"}, "results": rows}).to_string();
    let server = Server::start(vec![answer(200, &headers, body.as_bytes())]).await;
    let world = world(0).await;
    let address = StoreAddress { url: server.address.parse().unwrap(), ..world.address() };
    let connector = world.connect(address, world.credentials());
    let mut request = ListRequest { page_size: Some(3), ..ListRequest::default() };
    // By id, then by number since the store begins from the front again, and then it is enough.
    for position in ["since_id:3+", "page:2/3/1-3"] {
        request.position = connector.list(&request, Urgency::Sweep).await.unwrap().next;
        assert_eq!(request.position.as_deref(), Some(position));
    }
    let stuck = connector.list(&request, Urgency::Sweep).await;
    assert!(matches!(stuck, Err(ConnectorError::Unreadable { .. })), "{stuck:?}");
}

#[tokio::test]
async fn an_empty_page_within_the_list_is_not_believed_at_once() {
    let world = world(90).await;
    let connector = world.connector();
    world
        .fault(json!({"match": {"path_contains": "/customers", "nth": 3}, "fault": {"kind": "empty_list"}}))
        .await;
    let request = ListRequest { page_size: Some(20), ..ListRequest::default() };
    assert_eq!(read_all(&*connector, request).await.unwrap().0.len(), 90);
}

#[tokio::test]
async fn a_page_that_is_too_large_for_the_store_is_asked_for_smaller() {
    for (over, shape) in [("422", "flat"), ("422", "no_fields"), ("422", "errors"), ("clamped", "flat")] {
        let variants = [("per_page_max", "50"), ("per_page_over", over), ("unprocessable", shape)];
        let world = varied(130, &variants).await;
        let connector = world.connector();
        let (found, pages) = read_all(&*connector, ListRequest::default()).await.unwrap();
        assert_eq!((found.len(), pages), (130, 3), "{over} {shape}");
        let refused = world.statuses().await.get(&422).copied().unwrap_or_default();
        assert_eq!(refused, if over == "422" { 2 } else { 0 });
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_counted_and_the_page_stands() {
    let world = world(10).await;
    let connector = world.connector();
    world.fault(json!({"fault": {"kind": "wrong_types", "records": 2, "fields": ["id"]}})).await;
    let page = connector.list(&ListRequest::default(), Urgency::Sweep).await.unwrap();
    assert_eq!((page.records.len(), page.rejected.len()), (8, 2));
    assert_eq!(page.rejected[0].reason, "id is an object, not a whole number");
}
