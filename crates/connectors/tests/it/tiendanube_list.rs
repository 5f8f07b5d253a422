//! Tiendanube: what the list is narrowed by, and pages that are not as they should be.

use clientela_connectors::{ConnectorError, ListRequest, StoreAddress, Urgency};
use clientela_domain::RemoteId;
use clientela_sandbox::RateMode;
use serde_json::{Value, json};

use crate::stores::read_all;
use crate::world::World;

async fn world(customers: usize) -> World {
    World::start("tiendanube", customers, RateMode::Off).await
}

#[tokio::test]
async fn an_empty_page_within_the_list_is_not_believed_at_once() {
    for link in ["present", "absent"] {
        let world = World::with("tiendanube", 90, RateMode::Off, &[("link", link)]).await;
        let connector = world.connector();
        world
            .fault(
                json!({"match": {"path_contains": "/customers", "nth": 3}, "fault": {"kind": "empty_list"}}),
            )
            .await;
        let request = ListRequest { page_size: Some(20), ..ListRequest::default() };
        assert_eq!(read_all(&*connector, request).await.unwrap().0.len(), 90, "{link}");
    }
}

#[tokio::test]
async fn a_list_that_does_not_move_on_is_an_error_and_not_an_end() {
    use crate::server::{Server, answer};
    let rows: Vec<Value> = (1..=3).map(|id| json!({"id": id})).collect();
    let headers = [("content-type", "application/json"), ("x-total-count", "9")];
    let server = Server::start(vec![answer(200, &headers, json!(rows).to_string().as_bytes())]).await;
    let world = world(0).await;
    let address = StoreAddress { url: server.address.parse().unwrap(), ..world.address() };
    let connector = world.connect(address, world.credentials());
    let mut request = ListRequest { page_size: Some(3), ..ListRequest::default() };
    let first = connector.list(&request, Urgency::Sweep).await.unwrap();
    request.position = first.next;
    assert_eq!(request.position.as_deref(), Some("since_id:3"));
    let second = connector.list(&request, Urgency::Sweep).await;
    assert!(matches!(second, Err(ConnectorError::Unreadable { .. })), "{second:?}");
}

#[tokio::test]
async fn a_page_that_is_too_large_for_the_store_is_asked_for_smaller() {
    use crate::server::{Server, answer, json as reply};
    let rows = [("content-type", "application/json"), ("x-total-count", "1")];
    let refused = reply(422, r#"{"per_page": ["must be less than or equal to 100"]}"#);
    let server = Server::start(vec![refused, answer(200, &rows, br#"[{"id": 7}]"#)]).await;
    let world = world(0).await;
    let address = StoreAddress { url: server.address.parse().unwrap(), ..world.address() };
    let connector = world.connect(address, world.credentials());
    for _ in 0..2 {
        let page = connector.list(&ListRequest::default(), Urgency::Sweep).await.unwrap();
        assert_eq!((page.records.len(), page.next), (1, None));
    }
    let asked: Vec<bool> = server.requests().iter().map(|request| request.contains("per_page=100")).collect();
    assert_eq!(asked, [false, true, true]);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_counted_and_the_page_stands() {
    let world = world(10).await;
    let connector = world.connector();
    world.fault(json!({"fault": {"kind": "wrong_types", "records": 2, "fields": ["id"]}})).await;
    let page = connector.list(&ListRequest::default(), Urgency::Sweep).await.unwrap();
    assert_eq!((page.records.len(), page.rejected.len()), (8, 2));
    assert_eq!(page.rejected[0].reason, "id is an object, not a whole number");
    world.clear_faults().await;
    world.fault(json!({"fault": {"kind": "wrong_types", "records": 1}})).await;
    let page = connector.list(&ListRequest::default(), Urgency::Sweep).await.unwrap();
    assert_eq!((page.records.len(), page.rejected.len()), (10, 0));
    assert!(page.records[0].email.is_absent() && page.records[0].addresses.is_absent());
}

#[tokio::test]
async fn every_filter_narrows_the_list_whatever_the_store_does_with_it() {
    for variants in [
        vec![],
        vec![("bounds", "exclusive"), ("date_spelling", "no_colon"), ("past_end", "empty")],
        vec![("ids_filter", "ignored"), ("link", "absent"), ("total_count", "absent")],
        vec![("big_ids", "on"), ("list_order", "updated")],
    ] {
        let world = World::with("tiendanube", 160, RateMode::Off, &variants).await;
        let truth = world.truth().await;
        let at = |key: &str, place: usize| {
            let mut moments: Vec<chrono::DateTime<chrono::Utc>> =
                truth.iter().map(|one| one[key].as_str().unwrap().parse().unwrap()).collect();
            moments.sort();
            moments[place]
        };
        let id = |place: usize| RemoteId::new(truth[place]["id"].to_string());
        let (from, until) = (at("created_at", 30), at("created_at", 120));
        for request in [
            ListRequest { created_since: Some(from), created_until: Some(until), ..ListRequest::default() },
            ListRequest { updated_since: Some(at("updated_at", 100)), ..ListRequest::default() },
            ListRequest { updated_until: Some(at("updated_at", 20)), ..ListRequest::default() },
            ListRequest { since_id: Some(id(99)), ..ListRequest::default() },
            ListRequest { ids: (0..160).step_by(2).map(id).collect(), ..ListRequest::default() },
            ListRequest {
                ids: vec![id(3), RemoteId::new("999999"), RemoteId::new("custom-fields")],
                since_id: Some(id(2)),
                ..ListRequest::default()
            },
        ] {
            let request = ListRequest { page_size: Some(50), ..request };
            let (found, _) = read_all(&*world.connector(), request.clone()).await.unwrap();
            let seconds =
                |moment: Option<chrono::DateTime<chrono::Utc>>| moment.map(|moment| moment.timestamp());
            let fits = |one: &&Value| {
                let told = |key: &str| {
                    one[key].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp()
                };
                let within = |at: i64, since: Option<i64>, until: Option<i64>| {
                    since.is_none_or(|since| at >= since) && until.is_none_or(|until| at <= until)
                };
                let number = one["id"].as_i64().unwrap();
                within(told("created_at"), seconds(request.created_since), seconds(request.created_until))
                    && within(
                        told("updated_at"),
                        seconds(request.updated_since),
                        seconds(request.updated_until),
                    )
                    && (request.ids.is_empty()
                        || request.ids.iter().any(|id| id.as_str() == number.to_string()))
                    && request.since_id.as_ref().is_none_or(|since| number > since.as_str().parse().unwrap())
            };
            let expected: Vec<String> = truth.iter().filter(fits).map(|one| one["id"].to_string()).collect();
            let mut told: Vec<String> = found.into_keys().collect();
            told.sort_by_key(|id| id.parse::<i64>().unwrap());
            assert_eq!(told, expected, "{variants:?} {request:?}");
        }
        let wrong = ListRequest { group: Some("vip".to_owned()), ..ListRequest::default() };
        let refused = world.connector().list(&wrong, Urgency::Opened).await;
        assert_eq!(refused, Err(ConnectorError::Unsupported));
    }
}
