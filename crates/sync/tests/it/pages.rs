//! A connector that reads lists in small pages, so that a store of thirty customers has several.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use clientela_connectors::{
    Connector, ConnectorError, Created, Deleted, Fetched, ListRequest, NewCustomer, Page, StoreIdentity,
    Urgency, Written,
};
use clientela_domain::{Capabilities, CustomerRecord, Field, FieldValue, RemoteId};

/// What happens while an answer with this number is on its way.
type Meanwhile = Box<dyn Fn(u64) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

pub(crate) struct SmallPages {
    inner: Arc<dyn Connector>,
    size: u32,
    lists: AtomicU64,
    meanwhile: Option<Meanwhile>,
}

impl SmallPages {
    pub(crate) fn new(inner: Arc<dyn Connector>, size: u32) -> Self {
        Self { inner, size, lists: AtomicU64::new(0), meanwhile: None }
    }

    pub(crate) fn with(mut self, meanwhile: Meanwhile) -> Self {
        self.meanwhile = Some(meanwhile);
        self
    }

    pub(crate) fn lists(&self) -> u64 {
        self.lists.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Connector for SmallPages {
    fn capabilities(&self) -> &'static Capabilities {
        self.inner.capabilities()
    }

    async fn identify(&self) -> Result<StoreIdentity, ConnectorError> {
        self.inner.identify().await
    }

    async fn list(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError> {
        let request = ListRequest { page_size: Some(self.size), ..request.clone() };
        let page = self.inner.list(&request, urgency).await;
        let number = self.lists.fetch_add(1, Ordering::Relaxed);
        if let Some(meanwhile) = &self.meanwhile {
            meanwhile(number).await;
        }
        page
    }

    async fn fetch(&self, id: &RemoteId, urgency: Urgency) -> Result<Fetched, ConnectorError> {
        self.inner.fetch(id, urgency).await
    }

    async fn update(
        &self,
        fresh: &CustomerRecord,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError> {
        self.inner.update(fresh, changes).await
    }

    async fn create(&self, customer: &NewCustomer) -> Result<Created, ConnectorError> {
        self.inner.create(customer).await
    }

    async fn delete(&self, id: &RemoteId) -> Result<Deleted, ConnectorError> {
        self.inner.delete(id).await
    }

    async fn find(
        &self,
        email: Option<&str>,
        document: Option<&str>,
    ) -> Result<Vec<CustomerRecord>, ConnectorError> {
        self.inner.find(email, document).await
    }

    fn requests(&self) -> u64 {
        self.inner.requests()
    }
}
