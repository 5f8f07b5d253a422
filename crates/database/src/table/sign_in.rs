//! Whom each sign-in of a store opens, where one opens one customer only. The secrets themselves are in the keychain.

use clientela_domain::{RemoteId, StoreId};
use sqlx::SqliteConnection;

use crate::DatabaseError;

/// A sign-in and the customer whom it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Names its secret in the keychain.
    pub place: i64,
    pub customer: RemoteId,
}

/// The sign-ins of a store, by place.
pub async fn of_store(
    connection: &mut SqliteConnection,
    store: StoreId,
) -> Result<Vec<SignIn>, DatabaseError> {
    let rows =
        sqlx::query!("SELECT place, remote_id FROM sign_in WHERE store_id = ? ORDER BY place", store.0)
            .fetch_all(connection)
            .await?;
    Ok(rows
        .into_iter()
        .map(|row| SignIn { place: row.place, customer: RemoteId::new(row.remote_id) })
        .collect())
}

/// Notes whom a sign-in opens.
pub async fn write(
    connection: &mut SqliteConnection,
    store: StoreId,
    sign_in: &SignIn,
) -> Result<(), DatabaseError> {
    let customer = sign_in.customer.as_str();
    sqlx::query!(
        "INSERT OR REPLACE INTO sign_in (store_id, place, remote_id) VALUES (?, ?, ?)",
        store.0,
        sign_in.place,
        customer
    )
    .execute(connection)
    .await?;
    Ok(())
}
