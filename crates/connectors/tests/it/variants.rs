//! Every connector under every variant of its platform: what no document says must not matter to anybody above.

use std::sync::Arc;

use clientela_connectors::{Connector, ConnectorError, Fetched, ListRequest, Urgency, Written};
use clientela_domain::normalise::document::bare;
use clientela_domain::{CustomerRecord, Field, FieldValue, Presence, RemoteId};
use clientela_sandbox::{RateMode, variants};
use serde_json::Value;

use crate::stores::{fetched, read_all, text};
use crate::world::World;

/// Variants that forbid what the conformance run does; they have tests of their own.
const FORBIDDING: &[(&str, &str)] = &[
    ("tiendanube.scope", "read"),
    ("tiendanube.scope", "none"),
    ("tiendanube.store_state", "unpaid"),
    ("tiendanube.refusal_shape", "html"),
    ("tiendanegocio.scope", "read"),
    ("tiendanegocio.scope", "none"),
    ("yampi.store_state", "inactive"),
];

#[tokio::test]
async fn inallweb_conforms_under_every_variant() {
    under_every_variant("inallweb").await;
}

#[tokio::test]
async fn tiendanube_conforms_under_every_variant() {
    under_every_variant("tiendanube").await;
}

#[tokio::test]
async fn tiendanegocio_conforms_under_every_variant() {
    under_every_variant("tiendanegocio").await;
}

/// A customer there has a token, and nobody else can be asked for: what holds is told with the platform's own tests.
#[tokio::test]
async fn uappi_conforms_under_every_variant() {
    let mut runs = 0;
    for variant in variants().iter().filter(|variant| variant.platform == "uappi") {
        for value in variant.values {
            let (_, name) = variant.key.split_once('.').unwrap();
            let world = World::with("uappi", 24, RateMode::Documented, &[(name, value)]).await;
            crate::uappi::conforms(&world, &format!("{} = {value}", variant.key)).await;
            runs += 1;
        }
    }
    assert!(runs >= 60, "{runs}");
}

#[tokio::test]
async fn yampi_conforms_under_every_variant() {
    under_every_variant("yampi").await;
}

async fn under_every_variant(platform: &'static str) {
    let mut runs = 0;
    for variant in variants().iter().filter(|variant| variant.platform == platform) {
        for value in variant.values {
            if FORBIDDING.contains(&(variant.key, value)) {
                continue;
            }
            let (_, name) = variant.key.split_once('.').unwrap();
            let world = World::with(platform, 130, RateMode::Documented, &[(name, value)]).await;
            let label = format!("{} = {value}", variant.key);
            conforms(&world, &label).await;
            runs += 1;
        }
    }
    assert!(runs >= 40, "{runs}");
}

async fn conforms(world: &World, label: &str) {
    let connector = world.connector();
    let identity = connector.identify().await.unwrap_or_else(|error| panic!("{label}: {error:?}"));
    assert_eq!(
        identity,
        world.connector().identify().await.map(|again| same_time(again, &identity)).unwrap(),
        "{label}"
    );

    let request = ListRequest { page_size: Some(40), ..ListRequest::default() };
    let (found, _) =
        read_all(&*connector, request).await.unwrap_or_else(|error| panic!("{label}: {error:?}"));
    let truth = world.truth().await;
    for customer in &truth {
        let id = shown_id(world, customer);
        let Some(record) = found.get(&id) else { panic!("{label}: {id} is not in the list") };
        assert!(same(&record.email, &customer["email"]), "{label}: {id}");
        // Yampi's document prints no dates.
        let dated = record.created_at.value().is_some() || world.platform == "yampi";
        assert!(!record.first_name.is_absent() && dated || customer["created_at"].is_null(), "{label}: {id}");
    }
    for id in truth.iter().map(|customer| RemoteId::new(shown_id(world, customer))).step_by(13) {
        let record = fetched(&*connector, &id).await;
        assert_eq!(record.remote_id, id, "{label}");
        let orders = record.orders.value().is_some() || !connector.capabilities().orders;
        assert!(orders && record.addresses.value().is_some(), "{label}");
    }
    edits_arrive(world, &connector, &truth, label).await;
    let missing = connector.fetch(&RemoteId::new("9007199254999999"), Urgency::Opened).await;
    let is_as_expected = match label {
        // A page for people proves nothing about a customer.
        "yampi.error_shape = html" => missing == Err(ConnectorError::WrongAddress),
        _ => matches!(missing, Ok(Fetched::Missing { .. })),
    };
    assert!(is_as_expected, "{label}: {missing:?}");
    assert!(world.statuses().await.keys().all(|status| *status < 500), "{label}");
}

