//! The shapes of the API as docs.yampi.com.br prints them, with what clients report of real answers: relations wrapped in `data`
//! or bare, flags as numbers, numbers as texts, and `data` as a list of one (github.com/Eduardo-Orsi/yampi-mcp,
//! github.com/LucasDuarte026/message_integration_YAMPI). Frozen: they change when those pages do.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use clientela_domain::{Presence, RemoteId};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::envelope::{count, unwrapped};
use crate::RejectedRecord;
use crate::reading::{Oddities, Reading, kind};

/// Keys of a customer that nobody here may have: the first two open the customer's account at the shop, the others follow
/// people around. They are dropped wherever they stand.
pub(super) const NEVER_KEPT: &[&str] = &["token", "login_url", "ip", "social_id"];

/// Keys of a customer that are the store's to say, or have requests of their own. They are not sent back.
pub(super) const READ_ONLY: &[&str] = &[
    "id",
    "merchant_id",
    "marketplace_id",
    "name",
    "generic_name",
    "spreadsheet",
    "social_driver",
    "utm_source",
    "utm_campaign",
    "anonymized",
    "created_at",
    "updated_at",
    "addresses",
    "orders",
    "carts",
    "cluster",
    "deletion_request",
    ADDRESS_REST,
];

/// Where keys of addresses that nothing here knows wait among the unknown keys of the record, by address.
pub(super) const ADDRESS_REST: &str = "addresses: unknown";
/// The cluster stays among the unknown keys: it has to be sent back, and its name is told elsewhere.
pub(super) const CLUSTER: &str = "cluster_id";

/// Own fields that are texts of the record itself.
const OWN_TEXTS: &[&str] =
    &["type", "state_registration", "generic_name", "utm_source", "utm_campaign", "social_driver"];
/// Own fields of the derived block.
const DERIVED_TEXTS: &[&str] =
    &["purchased_brands", "purchased_categories", "brands", "categories", "city", "uf"];
/// Keys of the derived block that only repeat an address and the phone.
const DERIVED_AGAIN: &[&str] = &["street", "number", "neighborhood", "complement"];

pub(super) struct Customer {
    pub(super) id: RemoteId,
    pub(super) name: Presence<String>,
    pub(super) first_name: Presence<String>,
    pub(super) last_name: Presence<String>,
    pub(super) email: Presence<String>,
    pub(super) phone: Presence<String>,
    pub(super) cpf: Presence<String>,
    pub(super) cnpj: Presence<String>,
    pub(super) razao_social: Presence<String>,
    pub(super) notes: Presence<String>,
    pub(super) active: Presence<bool>,
    pub(super) newsletter: Presence<bool>,
    pub(super) whatsapp: Presence<bool>,
    pub(super) anonymized: bool,
    pub(super) birthday: Presence<NaiveDate>,
    pub(super) created_at: Presence<DateTime<Utc>>,
    pub(super) updated_at: Presence<DateTime<Utc>>,
    pub(super) last_order_at: Presence<DateTime<Utc>>,
    pub(super) last_order_value: Presence<Decimal>,
    pub(super) addresses: Presence<Vec<Address>>,
    /// Texts under their own keys.
    pub(super) own: BTreeMap<&'static str, Presence<String>>,
    pub(super) rest: BTreeMap<String, Value>,
}

pub(super) struct Address {
    pub(super) id: String,
    pub(super) receiver: Presence<String>,
    pub(super) zip_code: Presence<String>,
    pub(super) street: Presence<String>,
    pub(super) number: Presence<String>,
    pub(super) neighborhood: Presence<String>,
    pub(super) complement: Presence<String>,
    pub(super) city: Presence<String>,
    pub(super) uf: Presence<String>,
    rest: BTreeMap<String, Value>,
}

/// An order, of `GET /{alias}/orders`.
pub(super) struct Order {
    pub(super) id: RemoteId,
    /// Whose it is, where it says so.
    pub(super) customer: Option<String>,
    pub(super) number: Presence<String>,
    pub(super) status: Option<String>,
    pub(super) total: Presence<Decimal>,
    pub(super) created_at: Presence<DateTime<Utc>>,
    pub(super) items: Option<i64>,
}

pub(super) struct Cluster {
    pub(super) id: String,
    pub(super) name: String,
}

