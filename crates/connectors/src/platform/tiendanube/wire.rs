//! The shapes of the API as github.com/TiendaNube/api-docs/blob/master/resources/customer.md prints them, with the keys that
//! later answers have on top. Frozen: they change when those pages do.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clientela_domain::{Presence, RemoteId};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::RejectedRecord;
use crate::reading::{Oddities, Reading, kind, moment};

/// Keys of a customer that the API takes in a change.
pub(super) const WRITABLE: &[&str] =
    &["name", "email", "phone", "identification", "note", "addresses", "extra"];

/// Keys of a customer that are the store's to say. The document sends them back in its example; none of them is taken.
pub(super) const READ_ONLY: &[&str] = &[
    "id",
    "created_at",
    "updated_at",
    "total_spent",
    "total_spent_currency",
    "last_order_id",
    "default_address",
    "active",
    "accepts_marketing",
    "accepts_marketing_updated_at",
    "first_interaction",
];

/// The parts of the billing address, by their key and the key of the same part in other addresses.
pub(super) const BILLING: &[(&str, &str)] = &[
    ("billing_name", "name"),
    ("billing_address", "address"),
    ("billing_number", "number"),
    ("billing_floor", "floor"),
    ("billing_locality", "locality"),
    ("billing_city", "city"),
    ("billing_province", "province"),
    ("billing_zipcode", "zipcode"),
    ("billing_country", "country"),
    ("billing_phone", "phone"),
];

/// Where keys of addresses that nothing here knows wait among the unknown keys of the record, by address.
pub(super) const ADDRESS_REST: &str = "addresses: unknown";
/// Where values of `extra` that are no text wait.
pub(super) const EXTRA_REST: &str = "extra: unknown";

pub(super) struct Customer {
    pub(super) id: RemoteId,
    pub(super) name: Presence<String>,
    pub(super) email: Presence<String>,
    pub(super) phone: Presence<String>,
    pub(super) identification: Presence<String>,
    pub(super) note: Presence<String>,
    pub(super) addresses: Presence<Vec<Address>>,
    /// Absent where none of its keys is there.
    pub(super) billing: Presence<Place>,
    pub(super) extra: Presence<BTreeMap<String, String>>,
    pub(super) total_spent: Presence<Decimal>,
    pub(super) total_spent_currency: Presence<String>,
    pub(super) last_order: LastOrder,
    pub(super) active: Presence<bool>,
    pub(super) accepts_marketing: Presence<bool>,
    pub(super) created_at: Presence<DateTime<Utc>>,
    pub(super) updated_at: Presence<DateTime<Utc>>,
    pub(super) document_type: Option<String>,
    pub(super) company: Presence<String>,
    pub(super) rest: BTreeMap<String, Value>,
}

/// What `last_order_id` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastOrder {
    Unknown,
    /// Null: this customer never ordered.
    Never,
    Some,
}

pub(super) struct Address {
    pub(super) id: String,
    pub(super) default: bool,
    pub(super) place: Place,
    pub(super) rest: BTreeMap<String, Value>,
}

/// The parts that shipping and billing addresses share. Empty texts and nulls are nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) name: Option<String>,
    pub(super) address: Option<String>,
    pub(super) number: Option<String>,
    pub(super) floor: Option<String>,
    pub(super) locality: Option<String>,
    pub(super) city: Option<String>,
    pub(super) province: Option<String>,
    pub(super) zipcode: Option<String>,
    pub(super) country: Option<String>,
    pub(super) phone: Option<String>,
}

/// An order, of `GET /orders` (resources/order.md).
pub(super) struct Order {
    pub(super) id: RemoteId,
    pub(super) number: Presence<String>,
    pub(super) status: Presence<String>,
    pub(super) payment_status: Presence<String>,
    pub(super) total: Presence<Decimal>,
    pub(super) currency: Presence<String>,
    pub(super) created_at: Presence<DateTime<Utc>>,
    pub(super) items: Option<i64>,
}

