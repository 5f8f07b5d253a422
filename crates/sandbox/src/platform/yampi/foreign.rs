//! The true records, and the hand of somebody else who edits them.

use serde_json::{Map, Value, json};

use crate::clock::{Moment, civil};
use crate::platform::Refused;
use crate::platform::foreign::{cents, list, moment, text, text_or_null, truth};
use crate::platform::yampi::Yampi;
use crate::platform::yampi::shelf::{Address, Customer, Kind, Order};
use crate::text::money;

impl Yampi {
    /// The record in one flat spelling, whatever the store answers its callers, with what no answer tells.
    pub(super) fn true_record(&self, customer: &Customer) -> Value {
        let addresses: Vec<Value> = customer
            .addresses
            .iter()
            .cloned()
            .map(|mut address| {
                let mut record = Map::new();
                record.insert("id".to_owned(), address.id.into());
                let texts = address.texts_mut().map(|(name, text)| (name.to_owned(), json!(text)));
                record.extend(texts);
                record.insert("updated_at".to_owned(), instant(address.updated_at).into());
                Value::Object(record)
            })
            .collect();
        let orders: Vec<Value> = customer
            .orders
            .iter()
            .map(|order| {
                json!({"id": order.id, "total": money(order.cents), "created_at": instant(order.at), "paid": order.paid})
            })
            .collect();
        json!({
            "id": self.shelf.outward(customer.id, &self.choices),
            "name": customer.name(),
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "email": customer.email,
            "phone": customer.phone,
            "type": match customer.kind { Kind::Natural => "f", Kind::Legal => "j" },
            "cpf": customer.cpf,
            "cnpj": customer.cnpj,
            "razao_social": customer.razao_social,
            "state_registration": customer.state_registration,
            "birthday": customer.birthday,
            "notes": customer.notes,
            "newsletter": customer.newsletter,
            "whatsapp": customer.whatsapp,
            "active": customer.active,
            "cluster_id": customer.cluster,
            "token": customer.token,
            "login_url": customer.login_url,
            "addresses": addresses,
            "orders": orders,
            "created_at": instant(customer.created_at),
            "updated_at": instant(customer.updated_at),
            "deleted": customer.deleted,
            "anonymized": customer.anonymized,
            "redacted": customer.anonymized,
        })
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
            match field.as_str() {
                // Whose record it is was settled before.
                "id" => {}
                "name" => customer.set_name(text_or_null(field, value)?),
                "first_name" => customer.first_name = text_or_null(field, value)?,
                "last_name" => customer.last_name = text_or_null(field, value)?,
                "email" => customer.email = text_or_null(field, value)?,
                "phone" => customer.phone = text_or_null(field, value)?,
                "type" => customer.kind = kind(&text(field, value)?)?,
                "cpf" => customer.cpf = text_or_null(field, value)?,
                "cnpj" => customer.cnpj = text_or_null(field, value)?,
                "razao_social" => customer.razao_social = text_or_null(field, value)?,
                "state_registration" => customer.state_registration = text_or_null(field, value)?,
                "birthday" => customer.birthday = text_or_null(field, value)?,
                "notes" => customer.notes = text_or_null(field, value)?,
                "newsletter" => customer.newsletter = truth(field, value)?,
                "whatsapp" => customer.whatsapp = truth(field, value)?,
                "active" => customer.active = truth(field, value)?,
                "cluster_id" => customer.cluster = self.known_cluster(value)?,
                "created_at" => customer.created_at = moment(field, value)?,
                "updated_at" => customer.updated_at = moment(field, value)?,
                "addresses" => {
                    customer.addresses = self.set_addresses(&customer.addresses, list(field, value)?, now)?;
                }
                "orders" => customer.orders = orders(customer.id, list(field, value)?)?,
                _ => return Err(Refused::wrong(format!("there is no field `{field}`"))),
            }
        }
        Ok(())
    }

    fn known_cluster(&self, value: &Value) -> Result<Option<i64>, Refused> {
        if value.is_null() {
            return Ok(None);
        }
        let known = self.shelf.clusters.iter().find(|cluster| value.as_i64() == Some(cluster.id));
        known.map(|cluster| Some(cluster.id)).ok_or_else(|| Refused::wrong("there is no such cluster"))
    }

    /// The whole new list; an address with the id of an old one continues it.
    fn set_addresses(
        &mut self,
        old: &[Address],
        sent: &[Value],
        now: Moment,
    ) -> Result<Vec<Address>, Refused> {
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
            addresses.push(address);
        }
        Ok(addresses)
    }
}

fn kind(spelling: &str) -> Result<Kind, Refused> {
    match spelling {
        "f" => Ok(Kind::Natural),
        "j" => Ok(Kind::Legal),
        _ => Err(Refused::wrong("type takes f or j")),
    }
}

fn orders(customer: i64, sent: &[Value]) -> Result<Vec<Order>, Refused> {
    let mut orders = sent
        .iter()
        .zip(0..)
        .map(|(value, at)| {
            Ok(Order {
                id: 1_500_000_000 + customer % 10_000_000 * 100 + at,
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
