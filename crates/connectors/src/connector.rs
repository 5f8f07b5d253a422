//! What every platform can be asked for, and the shapes of its answers.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clientela_domain::{Address, Capabilities, CustomerRecord, Field, FieldValue, RemoteId};
use rust_decimal::Decimal;
use secrecy::SecretString;
use url::Url;

use crate::ConnectorError;

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreAddress {
    /// Base as the platform's document prints it, version included. `http` for loopback addresses only.
    pub url: Url,
    /// Yampi's name of the store in paths.
    pub alias: Option<String>,
    /// The platform's id of the store, where it stands in paths.
    pub store_id: Option<String>,
    /// Name of the header that carries the token, where platforms disagree with themselves.
    pub auth_header: Option<String>,
}

/// What proves that we may ask. Printed, it shows nothing.
#[derive(Debug, Clone)]
pub struct StoreCredentials {
    /// With an e-mail the secret is a password, and the connector signs in with both.
    pub email: Option<String>,
    pub secret: SecretString,
    pub second_secret: Option<SecretString>,
    /// Further sign-ins to the same store, where one opens one customer only.
    pub more_secrets: Vec<SecretString>,
}

/// Which request goes first when the store's allowance is short. The order is the rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// An edit of a person on its way.
    Push,
    /// A person looks at this customer now.
    Opened,
    /// Following changes.
    Changes,
    /// Reading everything in the background.
    Sweep,
}

/// Whose store the credentials open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreIdentity {
    /// Stays the same when the token is renewed, and differs between stores: edits are sent only where it matches.
    pub account: String,
    /// Who is signed in, where the platform says so: the person's id among the customers.
    pub signed_in_as: Option<RemoteId>,
    /// The role of who is signed in, as the store spells it.
    pub role: Option<String>,
    /// The store's name in paths, where it had none in its [`StoreAddress`] and was found out. To be kept with the address.
    pub alias: Option<String>,
    /// Customers the store says it has.
    pub customers: Option<u64>,
    pub server_time: Option<DateTime<Utc>>,
}

/// Asks for one page of customers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRequest {
    /// Where the page before ended, as that page said; `None` begins.
    pub position: Option<String>,
    /// Only records that the store changed at or after this moment. Only where the platform has a change feed.
    pub updated_since: Option<DateTime<Utc>>,
    pub updated_until: Option<DateTime<Utc>>,
    /// Only records that the store made in this stretch, the ends counted in.
    pub created_since: Option<DateTime<Utc>>,
    pub created_until: Option<DateTime<Utc>>,
    /// Only this segment.
    pub segment: Option<String>,
    /// Only this group, by the name that records show.
    pub group: Option<String>,
    /// Only what the store finds for this text.
    pub search: Option<String>,
    /// Only these.
    pub ids: Vec<RemoteId>,
    /// Only those with a greater id.
    pub since_id: Option<RemoteId>,
    /// Fewer than the platform's maximum, for tests; `None` takes the maximum.
    pub page_size: Option<u32>,
}

/// A record that could not be read. It is left out, counted and told; the page stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRecord {
    pub remote_id: Option<String>,
    /// Which part was not understood. Names keys and types, never values.
    pub reason: String,
}

/// One page of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    pub records: Vec<CustomerRecord>,
    pub rejected: Vec<RejectedRecord>,
    /// Where the next page begins; `None` at the end. Opaque, and still good after a restart.
    pub next: Option<String>,
    /// Size of the whole list, where the store says it. A hint for people, not a fact to rely on.
    pub total: Option<u64>,
    /// The store's clock when it answered.
    pub server_time: Option<DateTime<Utc>>,
}

/// Answer to asking for one customer.
#[derive(Debug, Clone, PartialEq)]
pub enum Fetched {
    Found {
        record: Box<CustomerRecord>,
        server_time: Option<DateTime<Utc>>,
    },
    /// The store says that there is no such customer (404, 410, or an empty answer).
    Missing {
        server_time: Option<DateTime<Utc>>,
    },
}

/// Answer to a write.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// The store shows what it made of the write. Facts that its answer leaves out are absent.
    Shown { record: Box<CustomerRecord>, server_time: Option<DateTime<Utc>> },
    /// The store says yes and shows nothing.
    Accepted,
    /// The customer is not there any more.
    Missing,
}

