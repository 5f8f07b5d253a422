//! In All Web, "Virtual Stores System" (guide.inallweb.com/docs/stores/technical/customers).
//!
//! What staff can do there with customers: list, look at one, change name, phone, activity and role, read figures and a CSV
//! file; and what the signed-in person can do with the own account. The list tells less than asking for one customer, nothing
//! tells what changed since a moment, and notes, e-mail and addresses can only be read.

mod account;
mod client;
mod listing;
mod map;
#[cfg(test)]
mod map_tests;
mod session;
mod wire;

use std::sync::Arc;

use clientela_domain::capability::{Access, ChangeFeed, ConnectInput, Rate};
use clientela_domain::{Capabilities, Field};

use crate::platform::{PlatformEntry, Ports};
use crate::{Connector, ConnectorError, StoreAddress, StoreCredentials};

/// This platform's line in the list of platforms.
pub(super) const ENTRY: PlatformEntry = PlatformEntry { capabilities: &CAPABILITIES, connect };

/// Roles as the user guide names them, from the most to the least powerful; stores differ in capitals.
const ROLES: &[&str] = &["sysadmin", "admin", "manager", "staff", "customer"];

static CAPABILITIES: Capabilities = Capabilities {
    platform: "inallweb",
    title: "In All Web",
    inputs: &[ConnectInput::Url, ConnectInput::Email, ConnectInput::Password, ConnectInput::Token],
    default_url: None,
    single_name: false,
    fields: &[
        (Field::FirstName, Access::Write),
        (Field::LastName, Access::Write),
        // Written only by the customer, through the own profile.
        (Field::Email, Access::Read),
        (Field::Phone, Access::Write),
        (Field::Note, Access::Read),
        (Field::Role, Access::Write),
        (Field::IsActive, Access::Write),
    ],
    roles: ROLES,
    segments: &["vip", "regular", "inactive", "new"],
    addresses: Access::Read,
    extra: Access::Absent,
    create: false,
    delete: false,
    detail_per_customer: true,
    orders: true,
    store_csv: true,
    analytics: true,
    account: true,
    change_feed: ChangeFeed::FullPass,
    address_edits_are_silent: false,
    // Segments are defined in euro (guide.inallweb.com, user guide, customers); amounts come without a currency.
    currency: Some("EUR"),
    // No limit is documented. This is what a shop's own server bears beside its visitors; refusals make it slower.
    rate: Rate { burst: 20, per_second: 10.0 },
};

fn connect(
    address: StoreAddress,
    credentials: StoreCredentials,
    ports: Ports,
) -> Result<Arc<dyn Connector>, ConnectorError> {
    Ok(Arc::new(client::InAllWeb::new(&address, credentials, ports)?))
}
