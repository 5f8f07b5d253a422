//! Stores, and where their next pass begins.

use chrono::{DateTime, Utc};
use clientela_database::table::pass::{self, PassKind};
use clientela_database::table::store::{self, EndedPass, StoreState};
use clientela_database::table::{edit, familiar, history, journal, left_out, store_figures, suppressed};
use clientela_database::{DatabaseError, WriteTransaction, commit};
use clientela_domain::{Field, FieldValue, RemoteId, StoreId};
use clientela_testkit::{customer, temp_book};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap_or_default()
}

async fn end(
    transaction: &mut WriteTransaction,
    store: StoreId,
    full: bool,
    began: Option<i64>,
) -> Option<DateTime<Utc>> {
    let ended = EndedPass { full, began_at_store: began.map(at), took_ms: 5, now: at(9_000) };
    store::end_pass(transaction, store, ended).await.expect("a pass can end");
    let store =
        store::find(transaction, store).await.expect("stores can be read").expect("the store is there");
    assert_eq!(store.state, StoreState::Ready);
    store.changes_since
}

#[tokio::test]
async fn the_beginning_of_the_next_pass_never_goes_back() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let mut transaction = book.write().await.expect("nobody else writes");
    assert_eq!(end(&mut transaction, store, true, None).await, None, "the store did not tell the time");
    assert_eq!(end(&mut transaction, store, true, Some(1_000)).await, Some(at(1_000)));
    assert_eq!(end(&mut transaction, store, false, Some(2_000)).await, Some(at(2_000)));
    assert_eq!(
        end(&mut transaction, store, false, Some(1_500)).await,
        Some(at(2_000)),
        "the store's clock was set back"
    );
    assert_eq!(
        end(&mut transaction, store, true, None).await,
        Some(at(2_000)),
        "the store did not tell the time"
    );
    assert_eq!(end(&mut transaction, store, false, Some(2_001)).await, Some(at(2_001)));
}

#[tokio::test]
async fn who_is_known_for_long_is_told_by_numbers() {
    const DAY: i64 = 24 * 60 * 60;
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let mut numbers = Vec::new();
    for day in 0..30_u32 {
        numbers.extend(book.keep(store, &[customer(u64::from(day)).record()]).await);
        let mut transaction = book.write().await.expect("nobody else writes");
        for hour in [9, 18] {
            let now = at(i64::from(day) * DAY + hour * 60 * 60);
            familiar::note(&mut transaction, store, now).await.expect("it is noted");
            let known = familiar::known_for_long(&mut transaction, store, now).await.expect("it is read");
            let long_ago = numbers[day.saturating_sub(7) as usize];
            assert_eq!(known, Some(long_ago), "on day {day}: of a week ago, or of the first day");
        }
        commit(transaction).await.expect("it is kept");
    }
    let mut transaction = book.write().await.expect("nobody else writes");
    let weeks_later = at(60 * DAY);
    let known = familiar::known_for_long(&mut transaction, store, weeks_later).await.expect("it is read");
    assert_eq!(known, numbers.last().copied(), "nobody has looked since");
    // The clock is set back: what was noted after is of no time that is known.
    familiar::note(&mut transaction, store, at(3 * DAY)).await.expect("it is noted");
    let known = familiar::known_for_long(&mut transaction, store, at(3 * DAY)).await.expect("it is read");
    assert_eq!(known, numbers.last().copied());
}

#[tokio::test]
async fn a_store_that_was_never_read_whole_is_not_ready() {
    let book = temp_book().await;
    let id = book.store("Loja").await;
    let mut transaction = book.write().await.expect("nobody else writes");
    store::set_state(&mut transaction, id, StoreState::Offline, Some("no network"))
        .await
        .expect("a state can be set");
    store::set_state(&mut transaction, id, StoreState::Ready, None).await.expect("a state can be set");
    let found =
        store::find(&mut transaction, id).await.expect("stores can be read").expect("the store is there");
    assert_eq!((found.state, found.state_reason), (StoreState::FirstPass, None));
}

#[tokio::test]
async fn two_stores_have_two_names() {
    let book = temp_book().await;
    book.store("Loja").await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let first = store::all(&mut transaction).await.expect("stores can be read").remove(0);
    let again = store::NewStore {
        name: "LOJA".to_owned(),
        platform: first.platform,
        url: first.url,
        alias: None,
        remote_store_id: None,
        email: None,
        auth_header: None,
        account: first.account,
        signed_in_role: None,
        sample: false,
        customers_at_store: None,
    };
    let error = store::insert(&mut transaction, &again, at(1)).await.expect_err("the name is taken");
    assert!(matches!(error, DatabaseError::StoreNameTaken), "{error:?}");
}

