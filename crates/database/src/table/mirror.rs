//! Customers as their store last showed them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use clientela_domain::{CustomerId, CustomerRecord, RemoteId, StoreId};
use serde_json::Value;
use sqlx::SqliteConnection;

use super::{milliseconds, moment};
use crate::{DatabaseError, packed_record};

/// What is known of a record, beside the edits.
#[derive(Debug, Clone, PartialEq)]
pub struct Mirror {
    pub customer: CustomerId,
    pub record: CustomerRecord,
    /// The store said that it does not exist any more.
    pub gone: bool,
    pub has_edits: bool,
    pub shown_at: Option<DateTime<Utc>>,
    pub seen_at: Option<DateTime<Utc>>,
    pub detail_seen_at: Option<DateTime<Utc>>,
    pub missing_since: Option<DateTime<Utc>>,
    /// When the store first said that it does not have it, and nobody is sure yet; or when a person deleted it, and the store has not
    /// been asked since.
    pub missed_at: Option<DateTime<Utc>>,
}

struct Row {
    id: i64,
    record: Vec<u8>,
    edits: i64,
    shown_at: Option<i64>,
    seen_at: i64,
    detail_seen_at: Option<i64>,
    missing_since: Option<i64>,
    missed_at: Option<i64>,
}

impl TryFrom<Row> for Mirror {
    type Error = DatabaseError;

    fn try_from(row: Row) -> Result<Self, DatabaseError> {
        Ok(Mirror {
            customer: CustomerId(row.id),
            record: packed_record::read(&row.record)?,
            gone: row.missing_since.is_some(),
            has_edits: row.edits > 0,
            shown_at: moment(row.shown_at),
            seen_at: moment(Some(row.seen_at)),
            detail_seen_at: moment(row.detail_seen_at),
            missing_since: moment(row.missing_since),
            missed_at: moment(row.missed_at),
        })
    }
}

/// The mirror of a customer, by our id.
pub async fn find(
    connection: &mut SqliteConnection,
    id: CustomerId,
) -> Result<Option<Mirror>, DatabaseError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT c.id AS "id!", m.record, (SELECT count(*) FROM edit e WHERE e.customer_id = c.id) AS "edits!: i64",
                  m.shown_at, m.seen_at, m.detail_seen_at, m.missing_since, m.missed_at
           FROM customer c JOIN mirror m ON m.customer_id = c.id WHERE c.id = ?"#,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    row.map(Mirror::try_from).transpose()
}

/// The mirror of a record, by the store's id.
pub async fn find_remote(
    connection: &mut SqliteConnection,
    store: StoreId,
    remote: &RemoteId,
) -> Result<Option<Mirror>, DatabaseError> {
    let remote = remote.as_str();
    let row = sqlx::query_as!(
        Row,
        r#"SELECT c.id AS "id!", m.record, (SELECT count(*) FROM edit e WHERE e.customer_id = c.id) AS "edits!: i64",
                  m.shown_at, m.seen_at, m.detail_seen_at, m.missing_since, m.missed_at
           FROM customer c JOIN mirror m ON m.customer_id = c.id WHERE c.store_id = ? AND c.remote_id = ?"#,
        store.0,
        remote
    )
    .fetch_optional(connection)
    .await?;
    row.map(Mirror::try_from).transpose()
}

/// The mirrors of these records, by the store's ids. Those that are not known are left out.
pub async fn find_remotes(
    connection: &mut SqliteConnection,
    store: StoreId,
    remotes: impl Iterator<Item = &RemoteId>,
) -> Result<BTreeMap<RemoteId, Mirror>, DatabaseError> {
    let wanted = Value::from_iter(remotes.map(RemoteId::as_str)).to_string();
    let rows = sqlx::query!(
        r#"SELECT c.id AS "id!", c.remote_id AS "remote_id!", m.record AS "record!",
                  (SELECT count(*) FROM edit e WHERE e.customer_id = c.id) AS "edits!: i64",
                  m.shown_at, m.seen_at AS "seen_at!", m.detail_seen_at, m.missing_since, m.missed_at
           FROM json_each(?) j CROSS JOIN customer c ON c.store_id = ? AND c.remote_id = j.value
               CROSS JOIN mirror m ON m.customer_id = c.id"#,
        wanted,
        store.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let mirror = Mirror::try_from(Row {
                id: row.id,
                record: row.record,
                edits: row.edits,
                shown_at: row.shown_at,
                seen_at: row.seen_at,
                detail_seen_at: row.detail_seen_at,
                missing_since: row.missing_since,
                missed_at: row.missed_at,
            })?;
            Ok((RemoteId::new(row.remote_id), mirror))
        })
        .collect()
}

/// Which of these records are known, by the store's ids.
pub async fn known(
    connection: &mut SqliteConnection,
    store: StoreId,
    remotes: impl Iterator<Item = &RemoteId>,
) -> Result<BTreeSet<RemoteId>, DatabaseError> {
    let asked = Value::from_iter(remotes.map(RemoteId::as_str)).to_string();
    let rows = sqlx::query_scalar!(
        r#"SELECT c.remote_id AS "remote_id!" FROM json_each(?) j
           CROSS JOIN customer c ON c.store_id = ? AND c.remote_id = j.value"#,
        asked,
        store.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(RemoteId::new).collect())
}

