//! Tiendanube: custom fields and metafields, which stand beside a customer's record.

use clientela_connectors::{Connector, Fetched, ListRequest, StoreAddress, Urgency};
use clientela_domain::{CustomField, CustomerRecord, RemoteId};
use clientela_sandbox::RateMode;
use serde_json::{Value, json};

use crate::server::{Server, json as reply};
use crate::stores::{fetched, read_all};
use crate::world::World;

async fn varied(variants: &[(&str, &str)]) -> World {
    World::with("tiendanube", 60, RateMode::Off, variants).await
}

async fn opened(connector: &dyn Connector, id: &RemoteId) -> (CustomerRecord, u64) {
    let before = connector.requests();
    let record = fetched(connector, id).await;
    (record, connector.requests() - before)
}

/// Ids of customers without orders, who cost no question about those, and the values that they truly have.
async fn quiet(world: &World) -> Vec<(RemoteId, Value)> {
    let truth = world.truth().await;
    let none = truth.into_iter().filter(|one| one["orders"] == json!([]));
    none.map(|one| (RemoteId::new(one["id"].to_string()), one["custom_fields"].clone())).collect()
}

#[tokio::test]
async fn values_are_told_to_who_looks_at_the_customer_and_to_nobody_else() {
    for values in ["values_below", "same_path"] {
        let world = varied(&[("custom_field_values", values)]).await;
        let connector = world.connector();
        let (list, _) = read_all(&*connector, ListRequest::default()).await.unwrap();
        assert!(list.values().all(|record| record.custom_fields.is_absent()));
        let (mut own, mut left) = (0, 0);
        for customer in world.truth().await {
            let id = RemoteId::new(customer["id"].to_string());
            let record = fetched(&*connector, &id).await;
            let told = record.custom_fields.value().unwrap();
            let (metafields, fields): (Vec<&CustomField>, Vec<&CustomField>) =
                told.iter().partition(|field| field.namespace.is_some());
            let mut values: Vec<&str> = fields.iter().map(|field| field.value.as_str()).collect();
            let truth = customer["custom_fields"].as_object().unwrap();
            let mut expected: Vec<&str> = truth.values().map(|value| value.as_str().unwrap()).collect();
            values.sort_unstable();
            expected.sort_unstable();
            assert_eq!(values, expected, "{id}");
            assert!(fields.iter().all(|field| !field.name.is_empty() && !field.name.contains("6b0e4f4e")));
            own += fields.len();
            left += metafields.len();
            let Fetched::Found { record, .. } = connector.fetch(&id, Urgency::Push).await.unwrap() else {
                panic!()
            };
            assert!(record.custom_fields.is_absent());
        }
        assert!(own >= 5 && left >= 3, "{own} {left}");
    }
}

#[tokio::test]
async fn a_route_that_is_not_there_is_asked_once() {
    let world = varied(&[("custom_field_values", "absent")]).await;
    let connector = world.connector();
    let quiet = quiet(&world).await;
    for (place, (id, _)) in quiet.iter().take(3).enumerate() {
        let (record, asked) = opened(&*connector, id).await;
        assert_eq!(asked, if place == 0 { 3 } else { 2 });
        let told = record.custom_fields.value().unwrap();
        assert!(told.iter().all(|field| field.namespace.is_some()), "metafields are told all the same");
    }
}

#[tokio::test]
async fn a_token_that_may_see_neither_says_nothing_and_costs_nothing() {
    let world = varied(&[]).await;
    let connector = world.connector();
    for path in ["/custom-fields", "/metafields"] {
        let refusal = json!({"kind": "status", "status": 403, "body": {"code": 403, "message": "Forbidden"}});
        world.fault(json!({"match": {"path_contains": path}, "fault": refusal})).await;
    }
    let quiet = quiet(&world).await;
    for (place, (id, _)) in quiet.iter().take(3).enumerate() {
        let (record, asked) = opened(&*connector, id).await;
        assert!(record.custom_fields.is_absent());
        assert_eq!(asked, if place == 0 { 3 } else { 1 });
    }
}

#[tokio::test]
async fn trouble_beside_the_record_leaves_the_record_readable_and_is_not_remembered() {
    let world = varied(&[]).await;
    let connector = world.connector();
    let (id, _) = quiet(&world).await.remove(0);
    for fault in [json!({"kind": "status", "status": 500}), json!({"kind": "html_200"})] {
        world.fault(json!({"match": {"path_contains": "/metafields"}, "fault": fault})).await;
        let (record, _) = opened(&*connector, &id).await;
        assert!(record.custom_fields.is_absent() && record.email.value().is_some());
        world.clear_faults().await;
        assert!(opened(&*connector, &id).await.0.custom_fields.value().is_some());
    }
}

#[tokio::test]
async fn more_values_than_anybody_reads_are_cut_off() {
    let many: Vec<Value> = (0..150)
        .map(|place| json!({"namespace": "app", "key": format!("k{place:03}"), "value": "x", "owner_id": 7}))
        .collect();
    let server = Server::start(vec![
        reply(200, r#"{"id": 7, "last_order_id": null}"#),
        reply(404, r#"{"code": 404, "message": "Not Found", "description": "Last page is 0"}"#),
        reply(200, &json!(many).to_string()),
    ])
    .await;
    let world = World::start("tiendanube", 0, RateMode::Off).await;
    let address = StoreAddress { url: server.address.parse().unwrap(), ..world.address() };
    let record = fetched(&*world.connect(address, world.credentials()), &RemoteId::new("7")).await;
    let told = record.custom_fields.value().unwrap();
    assert_eq!((told.len(), told[99].name.as_str()), (100, "k099"));
    assert!(server.requests()[2].starts_with("GET /789001/metafields/customers?owner_id=7&per_page=100 "));
}
