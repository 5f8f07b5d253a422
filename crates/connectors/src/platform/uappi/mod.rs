//! Uappi, version 3 (api.uappi.store/docs/customer/account).
//!
//! The API shows a shopper the own profile and nothing else: no list, no id in a path, no new customer. One token opens one
//! customer, so a store here is a shop with as many sign-ins as there are customers who let themselves be kept in the book, and
//! its list is what those sign-ins open. Six fields can be changed, always together; some answers are masked.

mod account;
mod client;
mod listing;
mod map;
#[cfg(test)]
mod map_tests;
mod selection;
mod sign_ins;
mod wire;

use std::sync::Arc;

use clientela_domain::capability::{
    Access, AddressAccess, ChangeFeed, ConnectInput, Deletion, Detail, FieldRule, OwnAccount, OwnField,
    OwnKind, PhoneForm, Rate,
};
use clientela_domain::{Capabilities, Field};

use crate::platform::{PlatformEntry, Ports};
use crate::{Connector, ConnectorError, StoreAddress, StoreCredentials};

/// This platform's line in the list of platforms.
pub(super) const ENTRY: PlatformEntry =
    PlatformEntry { capabilities: &CAPABILITIES, connect, read: map::customer };

/// Genders that a change takes.
const GENDERS: &[&str] = &["male", "female", "undefined"];

/// Characters that a text of a change may have.
const LONGEST: usize = 255;

const fn read_only(key: &'static str, kind: OwnKind) -> OwnField {
    OwnField { key, access: Access::Read, kind }
}

static CAPABILITIES: Capabilities = Capabilities {
    platform: "uappi",
    title: "Uappi",
    inputs: &[ConnectInput::Url, ConnectInput::Token],
    default_url: None,
    single_name: false,
    fields: &[
        (Field::FirstName, Access::Write),
        (Field::LastName, Access::Write),
        // The first name again, where it is a company's.
        (Field::Company, Access::Read),
        (Field::Email, Access::Write),
        (Field::Phone, Access::Write),
        (Field::Document, Access::Read),
        (Field::IsActive, Access::Read),
        (Field::AcceptsMarketing, Access::Read),
        (Field::Birthday, Access::Read),
    ],
    own_fields: &[
        OwnField { key: "is_corporate", access: Access::Write, kind: OwnKind::Flag },
        OwnField { key: "gender", access: Access::Write, kind: OwnKind::Choice(GENDERS) },
        read_only("nationality", OwnKind::Text),
        read_only("wallet", OwnKind::Money),
        read_only("points", OwnKind::Number),
        read_only("cancelled_orders", OwnKind::Number),
        // Numbers of things, not numbers to reckon with.
        read_only("sales_channel", OwnKind::Text),
        read_only("trade_policy", OwnKind::Text),
        read_only("dealer_group", OwnKind::Text),
        read_only("origin", OwnKind::Text),
        read_only("deleted", OwnKind::Flag),
        read_only("promotional_sms", OwnKind::Flag),
        read_only("order_email", OwnKind::Flag),
        read_only("order_sms", OwnKind::Flag),
    ],
    rules: &[
        FieldRule { field: Field::Email, required: true, longest: Some(LONGEST) },
        FieldRule { field: Field::FirstName, required: true, longest: Some(LONGEST) },
        FieldRule { field: Field::LastName, required: false, longest: Some(LONGEST) },
        FieldRule { field: Field::Phone, required: true, longest: None },
    ],
    phone: PhoneForm::International,
    roles: &[],
    role_grants: &[],
    segments: &[],
    groups: false,
    addresses: AddressAccess::READ,
    extra: Access::Absent,
    custom_fields: false,
    create: None,
    delete: Deletion::No,
    customer_password: false,
    detail: Detail::InLists,
    orders: true,
    store_csv: false,
    analytics: false,
    account: Some(OwnAccount {
        fields: &["email", "first_name", "last_name", "phone", "extra.gender", "extra.is_corporate"],
        password: true,
        preferences: false,
        data_export: false,
        deletion: false,
    }),
    sign_in_per_customer: true,
    filters: &[],
    change_feed: ChangeFeed::FullPass,
    address_edits_are_silent: false,
    // The last order names its currency. Of a customer who has none, only the country is known.
    currency: None,
    // No limit is documented for this version. This is what a shop's own server bears beside its visitors; refusals make it
    // slower.
    rate: Rate::Bucket { burst: 20, per_second: 10.0 },
};

fn connect(
    address: StoreAddress,
    credentials: StoreCredentials,
    ports: Ports,
) -> Result<Arc<dyn Connector>, ConnectorError> {
    Ok(Arc::new(client::Uappi::new(&address, credentials, ports)?))
}