/// What a store's answer adds to a mirror.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub shown_at: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
    /// Number of the full pass that listed it; `None` outside of one.
    pub pass: Option<i64>,
    /// The answer was about this customer alone and told everything.
    pub detail: bool,
}

/// Writes the mirror of a customer.
pub async fn write(
    connection: &mut SqliteConnection,
    customer: CustomerId,
    record: &CustomerRecord,
    seen: Seen,
) -> Result<(), DatabaseError> {
    let record = packed_record::pack(record)?;
    let (shown_at, now) = (milliseconds(seen.shown_at), seen.now.timestamp_millis());
    let detail = seen.detail.then_some(now);
    sqlx::query!(
        "INSERT INTO mirror (customer_id, record, shown_at, seen_at, detail_seen_at, seen_pass)
         VALUES (?1, ?2, ?3, ?4, ?5, coalesce(?6, 0))
         ON CONFLICT (customer_id) DO UPDATE SET
             record = excluded.record, shown_at = coalesce(excluded.shown_at, shown_at), seen_at = excluded.seen_at,
             detail_seen_at = coalesce(excluded.detail_seen_at, detail_seen_at),
             seen_pass = coalesce(?6, seen_pass), missing_since = NULL, missed_at = NULL",
        customer.0,
        record,
        shown_at,
        now,
        detail,
        seen.pass
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that the store showed the same of these customers again.
pub async fn touch(
    connection: &mut SqliteConnection,
    customers: &[CustomerId],
    seen: Seen,
) -> Result<(), DatabaseError> {
    let touched = Value::from_iter(customers.iter().map(|id| id.0)).to_string();
    let (shown_at, now) = (milliseconds(seen.shown_at), seen.now.timestamp_millis());
    let detail = seen.detail.then_some(now);
    sqlx::query!(
        "UPDATE mirror SET shown_at = coalesce(?1, shown_at), seen_at = ?2, detail_seen_at = coalesce(?3, detail_seen_at),
             seen_pass = coalesce(?4, seen_pass), missing_since = NULL,
             missed_at = NULL
         WHERE customer_id IN (SELECT value FROM json_each(?5))",
        shown_at,
        now,
        detail,
        seen.pass,
        touched
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Live customers of a store that the full pass with this number did not list.
pub async fn not_listed(
    connection: &mut SqliteConnection,
    store: StoreId,
    pass: i64,
) -> Result<Vec<(CustomerId, RemoteId)>, DatabaseError> {
    let rows = sqlx::query!(
        r#"SELECT c.id AS "id!", c.remote_id FROM customer c JOIN mirror m ON m.customer_id = c.id
           WHERE c.store_id = ? AND m.missing_since IS NULL AND m.seen_pass < ? ORDER BY c.id"#,
        store.0,
        pass
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (CustomerId(row.id), RemoteId::new(row.remote_id))).collect())
}

/// Notes that a pass listed it, and nothing else: what the list showed is older than what is known.
pub async fn note_listed(
    connection: &mut SqliteConnection,
    customer: CustomerId,
    pass: i64,
) -> Result<(), DatabaseError> {
    sqlx::query!("UPDATE mirror SET seen_pass = ? WHERE customer_id = ?", pass, customer.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that the store said once that it does not exist, keeping the first time it said so; tells that time. A clock that was set
/// back begins anew.
pub async fn note_missed(
    connection: &mut SqliteConnection,
    customer: CustomerId,
    at: DateTime<Utc>,
) -> Result<DateTime<Utc>, DatabaseError> {
    let at = at.timestamp_millis();
    let since = sqlx::query_scalar!(
        r#"UPDATE mirror SET missed_at = min(coalesce(missed_at, ?1), ?1) WHERE customer_id = ?2
           RETURNING missed_at AS "missed_at!: i64""#,
        at,
        customer.0
    )
    .fetch_one(connection)
    .await?;
    moment(Some(since)).ok_or(DatabaseError::Unreadable { what: "mirror.missed_at" })
}

/// Customers of a store that it said once are not there, at this moment or before, and has not shown since: those who count as
/// `gone` all the same, because they were deleted here, or the others.
pub async fn missed_until(
    connection: &mut SqliteConnection,
    store: StoreId,
    until: DateTime<Utc>,
    gone: bool,
) -> Result<Vec<(CustomerId, RemoteId)>, DatabaseError> {
    let until = until.timestamp_millis();
    let rows = sqlx::query!(
        r#"SELECT c.id AS "id!", c.remote_id AS "remote_id!" FROM mirror m JOIN customer c ON c.id = m.customer_id
           WHERE m.missed_at <= ? AND c.store_id = ? AND (m.missing_since IS NOT NULL) = ? ORDER BY c.id"#,
        until,
        store.0,
        gone
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (CustomerId(row.id), RemoteId::new(row.remote_id))).collect())
}

/// Notes that it is gone from the store.
pub async fn note_gone(
    connection: &mut SqliteConnection,
    customer: CustomerId,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let now = now.timestamp_millis();
    sqlx::query!(
        "UPDATE mirror SET missing_since = coalesce(missing_since, ?), missed_at = NULL WHERE customer_id = ?",
        now,
        customer.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How many customers of a store are there, as far as is known.
pub async fn count_live(connection: &mut SqliteConnection, store: StoreId) -> Result<i64, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM customer c JOIN mirror m ON m.customer_id = c.id
           WHERE c.store_id = ? AND m.missing_since IS NULL"#,
        store.0
    )
    .fetch_one(connection)
    .await?)
}

/// Whether more customers of a store are there than this, of those whose own numbers go up to `until`; it counts no further.
pub async fn has_more_live(
    connection: &mut SqliteConnection,
    store: StoreId,
    until: CustomerId,
    than: u64,
) -> Result<bool, DatabaseError> {
    let than = i64::try_from(than).unwrap_or(i64::MAX);
    let next = sqlx::query_scalar!(
        r#"SELECT c.id AS "id!: i64" FROM customer c JOIN mirror m ON m.customer_id = c.id
           WHERE c.store_id = ? AND c.id <= ? AND m.missing_since IS NULL LIMIT 1 OFFSET ?"#,
        store.0,
        until.0,
        than
    );
    Ok(next.fetch_optional(connection).await?.is_some())
}

/// Where somebody stands among the customers of a store, in the order of the store's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    FromTheBeginning(i64),
    FromTheEnd(i64),
}

/// The customer at a place among those of a store who are there, whom it has not missed either, and whose own numbers go up to `until`.
pub async fn live_at(
    connection: &mut SqliteConnection,
    store: StoreId,
    until: CustomerId,
    place: Place,
) -> Result<Option<(CustomerId, CustomerRecord)>, DatabaseError> {
    let (before, after) = match place {
        Place::FromTheBeginning(place) => (Some(place), None),
        Place::FromTheEnd(place) => (None, Some(place)),
    };
    let row = sqlx::query!(
        r#"SELECT id AS "id!: i64", record AS "record!: Vec<u8>" FROM (
               SELECT c.id, m.record FROM customer c JOIN mirror m ON m.customer_id = c.id
               WHERE ?3 IS NOT NULL AND c.store_id = ?1 AND c.id <= ?2 AND m.missing_since IS NULL AND m.missed_at IS NULL
               ORDER BY c.remote_id LIMIT 1 OFFSET coalesce(?3, 0))
           UNION ALL SELECT * FROM (
               SELECT c.id, m.record FROM customer c JOIN mirror m ON m.customer_id = c.id
               WHERE ?4 IS NOT NULL AND c.store_id = ?1 AND c.id <= ?2 AND m.missing_since IS NULL AND m.missed_at IS NULL
               ORDER BY c.remote_id DESC LIMIT 1 OFFSET coalesce(?4, 0))"#,
        store.0,
        until.0,
        before,
        after
    );
    let Some(row) = row.fetch_optional(connection).await? else { return Ok(None) };
    Ok(Some((CustomerId(row.id), packed_record::read(&row.record)?)))
}

/// How many customers of a store the pass with this number has listed.
pub async fn listed_by(
    connection: &mut SqliteConnection,
    store: StoreId,
    pass: i64,
) -> Result<i64, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM customer c JOIN mirror m ON m.customer_id = c.id
           WHERE c.store_id = ? AND m.seen_pass = ?"#,
        store.0,
        pass
    )
    .fetch_one(connection)
    .await?)
}

