//! From the shapes of Uappi to a customer and back. Pure.

use std::collections::BTreeMap;

use clientela_domain::customer::DocumentKind;
use clientela_domain::normalise::phone;
use clientela_domain::{Address, CustomerRecord, Document, Field, FieldValue, Order, Presence};
use serde_json::{Map, Value, json};

use super::{GENDERS, wire};
use crate::reading::Oddities;
use crate::{ConnectorError, RejectedRecord};

/// The answer for one customer.
pub(super) fn customer(value: Value, oddities: &mut Oddities) -> Result<CustomerRecord, RejectedRecord> {
    let wire = wire::Customer::read(value, oddities)?;
    let mut record = CustomerRecord::new(wire.id);
    record.company = match wire.is_corporate {
        Presence::Value(true) => wire.name_corporate_name.clone(),
        Presence::Value(false) => Presence::Null,
        Presence::Absent | Presence::Null => Presence::Absent,
    };
    record.first_name = wire.name_corporate_name;
    record.last_name = wire.trade_name;
    record.email = wire.email;
    record.phone = wire.phone;
    record.documents = told(wire.documents).map(|list| list.into_iter().map(document).collect());
    record.birthday = wire.birthdate;
    record.created_at = wire.created_at;
    record.is_active = wire.active;
    record.accepts_marketing = wire.flags.promotional_email;
    record.orders_count = wire.order_quantity;
    record.total_spent = wire.order_value;
    record.addresses = told(wire.addresses).map(|list| list.into_iter().map(address).collect());
    own(&mut record.own, "is_corporate", wire.is_corporate);
    own(&mut record.own, "gender", wire.gender);
    own(&mut record.own, "nationality", wire.nationality);
    own(&mut record.own, "wallet", wire.wallet_amount);
    own(&mut record.own, "points", wire.point_system_amount);
    own(&mut record.own, "cancelled_orders", wire.cancelled_order_quantity);
    own(&mut record.own, "sales_channel", wire.sales_channel_id);
    own(&mut record.own, "trade_policy", wire.trade_policy_id);
    own(&mut record.own, "dealer_group", wire.dealer_group_id);
    own(&mut record.own, "origin", wire.origin);
    own(&mut record.own, "deleted", wire.deleted);
    own(&mut record.own, "promotional_sms", wire.flags.promotional_sms);
    own(&mut record.own, "order_email", wire.flags.order_email);
    own(&mut record.own, "order_sms", wire.flags.order_sms);
    record.remainder = wire.rest;
    record.masked = wire.masked == Presence::Value(true) || shows_a_mask(&record);
    last_order(&mut record, wire.last_order);
    if record.masked {
        // What is kept is kept over what was known, so an asterisk must not get there.
        record.remainder.retain(|_, value| !holds_a_mask(value));
    }
    record.anonymized = is_blanked(&record);
    Ok(record)
}

/// The answer to a change. It leaves addresses and documents empty although there are some, and so says nothing of them.
pub(super) fn written(value: Value, oddities: &mut Oddities) -> Result<CustomerRecord, RejectedRecord> {
    let mut record = customer(value, oddities)?;
    if record.addresses.value().is_none_or(Vec::is_empty) {
        record.addresses = Presence::Absent;
    }
    if record.documents.value().is_none_or(Vec::is_empty) {
        record.documents = Presence::Absent;
    }
    // Only the last order names a currency, and without it the country's would stand in for the one that is known.
    if record.orders.value().is_none_or(Vec::is_empty) {
        record.currency = Presence::Absent;
    }
    record.anonymized = false;
    Ok(record)
}

/// The body of a change: the six fields that the platform takes, as `fresh` has them, with the changes in them.
///
/// # Errors
/// [`ConnectorError::Unwritable`] for a field that cannot be written there, for a value that the platform cannot take, and for
/// every change of somebody who is shown masked or without data; [`ConnectorError::Unreadable`] when `fresh` does not tell one of
/// the six, because a guess would be written over it.
pub(super) fn replacement(
    fresh: &CustomerRecord,
    changes: &[(Field, FieldValue)],
) -> Result<Map<String, Value>, ConnectorError> {
    if fresh.masked || fresh.anonymized {
        let what = if fresh.masked { "masked" } else { "without data" };
        let field = changes.first().map_or_else(|| Field::Email.to_string(), |(field, _)| field.to_string());
        let message = format!("the store shows this customer {what}, and a change sends the whole record");
        return Err(ConnectorError::Unwritable { field, message });
    }
    for (field, _) in changes {
        if !six().contains(field) {
            return Err(unwritable(field, "the platform does not take it"));
        }
    }
    let mut body = Map::new();
    for field in six() {
        let changed = changes.iter().rev().find(|(changed, _)| *changed == field).map(|(_, value)| value);
        let kept = fresh.field(&field);
        if changed.is_none() && kept.is_absent() {
            return Err(ConnectorError::Unreadable {
                detail: format!("the store does not tell {field}, so nothing is sent back"),
            });
        }
        let value = changed.or(kept.value()).cloned().unwrap_or(FieldValue::Null);
        if let Some((key, value)) = written_as(&field, &value, changed.is_some(), fresh)? {
            body.insert(key.to_owned(), value);
        }
    }
    Ok(body)
}