/// Sets, changes and empties fields, and looks at the truth each time. The clock passes every lag of the store.
async fn edits_arrive(world: &World, connector: &Arc<dyn Connector>, truth: &[Value], label: &str) {
    let named = |customer: &&Value| {
        let name = customer.get("name").or(customer.get("first_name"));
        name.and_then(Value::as_str).is_some_and(|name| !name.is_empty()) && customer["email"].is_string()
    };
    let customer = truth.iter().filter(named).nth(5).unwrap();
    let id = RemoteId::new(shown_id(world, customer));
    let name_key = if customer.get("first_name").is_some() { "first_name" } else { "name" };
    for (name, phone) in [("Zélia", text("+55 11 98765-4321")), ("Zélia D'Ávila", FieldValue::Null)] {
        let fresh = after_the_lag(world, connector, &id).await;
        let changes = [(Field::FirstName, text(name)), (Field::Phone, phone.clone())];
        let written =
            connector.update(&fresh, &changes).await.unwrap_or_else(|error| panic!("{label}: {error:?}"));
        let Written::Shown { record, .. } = written else { panic!("{label}: nothing shown") };
        let now = world.true_customer(&true_id(customer)).await;
        if label == "yampi.name_write = name" {
            // Names are cut there at the first blank, wherever they were cut when they were sent.
            assert!(
                now["name"].as_str().unwrap().starts_with(name) && record.full_name() == now["name"],
                "{label}"
            );
        } else {
            assert_eq!(record.first_name, Presence::Value(name.to_owned()), "{label}");
            assert_eq!(now[name_key], name, "{label}");
        }
        let told = record.phone.map(FieldValue::Text).into_value().unwrap_or(FieldValue::Null);
        let hidden = label == "yampi.phone_shape = null";
        assert!(hidden || told.equivalent(&phone, &Field::Phone), "{label}: {told:?}");
        for same in [
            "email",
            "note",
            "identification",
            "internal_reference",
            "business_name",
            "addresses",
            "extra",
            "admin_notes",
            "cpf",
            "cnpj",
            "razao_social",
            "birthday",
            "notes",
            "cluster_id",
        ] {
            let kept = |customer: &Value| match (same, customer.get(same)) {
                // What is sent back with a change may be stored without its punctuation.
                ("identification", Some(Value::String(number))) => Some(Value::from(bare(number))),
                (_, value) => value.map(without_times),
            };
            assert_eq!(kept(&now), kept(customer), "{label}: {same}");
        }
    }
    if connector.capabilities().create.is_some() {
        let long = connector
            .update(&after_the_lag(world, connector, &id).await, &[(Field::Email, text("no mail"))])
            .await;
        assert!(matches!(long, Err(ConnectorError::Refused { status: 422, .. })), "{label}: {long:?}");
    }
}

async fn after_the_lag(world: &World, connector: &Arc<dyn Connector>, id: &RemoteId) -> CustomerRecord {
    world.control("/clock", serde_json::json!({"advance_ms": 61_000})).await;
    match connector.fetch(id, Urgency::Push).await.unwrap() {
        Fetched::Found { record, .. } => *record,
        Fetched::Missing { .. } => panic!("{id}"),
    }
}

fn without_times(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(without_times).collect(),
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| !key.ends_with("_at"));
            Value::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        other => other.clone(),
    }
}

/// The id under which the store shows this customer.
fn shown_id(_world: &World, customer: &Value) -> String {
    true_id(customer)
}

fn true_id(customer: &Value) -> String {
    customer["id"].as_str().map_or_else(|| customer["id"].to_string(), str::to_owned)
}

fn same(told: &Presence<String>, truth: &Value) -> bool {
    // Null and an empty text are two spellings of nothing.
    told.value().map_or("", String::as_str) == truth.as_str().unwrap_or_default()
}

fn same_time(
    mut identity: clientela_connectors::StoreIdentity,
    as_in: &clientela_connectors::StoreIdentity,
) -> clientela_connectors::StoreIdentity {
    identity.server_time = as_in.server_time;
    identity
}