/// A customer to be made.
#[derive(Debug, Clone, Default)]
pub struct NewCustomer {
    pub fields: Vec<(Field, FieldValue)>,
    pub addresses: Vec<Address>,
    /// Let the store send an invitation.
    pub invite: bool,
    /// The customer's own password at the shop. Sent and forgotten.
    pub password: Option<SecretString>,
}

/// Answer to making a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Created {
    pub record: Box<CustomerRecord>,
    pub server_time: Option<DateTime<Utc>>,
}

/// Answer to deleting a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    Done,
    Missing,
}

/// What the store says about its customers as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoreFigures {
    pub total_customers: u64,
    pub new_this_month: u64,
    /// 0 to 1.
    pub active_rate: Option<Decimal>,
    pub segments: BTreeMap<String, u64>,
    /// As far as the entries could be understood.
    pub top_customers: Vec<CustomerRecord>,
}

/// A file as the store made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFile {
    pub bytes: Vec<u8>,
    pub content_type: Option<String>,
}

/// The signed-in person's own record.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    pub record: CustomerRecord,
    pub preferences: Option<Preferences>,
}

/// What the person wants to be mailed about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferences {
    pub order_updates: bool,
    pub promotions: bool,
    pub newsletter: bool,
}

/// One store, spoken to in its platform's language. Every call ends: by an answer, an error or a timeout.
#[async_trait]
pub trait Connector: Send + Sync {
    /// What this platform can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// Proves the credentials with one cheap read.
    async fn identify(&self) -> Result<StoreIdentity, ConnectorError>;

    /// One page of customers. With `updated_since` the order must be stable under changes (ascending ids).
    async fn list(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError>;

    /// One customer with everything that the store tells, read from the store itself and no cache.
    async fn fetch(&self, id: &RemoteId, urgency: Urgency) -> Result<Fetched, ConnectorError>;

    /// Writes these fields and no others. `fresh` is the record as [`Connector::fetch`] just answered it: where the platform's
    /// write replaces, everything else is sent back from it unchanged. Never repeated by itself. A role travels alone.
    async fn update(
        &self,
        fresh: &CustomerRecord,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError>;

    /// Makes a customer. Never repeated by itself.
    async fn create(&self, _customer: &NewCustomer) -> Result<Created, ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    /// Deletes a customer at the store.
    async fn delete(&self, _id: &RemoteId) -> Result<Deleted, ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    /// The customers with exactly this e-mail or document: the look before a create, and after one whose answer was lost.
    async fn find(
        &self,
        _email: Option<&str>,
        _document: Option<&str>,
    ) -> Result<Vec<CustomerRecord>, ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    /// What the store says about its customers as a whole.
    async fn figures(&self) -> Result<StoreFigures, ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    /// The store's own customer file.
    async fn export(&self) -> Result<ServerFile, ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    /// A secret that the store has given in place of [`StoreCredentials::secret`], once each time. What is kept has to be replaced
    /// by it, or the next start would begin with one that has run out.
    async fn renewed_secret(&self) -> Option<SecretString> {
        None
    }

    /// Gives a customer a new password at the shop. Never repeated by itself.
    async fn set_customer_password(
        &self,
        _fresh: &CustomerRecord,
        _new: &SecretString,
    ) -> Result<(), ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    /// The signed-in person's own record. `who` chooses where the store has several sign-ins; `None` is the first.
    async fn profile(&self, _who: Option<&RemoteId>) -> Result<Profile, ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    /// Changes these fields of the own record and no others.
    async fn change_profile(
        &self,
        _who: Option<&RemoteId>,
        _changes: &[(Field, FieldValue)],
    ) -> Result<Profile, ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    async fn change_password(
        &self,
        _who: Option<&RemoteId>,
        _old: &SecretString,
        _new: &SecretString,
    ) -> Result<(), ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    async fn change_preferences(&self, _preferences: Preferences) -> Result<Preferences, ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    /// Everything the store holds about the signed-in person, as it comes.
    async fn export_profile(&self) -> Result<ServerFile, ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    /// Deletes the signed-in person's own account.
    async fn delete_profile(&self) -> Result<(), ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    /// Requests sent since this connector was made.
    fn requests(&self) -> u64;
}
