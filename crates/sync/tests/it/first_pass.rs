//! The first reading of a whole store.

use std::sync::{Arc, Mutex};

use clientela_connectors::Page;
use clientela_database::table::store::StoreState;
use clientela_domain::{CustomerId, StoreId};
use clientela_sync::{Phase, Progress, SyncOptions, SyncStop, sync_store};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::compare::{copy_is_the_truth, shown};
use crate::warped::Warped;
use crate::world::{Beginning, World};

/// Cancels when a phase has come so far.
struct CancelAfter {
    cancel: CancellationToken,
    phase: Phase,
    customers: u64,
}

impl Progress for CancelAfter {
    fn reached(&self, _store: StoreId, phase: Phase, done: u64, _total: Option<u64>) {
        if phase == self.phase && done >= self.customers {
            self.cancel.cancel();
        }
    }

    fn customers_changed(&self, _store: StoreId) {}

    fn edits_changed(&self, _store: StoreId, _customer: CustomerId) {}
}

#[tokio::test]
async fn the_first_pass_is_the_store_inallweb() {
    first_pass("inallweb").await;
}

#[tokio::test]
async fn the_first_pass_is_the_store_tiendanube() {
    first_pass("tiendanube").await;
}

async fn first_pass(platform: &'static str) {
    let world = World::start(platform, 250).await;
    let report = world.synced().await;
    assert_eq!((report.new, report.skipped, report.gone), (250, 0, 0), "everybody is new");
    copy_is_the_truth(&world, platform).await;
    let store = world.store_row().await;
    assert_eq!(store.state, StoreState::Ready, "the store has been read whole");
    assert!(store.changes_since.is_some() && store.full_pass_at.is_some(), "the end of the pass is noted");
}

#[tokio::test]
async fn a_cancelled_first_pass_goes_on_where_it_was() {
    for (platform, customers, page) in [("inallweb", 250, 100), ("tiendanube", 450, 200)] {
        let world = World::start(platform, customers).await;
        let cancel = CancellationToken::new();
        let watch = CancelAfter { cancel: cancel.clone(), phase: Phase::FirstPass, customers: 1 };
        let report = sync_store(&world.watched(Arc::new(watch), cancel).await, SyncOptions::default()).await;
        assert!(matches!(report.stop, Some(SyncStop::Cancelled)), "{:?}", report.stop);
        assert_eq!(shown(&world).await.len(), page, "the first page is there and can be used");
        assert!(world.store_row().await.changes_since.is_none(), "a torn pass moves no mark");

        let world = world.restart().await;
        world.clear_log().await;
        world.synced().await;
        copy_is_the_truth(&world, platform).await;
        let lists = world.requests("GET").await;
        let again = lists.iter().filter(|request| {
            let query = request["query"].as_str().unwrap();
            !query.contains("segment=")
                && (query.contains("since_id=0&") || query.contains("page=1&") || query.ends_with("page=1"))
        });
        assert_eq!(again.count(), 0, "{platform}: the first page is not read again");
    }
}

#[tokio::test]
async fn a_first_pass_that_met_trouble_goes_on_where_it_was() {
    for platform in ["inallweb", "tiendanube"] {
        let world = World::start(platform, 450).await;
        // The second page first, then whatever comes next, until the store is well again.
        for (nth, fault) in [
            (2, json!({"kind": "status", "status": 500})),
            (1, json!({"kind": "reset"})),
            (1, json!({"kind": "truncate_at", "bytes": 500})),
            (1, json!({"kind": "html_200"})),
            (1, json!({"kind": "deep_nesting"})),
        ] {
            world
                .fault(json!({"path_contains": "customers", "nth": nth, "count": 1000}), fault.clone())
                .await;
            let report = world.sync().await;
            assert!(report.stop.is_some(), "{platform}: {fault} stops the pass");
            world.clear_faults().await;
        }
        assert!(shown(&world).await.len() >= 100, "{platform}: what came before the trouble stays");
        world.synced().await;
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn a_page_for_people_behind_the_last_page_is_the_end() {
    let variants = [("refusal_shape", "html"), ("total_count", "absent"), ("link", "absent")];
    let world = World::with("tiendanube", 30, clientela_sandbox::RateMode::Off, &variants).await;
    world.synced().await;
    copy_is_the_truth(&world, "everybody is there").await;
}

#[tokio::test]
async fn segments_are_read_from_a_store_that_knows_them_in_capitals_only() {
    let variants = [("segment_case", "title"), ("segment_filter", "exact"), ("unknown_segment", "422")];
    let world = World::with("inallweb", 30, clientela_sandbox::RateMode::Off, &variants).await;
    world.synced().await;
    let truth = world.truth().await;
    for one in truth.iter().filter(|one| world.has(one)) {
        let told = world.mirror(&crate::world::id_of(one)).await.unwrap().record.segment;
        assert_eq!(told.value().map(String::as_str), one["segment"].as_str(), "{}", one["id"]);
    }
}

/// Seen: a store that lists in no order and does not tell how many there are. Somebody was never on any page, pass after pass.
#[tokio::test]
async fn a_list_without_a_total_that_names_somebody_twice_is_read_again() {
    let world = World::begin(Beginning {
        platform: "inallweb",
        customers: 30,
        rate: clientela_sandbox::RateMode::Off,
        variants: &[],
        people: &[],
        page_size: Some(10),
        client: None,
    })
    .await;
    let last = Mutex::new(None);
    let shifted = Warped::new(
        &world,
        move |before, page: &mut Page| {
            page.total = None;
            let mut last = last.lock().unwrap();
            // Between the first two pages the list has moved by one place.
            if let Some(again) = last.take().filter(|_| before == 1) {
                page.records[0] = again;
            }
            *last = page.records.last().cloned();
        },
        |_| None,
    );
    shifted.sync(&world, false).await;
    let twice = shifted.lists();
    copy_is_the_truth(&world, "everybody was on some page").await;
    shifted.sync(&world, false).await;
    assert_eq!((shifted.lists() - twice) * 2, twice, "once, when nobody is named twice");
}
