//! The outbox: what a person typed is never forgotten on the way.

use chrono::{DateTime, Utc};
use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::{customer, journal};
use clientela_database::{WriteTransaction, commit};
use clientela_domain::{CustomerId, EditId, Field, FieldValue, StoreId};
use clientela_testkit::{TempBook, customer as somebody, temp_book};

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap_or_default()
}

async fn book_with_one() -> (TempBook, StoreId, CustomerId) {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let ids = book.keep(store, &[somebody(1).record()]).await;
    (book, store, ids[0])
}

async fn save(
    transaction: &mut WriteTransaction,
    customer: CustomerId,
    field: &Field,
    base: &str,
    mine: &str,
) -> EditId {
    edit::save(transaction, customer, field, &text(base), &text(mine), "Bia", at(10))
        .await
        .expect("an edit can be saved")
}

async fn read(transaction: &mut WriteTransaction, id: EditId) -> Edit {
    edit::find(transaction, id).await.expect("edits can be read").expect("the edit is there")
}

#[tokio::test]
async fn saving_again_keeps_the_base_and_is_a_new_generation() {
    let (book, _, ana) = book_with_one().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let first = save(&mut transaction, ana, &Field::FirstName, "Ana", "Anna").await;
    let again =
        edit::save(&mut transaction, ana, &Field::FirstName, &text("Anna"), &text("Anne"), "Caio", at(20))
            .await;
    assert_eq!(again.expect("an edit can be saved"), first, "one edit for one field");
    let edit = read(&mut transaction, first).await;
    assert_eq!(
        (edit.base, edit.mine),
        (text("Ana"), text("Anne")),
        "it still began where the first one began"
    );
    assert_eq!((edit.generation, edit.author.as_str(), edit.saved_at), (2, "Caio", at(20)));
    assert_eq!(edit.state, EditState::Pending);
}

#[tokio::test]
async fn fields_do_not_know_of_each_other() {
    let (book, store, ana) = book_with_one().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let fields = [
        Field::FirstName,
        Field::Note,
        Field::Extra("a.b".into()),
        Field::Address("7".into()),
        Field::Address("new-1".into()),
    ];
    for field in &fields {
        save(&mut transaction, ana, field, "", "x").await;
    }
    let edits = edit::of_customer(&mut transaction, ana).await.expect("edits can be read");
    assert_eq!(
        edits.iter().map(|edit| edit.field.clone()).collect::<Vec<_>>(),
        fields,
        "in the order they were made"
    );
    let to_push = edit::customers_to_push(&mut transaction, store).await.expect("the outbox can be read");
    assert_eq!(to_push.len(), 1, "five edits of one customer are one push");
}

#[tokio::test]
async fn an_edit_during_its_push_is_told_from_the_one_that_was_sent() {
    let (book, _, ana) = book_with_one().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let id = save(&mut transaction, ana, &Field::FirstName, "Ana", "Anna").await;
    edit::mark_sending(&mut transaction, id, Some(at(100))).await.expect("it can be marked");
    commit(transaction).await.expect("the mark is durable before anything is sent");
    let book = book.reopen().await.expect("a crash happens here");

    let mut transaction = book.write().await.expect("nobody else writes");
    save(&mut transaction, ana, &Field::FirstName, "Ana", "Anna Lima").await;
    let edit = read(&mut transaction, id).await;
    let sent = EditState::Sending { generation: 1, sent: text("Anna"), sent_at: Some(at(100)) };
    assert_eq!(edit.state, sent, "what is on its way is not what was typed since");
    assert_eq!((edit.mine, edit.generation), (text("Anna Lima"), 2));

    edit::rebase(&mut transaction, id, &text("Anna"), None)
        .await
        .expect("it goes on from what the store has");
    let edit = read(&mut transaction, id).await;
    assert_eq!(
        (edit.base, edit.mine, edit.generation),
        (text("Anna"), text("Anna Lima"), 2),
        "only the base is new"
    );
    assert_eq!((edit.state, edit.tries), (EditState::Pending, 0));
}