impl Customer {
    pub(super) fn read(value: Value, oddities: &mut Oddities) -> Result<Self, RejectedRecord> {
        let mut reading = Reading::record(value, oddities)?;
        for key in NEVER_KEPT {
            reading.raw(key);
        }
        let id = reading.id("id")?;
        let mut waiting = BTreeMap::new();
        let derived = Derived::read(&mut reading, &mut waiting);
        let phone = match phone(&mut reading, &mut waiting) {
            Presence::Absent => derived.phone,
            told => told,
        };
        let addresses = addresses(&mut reading, &mut waiting);
        if reading.peek("birthday").and_then(Value::as_str).is_some_and(|day| day.starts_with("0000-00-00")) {
            // How MySQL writes no day at all.
            reading.raw("birthday");
        }
        let mut own = derived.own;
        own.extend(OWN_TEXTS.iter().map(|key| (*key, reading.text(key))));
        Ok(Self {
            id,
            name: reading.text("name"),
            first_name: reading.text("first_name"),
            last_name: reading.text("last_name"),
            email: reading.text("email"),
            phone,
            cpf: reading.text("cpf"),
            cnpj: reading.text("cnpj"),
            razao_social: reading.text("razao_social"),
            notes: reading.text("notes"),
            active: reading.flag("active"),
            newsletter: reading.flag("newsletter"),
            whatsapp: reading.flag("whatsapp"),
            // Anything but a clear no is taken for a yes: an erased person must not be written to.
            anonymized: match reading.peek("anonymized") {
                None | Some(Value::Null) => false,
                Some(Value::String(text)) if text.trim().is_empty() => false,
                Some(_) => reading.flag("anonymized") != Presence::Value(false),
            },
            birthday: reading.day("birthday"),
            created_at: reading.moment("created_at"),
            updated_at: reading.moment("updated_at"),
            last_order_at: derived.last_order_at,
            last_order_value: derived.last_order_value,
            addresses,
            own,
            rest: {
                waiting.extend(reading.rest());
                waiting.into_iter().map(|(key, value)| (key, without_secrets(value))).collect()
            },
        })
    }
}

/// What the store derives from orders and the main address: `spreadsheet`.
#[derive(Default)]
struct Derived {
    phone: Presence<String>,
    last_order_at: Presence<DateTime<Utc>>,
    last_order_value: Presence<Decimal>,
    own: BTreeMap<&'static str, Presence<String>>,
}

impl Derived {
    fn read(reading: &mut Reading<'_>, waiting: &mut BTreeMap<String, Value>) -> Self {
        let map = match reading.raw("spreadsheet").map(unwrapped) {
            Some(Value::Object(map)) => map,
            None | Some(Value::Null | Value::Array(_)) => return Self::default(),
            Some(other) => {
                reading.oddities().note("", "spreadsheet", "an object", kind(&other));
                return Self::default();
            }
        };
        let mut block = Reading::new(map, "spreadsheet.", reading.oddities());
        for key in DERIVED_AGAIN {
            block.raw(key);
        }
        let [code, number, whole] = ["phone_code", "phone_number", "phone"]
            .map(|key| block.text(key).into_value().map(|text| text.trim().to_owned()).unwrap_or_default());
        let parts = format!("{code}{number}");
        let phone = if number.is_empty() { whole } else { parts };
        let derived = Self {
            phone: if phone.is_empty() { Presence::Absent } else { Presence::Value(phone) },
            last_order_at: block.moment("last_order_date"),
            last_order_value: block.decimal("last_order_value"),
            own: DERIVED_TEXTS.iter().map(|key| (*key, block.text(key))).collect(),
        };
        let left = block.rest();
        if !left.is_empty() {
            waiting.insert("spreadsheet".to_owned(), Value::Object(left.into_iter().collect()));
        }
        derived
    }
}

/// The number, out of an object of its parts or as a text. Clients read `full_number` first and `formated_number` next
/// (github.com/AlefNatan/yampi-operational-agent).
fn phone(reading: &mut Reading<'_>, waiting: &mut BTreeMap<String, Value>) -> Presence<String> {
    let Some(value) = reading.raw("phone") else { return Presence::Absent };
    match unwrapped(value) {
        Value::Null => Presence::Null,
        Value::Array(list) if list.is_empty() => Presence::Null,
        Value::String(text) => Presence::Value(text),
        Value::Number(number) => Presence::Value(number.as_str().to_owned()),
        Value::Object(map) => {
            let mut parts = Reading::new(map, "phone.", reading.oddities());
            let mut part = |key: &str| parts.text(key).into_value().filter(|text| !text.trim().is_empty());
            let number = part("number");
            let whole = part("full_number").or_else(|| part("formated_number"));
            whole
                .or_else(|| Some(part("area_code").unwrap_or_default() + &number.unwrap_or_default()))
                .filter(|text| !text.is_empty())
                .into()
        }
        other => {
            reading.oddities().note("", "phone", "an object or a text", kind(&other));
            waiting.insert("phone".to_owned(), other);
            Presence::Absent
        }
    }
}

