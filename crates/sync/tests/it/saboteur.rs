//! A connector that stops the world around one write, so that a test can let the program end there.

use std::sync::Arc;

use async_trait::async_trait;
use clientela_connectors::{
    Connector, ConnectorError, Fetched, ListRequest, Page, StoreIdentity, Urgency, Written,
};
use clientela_domain::{Capabilities, CustomerRecord, Field, FieldValue, RemoteId};
use tokio::sync::{Notify, Semaphore};

/// Where the write stands still.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Still {
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
}

impl Saboteur {
    pub(crate) fn new(inner: Arc<dyn Connector>, still: Still) -> Arc<Self> {
        Arc::new(Self { inner, still, reached: Notify::new(), go_on: Semaphore::new(0) })
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
        self.inner.capabilities()
    }

    async fn identify(&self) -> Result<StoreIdentity, ConnectorError> {
        self.inner.identify().await
    }

    async fn list(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError> {
        self.inner.list(request, urgency).await
    }

    async fn fetch(&self, id: &RemoteId, urgency: Urgency) -> Result<Fetched, ConnectorError> {
        self.inner.fetch(id, urgency).await
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
