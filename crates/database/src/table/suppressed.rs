//! People erased here: only a keyed hash is kept, to know them if a late page brings them back.

use clientela_domain::{RemoteId, StoreId};
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

use crate::{DatabaseError, DatabaseKey};

/// Hash of a store's id under the book's key: without the key it cannot be guessed by trying ids.
pub fn hash(key: &DatabaseKey, store: StoreId, remote: &RemoteId) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(b"clientela suppressed");
    hash.update(key.expose().as_bytes());
    hash.update(store.0.to_le_bytes());
    hash.update(remote.as_str().as_bytes());
    hash.finalize().to_vec()
}

/// Adds a person.
pub async fn insert(
    connection: &mut SqliteConnection,
    store: StoreId,
    hash: &[u8],
) -> Result<(), DatabaseError> {
    sqlx::query!("INSERT OR IGNORE INTO suppressed (store_id, hash) VALUES (?, ?)", store.0, hash)
        .execute(connection)
        .await?;
    Ok(())
}

/// All hashes of a store.
pub async fn all(connection: &mut SqliteConnection, store: StoreId) -> Result<Vec<Vec<u8>>, DatabaseError> {
    Ok(sqlx::query_scalar!("SELECT hash FROM suppressed WHERE store_id = ?", store.0)
        .fetch_all(connection)
        .await?)
}