#[tokio::test]
async fn a_pass_is_numbered_and_goes_on_where_it_was() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let mut first =
        pass::begin(&mut transaction, store, PassKind::First, at(1)).await.expect("a pass can begin");
    first.position = Some("page 3".to_owned());
    first.began_at_store = Some(at(2));
    first.listed = 400;
    pass::advance(&mut transaction, store, &first).await.expect("a pass can advance");
    commit(transaction).await.expect("it can be made durable");
    let book = book.reopen().await.expect("a crash happens here");
    let mut transaction = book.write().await.expect("nobody else writes");
    assert_eq!(pass::find(&mut transaction, store).await.expect("passes can be read"), Some(first));
    pass::remove(&mut transaction, store).await.expect("a pass can end");
    assert_eq!(pass::find(&mut transaction, store).await.expect("passes can be read"), None);
}

#[tokio::test]
async fn removing_a_store_removes_everything_of_it_and_nothing_else() {
    let book = temp_book().await;
    let (store, other) = (book.store("Loja").await, book.store("Outra").await);
    let mut of_both = Vec::new();
    for id in [store, other] {
        of_both.push(book.keep(id, &[customer(1).record(), customer(2).record()]).await);
        let mut transaction = book.write().await.expect("nobody else writes");
        let ana = of_both[of_both.len() - 1][0];
        let (before, after) = (FieldValue::Null, FieldValue::Text("x".to_owned()));
        edit::save(&mut transaction, ana, &Field::Note, &before, &after, "Bia", at(1))
            .await
            .expect("an edit can be saved");
        journal::insert(&mut transaction, ana, "Bia", "ligou", at(1)).await.expect("a note can be written");
        history::insert(&mut transaction, ana, at(1), history::Source::Here, &Field::Note, &before, &after)
            .await
            .expect("a line can be written");
        pass::begin(&mut transaction, id, PassKind::Full, at(1)).await.expect("a pass can begin");
        store_figures::write(&mut transaction, id, "{}", at(1)).await.expect("figures can be kept");
        let hash = suppressed::hash(book.key(), id, &RemoteId::new("77"));
        suppressed::insert(&mut transaction, id, &hash).await.expect("a hash can be kept");
        left_out::note(&mut transaction, id, &RemoteId::new("78"), at(1)).await.expect("one can be left out");
        commit(transaction).await.expect("it can be made durable");
    }
    let counted = [
        "customer",
        "mirror",
        "edit",
        "journal_entry",
        "history",
        "pass",
        "store_figures",
        "suppressed",
        "left_out",
        "search_text",
        "store",
    ];
    let mut transaction = book.write().await.expect("nobody else writes");
    let mut before = Vec::new();
    for table in counted {
        before.push(count(&mut transaction, table).await);
    }
    store::remove(&mut transaction, store).await.expect("a store can be removed");
    for (table, before) in counted.into_iter().zip(before) {
        assert!(before > 0, "{table} had something to lose");
        assert_eq!(
            count(&mut transaction, table).await * 2,
            before,
            "{table} has only what the other store left in it"
        );
    }
    commit(transaction).await.expect("it can be made durable");
    assert_eq!(book.check().await.expect("the book can be checked"), []);
}

async fn count(transaction: &mut WriteTransaction, table: &'static str) -> i64 {
    let mut sql = sqlx::QueryBuilder::<sqlx::Sqlite>::new("SELECT count(*) FROM ");
    sql.push(table);
    sql.build_query_scalar().fetch_one(&mut **transaction).await.expect("a table can be counted")
}

/// The hash is kept so that nobody comes back, and must not tell who it was.
#[tokio::test]
async fn an_erased_person_is_known_only_with_the_key_of_the_book() {
    let book = temp_book().await;
    let (store, id) = (StoreId(1), RemoteId::new("77"));
    let hash = suppressed::hash(book.key(), store, &id);
    assert_eq!(hash, suppressed::hash(book.key(), store, &id));
    assert_ne!(hash, suppressed::hash(book.key(), StoreId(2), &id), "another store's 77 is somebody else");
    let other = clientela_database::DatabaseKey::from_bytes(&[1; 32]);
    assert_ne!(hash, suppressed::hash(&other, store, &id), "without the key ids cannot be tried");
}
