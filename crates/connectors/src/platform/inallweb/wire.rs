//! The shapes of the API as guide.inallweb.com/docs/stores/technical/customers prints them. Frozen: they change when that
//! page does. The page leaves the insides of orders and addresses open, so those are read by every usual name.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clientela_domain::{Presence, RemoteId};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::RejectedRecord;
use crate::reading::{Oddities, Reading, kind};

/// The base object, with what the answer for one customer adds.
pub(super) struct Customer {
    pub(super) id: RemoteId,
    pub(super) email: Presence<String>,
    pub(super) first_name: Presence<String>,
    pub(super) last_name: Presence<String>,
    /// Only in `top_customers` of the figures.
    pub(super) name: Presence<String>,
    pub(super) phone: Presence<String>,
    pub(super) is_active: Presence<bool>,
    pub(super) email_verified: Presence<bool>,
    pub(super) created_at: Presence<DateTime<Utc>>,
    pub(super) updated_at: Presence<DateTime<Utc>>,
    pub(super) role: Presence<String>,
    pub(super) segment: Presence<String>,
    pub(super) admin_notes: Presence<String>,
    pub(super) stats: Stats,
    pub(super) orders: Presence<Vec<Order>>,
    pub(super) addresses: Presence<Vec<Address>>,
    pub(super) rest: BTreeMap<String, Value>,
}

/// `stats` of the answer for one customer. Everything is absent where there are none.
#[derive(Default)]
pub(super) struct Stats {
    pub(super) total_orders: Presence<i64>,
    pub(super) total_spent: Presence<Decimal>,
    pub(super) avg_order_value: Presence<Decimal>,
    pub(super) first_order_date: Presence<DateTime<Utc>>,
    pub(super) last_order_date: Presence<DateTime<Utc>>,
}

pub(super) struct Order {
    pub(super) id: String,
    pub(super) number: Presence<String>,
    pub(super) status: Presence<String>,
    pub(super) total: Presence<Decimal>,
    pub(super) currency: Presence<String>,
    pub(super) items: Presence<i64>,
    pub(super) placed_at: Presence<DateTime<Utc>>,
}

pub(super) struct Address {
    pub(super) id: Presence<String>,
    pub(super) kind: Presence<String>,
    pub(super) is_default: Presence<bool>,
    pub(super) recipient: Presence<String>,
    pub(super) street: Presence<String>,
    pub(super) number: Presence<String>,
    pub(super) complement: Presence<String>,
    pub(super) district: Presence<String>,
    pub(super) city: Presence<String>,
    pub(super) region: Presence<String>,
    pub(super) postal_code: Presence<String>,
    pub(super) country: Presence<String>,
    pub(super) phone: Presence<String>,
}

/// The envelope of the list.
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    pub(super) total: Option<u64>,
    pub(super) page: Option<u64>,
    page_size: Option<u64>,
    pub(super) pages: Option<u64>,
}

/// `GET /api/customers/analytics/overview`.
pub(super) struct Overview {
    pub(super) total_customers: u64,
    pub(super) new_this_month: u64,
    pub(super) active_rate: Option<Decimal>,
    pub(super) segments: Map<String, Value>,
    pub(super) top_customers: Vec<Value>,
}

/// `GET /api/auth/me`.
pub(super) struct Me {
    pub(super) id: RemoteId,
    pub(super) role: Option<String>,
    /// Whose store it is, where the answer says so.
    pub(super) tenant: Option<String>,
}