/// Whether a text has been made unreadable by the store: asterisks, or what a web page makes of them.
fn is_mask(text: &str) -> bool {
    ["*", "<em>", "</em>", "<strong>", "</strong>"].iter().any(|mark| text.contains(mark))
}

/// The fields of a change.
fn six() -> [Field; 6] {
    let extra = |key: &str| Field::Extra(key.to_owned());
    [Field::Email, Field::FirstName, Field::LastName, extra("is_corporate"), extra("gender"), Field::Phone]
}

/// One field as the platform takes it; nothing where leaving it out says the same.
fn written_as(
    field: &Field,
    value: &FieldValue,
    is_changed: bool,
    fresh: &CustomerRecord,
) -> Result<Option<(&'static str, Value)>, ConnectorError> {
    let text = match value {
        FieldValue::Text(text) => text.as_str(),
        FieldValue::Null => "",
        FieldValue::Flag(true) if *field == Field::Extra("is_corporate".to_owned()) => "true",
        FieldValue::Flag(false) if *field == Field::Extra("is_corporate".to_owned()) => "false",
        FieldValue::Flag(_) | FieldValue::Address(_) => {
            return Err(unwritable(field, "the platform does not take it"));
        }
    };
    if is_mask(text) {
        return Err(unwritable(field, "asterisks stand for what the store hides, and are never sent"));
    }
    let demanded = || match text.trim().is_empty() {
        true => Err(unwritable(field, "the platform demands it")),
        false => Ok(json!(text)),
    };
    Ok(Some(match field {
        Field::Email => ("email", demanded()?),
        Field::FirstName => ("nameCorporateName", demanded()?),
        // The only one that may be left out. A strict store takes no null, and a surname that nobody has given is not emptied.
        Field::LastName if text.is_empty() && !is_changed => return Ok(None),
        Field::LastName => ("tradeName", json!(text)),
        Field::Phone => ("phone", json!(international(text, fresh)?)),
        Field::Extra(key) if key == "gender" => ("gender", json!(gender(field, text, is_changed)?)),
        _ => match text.trim() {
            "true" => ("isCorporate", json!(true)),
            "false" => ("isCorporate", json!(false)),
            "" if !is_changed => ("isCorporate", json!(false)),
            _ => return Err(unwritable(field, "it is true or false")),
        },
    }))
}

fn gender<'a>(field: &Field, text: &'a str, is_changed: bool) -> Result<&'a str, ConnectorError> {
    let known = GENDERS.iter().find(|gender| gender.eq_ignore_ascii_case(text.trim()));
    match known {
        Some(gender) => Ok(gender),
        None if is_changed => Err(unwritable(field, "it is male, female or undefined")),
        // The platform has a word for not knowing.
        None if text.trim().is_empty() => Ok("undefined"),
        // A word of the store's own goes back as it came.
        None => Ok(text),
    }
}

/// The phone with its country in front. Answers leave the country out, by the nationality it seems; where the record names two
/// countries they must lead to one number.
fn international(text: &str, fresh: &CustomerRecord) -> Result<String, ConnectorError> {
    let unwritable = |message: &str| unwritable(&Field::Phone, message);
    if text.trim().is_empty() {
        return Err(unwritable("the platform demands it"));
    }
    let nationality = fresh.own.get("nationality").and_then(Option::as_deref);
    let mut numbers =
        [fresh.country(), nationality].into_iter().filter_map(|country| phone::international(text, country));
    let number = numbers.next().ok_or_else(|| unwritable("its country is not certain"))?;
    match numbers.all(|other| other == number) {
        true => Ok(number),
        false => Err(unwritable("it could be a number of two countries")),
    }
}