/// The addresses where the answer includes them. Null says nothing: it is also what a relation is that was not included.
fn addresses(reading: &mut Reading<'_>, waiting: &mut BTreeMap<String, Value>) -> Presence<Vec<Address>> {
    let list = match reading.raw("addresses").map(unwrapped) {
        Some(Value::Array(list)) => list,
        Some(Value::Object(map)) if map.contains_key("id") => vec![Value::Object(map)],
        Some(Value::Object(map)) => map.into_iter().map(|(_, entry)| entry).collect(),
        None | Some(Value::Null) => return Presence::Absent,
        Some(other) => {
            reading.oddities().note("", "addresses", "a list", kind(&other));
            return Presence::Absent;
        }
    };
    let mut known = Vec::with_capacity(list.len());
    for entry in list {
        match Address::read(entry, reading.oddities()) {
            Some(address) => known.push(address),
            // Half a list would look like a whole one.
            None => return Presence::Absent,
        }
    }
    let unknown = address_rest(&known);
    if !unknown.is_empty() {
        waiting.insert(ADDRESS_REST.to_owned(), Value::Object(unknown));
    }
    Presence::Value(known)
}

/// The keys of these addresses that nothing here knows, by address.
pub(super) fn address_rest(addresses: &[Address]) -> Map<String, Value> {
    let told = addresses.iter().filter(|address| !address.rest.is_empty());
    told.map(|address| (address.id.clone(), Value::Object(address.rest.clone().into_iter().collect())))
        .collect()
}

impl Address {
    /// Nothing when the entry is no address.
    pub(super) fn read(entry: Value, oddities: &mut Oddities) -> Option<Self> {
        let Value::Object(mut map) = entry else {
            oddities.note("", "addresses", "a list of objects", kind(&entry));
            return None;
        };
        let id = match map.swap_remove("id") {
            Some(Value::Number(number)) => number.as_str().to_owned(),
            Some(Value::String(text)) if !text.trim().is_empty() => text.trim().to_owned(),
            _ => {
                oddities.note("addresses.", "id", "a whole number", "something else");
                return None;
            }
        };
        for said in ["customer_id", "full_address", "created_at", "updated_at"] {
            map.swap_remove(said);
        }
        let mut reading = Reading::new(map, "addresses.", oddities);
        // Other things of the same platform spell it in one word.
        let zip_code = match reading.text("zip_code") {
            Presence::Absent | Presence::Null => reading.text("zipcode"),
            told => {
                reading.raw("zipcode");
                told
            }
        };
        Some(Self {
            id,
            receiver: reading.text("receiver"),
            zip_code,
            street: reading.text("street"),
            number: reading.text("number"),
            neighborhood: reading.text("neighborhood"),
            complement: reading.text("complement"),
            city: reading.text("city"),
            uf: reading.text("uf"),
            rest: reading.rest().into_iter().map(|(key, value)| (key, without_secrets(value))).collect(),
        })
    }
}

impl Order {
    pub(super) fn read(value: Value, oddities: &mut Oddities) -> Result<Self, RejectedRecord> {
        let mut reading = Reading::record(value, oddities)?;
        let id = reading.id("id")?;
        let customer = reading.text("customer_id").into_value();
        let status = match reading.raw("status").map(unwrapped) {
            Some(Value::Object(map)) => ["alias", "name"]
                .iter()
                .find_map(|key| map.get(*key)?.as_str().filter(|word| !word.is_empty()).map(str::to_owned)),
            Some(Value::String(word)) => Some(word),
            _ => None,
        };
        let cancelled = reading.flag("cancelled") == Presence::Value(true);
        let items = match reading.raw("items").map(unwrapped) {
            Some(Value::Array(lines)) => Some(lines.iter().map(pieces).fold(0, i64::saturating_add)),
            _ => None,
        };
        Ok(Self {
            id,
            customer,
            number: reading.text("number"),
            status: status.or_else(|| cancelled.then(|| "cancelled".to_owned())),
            total: reading.decimal("value_total"),
            created_at: reading.moment("created_at"),
            items,
        })
    }
}

impl Cluster {
    /// Nothing when it has no id or no name: then nobody could be told to be in it.
    pub(super) fn read(value: Value, oddities: &mut Oddities) -> Option<Self> {
        let mut reading = Reading::record(value, oddities).ok()?;
        let id = reading.id("id").ok()?.as_str().to_owned();
        let name = reading.text("name").into_value()?.trim().to_owned();
        (!name.is_empty()).then_some(Self { id, name })
    }
}

fn without_secrets(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(key, _)| !NEVER_KEPT.contains(&key.as_str()))
            .map(|(key, value)| (key, without_secrets(value)))
            .collect(),
        Value::Array(list) => list.into_iter().map(without_secrets).collect(),
        other => other,
    }
}

/// The quantity of an order line.
fn pieces(line: &Value) -> i64 {
    line.get("quantity").and_then(count).and_then(|quantity| i64::try_from(quantity).ok()).unwrap_or(1)
}
