//! Customers who were not known before, with everything that is kept of them, many at once.

use std::collections::BTreeMap;

use clientela_domain::{CustomerId, CustomerRecord, RemoteId, StoreId};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::customer_group;
use super::milliseconds;
use super::mirror::Seen;
use super::shown::Shown;
use crate::search::{self, SearchText};
use crate::{DatabaseError, packed_record};

/// As many rows as one statement takes: the driver hands every statement over from thread to thread, which takes longer than a row.
const AT_ONCE: usize = 50;

/// Everything that is kept of a customer, made from its record. Making it takes longer than writing it, so whoever has many makes them
/// before the transaction begins.
pub struct Newcomer {
    remote: RemoteId,
    shown: Shown,
    text: SearchText,
    record: Vec<u8>,
}

impl Newcomer {
    pub fn of(record: &CustomerRecord) -> Result<Self, DatabaseError> {
        let shown = Shown::of(record, false);
        let text = search::text_of(record, &[], shown.phone_e164.as_deref());
        Ok(Self { remote: record.remote_id.clone(), shown, text, record: packed_record::pack(record)? })
    }
}

/// Keeps customers of a store that has none with their ids yet, and tells their own ids in the same order.
pub async fn insert(
    connection: &mut SqliteConnection,
    store: StoreId,
    newcomers: Vec<Newcomer>,
    seen: Seen,
) -> Result<Vec<CustomerId>, DatabaseError> {
    let mut ids = Vec::with_capacity(newcomers.len());
    let mut newcomers = newcomers.into_iter();
    loop {
        let (mut customers, mut texts, mut records) = (Vec::new(), Vec::new(), Vec::new());
        let mut groups = Vec::new();
        for Newcomer { remote, mut shown, text, record } in newcomers.by_ref().take(AT_ONCE) {
            groups.push(std::mem::take(&mut shown.groups));
            customers.push((remote, shown));
            texts.push(text);
            records.push(record);
        }
        if customers.is_empty() {
            return Ok(ids);
        }
        let some = insert_customers(connection, store, customers).await?;
        insert_mirrors(connection, some.iter().copied().zip(records).collect(), seen).await?;
        insert_search_texts(connection, some.iter().copied().zip(texts).collect()).await?;
        let groups =
            some.iter().zip(groups).flat_map(|(id, names)| names.into_iter().map(|name| (*id, name)));
        customer_group::insert(connection, groups.collect()).await?;
        ids.extend(some);
    }
}

async fn insert_customers(
    connection: &mut SqliteConnection,
    store: StoreId,
    rows: Vec<(RemoteId, Shown)>,
) -> Result<Vec<CustomerId>, DatabaseError> {
    let remotes: Vec<RemoteId> = rows.iter().map(|(remote, _)| remote.clone()).collect();
    let mut statement = QueryBuilder::<Sqlite>::new(
        "INSERT INTO customer (store_id, remote_id, state, name, sort_name, company, email, phone, phone_e164, document, city,
             region, country, role, segment, is_active, email_verified, accepts_marketing, orders_count, total_spent,
             total_spent_micro, currency, last_order_at, created_at, updated_at, has_note) ",
    );
    statement.push_values(rows, |mut row, (remote, shown)| {
        row.push_bind(store.0).push_bind(remote.as_str().to_owned()).push("'clean'");
        row.push_bind(shown.name).push_bind(shown.sort_name).push_bind(shown.company).push_bind(shown.email);
        row.push_bind(shown.phone).push_bind(shown.phone_e164).push_bind(shown.document);
        row.push_bind(shown.city).push_bind(shown.region).push_bind(shown.country);
        row.push_bind(shown.role).push_bind(shown.segment).push_bind(shown.is_active);
        row.push_bind(shown.email_verified).push_bind(shown.accepts_marketing).push_bind(shown.orders_count);
        row.push_bind(shown.total_spent).push_bind(shown.total_spent_micro).push_bind(shown.currency);
        row.push_bind(shown.last_order_at).push_bind(shown.created_at).push_bind(shown.updated_at);
        row.push_bind(shown.has_note);
    });
    statement.push(" RETURNING id, remote_id");
    // A statement of another length would hardly be asked for again, and is not kept.
    let rows: Vec<(i64, String)> =
        statement.build_query_as().persistent(remotes.len() == AT_ONCE).fetch_all(connection).await?;
    // In which order they come back is nobody's promise.
    let ids_of: BTreeMap<String, i64> = rows.into_iter().map(|(id, remote)| (remote, id)).collect();
    let id_of = |remote: &RemoteId| ids_of.get(remote.as_str()).copied().map(CustomerId);
    let ids: Option<Vec<CustomerId>> = remotes.iter().map(id_of).collect();
    ids.ok_or(DatabaseError::Unreadable { what: "customer.id" })
}

async fn insert_mirrors(
    connection: &mut SqliteConnection,
    rows: Vec<(CustomerId, Vec<u8>)>,
    seen: Seen,
) -> Result<(), DatabaseError> {
    let (shown_at, now) = (milliseconds(seen.shown_at), seen.now.timestamp_millis());
    let detail = seen.detail.then_some(now);
    let is_whole = rows.len() == AT_ONCE;
    let mut statement = QueryBuilder::<Sqlite>::new(
        "INSERT INTO mirror (customer_id, record, shown_at, seen_at, detail_seen_at, seen_pass) ",
    );
    statement.push_values(rows, |mut row, (id, record)| {
        row.push_bind(id.0).push_bind(record).push_bind(shown_at).push_bind(now).push_bind(detail);
        row.push_bind(seen.pass.unwrap_or(0));
    });
    statement.build().persistent(is_whole).execute(connection).await?;
    Ok(())
}

async fn insert_search_texts(
    connection: &mut SqliteConnection,
    rows: Vec<(CustomerId, SearchText)>,
) -> Result<(), DatabaseError> {
    let is_whole = rows.len() == AT_ONCE;
    let mut statement =
        QueryBuilder::<Sqlite>::new("INSERT INTO search_text (customer_id, words, pieces, phones) ");
    statement.push_values(rows, |mut row, (id, text)| {
        row.push_bind(id.0).push_bind(text.words).push_bind(text.pieces).push_bind(text.phones);
    });
    statement.build().persistent(is_whole).execute(connection).await?;
    Ok(())
}
