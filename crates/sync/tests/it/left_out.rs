//! Records that a list had and that could not be taken in are not lost over it.

use clientela_connectors::{ConnectorError, Fetched, Page, RejectedRecord};
use clientela_database::table::left_out;
use clientela_domain::RemoteId;
use serde_json::json;

use crate::compare::copy_is_the_truth;
use crate::warped::{Warped, spoil};
use crate::world::World;

/// A store of which somebody was changed after it was read, so long before the next pass that only this one lists it.
async fn with_a_change() -> (World, String) {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    world.pass_time(3_600).await;
    let id = world.somebody(2).await;
    world.foreign(&id, json!({"name": "Zoraide"})).await;
    world.pass_time(3_600).await;
    (world, id)
}

async fn name(world: &World, id: &str) -> String {
    world.mirror(id).await.unwrap().record.first_name.value().cloned().unwrap_or_default()
}

async fn waiting(world: &World) -> Vec<RemoteId> {
    let mut connection = world.database.read().await.unwrap();
    let all = left_out::all(&mut connection, world.store).await.unwrap();
    all.into_iter().map(|one| one.remote).collect()
}

fn fault() -> Option<Result<Fetched, ConnectorError>> {
    Some(Err(ConnectorError::ServerFault { status: 503 }))
}

fn plainly(_: &RemoteId) -> Option<Result<Fetched, ConnectorError>> {
    None
}

/// Seen: a record was spoilt in the list and could not be read by its id either. The pass ended, the next one asked for what came
/// after it, and the change was not heard of before everything was read again.
#[tokio::test]
async fn a_change_that_could_not_be_read_is_asked_for_until_it_can() {
    let (world, id) = with_a_change().await;
    let bad = id.clone();
    let broken = Warped::new(&world, move |_, page: &mut Page| spoil(page, &bad), |_| fault());
    assert_eq!(broken.sync(&world, false).await.skipped, 1, "it is told");
    assert_eq!(waiting(&world).await, [RemoteId::new(id.as_str())], "and remembered");
    // No list has it any more.
    world.pass_time(3_600).await;
    let silent = Warped::new(&world, |_, _: &mut Page| {}, |_| fault());
    assert_eq!(silent.sync(&world, false).await.skipped, 1, "asked for, in vain");
    world.pass_time(3_600).await;
    let world = world.restart().await;
    assert_eq!(world.synced().await.changed, 1);
    assert_eq!(name(&world, &id).await, "Zoraide");
    assert!(waiting(&world).await.is_empty(), "nothing waits any more");
    copy_is_the_truth(&world, "after all").await;
}

/// Seen: the program ended after the page on which somebody was spoilt, and the pass went on after that page.
#[tokio::test]
async fn somebody_new_who_could_not_be_read_is_found_by_the_next_pass() {
    let world = World::start("tiendanube", 30).await;
    let id = world.somebody(2).await;
    let bad = id.clone();
    let broken = Warped::new(&world, move |_, page: &mut Page| spoil(page, &bad), |_| fault());
    broken.sync(&world, false).await;
    assert!(world.mirror(&id).await.is_none(), "nobody could read it");
    world.pass_time(3_600).await;
    let next = Warped::new(&world, |_, _: &mut Page| {}, plainly);
    assert_eq!(next.sync(&world, false).await.new, 1);
    assert_eq!(*next.asked.lock().unwrap(), [id], "one question");
    next.asked.lock().unwrap().clear();
    next.sync(&world, false).await;
    assert!(next.asked.lock().unwrap().is_empty(), "and no more");
    copy_is_the_truth(&world, "after all").await;
}

/// Seen: the copy of the store that was asked for it lagged behind, and said that there is nobody.
#[tokio::test]
async fn who_is_listed_and_not_there_is_asked_for_again_for_a_while() {
    let (world, id) = with_a_change().await;
    let bad = id.clone();
    let missing = |_: &RemoteId| Some(Ok(Fetched::Missing { server_time: None }));
    let broken = Warped::new(&world, move |_, page: &mut Page| spoil(page, &bad), missing);
    broken.sync(&world, false).await;
    assert_eq!(waiting(&world).await.len(), 1);
    world.pass_time(3_600).await;
    world.synced().await;
    assert_eq!(name(&world, &id).await, "Zoraide");

    // Who is not there a while later either is nobody.
    let bad = id.clone();
    let spoilt = move |_, page: &mut Page| {
        page.rejected
            .push(RejectedRecord { remote_id: Some(bad.clone()), reason: "spoilt on its way".to_owned() });
    };
    world.delete(&id).await;
    Warped::new(&world, spoilt, plainly).sync(&world, false).await;
    assert_eq!(waiting(&world).await.len(), 1);
    world.pass_time(3_600).await;
    world.synced().await;
    assert!(waiting(&world).await.is_empty(), "it is not asked for for ever");
}

/// Seen: the store's clock was set back, so a change was taken for an old copy's. No later list of changes had it.
#[tokio::test]
async fn a_change_that_looks_older_is_believed_a_while_later() {
    let (world, id) = with_a_change().await;
    world.foreign(&id, json!({"name": "Zoraide", "note": "VIP"})).await;
    world.synced().await;
    let ours = world.mirror(&id).await.unwrap().record.updated_at.value().copied().unwrap();
    let back = (ours - chrono::TimeDelta::seconds(300)).to_rfc3339();
    world.foreign(&id, json!({"name": "Zuleica", "updated_at": back})).await;
    world.synced().await;
    world.pass_time(590).await;
    world.synced().await;
    assert_eq!(name(&world, &id).await, "Zoraide", "a lagging copy looks the same");
    world.pass_time(3_600).await;
    let next = Warped::new(&world, |_, page: &mut Page| assert!(page.records.is_empty()), plainly);
    next.sync(&world, false).await;
    assert_eq!(name(&world, &id).await, "Zuleica", "no copy lags so long");
    copy_is_the_truth(&world, "after all").await;
}

#[tokio::test]
async fn a_store_that_nobody_can_read_is_not_asked_for_everybody_in_every_pass() {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    world.pass_time(3_600).await;
    let ids: Vec<String> = world.truth().await.iter().take(15).map(crate::world::id_of).collect();
    for id in &ids {
        world.foreign(id, json!({"note": "VIP"})).await;
    }
    world.pass_time(3_600).await;
    let bad = ids.clone();
    let spoil_all = move |_, page: &mut Page| bad.iter().for_each(|id| spoil(page, id));
    Warped::new(&world, spoil_all, |_| fault()).sync(&world, false).await;
    assert_eq!(waiting(&world).await.len(), 15);
    world.pass_time(3_600).await;
    let silent = Warped::new(&world, |_, _: &mut Page| {}, |_| fault());
    for passes in 1..=4 {
        silent.sync(&world, false).await;
        assert_eq!(silent.asked.lock().unwrap().len(), 3 * passes, "three in vain are enough for one pass");
    }
    let mut asked = silent.asked.lock().unwrap().clone();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), 12, "each has its turn");
    world.synced().await;
    assert!(waiting(&world).await.is_empty());
    copy_is_the_truth(&world, "after all").await;
}
