//! Addresses, which have requests of their own: one is added or changed at a time, and none can be taken away.

use clientela_domain::{Address, AddressKind, CustomerRecord, Field, FieldValue, Presence};
use serde_json::{Map, Value, json};

use super::map::unwritable;
use super::wire::{self, ADDRESS_REST};
use crate::ConnectorError;
use crate::reading::is_digits;

/// A change of one address.
pub(super) enum Change<'a> {
    Add(Map<String, Value>),
    Edit { id: &'a str, body: Map<String, Value> },
}

/// An address as the store shows it. Its country is the platform's, and no part of it.
pub(super) fn from_wire(wire: wire::Address) -> Address {
    let part = |part: Presence<String>| part.into_value().filter(|text| !text.trim().is_empty());
    Address {
        key: wire.id,
        kind: AddressKind::Shipping,
        recipient: part(wire.receiver),
        street: part(wire.street),
        number: part(wire.number),
        complement: part(wire.complement),
        district: part(wire.neighborhood),
        city: part(wire.city),
        region: part(wire.uf),
        postal_code: part(wire.zip_code),
        ..Address::default()
    }
}

/// What to send for this edit.
///
/// # Errors
/// [`ConnectorError::Unwritable`] for taking an address away, for one that the store does not have any more, and for parts that
/// the platform does not keep.
pub(super) fn change<'a>(
    fresh: &CustomerRecord,
    key: &'a str,
    value: &FieldValue,
) -> Result<Change<'a>, ConnectorError> {
    let unwritable = |message: &str| unwritable(&Field::Address(key.to_owned()), message);
    let FieldValue::Address(address) = value else {
        return Err(unwritable("the platform cannot take an address away"));
    };
    let kept = |part: &Option<String>| part.as_deref().is_some_and(|text| !text.trim().is_empty());
    if kept(&address.phone) || kept(&address.country) {
        return Err(unwritable("the platform keeps neither country nor phone with an address"));
    }
    if key.starts_with(Address::NEW_PREFIX) {
        let parts = parts(address).into_iter().filter(|(_, text)| !text.is_empty());
        return Ok(Change::Add(parts.map(|(key, text)| (key.to_owned(), json!(text))).collect()));
    }
    let known = fresh.addresses.value().into_iter().flatten().find(|known| known.key == key);
    let Some(known) = known.filter(|_| is_digits(key)) else {
        return Err(unwritable("the store does not have this address any more"));
    };
    let unknown = fresh.remainder.get(ADDRESS_REST).and_then(|rest| rest.get(key)).and_then(Value::as_object);
    let mut body = unknown.cloned().unwrap_or_default();
    for ((key, text), (_, before)) in parts(address).into_iter().zip(parts(known)) {
        // What was empty before and is now need not be spelled.
        match (text.is_empty(), before.is_empty()) {
            (true, true) => {}
            (true, false) => drop(body.insert(key.to_owned(), Value::Null)),
            (false, _) => drop(body.insert(key.to_owned(), json!(text))),
        }
    }
    Ok(Change::Edit { id: key, body })
}

/// The parts by their keys, as records show them. The postal code goes under both names that the platform has for it.
fn parts(address: &Address) -> [(&'static str, String); 9] {
    let text = |part: &Option<String>| part.as_deref().map(str::trim).unwrap_or_default().to_owned();
    let digits: String = text(&address.postal_code).chars().filter(char::is_ascii_digit).collect();
    let postal = if digits.len() == 8 { digits } else { text(&address.postal_code) };
    let region = text(&address.region);
    let region = if region.len() == 2 { region.to_uppercase() } else { region };
    [
        ("receiver", text(&address.recipient)),
        ("zip_code", postal.clone()),
        ("zipcode", postal),
        ("street", text(&address.street)),
        ("number", text(&address.number)),
        ("neighborhood", text(&address.district)),
        ("complement", text(&address.complement)),
        ("city", text(&address.city)),
        ("uf", region),
    ]
}

/// The texts that were sent as null and that the address still shows: this store does not take null for "empty".
pub(super) fn not_cleared(body: &Map<String, Value>, shown: &Address) -> Vec<String> {
    let told = parts(shown);
    let still = |key: &str| told.iter().any(|(known, text)| *known == key && !text.is_empty());
    body.iter().filter(|(key, value)| value.is_null() && still(key)).map(|(key, _)| key.clone()).collect()
}
