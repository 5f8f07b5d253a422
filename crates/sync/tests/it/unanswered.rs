//! What left this machine and was never answered is still known when the edit waits for a person.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use chrono::DateTime;
use clientela_connectors::Fetched;
use clientela_database::table::edit::EditState;
use clientela_database::table::history::{self, HistoryEntry};
use clientela_domain::{CustomerRecord, Field, FieldValue, Presence};
use clientela_sync::{StoreReport, StoreSession, SyncOptions, outbox, sync_store};
use serde_json::json;

use crate::saboteur::{Saboteur, Still};
use crate::warped::Warped;
use crate::world::{World, id_of, text};

const BOTH: [&str; 2] = ["inallweb", "tiendanube"];
const PUSH_ONLY: SyncOptions = SyncOptions { push_only: true, full: false };

/// An edit of a first name that arrived: the answer was lost, and then the store forbade the customer.
async fn parked_after_it_arrived(platform: &'static str) -> (World, String) {
    let world = World::start(platform, 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    world.fault(json!({"method": "PUT", "nth": 1}), json!({"kind": "reset_after"})).await;
    let again = json!({"method": "GET", "path_contains": format!("customers/{id}"), "nth": 2});
    world.fault(again, json!({"kind": "status", "status": 403})).await;
    world.sync_with(PUSH_ONLY).await;
    assert_eq!(world.parked(&id).await.1, "forbidden", "{platform}: a person is asked");
    world.clear_faults().await;
    (world, id)
}

/// An edit of a first name that left, whose write ended like this and of which the store said nothing since.
async fn left_unanswered(platform: &'static str, how: &str) -> (World, String) {
    let world = World::start(platform, 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    world.fault(json!({"method": "PUT", "nth": 1}), json!({"kind": how})).await;
    let path = format!("customers/{id}");
    let reads = json!({"method": "GET", "path_contains": path, "nth": 2, "count": 20});
    world.fault(reads, json!({"kind": "status", "status": 500})).await;
    world.sync_with(PUSH_ONLY).await;
    world.clear_faults().await;
    (world, id)
}

async fn timeline(world: &World, id: &str) -> Vec<HistoryEntry> {
    timeline_of(world, id, &Field::FirstName).await
}

async fn timeline_of(world: &World, id: &str, field: &Field) -> Vec<HistoryEntry> {
    let customer = world.mirror(id).await.unwrap().customer;
    let mut connection = world.database.read().await.unwrap();
    let mut lines = history::newest(&mut connection, customer, 50).await.unwrap();
    lines.retain(|line| line.field == field.to_string());
    lines
}

/// Seen: the change was told as the store's own, as if somebody else had typed the same text.
#[tokio::test]
async fn a_text_that_arrived_before_its_edit_was_parked_is_told_as_sent() {
    for platform in BOTH {
        let (world, id) = parked_after_it_arrived(platform).await;
        let report = world.synced().await;
        assert_eq!((report.conflicts, report.parked), (0, 0), "{platform}");
        assert!(world.edits(&id).await.is_empty(), "{platform}: the store has it");
        let lines = timeline(&world, &id).await;
        let told: Vec<&str> = lines.iter().map(|line| line.source.as_str()).collect();
        assert!(told.contains(&"sent") && !told.contains(&"store"), "{platform}: {told:?}");
    }
}

/// Seen: a person typed on meanwhile, and was asked to choose between the new text and the one typed before it.
#[tokio::test]
async fn nobody_is_asked_about_an_earlier_text_of_their_own() {
    for platform in BOTH {
        let (world, id) = parked_after_it_arrived(platform).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia Lima"))]).await;
        let report = world.synced().await;
        assert_eq!((report.conflicts, report.pushed), (0, 1), "{platform}: it goes on from what arrived");
        assert!(world.edits(&id).await.is_empty(), "{platform}");
        let name = world.mirror(&id).await.unwrap().record.first_name;
        assert_eq!(name.value().map(String::as_str), Some("Zélia Lima"), "{platform}");
        assert!(timeline(&world, &id).await.iter().all(|line| line.source != "store"), "{platform}");
    }
}

/// Seen: the person went back to what the copy showed, which ended the edit here while the text stood at the store.
#[tokio::test]
async fn going_back_to_the_old_text_undoes_what_may_have_arrived() {
    for platform in BOTH {
        let (world, id) = parked_after_it_arrived(platform).await;
        let before = world.mirror(&id).await.unwrap().record.first_name.value().cloned().unwrap();
        world.edit(&id, &[(Field::FirstName, text(&before))]).await;
        let report = world.synced().await;
        assert_eq!((report.conflicts, report.pushed), (0, 1), "{platform}: the old text is sent after it");
        let name = world.mirror(&id).await.unwrap().record.first_name;
        assert_eq!(name.value(), Some(&before), "{platform}");
    }
}

/// Seen: taking a refused edit back left its text at the store, where it had arrived.
#[tokio::test]
async fn taking_a_refused_edit_back_undoes_what_may_have_arrived() {
    for platform in BOTH {
        let (world, id) = parked_after_it_arrived(platform).await;
        let before = world.mirror(&id).await.unwrap().record.first_name.value().cloned().unwrap();
        discard(&world, &id).await;
        let report = world.synced().await;
        assert_eq!((report.conflicts, report.pushed), (0, 1), "{platform}: the old text is sent after it");
        assert!(world.edits(&id).await.is_empty(), "{platform}");
        let name = world.mirror(&id).await.unwrap().record.first_name;
        assert_eq!(name.value(), Some(&before), "{platform}");
    }
}

#[tokio::test]
async fn an_edit_that_is_refused_again_after_it_was_taken_back_can_be_taken_away() {
    for platform in BOTH {
        let (world, id) = parked_after_it_arrived(platform).await;
        discard(&world, &id).await;
        let path = format!("customers/{id}");
        world.fault(json!({"path_contains": path}), json!({"kind": "status", "status": 403})).await;
        world.sync().await;
        assert_eq!(world.parked(&id).await.1, "forbidden", "{platform}: it cannot be undone now");
        discard(&world, &id).await;
        assert!(world.edits(&id).await.is_empty(), "{platform}: nobody is asked for ever");
    }
}

pub(crate) async fn discard(world: &World, id: &str) {
    let edit = world.edits(id).await.remove(0);
    let mut transaction = world.database.write().await.unwrap();
    let now = clientela_sync::Clock::now(&world.clock);
    outbox::discard(&mut transaction, &edit, now).await.unwrap();
    clientela_database::commit(transaction).await.unwrap();
}

/// Seen: the timeline told that the store had changed the name to what it was.
#[tokio::test]
async fn a_change_that_never_arrived_and_was_taken_back_is_no_change_of_the_store() {
    for platform in BOTH {
        let (world, id) = left_unanswered(platform, "reset").await;
        discard(&world, &id).await;
        world.synced().await;
        assert!(world.edits(&id).await.is_empty(), "{platform}");
        let lines = timeline(&world, &id).await;
        let told: Vec<&str> = lines.iter().rev().map(|line| line.source.as_str()).collect();
        assert_eq!(told, ["here", "discarded"], "{platform}");
    }
}

/// Seen: beside asterisks nobody looked whether a text had arrived. When it was changed at the store afterwards, the timeline told that
/// change and not ours before it.
#[tokio::test]
async fn what_a_store_shows_beside_asterisks_has_arrived() {
    let world = World::start("uappi", 30).await;
    world.synced().await;
    let truth = world.truth().await;
    let id = id_of(truth.iter().find(|one| one["deleted"] == false && one["masked"] == false).unwrap());
    let gender = Field::Extra("gender".to_owned());
    let known = world.mirror(&id).await.unwrap().record.field(&gender).into_value().unwrap();
    let (was, new) = if known == text("male") { ("male", "female") } else { ("female", "male") };
    world.edit(&id, &[(gender.clone(), text(new))]).await;
    world.fault(json!({"method": "PUT", "nth": 1}), json!({"kind": "reset_after"})).await;
    world
        .fault(json!({"method": "GET", "nth": 2, "count": 20}), json!({"kind": "status", "status": 500}))
        .await;
    world.sync_with(PUSH_ONLY).await;
    world.clear_faults().await;
    assert!(world.edits(&id).await[0].unanswered.is_some(), "nobody knows whether it arrived");

    world.foreign(&id, json!({"masked": true})).await;
    world.sync_with(PUSH_ONLY).await;
    assert!(world.edits(&id).await.is_empty(), "the store has shown it");
    world.foreign(&id, json!({"masked": false, "gender": was})).await;
    world.synced_in_full().await;
    let lines = timeline_of(&world, &id, &gender).await;
    let told: Vec<&str> = lines.iter().rev().map(|line| line.source.as_str()).collect();
    assert_eq!(told, ["here", "sent", "store"]);
}

/// Seen: a store went back to what was sent before, and the timeline told that it was sent once more.
#[tokio::test]
async fn no_line_tells_a_change_from_a_text_to_the_same_text() {
    let (world, id) = left_unanswered("inallweb", "reset_after").await;
    world.edit(&id, &[(Field::FirstName, text("Zélia Lima"))]).await;
    world.foreign(&id, json!({"first_name": "Zuleica"})).await;
    assert_eq!(world.sync_with(PUSH_ONLY).await.conflicts, 1);
    world.foreign(&id, json!({"first_name": "Zélia"})).await;
    world.synced_in_full().await;
    assert!(world.edits(&id).await.is_empty());
    let lines = timeline(&world, &id).await;
    assert!(lines.iter().all(|line| line.before != line.after), "{lines:?}");
    assert_eq!(lines[0].source, "sent");
}

/// Seen: the store showed just what the person had typed last, and they were asked to choose between that and the same; afterwards the
/// timeline did not tell how it came there.
#[tokio::test]
async fn nobody_is_asked_to_choose_between_a_text_and_the_same_text() {
    for (platform, key) in [("inallweb", "first_name"), ("tiendanube", "name")] {
        let (world, id) = left_unanswered(platform, "reset_after").await;
        world.pass_time(60).await;
        world.foreign(&id, json!({key: "Zoraide"})).await;
        world.edit(&id, &[(Field::FirstName, text("Zoraide"))]).await;
        let report = world.synced().await;
        assert_eq!((report.conflicts, world.edits(&id).await), (0, vec![]), "{platform}");
        let lines = timeline(&world, &id).await;
        let last = lines.first().unwrap();
        assert_eq!((last.source.as_str(), &last.after), ("store", &text("Zoraide")), "{platform}");
    }
}

/// Seen: a note that never arrived was taken back. What somebody else had written meanwhile was joined with nothing, and sent to the
/// store that had it.
#[tokio::test]
async fn what_was_taken_back_is_not_joined_with_what_came_since() {
    let (world, id) = note_taken_back("reset").await;
    world.foreign(&id, json!({"note": "call\nvip"})).await;
    world.clear_log().await;
    let report = world.synced().await;
    assert_eq!((report.conflicts, world.edits(&id).await), (0, vec![]));
    assert_eq!(world.requests("PUT").await, Vec::<serde_json::Value>::new(), "there was nothing to send");
    let lines = timeline_of(&world, &id, &Field::Note).await;
    assert_eq!((lines[0].source.as_str(), &lines[0].after), ("store", &text("call\nvip")));
}

#[tokio::test]
async fn what_was_taken_back_and_stands_among_others_is_asked_about() {
    let (world, id) = note_taken_back("reset_after").await;
    world.foreign(&id, json!({"note": "call\npaid\nvip"})).await;
    assert_eq!(world.synced().await.conflicts, 1, "what was taken back had arrived");
    assert_eq!(world.true_customer(&id).await["note"], "call\npaid\nvip", "nothing is overruled");
}

/// A note whose write ended like this, which was typed on and then taken back.
async fn note_taken_back(how: &str) -> (World, String) {
    let world = World::start("tiendanube", 30).await;
    let id = world.somebody(0).await;
    world.foreign(&id, json!({"note": "call"})).await;
    world.synced().await;
    world.edit(&id, &[(Field::Note, text("call\npaid"))]).await;
    world.fault(json!({"method": "PUT"}), json!({"kind": how})).await;
    let again = json!({"method": "GET", "path_contains": format!("customers/{id}"), "nth": 2});
    world.fault(again, json!({"kind": "status", "status": 403})).await;
    world.sync_with(PUSH_ONLY).await;
    assert_eq!(world.parked(&id).await.1, "forbidden", "nobody knows whether it arrived");
    world.clear_faults().await;
    world.edit(&id, &[(Field::Note, text("call\npaid\nsent"))]).await;
    discard(&world, &id).await;
    world.pass_time(60).await;
    (world, id)
}

/// Pushes through a connector that shows every customer like this.
async fn push_shown(
    world: &World,
    shown: impl Fn() -> CustomerRecord + Send + Sync + 'static,
) -> StoreReport {
    let fetch = move |_: &_| Some(Ok(Fetched::Found { record: Box::new(shown()), server_time: None }));
    let connector = Warped::new(world, |_, _| {}, fetch);
    let session = StoreSession { connector, ..world.session().await };
    sync_store(&session, PUSH_ONLY).await
}

fn dated(record: &CustomerRecord, microseconds: i64) -> CustomerRecord {
    let date = DateTime::from_timestamp_micros(1_767_258_000_000_000 + microseconds).unwrap();
    CustomerRecord { updated_at: Presence::Value(date), ..record.clone() }
}

#[tokio::test]
async fn a_date_that_is_finer_than_a_millisecond_is_no_sign_of_a_change() {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    let record = dated(&world.mirror(&id).await.unwrap().record, 123_456);
    world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    world.fault(json!({"method": "PUT", "nth": 1}), json!({"kind": "reset"})).await;
    let report = push_shown(&world, move || record.clone()).await;
    assert_eq!(
        (report.pushed, report.conflicts),
        (1, 0),
        "it had not arrived, and is sent again: {report:?}"
    );
}

#[tokio::test]
async fn the_date_of_our_own_write_is_no_sign_of_a_change() {
    let world = World::start("inallweb", 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    let record = world.mirror(&id).await.unwrap().record;
    world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    // The store dates every write, and takes none.
    let mut answer = world.true_customer(&id).await;
    answer["updated_at"] = json!("2026-01-01T09:00:09Z");
    let fault = json!({"kind": "status", "status": 200, "body": answer});
    world.fault(json!({"method": "PUT"}), fault).await;
    let shown = AtomicI64::new(0);
    let second = move || if shown.fetch_add(1, Relaxed) == 0 { 0 } else { 9_000_000 };
    let report = push_shown(&world, move || dated(&record, second())).await;
    assert_eq!((report.pushed, report.conflicts), (0, 0), "nobody has changed anything: {report:?}");
    assert_eq!(world.parked(&id).await.1, "ignored", "and a person is told");
}

/// Seen (90020964): the timeline ended with the other's text, and the copy had ours.
#[tokio::test]
async fn a_text_of_ours_that_stands_there_again_during_a_question_is_told() {
    for platform in BOTH {
        let (world, id) = left_unanswered(platform, "reset_after").await;
        let key = if platform == "inallweb" { "first_name" } else { "name" };
        world.foreign(&id, json!({key: "Zoraide"})).await;
        assert_eq!(world.synced().await.conflicts, 1, "{platform}: somebody changed it after us");
        world.edit(&id, &[(Field::FirstName, text("Zenaide"))]).await;
        world.pass_time(60).await;
        world.foreign(&id, json!({key: "Zélia"})).await;
        world.synced().await;
        let edit = world.edits(&id).await.remove(0);
        assert_eq!(edit.state, EditState::Conflict { theirs: text("Zélia") }, "{platform}");
        let told: Vec<_> =
            timeline(&world, &id).await.into_iter().map(|line| (line.source, line.after)).collect();
        assert_eq!(told[0], ("sent".to_owned(), text("Zélia")), "{platform}: {told:?}");
        world.synced().await;
        assert_eq!(timeline(&world, &id).await.len(), told.len(), "{platform}: once");
    }
}

/// Seen by a reader of the code: typing another text into the question made it forget that one had left before, and the store's going back
/// to the old value was overwritten.
#[tokio::test]
async fn another_text_typed_into_a_question_does_not_forget_that_one_has_left() {
    for platform in BOTH {
        let (world, id) = left_unanswered(platform, "reset_after").await;
        let key = if platform == "inallweb" { "first_name" } else { "name" };
        let before = world.mirror(&id).await.unwrap().record.first_name.value().cloned().unwrap();
        world.foreign(&id, json!({key: "Zoraide"})).await;
        world.synced().await;
        let edit = world.edits(&id).await.remove(0);
        assert_eq!(edit.state, EditState::Conflict { theirs: text("Zoraide") }, "{platform}");
        world.edit(&id, &[(Field::FirstName, text("Zuleica"))]).await;
        world.foreign(&id, json!({key: before})).await;
        world.synced().await;
        let edit = world.edits(&id).await.remove(0);
        let theirs = text(&before);
        assert_eq!(edit.state, EditState::Conflict { theirs }, "{platform}: somebody went back on purpose");
        assert_eq!(
            world.true_customer(&id).await[key],
            before.as_str(),
            "{platform}: nothing is overwritten"
        );
    }
}

/// Seen by a reader of the code: who had taken the store's text was asked again, with that text as their own, when the store changed it.
#[tokio::test]
async fn who_takes_the_stores_text_is_not_asked_when_the_store_changes_it() {
    for platform in BOTH {
        let (world, id) = left_unanswered(platform, "reset_after").await;
        let key = if platform == "inallweb" { "first_name" } else { "name" };
        world.foreign(&id, json!({key: "Zoraide"})).await;
        world.synced().await;
        let edit = world.edits(&id).await.remove(0);
        let mut transaction = world.database.write().await.unwrap();
        let now = clientela_sync::Clock::now(&world.clock);
        let theirs = outbox::Decision::Theirs;
        assert_eq!(
            outbox::decide(&mut transaction, &edit, &theirs, now).await.unwrap(),
            outbox::Decided::Done
        );
        clientela_database::commit(transaction).await.unwrap();
        world.foreign(&id, json!({key: "Zuleica"})).await;
        let report = world.synced().await;
        assert_eq!(
            (report.conflicts, report.pushed),
            (0, 1),
            "{platform}: it is settled, and nothing is sent"
        );
        assert!(world.edits(&id).await.is_empty(), "{platform}");
        assert_eq!(world.true_customer(&id).await[key], "Zuleica", "{platform}");
    }
}

/// Seen by a reader of the code: an edit was parked while the store changed the field, and the page showed the edit. Who went back to what
/// was there before was not told of the store's text, and what they typed was dropped.
#[tokio::test]
async fn going_back_to_the_old_text_is_no_answer_to_a_text_that_the_page_did_not_show() {
    for (platform, key) in [("inallweb", "first_name"), ("tiendanube", "name")] {
        let (world, id) = parked_after_it_arrived(platform).await;
        let before = world.mirror(&id).await.unwrap().record.first_name.value().cloned().unwrap();
        world.pass_time(60).await;
        world.foreign(&id, json!({key: "Zoraide"})).await;
        world.sync_with(SyncOptions { push_only: false, full: true }).await;
        let edit = world.edits(&id).await.remove(0);
        assert!(matches!(edit.state, EditState::Parked { .. }), "{platform}: {:?}", edit.state);
        world.edit(&id, &[(Field::FirstName, text(&before))]).await;
        world.synced().await;
        let edit = world.edits(&id).await.remove(0);
        assert_eq!(
            edit.state,
            EditState::Conflict { theirs: text("Zoraide") },
            "{platform}: a person is asked"
        );
        assert_eq!(edit.mine, text(&before), "{platform}");
    }
}

/// Seen by a reader of the code: a field that the store never shows was emptied there, when a person took a change of it back.
#[tokio::test]
async fn taking_back_what_nobody_can_see_takes_nothing_away() {
    let world = World::start("tiendanegocio", 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    world.edit(&id, &[(Field::Company, text("ACME"))]).await;
    world.fault(json!({"method": "PUT", "count": 20}), json!({"kind": "reset"})).await;
    world.sync_with(PUSH_ONLY).await;
    world.clear_faults().await;
    assert!(world.edits(&id).await[0].unanswered.is_some(), "nobody knows whether it arrived");
    world.clear_log().await;
    discard(&world, &id).await;
    world.synced().await;
    assert!(world.edits(&id).await.is_empty());
    assert_eq!(world.requests("PUT").await, Vec::<serde_json::Value>::new(), "nothing is sent");
}

/// Seen by a reader of the code: clearing the field by hand emptied it all the same.
#[tokio::test]
async fn clearing_what_nobody_can_see_takes_nothing_away() {
    for nothing in [FieldValue::Null, text("")] {
        let world = World::start("tiendanegocio", 30).await;
        world.synced().await;
        let id = world.somebody(0).await;
        world.edit(&id, &[(Field::Company, text("ACME"))]).await;
        world.fault(json!({"method": "PUT", "count": 20}), json!({"kind": "reset"})).await;
        world.sync_with(PUSH_ONLY).await;
        world.clear_faults().await;
        assert!(world.edits(&id).await[0].unanswered.is_some(), "nobody knows whether it arrived");
        world.clear_log().await;
        world.edit(&id, &[(Field::Company, nothing)]).await;
        world.synced().await;
        assert!(world.edits(&id).await.is_empty());
        assert_eq!(world.requests("PUT").await, Vec::<serde_json::Value>::new(), "nothing is sent");
    }
}

/// Seen by a reader of the code: what was typed into such a field and cleared while it was on its way stayed at the store.
#[tokio::test(flavor = "multi_thread")]
async fn clearing_what_is_on_its_way_is_sent_after_it() {
    let world = World::start("tiendanegocio", 30).await;
    world.synced().await;
    let id = world.somebody(0).await;
    world.edit(&id, &[(Field::Company, text("ACME"))]).await;
    world.clear_log().await;
    let saboteur = Saboteur::new(world.connector.clone(), Still::BeforeSending);
    let session = StoreSession { connector: saboteur.clone(), ..world.session().await };
    let sending = tokio::spawn(async move { sync_store(&session, PUSH_ONLY).await });
    saboteur.stands_still().await;
    world.edit(&id, &[(Field::Company, FieldValue::Null)]).await;
    saboteur.let_go();
    sending.await.unwrap();
    world.synced().await;
    assert!(world.edits(&id).await.is_empty());
    assert_eq!(world.requests("PUT").await.len(), 2, "the text, and then nothing in its place");
}
