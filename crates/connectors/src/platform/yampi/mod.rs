//! Yampi, whose API answers under the name of Dooki (docs.yampi.com.br; api.dooki.com.br/v2).
//!
//! Customers can be listed, looked at, created and changed, addresses added and changed; nothing can be taken away. No list
//! tells what changed, answers are kept for half an hour unless told otherwise, and what a write demands is told by refusals
//! alone. Records carry the customer's own sign-in link; it never leaves this room.

mod address;
mod client;
mod clusters;
mod envelope;
mod listing;
mod map;
#[cfg(test)]
mod map_tests;
mod orders;
mod wire;
mod write;

use std::sync::Arc;

use clientela_domain::capability::{
    Access, AddressAccess, Allowance, ChangeFeed, ConnectInput, Creation, Deletion, Detail, FieldRule,
    OwnField, OwnKind, PhoneForm, Rate, StoreFilter,
};
use clientela_domain::{Capabilities, Field};

use crate::platform::{PlatformEntry, Ports};
use crate::{Connector, ConnectorError, StoreAddress, StoreCredentials};

/// This platform's line in the list of platforms.
pub(super) const ENTRY: PlatformEntry =
    PlatformEntry { capabilities: &CAPABILITIES, connect, read: map::customer };

/// Kinds of requests with an allowance of their own.
const CUSTOMERS: &str = "customers";
const WRITES: &str = "writes";
const ORDERS: &str = "orders";
const SIGN_IN: &str = "sign-in";

static CAPABILITIES: Capabilities = Capabilities {
    platform: "yampi",
    title: "Yampi",
    inputs: &[ConnectInput::Alias, ConnectInput::Token, ConnectInput::SecretKey],
    default_url: Some("https://api.dooki.com.br/v2"),
    single_name: false,
    fields: &[
        (Field::FirstName, Access::Write),
        (Field::LastName, Access::Write),
        // Companies only.
        (Field::Company, Access::Write),
        (Field::Email, Access::Write),
        (Field::Phone, Access::Write),
        (Field::Document, Access::Write),
        (Field::Note, Access::Write),
        (Field::IsActive, Access::Write),
        (Field::AcceptsMarketing, Access::Write),
        (Field::Birthday, Access::Write),
    ],
    own_fields: &[
        // A person or a company. It follows the document.
        own("type", Access::Read, OwnKind::Choice(&["f", "j"])),
        own("state_registration", Access::Write, OwnKind::Text),
        own("whatsapp", Access::Write, OwnKind::Flag),
        own("generic_name", Access::Read, OwnKind::Text),
        own("utm_source", Access::Read, OwnKind::Text),
        own("utm_campaign", Access::Read, OwnKind::Text),
        own("social_driver", Access::Read, OwnKind::Text),
        own("last_order_value", Access::Read, OwnKind::Money),
        own("purchased_brands", Access::Read, OwnKind::Text),
        own("purchased_categories", Access::Read, OwnKind::Text),
        own("brands", Access::Read, OwnKind::Text),
        own("categories", Access::Read, OwnKind::Text),
        own("city", Access::Read, OwnKind::Text),
        own("uf", Access::Read, OwnKind::Text),
    ],
    // What a change has to name (github.com/Eduardo-Orsi/yampi-mcp, README: bodies lack what the server requires).
    rules: &[
        FieldRule { field: Field::FirstName, required: true, longest: None },
        FieldRule { field: Field::Email, required: true, longest: None },
        FieldRule { field: Field::Document, required: true, longest: None },
    ],
    phone: PhoneForm::Free,
    roles: &[],
    role_grants: &[],
    segments: &[],
    groups: true,
    // docs.yampi.com.br has no request that takes an address away.
    addresses: AddressAccess {
        add: true,
        edit: true,
        apart: true,
        absent_parts: &["country", "phone"],
        ..AddressAccess::READ
    },
    extra: Access::Absent,
    custom_fields: false,
    create: Some(Creation {
        fields: &["first_name", "last_name", "email", "phone", "document", "birthday", "note", "company"],
        required: &["first_name", "email", "document"],
        // Each is a request of its own, and a creation is one.
        addresses: false,
        invite: false,
        password: false,
    }),
    delete: Deletion::No,
    customer_password: false,
    // Orders come for each customer apart.
    detail: Detail::WhenOpened,
    orders: true,
    store_csv: false,
    analytics: false,
    account: None,
    sign_in_per_customer: false,
    filters: &[StoreFilter::Search, StoreFilter::Group, StoreFilter::Created],
    change_feed: ChangeFeed::FullPass,
    address_edits_are_silent: false,
    // Amounts come without a currency; the platform sells in Brazil only.
    currency: Some("BRL"),
    // docs.yampi.com.br/api-reference/rate-limit: by route and source. Which routes count together is not said beyond the list
    // and the single customer, so all that reads customers counts together here, and all that writes.
    rate: Rate::PerMinute(&[
        Allowance { route: CUSTOMERS, per_minute: 60 },
        Allowance { route: WRITES, per_minute: 30 },
        Allowance { route: ORDERS, per_minute: 120 },
        Allowance { route: SIGN_IN, per_minute: 10 },
    ]),
};

const fn own(key: &'static str, access: Access, kind: OwnKind) -> OwnField {
    OwnField { key, access, kind }
}

fn connect(
    address: StoreAddress,
    credentials: StoreCredentials,
    ports: Ports,
) -> Result<Arc<dyn Connector>, ConnectorError> {
    Ok(Arc::new(client::Yampi::new(&address, credentials, ports)?))
}
