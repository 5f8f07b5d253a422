//! A person types over a page that has not heard yet of what is known by now.

use std::sync::Arc;

use clientela_database::table::edit::{self, Edit, EditState};
use clientela_domain::{Address, Field, FieldValue};
use clientela_sync::outbox::{self, Change, Decided, Decision, decide};
use clientela_sync::{StoreReport, StoreSession, SyncOptions, sync_store};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::compare::copy_is_the_truth;
use crate::meeting::{BOTH, ready, with_address};
use crate::saboteur::{Saboteur, Still};
use crate::unanswered::discard;
use crate::world::{World, text};

async fn save(world: &World, id: &str, change: Change) {
    let customer = world.mirror(id).await.unwrap().customer;
    let mut transaction = world.database.write().await.unwrap();
    let now = clientela_sync::Clock::now(&world.clock);
    outbox::save(&mut transaction, customer, &[change], "ana", now).await.unwrap();
    clientela_database::commit(transaction).await.unwrap();
}

#[tokio::test]
async fn what_a_person_typed_over_an_old_page_meets_what_came_since() {
    for platform in BOTH {
        let (world, id, key) = ready(platform).await;
        let seen = world.true_customer(&id).await[key].as_str().unwrap().to_owned();
        // The page was open when the store's change came in.
        world.foreign(&id, json!({key: "Zoraide"})).await;
        world.synced().await;
        save(&world, &id, Change { field: Field::FirstName, value: text("Zélia"), seen: Some(text(&seen)) })
            .await;
        world.synced().await;
        let edit = world.edits(&id).await.remove(0);
        assert_eq!((&edit.base, &edit.mine), (&text(&seen), &text("Zélia")), "{platform}");
        assert_eq!(
            edit.state,
            EditState::Conflict { theirs: text("Zoraide") },
            "{platform}: nobody saw the other's change"
        );
        assert_eq!(world.true_customer(&id).await[key], "Zoraide", "{platform}: nothing is overwritten");
    }
}

/// A note that was joined with what somebody changed at the store, and could not be sent yet.
async fn joined(foreign: &str) -> (World, String, FieldValue) {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    world.foreign(&id, json!({"note": "call\npaid\nblue"})).await;
    world.synced().await;
    world.edit(&id, &[(Field::Note, text("call\npaid\nblue\ncash"))]).await;
    world.foreign(&id, json!({"note": foreign})).await;
    world.fault(json!({"method": "PUT", "count": 20}), json!({"kind": "status", "status": 429})).await;
    world.sync_with(SyncOptions { push_only: true, full: false }).await;
    world.clear_faults().await;
    let joined = world.edits(&id).await.remove(0).mine;
    (world, id, joined)
}

fn note(value: &str, seen: &str) -> Change {
    let value = if value.is_empty() { FieldValue::Null } else { text(value) };
    Change { field: Field::Note, value, seen: Some(text(seen)) }
}

/// Seen: a person typed on over the page as it was before somebody's change was joined with their first text, and the change went.
#[tokio::test]
async fn what_is_typed_over_a_joined_text_that_was_not_seen_yet_keeps_the_others_change() {
    let seen = "call\npaid\nblue\ncash";
    for (foreign, merged, typed, left) in [
        (
            "VIP\ncall\npaid\nblue",
            "VIP\ncall\npaid\nblue\ncash",
            "call\npaid\nblue\ncard",
            "VIP\ncall\npaid\nblue\ncard",
        ),
        ("VIP\ncall\npaid\nblue", "VIP\ncall\npaid\nblue\ncash", "", "VIP"),
        // Both changed the same place, and the person has left a line free.
        ("VIP\ncall\npaid\nblue", "VIP\ncall\npaid\nblue\ncash", "paid\n\nblue", "paid\n\nblue\nVIP"),
        // Somebody took a line away.
        ("paid\nblue", "paid\nblue\ncash", "call\npaid\nblue\ncard", "paid\nblue\ncard"),
    ] {
        let (world, id, joined) = joined(foreign).await;
        assert_eq!(joined, text(merged));
        save(&world, &id, note(typed, seen)).await;
        world.synced().await;
        assert_eq!(world.true_customer(&id).await["note"], left, "{foreign:?}, {typed:?}");
        assert!(world.edits(&id).await.is_empty(), "{typed:?}: nobody has to decide anything");
    }
}

/// Seen: a person who changed their own text again, with that text before their eyes, was asked about the store's.
#[tokio::test]
async fn typing_on_over_a_text_of_ones_own_is_no_meeting() {
    let (world, id, joined) = joined("VIP\ncall\npaid\nblue").await;
    let seen = joined.as_text().unwrap().to_owned();
    save(&world, &id, note("", &seen)).await;
    save(&world, &id, Change { seen: Some(FieldValue::Null), ..note("gone", "") }).await;
    world.synced().await;
    assert_eq!(world.true_customer(&id).await["note"], "gone", "everything that was there was seen");
    assert!(world.edits(&id).await.is_empty());
}

/// A question that came up while a write stands still.
struct Asked {
    world: World,
    id: String,
    /// What the store has.
    stored: Address,
    saboteur: Arc<Saboteur>,
    sending: JoinHandle<StoreReport>,
}

