//! The shape of a customer as the customers page of Tiendanegocio's documentation prints it. Frozen: it changes when that page
//! does.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clientela_domain::{Presence, RemoteId};
use rust_decimal::Decimal;
use serde_json::Value;

use super::address::{self, Place};
use crate::RejectedRecord;
use crate::reading::{Oddities, Reading};

/// Keys of a customer that a body may hold and that answers show. A body may hold `company` and `password` too, which no answer
/// shows.
pub(super) const WRITABLE: &[&str] =
    &["name", "last_name", "email", "phone", "identification", "identification_type", "note"];

pub(super) struct Customer {
    pub(super) id: RemoteId,
    pub(super) name: Presence<String>,
    pub(super) last_name: Presence<String>,
    pub(super) email: Presence<String>,
    pub(super) phone: Presence<String>,
    pub(super) identification: Presence<String>,
    /// The word of the store, which also stays among the unknown keys: bodies send it back as it is written.
    pub(super) identification_type: Option<String>,
    pub(super) note: Presence<String>,
    /// No document shows it in an answer. Where a store does all the same, it is read.
    pub(super) company: Presence<String>,
    pub(super) created_at: Presence<DateTime<Utc>>,
    pub(super) updated_at: Presence<DateTime<Utc>>,
    pub(super) total_spent: Presence<Decimal>,
    pub(super) orders_count: Presence<i64>,
    pub(super) last_order_date: Presence<DateTime<Utc>>,
    pub(super) accepts_marketing: Presence<bool>,
    /// Nothing where the store says that there is none.
    pub(super) address: Presence<Option<Place>>,
    pub(super) rest: BTreeMap<String, Value>,
}

impl Customer {
    pub(super) fn read(value: Value, oddities: &mut Oddities) -> Result<Self, RejectedRecord> {
        let mut reading = Reading::record(value, oddities)?;
        let id = reading.id("id")?;
        // A secret has no place in a record, whoever sends it.
        reading.raw("password");
        let identification_type = reading
            .peek("identification_type")
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned);
        let mut waiting = BTreeMap::new();
        let address = match reading.object("address") {
            Presence::Absent => Presence::Absent,
            Presence::Null => Presence::Value(None),
            Presence::Value(map) => {
                let (place, unknown) = address::read(map, reading.oddities());
                if !unknown.is_empty() {
                    waiting.insert(
                        address::ADDRESS_REST.to_owned(),
                        Value::Object(unknown.into_iter().collect()),
                    );
                }
                Presence::Value(place)
            }
        };
        Ok(Self {
            id,
            name: reading.text("name"),
            last_name: reading.text("last_name"),
            email: reading.text("email"),
            phone: reading.text("phone"),
            identification: reading.text("identification"),
            identification_type,
            note: reading.text("note"),
            company: reading.text("company"),
            created_at: reading.moment("created_at"),
            updated_at: reading.moment("updated_at"),
            total_spent: reading.decimal("total_spent"),
            orders_count: reading.whole("orders_count"),
            last_order_date: reading.moment("last_order_date"),
            accepts_marketing: reading.flag("accepts_marketing"),
            address,
            rest: {
                waiting.extend(reading.rest());
                waiting
            },
        })
    }
}
