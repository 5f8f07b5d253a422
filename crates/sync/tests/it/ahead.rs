//! The next page is asked for while one is written.

use std::sync::Arc;

use clientela_database::table::history;
use clientela_domain::Field;
use clientela_sync::outbox::{self, Change};
use clientela_sync::{StoreSession, SyncOptions, sync_store};

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
