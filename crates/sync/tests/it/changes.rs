//! Following a store after the first pass.

use std::sync::Arc;

use clientela_domain::{CustomerId, Field, StoreId};
use clientela_sync::{Phase, Progress, SyncOptions, sync_store};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::compare::{copy_is_the_truth, is_customer, same};
use crate::world::{World, id_of, text};

#[tokio::test]
async fn nothing_new_costs_one_request() {
    let world = World::start("tiendanube", 250).await;
    world.synced().await;
    world.pass_time(3_600).await;
    world.clear_log().await;
    let report = world.synced().await;
    assert_eq!((report.requests, report.seen), (1, 0), "one question, no answer");
    assert_eq!(world.log().await.len(), 1, "the store counts the same");
}

#[tokio::test]
async fn changes_are_asked_for_from_a_little_before_the_last_pass() {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    let since = world.store_row().await.changes_since.unwrap();
    world.pass_time(3_600).await;
    world.clear_log().await;
    world.synced().await;
    let query = world.log().await[0]["query"].as_str().unwrap().to_owned();
    let asked = query
        .split('&')
        .find_map(|part| part.strip_prefix("updated_at_min="))
        .expect("changes are asked for");
    let asked = asked.replace("%3A", ":").replace("%2B", "+");
    let asked = chrono::DateTime::parse_from_rfc3339(&asked)
        .or_else(|_| chrono::DateTime::parse_from_str(&asked, "%Y-%m-%dT%H:%M:%S%z"))
        .unwrap();
    let overlap = since.signed_duration_since(asked).num_seconds();
    assert!((600..900).contains(&overlap), "an overlap of {overlap} s catches clocks that jump");
    let later = world.store_row().await.changes_since.unwrap();
    assert!(later > since, "the mark moves with the store's clock");
}

#[tokio::test]
async fn foreign_edits_are_found() {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    world.pass_time(3_600).await;
    let id = world.somebody(2).await;
    world.foreign(&id, json!({"name": "Zoraide", "note": "VIP", "phone": null})).await;
    let report = world.synced().await;
    assert_eq!((report.seen, report.changed, report.new), (1, 1, 0));
    copy_is_the_truth(&world, "after a foreign edit").await;
    let again = world.synced().await;
    assert_eq!((again.seen, again.changed), (1, 0), "the overlap shows it again, and nothing changes");
}

#[tokio::test]
async fn a_new_customer_is_found() {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    world.pass_time(3_600).await;
    world.control("/create", json!({"name": "Zoe", "email": "zoe@correio.example"})).await;
    assert_eq!(world.synced().await.new, 1);
    copy_is_the_truth(&world, "after a new customer").await;
}

/// Edits somebody at the store when the first page has come.
struct EditAtFirstPage {
    tell: tokio::sync::mpsc::UnboundedSender<()>,
}

impl Progress for EditAtFirstPage {
    fn reached(&self, _store: StoreId, phase: Phase, _done: u64, _total: Option<u64>) {
        if matches!(phase, Phase::FirstPass | Phase::Changes | Phase::FullPass) {
            self.tell.send(()).ok();
        }
    }

    fn customers_changed(&self, _store: StoreId) {}

    fn edits_changed(&self, _store: StoreId, _customer: CustomerId) {}
}