#[tokio::test]
async fn a_request_that_never_left_is_no_try() {
    let (book, _, ana) = book_with_one().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let id = save(&mut transaction, ana, &Field::FirstName, "Ana", "Anna").await;
    let waiting = read(&mut transaction, id).await;
    edit::mark_sending(&mut transaction, id, Some(at(100))).await.expect("it can be marked");
    assert_eq!(read(&mut transaction, id).await.tries, 1);
    edit::unmark_sending(&mut transaction, &waiting).await.expect("the mark can be taken away");
    assert_eq!(read(&mut transaction, id).await, waiting, "as if nothing had been asked");
    edit::unmark_sending(&mut transaction, &waiting).await.expect("nothing to take away");
    assert_eq!(read(&mut transaction, id).await.tries, 0, "an edit without mark is left alone");
}

#[tokio::test]
async fn what_an_earlier_request_may_have_done_is_not_forgotten_over_one_that_never_left() {
    let (book, _, ana) = book_with_one().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let id = save(&mut transaction, ana, &Field::FirstName, "Ana", "Anna").await;
    edit::mark_sending(&mut transaction, id, Some(at(100))).await.expect("it can be marked");
    save(&mut transaction, ana, &Field::FirstName, "Ana", "Anna Lima").await;
    let unanswered = read(&mut transaction, id).await;
    edit::mark_sending(&mut transaction, id, Some(at(200))).await.expect("it can be marked again");
    edit::unmark_sending(&mut transaction, &unanswered).await.expect("the second mark can be taken away");
    let edit = read(&mut transaction, id).await;
    let first = EditState::Sending { generation: 1, sent: text("Anna"), sent_at: Some(at(100)) };
    assert_eq!((edit.state, edit.mine), (first, text("Anna Lima")), "the first one may have arrived");
}

#[tokio::test]
async fn what_may_have_arrived_is_known_until_it_is_answered() {
    let (book, _, ana) = book_with_one().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let id = save(&mut transaction, ana, &Field::FirstName, "Ana", "Anna").await;
    assert_eq!(read(&mut transaction, id).await.unanswered, None);
    edit::mark_sending(&mut transaction, id, None).await.expect("it can be marked");
    edit::park(&mut transaction, id, "masked", None).await.expect("it can be parked");
    assert_eq!(read(&mut transaction, id).await.unanswered, Some(text("Anna")), "parked");
    save(&mut transaction, ana, &Field::FirstName, "Ana", "Anna Lima").await;
    assert_eq!(read(&mut transaction, id).await.unanswered, Some(text("Anna")), "typed on");
    edit::set_conflict(&mut transaction, id, &text("Anne")).await.expect("it can become a conflict");
    assert_eq!(read(&mut transaction, id).await.unanswered, Some(text("Anna")), "in conflict");
    edit::rebase(&mut transaction, id, &text("Anne"), None).await.expect("the person chose ours");
    assert_eq!(read(&mut transaction, id).await.unanswered, Some(text("Anna")), "decided");
    edit::note_answered(&mut transaction, id, Some(&text("Anna"))).await.expect("it can be answered");
    let edit = read(&mut transaction, id).await;
    assert_eq!((edit.base, edit.mine, edit.unanswered), (text("Anna"), text("Anna Lima"), None));
}

#[tokio::test]
async fn joined_texts_are_a_new_generation() {
    let (book, _, ana) = book_with_one().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let id = save(&mut transaction, ana, &Field::Note, "a", "a\nb").await;
    edit::mark_sending(&mut transaction, id, None).await.expect("it can be marked");
    edit::rebase(&mut transaction, id, &text("0\na"), Some(&text("0\na\nb")))
        .await
        .expect("it can go on from there");
    let edit = read(&mut transaction, id).await;
    assert_eq!((edit.base, edit.mine, edit.generation), (text("0\na"), text("0\na\nb"), 2));
    assert_eq!(edit.state, EditState::Pending);
}

