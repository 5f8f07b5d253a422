//! Another store answers in the place of the one that is known, and nobody is taken for gone because of it.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use clientela_connectors::{ConnectorError, Fetched};
use clientela_database::table::mirror::{self, Mirror, Seen};
use clientela_domain::{Field, Presence, RemoteId};
use clientela_sync::{StoreSession, SyncOptions, SyncStop};
use serde_json::json;

use crate::compare::is_customer;
use crate::deletions::{A_WHILE, BOTH, ready};
use crate::warped::Warped;
use crate::world::{World, id_of, text};

async fn mirrors(world: &World, ids: &[String]) -> Vec<Mirror> {
    let mut mirrors = Vec::new();
    for id in ids {
        mirrors.push(world.mirror(id).await.unwrap());
    }
    mirrors
}

/// Another store answers at its address, for longer than anybody takes for a hiccup, and people work on.
#[tokio::test]
async fn nobody_is_gone_from_a_store_that_has_nobody_who_is_known() {
    for platform in BOTH {
        let world = ready(platform, 40).await;
        let id = world.somebody(7).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        let missing = json!({"kind": "status", "status": 404, "body": {"detail": "not found"}});
        world.fault(json!({"path_contains": "customers/"}), missing).await;
        for _ in 0..3 {
            let report = world.synced().await;
            assert_eq!((report.gone, report.parked), (0, 0), "{platform}");
            world.look_at(&id).await;
            assert!(!world.mirror(&id).await.unwrap().gone, "{platform}: nor is one who is opened");
            world.pass_time(A_WHILE).await;
        }
        world.clear_faults().await;
        assert_eq!(world.synced().await.pushed, 1, "{platform}: and the edit goes out");
    }
}

/// Seen by a reader of the code: the one who was asked for to tell whether the store is itself could stop every pass, or was gone, and
/// then nobody else was believed to be.
#[tokio::test]
async fn who_tells_that_a_store_is_itself_stops_nobody() {
    for platform in BOTH {
        let world = ready(platform, 60).await;
        let mut ids: Vec<String> =
            world.truth().await.iter().filter(|one| is_customer(one)).map(id_of).collect();
        ids.sort();
        // The first ones that a search would come upon: some are gone, too many to be believed at once, and one nobody may see.
        let (gone, hidden) = (&ids[..21], &ids[21]);
        for id in gone {
            world.delete(id).await;
        }
        let forbidden = json!({"kind": "status", "status": 403, "body": {"detail": "no"}});
        world
            .fault(json!({"method": "GET", "path_contains": format!("customers/{hidden}")}), forbidden)
            .await;
        world.edit(&gone[4], &[(Field::FirstName, text("Zélia"))]).await;
        let mut parked = 0;
        for _ in 0..12 {
            let report = world.synced().await;
            parked += report.parked;
            world.pass_time(A_WHILE).await;
        }
        assert_eq!(parked, 1, "{platform}: the person is told");
        assert!(world.mirror(&gone[4]).await.unwrap().gone, "{platform}");
    }
}

/// Seen by a reader of the code: whoever was asked for in vain while another store answered was noted as missed and asked for three more
/// later. When the store was back they were too many to be asked for, so nobody was confirmed until the next time that all were read.
#[tokio::test]
async fn who_was_missed_at_another_store_holds_nobody_back_later() {
    let world = ready("tiendanube", 60).await;
    let ids: Vec<String> = world.truth().await.iter().filter(|one| is_customer(one)).map(id_of).collect();
    let missing = json!({"kind": "status", "status": 404, "body": {"detail": "not found"}});
    world.fault(json!({"path_contains": "customers/"}), missing).await;
    for id in &ids[..30] {
        world.look_at(id).await;
    }
    for _ in 0..4 {
        world.pass_time(A_WHILE).await;
        world.look_at(&ids[0]).await;
    }
    let noted = mirrors(&world, &ids).await.iter().filter(|mirror| mirror.missed_at.is_some()).count();
    assert_eq!(noted, 30, "those who were opened, and no others");
    world.clear_faults().await;
    world.delete(&ids[3]).await;
    for _ in 0..6 {
        world.pass_time(A_WHILE).await;
        world.synced().await;
    }
    let mirrors = mirrors(&world, &ids).await;
    assert!(mirrors[3].gone, "it is found out without reading all of the store");
    assert_eq!(mirrors.iter().filter(|mirror| mirror.gone || mirror.missed_at.is_some()).count(), 1);
}

/// Seen (170024258): a store that was connected before it had customers had nobody who was known for long, so nobody could tell that it is
/// itself, and whoever was gone stayed.
#[tokio::test]
async fn a_store_that_was_connected_empty_lets_people_go() {
    for platform in BOTH {
        let world = ready(platform, 0).await;
        world.synced_in_full().await;
        let name = if platform == "inallweb" { "first_name" } else { "name" };
        let mut ids = Vec::new();
        for number in 0..30 {
            let somebody = json!({name: "Zoe", "email": format!("zoe{number}@correio.example")});
            ids.push(id_of(&world.control("/create", somebody).await));
        }
        world.synced_in_full().await;
        world.delete(&ids[3]).await;
        for _ in 0..3 {
            world.synced_in_full().await;
            world.pass_time(A_WHILE).await;
        }
        let mirrors = mirrors(&world, &ids).await;
        let gone: Vec<usize> = (0..ids.len()).filter(|at| mirrors[*at].gone).collect();
        assert_eq!(gone, [3], "{platform}");
    }
}

