//! The program is ended by force, at any moment. What a person saved arrives exactly once, and the copy is whole.

use std::time::Duration;

use serde_json::{Value, json};

use crate::desk::Desk;

/// Moments spread over a run. The first ones hit the opening of the book, the last ones its end.
fn moments(runs: u64, longest: u64) -> impl Iterator<Item = Duration> {
    // A golden-ratio walk covers the span evenly and is the same in every run of the test.
    (1..=runs).map(move |run| Duration::from_millis(run * 618 % 1_000 * longest / 1_000))
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_first_pass_of_inallweb_the_next_sync_finishes() {
    killed_in_the_first_pass("inallweb", 130).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_first_pass_of_tiendanube_the_next_sync_finishes() {
    killed_in_the_first_pass("tiendanube", 260).await;
}

async fn killed_in_the_first_pass(platform: &str, customers: usize) {
    let mut desk = Desk::new(customers).await;
    let mut torn = 0;
    for moment in moments(5, 800) {
        desk.new_folder();
        desk.connect(platform).await;
        let slow = json!({"kind": "delay_ms", "ms": 60});
        desk.fault(platform, json!({"path_contains": "customers"}), slow).await;
        torn += usize::from(!desk.killed(&["sync"], moment).await);
        desk.clear_faults().await;
        let report = desk.synced().await;
        assert_eq!(report["stores"][0]["complete"], true, "{platform} {moment:?}: {report}");
        desk.agrees(platform).await;
        assert_eq!(
            desk.ok(&["doctor"]).await,
            json!({"problems": []}),
            "{platform} {moment:?}: the file is whole"
        );
    }
    assert!(torn >= 3, "{platform}: most runs were torn: {torn}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_a_write_is_taken_the_edit_arrives_once() {
    killed_in_a_push(json!({"kind": "delay_ms", "ms": 300})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_a_taken_write_is_answered_the_edit_arrives_once() {
    killed_in_a_push(json!({"kind": "slow_byte", "every_ms": 20, "bytes": 20})).await;
}

async fn killed_in_a_push(slow: Value) {
    for platform in ["inallweb", "tiendanube"] {
        let desk = Desk::new(60).await;
        desk.connect(platform).await;
        desk.synced().await;
        let remote = desk.somebody(platform, 3).await;
        let id = desk.id(platform, &remote).await;
        let mut torn = 0;
        for (run, moment) in moments(5, 600).enumerate() {
            let phone = format!("+55 11 98765-43{run:02}");
            let edited = desk.ok(&["customer", "edit", &id, &format!("phone={phone}")]).await;
            assert_eq!(edited["state"], "edited", "{platform}: it is saved before anything is sent");
            desk.clear_log().await;
            desk.fault(platform, json!({"method": "PUT"}), slow.clone()).await;
            torn += usize::from(!desk.killed(&["sync"], moment).await);
            desk.clear_faults().await;
            desk.synced().await;
            assert_eq!(
                desk.true_customer(platform, &remote).await["phone"],
                phone,
                "{platform} {moment:?}: it arrived"
            );
            assert_eq!(desk.writes(platform).await, 1, "{platform} {moment:?}: exactly once");
            assert_eq!(
                desk.ok(&["changes"]).await,
                json!({"changes": []}),
                "{platform} {moment:?}: nothing waits"
            );
        }
        assert!(torn >= 3, "{platform}: most runs were torn: {torn}");
        desk.agrees(platform).await;
        assert_eq!(desk.ok(&["doctor"]).await, json!({"problems": []}), "{platform}: the file is whole");
    }
}
