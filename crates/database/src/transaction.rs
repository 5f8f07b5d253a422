//! The one writing transaction, and whoever wants to know of commits.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::SqliteConnection;

use crate::DatabaseError;
use crate::connections::Taken;
use crate::second_copy::{Kept, SecondCopy};

/// Stands beside every commit. The program has none; a simulation ends its world here or fills its disk.
#[async_trait]
pub trait CommitWatcher: Send + Sync {
    /// An error takes the transaction back, and its writer hears it.
    async fn before(&self) -> Result<(), DatabaseError>;
    /// The second copy has it, the book does not.
    async fn between(&self) {}
    /// It is on disk, and its writer does not know yet.
    async fn after(&self);
}

/// The one transaction that can write. Dropped without commit, it leaves everything as it was.
pub struct WriteTransaction {
    connection: Taken,
    second: Arc<SecondCopy>,
    watcher: Option<Arc<dyn CommitWatcher>>,
}

impl WriteTransaction {
    /// The connection is inside a transaction.
    pub(crate) fn new(
        connection: Taken,
        second: Arc<SecondCopy>,
        watcher: Option<Arc<dyn CommitWatcher>>,
    ) -> Self {
        Self { connection, second, watcher }
    }
}

/// Makes what a transaction wrote durable: in the second copy what people typed, then in the book everything.
pub async fn commit(transaction: WriteTransaction) -> Result<(), DatabaseError> {
    let WriteTransaction { mut connection, second, watcher } = transaction;
    if let Some(watcher) = &watcher {
        watcher.before().await?;
    }
    let kept = second.keep(&mut connection).await?;
    if let (Some(watcher), Kept::Everything) = (&watcher, kept) {
        watcher.between().await;
    }
    connection.commit().await?;
    second.committed(kept);
    if let Some(watcher) = watcher {
        watcher.after().await;
    }
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
