//! Settings of this desk: small texts by key.

use sqlx::SqliteConnection;

use crate::DatabaseError;

/// Reads a setting.
pub async fn find(connection: &mut SqliteConnection, key: &str) -> Result<Option<String>, DatabaseError> {
    Ok(sqlx::query_scalar!("SELECT value FROM setting WHERE key = ?", key).fetch_optional(connection).await?)
}

/// Writes a setting.
pub async fn write(connection: &mut SqliteConnection, key: &str, value: &str) -> Result<(), DatabaseError> {
    sqlx::query!(
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value
    )
    .execute(connection)
    .await?;
    Ok(())
}
