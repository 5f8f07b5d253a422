//! Speaking to the remote platforms: one folder each under [`platform`], one HTTP client in [`http`] for all of them, and
//! the [`Connector`] trait that everything else sees.
//!
//! Nothing here knows the database or decides whose value wins. A connector translates: requests to the platform's shapes,
//! its answers to [`clientela_domain::CustomerRecord`], its refusals to [`ConnectorError`].

pub mod connector;
pub mod error;
pub mod http;
pub mod platform;
pub mod ports;
pub mod reading;

pub use connector::{
    Connector, Created, Deleted, Fetched, ListRequest, NewCustomer, Page, Preferences, Profile,
    RejectedRecord, ServerFile, StoreAddress, StoreCredentials, StoreFigures, StoreIdentity, Urgency,
    Written,
};
pub use error::{ConnectorError, FieldRefusal};
pub use platform::{PlatformEntry, platform, platforms};
pub use ports::{Clock, Sleep};
