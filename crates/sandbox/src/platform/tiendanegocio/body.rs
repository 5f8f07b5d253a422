//! The shapes of Tiendanegocio's records.

use chrono::Duration;
use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::{Moment, civil};
use crate::platform::tiendanegocio::choices::{
    AddressShape, Blank, Choices, DateSpelling, Money, NoLastOrder,
};
use crate::platform::tiendanegocio::shelf::{Address, Customer, Shelf};

/// Company and password are taken and never told; there is no key for them.
#[derive(Serialize)]
pub(super) struct CustomerBody<'a> {
    id: i64,
    name: Option<&'a str>,
    last_name: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    identification: Option<&'a str>,
    identification_type: Option<&'a str>,
    created_at: String,
    updated_at: String,
    note: Option<&'a str>,
    total_spent: Value,
    orders_count: usize,
    last_order_id: Option<i64>,
    last_order_date: Option<String>,
    accepts_marketing: bool,
    address: Value,
}

pub(super) fn customer<'a>(customer: &'a Customer, shelf: &Shelf, choices: &Choices) -> CustomerBody<'a> {
    let blank = match choices.blank {
        Blank::Null => None,
        Blank::Empty => Some(""),
    };
    let text = |value: &'a Option<String>| value.as_deref().filter(|text| !text.is_empty()).or(blank);
    let last = customer.orders.last();
    // The document shows order 1 and a date for somebody who never bought.
    let no_order = (choices.no_last_order == NoLastOrder::Document).then_some((1, customer.created_at));
    let last = last.map(|order| (order.id, order.at)).or(no_order);
    CustomerBody {
        id: shelf.outward(customer.id, choices),
        name: text(&customer.name),
        last_name: text(&customer.last_name),
        email: text(&customer.email),
        phone: text(&customer.phone),
        identification: text(&customer.identification),
        identification_type: text(&customer.identification_type),
        created_at: date(customer.created_at, choices),
        updated_at: date(customer.updated_at, choices),
        note: text(&customer.note),
        total_spent: money(customer.spent(), choices),
        orders_count: customer.orders.len(),
        last_order_id: last.map(|(id, _)| id),
        last_order_date: last.map(|(_, at)| date(at, choices)),
        accepts_marketing: customer.accepts_marketing,
        address: address(customer.address.as_ref(), choices),
    }
}

/// The answer to a create, which shows null where later answers show an object.
pub(super) fn created<'a>(record: &'a Customer, shelf: &Shelf, choices: &Choices) -> CustomerBody<'a> {
    let mut body = customer(record, shelf, choices);
    if record.address.is_none() {
        body.address = Value::Null;
    }
    body
}

fn address(address: Option<&Address>, choices: &Choices) -> Value {
    let Some(address) = address else {
        return if choices.address == AddressShape::Null { Value::Null } else { json!({}) };
    };
    match choices.address {
        AddressShape::Null => Value::Null,
        AddressShape::Object => json!({}),
        AddressShape::Keys => keyed(address),
        AddressShape::Spanish => json!({
            "calle": address.address,
            "numero": address.number,
            "piso": address.floor,
            "localidad": address.locality,
            "ciudad": address.city,
            "provincia": address.province,
            "codigo_postal": address.zipcode,
            "pais": address.country,
        }),
    }
}

pub(super) fn keyed(address: &Address) -> Value {
    let mut address = address.clone();
    address
        .texts_mut()
        .into_iter()
        .map(|(name, text)| (name.to_owned(), Value::from(text.as_str())))
        .collect()
}

pub(super) fn money(cents: i64, choices: &Choices) -> Value {
    let text = crate::text::money(cents);
    match choices.money {
        Money::Text => text.into(),
        // The number keeps its two places, as the text of it is what is sent.
        Money::Number => serde_json::from_str(&text).unwrap_or_default(),
    }
}

pub(super) fn date(at: Moment, choices: &Choices) -> String {
    let time = civil(at);
    match choices.date_spelling {
        DateSpelling::Millis => time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        DateSpelling::Seconds => time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        // Argentina keeps this offset all year.
        DateSpelling::Offset => (time - Duration::hours(3)).format("%Y-%m-%dT%H:%M:%S-03:00").to_string(),
        DateSpelling::NoColon => time.format("%Y-%m-%dT%H:%M:%S+0000").to_string(),
    }
}