#[tokio::test]
async fn a_refused_edit_keeps_its_text_and_can_be_tried_again() {
    let (book, store, ana) = book_with_one().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let id = save(&mut transaction, ana, &Field::Email, "a@b.c", "ana@b.c").await;
    edit::mark_sending(&mut transaction, id, None).await.expect("it can be marked");
    edit::park(&mut transaction, id, "refused", Some("já existe")).await.expect("it can be parked");
    let edit = read(&mut transaction, id).await;
    let parked = EditState::Parked { code: "refused".to_owned(), words: Some("já existe".to_owned()) };
    assert_eq!((edit.state, edit.mine), (parked, text("ana@b.c")));
    assert_eq!(
        edit::customers_to_push(&mut transaction, store).await.expect("the outbox can be read"),
        [],
        "it blocks nobody"
    );

    edit::reopen(&mut transaction, id).await.expect("it can be tried again");
    let edit = read(&mut transaction, id).await;
    assert_eq!((edit.state, edit.tries, edit.generation), (EditState::Pending, 0, 1));

    edit::park(&mut transaction, id, "refused", None).await.expect("it can be parked");
    save(&mut transaction, ana, &Field::Email, "a@b.c", "ana.lima@b.c").await;
    let edit = read(&mut transaction, id).await;
    assert_eq!(
        (edit.state, edit.mine),
        (EditState::Pending, text("ana.lima@b.c")),
        "another value is another try"
    );
    edit::set_conflict(&mut transaction, id, &text("x")).await.expect("it can become a conflict");
    edit::reopen(&mut transaction, id).await.expect("only parked edits are opened again");
    assert!(
        matches!(read(&mut transaction, id).await.state, EditState::Conflict { .. }),
        "a conflict needs a choice"
    );
}

#[tokio::test]
async fn a_conflict_stays_one_until_a_person_settles_it() {
    let (book, store, ana) = book_with_one().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let id = save(&mut transaction, ana, &Field::FirstName, "Ana", "Anna").await;
    edit::set_conflict(&mut transaction, id, &text("Anne")).await.expect("it can become a conflict");
    save(&mut transaction, ana, &Field::FirstName, "Ana", "Annina").await;
    let edit = read(&mut transaction, id).await;
    assert_eq!(edit.state, EditState::Conflict { theirs: text("Anne") }, "typing on is no choice");
    assert_eq!((edit.base, edit.mine), (text("Ana"), text("Annina")));
    assert_eq!(edit::customers_to_push(&mut transaction, store).await.expect("the outbox can be read"), []);
    edit::rebase(&mut transaction, id, &text("Anne"), None).await.expect("the person chose ours");
    let edit = read(&mut transaction, id).await;
    assert_eq!((edit.state, edit.base, edit.mine), (EditState::Pending, text("Anne"), text("Annina")));
}

#[tokio::test]
async fn a_customer_with_edits_cannot_be_removed() {
    let (book, _, ana) = book_with_one().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let id = save(&mut transaction, ana, &Field::FirstName, "Ana", "Anna").await;
    journal::insert(&mut transaction, ana, "Bia", "ligou", at(1)).await.expect("a note can be written");
    commit(transaction).await.expect("it can be made durable");

    let mut transaction = book.write().await.expect("nobody else writes");
    customer::remove(&mut transaction, ana).await.expect_err("there is an edit");
    drop(transaction);
    let mut transaction = book.write().await.expect("nobody else writes");
    assert_eq!(
        journal::texts(&mut transaction, ana).await.expect("notes can be read"),
        ["ligou"],
        "nothing was removed"
    );
    let raw = sqlx::query("DELETE FROM customer").execute(&mut *transaction).await;
    raw.expect_err("not even by a statement of its own");

    edit::remove(&mut transaction, id).await.expect("an edit can end");
    customer::remove(&mut transaction, ana).await.expect("nothing waits any more");
    assert_eq!(customer::store_of(&mut transaction, ana).await.expect("customers can be read"), None);
}

#[tokio::test]
async fn the_oldest_edit_goes_first() {
    let book = temp_book().await;
    let (store, other) = (book.store("Loja").await, book.store("Outra").await);
    let ids = book.keep(store, &[somebody(1).record(), somebody(2).record(), somebody(3).record()]).await;
    let elsewhere = book.keep(other, &[somebody(4).record()]).await;
    let mut transaction = book.write().await.expect("nobody else writes");
    for id in [ids[2], elsewhere[0], ids[0], ids[2]] {
        save(&mut transaction, id, &Field::Note, "", "x").await;
    }
    let to_push = edit::customers_to_push(&mut transaction, store).await.expect("the outbox can be read");
    assert_eq!(
        to_push.into_iter().map(|(id, _)| id).collect::<Vec<_>>(),
        [ids[2], ids[0]],
        "and only of this store"
    );
}
