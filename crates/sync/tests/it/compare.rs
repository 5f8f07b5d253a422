//! The copy held against the true state of the store.

use std::collections::BTreeSet;

use clientela_database::table::mirror;
use clientela_database::view::list::{self, Query};
use clientela_domain::{CustomerRecord, Presence};
use serde_json::Value;

use crate::world::{World, id_of};

/// Everybody whom the store has is in the copy as the store has them, and nobody else.
pub(crate) async fn copy_is_the_truth(world: &World, label: &str) {
    let mut shown = shown(world).await;
    for customer in world.truth().await.iter().filter(|one| is_customer(one)) {
        let id = id_of(customer);
        assert!(shown.remove(&id), "{label}: {id} is missing in the copy");
        same(world, customer, label).await;
    }
    assert!(shown.is_empty(), "{label}: {shown:?} are in the copy and not at the store");
}

/// The store's ids of everybody whom lists show.
pub(crate) async fn shown(world: &World) -> BTreeSet<String> {
    let mut connection = world.database.read().await.unwrap();
    let ids = list::ids(&mut connection, &Query::default()).await.unwrap();
    let mut shown = BTreeSet::new();
    for id in ids {
        let mirror = mirror::find(&mut connection, id).await.unwrap().unwrap();
        shown.insert(mirror.record.remote_id.to_string());
    }
    shown
}

pub(crate) fn is_customer(truth: &Value) -> bool {
    truth["deleted"] == false && truth["staff"] != true
}

/// One customer is in the copy as the store has it.
pub(crate) async fn same(world: &World, truth: &Value, label: &str) {
    let id = id_of(truth);
    let Some(mirror) = world.mirror(&id).await else { panic!("{label}: {id} is not in the copy") };
    assert!(!mirror.gone, "{label}: {id} is not gone");
    let label = format!("{label}: {id}");
    match world.platform {
        "inallweb" => same_inallweb(&mirror.record, truth, &label),
        _ => same_tiendanube(&mirror.record, truth, &label),
    }
}

fn same_inallweb(record: &CustomerRecord, truth: &Value, label: &str) {
    for (told, key) in [
        (&record.email, "email"),
        (&record.first_name, "first_name"),
        (&record.last_name, "last_name"),
        (&record.phone, "phone"),
    ] {
        same_text(told, &truth[key], label, key);
    }
    // The list does not tell them everywhere; what was told has to be true.
    for (told, key) in [(&record.note, "admin_notes"), (&record.role, "role"), (&record.segment, "segment")] {
        let told = told.clone().map(|told| if key == "admin_notes" { told } else { told.to_lowercase() });
        if !told.is_absent() {
            same_text(&told, &truth[key], label, key);
        }
    }
    assert_eq!(record.is_active.value().copied(), truth["is_active"].as_bool(), "{label}: is_active");
    assert_eq!(
        record.email_verified.value().copied(),
        truth["email_verified"].as_bool(),
        "{label}: email_verified"
    );
}

fn same_tiendanube(record: &CustomerRecord, truth: &Value, label: &str) {
    for (told, key) in [
        (&record.email, "email"),
        (&record.first_name, "name"),
        (&record.phone, "phone"),
        (&record.note, "note"),
    ] {
        same_text(told, &truth[key], label, key);
    }
    let number = record.documents.value().and_then(|list| list.first()).map(|main| main.number.clone());
    same_text(&number.into(), &truth["identification"], label, "identification");
    let told: BTreeSet<String> = record
        .addresses
        .value()
        .into_iter()
        .flatten()
        .map(|address| {
            [&address.street, &address.number, &address.city, &address.postal_code]
                .map(|part| part.clone().unwrap_or_default())
                .join("|")
        })
        .collect();
    for address in truth["addresses"].as_array().unwrap() {
        let parts =
            ["address", "number", "city", "zipcode"].map(|key| address[key].as_str().unwrap_or_default());
        let wanted = parts.join("|");
        assert!(told.contains(&wanted), "{label}: an address is not in the copy: {wanted} in {told:?}");
    }
    for (key, value) in truth["extra"].as_object().into_iter().flatten() {
        let told = record.extra.value().and_then(|extra| extra.get(key));
        let wanted = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        assert_eq!(told, Some(&wanted), "{label}: extra.{key}");
    }
}

/// Null and the empty text are one value to a store.
fn same_text(told: &Presence<String>, truth: &Value, label: &str, key: &str) {
    let told = told.value().map(String::as_str).unwrap_or_default();
    assert_eq!(told, truth.as_str().unwrap_or_default(), "{label}: {key}");
}
