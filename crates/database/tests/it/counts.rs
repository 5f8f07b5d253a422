//! Counts are kept with every change, and mended when they are wrong.

use clientela_database::commit;
use clientela_database::health::Problem;
use clientela_database::table::customer::{self, CustomerState};
use clientela_database::view::counts::{self, CountedColumn};
use clientela_domain::{CustomerId, CustomerRecord, Presence, StoreId};
use clientela_testkit::{TempBook, customer as somebody, temp_book};

fn with_role(number: u64, role: &str) -> CustomerRecord {
    somebody(number).but(|record| record.role = Presence::Value(role.to_owned())).record()
}

async fn shown(book: &TempBook, id: CustomerId, record: &CustomerRecord, state: CustomerState) {
    let mut transaction = book.write().await.expect("nobody else writes");
    customer::write_shown(&mut transaction, id, record, state, &[]).await.expect("it can be shown");
    commit(transaction).await.expect("it can be made durable");
}

/// Everybody, the roles, and those who are active and those of whom that is known.
async fn counted(book: &TempBook, store: StoreId) -> (i64, Vec<(String, i64)>, (i64, i64)) {
    let mut reader = book.read().await.expect("the book can be read");
    let of_store = counts::of_store(&mut reader, store).await.expect("a store is counted");
    let roles =
        counts::by_column(&mut reader, CountedColumn::Role, Some(store)).await.expect("roles are counted");
    let figures = counts::figures(&mut reader, Some(store), 0).await.expect("figures are counted");
    assert_eq!(figures.total, of_store.customers);
    assert_eq!(book.check().await.expect("the book can be checked"), []);
    (of_store.customers, roles, (figures.active, figures.with_activity))
}

#[tokio::test]
async fn counts_follow_every_change() {
    let book = temp_book().await;
    let (store, other) = (book.store("Loja").await, book.store("Outra").await);
    let roles = |roles: &[(&str, i64)]| -> Vec<(String, i64)> {
        roles.iter().map(|(role, count)| ((*role).to_owned(), *count)).collect()
    };
    let people: Vec<_> =
        ["staff", "staff", "owner"].into_iter().zip(1..).map(|(role, n)| with_role(n, role)).collect();
    let kept = book.keep(store, &people).await;
    book.keep(other, &[with_role(1, "staff")]).await;
    assert_eq!(counted(&book, store).await, (3, roles(&[("staff", 2), ("owner", 1)]), (3, 3)));

    let inactive = somebody(2).but(|record| record.is_active = Presence::Value(false)).record();
    shown(&book, kept[1], &inactive, CustomerState::Clean).await;
    let (all, _, activity) = counted(&book, store).await;
    assert_eq!((all, activity), (3, (2, 3)));
    shown(&book, kept[0], &with_role(1, "owner"), CustomerState::Edited).await;
    shown(&book, kept[2], &with_role(3, "owner"), CustomerState::Gone).await;
    assert_eq!(counted(&book, store).await.0, 2, "who is gone does not count");
    shown(&book, kept[2], &with_role(3, "owner"), CustomerState::Conflict).await;
    assert_eq!(counted(&book, store).await.0, 3, "and does again when they are back");

    let mut transaction = book.write().await.expect("nobody else writes");
    customer::remove(&mut transaction, kept[0]).await.expect("it can be removed");
    commit(transaction).await.expect("it can be made durable");
    assert_eq!(counted(&book, store).await.0, 2);
    assert_eq!(counted(&book, other).await.0, 1, "another store's are its own");
}

#[tokio::test]
async fn wrong_counts_are_told_and_mended() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    book.keep(store, &[with_role(1, "staff")]).await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let wrong = sqlx::query("UPDATE customer_count SET customers = 7 WHERE field = ''");
    wrong.execute(&mut *transaction).await.expect("it can be written");
    commit(transaction).await.expect("it can be made durable");
    let problems = book.check().await.expect("the book can be checked");
    assert!(matches!(problems.as_slice(), [Problem::Index(_)]), "{problems:?}");
    book.renew_indexes().await.expect("indexes can be made anew");
    assert_eq!(counted(&book, store).await.0, 1);
}