impl Customer {
    pub(super) fn read(value: Value, oddities: &mut Oddities) -> Result<Self, RejectedRecord> {
        let mut reading = Reading::record(value, oddities)?;
        let id = reading.id("id")?;
        let mut waiting = BTreeMap::new();
        let addresses = reading.list("addresses").map(|list| {
            let mut addresses = Vec::with_capacity(list.len());
            let mut unread = Vec::new();
            for entry in list {
                match Address::read(entry, reading.oddities()) {
                    Ok(address) => addresses.push(address),
                    Err(entry) => unread.push(entry),
                }
            }
            if !unread.is_empty() {
                waiting.insert("addresses".to_owned(), Value::Array(unread));
            }
            let unknown: Map<String, Value> = addresses
                .iter()
                .filter(|address| !address.rest.is_empty())
                .map(|address| {
                    (address.id.clone(), Value::Object(address.rest.clone().into_iter().collect()))
                })
                .collect();
            if !unknown.is_empty() {
                waiting.insert(ADDRESS_REST.to_owned(), Value::Object(unknown));
            }
            addresses
        });
        // Without the list the billing keys stay where they are: half a set of addresses would look like a whole one.
        let told = addresses.value().is_some() && BILLING.iter().any(|(key, _)| reading.peek(key).is_some());
        let billing = if told { Presence::Value(Place::billing(&mut reading)) } else { Presence::Absent };
        let extra = reading.object("extra").map(|map| {
            let (texts, others) = texts_of(map);
            if !others.is_empty() {
                waiting.insert(EXTRA_REST.to_owned(), Value::Object(others));
            }
            texts
        });
        // One of the addresses again.
        reading.raw("default_address");
        let last_order = match reading.peek("last_order_id") {
            None => LastOrder::Unknown,
            Some(Value::Null) => LastOrder::Never,
            Some(_) => LastOrder::Some,
        };
        let peeked = |reading: &Reading<'_>, key: &str| {
            reading
                .peek(key)
                .and_then(Value::as_str)
                .filter(|text| !text.trim().is_empty())
                .map(str::to_owned)
        };
        let company = match peeked(&reading, "business_name").or_else(|| peeked(&reading, "trade_name")) {
            Some(name) => Presence::Value(name),
            None if reading.has_any(&["business_name", "trade_name"]) => Presence::Null,
            None => Presence::Absent,
        };
        Ok(Self {
            id,
            name: reading.text("name"),
            email: reading.text("email"),
            phone: reading.text("phone"),
            identification: reading.text("identification"),
            note: reading.text("note"),
            addresses,
            billing,
            extra,
            total_spent: reading.decimal("total_spent"),
            total_spent_currency: reading.text("total_spent_currency"),
            last_order,
            active: reading.flag("active"),
            accepts_marketing: reading.flag("accepts_marketing"),
            created_at: reading.moment("created_at"),
            updated_at: reading.moment("updated_at"),
            document_type: peeked(&reading, "document_type"),
            company,
            rest: {
                waiting.extend(reading.rest());
                waiting
            },
        })
    }
}

impl Address {
    /// Gives the entry back when it is no address.
    fn read(entry: Value, oddities: &mut Oddities) -> Result<Self, Value> {
        let id = match entry.get("id") {
            Some(Value::Number(number)) => number.as_str().to_owned(),
            Some(Value::String(text)) if !text.trim().is_empty() => text.trim().to_owned(),
            _ => {
                oddities.note("", "addresses", "a list of objects with id", kind(&entry));
                return Err(entry);
            }
        };
        let mut map = match entry {
            Value::Object(map) => map,
            other => return Err(other),
        };
        for said in ["id", "created_at", "updated_at"] {
            map.swap_remove(said);
        }
        let mut reading = Reading::new(map, "addresses.", oddities);
        let default = reading.flag("default").into_value().unwrap_or_default();
        let place = Place::read(&mut reading, |_, key| key);
        Ok(Self { id, default, place, rest: reading.rest() })
    }
}

impl Place {
    fn billing(reading: &mut Reading<'_>) -> Self {
        Self::read(reading, |billing, _| billing)
    }

    fn read(reading: &mut Reading<'_>, key: impl Fn(&'static str, &'static str) -> &'static str) -> Self {
        let mut place = Self::default();
        for (billing, shipping) in BILLING {
            let text = reading.text(key(billing, shipping)).into_value().filter(|text| !text.is_empty());
            *place.part(shipping) = text;
        }
        place
    }

    fn part(&mut self, key: &str) -> &mut Option<String> {
        match key {
            "name" => &mut self.name,
            "address" => &mut self.address,
            "number" => &mut self.number,
            "floor" => &mut self.floor,
            "locality" => &mut self.locality,
            "city" => &mut self.city,
            "province" => &mut self.province,
            "zipcode" => &mut self.zipcode,
            "country" => &mut self.country,
            _ => &mut self.phone,
        }
    }
}

impl Order {
    pub(super) fn read(value: Value, oddities: &mut Oddities) -> Result<Self, RejectedRecord> {
        let mut reading = Reading::record(value, oddities)?;
        let id = reading.id("id")?;
        // Completed orders have a date object of PHP; when it was placed is always told as text.
        let created_at = match reading.moment("created_at") {
            Presence::Value(moment) => Presence::Value(moment),
            other => reading.peek("completed_at").and_then(moment).map_or(other, Presence::Value),
        };
        let items = reading
            .list("products")
            .value()
            .map(|lines| lines.iter().map(pieces).fold(0, i64::saturating_add));
        Ok(Self {
            id,
            number: reading.text("number"),
            status: reading.text("status"),
            payment_status: reading.text("payment_status"),
            total: reading.decimal("total"),
            currency: reading.text("currency"),
            created_at,
            items,
        })
    }
}

/// The quantity of an order line, which some answers write as text.
fn pieces(line: &Value) -> i64 {
    match line.get("quantity") {
        Some(Value::Number(number)) => number.as_str().parse().unwrap_or(1),
        Some(Value::String(text)) => text.trim().parse().unwrap_or(1),
        _ => 1,
    }
}

/// The texts of a map, numbers and flags as they are written, and apart from them what is no text at all.
fn texts_of(map: Map<String, Value>) -> (BTreeMap<String, String>, Map<String, Value>) {
    let mut texts = BTreeMap::new();
    let mut others = Map::new();
    for (key, value) in map {
        match value {
            Value::Null => {}
            Value::String(text) => drop(texts.insert(key, text)),
            Value::Number(number) => drop(texts.insert(key, number.as_str().to_owned())),
            Value::Bool(flag) => drop(texts.insert(key, flag.to_string())),
            other => drop(others.insert(key, other)),
        }
    }
    (texts, others)
}
