//! Two people change one customer: here, and at the store.

use clientela_database::table::edit::EditState;
use clientela_domain::{Address, Field, FieldValue};
use clientela_sync::outbox::{Decided, Decision, decide};
use serde_json::json;

use crate::compare::copy_is_the_truth;
use crate::world::{World, id_of, text};

pub(crate) const BOTH: [&str; 2] = ["inallweb", "tiendanube"];

pub(crate) async fn ready(platform: &'static str) -> (World, String, &'static str) {
    let world = World::start(platform, 30).await;
    let id = world.somebody(0).await;
    if platform == "tiendanube" {
        world.foreign(&id, json!({"note": "call\n\npaid"})).await;
    }
    world.synced().await;
    world.clear_log().await;
    (world, id, if platform == "inallweb" { "first_name" } else { "name" })
}

#[tokio::test]
async fn one_field_changed_by_both_is_a_conflict_with_three_values() {
    for platform in BOTH {
        let (world, id, key) = ready(platform).await;
        let base = world.true_customer(&id).await[key].as_str().unwrap().to_owned();
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        world.foreign(&id, json!({key: "Zoraide"})).await;
        let report = world.synced().await;
        assert_eq!((report.pushed, report.conflicts), (0, 1), "{platform}: a person has to choose");
        assert_eq!(world.requests("PUT").await.len(), 0, "{platform}: nothing is overwritten");
        let edit = world.edits(&id).await.remove(0);
        assert_eq!((&edit.base, &edit.mine), (&text(&base), &text("Zélia")), "{platform}");
        assert_eq!(edit.state, EditState::Conflict { theirs: text("Zoraide") }, "{platform}");
        let again = world.synced().await;
        assert_eq!((again.conflicts, again.pushed), (0, 0), "{platform}: it is told once and stays");
    }
}

#[tokio::test]
async fn a_conflict_ends_as_the_person_says() {
    let other = || Decision::Other(text("Zélia Zoraide"));
    for platform in BOTH {
        for (decision, wanted) in
            [(Decision::Mine, "Zélia"), (Decision::Theirs, "Zoraide"), (other(), "Zélia Zoraide")]
        {
            let (world, id, key) = ready(platform).await;
            world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
            world.foreign(&id, json!({key: "Zoraide"})).await;
            world.synced().await;
            let edit = world.edits(&id).await.remove(0);
            let mut transaction = world.database.write().await.unwrap();
            let now = clientela_sync::Clock::now(&world.clock);
            let decided = decide(&mut transaction, &edit, &decision, now).await.unwrap();
            assert_eq!(decided, Decided::Done, "{platform}: it was in conflict");
            clientela_database::commit(transaction).await.unwrap();
            world.synced().await;
            assert_eq!(world.true_customer(&id).await[key], wanted, "{platform}: {decision:?}");
            assert!(world.edits(&id).await.is_empty(), "{platform}: {decision:?}");
            copy_is_the_truth(&world, platform).await;
        }
    }
}

#[tokio::test]
async fn a_conflict_that_the_other_side_takes_back_is_sent() {
    for platform in BOTH {
        let (world, id, key) = ready(platform).await;
        let base = world.true_customer(&id).await[key].clone();
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        world.foreign(&id, json!({key: "Zoraide"})).await;
        world.synced().await;
        world.pass_time(5).await;
        world.foreign(&id, json!({key: base})).await;
        world.synced().await;
        world.synced().await;
        assert_eq!(
            world.true_customer(&id).await[key],
            "Zélia",
            "{platform}: nothing is in its way any more"
        );
        assert!(world.edits(&id).await.is_empty(), "{platform}");
    }
}

/// Seen: where the store's value was empty, the next answer took the question back by itself, and the edit was sent over what
/// somebody had emptied on purpose.
#[tokio::test]
async fn a_conflict_about_an_emptied_field_waits_for_the_person() {
    let (world, id, _) = ready("tiendanube").await;
    world.foreign(&id, json!({"note": null})).await;
    world.synced_in_full().await;
    world.edit(&id, &[(Field::Note, text("prefere tarde"))]).await;
    let world = taken_back(world, &id, json!({"note": null}), 30).await;
    assert_eq!(world.synced_in_full().await.conflicts, 1, "perhaps on purpose");
    world.clear_log().await;
    for _ in 0..2 {
        world.synced_in_full().await;
    }
    let state = world.edits(&id).await.remove(0).state;
    assert_eq!(state, EditState::Conflict { theirs: FieldValue::Null }, "the question stands");
    assert_eq!(world.requests("PUT").await.len(), 0, "and nothing is sent");
}

