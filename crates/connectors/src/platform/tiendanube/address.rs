//! Addresses on their way back: the whole list each time, since nobody says what becomes of an address that is left out.

use clientela_domain::{Address, AddressKind, CustomerRecord, FieldValue};
use serde_json::{Map, Number, Value};

use super::wire::{ADDRESS_REST, Address as WireAddress, BILLING, Place};
use crate::ConnectorError;
use crate::reading::is_digits;

/// An address of the store's list.
pub(super) fn shipping(wire: WireAddress) -> Address {
    Address { key: wire.id, kind: AddressKind::Shipping, is_default: wire.default, ..from_place(wire.place) }
}

/// The one billing address, which has no id; nothing where all of it is empty.
pub(super) fn billing(place: Place) -> Option<Address> {
    (place != Place::default()).then(|| Address {
        key: Address::BILLING.to_owned(),
        kind: AddressKind::Billing,
        ..from_place(place)
    })
}

/// Writes the addresses of `fresh` with these changes into a body.
///
/// # Errors
/// [`ConnectorError::Unwritable`] for an address that the store does not have, and for a second billing address.
pub(super) fn write(
    body: &mut Map<String, Value>,
    fresh: &CustomerRecord,
    changes: &[(&str, &FieldValue)],
) -> Result<(), ConnectorError> {
    let known: &[Address] = fresh.addresses.value().map_or(&[], Vec::as_slice);
    let (mut list, mut billing) = (Vec::new(), None);
    for address in known {
        let change = changes.iter().find(|(key, _)| *key == address.key).map(|(_, value)| *value);
        let written = match change {
            None => Some(Sent { address, typed: false, blanks: false }),
            Some(FieldValue::Address(new)) => Some(Sent { address: new, typed: true, blanks: true }),
            Some(_) => None,
        };
        if address.key == Address::BILLING {
            billing = Some(written);
        } else if let Some(written) = written {
            list.push(written.object(&address.key, fresh));
        }
    }
    for (key, value) in changes.iter().filter(|(key, _)| known.iter().all(|address| address.key != *key)) {
        // Removing what is not there is done already.
        let Some(new) = value.as_address() else { continue };
        match (*key == Address::BILLING || new.kind == AddressKind::Billing, is_new(key)) {
            (true, _) if billing.is_some() => {
                return Err(unwritable(key, "the store keeps one billing address, and there is one"));
            }
            (true, _) => billing = Some(Some(Sent { address: new, typed: true, blanks: true })),
            (false, true) => list.push(Sent { address: new, typed: true, blanks: false }.object(key, fresh)),
            (false, false) => return Err(unwritable(key, "the store does not have this address any more")),
        }
    }
    body.insert("addresses".to_owned(), Value::Array(list));
    match billing {
        None => {}
        Some(Some(written)) => written.billing(body),
        Some(None) => body.extend(BILLING.iter().map(|(key, _)| ((*key).to_owned(), Value::Null))),
    }
    Ok(())
}

/// The addresses of a new customer.
pub(super) fn write_new(body: &mut Map<String, Value>, addresses: &[Address]) -> Result<(), ConnectorError> {
    let changes: Vec<(Address, FieldValue)> = addresses
        .iter()
        .enumerate()
        .map(|(place, address)| {
            // Whatever keys they came with, the store gives its own.
            let key = format!("{}{place}", Address::NEW_PREFIX);
            (Address { key, ..address.clone() }, FieldValue::Address(Box::new(address.clone())))
        })
        .collect();
    let changes: Vec<(&str, &FieldValue)> =
        changes.iter().map(|(keyed, value)| (keyed.key.as_str(), value)).collect();
    write(body, &CustomerRecord::default(), &changes)
}

/// An address as it is to be sent. An unchanged one goes without its blanks: to a store that replaces they are blank anyway,
/// and one that is strict about empty values need not see them.
struct Sent<'a> {
    address: &'a Address,
    /// Somebody here wrote it.
    typed: bool,
    /// Blanks are sent as null, so that they empty what was there.
    blanks: bool,
}

impl Sent<'_> {
    fn object(&self, key: &str, fresh: &CustomerRecord) -> Value {
        let mut object = Map::new();
        if !is_new(key) {
            let id = match is_digits(key) {
                true => Value::Number(Number::from_string_unchecked(key.to_owned())),
                false => Value::String(key.to_owned()),
            };
            object.insert("id".to_owned(), id);
            let unknown =
                fresh.remainder.get(ADDRESS_REST).and_then(|rest| rest.get(key)).and_then(Value::as_object);
            object.extend(unknown.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
        }
        // The default mark is never sent: it cannot be moved this way, and trying is an error (TiendaNube/api-docs pull
        // request 121).
        object.extend(self.parts().map(|(_, key, value)| (key.to_owned(), value)));
        Value::Object(object)
    }

    fn billing(&self, body: &mut Map<String, Value>) {
        body.extend(self.parts().map(|(key, _, value)| (key.to_owned(), value)));
    }

    fn parts(&self) -> impl Iterator<Item = (&'static str, &'static str, Value)> {
        BILLING.iter().filter_map(|(billing, shipping)| {
            let text = part(self.address, shipping).filter(|text| !text.is_empty());
            match text {
                // Codes of two capitals (github.com/TiendaNube/api-docs, resources/customer.md).
                Some(text) if self.typed && *shipping == "country" && text.trim().len() == 2 => {
                    Some((*billing, *shipping, Value::from(text.trim().to_uppercase())))
                }
                Some(text) => Some((*billing, *shipping, Value::from(text))),
                None => self.blanks.then_some((*billing, *shipping, Value::Null)),
            }
        })
    }
}

fn is_new(key: &str) -> bool {
    key.starts_with(Address::NEW_PREFIX)
}

fn part<'a>(address: &'a Address, key: &str) -> Option<&'a str> {
    let part = match key {
        "name" => &address.recipient,
        "address" => &address.street,
        "number" => &address.number,
        "floor" => &address.complement,
        "locality" => &address.district,
        "city" => &address.city,
        "province" => &address.region,
        "zipcode" => &address.postal_code,
        "country" => &address.country,
        _ => &address.phone,
    };
    part.as_deref()
}

fn from_place(place: Place) -> Address {
    Address {
        recipient: place.name,
        street: place.address,
        number: place.number,
        complement: place.floor,
        district: place.locality,
        city: place.city,
        region: place.province,
        postal_code: place.zipcode,
        country: place.country,
        phone: place.phone,
        ..Address::default()
    }
}

fn unwritable(key: &str, message: &str) -> ConnectorError {
    ConnectorError::Unwritable { field: format!("address.{key}"), message: message.to_owned() }
}
