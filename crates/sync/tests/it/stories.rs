//! One story under every variant of both platforms: read, edit, meet somebody else's hand, and agree in the end.

use clientela_connectors::ConnectorError;
use clientela_domain::Field;
use clientela_sandbox::{RateMode, variants};
use clientela_sync::SyncStop;
use serde_json::json;

use crate::compare::{copy_is_the_truth, is_customer, same, shown};
use crate::world::{World, id_of, text};

#[tokio::test]
async fn inallweb_and_its_copy_agree_under_every_variant() {
    let runs = under_every_variant("inallweb").await;
    assert!(runs >= 50, "{runs} runs");
}

#[tokio::test]
async fn tiendanube_and_its_copy_agree_under_every_variant() {
    let runs = under_every_variant("tiendanube").await;
    assert!(runs >= 60, "{runs} runs");
}

async fn under_every_variant(platform: &'static str) -> usize {
    let mut runs = 0;
    for variant in variants().iter().filter(|variant| variant.platform == platform) {
        for value in variant.values {
            let (_, name) = variant.key.split_once('.').unwrap();
            let world = World::with(platform, 45, RateMode::Documented, &[(name, value)]).await;
            let label = format!("{} = {value}", variant.key);
            match (variant.key, *value) {
                ("tiendanube.scope", "none") => is_forbidden(&world, &label).await,
                ("tiendanube.scope", "read") => is_read_only(&world, &label).await,
                ("tiendanube.store_state", "unpaid") => is_unpaid(&world, &label).await,
                _ => story(&world, &label, value).await,
            }
            runs += 1;
        }
    }
    runs
}

async fn story(world: &World, label: &str, value: &str) {
    let first = world.sync().await;
    assert!(first.stop.is_none(), "{label}: {:?}", first.stop);
    assert_eq!((first.skipped, first.gone), (0, 0), "{label}: everybody can be read");
    agrees(world, label).await;

    let (mine, theirs, both) = (world.somebody(0).await, world.somebody(1).await, world.somebody(2).await);
    world.edit(&mine, &[(Field::FirstName, text("Zélia")), (Field::Phone, text("+5511987654321"))]).await;
    world.edit(&both, &[(Field::Phone, text("+5511912345678"))]).await;
    let second = world.sync().await;
    assert!(second.stop.is_none(), "{label}: {:?}", second.stop);
    assert_eq!((second.conflicts, second.parked), (0, 0), "{label}: nobody else was there");
    // A store's copies may lag by a minute.
    world.pass_time(61).await;

    let name = if world.platform == "inallweb" { "first_name" } else { "name" };
    world.foreign(&theirs, json!({name: "Zoraide"})).await;
    world.foreign(&both, json!({name: "Zuleica"})).await;
    let gone = world.somebody(6).await;
    world.delete(&gone).await;
    world.pass_time(61).await;
    for _ in 0..2 {
        let report = world.sync_in_full().await;
        assert!(report.stop.is_none(), "{label}: {:?}", report.stop);
        world.pass_time(61).await;
    }
    assert!(world.all_edits().await.is_empty(), "{label}: every edit arrived: {:?}", world.all_edits().await);
    let truth = world.true_customer(&mine).await;
    assert_eq!(truth[name], "Zélia", "{label}");
    assert_eq!(world.true_customer(&both).await[name], "Zuleica", "{label}: nobody is overwritten");
    if value == "403" && label.contains("deleted_answer") {
        assert!(shown(world).await.contains(&gone), "{label}: a refusal proves no deletion");
        for one in world.truth().await.iter().filter(|one| is_customer(one)) {
            same(world, one, label).await;
        }
        return;
    }
    agrees(world, label).await;
    let pushes = world.requests("PUT").await.len();
    world.synced().await;
    assert_eq!(world.requests("PUT").await.len(), pushes, "{label}: nothing is sent again");
    let statuses: Vec<u64> = world.log().await.iter().filter_map(|one| one["status"].as_u64()).collect();
    assert!(statuses.iter().all(|status| *status < 500), "{label}: the store never breaks");
}

async fn agrees(world: &World, label: &str) {
    if label.contains("list_staff = yes") {
        for one in world.truth().await.iter().filter(|one| is_customer(one)) {
            same(world, one, label).await;
        }
        let staff: Vec<String> =
            world.truth().await.iter().filter(|one| one["staff"] == true).map(id_of).collect();
        let shown = shown(world).await;
        assert!(staff.iter().all(|id| shown.contains(id)), "{label}: who is listed is in the copy");
    } else {
        copy_is_the_truth(world, label).await;
    }
}

async fn is_forbidden(world: &World, label: &str) {
    let report = world.sync().await;
    assert!(
        matches!(report.stop, Some(SyncStop::Store(ConnectorError::Forbidden { .. }))),
        "{label}: {:?}",
        report.stop
    );
    assert_eq!(report.seen, 0, "{label}");
}

async fn is_unpaid(world: &World, label: &str) {
    let report = world.sync().await;
    assert!(
        matches!(report.stop, Some(SyncStop::Store(ConnectorError::Unpaid { .. }))),
        "{label}: {:?}",
        report.stop
    );
    assert_eq!(report.seen, 0, "{label}");
}

async fn is_read_only(world: &World, label: &str) {
    world.synced().await;
    copy_is_the_truth(world, label).await;
    let id = world.somebody(0).await;
    world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    let report = world.synced().await;
    assert_eq!((report.pushed, report.parked), (0, 1), "{label}: a person has to see to it");
    let (_, code, words) = world.parked(&id).await;
    assert_eq!(code, "forbidden", "{label}");
    assert!(words.is_some_and(|words| !words.is_empty()), "{label}: with the words of the store");
}
