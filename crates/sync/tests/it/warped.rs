//! A connector whose lists and answers a test can bend.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use clientela_connectors::{
    Connector, ConnectorError, Fetched, ListRequest, Page, RejectedRecord, StoreIdentity, Urgency, Written,
};
use clientela_domain::{Capabilities, CustomerRecord, Field, FieldValue, RemoteId};
use clientela_sync::{StoreReport, StoreSession, SyncOptions, sync_store};

use crate::world::World;

type BendList = dyn Fn(usize, &mut Page) + Send + Sync;
type BendFetch = dyn Fn(&RemoteId) -> Option<Result<Fetched, ConnectorError>> + Send + Sync;

pub(crate) struct Warped {
    inner: Arc<dyn Connector>,
    lists: AtomicUsize,
    list: Box<BendList>,
    fetch: Box<BendFetch>,
    /// Who was asked for by name.
    pub(crate) asked: Mutex<Vec<String>>,
}

impl Warped {
    /// `list` is told how many lists there were before; `fetch` may answer in the store's place.
    pub(crate) fn new(
        world: &World,
        list: impl Fn(usize, &mut Page) + Send + Sync + 'static,
        fetch: impl Fn(&RemoteId) -> Option<Result<Fetched, ConnectorError>> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            inner: world.connector.clone(),
            lists: AtomicUsize::new(0),
            list: Box::new(list),
            fetch: Box::new(fetch),
            asked: Mutex::default(),
        })
    }

    /// Pages.
    pub(crate) fn lists(&self) -> usize {
        self.lists.load(Ordering::Relaxed)
    }

    pub(crate) async fn sync(self: &Arc<Self>, world: &World, full: bool) -> StoreReport {
        let session = StoreSession { connector: self.clone(), ..world.session().await };
        let report = sync_store(&session, SyncOptions { full, push_only: false }).await;
        assert!(report.stop.is_none(), "the sync reaches its end: {:?}", report.stop);
        report
    }
}

/// Makes a record of a page one that nobody can read.
pub(crate) fn spoil(page: &mut Page, id: &str) {
    let before = page.records.len();
    page.records.retain(|record| record.remote_id.as_str() != id);
    if page.records.len() < before {
        page.rejected
            .push(RejectedRecord { remote_id: Some(id.to_owned()), reason: "spoilt on its way".to_owned() });
    }
}

#[async_trait]
impl Connector for Warped {
    fn capabilities(&self) -> &'static Capabilities {
        self.inner.capabilities()
    }

    async fn identify(&self) -> Result<StoreIdentity, ConnectorError> {
        self.inner.identify().await
    }

    async fn list(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError> {
        let mut page = self.inner.list(request, urgency).await?;
        if request.segment.is_none() {
            (self.list)(self.lists.fetch_add(1, Ordering::Relaxed), &mut page);
        }
        Ok(page)
    }

    async fn fetch(&self, id: &RemoteId, urgency: Urgency) -> Result<Fetched, ConnectorError> {
        self.asked.lock().unwrap().push(id.to_string());
        match (self.fetch)(id) {
            Some(answer) => answer,
            None => self.inner.fetch(id, urgency).await,
        }
    }

    async fn update(
        &self,
        fresh: &CustomerRecord,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError> {
        self.inner.update(fresh, changes).await
    }

    fn requests(&self) -> u64 {
        self.inner.requests()
    }
}
