//! The program ends around a write: the edit arrives exactly once all the same.

use clientela_connectors::ListRequest;
use clientela_database::table::edit::EditState;
use clientela_domain::Field;
use clientela_sync::{StoreSession, SyncOptions, outbox, sync_store};
use serde_json::json;

use crate::compare::copy_is_the_truth;
use crate::saboteur::{Saboteur, Still};
use crate::world::{World, text};

const BOTH: [&str; 2] = ["inallweb", "tiendanube"];

#[tokio::test]
async fn a_crash_between_mark_and_sending_loses_nothing() {
    crash(Still::BeforeSending).await;
}

#[tokio::test]
async fn a_crash_between_sending_and_answer_doubles_nothing() {
    crash(Still::AfterSending).await;
}

async fn crash(still: Still) {
    for platform in BOTH {
        let world = World::start(platform, 30).await;
        world.synced().await;
        let id = world.somebody(0).await;
        world.clear_log().await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        let saboteur = Saboteur::new(world.connector.clone(), still);
        let session = StoreSession { connector: saboteur.clone(), ..world.session().await };
        tokio::select! {
            report = sync_store(&session, SyncOptions::default()) => panic!("the write stands still: {report:?}"),
            () = saboteur.stands_still() => {}
        }
        drop(session);
        drop(saboteur);
        let edits = world.edits(&id).await;
        assert!(
            matches!(edits[0].state, EditState::Sending { .. }),
            "{platform}: the mark was on disk before"
        );

        let world = world.restart().await;
        let report = world.synced().await;
        assert_eq!((report.pushed, report.conflicts, report.parked), (1, 0, 0), "{platform}");
        assert_eq!(world.requests("PUT").await.len(), 1, "{platform}: it was written exactly once");
        assert!(world.all_edits().await.is_empty(), "{platform}: nothing waits");
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test]
async fn an_edit_typed_while_one_is_on_its_way_is_not_acknowledged_with_it() {
    for platform in BOTH {
        for still in [Still::BeforeSending, Still::AfterSending] {
            let world = World::start(platform, 30).await;
            world.synced().await;
            let id = world.somebody(0).await;
            world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
            let saboteur = Saboteur::new(world.connector.clone(), still);
            let session = StoreSession { connector: saboteur.clone(), ..world.session().await };
            let (report, ()) = tokio::join!(sync_store(&session, SyncOptions::default()), async {
                saboteur.stands_still().await;
                world.edit(&id, &[(Field::FirstName, text("Zélia Lima"))]).await;
                saboteur.let_go();
            });
            assert!(report.stop.is_none(), "{platform}: {:?}", report.stop);
            world.synced().await;
            let key = if platform == "inallweb" { "first_name" } else { "name" };
            assert_eq!(
                world.true_customer(&id).await[key],
                "Zélia Lima",
                "{platform}: the newest text arrives"
            );
            assert!(world.all_edits().await.is_empty(), "{platform}");
            copy_is_the_truth(&world, platform).await;
        }
    }
}

#[tokio::test]
async fn an_edit_taken_back_while_it_is_on_its_way_is_turned_round() {
    for platform in BOTH {
        let world = World::start(platform, 30).await;
        world.synced().await;
        let id = world.somebody(0).await;
        let key = if platform == "inallweb" { "first_name" } else { "name" };
        let before = world.true_customer(&id).await[key].clone();
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        let saboteur = Saboteur::new(world.connector.clone(), Still::AfterSending);
        let session = StoreSession { connector: saboteur.clone(), ..world.session().await };
        tokio::join!(sync_store(&session, SyncOptions::default()), async {
            saboteur.stands_still().await;
            let edit = world.edits(&id).await.remove(0);
            let mut transaction = world.database.write().await.unwrap();
            clientela_sync::outbox::discard(
                &mut transaction,
                &edit,
                clientela_sync::Clock::now(&world.clock),
            )
            .await
            .unwrap();
            clientela_database::commit(transaction).await.unwrap();
            saboteur.let_go();
        });
        world.synced().await;
        assert_eq!(world.true_customer(&id).await[key], before, "{platform}: the old value is back");
        assert!(world.all_edits().await.is_empty(), "{platform}");
        copy_is_the_truth(&world, platform).await;
    }
}

/// What left was the text that was planned, and what was marked was the text that stood there by then: the answer was taken for
/// that of the newer text, which had never left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_typed_between_plan_and_mark_is_not_ended_by_the_older_text() {
    for platform in BOTH {
        let world = World::start(platform, 30).await;
        world.synced().await;
        let id = world.somebody(0).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        let saboteur = Saboteur::new(world.connector.clone(), Still::BeforeMark);
        let session = StoreSession { connector: saboteur.clone(), ..world.session().await };
        let push = tokio::spawn(async move { sync_store(&session, SyncOptions::default()).await });
        saboteur.stands_still().await;
        world.edit(&id, &[(Field::FirstName, text("Zélia Lima"))]).await;
        saboteur.let_go();
        let report = push.await.unwrap();
        assert!(report.stop.is_none(), "{platform}: {:?}", report.stop);
        world.synced().await;
        let key = if platform == "inallweb" { "first_name" } else { "name" };
        assert_eq!(world.true_customer(&id).await[key], "Zélia Lima", "{platform}: the newest text arrives");
        assert!(world.all_edits().await.is_empty(), "{platform}");
        copy_is_the_truth(&world, platform).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_taken_back_between_plan_and_mark_does_not_leave() {
    for platform in BOTH {
        let world = World::start(platform, 30).await;
        world.synced().await;
        let id = world.somebody(0).await;
        world.clear_log().await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        let saboteur = Saboteur::new(world.connector.clone(), Still::BeforeMark);
        let session = StoreSession { connector: saboteur.clone(), ..world.session().await };
        let push = tokio::spawn(async move { sync_store(&session, SyncOptions::default()).await });
        saboteur.stands_still().await;
        let edit = world.edits(&id).await.remove(0);
        let mut transaction = world.database.write().await.unwrap();
        let now = clientela_sync::Clock::now(&world.clock);
        outbox::discard(&mut transaction, &edit, now).await.unwrap();
        clientela_database::commit(transaction).await.unwrap();
        saboteur.let_go();
        push.await.unwrap();
        assert!(world.requests("PUT").await.is_empty(), "{platform}: nothing leaves");
        copy_is_the_truth(&world, platform).await;
    }
}

/// A person who decided while the write was on its way was overruled by it.
#[tokio::test]
async fn a_list_beside_a_push_says_nothing_of_what_is_on_its_way() {
    for platform in BOTH {
        let world = World::start(platform, 30).await;
        world.synced().await;
        let id = world.somebody(0).await;
        let key = if platform == "inallweb" { "first_name" } else { "name" };
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        let saboteur = Saboteur::new(world.connector.clone(), Still::BeforeSending);
        let session = StoreSession { connector: saboteur.clone(), ..world.session().await };
        let beside = world.session().await;
        tokio::join!(sync_store(&session, SyncOptions::default()), async {
            saboteur.stands_still().await;
            world.foreign(&id, json!({key: "Zoraide"})).await;
            beside.look_up(ListRequest::default(), 100).await.unwrap();
            let edit = world.edits(&id).await.remove(0);
            assert!(matches!(edit.state, EditState::Sending { .. }), "{platform}: {:?}", edit.state);
            saboteur.let_go();
        });
        world.synced().await;
        assert!(world.all_edits().await.is_empty(), "{platform}");
        copy_is_the_truth(&world, platform).await;
    }
}

/// The store had our text, somebody wrote over it, and then wrote what had been there before it: that is not the beginning of the
/// edit any more.
#[tokio::test]
async fn a_conflict_after_a_write_that_may_have_arrived_is_not_sent_by_itself() {
    for platform in BOTH {
        let world = World::start(platform, 30).await;
        world.synced().await;
        let id = world.somebody(0).await;
        let key = if platform == "inallweb" { "first_name" } else { "name" };
        let before = world.true_customer(&id).await[key].clone();
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        let saboteur = Saboteur::new(world.connector.clone(), Still::AfterSending);
        let session = StoreSession { connector: saboteur.clone(), ..world.session().await };
        tokio::select! {
            report = sync_store(&session, SyncOptions::default()) => panic!("the write stands still: {report:?}"),
            () = saboteur.stands_still() => {}
        }
        for name in [json!("Zoraide"), before.clone()] {
            world.pass_time(5).await;
            world.foreign(&id, json!({key: name})).await;
            world.synced().await;
        }
        world.synced().await;
        assert_eq!(world.true_customer(&id).await[key], before, "{platform}: nobody has decided");
        let edits = world.edits(&id).await;
        assert!(matches!(edits[0].state, EditState::Conflict { .. }), "{platform}: {:?}", edits[0].state);
    }
}
