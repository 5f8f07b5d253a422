//! A connector that stops the world around one write, so that a test can let the program end there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use clientela_connectors::{
    Connector, ConnectorError, Fetched, ListRequest, Page, StoreIdentity, Urgency, Written,
};
use clientela_domain::{Capabilities, CustomerRecord, Field, FieldValue, RemoteId};
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};

/// Where the write stands still.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Still {
    /// Read and planned, and not marked. Holds its thread: only for a runtime with several, and for a sync in a task of its own.
    BeforeMark,
    /// Marked, and not sent.
    BeforeSending,
    /// Sent and answered, and the answer not taken in.
    AfterSending,
}

pub(crate) struct Saboteur {
    inner: Arc<dyn Connector>,
    still: Still,
    reached: Notify,
    go_on: Semaphore,
    has_read: AtomicBool,
}

impl Saboteur {
    pub(crate) fn new(inner: Arc<dyn Connector>, still: Still) -> Arc<Self> {
        Arc::new(Self {
            inner,
            still,
            reached: Notify::new(),
            go_on: Semaphore::new(0),
            has_read: AtomicBool::new(false),
        })
    }

    /// Returns when a write stands still.
    pub(crate) async fn stands_still(&self) {
        self.reached.notified().await;
    }

    /// Lets the write go on.
    pub(crate) fn let_go(&self) {
        self.go_on.add_permits(1_000);
    }

    async fn stand(&self, at: Still) {
        if at == self.still {
            self.reached.notify_one();
            self.go_on.acquire().await.unwrap().forget();
        }
    }
}

#[async_trait]
impl Connector for Saboteur {
    fn capabilities(&self) -> &'static Capabilities {
        // What the platform can take is asked for between plan and mark.
        if self.still == Still::BeforeMark && self.has_read.swap(false, Ordering::SeqCst) {
            tokio::task::block_in_place(|| Handle::current().block_on(self.stand(Still::BeforeMark)));
        }
        self.inner.capabilities()
    }

    async fn identify(&self) -> Result<StoreIdentity, ConnectorError> {
        self.inner.identify().await
    }

    async fn list(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError> {
        self.inner.list(request, urgency).await
    }

    async fn fetch(&self, id: &RemoteId, urgency: Urgency) -> Result<Fetched, ConnectorError> {
        let fetched = self.inner.fetch(id, urgency).await;
        self.has_read.store(matches!(urgency, Urgency::Push), Ordering::SeqCst);
        fetched
    }

    async fn update(
        &self,
        fresh: &CustomerRecord,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError> {
        self.stand(Still::BeforeSending).await;
        let written = self.inner.update(fresh, changes).await;
        self.stand(Still::AfterSending).await;
        written
    }

    fn requests(&self) -> u64 {
        self.inner.requests()
    }
}