/// Seen by a reader of the code: some are asked for although so many are missing, and where the store has no better answer than a fault,
/// that ended every pass.
#[tokio::test]
async fn a_doubted_absence_ends_no_pass() {
    for platform in BOTH {
        let world = ready(platform, 60).await;
        let ids: Vec<String> = world.truth().await.iter().filter(|one| is_customer(one)).map(id_of).collect();
        for id in &ids[..30] {
            world.delete(id).await;
            let fault = json!({"kind": "status", "status": 500});
            world.fault(json!({"method": "GET", "path_contains": format!("customers/{id}")}), fault).await;
        }
        let report = world.synced_in_full().await;
        assert_eq!((report.gone, report.held_back), (0, 30), "{platform}");
    }
}

/// Seen (4599693151769): a store that lets nobody in any more was asked on after such a question.
#[tokio::test]
async fn a_refused_sign_in_ends_a_doubted_round_and_the_pass() {
    for platform in BOTH {
        let world = ready(platform, 60).await;
        let ids: Vec<String> = world.truth().await.iter().filter(|one| is_customer(one)).map(id_of).collect();
        for id in &ids[..30] {
            world.delete(id).await;
        }
        let refused = json!({"kind": "status", "status": 401, "body": {"detail": "no"}});
        world.fault(json!({"method": "GET", "path_contains": "customers/"}), refused).await;
        let report = world.sync_in_full().await;
        let is_refused = matches!(report.stop, Some(SyncStop::Store(ConnectorError::SignIn { .. })));
        assert!(is_refused, "{platform}: {:?}", report.stop);
    }
}

/// Seen (170001389): another store answered for the customer, and the store itself for the witness a moment later.
#[tokio::test]
async fn a_store_that_becomes_itself_between_two_answers_loses_nobody() {
    for platform in BOTH {
        let world = ready(platform, 60).await;
        let id = world.somebody(9).await;
        let customer = world.mirror(&id).await.unwrap().customer;
        let (asked, missed) = (AtomicUsize::new(0), id.clone());
        let elsewhere = Warped::new(
            &world,
            |_, _| {},
            move |remote| {
                let is_missed = remote.as_str() == missed && asked.fetch_add(1, Ordering::Relaxed) < 2;
                is_missed.then_some(Ok(Fetched::Missing { server_time: None }))
            },
        );
        for _ in 0..2 {
            let session = StoreSession { connector: elsewhere.clone(), ..world.session().await };
            session.refresh(customer, &RemoteId::new(id.as_str())).await.unwrap();
            world.pass_time(A_WHILE).await;
        }
        let known = world.mirror(&id).await.unwrap();
        assert!(!known.gone && known.missed_at.is_none(), "{platform}: asked for once more, it is there");
    }
}

/// Seen by a reader of the code: a customer of another store who has the same number told that the store was itself.
#[tokio::test]
async fn a_stranger_with_a_known_number_is_no_witness() {
    for platform in BOTH {
        let world = ready(platform, 60).await;
        let ids: Vec<String> = world.truth().await.iter().filter(|one| is_customer(one)).map(id_of).collect();
        world.edit(&ids[9], &[(Field::FirstName, text("Zélia"))]).await;
        world.delete(&ids[9]).await;
        // As if all that is known had come from another store than the one that answers now.
        let now = clientela_sync::Clock::now(&world.clock);
        let mut transaction = world.database.write().await.unwrap();
        for mut known in mirrors(&world, &ids).await {
            known.record.created_at = Presence::Value(now - TimeDelta::days(900));
            let seen = Seen { shown_at: known.shown_at, now, pass: None, detail: false };
            mirror::write(&mut transaction, known.customer, &known.record, seen).await.unwrap();
        }
        clientela_database::commit(transaction).await.unwrap();
        for _ in 0..4 {
            let report = world.sync_with(SyncOptions { push_only: true, ..SyncOptions::default() }).await;
            assert_eq!((report.gone, report.parked), (0, 0), "{platform}");
            world.pass_time(A_WHILE).await;
        }
    }
}

/// Seen by a reader of the code: the same three were asked for every time, and where nobody may see them, nobody was ever gone.
#[tokio::test]
async fn witnesses_whom_nobody_may_see_are_not_asked_for_ever() {
    for platform in BOTH {
        let world = ready(platform, 60).await;
        let mut known: Vec<String> =
            world.truth().await.iter().filter(|one| is_customer(one)).map(id_of).collect();
        known.sort();
        let mut by_age = mirrors(&world, &known).await;
        by_age.sort_by_key(|mirror| mirror.customer);
        let ids: Vec<&str> = by_age.iter().map(|mirror| mirror.record.remote_id.as_str()).collect();
        let forbidden = json!({"kind": "status", "status": 403, "body": {"detail": "no"}});
        for hidden in &ids[..20] {
            let of_one = json!({"method": "GET", "path_contains": format!("customers/{hidden}")});
            world.fault(of_one, forbidden.clone()).await;
        }
        let gone = ids[30];
        world.edit(gone, &[(Field::FirstName, text("Zélia"))]).await;
        world.delete(gone).await;
        let mut parked = 0;
        for _ in 0..6 {
            parked += world.sync_with(SyncOptions { push_only: true, ..SyncOptions::default() }).await.parked;
            world.pass_time(A_WHILE).await;
        }
        assert_eq!(parked, 1, "{platform}: the person is told");
    }
}
