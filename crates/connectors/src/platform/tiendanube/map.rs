//! From the shapes of Tiendanube to a customer and back. Pure.

use clientela_domain::customer::DocumentKind;
use clientela_domain::{CustomerRecord, Document, Field, FieldValue, Order, Presence};
use serde_json::{Map, Value, json};

use super::address;
use super::wire::{self, ADDRESS_REST, BILLING, EXTRA_REST, LastOrder, READ_ONLY, WRITABLE};
use crate::platform::matching;
use crate::reading::Oddities;
use crate::{ConnectorError, NewCustomer, RejectedRecord};

/// Stand-ins that orders without a buyer's data get (github.com/TiendaNube/api-docs, resources/order.md). Many customers share
/// them, so they are nobody's.
const PLACEHOLDER_EMAILS: &[&str] = &["email@naoinformado.com", "email@noinformado.com"];

/// A record of a list, or the answer for one customer.
pub(super) fn customer(
    value: Value,
    oddities: &mut Oddities,
) -> Result<(CustomerRecord, LastOrder), RejectedRecord> {
    let wire = wire::Customer::read(value, oddities)?;
    let mut record = CustomerRecord::new(wire.id);
    record.first_name = wire.name;
    record.company = wire.company;
    record.email = wire.email;
    record.phone = wire.phone;
    let kind = wire.document_type.as_deref().map(DocumentKind::parse);
    record.documents = match wire.identification {
        Presence::Value(number) if number.trim().is_empty() => Presence::Null,
        other => other.map(|number| match kind {
            Some(kind) => vec![Document { kind, number }],
            None => vec![Document::guess(&number)],
        }),
    };
    record.note = wire.note;
    record.is_active = wire.active;
    record.accepts_marketing = wire.accepts_marketing;
    record.created_at = wire.created_at;
    record.updated_at = wire.updated_at;
    record.total_spent = wire.total_spent;
    record.currency = wire.total_spent_currency;
    record.extra = wire.extra;
    let billing = wire.billing.into_value().and_then(address::billing);
    record.addresses =
        wire.addresses.map(|list| list.into_iter().map(address::shipping).chain(billing).collect());
    record.remainder = wire.rest;
    record.anonymized = is_blanked(&record);
    Ok((record, wire.last_order))
}

/// An order of this customer.
pub(super) fn order(value: Value, oddities: &mut Oddities) -> Result<Order, RejectedRecord> {
    let wire = wire::Order::read(value, oddities)?;
    Ok(Order {
        remote_id: wire.id.as_str().to_owned(),
        number: wire.number.into_value(),
        placed_at: wire.created_at.into_value(),
        status: wire.status.into_value().or(wire.payment_status.into_value()),
        total: wire.total.into_value(),
        currency: wire.currency.into_value(),
        items: wire.items,
    })
}

/// Puts the orders of a customer into the record, with what follows from having all of them.
pub(super) fn with_orders(record: &mut CustomerRecord, orders: Vec<Order>) {
    let placed = || orders.iter().filter_map(|order| order.placed_at);
    record.first_order_at = placed().min().into();
    record.last_order_at = placed().max().into();
    record.orders_count = Presence::Value(i64::try_from(orders.len()).unwrap_or(i64::MAX));
    record.orders = Presence::Value(orders);
}

/// The body of a change: everything that `fresh` has, with the changes in it. A store that replaces finds the whole record,
/// one that merges finds nothing that is not so already.
///
/// # Errors
/// [`ConnectorError::Unwritable`] for a field that cannot be written there; [`ConnectorError::Unreadable`] when `fresh` is not
/// the whole record, because then sending it back could delete what it lacks.
pub(super) fn replacement(
    fresh: &CustomerRecord,
    changes: &[(Field, FieldValue)],
) -> Result<Map<String, Value>, ConnectorError> {
    whole(fresh)?;
    let mut body: Map<String, Value> = fresh
        .remainder
        .iter()
        .filter(|(key, _)| !READ_ONLY.contains(&key.as_str()) && *key != ADDRESS_REST && *key != EXTRA_REST)
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    for field in TEXTS {
        // Nothing is nothing to either kind of store, and a strict one might stumble over its spelling.
        if let Some(FieldValue::Text(text)) = fresh.field(field).value().filter(|value| !value.is_empty()) {
            body.insert(text_key(field).to_owned(), json!(text));
        }
    }
    let mut addresses = Vec::new();
    let mut extras = Vec::new();
    for (field, value) in changes {
        match (field, value) {
            (Field::Address(key), FieldValue::Address(_) | FieldValue::Null) => {
                addresses.push((key.as_str(), value))
            }
            (Field::Extra(key), FieldValue::Text(_) | FieldValue::Null) => extras.push((key.as_str(), value)),
            (plain, FieldValue::Text(text)) if TEXTS.contains(plain) => {
                body.insert(text_key(plain).to_owned(), json!(text));
            }
            (plain, FieldValue::Null) if TEXTS.contains(plain) => {
                body.insert(text_key(plain).to_owned(), Value::Null);
            }
            _ => return Err(unwritable(field)),
        }
    }
    address::write(&mut body, fresh, &addresses)?;
    write_extra(&mut body, fresh, &extras);
    Ok(body)
}

