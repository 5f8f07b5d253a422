//! What an older version wrote otherwise is written anew after an upgrade.

use clientela_database::table::{customer_group, shown_anew};
use clientela_database::view::list::{self, Filter, Query};
use clientela_database::{Database, LockedFolder, commit};
use clientela_domain::Presence;
use clientela_sync::outbox;
use clientela_testkit::{customer as somebody, older, temp_book};

/// Seen by a reader of the code: nobody was in a group, and every text stood twice, until a customer changed.
#[tokio::test]
async fn customers_of_an_older_book_are_in_their_groups_and_stand_once() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let people: Vec<_> = (0..50)
        .map(|number| {
            let mut record = somebody(number).record();
            record.groups = Presence::Value(vec!["Clube".to_owned()]);
            record
        })
        .collect();
    let ids = book.keep(store, &people).await;
    let key = book.key().clone();
    let before = texts(&book).await;
    let folder = book.close().await;
    older::make_older(folder.path(), &key, 7).await;

    let locked = LockedFolder::take(folder.path()).unwrap();
    let book = Database::open(locked, &key, [9; 16]).await.unwrap();
    assert_ne!(texts(&book).await, before, "as the older version left them");
    let mut rounds = 0;
    loop {
        let mut transaction = book.write().await.unwrap();
        let are_others_left = outbox::refresh_some(&mut transaction).await.unwrap();
        commit(transaction).await.unwrap();
        if !are_others_left {
            break;
        }
        rounds += 1;
    }
    assert!(rounds > 1, "a few at a time: {rounds}");
    assert_eq!(texts(&book).await, before);
    let mut reader = book.read().await.unwrap();
    let club = Query { filters: vec![Filter::Group("clube".to_owned())], ..Query::default() };
    let mut found = list::ids(&mut reader, &club).await.unwrap();
    found.sort_unstable();
    assert_eq!(found, ids);
    assert_eq!(customer_group::names(&mut reader).await.unwrap(), ["Clube"]);
    assert_eq!(shown_anew::next(&mut reader, 1).await.unwrap(), None, "it is done once");
    drop(reader);
    assert_eq!(book.check().await.unwrap(), []);
    book.close().await;
}

async fn texts(book: &Database) -> Vec<(String, String, String)> {
    let mut reader = book.read().await.unwrap();
    older::search_texts(&mut reader).await
}
