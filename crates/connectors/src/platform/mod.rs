//! The list of platforms. A new one is a folder here and a line in [`platforms`].

mod inallweb;
mod matching;
mod narrowing;
mod tiendanegocio;
mod tiendanube;
mod uappi;
mod yampi;

use std::sync::Arc;

use clientela_domain::{Capabilities, CustomerRecord};
use serde_json::Value;

use crate::reading::Oddities;
use crate::{Clock, Connector, ConnectorError, RejectedRecord, Sleep, StoreAddress, StoreCredentials};

/// One platform: what it can do, and how to speak to a store of it.
pub struct PlatformEntry {
    pub capabilities: &'static Capabilities,
    pub connect: Connect,
    /// Reads one record as this platform writes it. Pure, and total over all JSON.
    pub read: Read,
}

/// Turns one record of a platform's lists or answers into a customer. What did not fit is noted by key.
pub type Read = fn(Value, &mut Oddities) -> Result<CustomerRecord, RejectedRecord>;

/// Makes the connector of one store. It asks the store nothing yet; [`Connector::identify`] does.
pub type Connect = fn(StoreAddress, StoreCredentials, Ports) -> Result<Arc<dyn Connector>, ConnectorError>;

/// What a connector is given.
#[derive(Clone)]
pub struct Ports {
    pub clock: Arc<dyn Clock>,
    pub sleep: Arc<dyn Sleep>,
    /// A number in 0..=1, new at every call: for spreading retries.
    pub chance: Arc<dyn Fn() -> f64 + Send + Sync>,
}

/// Every platform that can be connected.
pub fn platforms() -> &'static [PlatformEntry] {
    &[inallweb::ENTRY, tiendanegocio::ENTRY, tiendanube::ENTRY, uappi::ENTRY, yampi::ENTRY]
}

/// The platform with this key.
pub fn platform(key: &str) -> Option<&'static PlatformEntry> {
    platforms().iter().find(|entry| entry.capabilities.platform == key)
}
