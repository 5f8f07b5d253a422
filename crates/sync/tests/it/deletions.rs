//! Who is gone, who only seems to be, and who comes back.

use clientela_database::table::edit::EditState;
use clientela_database::table::mirror;
use clientela_domain::Field;
use serde_json::json;

use crate::compare::{copy_is_the_truth, is_customer, shown};
use crate::world::{World, id_of, text};

pub(crate) const BOTH: [&str; 2] = ["inallweb", "tiendanube"];
/// After so many seconds a store that still says that somebody is not there is believed.
pub(crate) const A_WHILE: u64 = 601;

pub(crate) async fn ready(platform: &'static str, customers: usize) -> World {
    let world = World::start(platform, customers).await;
    world.synced().await;
    world.clear_log().await;
    world
}

#[tokio::test]
async fn who_is_gone_is_asked_for_twice_and_buried() {
    for platform in BOTH {
        let world = ready(platform, 40).await;
        let id = world.somebody(3).await;
        world.delete(&id).await;
        let report = world.synced_in_full().await;
        assert_eq!((report.gone, report.held_back), (0, 0), "{platform}: once is a hiccup");
        assert!(!world.mirror(&id).await.unwrap().gone, "{platform}");
        world.pass_time(A_WHILE).await;
        let report = world.synced().await;
        assert_eq!((report.gone, report.held_back), (1, 0), "{platform}");
        let asked = world.requests("GET").await;
        let asked = asked
            .iter()
            .filter(|one| one["path"].as_str().unwrap().ends_with(&format!("customers/{id}")))
            .count();
        assert!(asked >= 2, "{platform}: a list proves nothing, one answer is a hiccup");
        assert!(
            world.mirror(&id).await.unwrap().gone,
            "{platform}: the text is kept, the customer is not shown"
        );
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn who_is_only_left_out_of_the_list_stays() {
    for platform in BOTH {
        let world = ready(platform, 40).await;
        world
            .fault(
                json!({"path_contains": "customers", "nth": 1, "count": 1}),
                json!({"kind": "drop_record", "records": 3}),
            )
            .await;
        let report = world.synced_in_full().await;
        assert_eq!((report.gone, report.held_back), (0, 0), "{platform}: asked by name, they are there");
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn a_great_many_at_once_are_held_back() {
    for platform in BOTH {
        let world = ready(platform, 60).await;
        let gone: Vec<String> =
            world.truth().await.iter().filter(|one| is_customer(one)).take(21).map(id_of).collect();
        for id in &gone {
            world.delete(id).await;
        }
        let report = world.synced_in_full().await;
        assert_eq!(
            (report.gone, report.held_back),
            (0, 21),
            "{platform}: 21 are more than 20 and more than 1 %"
        );
        assert_eq!(shown(&world).await.len(), 60, "{platform}: all are kept");
        // One comes back, and 20 may go.
        let reused = json!({"id": gone[0], "name": "Zoe", "email": "zoe@correio.example"});
        let reused_there = json!({"id": gone[0], "first_name": "Zoe", "email": "zoe@correio.example"});
        world.control("/create", if platform == "inallweb" { reused_there } else { reused }).await;
        world.synced_in_full().await;
        world.pass_time(A_WHILE).await;
        let report = world.synced_in_full().await;
        assert_eq!((report.gone, report.held_back), (20, 0), "{platform}: 20 are an honest number");
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn an_empty_list_buries_nobody() {
    for platform in BOTH {
        let world = ready(platform, 60).await;
        world.fault(json!({"path_contains": "customers"}), json!({"kind": "empty_list"})).await;
        let report = world.sync_in_full().await;
        assert_eq!(report.gone, 0, "{platform}");
        world.clear_faults().await;
        world.synced_in_full().await;
        assert_eq!(shown(&world).await.len(), 60, "{platform}: everybody is there");
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn who_comes_back_is_shown_again() {
    for platform in BOTH {
        let world = ready(platform, 40).await;
        let id = world.somebody(3).await;
        world.delete(&id).await;
        world.synced_in_full().await;
        world.pass_time(A_WHILE).await;
        assert_eq!(world.synced_in_full().await.gone, 1, "{platform}");
        let name = if platform == "inallweb" { "first_name" } else { "name" };
        world.control("/create", json!({"id": id, name: "Zoe", "email": "zoe@correio.example"})).await;
        world.synced_in_full().await;
        assert!(!world.mirror(&id).await.unwrap().gone, "{platform}: it is back");
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn edits_of_who_is_gone_wait_with_their_text() {
    for platform in BOTH {
        let world = ready(platform, 40).await;
        let id = world.somebody(3).await;
        world
            .edit(&id, &[(Field::FirstName, text("Zélia")), (Field::Phone, text("+55 11 98765-4321"))])
            .await;
        world.delete(&id).await;
        let report = world.synced().await;
        assert_eq!((report.pushed, report.parked, report.gone), (0, 0, 0), "{platform}: once is a hiccup");
        world.pass_time(A_WHILE).await;
        let report = world.synced().await;
        assert_eq!((report.pushed, report.parked, report.gone), (0, 2, 1), "{platform}");
        assert_eq!(world.requests("PUT").await.len(), 0, "{platform}: nothing is written to nobody");
        for edit in world.edits(&id).await {
            assert!(
                matches!(&edit.state, EditState::Parked { code, .. } if code == "gone"),
                "{platform}: {:?}",
                edit.state
            );
        }
        assert_eq!(world.edits(&id).await[0].mine, text("Zélia"), "{platform}: the text is kept");
        world.synced_in_full().await;
        assert_eq!(world.edits(&id).await.len(), 2, "{platform}: and stays");

        // Back again, the edits still wait for a person, who tries them again.
        let name = if platform == "inallweb" { "first_name" } else { "name" };
        world.control("/create", json!({"id": id, name: "Zoe", "email": "zoe@correio.example"})).await;
        world.synced_in_full().await;
        assert!(!world.mirror(&id).await.unwrap().gone, "{platform}");
        assert_eq!(world.edits(&id).await.len(), 2, "{platform}: nobody decided for the person");
        assert_eq!(world.true_customer(&id).await[name], "Zoe", "{platform}: nothing was sent by itself");
    }
}

#[tokio::test]
async fn a_customer_not_found_when_it_is_written_is_looked_at_again() {
    for platform in BOTH {
        let world = ready(platform, 40).await;
        let id = world.somebody(3).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        world
            .fault(
                json!({"method": "PUT", "nth": 1, "count": 1}),
                json!({"kind": "status", "status": 404, "body": {"detail": "gone"}}),
            )
            .await;
        let report = world.synced().await;
        assert_eq!((report.parked, report.pushed, report.gone), (0, 0, 0), "{platform}: nothing is certain");
        let edits = world.edits(&id).await;
        assert!(matches!(edits[0].state, EditState::Pending), "{platform}: {:?}", edits[0].state);
        let report = world.synced().await;
        assert_eq!((report.parked, report.pushed), (0, 1), "{platform}: it was there all the time");
    }
}

/// A store that was restored from a copy, or a wrong way to it: it says for some minutes that nobody of these is there.
#[tokio::test]
async fn who_is_not_there_for_some_minutes_stays() {
    for platform in BOTH {
        let world = ready(platform, 40).await;
        let id = world.somebody(3).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        let missing = json!({"kind": "status", "status": 404, "body": {"detail": "not found"}});
        world.fault(json!({"path_contains": format!("customers/{id}")}), missing).await;
        for _ in 0..3 {
            let report = world.synced_in_full().await;
            assert_eq!((report.gone, report.parked), (0, 0), "{platform}");
            world.pass_time(150).await;
        }
        world.clear_faults().await;
        assert_eq!(world.synced().await.pushed, 1, "{platform}: and the edit goes out");
        world.pass_time(A_WHILE).await;
        assert_eq!(world.synced_in_full().await.gone, 0, "{platform}: what was noted is forgotten");
    }
}

/// Seen by a reader of the code: a page that had left the store before brought back who was deleted here.
#[tokio::test]
async fn who_was_deleted_here_does_not_come_back_with_an_old_page() {
    for platform in BOTH {
        let world = ready(platform, 40).await;
        let id = world.somebody(3).await;
        let customer = world.mirror(&id).await.unwrap().customer;
        let now = clientela_sync::Clock::now(&world.clock);
        let mut transaction = world.database.write().await.unwrap();
        mirror::note_gone(&mut transaction, customer, now).await.unwrap();
        mirror::note_missed(&mut transaction, customer, now).await.unwrap();
        clientela_database::commit(transaction).await.unwrap();
        // The store has it all the while, as a copy does that lags behind.
        world.synced_in_full().await;
        assert!(world.mirror(&id).await.unwrap().gone, "{platform}");
        world.pass_time(A_WHILE).await;
        world.synced().await;
        assert!(
            !world.mirror(&id).await.unwrap().gone,
            "{platform}: asked for it a while later, the store has it"
        );
    }
}

/// They were counted as missing at once, and held back at every pass.
#[tokio::test]
async fn a_great_many_may_be_deleted_here() {
    for platform in BOTH {
        let world = ready(platform, 60).await;
        let now = clientela_sync::Clock::now(&world.clock);
        let deleted: Vec<String> =
            world.truth().await.iter().filter(|one| is_customer(one)).take(25).map(id_of).collect();
        for id in &deleted {
            let customer = world.mirror(id).await.unwrap().customer;
            world.delete(id).await;
            let mut transaction = world.database.write().await.unwrap();
            mirror::note_gone(&mut transaction, customer, now).await.unwrap();
            mirror::note_missed(&mut transaction, customer, now).await.unwrap();
            clientela_database::commit(transaction).await.unwrap();
        }
        world.pass_time(A_WHILE).await;
        let report = world.synced().await;
        assert_eq!(report.held_back, 0, "{platform}: a person has deleted them");
        world.clear_log().await;
        world.pass_time(A_WHILE).await;
        world.synced().await;
        let asked = world.requests("GET").await;
        let of_one = |path: &str| deleted.iter().any(|id| path.ends_with(&format!("customers/{id}")));
        let asked = asked.iter().filter(|one| of_one(one["path"].as_str().unwrap())).count();
        assert_eq!(asked, 0, "{platform}: once is enough");
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn a_store_that_forbids_one_customer_does_not_lose_the_pass() {
    // Deleted customers answer 403 there: "anything else than no" keeps them, and the sweep reaches its end.
    let world =
        World::with("tiendanube", 40, clientela_sandbox::RateMode::Off, &[("deleted_answer", "403")]).await;
    world.synced().await;
    let (gone, other) = (world.somebody(3).await, world.somebody(4).await);
    world.edit(&gone, &[(Field::FirstName, text("Zélia"))]).await;
    world.edit(&other, &[(Field::FirstName, text("Inês"))]).await;
    world.delete(&gone).await;
    let report = world.synced_in_full().await;
    assert_eq!((report.pushed, report.gone), (1, 0), "the other edit arrives, nobody is buried");
    assert_eq!(world.true_customer(&other).await["name"], "Inês", "nobody is blocked");
    assert_eq!(world.edits(&gone).await.len(), 1, "the edit is kept");
}

#[tokio::test]
async fn a_page_for_people_in_place_of_one_customer_stops_nobody_else() {
    let variants = [("refusal_shape", "html")];
    let world = World::with("tiendanube", 30, clientela_sandbox::RateMode::Off, &variants).await;
    world.synced().await;
    let (gone, other) = (world.somebody(0).await, world.somebody(1).await);
    world.edit(&gone, &[(Field::FirstName, text("Zélia"))]).await;
    world.edit(&other, &[(Field::FirstName, text("Inês"))]).await;
    world.delete(&gone).await;
    let report = world.synced_in_full().await;
    assert_eq!((report.pushed, report.gone), (1, 0), "one arrives, and such a page proves no deletion");
    assert_eq!(world.edits(&gone).await[0].mine, text("Zélia"), "the text is kept");
}

#[tokio::test]
async fn three_who_are_shown_in_no_way_that_can_be_read_end_no_pass() {
    for platform in BOTH {
        let world = ready(platform, 60).await;
        let before = world.store_row().await.full_pass_at;
        let mut gone = Vec::new();
        for skip in 0..5 {
            let id = world.somebody(skip).await;
            let one = json!({"path_contains": format!("customers/{id}")});
            world.fault(one, json!({"kind": "html_200"})).await;
            gone.push(id);
        }
        for id in &gone {
            world.delete(id).await;
        }
        world.pass_time(A_WHILE).await;
        let report = world.sync_in_full().await;
        assert!(report.stop.is_none() && report.skipped >= 3, "{platform}: {report:?}");
        assert_eq!(report.gone, 0, "{platform}: such an answer is no no");
        assert!(world.store_row().await.full_pass_at > before, "{platform}: the pass has reached its end");
        world.clear_faults().await;
        world.synced_in_full().await;
        world.pass_time(A_WHILE).await;
        assert_eq!(world.synced_in_full().await.gone, 5, "{platform}");
        copy_is_the_truth(&world, platform).await;
    }
}

/// They are listed, and are not in the copy: that is no gap.
#[tokio::test]
async fn who_was_erased_here_does_not_make_the_list_be_read_again() {
    let world = ready("inallweb", 60).await;
    for skip in 0..2 {
        world.erase(&world.somebody(skip).await).await;
    }
    world.clear_log().await;
    world.synced_in_full().await;
    let lists = world.requests("GET").await;
    let lists = lists.iter().filter(|one| {
        one["path"].as_str().unwrap().ends_with("/customers")
            && !one["query"].as_str().unwrap().contains("segment=")
    });
    assert_eq!(lists.count(), 1, "everybody is on one page, and it was read once");
}
