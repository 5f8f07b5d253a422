//! Addresses that were made here: the store gives them ids of their own, and nobody knows them by those.

use clientela_connectors::ListRequest;
use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::history;
use clientela_domain::{Address, Field, FieldValue};
use clientela_sync::outbox::{Decided, Decision};
use clientela_sync::{SyncOptions, outbox};
use serde_json::json;

use crate::unanswered::discard;
use crate::world::World;

fn place(street: &str) -> FieldValue {
    FieldValue::Address(Box::new(Address {
        key: NEW.to_owned(),
        street: Some(street.to_owned()),
        number: Some("12".to_owned()),
        city: Some("Natal".to_owned()),
        postal_code: Some("59012-300".to_owned()),
        country: Some("BR".to_owned()),
        ..Address::default()
    }))
}

async fn streets(world: &World, id: &str) -> Vec<String> {
    let customer = world.true_customer(id).await;
    let list = customer["addresses"].as_array().unwrap();
    list.iter().map(|address| address["address"].as_str().unwrap_or_default().to_owned()).collect()
}

const NEW: &str = "new-1";

/// A new address of which nobody knows whether it arrived, and what a person makes of it before that is known.
async fn made_of_a_new_address(arrives: bool, typed: Option<&FieldValue>) -> (Vec<String>, Vec<String>) {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    let before = streets(&world, &id).await;
    world.edit(&id, &[(Field::Address(NEW.to_owned()), place("Rua do Porto"))]).await;
    let kind = if arrives { "reset_after" } else { "reset" };
    world.fault(json!({"method": "PUT"}), json!({"kind": kind})).await;
    let again = json!({"method": "GET", "path_contains": format!("customers/{id}"), "nth": 2, "count": 20});
    world.fault(again, json!({"kind": "status", "status": 500})).await;
    world.sync_with(clientela_sync::SyncOptions { push_only: true, full: false }).await;
    let edit = world.edits(&id).await.remove(0);
    assert!(edit.unanswered.is_some(), "nobody knows whether it arrived: {edit:?}");
    world.clear_faults().await;
    match typed {
        Some(typed) => world.edit(&id, &[(Field::Address(NEW.to_owned()), typed.clone())]).await,
        None => discard(&world, &id).await,
    }
    world.synced().await;
    assert!(world.edits(&id).await.is_empty(), "everything is settled");
    crate::compare::copy_is_the_truth(&world, "afterwards").await;
    (before, streets(&world, &id).await)
}

/// Sends what waits; it arrives, and nobody learns of it.
async fn lose_the_answer(world: &World, id: &str) {
    world.fault(json!({"method": "PUT"}), json!({"kind": "reset_after"})).await;
    let again = json!({"method": "GET", "path_contains": format!("customers/{id}"), "nth": 2, "count": 20});
    world.fault(again, json!({"kind": "status", "status": 500})).await;
    world.sync_with(SyncOptions { push_only: true, full: false }).await;
    world.clear_faults().await;
}

async fn decide(world: &World, edit: &Edit, decision: &Decision) {
    let mut transaction = world.database.write().await.unwrap();
    let now = clientela_sync::Clock::now(&world.clock);
    assert_eq!(outbox::decide(&mut transaction, edit, decision, now).await.unwrap(), Decided::Done);
    clientela_database::commit(transaction).await.unwrap();
}

/// Of a new address arrived what somebody at the store changed before it was looked at again. In conflict with what stands there.
async fn arrived_and_changed() -> (World, String, Vec<String>) {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    let before = streets(&world, &id).await;
    world.edit(&id, &[(Field::Address(NEW.to_owned()), place("Rua do Porto"))]).await;
    lose_the_answer(&world, &id).await;
    let mut list = world.true_customer(&id).await["addresses"].clone();
    let new = list.as_array_mut().unwrap().last_mut().unwrap();
    assert_eq!(new["address"], "Rua do Porto", "it had arrived");
    new["address"] = json!("Travessa do Porto");
    world.foreign(&id, json!({"addresses": list})).await;
    (world, id, before)
}

