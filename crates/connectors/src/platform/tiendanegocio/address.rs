//! The address of a customer, whose keys no document shows: the example is `{}`. The keys of neighbouring platforms and their
//! Spanish names are understood, everything else stays among the unknown keys. It is only ever read.

use std::collections::BTreeMap;

use clientela_domain::Address;
use serde_json::{Map, Value};

use crate::reading::{Oddities, Reading};

/// Where keys of the address that nothing here knows wait among the unknown keys of the record.
pub(super) const ADDRESS_REST: &str = "address: unknown";
/// The key of the one address where the store gives it none.
const MAIN: &str = "main";

/// The names that each part may have, the likelier first.
const NAMES: &[(Part, &[&str])] = &[
    (Part::Recipient, &["recipient", "receiver", "destinatario", "name", "nombre"]),
    (Part::Street, &["address", "street", "calle", "direccion", "address_1", "address1"]),
    (Part::Number, &["number", "street_number", "numero", "altura"]),
    (Part::Complement, &["floor", "complement", "piso", "apartment", "depto", "departamento", "address_2"]),
    (Part::District, &["locality", "district", "neighborhood", "localidad", "barrio"]),
    (Part::City, &["city", "ciudad"]),
    (Part::Region, &["province", "state", "region", "provincia"]),
    (Part::PostalCode, &["zipcode", "zip_code", "zip", "postal_code", "codigo_postal", "cp"]),
    (Part::Country, &["country_code", "country", "pais"]),
    (Part::Phone, &["phone", "telefono"]),
];

#[derive(Clone, Copy)]
enum Part {
    Recipient,
    Street,
    Number,
    Complement,
    District,
    City,
    Region,
    PostalCode,
    Country,
    Phone,
}

/// An address with something in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    id: Option<String>,
    parts: [Option<String>; 10],
}

/// Reads the address, and gives the keys that nothing here knows. No address at all where every part is nothing.
pub(super) fn read(
    map: Map<String, Value>,
    oddities: &mut Oddities,
) -> (Option<Place>, BTreeMap<String, Value>) {
    let mut reading = Reading::new(map, "address.", oddities);
    let id = reading.text("id").into_value().filter(|id| !id.trim().is_empty());
    let mut place = Place { id, ..Place::default() };
    for (part, names) in NAMES {
        // Two names of one part with two values: the second stays unknown rather than lost.
        for name in *names {
            let slot = &mut place.parts[*part as usize];
            if slot.is_none() {
                *slot = reading.text(name).into_value().filter(|text| !text.trim().is_empty());
            } else if reading.peek(name).and_then(Value::as_str).is_some_and(|text| text.trim().is_empty()) {
                reading.raw(name);
            }
        }
    }
    let told = place.parts.iter().any(Option::is_some);
    (told.then_some(place), reading.rest())
}

/// The address as people know it.
pub(super) fn shown(place: Place) -> Address {
    let [recipient, street, number, complement, district, city, region, postal_code, country, phone] =
        place.parts;
    Address {
        key: place.id.unwrap_or_else(|| MAIN.to_owned()),
        is_default: true,
        recipient,
        street,
        number,
        complement,
        district,
        city,
        region,
        postal_code,
        country,
        phone,
        ..Address::default()
    }
}
