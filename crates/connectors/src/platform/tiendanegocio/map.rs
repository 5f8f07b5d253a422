//! From the shapes of Tiendanegocio to a customer and back. Pure.

use clientela_domain::customer::DocumentKind;
use clientela_domain::normalise::{document, phone};
use clientela_domain::{CustomerRecord, Document, Field, FieldValue, Presence};
use serde_json::{Map, Value, json};

use super::wire::{self, WRITABLE};
use super::{CAPABILITIES, address};
use crate::reading::Oddities;
use crate::{ConnectorError, NewCustomer, RejectedRecord};

/// A record of a list, the answer for one customer, or the answer to a write: they are the same.
pub(super) fn customer(value: Value, oddities: &mut Oddities) -> Result<CustomerRecord, RejectedRecord> {
    let wire = wire::Customer::read(unwrapped(value), oddities)?;
    let mut record = CustomerRecord::new(wire.id);
    record.first_name = wire.name;
    record.last_name = wire.last_name;
    record.company = wire.company;
    record.email = wire.email;
    record.phone = wire.phone;
    let kind = wire.identification_type.as_deref().map(DocumentKind::parse);
    record.documents = match wire.identification {
        Presence::Value(number) if number.trim().is_empty() => Presence::Null,
        other => other.map(|number| match kind {
            Some(kind) => vec![Document { kind, number }],
            None => vec![Document::guess(&number)],
        }),
    };
    record.note = wire.note;
    record.accepts_marketing = wire.accepts_marketing;
    record.created_at = wire.created_at;
    record.updated_at = wire.updated_at;
    record.total_spent = wire.total_spent;
    if record.total_spent.value().is_some() {
        record.currency = Presence::from(CAPABILITIES.currency.map(str::to_owned));
    }
    record.orders_count = wire.orders_count;
    // The document shows an order and its day for somebody who never bought.
    record.last_order_at = match record.orders_count {
        Presence::Value(0) => Presence::Null,
        _ => wire.last_order_date,
    };
    record.addresses = wire.address.map(|place| place.map(address::shown).into_iter().collect());
    record.remainder = wire.rest;
    record.anonymized = is_blanked(&record);
    Ok(record)
}

/// The body of a change: every writable field that `fresh` has, with the changes in it. A store that replaces finds all of them,
/// one that merges finds nothing that is not so already. What is shown and not listed among the fields of a body is not sent.
///
/// # Errors
/// [`ConnectorError::Unwritable`] for a field that cannot be written there; [`ConnectorError::Unreadable`] when `fresh` lacks
/// writable fields, because then sending it back could delete them.
pub(super) fn replacement(
    fresh: &CustomerRecord,
    changes: &[(Field, FieldValue)],
) -> Result<Map<String, Value>, ConnectorError> {
    whole(fresh)?;
    let mut body = Map::new();
    for (field, key) in TEXTS {
        if let Some(FieldValue::Text(text)) = fresh.field(field).value().filter(|value| !value.is_empty()) {
            body.insert((*key).to_owned(), json!(text));
        }
    }
    let known_type = fresh.remainder.get(TYPE).and_then(Value::as_str).filter(|word| !word.trim().is_empty());
    if let Some(word) = known_type {
        body.insert(TYPE.to_owned(), json!(word));
    }
    for (field, value) in changes {
        let key = text_key(field).ok_or_else(|| unwritable(field))?;
        let text = match value {
            FieldValue::Text(text) => as_written(field, text),
            // An empty text empties a field on every kind of store; what null does nobody says.
            FieldValue::Null => String::new(),
            FieldValue::Flag(_) | FieldValue::Address(_) => return Err(unwritable(field)),
        };
        if *field == Field::Document {
            match type_of(&text, known_type) {
                Some(word) => body.insert(TYPE.to_owned(), json!(word)),
                None => body.swap_remove(TYPE),
            };
        }
        body.insert(key.to_owned(), json!(text));
    }
    Ok(body)
}

