//! The list: order, rows, filters.

use clientela_database::table::customer::CustomerState;
use clientela_database::table::{customer, edit};
use clientela_database::view::list::{self, Filter, Measure, Query, SortColumn};
use clientela_domain::{CustomerId, CustomerRecord, Field, Presence};
use clientela_testkit::{TempBook, customer as somebody, temp_book};

async fn ids(book: &TempBook, query: &Query) -> Vec<CustomerId> {
    let mut connection = book.read().await.expect("the book can be read");
    list::ids(&mut connection, query).await.expect("the list can be read")
}

async fn names(book: &TempBook, query: &Query) -> Vec<String> {
    let ids = ids(book, query).await;
    let mut connection = book.read().await.expect("the book can be read");
    list::rows(&mut connection, &ids)
        .await
        .expect("rows can be read")
        .into_iter()
        .map(|row| row.name)
        .collect()
}

fn named(number: u64, first: &str) -> CustomerRecord {
    somebody(number).with(Field::FirstName, first).without(Field::LastName).record()
}

#[tokio::test]
async fn names_sort_as_people_expect_and_the_nameless_come_last_both_ways() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let records = ["Zoe", "", "álvaro", "Ana", "(Bruno)", "ÇÉLIA", "D'Ávila"].into_iter().zip(1..);
    book.keep(store, &records.into_iter().map(|(name, number)| named(number, name)).collect::<Vec<_>>())
        .await;
    let expected = ["álvaro", "Ana", "(Bruno)", "ÇÉLIA", "D'Ávila", "Zoe"];
    let mut forward = names(&book, &Query::default()).await;
    assert_eq!(forward.pop().as_deref(), Some(""), "who has no name comes last");
    assert_eq!(forward, expected);
    let mut backward = names(&book, &Query { descending: true, ..Query::default() }).await;
    assert_eq!(backward.pop().as_deref(), Some(""), "who has no name comes last the other way too");
    backward.reverse();
    assert_eq!(backward, expected);
}

#[tokio::test]
async fn who_has_no_value_comes_last_both_ways() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let records: Vec<_> = (1..=6_u64)
        .map(|number| {
            somebody(number)
                .but(|record| {
                    let has = number % 2 == 0;
                    let count = i64::try_from(number).unwrap_or_default();
                    record.total_spent = if has { Presence::Value(count.into()) } else { Presence::Absent };
                    record.orders_count = if has { Presence::Value(count) } else { Presence::Null };
                    record.segment =
                        if has { Presence::Value(format!("s{number}")) } else { Presence::Absent };
                    record.role = record.segment.clone();
                    record.email = record.segment.clone();
                    for moment in [&mut record.last_order_at, &mut record.created_at, &mut record.updated_at]
                    {
                        *moment = if has {
                            chrono::DateTime::from_timestamp(count, 0).into()
                        } else {
                            Presence::Absent
                        };
                    }
                    for address in record.addresses.value().cloned().unwrap_or_default() {
                        let city = has.then(|| format!("c{number}"));
                        record.addresses =
                            Presence::Value(vec![clientela_domain::Address { city, ..address }]);
                    }
                })
                .record()
        })
        .collect();
    let kept = book.keep(store, &records).await;
    let with_value = [kept[1], kept[3], kept[5]];
    for sort in [
        SortColumn::Email,
        SortColumn::City,
        SortColumn::Role,
        SortColumn::Segment,
        SortColumn::OrdersCount,
        SortColumn::TotalSpent,
        SortColumn::LastOrderAt,
        SortColumn::CreatedAt,
        SortColumn::UpdatedAt,
    ] {
        let up = ids(&book, &Query { sort, ..Query::default() }).await;
        let down = ids(&book, &Query { sort, descending: true, ..Query::default() }).await;
        assert_eq!(up[..3], with_value, "{sort:?}, up");
        assert_eq!(down[..3].iter().rev().copied().collect::<Vec<_>>(), with_value, "{sort:?}, down");
        assert_eq!((up.len(), down.len()), (6, 6), "{sort:?}: nobody is left out");
    }
}