/// The body that makes a customer.
///
/// # Errors
/// [`ConnectorError::Unwritable`] for a field that cannot be written there.
pub(super) fn creation(new: &NewCustomer) -> Result<Map<String, Value>, ConnectorError> {
    let mut body = Map::new();
    let mut extras = Vec::new();
    for (field, value) in new.fields.iter().filter(|(_, value)| !value.is_empty()) {
        match (field, value) {
            (Field::Extra(key), FieldValue::Text(_)) => extras.push((key.as_str(), value)),
            (plain, FieldValue::Text(text)) if TEXTS.contains(plain) => {
                body.insert(text_key(plain).to_owned(), json!(text));
            }
            _ => return Err(unwritable(field)),
        }
    }
    if !new.addresses.is_empty() {
        address::write_new(&mut body, &new.addresses)?;
    }
    if !extras.is_empty() {
        write_extra(&mut body, &CustomerRecord::default(), &extras);
    }
    body.insert("send_email_invite".to_owned(), json!(new.invite));
    Ok(body)
}

/// Whether the e-mail belongs to nobody.
pub(super) fn is_placeholder(email: &str) -> bool {
    PLACEHOLDER_EMAILS.iter().any(|placeholder| placeholder.eq_ignore_ascii_case(email.trim()))
}

/// Whether this is the customer with exactly this e-mail or document. The store finds parts of them too.
pub(super) fn is_exactly(record: &CustomerRecord, email: Option<&str>, document: Option<&str>) -> bool {
    matching::is_exactly(record, email.filter(|email| !is_placeholder(email)), document)
}

/// Plain fields that are texts of the body.
const TEXTS: &[Field] = &[Field::FirstName, Field::Email, Field::Phone, Field::Document, Field::Note];

fn text_key(field: &Field) -> &'static str {
    match field {
        Field::FirstName => "name",
        Field::Email => "email",
        Field::Phone => "phone",
        Field::Document => "identification",
        _ => "note",
    }
}

/// `extra` as a whole: stores take it as one value. A key that is emptied stays as an empty text, because a store that
/// merges would keep what is left out.
fn write_extra(body: &mut Map<String, Value>, fresh: &CustomerRecord, changes: &[(&str, &FieldValue)]) {
    let Presence::Value(known) = &fresh.extra else {
        if !changes.is_empty() {
            body.insert("extra".to_owned(), changed_extra(Map::new(), changes));
        }
        return;
    };
    let unknown = fresh.remainder.get(EXTRA_REST).and_then(Value::as_object);
    let unknown = unknown.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone()));
    let extra: Map<String, Value> =
        known.iter().map(|(key, text)| (key.clone(), json!(text))).chain(unknown).collect();
    if !extra.is_empty() || !changes.is_empty() {
        body.insert("extra".to_owned(), changed_extra(extra, changes));
    }
}

fn changed_extra(mut extra: Map<String, Value>, changes: &[(&str, &FieldValue)]) -> Value {
    for (key, value) in changes {
        let text = value.as_text().unwrap_or_default();
        if !text.is_empty() || extra.contains_key(*key) {
            extra.insert((*key).to_owned(), json!(text));
        }
    }
    Value::Object(extra)
}

/// Makes sure that the record is all there, since what it lacks could be deleted by sending it back.
fn whole(fresh: &CustomerRecord) -> Result<(), ConnectorError> {
    let odd = |detail: String| Err(ConnectorError::Unreadable { detail });
    if fresh.addresses.is_absent() {
        return odd("the store does not tell the addresses, so nothing is sent back".to_owned());
    }
    let known = WRITABLE.iter().chain(BILLING.iter().map(|(key, _)| key));
    for key in known {
        if fresh.remainder.contains_key(*key) {
            return odd(format!("{key} could not be read, so nothing is sent back"));
        }
    }
    let addresses = fresh.remainder.get(ADDRESS_REST).and_then(Value::as_object);
    for rest in addresses.into_iter().flat_map(Map::values) {
        if let Some((_, key)) = BILLING.iter().find(|(_, key)| rest.get(*key).is_some()) {
            return odd(format!("addresses.{key} could not be read, so nothing is sent back"));
        }
    }
    Ok(())
}

/// Whether the store has taken this person's data away: told, and all of it nothing. Both name and e-mail are demanded of every
/// customer that is made, so an honest one has something.
fn is_blanked(record: &CustomerRecord) -> bool {
    let nothing = |told: &Presence<String>| match told {
        Presence::Absent => false,
        Presence::Null => true,
        Presence::Value(text) => text.trim().is_empty(),
    };
    nothing(&record.first_name)
        && nothing(&record.email)
        && nothing(&record.phone)
        && matches!(record.documents, Presence::Null)
        && record.addresses.value().is_some_and(Vec::is_empty)
}

fn unwritable(field: &Field) -> ConnectorError {
    ConnectorError::Unwritable {
        field: field.to_string(),
        message: "the platform does not take it".to_owned(),
    }
}