/// Seen: it was not known again by its text, and sent a second time.
#[tokio::test]
async fn a_new_address_that_was_changed_before_it_was_seen_is_asked_about() {
    let other = || Decision::Other(place("Largo do Porto"));
    for (decision, wanted) in [
        (Decision::Mine, "Rua do Porto"),
        (Decision::Theirs, "Travessa do Porto"),
        (other(), "Largo do Porto"),
        (Decision::Both, "Travessa do Porto"),
    ] {
        let (world, id, mut expected) = arrived_and_changed().await;
        let report = world.synced().await;
        assert_eq!((report.pushed, report.conflicts), (0, 1), "{decision:?}: a person is asked");
        let again = world.synced().await;
        assert_eq!((again.pushed, again.conflicts), (0, 0), "{decision:?}: once, and it stays");
        let edit = world.edits(&id).await.remove(0);
        decide(&world, &edit, &decision).await;
        if decision == Decision::Theirs {
            assert!(world.edits(&id).await.is_empty(), "nothing of ours stands beside the one that is there");
        }
        world.synced().await;
        expected.push(wanted.to_owned());
        // What is there was another one, and ours is added to it.
        expected.extend(matches!(decision, Decision::Both).then(|| "Rua do Porto".to_owned()));
        assert_eq!(streets(&world, &id).await, expected, "{decision:?}");
        assert!(world.edits(&id).await.is_empty(), "{decision:?}");
        crate::compare::copy_is_the_truth(&world, "decided").await;
    }
}

/// Two new addresses leave together, both arrive and both are changed: each is asked about beside one of them.
#[tokio::test]
async fn two_new_addresses_are_not_compared_with_one_and_the_same() {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    let mut expected = streets(&world, &id).await;
    let second = FieldValue::Address(Box::new(Address {
        key: "new-2".to_owned(),
        ..place("Rua da Serra").as_address().unwrap().clone()
    }));
    let both = [
        (Field::Address(NEW.to_owned()), place("Rua do Porto")),
        (Field::Address("new-2".to_owned()), second),
    ];
    world.edit(&id, &both).await;
    lose_the_answer(&world, &id).await;
    let mut list = world.true_customer(&id).await["addresses"].clone();
    for address in list.as_array_mut().unwrap().iter_mut().skip(expected.len()) {
        address["address"] = json!(address["address"].as_str().unwrap().replace("Rua", "Travessa"));
    }
    world.foreign(&id, json!({"addresses": list})).await;
    let report = world.synced().await;
    assert_eq!((report.pushed, report.conflicts), (0, 2));
    for edit in world.edits(&id).await {
        let EditState::Conflict { theirs } = &edit.state else { panic!("{edit:?}") };
        let (mine, theirs) = (edit.mine.as_address().unwrap(), theirs.as_address().unwrap());
        let street = |address: &Address| address.street.clone().unwrap().replace("Travessa", "Rua");
        assert_eq!(street(mine), street(theirs));
        decide(&world, &edit, &Decision::Mine).await;
    }
    world.synced().await;
    expected.extend(["Rua do Porto".to_owned(), "Rua da Serra".to_owned()]);
    assert_eq!(streets(&world, &id).await, expected);
}

/// The address is in question, and the person takes theirs back: what stands there is theirs too, as far as they have said.
#[tokio::test]
async fn an_address_in_question_stays_in_question_while_its_text_changes() {
    let (world, id, before) = arrived_and_changed().await;
    world.synced().await;
    world.edit(&id, &[(Field::Address(NEW.to_owned()), FieldValue::Null)]).await;
    world.synced().await;
    world.look_at(&id).await;
    let edit = world.edits(&id).await.remove(0);
    assert!(matches!(edit.state, EditState::Conflict { .. }), "{edit:?}");
    decide(&world, &edit, &Decision::Mine).await;
    world.synced().await;
    assert_eq!(streets(&world, &id).await, before, "it is taken away");
    assert!(world.edits(&id).await.is_empty());
}

/// A store that forbade the customer for a while parked the edit. When it is tried again, what is there has long been seen.
#[tokio::test]
async fn a_refused_new_address_is_asked_about_too() {
    let (world, id, mut expected) = arrived_and_changed().await;
    let mut transaction = world.database.write().await.unwrap();
    let edit = world.edits(&id).await.remove(0);
    edit::park(&mut transaction, edit.id, "forbidden", None).await.unwrap();
    clientela_database::commit(transaction).await.unwrap();
    world.look_at(&id).await;
    let edit = world.edits(&id).await.remove(0);
    assert!(matches!(edit.state, EditState::Conflict { .. }), "{edit:?}");
    decide(&world, &edit, &Decision::Theirs).await;
    world.synced().await;
    expected.push("Travessa do Porto".to_owned());
    assert_eq!(streets(&world, &id).await, expected);
}

