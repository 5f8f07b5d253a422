//! Addresses inside a customer's body, whose rules are not those of the other fields.

use serde_json::{Map, Value};

use crate::clock::Moment;
use crate::platform::tiendanube::choices::{Choices, Put, PutAddresses};
use crate::platform::tiendanube::refusal::Complaints;
use crate::platform::tiendanube::shelf::{Address, Customer, Shelf};
use crate::platform::tiendanube::write::stored;

const FIELD: &str = "addresses";

/// The addresses of a new customer; the first becomes the default, whatever they say themselves.
pub(super) fn create(
    customer: &mut Customer,
    sent: Option<&Value>,
    choices: &Choices,
    shelf: &mut Shelf,
    now: Moment,
    complaints: &mut Complaints,
) {
    for fields in objects(sent, complaints) {
        let mut address =
            Address { id: shelf.next_address_id(), created_at: now, updated_at: now, ..Address::default() };
        write(&mut address, fields, choices, false, complaints);
        customer.addresses.push(address);
    }
    customer.settle_default();
}

/// The addresses of a change: those with an id are changed, those without are added, and what becomes of the
/// others nobody says. The default cannot be moved this way, and trying to is an error.
pub(super) fn update(
    customer: &mut Customer,
    sent: Option<&Value>,
    choices: &Choices,
    shelf: &mut Shelf,
    now: Moment,
    complaints: &mut Complaints,
) {
    let replacing = choices.put == Put::Replace;
    if sent.is_none() {
        if replacing && choices.put_addresses == PutAddresses::Removed {
            customer.addresses.clear();
        }
        return;
    }
    let mut named = Vec::new();
    for fields in objects(sent, complaints) {
        if fields.contains_key("default") {
            complaints.add(FIELD, "default cannot be changed here");
        }
        match fields.get("id") {
            None | Some(Value::Null) => {
                let id = shelf.next_address_id();
                let mut address = Address { id, created_at: now, updated_at: now, ..Address::default() };
                write(&mut address, fields, choices, false, complaints);
                named.push(id);
                customer.addresses.push(address);
            }
            Some(id) => {
                let known = customer.addresses.iter_mut().find(|address| id.as_i64() == Some(address.id));
                let Some(address) = known else {
                    complaints.add(FIELD, "id does not belong to this customer");
                    continue;
                };
                let before = address.clone();
                write(address, fields, choices, replacing, complaints);
                if differs(&before, address) {
                    address.updated_at = now;
                }
                named.push(address.id);
            }
        }
    }
    if choices.put_addresses == PutAddresses::Removed {
        customer.addresses.retain(|address| named.contains(&address.id));
    }
    customer.settle_default();
}

/// Whether the addresses of two versions of a customer differ.
pub(super) fn differ(before: &Customer, after: &Customer) -> bool {
    let pairs = before.addresses.iter().zip(&after.addresses);
    before.addresses.len() != after.addresses.len() || pairs.into_iter().any(|(old, new)| differs(old, new))
}

fn differs(before: &Address, after: &Address) -> bool {
    let texts = |address: &Address| address.clone().texts_mut().map(|(_, text)| text.clone());
    before.id != after.id || texts(before) != texts(after)
}

fn objects<'a>(sent: Option<&'a Value>, complaints: &mut Complaints) -> Vec<&'a Map<String, Value>> {
    let list = match sent {
        None => return Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => {
            complaints.add(FIELD, "must be an array");
            return Vec::new();
        }
    };
    if !list.iter().all(Value::is_object) {
        complaints.add(FIELD, "must hold objects");
    }
    list.iter().filter_map(Value::as_object).collect()
}

fn write(
    address: &mut Address,
    fields: &Map<String, Value>,
    choices: &Choices,
    clearing: bool,
    complaints: &mut Complaints,
) {
    for (name, field) in address.texts_mut() {
        match fields.get(name) {
            None if clearing => *field = None,
            None => {}
            Some(Value::Null) => *field = None,
            Some(Value::String(text)) => *field = Some(stored(name, text, choices)),
            Some(_) => complaints.add(FIELD, &format!("{name} must be a string")),
        }
    }
    let country = address.country.as_deref().unwrap_or_default();
    let is_code = country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase());
    if !country.is_empty() && !is_code {
        complaints.add(FIELD, "country must be a code of two letters");
    }
}
