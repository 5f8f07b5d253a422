use std::collections::BTreeSet;

use chrono::DateTime;
use clientela_domain::{CustomerRecord, Presence, RemoteId};
use proptest::prelude::*;
use sqlx::{Connection, Row};

use super::*;
use crate::table::customer::CustomerState;
use crate::table::mirror::Seen;
use crate::table::newcomers::{self, Newcomer};

async fn empty() -> SqliteConnection {
    let mut connection =
        SqliteConnection::connect(":memory:").await.expect("a database in memory can be made");
    crate::open::MIGRATIONS.run(&mut connection).await.expect("the schema can be made");
    connection
}

/// How the database finds something, in its own words.
async fn plan(push: impl FnOnce(&mut QueryBuilder<Sqlite>)) -> Vec<String> {
    let mut sql = QueryBuilder::<Sqlite>::new("EXPLAIN QUERY PLAN ");
    push(&mut sql);
    let rows = sql.build().fetch_all(&mut empty().await).await.expect("a statement can be explained");
    rows.iter().map(|row| row.get("detail")).collect()
}

#[tokio::test]
async fn a_list_comes_from_its_index_without_sorting() {
    for (sort, index) in [
        (SortColumn::Name, "customer_by_name"),
        (SortColumn::Best, "customer_by_name"),
        (SortColumn::LastOrderAt, "customer_by_last_order"),
        (SortColumn::CreatedAt, "customer_by_created"),
        (SortColumn::UpdatedAt, "customer_by_updated"),
        (SortColumn::TotalSpent, "customer_by_spent"),
        (SortColumn::OrdersCount, "customer_by_orders"),
    ] {
        for (descending, stores) in [(false, vec![]), (true, vec![]), (true, vec![StoreId(1), StoreId(2)])] {
            let query = Query { sort, descending, stores, ..Query::default() };
            for stretch in sort.stretches(descending) {
                let plan = plan(|sql| push_stretch(sql, &query, &stretch, None)).await;
                let is_in_order = |step: &String| step.contains(&format!("USING COVERING INDEX {index}"));
                assert!(
                    plan.len() == 1 && plan.iter().all(is_in_order),
                    "first rows must not wait for a million others: {sort:?} {descending} {plan:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_text_that_finds_many_is_answered_from_the_newest_down() {
    for index in ["search_words", "search_pieces"] {
        let plan = plan(|sql| found::push_newest(sql, index, "\"ana\"", 10)).await;
        assert!(plan[0].starts_with("SCAN f VIRTUAL TABLE"), "{plan:?}");
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:?}");
    }
}

#[tokio::test]
async fn stretches_of_an_index_come_from_the_newest_down() {
    for statement in [found::WORDS, found::PIECES] {
        let plan = plan(|sql| found::push_hits_below(sql, statement, "\"ana\"", (1_000, 10))).await;
        assert!(plan.len() == 1 && plan[0].starts_with("SCAN search_"), "{plan:?}");
        assert!(plan[0].contains("VIRTUAL TABLE"), "{plan:?}");
    }
}

#[tokio::test]
async fn a_search_asks_the_indexes() {
    let pieces = search::pieces_of("ana");
    let plan = plan(|sql| {
        sql.push("SELECT c.id AS id FROM customer c WHERE c.is_gone = 0");
        condition::push_text(sql, &pieces);
    });
    let plan = plan.await.join("; ");
    assert!(plan.contains("search_words VIRTUAL TABLE INDEX"), "{plan}");
    assert!(plan.contains("search_pieces VIRTUAL TABLE INDEX"), "{plan}");
    assert!(!plan.contains("SCAN search_text"), "{plan}");
}

const NAMES: [&str; 9] =
    ["Ana", "Mariana", "Ana-Maria", "Zoë", "D'Ávila", "São João", "Ana Paula", "", "(Anabela)"];
const FAMILIES: [&str; 6] = ["Silva", "Souza", "Anaya", "de Ana", "", "O’Brien 7"];

fn person(number: u64, name: usize, family: usize) -> CustomerRecord {
    let mut record = CustomerRecord::new(RemoteId::new(number.to_string()));
    record.first_name = Presence::Value(NAMES[name].to_owned());
    record.last_name = Presence::Value(FAMILIES[family].to_owned());
    record.email = Presence::Value(format!("{}{number}@correio.example", ["ana", "silva", "x"][family % 3]));
    record.phone = Presence::Value(format!("(11) 98765-{:04}", number * 37));
    record
}

/// People by turns of two stores. Of every seven, one is gone from its store; of every three, two are active.
async fn book_of(people: &[(usize, usize)]) -> SqliteConnection {
    let mut connection = empty().await;
    for store in ["s", "t"] {
        sqlx::query(
            "INSERT INTO store (name, platform, url, account, state, connected_at) VALUES (?, 'p', 'u', 'a', 'ready', 0)",
        )
        .bind(store)
        .execute(&mut connection)
        .await
        .expect("a store can be written");
    }
    let seen = Seen { shown_at: None, now: DateTime::UNIX_EPOCH, pass: None, detail: true };
    for ((name, family), number) in people.iter().zip(1..) {
        let mut record = person(number, *name, *family);
        record.is_active = Presence::Value(!number.is_multiple_of(3));
        let new = vec![Newcomer::of(&record).expect("a customer can be packed")];
        let store = StoreId(1 + i64::from(number.is_multiple_of(2)));
        newcomers::insert(&mut connection, store, new, seen).await.expect("customers can be kept");
    }
    sqlx::query("UPDATE customer SET state = 'gone' WHERE id % 7 = 0")
        .execute(&mut connection)
        .await
        .expect("somebody can be gone");
    connection
}

/// What else may be asked beside a text.
fn asked() -> impl Strategy<Value = (Vec<StoreId>, Vec<Filter>)> {
    let stores = prop::sample::select(vec![vec![], vec![StoreId(2)], vec![StoreId(1), StoreId(2)]]);
    let filters = vec![vec![], vec![Filter::IsActive(true)], vec![Filter::State(CustomerState::Gone)]];
    (stores, prop::sample::select(filters))
}

/// Whether somebody with this number was asked for.
fn is_asked(number: i64, (stores, filters): &(Vec<StoreId>, Vec<Filter>)) -> bool {
    let is_gone = number % 7 == 0;
    let store = StoreId(if number % 2 == 0 { 2 } else { 1 });
    let applies = match filters.first() {
        Some(Filter::State(_)) => is_gone,
        Some(_) => !is_gone && number % 3 != 0,
        None => !is_gone,
    };
    applies && (stores.is_empty() || stores.contains(&store))
}

fn text() -> impl Strategy<Value = String> {
    let words =
        ["a", "an", "ana", "maria", "silva", "ana p", "d'av", "avila", "jo", "987", "11", "x", "@c", "corr"];
    let more = ["ana-", "-", "brien", "7", "98765 0", "sao j", "zoe", "(an", "example", "correio.ex"];
    let words = [&words[..], &more[..]].concat();
    prop::collection::vec(prop::sample::select(words), 1..4).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Whatever is typed and however much it finds: the beginning is the beginning, and the order leaves nobody out.
    #[test]
    fn every_way_to_find_finds_the_same(
        people in prop::collection::vec((0..NAMES.len(), 0..FAMILIES.len()), 1..60),
        texts in prop::collection::vec((text(), asked()), 6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        runtime.block_on(async {
            let mut connection = book_of(&people).await;
            let all_of_them = (String::new(), (Vec::new(), Vec::new()));
            for (text, asked) in texts.into_iter().chain([all_of_them]) {
                let (stores, filters) = asked.clone();
                let mut everybody: Option<BTreeSet<CustomerId>> = None;
                for sort in [SortColumn::Name, SortColumn::Best, SortColumn::Email, SortColumn::OrdersCount] {
                    for (few, descending) in [(1_000, false), (1_000, true), (2, false), (5, true), (20, false)] {
                        let (stores, filters) = (stores.clone(), filters.clone());
                        let query = Query { text: text.clone(), stores, filters, sort, descending };
                        let all = ids_of(&mut connection, &query, few).await.expect("a list can be read");
                        let beginning = first_of(&mut connection, &query, few).await.expect("a list can be read");
                        let Beginning { ids, is_all } = beginning;
                        assert!(all.starts_with(&ids), "{query:?} {few}: {ids:?} of {all:?}");
                        assert_eq!(is_all, ids.len() == all.len(), "{query:?} {few}: {ids:?} of {all:?}");
                        let found: BTreeSet<CustomerId> = all.iter().copied().collect();
                        assert_eq!(found.len(), all.len(), "{query:?} {few}: nobody stands there twice");
                        let same = everybody.get_or_insert_with(|| found.clone());
                        assert_eq!(&found, same, "{query:?} {few}");
                        let is_right = |id: &CustomerId| is_asked(id.0, &asked);
                        assert!(found.iter().all(is_right), "{query:?} {few}: {found:?}");
                        let wanted = (1..=people.len() as i64).filter(|id| is_asked(*id, &asked)).count();
                        assert!(!text.is_empty() || found.len() == wanted, "{query:?} {few}: {found:?}");
                    }
                }
            }
        });
    }
}

#[tokio::test]
async fn what_fits_best_comes_first() {
    // Ana Silva, Mariana Ana…, Zoë Silva (whose address is of an ana), Ana Paula.
    let mut connection = book_of(&[(3, 3), (0, 0), (1, 1), (6, 4)]).await;
    let query = Query { text: "ana".to_owned(), sort: SortColumn::Best, ..Query::default() };
    let names = |ids: Vec<CustomerId>| ids.into_iter().map(|id| id.0).collect::<Vec<_>>();
    let found = ids(&mut connection, &query).await.expect("a list can be read");
    assert_eq!(names(found), [4, 2, 1], "names that begin so, then words of names, then the rest");
}
