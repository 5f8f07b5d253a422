//! After anything, the book is whole: pages, foreign keys, both indexes.

use chrono::DateTime;
use clientela_database::commit;
use clientela_database::table::customer::{self, CustomerState};
use clientela_database::table::mirror::{self, Seen};
use clientela_database::table::{journal, left_out};
use clientela_database::view::list::{self, Query};
use clientela_domain::{CustomerId, Field, RemoteId};
use clientela_testkit::{TempBook, customer as somebody, temp_book};
use proptest::prelude::*;

async fn assert_whole(book: &TempBook) {
    assert_eq!(book.check().await.expect("the book can be checked"), []);
    let mut connection = book.read().await.expect("the book can be read");
    let broken =
        sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut *connection).await.expect("it can be checked");
    assert!(broken.is_empty(), "a row points at nothing");
    let counts: (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM customer), (SELECT count(*) FROM search_text), (SELECT count(*) FROM mirror)",
    )
    .fetch_one(&mut *connection)
    .await
    .expect("tables can be counted");
    assert_eq!((counts.0, counts.0), (counts.1, counts.2), "every customer is found, and nobody else");
}

#[tokio::test]
async fn every_table_of_ours_is_strict() {
    let book = temp_book().await;
    let mut connection = book.read().await.expect("the book can be read");
    let loose: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut *connection)
    .await
    .expect("tables can be listed");
    assert_eq!(loose, Vec::<String>::new(), "a column holds what it says it holds");
}

#[tokio::test]
async fn rules_of_the_schema_hold() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    book.keep(store, &[somebody(1).record()]).await;
    let mut transaction = book.write().await.expect("nobody else writes");
    for statement in [
        "UPDATE customer SET state = 'whatever'",
        "UPDATE customer SET is_active = 2",
        "UPDATE customer SET created_at = 'yesterday'",
        "UPDATE store SET name = ''",
        "UPDATE mirror SET customer_id = 77",
        "INSERT INTO edit (customer_id, field, base, mine, state, saved_at) VALUES (1, 'note', '', '', 'sending', 0)",
        "INSERT INTO edit (customer_id, field, base, mine, state, saved_at) VALUES (1, 'note', '', '', 'parked', 0)",
        "INSERT INTO journal_entry (customer_id, author, text, written_at) VALUES (1, '', '', 0)",
    ] {
        sqlx::query(statement).execute(&mut *transaction).await.expect_err(statement);
    }
}

/// The step of a random history.
#[derive(Debug, Clone, Copy)]
enum Step {
    Keep(u64),
    Show(u64, u64),
    Note(u64),
    Remove(u64),
    DropTransaction(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 1..25_u64;
    let step = prop_oneof![
        3 => who.clone().prop_map(Step::Keep),
        4 => (who.clone(), 1..25_u64).prop_map(|(who, like)| Step::Show(who, like)),
        1 => who.clone().prop_map(Step::Note),
        2 => who.clone().prop_map(Step::Remove),
        1 => who.prop_map(Step::DropTransaction),
    ];
    prop::collection::vec(step, 30..90)
}

async fn take(book: &TempBook, store: clientela_domain::StoreId, step: Step) {
    let find = async |who: u64| -> Option<CustomerId> {
        let mut connection = book.read().await.expect("the book can be read");
        let remote = RemoteId::new(who.to_string());
        let known = mirror::find_remote(&mut connection, store, &remote).await.expect("mirrors can be read");
        known.map(|known| known.customer)
    };
    let (Step::Keep(who)
    | Step::Show(who, _)
    | Step::Note(who)
    | Step::Remove(who)
    | Step::DropTransaction(who)) = step;
    let Some(id) = find(who).await else {
        book.keep(store, &[somebody(who).record()]).await;
        return;
    };
    let mut transaction = book.write().await.expect("nobody else writes");
    match step {
        Step::Keep(_) => {}
        Step::Show(_, like) => {
            let record = somebody(like).with(Field::Note, "💚 d'água").record();
            let journal = journal::texts(&mut transaction, id).await.expect("notes can be read");
            customer::write_shown(&mut transaction, id, &record, CustomerState::Edited, &journal)
                .await
                .expect("it can be shown");
            let seen = Seen { shown_at: None, now: DateTime::default(), pass: Some(3), detail: true };
            mirror::write(&mut transaction, id, &record, seen).await.expect("a mirror can be written");
        }
        Step::Note(_) => {
            journal::insert(&mut transaction, id, "Bia", "ligou às 10h", DateTime::default())
                .await
                .expect("a note can be written");
            let journal = journal::texts(&mut transaction, id).await.expect("notes can be read");
            let record = somebody(who).record();
            customer::write_shown(&mut transaction, id, &record, CustomerState::Clean, &journal)
                .await
                .expect("it can be shown");
        }
        Step::Remove(_) => customer::remove(&mut transaction, id).await.expect("nothing waits"),
        Step::DropTransaction(_) => {
            customer::remove(&mut transaction, id).await.expect("nothing waits");
            return;
        }
    }
    commit(transaction).await.expect("it can be made durable");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_history_leaves_a_whole_book(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        runtime.block_on(async {
            let book = temp_book().await;
            let store = book.store("Loja").await;
            for step in steps {
                take(&book, store, step).await;
            }
            assert_whole(&book).await;
            let book = book.reopen().await.expect("the book opens again");
            assert_whole(&book).await;
        });
    }
}

#[tokio::test]
async fn who_was_removed_is_not_found_any_more() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let kept =
        book.keep(store, &[somebody(1).with(Field::Note, "xilofone").record(), somebody(2).record()]).await;
    let mut transaction = book.write().await.expect("nobody else writes");
    for id in ["1", "2"] {
        let at = DateTime::default();
        left_out::note(&mut transaction, store, &RemoteId::new(id), at).await.expect("one can be left out");
    }
    customer::remove(&mut transaction, kept[0]).await.expect("nothing waits");
    let left = left_out::all(&mut transaction, store).await.expect("they can be read");
    assert_eq!(left.len(), 1, "nor is the store asked for somebody whose id is forgotten");
    commit(transaction).await.expect("it can be made durable");
    let mut connection = book.read().await.expect("the book can be read");
    let query = Query { text: "xilofone".to_owned(), ..Query::default() };
    assert_eq!(list::ids(&mut connection, &query).await.expect("the list can be read"), []);
    let secure: Vec<i64> = sqlx::query_scalar(
        "SELECT CAST(v AS INTEGER) FROM search_words_config WHERE k = 'secure-delete'
         UNION ALL SELECT CAST(v AS INTEGER) FROM search_pieces_config WHERE k = 'secure-delete'",
    )
    .fetch_all(&mut *connection)
    .await
    .expect("the indexes tell how they delete");
    assert_eq!(secure, [1, 1], "deleted words leave both indexes at once");
    assert_whole(&book).await;
}