/// The last order, with what follows from there being one, or none.
fn last_order(record: &mut CustomerRecord, wire: Presence<wire::LastOrder>) {
    let known_currency = match wire {
        Presence::Value(wire) => {
            record.last_order_at = told(wire.created_at);
            let currency = wire.currency.into_value().filter(|code| !code.trim().is_empty());
            let masked = wire.masked || record.masked;
            let clear = |text: &String| !text.trim().is_empty() && !is_mask(text);
            let order = wire.id.into_value().filter(clear).map(|id| Order {
                remote_id: id,
                number: wire.code.into_value().filter(clear),
                placed_at: record.last_order_at.into_value(),
                // A masked order has noughts for amounts.
                total: if masked { None } else { wire.total.into_value() },
                currency: currency.clone(),
                ..Order::default()
            });
            // Of a masked order in an otherwise clear answer nothing is told, or it would be written over the clear one.
            if let Some(order) = order.filter(|_| !masked || record.masked) {
                record.orders = Presence::Value(vec![order]);
            }
            currency
        }
        // Null stands for "never" and for "not said". The number of orders tells which.
        Presence::Null if record.orders_count == Presence::Value(0) => {
            record.orders = Presence::Value(Vec::new());
            record.last_order_at = Presence::Null;
            None
        }
        Presence::Absent | Presence::Null => None,
    };
    let country = record.own.get("nationality").and_then(Option::as_deref);
    let of_country = country.filter(|code| code.eq_ignore_ascii_case("BR")).map(|_| "BRL".to_owned());
    record.currency = known_currency.or(of_country).map_or(Presence::Absent, Presence::Value);
}

fn document(wire: wire::Document) -> Document {
    let kind = wire.kind.into_value().unwrap_or_default();
    match DocumentKind::parse(&kind) {
        DocumentKind::Unknown => Document::guess(&wire.number),
        kind => Document { kind, number: wire.number },
    }
}

fn address(wire: wire::Address) -> Address {
    let part = |part: Presence<String>| part.into_value().filter(|text| !text.trim().is_empty());
    Address {
        key: wire.key,
        is_default: wire.main.into_value().unwrap_or_default(),
        recipient: part(wire.recipient),
        street: part(wire.street),
        number: part(wire.number),
        complement: part(wire.complement),
        district: part(wire.district),
        city: part(wire.city),
        region: part(wire.state).or(part(wire.state_code)),
        postal_code: part(wire.zip_code),
        country: part(wire.country_code),
        ..Address::default()
    }
}

fn own<T: ToString>(map: &mut BTreeMap<String, Option<String>>, key: &str, value: Presence<T>) {
    match value {
        Presence::Absent => {}
        Presence::Null => drop(map.insert(key.to_owned(), None)),
        Presence::Value(value) => drop(map.insert(key.to_owned(), Some(value.to_string()))),
    }
}

/// Null in place of what can be left out of an answer says no more than leaving it out.
fn told<T>(presence: Presence<T>) -> Presence<T> {
    match presence {
        Presence::Null => Presence::Absent,
        other => other,
    }
}

/// Whether the answer hides the person although it does not say so: what a person is reached by never holds such marks.
fn shows_a_mask(record: &CustomerRecord) -> bool {
    let texts = [&record.email, &record.phone];
    texts.into_iter().any(|text| text.value().is_some_and(|text| is_mask(text)))
        || record.documents.value().into_iter().flatten().any(|document| is_mask(&document.number))
}

fn holds_a_mask(value: &Value) -> bool {
    match value {
        Value::String(text) => is_mask(text),
        Value::Array(list) => list.iter().any(holds_a_mask),
        Value::Object(map) => map.values().any(holds_a_mask),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether the store has taken this person's data away: all of it is told and nothing, and the e-mail is none that could exist
/// (`.invalid`, RFC 2606). Somebody who registered with an e-mail alone still has that.
fn is_blanked(record: &CustomerRecord) -> bool {
    let nothing = |told: &Presence<String>| match told {
        Presence::Absent => false,
        Presence::Null => true,
        Presence::Value(text) => text.trim().is_empty(),
    };
    let nowhere = record.email.value().is_some_and(|email| email.trim().ends_with(".invalid"));
    nothing(&record.first_name)
        && nothing(&record.last_name)
        && nothing(&record.phone)
        && (nothing(&record.email) || nowhere)
        && record.documents.value().is_some_and(Vec::is_empty)
        && record.addresses.value().is_some_and(Vec::is_empty)
}

fn unwritable(field: &Field, message: &str) -> ConnectorError {
    ConnectorError::Unwritable { field: field.to_string(), message: message.to_owned() }
}