#[tokio::test]
async fn rows_keep_the_order_they_were_asked_in() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let kept = book.keep(store, &(1..=30).map(|number| somebody(number).record()).collect::<Vec<_>>()).await;
    let mut asked: Vec<_> = kept.iter().rev().copied().step_by(3).collect();
    asked.insert(4, CustomerId(9_999));
    let mut connection = book.read().await.expect("the book can be read");
    let rows = list::rows(&mut connection, &asked).await.expect("rows can be read");
    asked.remove(4);
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), asked, "who is not there is left out");
    assert!(list::rows(&mut connection, &[]).await.expect("nobody was asked for").is_empty());
}

/// An export asks for everybody; SQLite takes 32,766 values in one statement.
#[tokio::test]
async fn any_number_of_rows_can_be_asked_for() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let kept = book.keep(store, &[somebody(1).record()]).await;
    let mut asked: Vec<_> = (1_000..41_000).map(CustomerId).collect();
    asked.push(kept[0]);
    let mut connection = book.read().await.expect("the book can be read");
    let rows = list::rows(&mut connection, &asked).await.expect("rows can be read");
    assert_eq!(rows.len(), 1);
}

#[tokio::test]
async fn a_row_says_what_the_record_says() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let record = somebody(5).but(|record| record.segment = Presence::Value("VIP".to_owned())).record();
    let kept = book.keep(store, std::slice::from_ref(&record)).await;
    let mut connection = book.read().await.expect("the book can be read");
    let row = list::rows(&mut connection, &kept).await.expect("rows can be read").remove(0);
    assert_eq!(row.name, record.full_name());
    assert_eq!(row.email.as_ref(), record.email.value());
    assert_eq!(row.phone.as_deref(), Some("+5511980001005"), "in one spelling where it is certain");
    assert_eq!(row.city.as_deref(), Some("São Paulo"));
    assert_eq!(row.segment.as_deref(), Some("VIP"));
    assert_eq!(row.total_spent, record.total_spent.value().map(ToString::to_string));
    assert_eq!(row.created_at, record.created_at.value().map(chrono::DateTime::timestamp_millis));
    assert_eq!(row.state, CustomerState::Clean);
}

/// A store's number is not trusted to be one.
#[tokio::test]
async fn an_absurd_amount_is_kept_and_sorts_without_a_value() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let most = rust_decimal::Decimal::MAX;
    let kept = book
        .keep(store, &[somebody(1).but(|record| record.total_spent = Presence::Value(most)).record()])
        .await;
    let mut connection = book.read().await.expect("the book can be read");
    let rows = list::rows(&mut connection, &kept).await.expect("rows can be read");
    assert_eq!(rows[0].total_spent, Some(most.to_string()));
}

#[tokio::test]
async fn filters_hold_together() {
    let book = temp_book().await;
    let (store, other) = (book.store("Loja").await, book.store("Outra").await);
    let kept = book.keep(store, &(1..=20).map(|number| somebody(number).record()).collect::<Vec<_>>()).await;
    book.keep(other, &(1..=20).map(|number| somebody(number).record()).collect::<Vec<_>>()).await;
    let of_store = Query { stores: vec![store], ..Query::default() };
    assert_eq!(ids(&book, &of_store).await.len(), 20);
    assert_eq!(ids(&book, &Query { stores: vec![store, other], ..Query::default() }).await.len(), 40);
    let by = |filters: Vec<Filter>| Query { filters, ..of_store.clone() };
    assert_eq!(ids(&book, &by(vec![Filter::RemoteId("7".to_owned())])).await, [kept[6]]);
    assert_eq!(ids(&book, &by(vec![Filter::IsActive(false)])).await.len(), 2, "10 and 20");
    let both = by(vec![Filter::Country("ar".to_owned()), Filter::AcceptsMarketing(true)]);
    assert_eq!(ids(&book, &both).await.len(), 3, "3, 6 and 18 are in Argentina and said yes");
    assert!(
        ids(&book, &by(vec![Filter::City("São Paulo' OR 1=1 --".to_owned())])).await.is_empty(),
        "a value is a value"
    );

    let mut transaction = book.write().await.expect("nobody else writes");
    let record = somebody(7).record();
    customer::write_shown(&mut transaction, kept[6], &record, CustomerState::Gone, &[])
        .await
        .expect("it can be shown");
    let value = clientela_domain::FieldValue::Null;
    edit::save(&mut transaction, kept[0], &Field::Note, &value, &value, "", chrono::DateTime::default())
        .await
        .expect("an edit can be saved");
    clientela_database::commit(transaction).await.expect("it can be made durable");
    assert_eq!(ids(&book, &of_store).await.len(), 19, "who is gone is left out");
    assert_eq!(
        ids(&book, &by(vec![Filter::State(CustomerState::Gone)])).await,
        [kept[6]],
        "unless asked for"
    );
}

