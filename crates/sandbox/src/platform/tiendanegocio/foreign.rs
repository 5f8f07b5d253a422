//! The true records, and the hand of somebody else who edits them.

use serde_json::{Map, Value, json};

use crate::clock::{Moment, civil};
use crate::platform::Refused;
use crate::platform::foreign::{cents, list, moment, text, text_or_null, truth};
use crate::platform::tiendanegocio::choices::Choices;
use crate::platform::tiendanegocio::shelf::{Address, Customer, Order};
use crate::platform::tiendanegocio::{Tiendanegocio, body};
use crate::text::money;

impl Tiendanegocio {
    /// The record in one spelling, whatever the store answers its callers, with what no answer tells.
    pub(super) fn true_record(&self, customer: &Customer) -> Value {
        let plain = Choices { big_ids: self.choices.big_ids, ..Choices::default() };
        let mut record = json!(body::customer(customer, &self.shelf, &plain));
        let orders: Vec<Value> = customer
            .orders
            .iter()
            .map(|order| {
                json!({"id": order.id, "total": money(order.cents), "created_at": instant(order.at), "paid": order.paid})
            })
            .collect();
        record["created_at"] = instant(customer.created_at).into();
        record["updated_at"] = instant(customer.updated_at).into();
        record["address"] = customer.address.as_ref().map(body::keyed).into();
        record["company"] = customer.company.as_deref().into();
        // How often, never what.
        record["password_sets"] = customer.password_sets.into();
        record["orders"] = orders.into();
        record["deleted"] = customer.deleted.into();
        record["redacted"] = customer.redacted.into();
        record
    }

    pub(super) fn at(&self, id: &str) -> Result<usize, Refused> {
        self.shelf.position(id, &self.choices).ok_or(Refused::Unknown)
    }
}

pub(super) fn set_fields(customer: &mut Customer, fields: &Map<String, Value>) -> Result<(), Refused> {
    for (field, value) in fields {
        if let Some((_, slot)) = customer.texts_mut().into_iter().find(|(name, _)| name == field) {
            *slot = text_or_null(field, value)?;
            continue;
        }
        match field.as_str() {
            // Whose record it is was settled before.
            "id" => {}
            "accepts_marketing" => customer.accepts_marketing = truth(field, value)?,
            "created_at" => customer.created_at = moment(field, value)?,
            "updated_at" => customer.updated_at = moment(field, value)?,
            "address" if value.is_null() => customer.address = None,
            "address" => customer.address = Some(address(value)?),
            "orders" => customer.orders = orders(customer.id, list(field, value)?)?,
            _ => return Err(Refused::wrong(format!("there is no field `{field}`"))),
        }
    }
    Ok(())
}

fn address(value: &Value) -> Result<Address, Refused> {
    let fields = value.as_object().ok_or_else(|| Refused::wrong("address takes an object or null"))?;
    let mut address = Address::default();
    for (name, slot) in address.texts_mut() {
        if let Some(value) = fields.get(name) {
            *slot = text(name, value)?;
        }
    }
    Ok(address)
}

fn orders(customer: i64, sent: &[Value]) -> Result<Vec<Order>, Refused> {
    let mut orders = sent
        .iter()
        .zip(0..)
        .map(|(value, at)| {
            Ok(Order {
                id: 1_900_000_000 + customer % 10_000_000 * 100 + at,
                cents: cents("total", value.get("total").unwrap_or(&Value::Null))?,
                at: moment("created_at", value.get("created_at").unwrap_or(&Value::Null))?,
                paid: value.get("paid").and_then(Value::as_bool).unwrap_or(true),
            })
        })
        .collect::<Result<Vec<Order>, Refused>>()?;
    orders.sort_by_key(|order| order.at);
    Ok(orders)
}

fn instant(at: Moment) -> String {
    civil(at).format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