/// An address that was joined with somebody's postal code is on its way, and the person types another code over the page as it was.
async fn asked_meanwhile() -> Asked {
    let (world, ..) = ready("tiendanube").await;
    let (id, address, mut list) = with_address(&world).await;
    let field = Field::Address(address.key.clone());
    let stored = Address { postal_code: Some("99999-000".to_owned()), ..address.clone() };
    let mine = Address { number: Some("4321".to_owned()), ..address };
    world.edit(&id, &[(field.clone(), FieldValue::Address(Box::new(mine.clone())))]).await;
    list[0]["zipcode"] = json!("99999-000");
    world.foreign(&id, json!({"addresses": list})).await;
    let saboteur = Saboteur::new(world.connector.clone(), Still::BeforeSending);
    let session = StoreSession { connector: saboteur.clone(), ..world.session().await };
    let options = SyncOptions { push_only: true, full: false };
    let sending = tokio::spawn(async move { sync_store(&session, options).await });
    saboteur.stands_still().await;
    let seen = FieldValue::Address(Box::new(mine.clone()));
    let value = Address { postal_code: Some("11111-000".to_owned()), ..mine };
    let value = FieldValue::Address(Box::new(value));
    save(&world, &id, Change { field, value, seen: Some(seen) }).await;
    let edit = world.edits(&id).await.remove(0);
    assert!(matches!(edit.state, EditState::Conflict { .. }), "nobody saw the other's code: {edit:?}");
    Asked { world, id, stored, saboteur, sending }
}

/// The question is settled before it is known whether the text arrives.
async fn settled_meanwhile(arrives: bool, decision: &Decision) -> (World, String) {
    let Asked { world, id, saboteur, sending, .. } = asked_meanwhile().await;
    let edit = world.edits(&id).await.remove(0);
    settle(&world, &edit, decision).await;
    match arrives {
        true => {
            saboteur.let_go();
            sending.await.unwrap();
        }
        false => {
            sending.abort();
            drop(sending.await);
        }
    }
    world.synced().await;
    assert!(world.edits(&id).await.is_empty(), "everything is settled");
    copy_is_the_truth(&world, "afterwards").await;
    (world, id)
}

async fn settle(world: &World, edit: &Edit, decision: &Decision) {
    let mut transaction = world.database.write().await.unwrap();
    let now = clientela_sync::Clock::now(&world.clock);
    assert_eq!(decide(&mut transaction, edit, decision, now).await.unwrap(), Decided::Done);
    clientela_database::commit(transaction).await.unwrap();
}

/// Seen: the question was about what the store had before our own write, which then went over the decision.
#[tokio::test]
async fn a_question_while_a_joined_address_is_on_its_way_is_about_what_will_stand_there() {
    for arrives in [true, false] {
        for (decision, code) in [(Decision::Theirs, "99999-000"), (Decision::Mine, "11111-000")] {
            let (world, id) = settled_meanwhile(arrives, &decision).await;
            let truth = world.true_customer(&id).await["addresses"][0].clone();
            let told = (&truth["number"], &truth["zipcode"]);
            assert_eq!(told, (&json!("4321"), &json!(code)), "{decision:?}, arrives: {arrives}");
        }
    }
}

/// Seen by a reader of the code: the question stayed about a text that had been refused, and taking the edit back sent that text.
#[tokio::test]
async fn a_question_about_a_text_that_was_refused_is_about_what_stands_there() {
    let Asked { world, id, stored, saboteur, sending } = asked_meanwhile().await;
    world.fault(json!({"method": "PUT"}), json!({"kind": "status", "status": 422})).await;
    saboteur.let_go();
    sending.await.unwrap();
    world.clear_faults().await;
    let edit = world.edits(&id).await.remove(0);
    let EditState::Conflict { theirs } = &edit.state else { panic!("nobody has answered it: {edit:?}") };
    assert_eq!(theirs.as_address().unwrap().parts(), stored.parts());
    assert_eq!(edit.unanswered, None);
    discard(&world, &id).await;
    world.synced().await;
    assert!(world.edits(&id).await.is_empty());
    let truth = world.true_customer(&id).await["addresses"][0].clone();
    let told = (truth["number"].as_str(), truth["zipcode"].as_str());
    assert_eq!(told, (stored.number.as_deref(), Some("99999-000")));
}

/// Seen by a reader of the code: a list that came in while the write was on its way brought back the question about what was there before,
/// the person took that, and the write overruled it.
#[tokio::test]
async fn what_was_decided_stands_although_an_earlier_text_arrives_after_it() {
    let Asked { world, id, stored, saboteur, sending } = asked_meanwhile().await;
    let edit = world.edits(&id).await.remove(0);
    let mut transaction = world.database.write().await.unwrap();
    let stands_there = FieldValue::Address(Box::new(stored.clone()));
    edit::set_conflict(&mut transaction, edit.id, &stands_there).await.unwrap();
    clientela_database::commit(transaction).await.unwrap();
    let edit = world.edits(&id).await.remove(0);
    settle(&world, &edit, &Decision::Theirs).await;
    saboteur.let_go();
    sending.await.unwrap();
    world.synced().await;
    assert!(world.edits(&id).await.is_empty(), "everything is settled");
    let truth = world.true_customer(&id).await["addresses"][0].clone();
    let told = (truth["number"].as_str(), truth["zipcode"].as_str());
    assert_eq!(told, (stored.number.as_deref(), Some("99999-000")));
    copy_is_the_truth(&world, "afterwards").await;
}