/// Seen: the conflict went on with two equal texts, and its end was told as a change of the store.
#[tokio::test]
async fn typing_what_the_store_has_ends_a_conflict() {
    for platform in BOTH {
        let (world, id, key) = ready(platform).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        world.foreign(&id, json!({key: "Zoraide"})).await;
        assert_eq!(world.synced().await.conflicts, 1, "{platform}");
        world.edit(&id, &[(Field::FirstName, text("Zoraide"))]).await;
        assert!(world.edits(&id).await.is_empty(), "{platform}: the person has chosen");
        assert_eq!(world.true_customer(&id).await[key], "Zoraide", "{platform}");
    }
}

#[tokio::test]
async fn different_fields_both_arrive() {
    for platform in BOTH {
        let (world, id, key) = ready(platform).await;
        world.edit(&id, &[(Field::Phone, text("+55 11 98765-4321"))]).await;
        world.foreign(&id, json!({key: "Zoraide"})).await;
        let report = world.synced().await;
        assert_eq!((report.pushed, report.conflicts), (1, 0), "{platform}: they never meet");
        let truth = world.true_customer(&id).await;
        assert_eq!(
            (&truth[key], &truth["phone"]),
            (&json!("Zoraide"), &json!("+55 11 98765-4321")),
            "{platform}"
        );
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn the_same_change_on_both_sides_is_done() {
    for platform in BOTH {
        let (world, id, key) = ready(platform).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        world.foreign(&id, json!({key: "Zélia"})).await;
        let report = world.synced().await;
        assert_eq!((report.pushed, report.conflicts), (1, 0), "{platform}: the store has it");
        assert_eq!(world.requests("PUT").await.len(), 0, "{platform}: there is nothing to send");
    }
}

#[tokio::test]
async fn lines_of_a_note_that_are_apart_are_joined() {
    let (world, id, _) = ready("tiendanube").await;
    world.edit(&id, &[(Field::Note, text("call\n\npaid\nlikes blue"))]).await;
    world.foreign(&id, json!({"note": "VIP\ncall\n\npaid"})).await;
    let report = world.synced().await;
    assert_eq!((report.pushed, report.conflicts), (1, 0), "both changes fit into one note");
    assert_eq!(world.true_customer(&id).await["note"], "VIP\ncall\n\npaid\nlikes blue");
    copy_is_the_truth(&world, "joined note").await;
}

#[tokio::test]
async fn lines_of_a_note_at_one_place_are_a_conflict() {
    let (world, id, _) = ready("tiendanube").await;
    world.edit(&id, &[(Field::Note, text("call\n\npaid\nlikes blue"))]).await;
    world.foreign(&id, json!({"note": "call\n\npaid\nlikes red"})).await;
    let report = world.synced().await;
    assert_eq!((report.pushed, report.conflicts), (0, 1), "which goes first is not for a program to say");
    assert_eq!(world.true_customer(&id).await["note"], "call\n\npaid\nlikes red");
}

/// A customer with an address, that address as the copy has it, and the addresses as the store has them.
pub(crate) async fn with_address(world: &World) -> (String, Address, serde_json::Value) {
    let truth = world.truth().await;
    let id = id_of(
        truth
            .iter()
            .find(|one| one["email"].is_string() && one["addresses"][0]["address"].is_string())
            .unwrap(),
    );
    let mirror = world.mirror(&id).await.unwrap();
    let key = world.true_customer(&id).await["addresses"][0]["id"].to_string();
    let list = mirror.record.addresses.into_value().unwrap();
    let address = list.into_iter().find(|address| address.key == key).unwrap();
    (id.clone(), address, world.true_customer(&id).await["addresses"].clone())
}

#[tokio::test]
async fn parts_of_an_address_that_are_apart_are_joined() {
    let (world, ..) = ready("tiendanube").await;
    let (id, address, mut list) = with_address(&world).await;
    let mine = Address { number: Some("4321".to_owned()), ..address.clone() };
    world.edit(&id, &[(Field::Address(address.key.clone()), FieldValue::Address(Box::new(mine)))]).await;
    list[0]["zipcode"] = json!("99999-000");
    world.foreign(&id, json!({"addresses": list})).await;
    let report = world.synced().await;
    assert_eq!((report.pushed, report.conflicts), (1, 0), "number and postal code do not meet");
    let truth = world.true_customer(&id).await["addresses"][0].clone();
    assert_eq!((&truth["number"], &truth["zipcode"]), (&json!("4321"), &json!("99999-000")));
    copy_is_the_truth(&world, "joined address").await;
}

#[tokio::test]
async fn one_part_of_an_address_changed_by_both_is_a_conflict() {
    let (world, ..) = ready("tiendanube").await;
    let (id, address, mut list) = with_address(&world).await;
    let mine = Address { number: Some("4321".to_owned()), ..address.clone() };
    world.edit(&id, &[(Field::Address(address.key.clone()), FieldValue::Address(Box::new(mine)))]).await;
    list[0]["number"] = json!("77");
    world.foreign(&id, json!({"addresses": list})).await;
    let report = world.synced().await;
    assert_eq!((report.pushed, report.conflicts), (0, 1));
    assert_eq!(world.true_customer(&id).await["addresses"][0]["number"], "77", "nothing is overwritten");
}

#[tokio::test]
async fn a_new_address_arrives_once_and_an_address_can_be_removed() {
    let (world, ..) = ready("tiendanube").await;
    let (id, address, list) = with_address(&world).await;
    let count = list.as_array().unwrap().len();
    let key = format!("{}1", Address::NEW_PREFIX);
    let new = Address {
        key: key.clone(),
        street: Some("Rua das Laranjeiras".to_owned()),
        number: Some("12".to_owned()),
        city: Some("Maringá".to_owned()),
        postal_code: Some("87013-000".to_owned()),
        country: Some("BR".to_owned()),
        ..Address::default()
    };
    world.edit(&id, &[(Field::Address(key), FieldValue::Address(Box::new(new)))]).await;
    world.fault(json!({"method": "PUT", "nth": 1}), json!({"kind": "reset_after"})).await;
    assert_eq!(world.synced().await.pushed, 1, "it is known by its place, as it has no id of ours");
    assert_eq!(world.true_customer(&id).await["addresses"].as_array().unwrap().len(), count + 1, "once");
    world.edit(&id, &[(Field::Address(address.key), FieldValue::Null)]).await;
    assert_eq!(world.synced().await.pushed, 1);
    assert_eq!(
        world.true_customer(&id).await["addresses"].as_array().unwrap().len(),
        count,
        "one is removed"
    );
    copy_is_the_truth(&world, "addresses").await;
}

/// What was typed arrives, the program ends before it is told so, and somebody changes the customer at the store.
async fn taken_back(world: World, id: &str, back: serde_json::Value, seconds: u64) -> World {
    let saboteur =
        crate::saboteur::Saboteur::new(world.connector.clone(), crate::saboteur::Still::AfterSending);
    let session = clientela_sync::StoreSession { connector: saboteur.clone(), ..world.session().await };
    tokio::select! {
        report = clientela_sync::sync_store(&session, clientela_sync::SyncOptions::default()) => panic!("{report:?}"),
        () = saboteur.stands_still() => {}
    }
    drop(session);
    drop(saboteur);
    world.pass_time(seconds).await;
    world.foreign(id, back).await;
    world.restart().await
}

#[tokio::test]
async fn what_was_taken_back_at_the_store_after_it_arrived_is_not_sent_again() {
    // Seen: where it was undone within the second, which is all that the store's clock tells, the change was made once more.
    for seconds in [30, 0] {
        let (world, id, key) = ready("tiendanube").await;
        let base = world.true_customer(&id).await[key].clone();
        world.pass_time(60).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        // The answer is lost, and before anybody reads again somebody undoes the change.
        let world = taken_back(world, &id, json!({key: base.clone()}), seconds).await;
        let report = world.synced().await;
        let told = (report.pushed, report.conflicts);
        assert_eq!(told, (0, 1), "after {seconds} s: perhaps it was undone on purpose: a person looks");
        assert_eq!(world.true_customer(&id).await[key], base, "nobody is overruled");
    }
}

#[tokio::test]
async fn an_address_that_the_store_keeps_in_part_is_added_once() {
    // Its records have no recipient, so it never shows the place as it was typed.
    let variants = [("payload", "document")];
    let world = World::with("tiendanube", 30, clientela_sandbox::RateMode::Off, &variants).await;
    world.synced().await;
    let id = world.somebody(0).await;
    let before = world.true_customer(&id).await["addresses"].as_array().unwrap().len();
    let new = Address {
        key: "new-1".to_owned(),
        recipient: Some("Zélia".to_owned()),
        street: Some("Rua do Porto".to_owned()),
        city: Some("Natal".to_owned()),
        country: Some("BR".to_owned()),
        ..Address::default()
    };
    world.edit(&id, &[(Field::Address("new-1".to_owned()), FieldValue::Address(Box::new(new)))]).await;
    let report = world.synced().await;
    assert_eq!((report.pushed, report.parked), (1, 0));
    let after = world.true_customer(&id).await["addresses"].as_array().unwrap().len();
    assert_eq!(after, before + 1, "and not once for every try");
}