impl Customer {
    pub(super) fn read(value: Value, oddities: &mut Oddities) -> Result<Self, RejectedRecord> {
        let mut reading = Reading::record(value, oddities)?;
        let id = reading.id("id")?;
        let mut rest = BTreeMap::new();
        let stats = match reading.object("stats") {
            Presence::Value(map) => Stats::read(map, reading.oddities(), &mut rest),
            // Figures that are told elsewhere carry them at the top.
            Presence::Absent | Presence::Null => Stats {
                total_orders: reading.whole("total_orders"),
                total_spent: reading.decimal("total_spent"),
                ..Stats::default()
            },
        };
        let orders = reading.list("orders").map(|list| {
            list.into_iter().filter_map(|entry| Order::read(entry, reading.oddities())).collect()
        });
        let addresses = reading.list("addresses").map(|list| {
            list.into_iter().filter_map(|entry| Address::read(entry, reading.oddities())).collect()
        });
        Ok(Self {
            id,
            email: reading.text("email"),
            first_name: reading.text("first_name"),
            last_name: reading.text("last_name"),
            name: reading.text("name"),
            phone: reading.text("phone"),
            is_active: reading.flag("is_active"),
            email_verified: reading.flag("email_verified"),
            created_at: reading.moment("created_at"),
            updated_at: reading.moment("updated_at"),
            role: reading.text("role"),
            segment: reading.text("segment"),
            admin_notes: reading.text("admin_notes"),
            stats,
            orders,
            addresses,
            rest: {
                rest.extend(reading.rest());
                rest
            },
        })
    }
}

impl Stats {
    fn read(map: Map<String, Value>, oddities: &mut Oddities, rest: &mut BTreeMap<String, Value>) -> Self {
        let mut reading = Reading::new(map, "stats.", oddities);
        let stats = Self {
            total_orders: reading.whole("total_orders"),
            total_spent: reading.decimal("total_spent"),
            avg_order_value: reading.decimal("avg_order_value"),
            first_order_date: reading.moment("first_order_date"),
            last_order_date: reading.moment("last_order_date"),
        };
        let left = reading.rest();
        if !left.is_empty() {
            rest.insert("stats".to_owned(), Value::Object(left.into_iter().collect()));
        }
        stats
    }
}

impl Order {
    fn read(entry: Value, oddities: &mut Oddities) -> Option<Self> {
        let mut reading = entry_of(entry, "orders", "orders.", oddities)?;
        let items = match reading.peek("items") {
            Some(Value::Array(list)) => Presence::Value(pieces(list)),
            _ => either(&mut reading, &["items_count", "items", "item_count", "quantity"], |r, key| {
                r.whole(key)
            }),
        };
        Some(Self {
            id: text_of(&mut reading, &["id", "order_id", "uuid"]).into_value()?,
            number: text_of(&mut reading, &["order_number", "number", "code", "reference"]),
            status: text_of(&mut reading, &["status", "state"]),
            total: either(
                &mut reading,
                &["total", "total_amount", "grand_total", "amount", "total_spent"],
                |r, key| r.decimal(key),
            ),
            currency: text_of(&mut reading, &["currency", "currency_code"]),
            items,
            placed_at: either(
                &mut reading,
                &["created_at", "placed_at", "ordered_at", "order_date", "date"],
                |r, key| r.moment(key),
            ),
        })
    }
}

impl Address {
    fn read(entry: Value, oddities: &mut Oddities) -> Option<Self> {
        let mut reading = entry_of(entry, "addresses", "addresses.", oddities)?;
        Some(Self {
            id: text_of(&mut reading, &["id", "address_id", "uuid"]),
            kind: text_of(&mut reading, &["type", "kind", "address_type"]),
            is_default: either(&mut reading, &["is_default", "default", "main"], |r, key| r.flag(key)),
            recipient: text_of(&mut reading, &["recipient", "full_name", "name", "receiver"]),
            street: text_of(
                &mut reading,
                &["street", "address_line1", "address_line_1", "line1", "address1", "address"],
            ),
            number: text_of(&mut reading, &["number", "street_number", "house_number"]),
            complement: text_of(
                &mut reading,
                &["complement", "address_line2", "address_line_2", "line2", "address2", "floor"],
            ),
            district: text_of(&mut reading, &["district", "neighborhood", "locality"]),
            city: text_of(&mut reading, &["city", "town"]),
            region: text_of(&mut reading, &["region", "state", "province", "county"]),
            postal_code: text_of(&mut reading, &["postal_code", "zip_code", "zipcode", "zip", "postcode"]),
            country: text_of(&mut reading, &["country_code", "country"]),
            phone: text_of(&mut reading, &["phone", "phone_number"]),
        })
    }
}

