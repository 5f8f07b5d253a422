//! Finding customers.

use std::collections::BTreeMap;

use clientela_app::command::{MaybeStore, RowsRequest};
use clientela_app::dto::query::ListQuery;
use clientela_app::error::Code;
use clientela_app::event::AppEvent;
use clientela_app::list;

use crate::desk::{Desk, refused};

fn filtered(pairs: &[(&str, &str)]) -> ListQuery {
    let filters: BTreeMap<String, String> =
        pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
    ListQuery { filters, ..ListQuery::default() }
}

#[tokio::test]
async fn an_open_list_keeps_its_order_until_newer_ones_push_it_out() {
    let (desk, _) = Desk::at("inallweb", 40).await;
    let view = list::open(&desk.app, ListQuery::default()).await.unwrap();
    assert_eq!(view.total, 40);
    let rows = |view, offset, limit| list::rows(&desk.app, RowsRequest { view, offset, limit });
    let all = rows(view.view, 0, 500).await.unwrap().rows;
    let window = rows(view.view, 10, 5).await.unwrap();
    let ids = |rows: &[clientela_app::dto::customer::CustomerRowDto]| {
        rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!((window.offset, ids(&window.rows)), (10, ids(&all[10..15])), "a window of the same list");
    assert_eq!(ids(&view.rows), ids(&all), "the first rows come with the list");
    for (offset, limit, count) in [(38, 10, 2), (40, 10, 0), (4_000, 10, 0), (-5, 2, 2), (0, -1, 0)] {
        assert_eq!(rows(view.view, offset, limit).await.unwrap().rows.len(), count, "{offset} {limit}");
    }
    for _ in 0..5 {
        list::open(&desk.app, ListQuery::default()).await.unwrap();
    }
    refused(rows(view.view, 0, 1).await, Code::ViewGone);
}

/// More than a list finds at once: its beginning is there before it is counted, and the next keystroke ends the counting.
#[tokio::test]
async fn a_long_list_begins_before_it_is_counted() {
    let (desk, _) = Desk::at("inallweb", 1_200).await;
    let ask = |text: &str| ListQuery {
        text: text.to_owned(),
        list: "customers".to_owned(),
        ..ListQuery::default()
    };
    for query in [ask(""), ask("e"), ListQuery { sort: "-created_at".to_owned(), ..ask("") }] {
        let view = list::open(&desk.app, query.clone()).await.unwrap();
        assert!(view.is_counting && view.total == 1_000, "{query:?}: {view:?}");
        let rows = |offset| list::rows(&desk.app, RowsRequest { view: view.view, offset, limit: 100 });
        assert_eq!(rows(900).await.unwrap().rows.len(), 100);
        let first = rows(0).await.unwrap().rows;
        assert_eq!(view.rows, first[..50], "its first rows come with it");
        let last = rows(1_100).await.unwrap().rows;
        assert_eq!(last.len(), 100, "what is beyond the beginning comes when it is known");
        let told = desk.events.take().into_iter().find_map(|event| match event {
            AppEvent::ListCounted { view: counted, total } if counted == view.view => Some(total),
            _ => None,
        });
        assert_eq!(told, Some(1_200));
    }
    let few = list::open(&desk.app, ListQuery { sort: "name".to_owned(), ..ask("maria") }).await.unwrap();
    assert!(!few.is_counting, "{few:?}");
}

#[tokio::test]
async fn lists_sort_and_filter_by_what_they_show() {
    let (desk, store) = Desk::at("inallweb", 60).await;
    desk.connect("tiendanube").await;
    desk.synced().await;
    for sort in [
        "name",
        "email",
        "city",
        "role",
        "segment",
        "orders_count",
        "total_spent",
        "last_order_at",
        "created_at",
        "updated_at",
    ] {
        let there = desk.names(ListQuery { sort: sort.to_owned(), ..ListQuery::default() }).await;
        let back = desk.names(ListQuery { sort: format!("-{sort}"), ..ListQuery::default() }).await;
        assert_eq!((there.len(), back.len()), (120, 120), "{sort}: everybody, either way");
    }
    refused(
        list::open(&desk.app, ListQuery { sort: "shoe_size".to_owned(), ..ListQuery::default() }).await,
        Code::UnknownField,
    );
    let one = ListQuery { store_id: Some(store), ..ListQuery::default() };
    assert_eq!(desk.names(one).await.len(), 60, "one store alone");
    let choices = list::filter_choices(&desk.app, MaybeStore { store_id: Some(store) }).await.unwrap();
    let mut counted = 0;
    for segment in &choices.segments {
        let found = desk.found(&filtered(&[("segment", segment)])).await;
        assert!(found.iter().all(|one| one.segment.as_deref() == Some(segment)), "{segment}");
        counted += found.len();
    }
    assert_eq!(counted, 60, "everybody has a segment there");
    let active = desk.found(&filtered(&[("is_active", "true")])).await.len();
    let inactive = desk.found(&filtered(&[("is_active", "false")])).await.len();
    assert!(active > 0 && inactive > 0 && active + inactive <= 120);
    let all = desk.found(&ListQuery::default()).await;
    let day = all.iter().filter_map(|one| one.created_at.clone()).min().unwrap()[..10].to_owned();
    let that_day = desk.found(&filtered(&[("created_from", &day), ("created_to", &day)])).await;
    assert!(!that_day.is_empty() && that_day.len() < 120, "{}", that_day.len());
    assert!(
        that_day.iter().all(|one| one.created_at.as_ref().unwrap().starts_with(&day)),
        "a day has all its moments"
    );
    let rich = desk.found(&filtered(&[("spent_from", "1000.50")])).await.len();
    let poor = desk.found(&filtered(&[("spent_to", "1000.49")])).await.len();
    assert!(rich > 0 && poor > 0 && rich + poor <= 120, "{rich} {poor}");
    assert_eq!(desk.found(&filtered(&[("has_edits", "false")])).await.len(), 120);
    for (pair, code) in [
        (("spent_from", "much"), Code::InvalidInput),
        (("created_to", "2026-02-30"), Code::InvalidInput),
        (("created_at", "2026-01-01"), Code::UnknownField),
        (("shoe_size", "43"), Code::UnknownField),
        (("is_active", "perhaps"), Code::InvalidInput),
        (("state", "asleep"), Code::InvalidInput),
    ] {
        refused(list::open(&desk.app, filtered(&[pair])).await, code);
    }
}

#[tokio::test]
async fn every_character_that_is_typed_is_text() {
    let (desk, _) = Desk::at("tiendanube", 40).await;
    for text in [
        "\"",
        "'",
        "*",
        "a*",
        "-a",
        "a OR b",
        "NEAR(a b)",
        "col:x",
        "%",
        "_",
        "(",
        "^a",
        "{}",
        "\\",
        "\0",
        "😀",
        "a\nb",
        " ",
    ] {
        list::open(&desk.app, ListQuery { text: text.to_owned(), ..ListQuery::default() }).await.unwrap();
    }
    let (id, remote) = desk.somebody("tiendanube", 2).await;
    desk.edit(
        id,
        &[("name", "Conceição D'Ávila"), ("document", "529.982.247-25"), ("phone", "+55 11 98765-4321")],
    )
    .await
    .unwrap();
    for text in [
        "conceicao",
        "CONCEIÇÃO",
        "d'avila",
        "davila",
        "529.982.247-25",
        "52998224725",
        "98765-4321",
        "987654321",
        "11 98765",
    ] {
        let found = desk.found(&ListQuery { text: text.to_owned(), ..ListQuery::default() }).await;
        assert!(found.iter().any(|one| one.remote_id == remote), "{text:?} finds the person");
    }
}
