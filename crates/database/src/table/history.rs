//! What changed, where it came from, and both values.

use chrono::{DateTime, Utc};
use clientela_domain::{CustomerId, Field, FieldValue};
use sqlx::SqliteConnection;

use super::{from_json, moment, to_json};
use crate::DatabaseError;

/// Where a change came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Here,
    Store,
    Merged,
    Decided,
    AlteredByStore,
    Refused,
    Sent,
    Discarded,
}

impl Source {
    /// The word of the customer's timeline.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Here => "here",
            Source::Store => "store",
            Source::Merged => "merged",
            Source::Decided => "decided",
            Source::AlteredByStore => "altered_by_store",
            Source::Refused => "refused",
            Source::Sent => "sent",
            Source::Discarded => "discarded",
        }
    }
}

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub source: String,
    pub field: String,
    pub before: FieldValue,
    pub after: FieldValue,
}

/// Adds a line.
pub async fn insert(
    connection: &mut SqliteConnection,
    customer: CustomerId,
    at: DateTime<Utc>,
    source: Source,
    field: &Field,
    before: &FieldValue,
    after: &FieldValue,
) -> Result<(), DatabaseError> {
    let (at, source, field) = (at.timestamp_millis(), source.as_str(), field.to_string());
    let (before, after) = (to_json(before, "history.before")?, to_json(after, "history.after")?);
    sqlx::query!(
        "INSERT INTO history (customer_id, at, source, field, before, after) VALUES (?, ?, ?, ?, ?, ?)",
        customer.0,
        at,
        source,
        field,
        before,
        after
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest lines of a customer, newest first.
pub async fn newest(
    connection: &mut SqliteConnection,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<HistoryEntry>, DatabaseError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!", at, source, field, before, after FROM history WHERE customer_id = ? ORDER BY id DESC LIMIT ?"#,
        customer.0,
        limit
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(HistoryEntry {
                id: row.id,
                at: moment(Some(row.at)).unwrap_or_default(),
                source: row.source,
                field: row.field,
                before: from_json(&row.before, "history.before")?,
                after: from_json(&row.after, "history.after")?,
            })
        })
        .collect()
}

/// Forgets what a customer's fields once held, after the store has removed the person's data.
pub async fn remove_of(connection: &mut SqliteConnection, customer: CustomerId) -> Result<(), DatabaseError> {
    sqlx::query!("DELETE FROM history WHERE customer_id = ?", customer.0).execute(connection).await?;
    Ok(())
}