/// Customers whose own facts (orders, stats) were never asked for, in the order they came.
pub async fn without_detail(
    connection: &mut SqliteConnection,
    store: StoreId,
    limit: i64,
) -> Result<Vec<(CustomerId, RemoteId)>, DatabaseError> {
    let rows = sqlx::query!(
        r#"SELECT c.id AS "id!", c.remote_id AS "remote_id!" FROM customer c JOIN mirror m ON m.customer_id = c.id
           WHERE c.store_id = ? AND m.missing_since IS NULL AND m.detail_seen_at IS NULL ORDER BY c.id LIMIT ?"#,
        store.0,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (CustomerId(row.id), RemoteId::new(row.remote_id))).collect())
}

/// The records that a store showed first and still shows, as they are known here: enough to tell it from another store.
pub async fn oldest(
    connection: &mut SqliteConnection,
    store: StoreId,
    limit: i64,
) -> Result<Vec<CustomerRecord>, DatabaseError> {
    let rows = sqlx::query_scalar!(
        "SELECT m.record FROM customer c JOIN mirror m ON m.customer_id = c.id
         WHERE c.store_id = ? AND m.missing_since IS NULL ORDER BY c.id LIMIT ?",
        store.0,
        limit
    )
    .fetch_all(connection)
    .await?;
    rows.iter().map(|record| packed_record::read(record)).collect()
}