#[tokio::test]
async fn measures_groups_and_edits_can_be_asked_for() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let records: Vec<_> = (1..=6_i64)
        .map(|number| {
            somebody(number as u64)
                .but(|record| {
                    record.total_spent = Presence::Value((number * 10).into());
                    record.orders_count = Presence::Value(number);
                    record.created_at = chrono::DateTime::from_timestamp(number * 100, 0).into();
                    record.last_order_at = Presence::Absent;
                    let groups = ["VIP", "vip", "Atacado"].into_iter().skip(number as usize % 3);
                    record.groups = Presence::Value(groups.map(str::to_owned).collect());
                })
                .record()
        })
        .collect();
    let kept = book.keep(store, &records).await;
    let places =
        |found: Vec<CustomerId>| -> Vec<i64> { found.iter().map(|id| id.0 - kept[0].0 + 1).collect() };
    let by = async |filters: &[Filter]| {
        let query = Query { filters: filters.to_vec(), sort: SortColumn::CreatedAt, ..Query::default() };
        places(ids(&book, &query).await)
    };
    use Measure::{CreatedAt, LastOrderAt, OrdersCount, TotalSpent};
    assert_eq!(by(&[Filter::From(TotalSpent, 30_000_000), Filter::To(TotalSpent, 40_000_000)]).await, [3, 4]);
    assert_eq!(by(&[Filter::From(CreatedAt, 500_000)]).await, [5, 6]);
    assert_eq!(by(&[Filter::To(OrdersCount, 1)]).await, [1]);
    assert_eq!(
        by(&[Filter::To(LastOrderAt, i64::MAX)]).await,
        [0; 0],
        "who never ordered was not before anything"
    );
    assert_eq!(
        by(&[Filter::Group("Vip".to_owned())]).await,
        [1, 3, 4, 6],
        "every third is in one group alone"
    );
    assert_eq!(by(&[Filter::Group("Vip".to_owned()), Filter::From(CreatedAt, 400_000)]).await, [4, 6]);

    let mut transaction = book.write().await.expect("nobody else writes");
    let value = clientela_domain::FieldValue::Null;
    let now = chrono::DateTime::default();
    edit::save(&mut transaction, kept[1], &Field::Note, &value, &value, "", now)
        .await
        .expect("an edit can be saved");
    let record = somebody(1).but(|record| record.groups = Presence::Value(vec!["Novo".to_owned()])).record();
    customer::write_shown(&mut transaction, kept[0], &record, CustomerState::Clean, &[])
        .await
        .expect("it can be shown");
    clientela_database::commit(transaction).await.expect("it can be made durable");
    assert_eq!(by(&[Filter::HasEdits(true)]).await, [2]);
    assert_eq!(by(&[Filter::HasEdits(false)]).await.len(), 5);
    let mut reader = book.read().await.expect("the book can be read");
    let names =
        clientela_database::table::customer_group::names(&mut reader).await.expect("groups can be read");
    assert_eq!(names, ["Atacado", "Novo", "VIP"]);
    drop(reader);
    assert_eq!(by(&[Filter::Group("VIP".to_owned())]).await, [3, 4, 6], "who left a group is not in it");
}
