//! The shapes of the API as api.uappi.store/docs/customer/account prints them. Frozen: they change when that page does. The page
//! has lost the dates of its examples but for their ends, so those are read in every usual spelling.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use clientela_domain::{Presence, RemoteId};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::RejectedRecord;
use crate::reading::{Oddities, Reading, kind};

/// Where keys of addresses that nothing here knows wait among the unknown keys of the record, by address.
pub(super) const ADDRESS_REST: &str = "addresses: unknown";
/// The same for the last order.
pub(super) const ORDER_REST: &str = "lastOrder: unknown";

/// The signed-in customer.
pub(super) struct Customer {
    pub(super) id: RemoteId,
    pub(super) email: Presence<String>,
    pub(super) name_corporate_name: Presence<String>,
    pub(super) trade_name: Presence<String>,
    pub(super) is_corporate: Presence<bool>,
    pub(super) gender: Presence<String>,
    pub(super) nationality: Presence<String>,
    pub(super) birthdate: Presence<NaiveDate>,
    pub(super) phone: Presence<String>,
    pub(super) wallet_amount: Presence<Decimal>,
    pub(super) point_system_amount: Presence<Decimal>,
    pub(super) order_quantity: Presence<i64>,
    pub(super) cancelled_order_quantity: Presence<i64>,
    pub(super) order_value: Presence<Decimal>,
    pub(super) last_order: Presence<LastOrder>,
    pub(super) sales_channel_id: Presence<String>,
    pub(super) trade_policy_id: Presence<String>,
    pub(super) dealer_group_id: Presence<String>,
    pub(super) origin: Presence<String>,
    pub(super) created_at: Presence<DateTime<Utc>>,
    pub(super) active: Presence<bool>,
    pub(super) deleted: Presence<bool>,
    pub(super) masked: Presence<bool>,
    pub(super) addresses: Presence<Vec<Address>>,
    pub(super) documents: Presence<Vec<Document>>,
    pub(super) flags: Flags,
    pub(super) rest: BTreeMap<String, Value>,
}

pub(super) struct LastOrder {
    pub(super) id: Presence<String>,
    pub(super) code: Presence<String>,
    pub(super) currency: Presence<String>,
    pub(super) created_at: Presence<DateTime<Utc>>,
    pub(super) masked: bool,
    pub(super) total: Presence<Decimal>,
}

pub(super) struct Address {
    pub(super) key: String,
    pub(super) main: Presence<bool>,
    pub(super) zip_code: Presence<String>,
    pub(super) street: Presence<String>,
    pub(super) number: Presence<String>,
    pub(super) complement: Presence<String>,
    pub(super) district: Presence<String>,
    pub(super) city: Presence<String>,
    pub(super) state: Presence<String>,
    pub(super) state_code: Presence<String>,
    pub(super) country_code: Presence<String>,
    pub(super) recipient: Presence<String>,
}

pub(super) struct Document {
    pub(super) kind: Presence<String>,
    pub(super) number: String,
}

/// What the customer wants to be told. All of it is absent where `flags` is null: masked answers and answers to changes are.
#[derive(Default)]
pub(super) struct Flags {
    pub(super) promotional_email: Presence<bool>,
    pub(super) promotional_sms: Presence<bool>,
    pub(super) order_email: Presence<bool>,
    pub(super) order_sms: Presence<bool>,
}

impl Customer {
    pub(super) fn read(value: Value, oddities: &mut Oddities) -> Result<Self, RejectedRecord> {
        let mut reading = Reading::record(value, oddities)?;
        let id = reading.id("id")?;
        let mut rest = BTreeMap::new();
        let last_order =
            reading.object("lastOrder").map(|map| LastOrder::read(map, reading.oddities(), &mut rest));
        let addresses =
            reading.list("addresses").map(|list| Address::read_all(list, reading.oddities(), &mut rest));
        let documents = reading.list("documents").map(|list| {
            list.into_iter().filter_map(|entry| Document::read(entry, reading.oddities())).collect()
        });
        let flags = match reading.object("flags") {
            Presence::Value(map) => Flags::read(map, reading.oddities(), &mut rest),
            Presence::Absent | Presence::Null => Flags::default(),
        };
        Ok(Self {
            id,
            email: reading.text("email"),
            name_corporate_name: reading.text("nameCorporateName"),
            trade_name: reading.text("tradeName"),
            is_corporate: reading.flag("isCorporate"),
            gender: reading.text("gender"),
            nationality: reading.text("nationality"),
            birthdate: reading.day("birthdate"),
            phone: reading.text("phone"),
            wallet_amount: reading.decimal("walletAmount"),
            point_system_amount: reading.decimal("pointSystemAmount"),
            // A store may answer a number under the name by which it is asked for.
            order_quantity: either(&mut reading, ["orderQuantity", "totalOrderQuantity"], |reading, key| {
                reading.whole(key)
            }),
            cancelled_order_quantity: reading.whole("cancelledOrderQuantity"),
            // Not `totalOrderValue`: the page calls that the balance of the wallet.
            order_value: reading.decimal("orderValue"),
            last_order,
            sales_channel_id: reading.text("salesChannelId"),
            trade_policy_id: reading.text("tradePolicyId"),
            dealer_group_id: reading.text("dealerGroupId"),
            origin: reading.text("origin"),
            created_at: reading.moment("createdAt"),
            active: reading.flag("active"),
            deleted: reading.flag("deleted"),
            masked: reading.flag("masked"),
            addresses,
            documents,
            flags,
            rest: {
                rest.extend(reading.rest());
                rest
            },
        })
    }
}