#[tokio::test]
async fn an_edit_made_during_a_pass_is_caught_by_the_next() {
    for (platform, customers) in [("tiendanube", 450), ("inallweb", 250)] {
        let world = World::start(platform, customers).await;
        let truth = world.truth().await;
        let id = id_of(truth.iter().find(|one| is_customer(one)).unwrap());
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let session = world.watched(Arc::new(EditAtFirstPage { tell }), CancellationToken::new()).await;
        let key = if platform == "inallweb" { "last_name" } else { "name" };
        let (report, ()) = tokio::join!(sync_store(&session, SyncOptions::default()), async {
            told.recv().await;
            world.foreign(&id, json!({key: "Zoraide"})).await;
        });
        assert!(report.stop.is_none(), "{platform}: {:?}", report.stop);
        world.synced().await;
        same(&world, &world.true_customer(&id).await, platform).await;
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn a_full_pass_finds_foreign_edits_by_content() {
    for variant in [("updated_at", "moves"), ("updated_at", "still"), ("updated_at", "null")] {
        let world = World::with("inallweb", 130, clientela_sandbox::RateMode::Off, &[variant]).await;
        world.synced().await;
        let id = world.somebody(2).await;
        world.control("/edit", json!({"id": id, "set": {"last_name": "Zoraide", "is_active": false}, "keep_updated_at": true})).await;
        let report = world.synced().await;
        assert!(report.changed >= 1, "{variant:?}: no date tells of it");
        copy_is_the_truth(&world, "by content").await;
    }
}

#[tokio::test]
async fn addresses_changed_at_the_store_are_found_by_the_full_pass() {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    let truth = world.truth().await;
    let one = truth.iter().find(|one| one["addresses"][0]["address"].is_string()).unwrap();
    let mut list = one["addresses"].clone();
    list[0]["number"] = json!("4321");
    world.pass_time(3_600).await;
    world.foreign(&id_of(one), json!({"addresses": list})).await;
    let silent = world.synced().await;
    assert_eq!(silent.changed, 0, "the store does not tell of it");
    // A week later everything is read again by itself.
    world.pass_time(8 * 24 * 3_600).await;
    let report = world.synced().await;
    assert_eq!(report.changed, 1, "reading everything finds it");
    copy_is_the_truth(&world, "addresses").await;
}

#[tokio::test]
async fn an_edit_saved_during_a_long_pass_does_not_wait_for_its_end() {
    let world = World::start("tiendanube", 450).await;
    world.synced().await;
    let id = world.somebody(2).await;
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let session = world.watched(Arc::new(EditAtFirstPage { tell }), CancellationToken::new()).await;
    world.clear_log().await;
    // The second page takes its time.
    world
        .fault(
            json!({"path_contains": "customers", "nth": 1, "count": 1}),
            json!({"kind": "delay_ms", "ms": 200}),
        )
        .await;
    let options = SyncOptions { full: true, ..SyncOptions::default() };
    let (report, ()) = tokio::join!(sync_store(&session, options), async {
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        told.recv().await;
    });
    assert_eq!(report.pushed, 1);
    let log = world.log().await;
    let put = log.iter().position(|one| one["method"] == "PUT").expect("it was sent");
    let last_list =
        log.iter().rposition(|one| one["path"].as_str().unwrap().ends_with("/customers")).unwrap();
    assert!(put < last_list, "it was sent between two pages");
}

#[tokio::test]
async fn this_machines_clock_decides_nothing() {
    for platform in ["tiendanube", "inallweb"] {
        let world = World::start(platform, 40).await;
        world.synced().await;
        for (hours, name) in [(-26, "Zoraide"), (52, "Zuleica"), (-26, "Zenaide")] {
            world.clock.set_wall_off(chrono::TimeDelta::hours(hours));
            world.pass_time(3_600).await;
            let (id, mine) = (world.somebody(2).await, world.somebody(5).await);
            let key = if platform == "inallweb" { "last_name" } else { "name" };
            world.foreign(&id, json!({key: name})).await;
            world.edit(&mine, &[(Field::FirstName, text(name))]).await;
            let report = world.synced().await;
            assert_eq!((report.pushed, report.conflicts, report.gone), (1, 0, 0), "{platform}: {hours}");
            copy_is_the_truth(&world, platform).await;
        }
    }
}

/// Who is deleted there is found by reading everything, now and then.
#[tokio::test]
async fn a_clock_that_was_once_far_ahead_puts_no_full_pass_off() {
    let world = World::start("tiendanube", 40).await;
    world.clock.set_wall_off(chrono::TimeDelta::days(1_000));
    world.synced().await;
    world.clock.set_wall_off(chrono::TimeDelta::days(-1_000));
    let id = world.somebody(2).await;
    world.delete(&id).await;
    for _ in 0..2 {
        world.pass_time(3_600).await;
        world.synced().await;
    }
    assert!(world.mirror(&id).await.unwrap().gone);
}
