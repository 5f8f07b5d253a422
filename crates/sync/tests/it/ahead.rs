//! What goes on while a page is written: the next one is asked for, and people save.

use std::sync::Arc;

use clientela_database::Database;
use clientela_database::table::{history, mirror, setting};
use clientela_domain::{Field, StoreId};
use clientela_sync::outbox::{self, Change};
use clientela_sync::{StoreSession, SyncOptions, sync_store};

use crate::compare::copy_is_the_truth;
use crate::pages::SmallPages;
use crate::world::{World, text};

#[tokio::test]
async fn a_page_that_was_read_before_an_edit_was_sent_is_read_again() {
    let world = World::start("tiendanube", 30).await;
    world.synced().await;
    let customer = world.mirror(&world.somebody(15).await).await.unwrap().customer;
    let (database, now) = (world.database.clone(), clientela_sync::Clock::now(&world.clock));
    let pages = SmallPages::new(world.connector.clone(), 10).with(Box::new(move |number| {
        let database = database.clone();
        Box::pin(async move {
            // The second page shows the customer as it was, and is on its way.
            if number == 1 {
                let change = Change { field: Field::FirstName, value: text("Zélia"), seen: None };
                let mut transaction = database.write().await.unwrap();
                outbox::save(&mut transaction, customer, &[change], "ana", now).await.unwrap();
                clientela_database::commit(transaction).await.unwrap();
            }
        })
    }));
    let pages = Arc::new(pages);
    let session = StoreSession { connector: pages.clone(), ..world.session().await };
    let report = sync_store(&session, SyncOptions { full: true, push_only: false }).await;
    assert!(report.stop.is_none() && report.pushed == 1, "sent after the page that was written: {report:?}");
    assert!((5..=7).contains(&pages.lists()), "four pages, and what was read ahead of the edit twice");
    let mut connection = world.database.read().await.unwrap();
    let lines = history::newest(&mut connection, customer, 10).await.unwrap();
    assert_eq!(lines[0].source, "sent", "nobody is told that the store went back to the old name: {lines:?}");
}

#[tokio::test]
async fn who_saves_something_does_not_wait_for_the_end_of_a_page() {
    let world = World::start("tiendanube", 130).await;
    let (database, store) = (world.database.clone(), world.store);
    let pages = SmallPages::new(world.connector.clone(), 200).with(Box::new(move |_| {
        let database = database.clone();
        Box::pin(async move {
            // Somebody else writes while the page comes in, and then a person waits behind it.
            let held = database.write().await.unwrap();
            tokio::spawn(async move {
                while !database.is_awaited() {
                    tokio::task::yield_now().await;
                }
                let person = tokio::spawn(save_beside(database, store));
                tokio::task::yield_now().await;
                drop(held);
                person.await.unwrap();
            });
        })
    }));
    let session = StoreSession { connector: Arc::new(pages), ..world.session().await };
    let report = sync_store(&session, SyncOptions::default()).await;
    assert!(report.stop.is_none(), "{report:?}");
    let mut connection = world.database.read().await.unwrap();
    let known = setting::find(&mut connection, "known").await.unwrap().expect("it was saved");
    assert_eq!(known, "50", "the first of the page stood there by then");
    assert_eq!(mirror::count_live(&mut connection, store).await.unwrap(), 130, "and then all of them");
    drop(connection);
    copy_is_the_truth(&world, "in parts").await;
}

async fn save_beside(database: Arc<Database>, store: StoreId) {
    let mut transaction = database.write().await.unwrap();
    let known = mirror::count_live(&mut transaction, store).await.unwrap();
    setting::write(&mut transaction, "known", &known.to_string()).await.unwrap();
    clientela_database::commit(transaction).await.unwrap();
}
