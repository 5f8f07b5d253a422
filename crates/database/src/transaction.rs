//! The one writing transaction, and whoever wants to know of commits.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::SqliteConnection;

use crate::DatabaseError;
use crate::connections::Taken;

/// Stands beside every commit. The program has none; a simulation ends its world here or fills its disk.
#[async_trait]
pub trait CommitWatcher: Send + Sync {
    /// An error takes the transaction back, and its writer hears it.
    async fn before(&self) -> Result<(), DatabaseError>;
    /// It is on disk, and its writer does not know yet.
    async fn after(&self);
}

/// The one transaction that can write. Dropped without commit, it leaves everything as it was.
pub struct WriteTransaction {
    connection: Taken,
    watcher: Option<Arc<dyn CommitWatcher>>,
}

impl WriteTransaction {
    /// The connection is inside a transaction.
    pub(crate) fn new(connection: Taken, watcher: Option<Arc<dyn CommitWatcher>>) -> Self {
        Self { connection, watcher }
    }
}

/// Makes what a transaction wrote durable.
pub async fn commit(transaction: WriteTransaction) -> Result<(), DatabaseError> {
    let WriteTransaction { mut connection, watcher } = transaction;
    let Some(watcher) = watcher else { return Ok(connection.commit().await?) };
    watcher.before().await?;
    connection.commit().await?;
    watcher.after().await;
    Ok(())
}

impl Deref for WriteTransaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for WriteTransaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

impl fmt::Debug for WriteTransaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WriteTransaction")
    }
}
