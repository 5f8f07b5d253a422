//! The work that is measured on a book that has read its store.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Result, anyhow};
use clientela_app::command::{RowsRequest, SyncRequest};
use clientela_app::dto::customer::CustomerRowDto;
use clientela_app::dto::query::ListQuery;
use clientela_app::{list, sync};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::figures::{Table, Times, is_chosen};
use crate::people::{self, Typed};
use crate::reference::{Shell, quoted};
use crate::stage::{Stage, export_all};

/// As many rows as a large window shows.
const PAGE: i64 = 50;
const QUERIES: usize = 200;
const JUMPS: usize = 20;
const WORDS: usize = 50;
/// Each sort of the window, and the same of the reference.
const SORTS: [(&str, &str); 8] = [
    ("name", "sort_name"),
    ("-created_at", "created_at DESC"),
    ("-total_spent", "total_spent DESC"),
    ("-last_order_at", "last_order_at DESC"),
    ("email", "email"),
    ("city", "city"),
    ("-orders_count", "orders_count DESC"),
    ("-updated_at", "updated_at DESC"),
];
const SHOWN: &str =
    "id, first_name, last_name, email, phone, document, city, role, orders_count, total_spent, created_at";

pub(crate) async fn all(stage: &Stage, chosen: &[String], table: &mut Table) -> Result<()> {
    let wants = |work: &str| is_chosen(work, chosen);
    if wants("keystroke to first page, p99") {
        keystrokes(stage, table).await?;
    }
    if wants("keystroke among the active, p99") {
        keystrokes_with_a_filter(stage, table).await?;
    }
    if wants("position of any sort, p99") {
        positions(stage, table).await?;
    }
    if wants("export of everything") {
        exports(stage, table).await?;
    }
    if wants("pass with nothing new") {
        nothing_new(stage, table).await?;
    }
    size(stage, table)
}

async fn keystrokes(stage: &Stage, table: &mut Table) -> Result<()> {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let some = sample(stage, &mut chance).await?;
    let (mut ours, mut by_index, mut by_like) = (Times::default(), Times::default(), Times::default());
    let mut shell = Shell::open(&stage.reference)?;
    let mut slowest = (0.0, Typed { text: String::new(), of: "" });
    for typed in people::typed(&some, QUERIES, &mut chance) {
        let began = Instant::now();
        first_page(stage, list_of(&typed.text)).await?;
        let took = began.elapsed();
        ours.add(took);
        if took.as_secs_f64() > slowest.0 {
            slowest = (took.as_secs_f64(), typed.clone());
        }
        by_index.add(shell.ask(&index_query(&typed.text))?.0);
        by_like.add(shell.ask(&like_query(&typed.text))?.0);
    }
    eprintln!("slowest: {:?} of a {}, {:.1} ms", slowest.1.text, slowest.1.of, slowest.0 * 1_000.0);
    let of = stage.customers;
    table.compare("keystroke to first page, p99 (index)", of, "ms", ours.p99(), by_index.p99(), Some(1.5));
    table.compare("keystroke to first page, p99 (LIKE)", of, "ms", ours.p99(), by_like.p99(), Some(0.05));
    table.compare(
        "keystroke to first page, median (index)",
        of,
        "ms",
        ours.median(),
        by_index.median(),
        None,
    );
    Ok(())
}

/// The same while a filter is set.
async fn keystrokes_with_a_filter(stage: &Stage, table: &mut Table) -> Result<()> {
    let mut chance = ChaCha8Rng::seed_from_u64(13);
    let some = sample(stage, &mut chance).await?;
    let (mut ours, mut reference) = (Times::default(), Times::default());
    let mut shell = Shell::open(&stage.reference)?;
    let filters: BTreeMap<String, String> = [("is_active".to_owned(), "true".to_owned())].into();
    for typed in people::typed(&some, QUERIES, &mut chance) {
        let query = ListQuery { filters: filters.clone(), ..list_of(&typed.text) };
        let began = Instant::now();
        first_page(stage, query).await?;
        ours.add(began.elapsed());
        let condition = format!("is_active = 'true' AND {}", index_condition(&typed.text));
        reference.add(shell.ask(&first_rows(&condition))?.0);
    }
    let of = stage.customers;
    table.compare(
        "keystroke among the active, p99 (index)",
        of,
        "ms",
        ours.p99(),
        reference.p99(),
        Some(1.5),
    );
    Ok(())
}

/// The list of the window: every keystroke ends the one before.
fn list_of(text: &str) -> ListQuery {
    ListQuery { text: text.to_owned(), list: "customers".to_owned(), ..ListQuery::default() }
}

/// The same search by the reference's own indexes.
fn index_query(typed: &str) -> String {
    first_rows(&index_condition(typed))
}

fn first_rows(condition: &str) -> String {
    format!("SELECT {SHOWN} FROM customer WHERE {condition} ORDER BY sort_name, id LIMIT {PAGE}")
}

fn index_condition(typed: &str) -> String {
    let pieces: Vec<String> = typed
        .split_whitespace()
        .map(|piece| {
            let text = quoted(&format!("\"{}\"", piece.replace('"', "\"\"")));
            let words = format!("SELECT rowid FROM words WHERE words MATCH {text} || '*'");
            let bare: String = piece.chars().filter(char::is_ascii_alphanumeric).collect();
            let inside = match bare.chars().count() >= 3 {
                true => format!(
                    " UNION SELECT rowid FROM pieces WHERE pieces MATCH {text} || ' OR ' || {}",
                    quoted(&format!("\"{bare}\""))
                ),
                false => String::new(),
            };
            format!("id IN ({words}{inside})")
        })
        .collect();
    pieces.join(" AND ")
}

