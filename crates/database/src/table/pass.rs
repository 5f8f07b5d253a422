//! Passes that have not reached their end.

use chrono::{DateTime, Utc};
use clientela_domain::StoreId;
use sqlx::SqliteConnection;

use super::{milliseconds, moment};
use crate::DatabaseError;

/// What a pass reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassKind {
    /// Everything, for the first time.
    First,
    /// What the store says has changed.
    Changes,
    /// Everything again, to compare and to find what is gone.
    Full,
}

impl PassKind {
    /// The word for progress and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            PassKind::First => "first_pass",
            PassKind::Changes => "changes",
            PassKind::Full => "full_pass",
        }
    }

    /// Whether it lists everything.
    pub fn lists_everything(self) -> bool {
        matches!(self, PassKind::First | PassKind::Full)
    }
}

/// A pass on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    pub kind: PassKind,
    pub number: i64,
    pub position: Option<String>,
    pub began_at_store: Option<DateTime<Utc>>,
    pub began_at: DateTime<Utc>,
    pub listed: i64,
}

/// The pass that a store is in, if it was left in one.
pub async fn find(connection: &mut SqliteConnection, store: StoreId) -> Result<Option<Pass>, DatabaseError> {
    let row = sqlx::query!(
        "SELECT kind, number, position, began_at_store, began_at, listed FROM pass WHERE store_id = ?",
        store.0
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let kind = match row.kind.as_str() {
            "first_pass" => PassKind::First,
            "changes" => PassKind::Changes,
            "full_pass" => PassKind::Full,
            _ => return Err(DatabaseError::Unreadable { what: "pass.kind" }),
        };
        Ok(Pass {
            kind,
            number: row.number,
            position: row.position,
            began_at_store: moment(row.began_at_store),
            began_at: moment(Some(row.began_at)).unwrap_or_default(),
            listed: row.listed,
        })
    })
    .transpose()
}

/// Begins a pass, with a number higher than any that this store's customers remember.
pub async fn begin(
    connection: &mut SqliteConnection,
    store: StoreId,
    kind: PassKind,
    now: DateTime<Utc>,
) -> Result<Pass, DatabaseError> {
    let number = sqlx::query_scalar!(
        r#"SELECT coalesce(max(m.seen_pass), 0) + 1 AS "number!: i64"
           FROM mirror m JOIN customer c ON c.id = m.customer_id WHERE c.store_id = ?"#,
        store.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let (word, began_at) = (kind.as_str(), now.timestamp_millis());
    sqlx::query!(
        "INSERT INTO pass (store_id, kind, number, began_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (store_id) DO UPDATE SET kind = excluded.kind, number = excluded.number, position = NULL,
             began_at_store = NULL, began_at = excluded.began_at, listed = 0",
        store.0,
        word,
        number,
        began_at
    )
    .execute(connection)
    .await?;
    Ok(Pass { kind, number, position: None, began_at_store: None, began_at: now, listed: 0 })
}

/// Notes how far a pass has come. Belongs into the transaction of the page.
pub async fn advance(
    connection: &mut SqliteConnection,
    store: StoreId,
    pass: &Pass,
) -> Result<(), DatabaseError> {
    let began = milliseconds(pass.began_at_store);
    sqlx::query!(
        "UPDATE pass SET position = ?, began_at_store = ?, listed = ? WHERE store_id = ?",
        pass.position,
        began,
        pass.listed,
        store.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends a pass.
pub async fn remove(connection: &mut SqliteConnection, store: StoreId) -> Result<(), DatabaseError> {
    sqlx::query!("DELETE FROM pass WHERE store_id = ?", store.0).execute(connection).await?;
    Ok(())
}
