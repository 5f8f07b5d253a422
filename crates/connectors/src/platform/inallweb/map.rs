//! From the shapes of In All Web to a customer and back. Pure.

use clientela_domain::{Address, AddressKind, CustomerRecord, Field, FieldValue, Order, Presence};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{CAPABILITIES, ROLES, wire};
use crate::reading::Oddities;
use crate::{ConnectorError, Preferences, RejectedRecord, StoreFigures};

/// A record of a list, an answer for one customer, or the answer to a change: they differ only in what they leave out.
pub(super) fn customer(value: Value, oddities: &mut Oddities) -> Result<CustomerRecord, RejectedRecord> {
    let wire = wire::Customer::read(value, oddities)?;
    let mut record = CustomerRecord::new(wire.id);
    record.email = wire.email;
    record.first_name = wire.first_name;
    record.last_name = wire.last_name;
    if record.first_name.is_absent() && record.last_name.is_absent() {
        record.first_name = wire.name;
    }
    record.phone = wire.phone;
    record.is_active = wire.is_active;
    record.email_verified = wire.email_verified;
    record.created_at = wire.created_at;
    record.updated_at = wire.updated_at;
    record.role = wire.role.map(role);
    record.segment = wire.segment.map(|segment| as_listed(segment, CAPABILITIES.segments));
    record.note = wire.admin_notes;
    record.orders_count = wire.stats.total_orders;
    record.total_spent = wire.stats.total_spent;
    // Amounts come without a currency; the platform counts in one.
    if record.total_spent.value().is_some() {
        record.currency = Presence::from(CAPABILITIES.currency.map(str::to_owned));
    }
    record.average_order = wire.stats.avg_order_value;
    record.first_order_at = wire.stats.first_order_date;
    record.last_order_at = wire.stats.last_order_date;
    record.orders = wire.orders.map(|list| list.into_iter().map(order).collect());
    record.addresses = wire.addresses.map(|list| list.into_iter().enumerate().map(address).collect());
    record.remainder = wire.rest;
    Ok(record)
}

/// The body that changes these fields and nothing else.
///
/// # Errors
/// [`ConnectorError::Unwritable`] for a field that staff cannot change there, and for a value of another kind.
pub(super) fn change(changes: &[(Field, FieldValue)]) -> Result<Map<String, Value>, ConnectorError> {
    let mut body = Map::new();
    for (field, value) in changes {
        let (key, value) = match (field, value) {
            (Field::FirstName, FieldValue::Text(text)) => ("first_name", json!(text)),
            (Field::FirstName, FieldValue::Null) => ("first_name", Value::Null),
            (Field::LastName, FieldValue::Text(text)) => ("last_name", json!(text)),
            (Field::LastName, FieldValue::Null) => ("last_name", Value::Null),
            // The platform spells a missing phone null.
            (Field::Phone, value) if value.is_empty() => ("phone", Value::Null),
            (Field::Phone, FieldValue::Text(text)) => ("phone", json!(text)),
            (Field::IsActive, FieldValue::Flag(flag)) => ("is_active", json!(flag)),
            (Field::Role, _) => return Err(unwritable(field, "a role is changed by itself")),
            _ => return Err(unwritable(field, "the platform does not take it")),
        };
        body.insert(key.to_owned(), value);
    }
    Ok(body)
}

/// Texts that were sent as null and that the answer still shows: this store does not take null for "empty".
pub(super) fn not_cleared(body: &Map<String, Value>, answer: &CustomerRecord) -> Map<String, Value> {
    let shown = |key: &str| match key {
        "first_name" => &answer.first_name,
        "last_name" => &answer.last_name,
        _ => &answer.phone,
    };
    body.iter()
        .filter(|(key, value)| value.is_null() && shown(key).value().is_some_and(|text| !text.is_empty()))
        .map(|(key, _)| (key.clone(), json!("")))
        .collect()
}

/// A role in the spelling of our list, where only capitals and what stands between words differ.
pub(super) fn role(word: String) -> String {
    let letters = |word: &str| word.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    let known = ROLES.iter().find(|known| letters(&word).eq_ignore_ascii_case(known));
    known.map_or(word, |known| (*known).to_owned())
}

/// How a store spells its roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum RoleCase {
    Lower,
    Title,
    Snake,
}

impl RoleCase {
    const ALL: [Self; 3] = [Self::Lower, Self::Title, Self::Snake];

    /// Tells it from a role that the store showed.
    pub(super) fn of(role: &str) -> Self {
        if role.contains('_') {
            Self::Snake
        } else if role.starts_with(|letter: char| letter.is_uppercase()) {
            Self::Title
        } else {
            Self::Lower
        }
    }

