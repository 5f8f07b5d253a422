//! One writer, and all or nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::DateTime;
use clientela_database::table::mirror::Seen;
use clientela_database::table::newcomers::{self, Newcomer};
use clientela_database::table::{customer, setting};
use clientela_database::{DatabaseError, commit, view::list};
use clientela_testkit::{customer as somebody, temp_book};

#[tokio::test]
async fn a_dropped_transaction_leaves_everything_as_it_was() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let ids = book.keep(store, &[somebody(1).record()]).await;
    {
        let mut transaction = book.write().await.expect("nobody else writes");
        customer::remove(&mut transaction, ids[0]).await.expect("it can be removed");
        let seen = Seen { shown_at: None, now: DateTime::UNIX_EPOCH, pass: None, detail: false };
        let new = Newcomer::of(&somebody(2).record()).expect("a record can be kept");
        newcomers::insert(&mut transaction, store, vec![new], seen).await.expect("it is new");
        setting::write(&mut transaction, "a", "b").await.expect("a setting can be written");
    }
    let mut connection = book.read().await.expect("the book can be read");
    let shown = list::ids(&mut connection, &list::Query::default()).await.expect("the list can be read");
    assert_eq!(shown, ids, "the customer is still there, and alone");
    let rows = list::rows(&mut connection, &ids).await.expect("rows can be read");
    assert_eq!(rows.len(), 1);
    assert_eq!(setting::find(&mut connection, "a").await.expect("settings can be read"), None);
    let text = list::Query { text: "correio.example".to_owned(), ..list::Query::default() };
    assert_eq!(
        list::ids(&mut connection, &text).await.expect("the index can be read"),
        ids,
        "the index too is as it was"
    );
    assert_eq!(book.check().await.expect("the book can be checked"), []);
}

#[tokio::test]
async fn readers_see_whole_transactions() {
    let book = temp_book().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    setting::write(&mut transaction, "a", "1").await.expect("a setting can be written");
    let mut connection = book.read().await.expect("readers do not wait for the writer");
    assert_eq!(
        setting::find(&mut connection, "a").await.expect("settings can be read"),
        None,
        "not committed yet"
    );
    setting::write(&mut transaction, "b", "2").await.expect("a setting can be written");
    commit(transaction).await.expect("it can be made durable");
    assert_eq!(
        setting::find(&mut connection, "a").await.expect("settings can be read").as_deref(),
        Some("1")
    );
    assert_eq!(
        setting::find(&mut connection, "b").await.expect("settings can be read").as_deref(),
        Some("2")
    );
}

#[tokio::test]
async fn a_snapshot_is_of_one_moment_until_it_is_ended() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let ids = book.keep(store, &[somebody(1).record()]).await;
    let mut reader = book.read().await.expect("the book can be read");
    reader.begin_snapshot().await.expect("a snapshot can begin");
    let everybody = list::Query::default();
    assert_eq!(list::ids(&mut reader, &everybody).await.expect("the list can be read"), ids);
    let more = book.keep(store, &[somebody(2).record()]).await;
    assert_eq!(list::ids(&mut reader, &everybody).await.expect("the list can be read"), ids, "as it was");
    reader.end_snapshot().await.expect("it can end");
    let now = list::ids(&mut reader, &everybody).await.expect("the list can be read");
    assert_eq!(now.len(), ids.len() + more.len(), "and now as it is");
    reader.begin_snapshot().await.expect("a snapshot can begin");
    list::ids(&mut reader, &everybody).await.expect("the list can be read");
    drop(reader);
    // One that nobody ended does not outlive whoever took it.
    for _ in 0..5 {
        let mut reader = book.read().await.expect("the book can be read");
        reader.begin_snapshot().await.expect("a snapshot can begin");
        reader.end_snapshot().await.expect("it can end");
    }
}

#[tokio::test]
async fn writers_wait_for_each_other() {
    let book = temp_book().await;
    let write = async |value: &str| {
        let mut transaction = book.write().await.expect("the one before it ends");
        let old =
            setting::find(&mut transaction, "list").await.expect("settings can be read").unwrap_or_default();
        tokio::task::yield_now().await;
        setting::write(&mut transaction, "list", &format!("{old}{value}"))
            .await
            .expect("a setting can be written");
        commit(transaction).await.expect("it can be made durable");
    };
    tokio::join!(write("a"), write("b"), write("c"), write("d"));
    let mut connection = book.read().await.expect("the book can be read");
    let list =
        setting::find(&mut connection, "list").await.expect("settings can be read").unwrap_or_default();
    let mut letters: Vec<char> = list.chars().collect();
    letters.sort_unstable();
    assert_eq!(letters, ['a', 'b', 'c', 'd'], "nobody wrote over anybody: {list}");
}

#[tokio::test]
async fn what_nobody_wants_any_more_ends_and_leaves_no_trace() {
    let book = temp_book().await;
    let is_unwanted = Arc::new(AtomicBool::new(false));
    // All readers, so that the next ones to read are these.
    let mut readers = Vec::new();
    for _ in 0..4 {
        let mut reader = book.read().await.expect("the book can be read");
        reader.give_up_when(is_unwanted.clone()).await.expect("a reader can be watched");
        readers.push(reader);
    }
    let mut reader = readers.pop().expect("there are four");
    let endless = tokio::spawn(async move {
        let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        sqlx::query(sql).fetch_one(&mut *reader).await.map_err(DatabaseError::from).map(drop)
    });
    tokio::task::yield_now().await;
    is_unwanted.store(true, Ordering::Relaxed);
    let ended = endless.await.expect("it does not panic");
    assert!(matches!(ended, Err(DatabaseError::GivenUp)), "{ended:?}");
    drop(readers);
    let mut reader = book.read().await.expect("the book can be read");
    assert_eq!(setting::find(&mut reader, "a").await.expect("another question is answered"), None);
}
