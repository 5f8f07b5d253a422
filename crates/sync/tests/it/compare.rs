//! The copy held against the true state of the store.

use std::collections::BTreeSet;

use clientela_database::table::mirror;
use clientela_database::view::list::{self, Query};
use clientela_domain::{Address, CustomerRecord, Presence};
use serde_json::Value;

use crate::truth::{addresses, agrees, facts, plain, told, with_the_parts_of};
use crate::world::{World, id_of};

/// Everybody whom the store has is in the copy as the store has them, and nobody else.
pub(crate) async fn copy_is_the_truth(world: &World, label: &str) {
    let found = differences(world, &[]).await;
    assert!(found.is_empty(), "{label}: {found:#?}");
}

/// What is said of somebody, after the id, whom the store does not have.
pub(crate) const NOT_THERE: &str = " is in the copy and not at the store";

/// Where the copy is not as the store is. Facts named in `unsaid` need not be known.
pub(crate) async fn differences(world: &World, unsaid: &[&str]) -> Vec<String> {
    let mut shown = shown(world).await;
    let mut found = Vec::new();
    for customer in world.truth().await.iter().filter(|one| world.has(one)) {
        let id = id_of(customer);
        if !shown.remove(&id) {
            found.push(format!("{id} is missing in the copy"));
        } else if found.len() < 5 {
            found.extend(differences_of(world, customer, unsaid).await);
        }
    }
    found.extend(shown.into_iter().map(|id| format!("{id}{NOT_THERE}")));
    found
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
    let found = differences_of(world, truth, &[]).await;
    assert!(found.is_empty(), "{label}: {found:#?}");
}

/// Where the copy of one customer is not as the store has it.
pub(crate) async fn differences_of(world: &World, truth: &Value, unsaid: &[&str]) -> Vec<String> {
    let id = id_of(truth);
    let Some(mirror) = world.mirror(&id).await else { return vec![format!("{id} is not in the copy")] };
    if mirror.gone {
        return vec![format!("{id} is gone in the copy")];
    }
    let record = &mirror.record;
    let mut found: Vec<String> = Vec::new();
    if !record.masked {
        found.extend(of_facts(world.platform, record, truth, unsaid));
        if !unsaid.contains(&"addresses") {
            found.extend(of_addresses(world.platform, record, truth, unsaid));
        }
        found.extend(of_extra(world.platform, record, truth));
    }
    let whole = serde_json::to_string(record).unwrap();
    // What signs a customer in at the shop is nobody's business here.
    for secret in ["token", "login_url"].into_iter().filter_map(|key| truth[key].as_str()) {
        if whole.contains(secret) {
            found.push("the copy holds what signs the customer in".to_owned());
        }
    }
    found.into_iter().map(|difference| format!("{id}: {difference}")).collect()
}

fn of_facts(platform: &str, record: &CustomerRecord, truth: &Value, unsaid: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for fact in facts(platform) {
        let wanted = plain(truth.pointer(fact.pointer).unwrap_or(&Value::Null));
        match told(record, fact.name) {
            _ if unsaid.contains(&fact.name) => {}
            Presence::Absent if !fact.in_lists => {}
            // Nothing was said, and there is nothing.
            Presence::Absent if wanted.is_empty() => {}
            Presence::Absent => found.push(format!("{} is not known, and is {wanted:?}", fact.name)),
            told => {
                let told = told.into_value().unwrap_or_default();
                if !agrees(fact.name, &told, &wanted) {
                    found.push(format!("{} is {told:?}, and {wanted:?} at the store", fact.name));
                }
            }
        }
    }
    found
}

fn of_addresses(platform: &str, record: &CustomerRecord, truth: &Value, unsaid: &[&str]) -> Vec<String> {
    let seen = |mut address: Address| {
        if unsaid.contains(&"recipient") {
            address.recipient = None;
        }
        with_the_parts_of(platform, address)
    };
    let Presence::Value(told) = &record.addresses else {
        let listed = platform != "inallweb" && !addresses(platform, truth).is_empty();
        return if listed { vec!["the addresses are not known".to_owned()] } else { Vec::new() };
    };
    let mut told: Vec<Address> = told
        .iter()
        .filter(|address| address.key != Address::BILLING)
        .map(|address| seen(address.clone()))
        .collect();
    let mut found = Vec::new();
    for address in addresses(platform, truth).into_iter().map(seen) {
        match told.iter().position(|known| known.same_place(&address)) {
            Some(place) => drop(told.remove(place)),
            None => found.push(format!("an address is not in the copy: {}", address.one_line())),
        }
    }
    found.extend(told.iter().map(|address| format!("no such address at the store: {}", address.one_line())));
    found
}

fn of_extra(platform: &str, record: &CustomerRecord, truth: &Value) -> Vec<String> {
    if platform != "tiendanube" {
        return Vec::new();
    }
    let told = record.extra.value().cloned().unwrap_or_default();
    let wanted =
        truth["extra"].as_object().into_iter().flatten().map(|(key, value)| (key.clone(), plain(value)));
    let wanted: std::collections::BTreeMap<String, String> = wanted.collect();
    if told == wanted { Vec::new() } else { vec![format!("extra is {told:?}, and {wanted:?} at the store")] }
}
