//! The true records, and the hand of somebody else who edits them.

use serde_json::{Map, Value, json};

use crate::clock::{Moment, civil};
use crate::platform::Refused;
use crate::platform::foreign::{cents, list, moment, text, text_or_null, truth};
use crate::platform::tiendanube::choices::{AddressBlank, Choices};
use crate::platform::tiendanube::shelf::{Address, Customer, Order};
use crate::platform::tiendanube::{Tiendanube, body};
use crate::text::money;

impl Tiendanube {
    /// The record in one spelling, whatever the store answers its callers, with what no answer tells.
    pub(super) fn true_record(&self, customer: &Customer) -> Value {
        let plain = Choices {
            big_ids: self.choices.big_ids,
            store_country: self.choices.store_country,
            address_blank: AddressBlank::Null,
            ..Choices::default()
        };
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
        record["orders"] = orders.into();
        record["custom_fields"] = customer.custom_values.clone().into();
        record["send_email_invite"] = customer.invited.into();
        record["password_set"] = customer.has_password.into();
        record["deleted"] = customer.deleted.into();
        record["redacted"] = customer.redacted.into();
        record
    }

    pub(super) fn at(&self, id: &str) -> Result<usize, Refused> {
        self.shelf.position(id, &self.choices).ok_or(Refused::Unknown)
    }

    pub(super) fn set_fields(
        &mut self,
        customer: &mut Customer,
        fields: &Map<String, Value>,
        now: Moment,
    ) -> Result<(), Refused> {
        for (field, value) in fields {
            if let Some((_, slot)) = customer.texts_mut().into_iter().find(|(name, _)| name == field) {
                *slot = text_or_null(field, value)?;
                continue;
            }
            match field.as_str() {
                // Whose record it is was settled before.
                "id" => {}
                "name" => customer.name = text(field, value)?,
                "email" => customer.email = text_or_null(field, value)?,
                "active" => customer.active = truth(field, value)?,
                "accepts_marketing" => customer.accepts_marketing = truth(field, value)?,
                "created_at" => customer.created_at = moment(field, value)?,
                "updated_at" => customer.updated_at = moment(field, value)?,
                "extra" => {
                    let extra = value.as_object().ok_or_else(|| Refused::wrong("extra takes an object"))?;
                    customer.extra = extra.clone();
                }
                "addresses" => {
                    customer.addresses = self.addresses(&customer.addresses, list(field, value)?, now)?
                }
                "orders" => customer.orders = orders(customer.id, list(field, value)?)?,
                _ => return Err(Refused::wrong(format!("there is no field `{field}`"))),
            }
        }
        customer.settle_default();
        Ok(())
    }

    /// The whole new list; an address with the id of an old one continues it.
    fn addresses(&mut self, old: &[Address], sent: &[Value], now: Moment) -> Result<Vec<Address>, Refused> {
        let mut addresses = Vec::with_capacity(sent.len());
        for value in sent {
            let known = value.get("id").and_then(Value::as_i64);
            let known = old.iter().find(|address| known == Some(address.id)).cloned();
            let mut address = known.unwrap_or_else(|| Address {
                id: self.shelf.next_address_id(),
                created_at: now,
                ..Address::default()
            });
            address.updated_at = now;
            for (name, slot) in address.texts_mut() {
                if let Some(value) = value.get(name) {
                    *slot = text_or_null(name, value)?;
                }
            }
            if let Some(default) = value.get("default") {
                address.default = truth("default", default)?;
            }
            addresses.push(address);
        }
        Ok(addresses)
    }
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
    civil(at).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
