//! The true records, and the hand of somebody else who edits them.

use serde_json::{Map, Value, json};

use crate::clock::{Moment, civil};
use crate::platform::Refused;
use crate::platform::foreign::{cents, list, moment, text, text_or_null, truth};
use crate::platform::uappi::book::{Address, Customer, Document, Gender, Order};
use crate::platform::uappi::choices::{Choices, GetPhone, Masked};
use crate::platform::uappi::{Uappi, body};
use crate::text::money;

impl Uappi {
    /// The record in one spelling and unmasked, whatever the shop answers, with what no answer tells.
    pub(super) fn true_record(&self, customer: &Customer) -> Value {
        let plain = Choices {
            big_ids: self.choices.big_ids,
            dealer_group: self.choices.dealer_group,
            masked: Masked::Never,
            get_phone: GetPhone::AsStored,
            ..Choices::default()
        };
        let mut record = Value::Object(body::customer(customer, &self.book, &plain));
        let orders: Vec<Value> = customer
            .orders
            .iter()
            .map(|order| {
                json!({"id": order.id, "total": money(order.cents), "createdAt": instant(order.at), "paid": order.paid})
            })
            .collect();
        record["walletAmount"] = money(customer.wallet).into();
        record["orderValue"] = money(customer.order_value()).into();
        record["createdAt"] = instant(customer.created_at).into();
        record["updatedAt"] = instant(customer.updated_at).into();
        record["masked"] = customer.masked.into();
        record["orders"] = orders.into();
        record["redacted"] = customer.redacted.into();
        record
    }

    pub(super) fn at(&self, id: &str) -> Result<usize, Refused> {
        self.book.position(id, &self.choices).ok_or(Refused::Unknown)
    }
}

pub(super) fn set_fields(customer: &mut Customer, fields: &Map<String, Value>) -> Result<(), Refused> {
    for (field, value) in fields {
        match field.as_str() {
            // Whose record it is was settled before.
            "id" => {}
            "email" => customer.email = text(field, value)?,
            "nameCorporateName" => customer.name = text_or_null(field, value)?,
            "tradeName" => customer.trade_name = text_or_null(field, value)?,
            "isCorporate" => customer.is_corporate = truth(field, value)?,
            "gender" => {
                let known = Gender::read(&text(field, value)?);
                customer.gender = known.ok_or_else(|| Refused::wrong("there is no such gender"))?;
            }
            "nationality" => customer.nationality = text(field, value)?,
            "birthdate" => customer.birthdate = text_or_null(field, value)?,
            "phone" => customer.phone = text_or_null(field, value)?,
            "walletAmount" => customer.wallet = cents(field, value)?,
            "pointSystemAmount" => {
                let points = value.as_i64();
                customer.points = points.ok_or_else(|| Refused::wrong("points take a whole number"))?;
            }
            "origin" => customer.origin = text(field, value)?,
            "active" => customer.active = truth(field, value)?,
            "masked" => customer.masked = truth(field, value)?,
            "createdAt" => customer.created_at = moment(field, value)?,
            "updatedAt" => customer.updated_at = moment(field, value)?,
            "flags" => flags(customer, value)?,
            "addresses" => customer.addresses = addresses(customer, list(field, value)?)?,
            "documents" => customer.documents = documents(list(field, value)?)?,
            "orders" => customer.orders = orders(customer.id, list(field, value)?)?,
            _ => return Err(Refused::wrong(format!("there is no field `{field}`"))),
        }
    }
    Ok(())
}

fn flags(customer: &mut Customer, value: &Value) -> Result<(), Refused> {
    let fields = value.as_object().ok_or_else(|| Refused::wrong("flags takes an object"))?;
    let flags = &mut customer.flags;
    for (name, slot) in [
        ("sendPromotionalEmail", &mut flags.promotional_email),
        ("sendPromotionalSms", &mut flags.promotional_sms),
        ("sendOrderEmail", &mut flags.order_email),
        ("sendOrderSms", &mut flags.order_sms),
    ] {
        if let Some(value) = fields.get(name) {
            *slot = truth(name, value)?;
        }
    }
    Ok(())
}

/// The whole new list; an address with the id of an old one continues it.
fn addresses(customer: &Customer, sent: &[Value]) -> Result<Vec<Address>, Refused> {
    let mut next = customer.addresses.iter().map(|address| address.id).max().unwrap_or(customer.id * 10);
    let mut addresses = Vec::with_capacity(sent.len());
    for value in sent {
        let known = value.get("id").and_then(Value::as_i64);
        let known = customer.addresses.iter().find(|address| known == Some(address.id)).cloned();
        let mut address = known.unwrap_or_else(|| {
            next += 1;
            Address { id: next, at: customer.updated_at, ..Address::default() }
        });
        for (name, slot) in [
            ("zipCode", &mut address.zip_code),
            ("identification", &mut address.identification),
            ("street", &mut address.street),
            ("number", &mut address.number),
            ("city", &mut address.city),
            ("complement", &mut address.complement),
            ("district", &mut address.district),
            ("state", &mut address.state),
            ("recipient", &mut address.recipient),
            ("stateCode", &mut address.state_code),
            ("countryCode", &mut address.country_code),
        ] {
            if let Some(value) = value.get(name) {
                *slot = text(name, value)?;
            }
        }
        if let Some(main) = value.get("main") {
            address.main = truth("main", main)?;
        }
        addresses.push(address);
    }
    Ok(addresses)
}

fn documents(sent: &[Value]) -> Result<Vec<Document>, Refused> {
    let part = |value: &Value, name: &str| text(name, value.get(name).unwrap_or(&Value::Null));
    sent.iter()
        .map(|value| Ok(Document { kind: part(value, "type")?, number: part(value, "document")? }))
        .collect()
}

fn orders(customer: i64, sent: &[Value]) -> Result<Vec<Order>, Refused> {
    let mut orders = sent
        .iter()
        .zip(0..)
        .map(|(value, at)| {
            Ok(Order {
                id: 1_900_000_000 + customer % 10_000_000 * 100 + at,
                cents: cents("total", value.get("total").unwrap_or(&Value::Null))?,
                at: moment("createdAt", value.get("createdAt").unwrap_or(&Value::Null))?,
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