/// Seen by a reader of the code: the person changes the address that the store has, then says that it is the new one, and the change was
/// replaced without a question.
#[tokio::test]
async fn a_decision_about_a_new_address_waits_for_an_edit_of_the_one_that_is_there() {
    for settled in [Decision::Mine, Decision::Theirs] {
        let (world, id, mut expected) = arrived_and_changed().await;
        world.synced().await;
        let list = world.true_customer(&id).await["addresses"].clone();
        let key = list.as_array().unwrap().last().unwrap()["id"].to_string();
        world.edit(&id, &[(Field::Address(key), place("Beco do Porto"))]).await;
        let mut transaction = world.database.write().await.unwrap();
        let now = clientela_sync::Clock::now(&world.clock);
        let other = Decision::Other(place("Largo do Porto"));
        for decision in [Decision::Mine, other] {
            let asked = in_question(&world, &id).await;
            let decided = outbox::decide(&mut transaction, &asked, &decision, now).await.unwrap();
            assert_eq!(decided, Decided::NotYet, "{decision:?}");
        }
        clientela_database::commit(transaction).await.unwrap();
        assert_eq!(world.edits(&id).await.len(), 2, "both texts wait");
        world.synced().await;
        let asked = in_question(&world, &id).await;
        let EditState::Conflict { theirs } = &asked.state else { unreachable!("it is in question") };
        let there = theirs.as_address().unwrap().street.as_deref();
        assert_eq!(there, Some("Beco do Porto"), "it is asked about what stands there now");
        decide(&world, &asked, &settled).await;
        world.synced().await;
        let wanted = if settled == Decision::Mine { "Rua do Porto" } else { "Beco do Porto" };
        expected.push(wanted.to_owned());
        assert_eq!(streets(&world, &id).await, expected);
        assert!(world.edits(&id).await.is_empty());
    }
}

async fn in_question(world: &World, id: &str) -> Edit {
    let mut edits = world.edits(id).await;
    edits.retain(|edit| matches!(edit.state, EditState::Conflict { .. }));
    assert_eq!(edits.len(), 1);
    edits.remove(0)
}

/// A search at the store beside the push would make what is new there look as if it had always been there.
#[tokio::test]
async fn a_search_does_not_hide_that_a_new_address_may_have_arrived() {
    let (world, id, mut expected) = arrived_and_changed().await;
    world.session().await.look_up(ListRequest::default(), 100).await.unwrap();
    let report = world.synced().await;
    assert_eq!((report.pushed, report.conflicts), (0, 1), "a person is asked");
    expected.push("Travessa do Porto".to_owned());
    assert_eq!(streets(&world, &id).await, expected);
}

/// Seen: what was typed on was added as a second address beside its first version.
#[tokio::test]
async fn a_new_address_typed_on_while_it_was_on_its_way_is_there_once() {
    for arrives in [true, false] {
        let (mut expected, after) = made_of_a_new_address(arrives, Some(&place("Rua do Porto Velho"))).await;
        expected.push("Rua do Porto Velho".to_owned());
        assert_eq!(after, expected, "arrives: {arrives}");
    }
}

/// Seen: a new address that was taken back while it was on its way stayed at the store.
#[tokio::test]
async fn a_new_address_taken_back_while_it_was_on_its_way_is_not_there() {
    for arrives in [true, false] {
        let (before, after) = made_of_a_new_address(arrives, None).await;
        assert_eq!(after, before, "arrives: {arrives}");
    }
}

/// Seen by a reader of the code: who changed an address and added a new one with the text that it had lost the new one. The store still
/// showed that text in the place that was about to change.
#[tokio::test]
async fn a_new_address_is_not_the_one_that_is_being_changed() {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    let there = world.mirror(&id).await.unwrap().record.addresses.into_value().unwrap().remove(0);
    let moved = Address { street: Some("Rua Nova".to_owned()), ..there.clone() };
    let copy = Address { key: NEW.to_owned(), kind: Default::default(), is_default: false, ..there.clone() };
    let change = |address: &Address| {
        (Field::Address(address.key.clone()), FieldValue::Address(Box::new(address.clone())))
    };
    let before = streets(&world, &id).await;
    world.edit(&id, &[change(&moved), change(&copy)]).await;
    world.synced().await;
    world.synced().await;
    assert!(world.edits(&id).await.is_empty());
    let after = streets(&world, &id).await;
    assert_eq!(after.len(), before.len() + 1, "{after:?}");
    let old = there.street.unwrap();
    assert!(after.contains(&"Rua Nova".to_owned()) && after.contains(&old), "{after:?}");
}