impl Page {
    /// # Errors
    /// What is wrong with the envelope, without values.
    pub(super) fn read(value: Value) -> Result<Self, String> {
        let Value::Object(mut map) = value else {
            return Err(format!("the list is {}, not an object", kind(&value)));
        };
        let items = match map.swap_remove("items") {
            Some(Value::Array(items)) => items,
            Some(other) => return Err(format!("items is {}, not a list", kind(&other))),
            None => return Err("items is missing".to_owned()),
        };
        Ok(Self {
            items,
            total: count(&map, "total"),
            page: count(&map, "page"),
            page_size: count(&map, "page_size"),
            pages: count(&map, "pages"),
        })
    }

    /// The size that the store says its pages have.
    pub(super) fn given_size(&self) -> Option<u32> {
        self.page_size.and_then(|size| u32::try_from(size).ok()).filter(|size| *size >= 1)
    }
}

impl Overview {
    pub(super) fn read(value: Value, oddities: &mut Oddities) -> Result<Self, String> {
        let Value::Object(map) = value else {
            return Err(format!("the figures are {}, not an object", kind(&value)));
        };
        let total_customers = count(&map, "total_customers").ok_or("total_customers is missing")?;
        let new_this_month = count(&map, "new_this_month").unwrap_or_default();
        let mut reading = Reading::new(map, "", oddities);
        Ok(Self {
            total_customers,
            new_this_month,
            active_rate: reading.decimal("active_rate").into_value(),
            segments: reading.object("segments").into_value().unwrap_or_default(),
            top_customers: reading.list("top_customers").into_value().unwrap_or_default(),
        })
    }
}

impl Me {
    pub(super) fn read(value: Value) -> Result<Self, String> {
        let mut oddities = Oddities::default();
        let mut reading = Reading::record(value, &mut oddities).map_err(|rejected| rejected.reason)?;
        let id = reading.id("id").map_err(|rejected| rejected.reason)?;
        let role = reading.text("role").into_value();
        let tenant =
            text_of(&mut reading, &["tenant_id", "tenant", "store_id", "store", "tenant_slug", "store_slug"])
                .into_value();
        Ok(Self { id, role, tenant })
    }
}

/// A number of things, also as text; nothing where it is something else.
pub(super) fn count(map: &Map<String, Value>, key: &str) -> Option<u64> {
    match map.get(key)? {
        Value::Number(number) => number.as_str().parse().ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// An entry of a list inside a record. What is no object is noted and left out.
fn entry_of<'a>(
    entry: Value,
    key: &'static str,
    within: &'static str,
    oddities: &'a mut Oddities,
) -> Option<Reading<'a>> {
    match entry {
        Value::Object(map) => Some(Reading::new(map, within, oddities)),
        other => {
            oddities.note("", key, "a list of objects", kind(&other));
            None
        }
    }
}

/// The first of several names that is there.
fn either<T>(
    reading: &mut Reading<'_>,
    keys: &[&'static str],
    take: impl Fn(&mut Reading<'_>, &str) -> Presence<T>,
) -> Presence<T> {
    let key = keys.iter().find(|key| reading.peek(key).is_some_and(|value| !value.is_null()));
    match key.or_else(|| keys.iter().find(|key| reading.peek(key).is_some())) {
        Some(key) => take(reading, key),
        None => Presence::Absent,
    }
}

fn text_of(reading: &mut Reading<'_>, keys: &[&'static str]) -> Presence<String> {
    either(reading, keys, |reading, key| reading.text(key))
}

/// Pieces in a list of order lines.
fn pieces(lines: &[Value]) -> i64 {
    let pieces = |line: &Value| match line.get("quantity") {
        Some(Value::Number(number)) => number.as_str().parse().unwrap_or(1),
        Some(Value::String(text)) => text.trim().parse().unwrap_or(1),
        _ => 1,
    };
    lines.iter().map(pieces).fold(0, i64::saturating_add)
}
