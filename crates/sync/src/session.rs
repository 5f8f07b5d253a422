//! Everything that syncing one store needs, in one hand.

use std::collections::HashSet;
use std::sync::Arc;

use clientela_connectors::{Clock, Connector, ConnectorError, Sleep};
use clientela_database::table::store::Store;
use clientela_database::table::suppressed;
use clientela_database::{Connection, Database, DatabaseError, DatabaseKey};
use clientela_domain::protection::{Protection, stands};
use clientela_domain::{RemoteId, StoreId};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::{Progress, SyncStop};

/// A store, the way to it, and the outside.
#[derive(Clone)]
pub struct StoreSession {
    pub store: Store,
    pub connector: Arc<dyn Connector>,
    pub database: Arc<Database>,
    /// For telling erased people apart by their hash.
    pub key: DatabaseKey,
    pub clock: Arc<dyn Clock>,
    pub sleep: Arc<dyn Sleep>,
    pub progress: Arc<dyn Progress>,
    pub cancel: CancellationToken,
    /// Held while one customer is read and written back: a push and a look at the same customer must not cross. Shared by all
    /// sessions of a store.
    pub one_customer: Arc<Mutex<()>>,
    /// The next page of a list is asked for while one is being written. In which order that happens no seed can tell, so a
    /// simulation goes without.
    pub reads_ahead: bool,
}

impl StoreSession {
    pub(crate) fn id(&self) -> StoreId {
        self.store.id
    }

    /// Asks the store, unless the sync is cancelled meanwhile.
    pub(crate) async fn ask<T>(
        &self,
        request: impl Future<Output = Result<T, ConnectorError>>,
    ) -> Result<T, SyncStop> {
        match self.cancel.run_until_cancelled(request).await {
            Some(answer) => Ok(answer?),
            None => Err(SyncStop::Cancelled),
        }
    }

    pub(crate) fn go_on(&self) -> Result<(), SyncStop> {
        if self.cancel.is_cancelled() { Err(SyncStop::Cancelled) } else { Ok(()) }
    }

    /// Who must not come back. To be asked for in the transaction that takes an answer in: somebody may have been erased while the
    /// answer was on its way.
    pub(crate) async fn suppressed(&self, connection: &mut Connection) -> Result<Suppressed, DatabaseError> {
        let hashes = suppressed::all(connection, self.id()).await?.into_iter().collect();
        Ok(Suppressed { key: self.key.clone(), store: self.id(), hashes })
    }
}

/// The people of a store who were erased here.
pub(crate) struct Suppressed {
    key: DatabaseKey,
    store: StoreId,
    hashes: HashSet<Vec<u8>>,
}

impl Suppressed {
    pub(crate) fn contains(&self, remote: &RemoteId) -> bool {
        // Nearly always empty: hashing every record of every page for nothing would be felt.
        stands(Protection::Suppression)
            && !self.hashes.is_empty()
            && self.hashes.contains(&suppressed::hash(&self.key, self.store, remote))
    }
}