impl LastOrder {
    fn read(map: Map<String, Value>, oddities: &mut Oddities, rest: &mut BTreeMap<String, Value>) -> Self {
        let mut reading = Reading::new(map, "lastOrder.", oddities);
        let mut more = Map::new();
        let total = match reading.object("values") {
            Presence::Value(map) => {
                let mut values = Reading::new(map, "lastOrder.values.", reading.oddities());
                let total = values.decimal("totalValue");
                more.extend(values.rest());
                total
            }
            Presence::Absent | Presence::Null => Presence::Absent,
        };
        let created_at = match reading.moment("createdAt") {
            Presence::Value(moment) => Presence::Value(moment),
            _ => match reading.peek("issuedAt") {
                Some(_) => reading.moment("issuedAt"),
                None => Presence::Absent,
            },
        };
        let order = Self {
            id: reading.text("id"),
            code: reading.text("code"),
            currency: reading.text("currency"),
            created_at,
            masked: reading.flag("masked").value().copied().unwrap_or_default(),
            total,
        };
        let mut left: Map<String, Value> = reading.rest().into_iter().collect();
        if !more.is_empty() {
            left.insert("values".to_owned(), Value::Object(more));
        }
        if !left.is_empty() {
            rest.insert(ORDER_REST.to_owned(), Value::Object(left));
        }
        order
    }
}

impl Address {
    fn read_all(list: Vec<Value>, oddities: &mut Oddities, rest: &mut BTreeMap<String, Value>) -> Vec<Self> {
        let mut unknown = Map::new();
        let mut addresses = Vec::new();
        for (place, entry) in list.into_iter().enumerate() {
            let Some(mut reading) = entry_of(entry, "addresses", "addresses.", oddities) else { continue };
            // Without an id the place in the list is as good, since addresses are only read here.
            let key = reading.text("id").into_value().filter(|id| !id.trim().is_empty());
            let state = reading.text("state");
            let is_named = state.value().is_some_and(|name| !name.trim().is_empty());
            let address = Self {
                key: key.unwrap_or_else(|| format!("at-{}", place + 1)),
                main: reading.flag("main"),
                zip_code: reading.text("zipCode"),
                street: reading.text("street"),
                number: reading.text("number"),
                complement: reading.text("complement"),
                district: reading.text("district"),
                city: reading.text("city"),
                // Beside the name the code is left among the keys that nothing needs.
                state_code: if is_named { Presence::Absent } else { reading.text("stateCode") },
                state,
                country_code: reading.text("countryCode"),
                recipient: reading.text("recipient"),
            };
            let left = reading.rest();
            if !left.is_empty() {
                unknown.insert(address.key.clone(), Value::Object(left.into_iter().collect()));
            }
            addresses.push(address);
        }
        if !unknown.is_empty() {
            rest.insert(ADDRESS_REST.to_owned(), Value::Object(unknown));
        }
        addresses
    }
}

impl Document {
    fn read(entry: Value, oddities: &mut Oddities) -> Option<Self> {
        let mut reading = entry_of(entry, "documents", "documents.", oddities)?;
        let number = reading.text("document").into_value().filter(|number| !number.trim().is_empty())?;
        Some(Self { kind: reading.text("type"), number })
    }
}

impl Flags {
    fn read(map: Map<String, Value>, oddities: &mut Oddities, rest: &mut BTreeMap<String, Value>) -> Self {
        let mut reading = Reading::new(map, "flags.", oddities);
        let flags = Self {
            promotional_email: reading.flag("sendPromotionalEmail"),
            promotional_sms: reading.flag("sendPromotionalSms"),
            order_email: reading.flag("sendOrderEmail"),
            order_sms: reading.flag("sendOrderSms"),
        };
        let left = reading.rest();
        if !left.is_empty() {
            rest.insert("flags".to_owned(), Value::Object(left.into_iter().collect()));
        }
        flags
    }
}

/// An entry of a list inside the record. What is no object is noted and left out.
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

/// The first of two names that is there.
fn either<T>(
    reading: &mut Reading<'_>,
    keys: [&str; 2],
    take: impl Fn(&mut Reading<'_>, &str) -> Presence<T>,
) -> Presence<T> {
    match keys.iter().find(|key| reading.peek(key).is_some()) {
        Some(key) => take(reading, key),
        None => Presence::Absent,
    }
}
