//! Tiendanegocio, of Argentina (the customers page of its developers' documentation; base address as printed there).
//!
//! Customers can be listed, followed by time of change, created, changed and deleted, and a list tells everything that asking
//! for one customer tells. A company can be written and is never shown; addresses and the wish for news are shown and cannot be
//! written. Nothing in the API names the store that a token opens.

mod address;
mod client;
mod envelope;
mod listing;
mod map;
#[cfg(test)]
mod map_tests;
mod position;
mod wire;

use std::sync::Arc;

use clientela_domain::capability::{
    Access, AddressAccess, ChangeFeed, ConnectInput, Creation, Deletion, Detail, FieldRule, PhoneForm, Rate,
    StoreFilter,
};
use clientela_domain::{Capabilities, Field};

use crate::platform::{PlatformEntry, Ports};
use crate::{Connector, ConnectorError, StoreAddress, StoreCredentials};

/// This platform's line in the list of platforms.
pub(super) const ENTRY: PlatformEntry =
    PlatformEntry { capabilities: &CAPABILITIES, connect, read: map::customer };

static CAPABILITIES: Capabilities = Capabilities {
    platform: "tiendanegocio",
    title: "Tiendanegocio",
    inputs: &[ConnectInput::Token],
    default_url: Some("https://developers.tiendanegocio.com/v1"),
    single_name: false,
    fields: &[
        (Field::FirstName, Access::Write),
        (Field::LastName, Access::Write),
        (Field::Company, Access::WriteOnly),
        (Field::Email, Access::Write),
        (Field::Phone, Access::Write),
        (Field::Document, Access::Write),
        (Field::Note, Access::Write),
        (Field::AcceptsMarketing, Access::Read),
    ],
    own_fields: &[],
    // The document says of no field that it is required; customers are found and told apart by their e-mail.
    rules: &[FieldRule { field: Field::Email, required: true, longest: None }],
    phone: PhoneForm::Free,
    roles: &[],
    role_grants: &[],
    segments: &[],
    groups: false,
    addresses: AddressAccess::READ,
    extra: Access::Absent,
    custom_fields: false,
    create: Some(Creation {
        fields: &["first_name", "last_name", "email", "phone", "document", "company", "note"],
        required: &["email"],
        addresses: false,
        invite: false,
        password: true,
    }),
    delete: Deletion::Yes,
    customer_password: true,
    detail: Detail::InLists,
    // Orders are another resource, of which no document says that it can be asked for by customer.
    orders: false,
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
    // Nobody says what moves the time of change, so everything is read again now and then.
    address_edits_are_silent: true,
    // Amounts come without a currency; the platform is Argentina's.
    currency: Some("ARS"),
    // Public apps say 40 requests in any ten seconds. Evenly spread requests stay within that whatever the moment at which the
    // store begins to count, and one place in forty is left to requests that travel slowly.
    rate: Rate::Bucket { burst: 2, per_second: 3.85 },
};

fn connect(
    address: StoreAddress,
    credentials: StoreCredentials,
    ports: Ports,
) -> Result<Arc<dyn Connector>, ConnectorError> {
    Ok(Arc::new(client::Tiendanegocio::new(&address, credentials, ports)?))
}
