//! Files with personal data that left the book: who, when, which customers, how many.

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use crate::DatabaseError;

/// Notes an export. `what` says which customers, without naming any.
pub async fn insert(
    connection: &mut SqliteConnection,
    author: &str,
    path: &str,
    rows: i64,
    what: &str,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let now = now.timestamp_millis();
    sqlx::query!(
        "INSERT INTO export_entry (exported_at, author, path, rows, what) VALUES (?, ?, ?, ?, ?)",
        now,
        author,
        path,
        rows,
        what
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether there is an export to this path.
pub async fn exists(connection: &mut SqliteConnection, path: &str) -> Result<bool, DatabaseError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM export_entry WHERE path = ?) AS "exists!: bool""#,
        path
    )
    .fetch_one(connection)
    .await?)
}
