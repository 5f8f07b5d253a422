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
mod roles;
mod session;
mod wire;

use std::sync::Arc;

use clientela_domain::capability::{
    Access, AddressAccess, ChangeFeed, ConnectInput, Deletion, Detail, OwnAccount, PhoneForm, Rate,
    StoreFilter,
};
use clientela_domain::{Capabilities, Field};

use crate::platform::{PlatformEntry, Ports};
use crate::{Connector, ConnectorError, StoreAddress, StoreCredentials};

/// This platform's line in the list of platforms.
pub(super) const ENTRY: PlatformEntry =
    PlatformEntry { capabilities: &CAPABILITIES, connect, read: map::customer };

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
    own_fields: &[],
    rules: &[],
    phone: PhoneForm::Free,
    roles: ROLES,
    // guide.inallweb.com, user guide: only administrators change roles, and only a system administrator gives the two highest.
    role_grants: &[("sysadmin", ROLES), ("admin", &["manager", "staff", "customer"])],
    segments: &["vip", "regular", "inactive", "new"],
    groups: false,
    addresses: AddressAccess::READ,
    extra: Access::Absent,
    custom_fields: false,
    create: None,
    delete: Deletion::No,
    customer_password: false,
    // The list of customers shows orders, spend and segment.
    detail: Detail::FilledIn,
    orders: true,
    store_csv: true,
    analytics: true,
    account: Some(OwnAccount {
        fields: &["first_name", "last_name", "phone", "email"],
        password: true,
        preferences: true,
        data_export: true,
        deletion: true,
    }),
    sign_in_per_customer: false,
    filters: &[StoreFilter::Search, StoreFilter::Segment],
    change_feed: ChangeFeed::FullPass,
    address_edits_are_silent: false,
    // Segments are defined in euro (guide.inallweb.com, user guide, customers); amounts come without a currency.
    currency: Some("EUR"),
    // No limit is documented. This is what a shop's own server bears beside its visitors; refusals make it slower.
    rate: Rate::Bucket { burst: 20, per_second: 10.0 },
};

fn connect(
    address: StoreAddress,
    credentials: StoreCredentials,
    ports: Ports,
) -> Result<Arc<dyn Connector>, ConnectorError> {
    Ok(Arc::new(client::InAllWeb::new(&address, credentials, ports)?))
}
