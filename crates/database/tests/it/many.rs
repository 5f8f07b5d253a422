//! Customers read whole, many at once.

use clientela_database::commit;
use clientela_database::table::edit;
use clientela_database::view::whole;
use clientela_domain::{CustomerId, Field, FieldValue};
use clientela_testkit::{customer, temp_book};

#[tokio::test]
async fn they_come_in_the_order_asked_for_with_their_edits_and_without_those_who_are_not_there() {
    let book = temp_book().await;
    let store = book.store("loja").await;
    let awkward = "a\u{1e}b\u{1f}c\n\"d\"";
    let records: Vec<_> =
        (1..=5).map(|number| customer(number).with(Field::Note, awkward).record()).collect();
    let ids = book.keep(store, &records).await;
    let mine = FieldValue::Text("Zoe".to_owned());
    let mut transaction = book.write().await.unwrap();
    let now = chrono::DateTime::from_timestamp_millis(0).unwrap();
    edit::save(&mut transaction, ids[2], &Field::FirstName, &FieldValue::Null, &mine, "Ana", now)
        .await
        .unwrap();
    commit(transaction).await.unwrap();

    let asked = [ids[4], CustomerId(999), ids[2], ids[0]];
    let mut connection = book.read().await.unwrap();
    let found = whole::customers(&mut connection, &asked).await.unwrap();
    let order: Vec<CustomerId> = found.iter().map(|one| one.id).collect();
    assert_eq!(order, [ids[4], ids[2], ids[0]]);
    for (one, record) in found.iter().zip([&records[4], &records[2], &records[0]]) {
        assert_eq!(&one.mirror().unwrap(), record, "control characters in a note included");
        assert!(one.phone_e164.as_deref().is_some_and(|phone| phone.starts_with('+')));
    }
    let edits: Vec<usize> = found.iter().map(|one| one.edits.len()).collect();
    assert_eq!(edits, [0, 1, 0]);
    assert!(whole::customers(&mut connection, &[]).await.unwrap().is_empty());
}