    /// All of them, beginning with the one that the store has shown.
    pub(super) fn all_from(shown: u8) -> [Self; 3] {
        let mut all = Self::ALL;
        all.sort_by_key(|case| *case as u8 != shown);
        all
    }

    /// A role in this spelling. Roles that are not ours to know are left as they are.
    pub(super) fn spell(self, word: &str) -> String {
        let plain = role(word.to_owned());
        match (self, plain.as_str()) {
            (_, known) if !ROLES.contains(&known) => word.to_owned(),
            (Self::Lower, _) => plain,
            (Self::Title, "sysadmin") => "SysAdmin".to_owned(),
            (Self::Snake, "sysadmin") => "sys_admin".to_owned(),
            (Self::Snake, _) => plain,
            (Self::Title, known) => {
                let mut letters = known.chars();
                letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
            }
        }
    }
}

pub(super) fn figures(wire: wire::Overview, oddities: &mut Oddities) -> StoreFigures {
    // A share above one can only be a percentage.
    let active_rate =
        wire.active_rate.map(|rate| if rate > Decimal::ONE { rate / Decimal::ONE_HUNDRED } else { rate });
    let segments = wire.segments.keys().filter_map(|name| {
        Some((as_listed(name.clone(), CAPABILITIES.segments), wire::count(&wire.segments, name)?))
    });
    StoreFigures {
        total_customers: wire.total_customers,
        new_this_month: wire.new_this_month,
        active_rate: active_rate.filter(|rate| (Decimal::ZERO..=Decimal::ONE).contains(rate)),
        segments: segments.collect(),
        top_customers: wire
            .top_customers
            .into_iter()
            .filter_map(|entry| customer(entry, oddities).ok())
            .collect(),
    }
}

/// The body that changes these fields of the own profile, which may say more than staff may say of others.
///
/// # Errors
/// [`ConnectorError::Unwritable`] for a field that the own profile does not take.
pub(super) fn profile_change(changes: &[(Field, FieldValue)]) -> Result<Map<String, Value>, ConnectorError> {
    let mut body = Map::new();
    for (field, value) in changes {
        let key = match field {
            Field::FirstName => "first_name",
            Field::LastName => "last_name",
            Field::Phone => "phone",
            Field::Email => "email",
            _ => return Err(unwritable(field, "the own profile does not take it")),
        };
        body.insert(key.to_owned(), json!(value.as_text().filter(|text| !text.is_empty())));
    }
    Ok(body)
}

pub(super) fn preferences(value: &Value) -> Option<Preferences> {
    let value = value.get("preferences").or(value.get("data")).unwrap_or(value);
    let flag = |key: &str| match value.get(key)? {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => Some(number.as_i64()? != 0),
        Value::String(text) => text.trim().to_lowercase().parse().ok(),
        _ => None,
    };
    Some(Preferences {
        order_updates: flag("order_updates")?,
        promotions: flag("promotions")?,
        newsletter: flag("newsletter")?,
    })
}

fn order(wire: wire::Order) -> Order {
    Order {
        remote_id: wire.id,
        number: wire.number.into_value(),
        placed_at: wire.placed_at.into_value(),
        status: wire.status.into_value(),
        total: wire.total.into_value(),
        currency: wire.currency.into_value().or_else(|| CAPABILITIES.currency.map(str::to_owned)),
        items: wire.items.into_value(),
    }
}

fn address((place, wire): (usize, wire::Address)) -> Address {
    let part = |part: Presence<String>| part.into_value().filter(|text| !text.is_empty());
    let billing = wire.kind.value().is_some_and(|kind| kind.eq_ignore_ascii_case("billing"));
    Address {
        // Some stores give no id. The place in the list is as good, since addresses are only read here.
        key: wire.id.into_value().unwrap_or_else(|| format!("at-{}", place + 1)),
        kind: if billing { AddressKind::Billing } else { AddressKind::Shipping },
        is_default: wire.is_default.into_value().unwrap_or_default(),
        recipient: part(wire.recipient),
        street: part(wire.street),
        number: part(wire.number),
        complement: part(wire.complement),
        district: part(wire.district),
        city: part(wire.city),
        region: part(wire.region),
        postal_code: part(wire.postal_code),
        country: part(wire.country),
        phone: part(wire.phone),
    }
}

/// A word in the spelling of our list, where only capitals differ.
fn as_listed(word: String, list: &[&str]) -> String {
    list.iter()
        .find(|known| known.eq_ignore_ascii_case(word.trim()))
        .map_or(word, |known| (*known).to_owned())
}

fn unwritable(field: &Field, message: &str) -> ConnectorError {
    ConnectorError::Unwritable { field: field.to_string(), message: message.to_owned() }
}
