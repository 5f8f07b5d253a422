//! Answers that cannot be read, and people who must not come back.

use clientela_domain::Field;
use clientela_sync::{StoreReport, fill_details};
use serde_json::json;

use crate::compare::{copy_is_the_truth, differences, shown};
use crate::world::{World, text};

const BOTH: [&str; 2] = ["inallweb", "tiendanube"];

#[tokio::test]
async fn records_that_cannot_be_read_are_left_out_and_counted() {
    for platform in BOTH {
        let world = World::start(platform, 60).await;
        // Without their id nobody can tell who they are.
        let spoiled = json!({"kind": "wrong_types", "records": 3, "fields": ["id"]});
        world.fault(json!({"path_contains": "customers"}), spoiled).await;
        let report = world.sync().await;
        assert!(report.skipped >= 3, "{platform}: they are counted");
        assert!(!report.skipped_reasons.is_empty(), "{platform}: and told why");
        assert!(report.stop.is_none(), "{platform}: the pass goes on: {:?}", report.stop);
        assert!(shown(&world).await.len() >= 50, "{platform}: the others are there");
        world.clear_faults().await;
        world.synced_in_full().await;
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn facts_of_the_wrong_type_take_nobody_away() {
    for platform in BOTH {
        for kind in ["wrong_types", "missing_fields", "null_fields", "absurd_dates", "duplicate_record"] {
            let world = World::start(platform, 60).await;
            world.synced().await;
            world.fault(json!({"path_contains": "customers"}), json!({"kind": kind, "records": 5})).await;
            let report = world.sync_in_full().await;
            assert_eq!(report.gone, 0, "{platform} {kind}: nobody goes");
            assert!(report.stop.is_none(), "{platform} {kind}: the pass reaches its end: {:?}", report.stop);
            world.clear_faults().await;
            world.synced_in_full().await;
            copy_is_the_truth(&world, &format!("{platform} {kind}")).await;
        }
    }
}

#[tokio::test]
async fn one_unreadable_customer_blocks_neither_pushes_nor_the_pass() {
    for platform in BOTH {
        let world = World::start(platform, 60).await;
        world.synced().await;
        let (bad, good) = (world.somebody(2).await, world.somebody(3).await);
        world.edit(&bad, &[(Field::FirstName, text("Zélia"))]).await;
        world.edit(&good, &[(Field::FirstName, text("Inês"))]).await;
        let path = format!("customers/{bad}");
        world.fault(json!({"path_contains": path}), json!({"kind": "wrong_types", "fields": ["id"]})).await;
        let report = world.synced_in_full().await;
        assert_eq!(report.pushed, 1, "{platform}: the readable one is sent");
        assert_eq!(report.skipped, 1, "{platform}: the other is counted");
        assert_eq!(world.edits(&bad).await.len(), 1, "{platform}: its edit waits");
        world.clear_faults().await;
        assert_eq!(world.synced().await.pushed, 1, "{platform}: and arrives when the answer can be read");
    }
}

#[tokio::test]
async fn a_sweep_survives_a_customer_that_cannot_be_read() {
    for platform in BOTH {
        let world = World::start(platform, 60).await;
        world.synced().await;
        let (bad, gone) = (world.somebody(2).await, world.somebody(3).await);
        world.delete(&gone).await;
        // A list with page numbers is read three times before it is believed.
        let rounds = if platform == "inallweb" { 3 } else { 1 };
        let matching = json!({"path_contains": "customers", "nth": 1, "count": rounds});
        world.fault(matching, json!({"kind": "drop_record", "records": 10})).await;
        world.fault(json!({"path_contains": format!("customers/{bad}")}), json!({"kind": "html_200"})).await;
        let report = world.sync_in_full().await;
        assert!(report.stop.is_none(), "{platform}: {:?}", report.stop);
        world.pass_time(601).await;
        let report = world.sync_in_full().await;
        assert_eq!(report.gone, 1, "{platform}: who is gone is found all the same");
    }
}

#[tokio::test]
async fn another_stores_list_takes_nobody_away() {
    for platform in BOTH {
        let world = World::start(platform, 100).await;
        world.synced().await;
        world.fault(json!({"path_contains": "customers"}), json!({"kind": "wrong_store"})).await;
        world.sync_in_full().await;
        world.clear_faults().await;
        // The stranger's records may be the younger ones; no copy lags behind for an hour.
        world.pass_time(3_600).await;
        world.synced_in_full().await;
        let truth = world.truth().await;
        for one in truth.iter().filter(|one| crate::compare::is_customer(one)) {
            crate::compare::same(&world, one, platform).await;
        }
    }
}

#[tokio::test]
async fn who_was_erased_does_not_come_back() {
    for platform in BOTH {
        let world = World::start(platform, 40).await;
        world.synced().await;
        let id = world.somebody(2).await;
        world.erase(&id).await;
        let name = if platform == "inallweb" { "first_name" } else { "name" };
        world.foreign(&id, json!({name: "Zoraide"})).await;
        world.synced().await;
        let report = world.synced_in_full().await;
        assert_eq!(report.new, 0, "{platform}: nobody is new");
        assert!(world.mirror(&id).await.is_none(), "{platform}: the person's word is stronger than any list");
        assert_eq!(shown(&world).await.len(), 39, "{platform}");
        // The book knows them after a restart too.
        let world = world.restart().await;
        world.synced_in_full().await;
        assert!(world.mirror(&id).await.is_none(), "{platform}: after a restart too");
    }
}

#[tokio::test]
async fn a_bomb_and_a_redirection_stop_the_pass_and_cost_nothing() {
    for platform in BOTH {
        for fault in [
            json!({"kind": "gzip_bomb", "bytes": 100 * 1024 * 1024}),
            json!({"kind": "redirect", "to": "http://127.0.0.1:9/elsewhere"}),
            json!({"kind": "deep_nesting"}),
            json!({"kind": "invalid_utf8"}),
        ] {
            let world = World::start(platform, 40).await;
            world.synced().await;
            world.fault(json!({"path_contains": "customers"}), fault.clone()).await;
            let report = world.sync_in_full().await;
            assert!(report.stop.is_some(), "{platform} {fault}: it is told");
            world.clear_faults().await;
            world.synced_in_full().await;
            copy_is_the_truth(&world, platform).await;
        }
    }
}

#[tokio::test]
async fn a_page_that_breaks_off_is_not_taken_in_by_halves() {
    for (platform, page) in [("inallweb", 100), ("tiendanube", 200)] {
        let mut faults: Vec<_> = [0, 1, 2_000, 20_000, 60_000]
            .map(|bytes| json!({"kind": "truncate_at", "bytes": bytes}))
            .to_vec();
        faults.push(json!({"kind": "malformed_json"}));
        for fault in faults {
            let label = format!("{platform} {fault}");
            let world = World::start(platform, 450).await;
            let second_on = json!({"path_contains": "customers", "nth": 2, "count": 1_000});
            world.fault(second_on, fault).await;
            let report = world.sync().await;
            assert!(report.stop.is_some(), "{label}: it is told");
            assert_eq!(
                shown(&world).await.len(),
                page,
                "{label}: the whole page, and nobody of the broken one"
            );
            let found = differences(&world, &[]).await;
            let wrong: Vec<_> = found.iter().filter(|one| !one.ends_with("is missing in the copy")).collect();
            assert!(wrong.is_empty(), "{label}: {wrong:#?}");
            world.clear_faults().await;
            world.synced().await;
            copy_is_the_truth(&world, &label).await;
        }
    }
}

#[tokio::test]
async fn a_store_that_was_set_back_is_believed_when_no_copy_can_lag_so_long() {
    for platform in BOTH {
        let world = World::start(platform, 40).await;
        world.synced().await;
        let id = world.somebody(2).await;
        let key = if platform == "inallweb" { "first_name" } else { "name" };
        // A backup was played back there: the record is another one, with an older date.
        world.foreign(&id, json!({key: "Zoraide", "updated_at": "2019-03-01T10:00:00Z"})).await;
        world.synced_in_full().await;
        assert_ne!(
            world.mirror(&id).await.unwrap().record.first_name.value().unwrap(),
            "Zoraide",
            "{platform}: a lagging copy looks the same"
        );
        world.pass_time(3_600).await;
        world.synced_in_full().await;
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn a_malformed_record_does_not_make_every_list_be_read_three_times() {
    let world = World::start("inallweb", 60).await;
    world
        .fault(
            json!({"path_contains": "customers"}),
            json!({"kind": "wrong_types", "records": 1, "fields": ["id"]}),
        )
        .await;
    world.sync().await;
    let lists = world.log().await;
    let lists = lists.iter().filter(|one| {
        let query = one["query"].as_str().unwrap();
        one["path"].as_str().unwrap().ends_with("/customers") && !query.contains("segment=")
    });
    assert_eq!(lists.count(), 1, "it was listed, if not understood");
}

#[tokio::test]
async fn one_unreadable_customer_does_not_stop_filling_in() {
    let world = World::start("inallweb", 20).await;
    world.synced().await;
    let bad = world.somebody(0).await;
    world.fault(json!({"path_contains": format!("customers/{bad}")}), json!({"kind": "html_200"})).await;
    let mut report = StoreReport::default();
    fill_details(&world.session().await, &mut report, 50).await.unwrap();
    assert_eq!((report.changed, report.skipped), (19, 1), "everybody else is filled in");
}

#[tokio::test]
async fn three_unreadable_customers_in_a_row_are_the_stores_trouble() {
    let world = World::start("tiendanube", 20).await;
    world.synced().await;
    for skip in 0..6 {
        let id = world.somebody(skip).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    }
    world.clear_log().await;
    world.fault(json!({}), json!({"kind": "html_200"})).await;
    let report = world.sync().await;
    assert!(report.stop.is_some(), "a network that asks for a sign-in is told as trouble");
    assert_eq!(world.log().await.len(), 3, "nobody knocks for every edit");
    assert_eq!(world.all_edits().await.len(), 6, "every edit waits");
    world.clear_faults().await;
    assert_eq!(world.synced().await.pushed, 6);
}