/// The body that makes a customer, without its password.
///
/// # Errors
/// [`ConnectorError::Unwritable`] for what cannot be written there.
pub(super) fn creation(new: &NewCustomer) -> Result<Map<String, Value>, ConnectorError> {
    let refused = |field: &str| ConnectorError::Unwritable {
        field: field.to_owned(),
        message: "the platform does not take it".to_owned(),
    };
    if !new.addresses.is_empty() {
        return Err(refused("address"));
    }
    if new.invite {
        return Err(refused("invite"));
    }
    let mut body = Map::new();
    for (field, value) in new.fields.iter().filter(|(_, value)| !value.is_empty()) {
        let (Some(key), FieldValue::Text(text)) = (text_key(field), value) else {
            return Err(unwritable(field));
        };
        if let Some(word) = type_of(text, None).filter(|_| *field == Field::Document) {
            body.insert(TYPE.to_owned(), json!(word));
        }
        body.insert(key.to_owned(), json!(as_written(field, text)));
    }
    Ok(body)
}

const TYPE: &str = "identification_type";

/// Plain fields that are texts of a body.
const TEXTS: &[(Field, &str)] = &[
    (Field::FirstName, "name"),
    (Field::LastName, "last_name"),
    (Field::Email, "email"),
    (Field::Phone, "phone"),
    (Field::Document, "identification"),
    (Field::Note, "note"),
    (Field::Company, "company"),
];

fn text_key(field: &Field) -> Option<&'static str> {
    TEXTS.iter().find(|(known, _)| known == field).map(|(_, key)| *key)
}

/// The document prints phones as digits with the country in front. A number that has its plus is written so; where the country
/// is not certain it goes as it was typed.
fn as_written(field: &Field, text: &str) -> String {
    let international = *field == Field::Phone && text.trim().starts_with('+');
    match international.then(|| phone::to_e164(text, None)).flatten() {
        Some(number) => phone::digits(&number),
        None => text.to_owned(),
    }
}

/// The store's word for the kind of a new document: the one it had where the number fits it, else the one that the number shows.
fn type_of(number: &str, known: Option<&str>) -> Option<String> {
    if number.trim().is_empty() {
        return None;
    }
    let guessed = match document::guess_kind(number) {
        DocumentKind::Cpf => Some("CPF"),
        DocumentKind::Cnpj => Some("CNPJ"),
        DocumentKind::Dni => Some("DNI"),
        DocumentKind::Cuit => Some("CUIT"),
        DocumentKind::Other(_) | DocumentKind::Unknown => None,
    };
    let fits = |word: &str| document::is_valid(&DocumentKind::parse(word), number) == Some(true);
    match (known, guessed) {
        (Some(word), _) if fits(word) => Some(word.to_owned()),
        (_, Some(word)) => Some(word.to_owned()),
        (word, None) => word.map(str::to_owned),
    }
}

/// The one customer of an answer that is wrapped, as lists and sign-ins are there; any other value as it is.
fn unwrapped(value: Value) -> Value {
    match value {
        Value::Object(mut map) if !map.contains_key("id") => {
            for key in ["data", "results", "customer"] {
                if map.get(key).is_some_and(|inner| inner.get("id").is_some()) {
                    return map.swap_remove(key).unwrap_or_default();
                }
            }
            Value::Object(map)
        }
        other => other,
    }
}

/// Makes sure that every writable field is told, since what is not sent back could be deleted. Every printed answer tells them
/// all, so one that does not is broken.
fn whole(fresh: &CustomerRecord) -> Result<(), ConnectorError> {
    let odd = |detail: String| Err(ConnectorError::Unreadable { detail });
    for key in WRITABLE {
        let kept = fresh.remainder.get(*key);
        if kept.is_some_and(|kept| *key != TYPE || !kept.is_string()) {
            return odd(format!("{key} could not be read, so nothing is sent back"));
        }
    }
    for (field, key) in TEXTS.iter().filter(|(field, _)| *field != Field::Company) {
        if fresh.field(field).is_absent() {
            return odd(format!("the store does not tell {key}, so nothing is sent back"));
        }
    }
    Ok(())
}

/// Whether the store has taken this person's data away: told, and all of it nothing.
fn is_blanked(record: &CustomerRecord) -> bool {
    let texts = [&record.first_name, &record.last_name, &record.email, &record.phone, &record.note];
    texts.into_iter().all(|told| match told {
        Presence::Absent => false,
        Presence::Null => true,
        Presence::Value(text) => text.trim().is_empty(),
    }) && matches!(record.documents, Presence::Null)
        && record.addresses.value().is_none_or(Vec::is_empty)
}

fn unwritable(field: &Field) -> ConnectorError {
    ConnectorError::Unwritable {
        field: field.to_string(),
        message: "the platform does not take it".to_owned(),
    }
}