/// The same search without any.
fn like_query(typed: &str) -> String {
    let pieces: Vec<String> = typed
        .split_whitespace()
        .map(|piece| {
            let like = quoted(&format!("%{piece}%"));
            let columns =
                ["first_name", "last_name", "company", "email", "phone", "phone_e164", "document", "note"];
            let any: Vec<String> = columns.iter().map(|column| format!("{column} LIKE {like}")).collect();
            format!("({})", any.join(" OR "))
        })
        .collect();
    first_rows(&pieces.join(" AND "))
}

async fn positions(stage: &Stage, table: &mut Table) -> Result<()> {
    let mut chance = ChaCha8Rng::seed_from_u64(11);
    let (mut ours, mut opened, mut reference) = (Times::default(), Times::default(), Times::default());
    let mut shell = Shell::open(&stage.reference)?;
    for (sort, order) in SORTS {
        let query = ListQuery { sort: sort.to_owned(), ..ListQuery::default() };
        let began = Instant::now();
        let view = first_page(stage, query).await?.0;
        opened.add(began.elapsed());
        for _ in 0..JUMPS {
            let offset = chance.random_range(0..stage.customers as i64);
            let began = Instant::now();
            rows(stage, view, offset).await?;
            ours.add(began.elapsed());
            let sql =
                format!("SELECT {SHOWN} FROM customer ORDER BY {order}, id LIMIT {PAGE} OFFSET {offset}");
            reference.add(shell.ask(&sql)?.0);
        }
    }
    let of = stage.customers;
    table.compare("position of any sort, p99", of, "ms", ours.p99(), reference.p99(), Some(0.1));
    table.figure("first page of any sort, slowest", of, "ms", opened.percentile(1.0), None);
    Ok(())
}

async fn exports(stage: &Stage, table: &mut Table) -> Result<()> {
    let (mut ours, mut reference) = (Times::default(), Times::default());
    for _ in 0..3 {
        ours.add(export_all(&stage.app, &stage.folder.join("ours.csv")).await?);
        reference.add(stage.reference.export(&stage.folder.join("reference.csv"))?);
    }
    table.compare(
        "export of everything",
        stage.customers,
        "ms",
        ours.median(),
        reference.median(),
        Some(1.0),
    );
    Ok(())
}

async fn nothing_new(stage: &Stage, table: &mut Table) -> Result<()> {
    let failed = |error| anyhow!("a sync failed: {error:?}");
    // The first one sends what was typed meanwhile.
    sync::start(&stage.app, SyncRequest::default()).await.map_err(failed)?;
    let began = Instant::now();
    let done = sync::start(&stage.app, SyncRequest::default()).await.map_err(failed)?;
    let took = began.elapsed();
    let requests: i64 = done.stores.iter().map(|store| store.requests).sum();
    table.figure("pass with nothing new: requests", stage.customers, "requests", requests as f64, Some(1.0));
    table.figure("pass with nothing new", stage.customers, "ms", took.as_secs_f64() * 1_000.0, None);
    Ok(())
}

fn size(stage: &Stage, table: &mut Table) -> Result<()> {
    let mut bytes = 0;
    for name in ["clientela.db", "clientela-second.db"] {
        bytes += std::fs::metadata(stage.folder.join("book").join(name))?.len();
    }
    let each = bytes as f64 / stage.customers as f64;
    table.figure("size of a customer on disk", stage.customers, "bytes", each, Some(1_228.8));
    let log = std::fs::metadata(stage.folder.join("book/clientela.db-wal")).map_or(0, |log| log.len());
    table.figure("log beside the book at rest", stage.customers, "MiB", log as f64 / 1_048_576.0, Some(64.0));
    let plain = std::fs::metadata(&stage.reference.path)?.len();
    table.figure(
        "size of a customer in the plain file",
        stage.customers,
        "bytes",
        plain as f64 / stage.customers as f64,
        None,
    );
    Ok(())
}

async fn first_page(stage: &Stage, query: ListQuery) -> Result<(i64, Vec<CustomerRowDto>)> {
    let view = list::open(&stage.app, query).await.map_err(|error| anyhow!("no list: {error:?}"))?;
    Ok((view.view, view.rows))
}

async fn rows(stage: &Stage, view: i64, offset: i64) -> Result<Vec<CustomerRowDto>> {
    let request = RowsRequest { view, offset, limit: PAGE };
    Ok(list::rows(&stage.app, request).await.map_err(|error| anyhow!("no rows: {error:?}"))?.rows)
}

/// What somebody types letter by letter in the window.
#[cfg(target_os = "linux")]
pub(crate) async fn texts(stage: &Stage) -> Result<Vec<String>> {
    let mut chance = ChaCha8Rng::seed_from_u64(17);
    let some = sample(stage, &mut chance).await?;
    let begun = people::typed(&some, WORDS, &mut chance).into_iter();
    Ok(begun
        .filter_map(|typed| Some(typed.text.split_whitespace().next()?.chars().take(6).collect()))
        .collect())
}

/// Customers from all over the list.
async fn sample(stage: &Stage, chance: &mut ChaCha8Rng) -> Result<Vec<CustomerRowDto>> {
    let (view, _) = first_page(stage, ListQuery::default()).await?;
    let mut some = Vec::new();
    for _ in 0..60 {
        let offset = chance.random_range(0..stage.customers as i64);
        some.extend(rows(stage, view, offset).await?.into_iter().take(5));
    }
    Ok(some)
}
