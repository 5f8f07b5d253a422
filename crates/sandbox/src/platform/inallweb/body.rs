//! The shapes of In All Web's answers.

use chrono::Duration;
use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::{Moment, civil};
use crate::platform::inallweb::book::{Account, Address, Order, Role, Segment};
use crate::platform::inallweb::choices::{
    Choices, DateSpelling, DetailAddressesShape, DetailOrdersShape, RoleCase, RoleIds, SegmentCase, UpdatedAt,
};
use crate::text::money;

/// The base object, with the two keys that some lists add.
#[derive(Serialize)]
pub(super) struct Base<'a> {
    id: i64,
    email: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    phone: Option<&'a str>,
    is_active: bool,
    email_verified: bool,
    created_at: Option<String>,
    updated_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
}

pub(super) fn base<'a>(account: &'a Account, choices: &Choices) -> Base<'a> {
    let updated_at = (choices.updated_at != UpdatedAt::Null).then_some(account.updated_at);
    Base {
        id: account.id,
        email: &account.email,
        first_name: &account.first_name,
        last_name: &account.last_name,
        phone: account.phone.as_deref(),
        is_active: account.is_active,
        email_verified: account.email_verified,
        created_at: account.created_at.map(|at| date(at, choices)),
        updated_at: updated_at.map(|at| date(at, choices)),
        segment: None,
        role: None,
    }
}

pub(super) fn full<'a>(account: &'a Account, choices: &Choices, now: Moment) -> Base<'a> {
    Base {
        segment: Some(segment(account.segment(choices, now), choices)),
        role: Some(role(account.role, choices)),
        ..base(account, choices)
    }
}

pub(super) fn with_role(account: &Account, choices: &Choices) -> Value {
    json!({
        "id": user_id(account.id, choices),
        "email": account.email,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "role": role(account.role, choices),
    })
}

/// The number of an account where roles are spoken of.
pub(super) fn user_id(account: i64, choices: &Choices) -> i64 {
    match choices.role_ids {
        RoleIds::Same => account,
        // The number of one customer is that of another user.
        RoleIds::Shifted => account + 2,
        RoleIds::Unknown => account + 1_000_000,
    }
}

#[derive(Serialize)]
pub(super) struct Detail<'a> {
    #[serde(flatten)]
    base: Base<'a>,
    stats: Value,
    orders: Vec<Value>,
    addresses: Vec<Value>,
    segment: &'static str,
    admin_notes: Option<&'a str>,
}

pub(super) fn detail<'a>(account: &'a Account, choices: &Choices, now: Moment) -> Detail<'a> {
    Detail {
        base: base(account, choices),
        stats: stats(account, choices),
        orders: orders(account, choices),
        addresses: addresses(account, choices),
        segment: segment(account.segment(choices, now), choices),
        admin_notes: account.admin_notes.as_deref(),
    }
}

pub(super) fn stats(account: &Account, choices: &Choices) -> Value {
    let count = account.orders.len() as i64;
    let spent = account.spent();
    let average = if count == 0 { 0 } else { (spent + count / 2) / count };
    json!({
        "total_orders": count,
        "total_spent": money(spent),
        "avg_order_value": money(average),
        "first_order_date": account.orders.first().map(|order| date(order.at, choices)),
        "last_order_date": account.orders.last().map(|order| date(order.at, choices)),
    })
}

/// Newest first, as people look at them.
pub(super) fn orders(account: &Account, choices: &Choices) -> Vec<Value> {
    let shape = |order: &Order| match choices.detail_orders_shape {
        DetailOrdersShape::Minimal => json!({"id": order.id, "total": money(order.cents)}),
        DetailOrdersShape::Full => json!({
            "id": order.id,
            "order_number": format!("ORD-{:06}", order.id),
            "status": if order.paid { "completed" } else { "pending" },
            "total": money(order.cents),
            "items_count": 1 + order.id % 3,
            "created_at": date(order.at, choices),
        }),
    };
    account.orders.iter().rev().map(shape).collect()
}

pub(super) fn addresses(account: &Account, choices: &Choices) -> Vec<Value> {
    let shape = |address: &Address| match choices.detail_addresses_shape {
        DetailAddressesShape::Minimal => json!({
            "street": address.street,
            "city": address.city,
            "postal_code": address.postal_code,
            "country": address.country,
        }),
        DetailAddressesShape::Full => json!({
            "id": address.id,
            "type": if address.billing { "billing" } else { "shipping" },
            "address_line1": address.street,
            "address_line2": null,
            "city": address.city,
            "postal_code": address.postal_code,
            "country": address.country,
            "is_default": address.billing,
        }),
    };
    account.addresses.iter().map(shape).collect()
}

pub(super) fn segment(segment: Segment, choices: &Choices) -> &'static str {
    match (choices.segment_case, segment) {
        (SegmentCase::Lower, Segment::Vip) => "vip",
        (SegmentCase::Lower, Segment::Regular) => "regular",
        (SegmentCase::Lower, Segment::Inactive) => "inactive",
        (SegmentCase::Lower, Segment::New) => "new",
        (SegmentCase::Title, Segment::Vip) => "VIP",
        (SegmentCase::Title, Segment::Regular) => "Regular",
        (SegmentCase::Title, Segment::Inactive) => "Inactive",
        (SegmentCase::Title, Segment::New) => "New",
    }
}

pub(super) fn role(role: Role, choices: &Choices) -> &'static str {
    match (choices.role_case, role) {
        (RoleCase::Lower, Role::Customer) => "customer",
        (RoleCase::Lower, Role::Staff) => "staff",
        (RoleCase::Lower, Role::Manager) => "manager",
        (RoleCase::Lower, Role::Admin) => "admin",
        (RoleCase::Lower, Role::SysAdmin) => "sysadmin",
        (RoleCase::Snake, Role::Customer) => "customer",
        (RoleCase::Snake, Role::Staff) => "staff",
        (RoleCase::Snake, Role::Manager) => "manager",
        (RoleCase::Snake, Role::Admin) => "admin",
        (RoleCase::Snake, Role::SysAdmin) => "sys_admin",
        (RoleCase::Title, Role::Customer) => "Customer",
        (RoleCase::Title, Role::Staff) => "Staff",
        (RoleCase::Title, Role::Manager) => "Manager",
        (RoleCase::Title, Role::Admin) => "Admin",
        (RoleCase::Title, Role::SysAdmin) => "SysAdmin",
    }
}

pub(super) fn date(at: Moment, choices: &Choices) -> String {
    let time = civil(at);
    match choices.date_spelling {
        DateSpelling::Zulu => time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        DateSpelling::Offset => (time + Duration::hours(1)).format("%Y-%m-%dT%H:%M:%S+01:00").to_string(),
        DateSpelling::Naive => time.format("%Y-%m-%dT%H:%M:%S").to_string(),
        DateSpelling::Micros => time.format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string(),
    }
}
