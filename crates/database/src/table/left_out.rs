//! Records that a list had and that could not be taken in yet.

use chrono::{DateTime, Utc};
use clientela_domain::{RemoteId, StoreId};
use sqlx::SqliteConnection;

use super::moment;
use crate::DatabaseError;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub remote: RemoteId,
    /// By the store's clock.
    pub since: DateTime<Utc>,
    pub tries: u32,
}

/// Notes one, or one more try to take it in.
pub async fn note(
    connection: &mut SqliteConnection,
    store: StoreId,
    remote: &RemoteId,
    at: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let (remote, at) = (remote.as_str(), at.timestamp_millis());
    sqlx::query!(
        "INSERT INTO left_out (store_id, remote_id, since) VALUES (?, ?, ?)
         ON CONFLICT (store_id, remote_id) DO UPDATE SET tries = tries + 1",
        store.0,
        remote,
        at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// All of a store, those first that were tried the least.
pub async fn all(connection: &mut SqliteConnection, store: StoreId) -> Result<Vec<LeftOut>, DatabaseError> {
    let rows = sqlx::query!(
        "SELECT remote_id, since, tries FROM left_out WHERE store_id = ? ORDER BY tries, remote_id",
        store.0
    )
    .fetch_all(connection)
    .await?;
    let one = |row: (String, i64, i64)| LeftOut {
        remote: RemoteId::new(row.0),
        since: moment(Some(row.1)).unwrap_or_default(),
        tries: u32::try_from(row.2).unwrap_or(u32::MAX),
    };
    Ok(rows.into_iter().map(|row| one((row.remote_id, row.since, row.tries))).collect())
}

/// It was taken in, or there is nobody.
pub async fn remove(
    connection: &mut SqliteConnection,
    store: StoreId,
    remote: &RemoteId,
) -> Result<(), DatabaseError> {
    let remote = remote.as_str();
    sqlx::query!("DELETE FROM left_out WHERE store_id = ? AND remote_id = ?", store.0, remote)
        .execute(connection)
        .await?;
    Ok(())
}
