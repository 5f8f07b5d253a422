//! Tiendanube in Spanish, Nuvemshop in Portuguese: one API under two names (github.com/TiendaNube/api-docs).
//!
//! Customers can be listed, followed by time of change, created, changed and deleted. A list holds everything but the
//! orders and what the store keeps beside a record. Two gaps of the API reach through: an edit of addresses alone does not move the time of change, and the default
//! address cannot be chosen.

mod address;
mod beside;
mod client;
mod listing;
mod map;
#[cfg(test)]
mod map_tests;
mod wire;

use std::sync::Arc;

use clientela_domain::capability::{
    Access, AddressAccess, ChangeFeed, ConnectInput, Creation, Deletion, Detail, FieldRule, PhoneForm, Rate,
    StoreFilter,
};
use clientela_domain::{Capabilities, CustomerRecord, Field};
use serde_json::Value;

use crate::platform::{PlatformEntry, Ports};
use crate::reading::Oddities;
use crate::{Connector, ConnectorError, RejectedRecord, StoreAddress, StoreCredentials};

/// This platform's line in the list of platforms.
pub(super) const ENTRY: PlatformEntry = PlatformEntry { capabilities: &CAPABILITIES, connect, read };

static CAPABILITIES: Capabilities = Capabilities {
    platform: "tiendanube",
    title: "Tiendanube / Nuvemshop",
    inputs: &[ConnectInput::Url, ConnectInput::StoreId, ConnectInput::Token, ConnectInput::AuthHeader],
    default_url: Some("https://api.tiendanube.com/v1"),
    single_name: true,
    fields: &[
        (Field::FirstName, Access::Write),
        (Field::Company, Access::Read),
        (Field::Email, Access::Write),
        (Field::Phone, Access::Write),
        (Field::Document, Access::Write),
        (Field::Note, Access::Write),
        (Field::IsActive, Access::Read),
        (Field::AcceptsMarketing, Access::Read),
    ],
    own_fields: &[],
    rules: &[
        FieldRule { field: Field::FirstName, required: true, longest: None },
        FieldRule { field: Field::Email, required: true, longest: None },
    ],
    phone: PhoneForm::Free,
    roles: &[],
    role_grants: &[],
    segments: &[],
    groups: false,
    // Which one is the default cannot be written, and nothing says whether every store lets go of an address that is left
    // out of the list.
    addresses: AddressAccess::WRITE,
    extra: Access::Write,
    custom_fields: true,
    create: Some(Creation {
        fields: &["name", "email", "phone", "document", "note"],
        required: &["name", "email"],
        addresses: true,
        invite: true,
        password: true,
    }),
    delete: Deletion::WithoutOrders,
    customer_password: false,
    // Orders and custom fields come for each customer apart.
    detail: Detail::WhenOpened,
    orders: true,
    store_csv: false,
    analytics: false,
    account: None,
    sign_in_per_customer: false,
    filters: &[
        StoreFilter::Search,
        StoreFilter::Ids,
        StoreFilter::SinceId,
        StoreFilter::Created,
        StoreFilter::Updated,
    ],
    change_feed: ChangeFeed::UpdatedSince,
    address_edits_are_silent: true,
    currency: None,
    // github.com/TiendaNube/api-docs, "Rate limiting": a bucket of 40 that leaks 2 a second, for a store and an app.
    rate: Rate::Bucket { burst: 40, per_second: 2.0 },
};

fn connect(
    address: StoreAddress,
    credentials: StoreCredentials,
    ports: Ports,
) -> Result<Arc<dyn Connector>, ConnectorError> {
    Ok(Arc::new(client::Tiendanube::new(&address, credentials, ports)?))
}

/// The last order is told apart, since it is no order yet.
fn read(value: Value, oddities: &mut Oddities) -> Result<CustomerRecord, RejectedRecord> {
    map::customer(value, oddities).map(|(record, _)| record)
}
