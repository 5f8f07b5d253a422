//! Dated notes with their author, kept here.

use chrono::{DateTime, Utc};
use clientela_domain::CustomerId;
use sqlx::SqliteConnection;

use super::moment;
use crate::DatabaseError;

/// One note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    pub id: i64,
    pub author: String,
    pub text: String,
    pub written_at: DateTime<Utc>,
}

/// Adds a note.
pub async fn insert(
    connection: &mut SqliteConnection,
    customer: CustomerId,
    author: &str,
    text: &str,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let now = now.timestamp_millis();
    sqlx::query!(
        "INSERT INTO journal_entry (customer_id, author, text, written_at) VALUES (?, ?, ?, ?)",
        customer.0,
        author,
        text,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The notes of a customer, newest first.
pub async fn of_customer(
    connection: &mut SqliteConnection,
    customer: CustomerId,
) -> Result<Vec<JournalEntry>, DatabaseError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!", author, text, written_at FROM journal_entry WHERE customer_id = ? ORDER BY id DESC"#,
        customer.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| JournalEntry {
            id: row.id,
            author: row.author,
            text: row.text,
            written_at: moment(Some(row.written_at)).unwrap_or_default(),
        })
        .collect())
}

/// Only the texts, for the search index.
pub async fn texts(
    connection: &mut SqliteConnection,
    customer: CustomerId,
) -> Result<Vec<String>, DatabaseError> {
    Ok(sqlx::query_scalar!("SELECT text FROM journal_entry WHERE customer_id = ? ORDER BY id", customer.0)
        .fetch_all(connection)
        .await?)
}