/// Seen by a reader of the code: the timeline told every new address twice, once as if the store had made it.
#[tokio::test]
async fn a_new_address_is_told_once() {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    world.edit(&id, &[(Field::Address(NEW.to_owned()), place("Rua do Porto"))]).await;
    world.synced().await;
    world.synced_in_full().await;
    assert!(world.edits(&id).await.is_empty());
    let customer = world.mirror(&id).await.unwrap().customer;
    let mut connection = world.database.read().await.unwrap();
    let lines = history::newest(&mut connection, customer, 50).await.unwrap();
    let told: Vec<_> = lines.iter().rev().map(|line| (line.source.as_str(), line.field.as_str())).collect();
    assert_eq!(told, [("here", "address.new-1"), ("sent", "address.new-1")]);
}

/// Seen (150002522): a new address that read like one that was there was taken back, and the one that was there was removed.
#[tokio::test]
async fn taking_back_a_new_address_takes_none_away_that_was_there_before() {
    for arrives in [true, false] {
        let world = World::start("tiendanube", 30).await;
        world.synced().await;
        let id = world.somebody(0).await;
        let there = world.mirror(&id).await.unwrap().record.addresses.into_value().unwrap().remove(0);
        let moved = Address { street: Some("Rua Nova".to_owned()), ..there.clone() };
        let copy = Address { key: NEW.to_owned(), is_default: false, ..there.clone() };
        let before = world.true_customer(&id).await["addresses"].clone();
        // Somebody else is about to move out, so that ours has to be added; then nobody moves.
        let moving = Field::Address(there.key.clone());
        world.edit(&id, &[(moving.clone(), FieldValue::Address(Box::new(moved)))]).await;
        world.edit(&id, &[(Field::Address(NEW.to_owned()), FieldValue::Address(Box::new(copy)))]).await;
        let kind = if arrives { "reset_after" } else { "reset" };
        world.fault(json!({"method": "PUT"}), json!({"kind": kind})).await;
        let path = format!("customers/{id}");
        let again = json!({"method": "GET", "path_contains": path, "nth": 2, "count": 20});
        world.fault(again, json!({"kind": "status", "status": 500})).await;
        world.sync_with(SyncOptions { push_only: true, full: false }).await;
        world.clear_faults().await;
        for edit in world.edits(&id).await {
            let mut transaction = world.database.write().await.unwrap();
            outbox::discard(&mut transaction, &edit, clientela_sync::Clock::now(&world.clock)).await.unwrap();
            clientela_database::commit(transaction).await.unwrap();
        }
        world.synced().await;
        world.synced().await;
        assert!(world.edits(&id).await.is_empty(), "arrives: {arrives}");
        let after = world.true_customer(&id).await["addresses"].clone();
        let keys = |list: &serde_json::Value| -> Vec<String> {
            list.as_array().unwrap().iter().map(|one| format!("{} {}", one["id"], one["address"])).collect()
        };
        assert_eq!(keys(&after), keys(&before), "arrives: {arrives}");
    }
}

/// Seen by a reader of the code: an address that somebody made at the store was not told, because it reads like a part of one that waits.
#[tokio::test]
async fn an_address_of_the_stores_is_told_beside_a_fuller_one_that_waits() {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    world.edit(&id, &[(Field::Address(NEW.to_owned()), place("Rua do Porto"))]).await;
    let mut list = world.true_customer(&id).await["addresses"].clone();
    let theirs = json!({"address": "Rua do Porto", "city": "Natal", "country": "BR"});
    list.as_array_mut().unwrap().push(theirs);
    world.foreign(&id, json!({"addresses": list})).await;
    world.synced().await;
    let customer = world.mirror(&id).await.unwrap().customer;
    let mut connection = world.database.read().await.unwrap();
    let lines = history::newest(&mut connection, customer, 50).await.unwrap();
    let told: Vec<&str> = lines.iter().rev().map(|line| line.source.as_str()).collect();
    assert_eq!(told, ["here", "store", "sent"], "{lines:?}");
}
