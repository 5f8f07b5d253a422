//! What a store last said about its customers as a whole.

use chrono::{DateTime, Utc};
use clientela_domain::StoreId;
use sqlx::SqliteConnection;

use super::moment;
use crate::DatabaseError;

/// Keeps figures as JSON; the caller knows their shape.
pub async fn write(
    connection: &mut SqliteConnection,
    store: StoreId,
    figures: &str,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let now = now.timestamp_millis();
    sqlx::query!(
        "INSERT INTO store_figures (store_id, figures, said_at) VALUES (?, ?, ?)
         ON CONFLICT (store_id) DO UPDATE SET figures = excluded.figures, said_at = excluded.said_at",
        store.0,
        figures,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The figures and when the store said them.
pub async fn find(
    connection: &mut SqliteConnection,
    store: StoreId,
) -> Result<Option<(String, DateTime<Utc>)>, DatabaseError> {
    let row = sqlx::query!("SELECT figures, said_at FROM store_figures WHERE store_id = ?", store.0)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| (row.figures, moment(Some(row.said_at)).unwrap_or_default())))
}
