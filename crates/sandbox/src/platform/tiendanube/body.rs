//! The shapes of Tiendanube's records.

use chrono::Duration;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::clock::{Moment, civil};
use crate::platform::tiendanube::choices::{
    AddressBlank, Choices, DateSpelling, ExtraEmpty, Payload, StoreCountry,
};
use crate::platform::tiendanube::shelf::{Address, Customer, Shelf};
use crate::text::money;

#[derive(Serialize)]
pub(super) struct CustomerBody<'a> {
    created_at: String,
    email: Option<&'a str>,
    id: i64,
    identification: Option<&'a str>,
    last_order_id: Option<i64>,
    name: &'a str,
    note: Option<&'a str>,
    phone: Option<&'a str>,
    total_spent: String,
    total_spent_currency: &'static str,
    updated_at: String,
    billing_address: Option<&'a str>,
    billing_city: Option<&'a str>,
    billing_country: Option<&'a str>,
    billing_floor: Option<&'a str>,
    billing_locality: Option<&'a str>,
    billing_name: Option<&'a str>,
    billing_number: Option<&'a str>,
    billing_phone: Option<&'a str>,
    billing_province: Option<&'a str>,
    billing_zipcode: Option<&'a str>,
    extra: Extra<'a>,
    default_address: Option<AddressBody<'a>>,
    addresses: Vec<AddressBody<'a>>,
    #[serde(flatten)]
    newer: Option<Newer<'a>>,
}

/// Keys that later versions added without a word.
#[derive(Serialize)]
struct Newer<'a> {
    active: bool,
    accepts_marketing: bool,
    accepts_marketing_updated_at: Option<String>,
    first_interaction: Option<String>,
    customer_type: Option<&'a str>,
    business_name: Option<&'a str>,
    document_type: Option<&'a str>,
    internal_reference: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Extra<'a> {
    Fields(&'a Map<String, Value>),
    Nothing([(); 0]),
}

#[derive(Serialize)]
struct AddressBody<'a> {
    address: Option<&'a str>,
    city: Option<&'a str>,
    country: Option<&'a str>,
    created_at: String,
    default: bool,
    floor: Option<&'a str>,
    id: i64,
    locality: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Option<&'a str>>,
    number: Option<&'a str>,
    phone: Option<&'a str>,
    province: Option<&'a str>,
    updated_at: String,
    zipcode: Option<&'a str>,
}

pub(super) fn customer<'a>(customer: &'a Customer, shelf: &Shelf, choices: &Choices) -> CustomerBody<'a> {
    let newer = choices.payload == Payload::Newer;
    let extra = if customer.extra.is_empty() && choices.extra_empty == ExtraEmpty::Array {
        Extra::Nothing([])
    } else {
        Extra::Fields(&customer.extra)
    };
    let default = customer.addresses.iter().find(|address| address.default);
    CustomerBody {
        created_at: date(customer.created_at, choices),
        email: customer.email.as_deref(),
        id: shelf.outward(customer.id, choices),
        identification: customer.identification.as_deref(),
        last_order_id: customer.orders.last().map(|order| order.id),
        name: &customer.name,
        note: customer.note.as_deref(),
        phone: customer.phone.as_deref(),
        total_spent: money(customer.spent()),
        total_spent_currency: currency(choices),
        updated_at: date(customer.updated_at, choices),
        billing_address: customer.billing_address.as_deref(),
        billing_city: customer.billing_city.as_deref(),
        billing_country: customer.billing_country.as_deref(),
        billing_floor: customer.billing_floor.as_deref(),
        billing_locality: customer.billing_locality.as_deref(),
        billing_name: customer.billing_name.as_deref(),
        billing_number: customer.billing_number.as_deref(),
        billing_phone: customer.billing_phone.as_deref(),
        billing_province: customer.billing_province.as_deref(),
        billing_zipcode: customer.billing_zipcode.as_deref(),
        extra,
        default_address: default.map(|default| address(default, choices)),
        addresses: customer.addresses.iter().map(|one| address(one, choices)).collect(),
        newer: newer.then(|| Newer {
            active: customer.active,
            accepts_marketing: customer.accepts_marketing,
            accepts_marketing_updated_at: customer.accepts_marketing_updated_at.map(|at| date(at, choices)),
            first_interaction: customer.orders.first().map(|order| date(order.at, choices)),
            customer_type: customer.customer_type.as_deref(),
            business_name: customer.business_name.as_deref(),
            document_type: customer.document_type.as_deref(),
            internal_reference: customer.internal_reference.as_deref(),
        }),
    }
}

fn address<'a>(address: &'a Address, choices: &Choices) -> AddressBody<'a> {
    let blank = match choices.address_blank {
        AddressBlank::Empty => Some(""),
        AddressBlank::Null => None,
    };
    let text = |value: &'a Option<String>| value.as_deref().filter(|text| !text.is_empty()).or(blank);
    AddressBody {
        address: text(&address.address),
        city: text(&address.city),
        country: text(&address.country),
        created_at: date(address.created_at, choices),
        default: address.default,
        floor: text(&address.floor),
        id: address.id,
        locality: text(&address.locality),
        name: (choices.payload == Payload::Newer).then(|| text(&address.name)),
        number: text(&address.number),
        phone: text(&address.phone),
        province: text(&address.province),
        updated_at: date(address.updated_at, choices),
        zipcode: text(&address.zipcode),
    }
}

/// The record with the named fields only.
pub(super) fn chosen(body: &CustomerBody<'_>, fields: &str) -> Value {
    let wanted: Vec<&str> = fields.split(',').map(str::trim).collect();
    let mut record = json!(body);
    if let Some(record) = record.as_object_mut() {
        record.retain(|name, _| wanted.contains(&name.as_str()));
    }
    record
}

pub(super) fn currency(choices: &Choices) -> &'static str {
    match choices.store_country {
        StoreCountry::Brazil => "BRL",
        StoreCountry::Argentina => "ARS",
    }
}

pub(super) fn date(at: Moment, choices: &Choices) -> String {
    match choices.date_spelling {
        // Both countries keep this offset all year.
        DateSpelling::Colon => (civil(at) - Duration::hours(3)).format("%Y-%m-%dT%H:%M:%S-03:00").to_string(),
        DateSpelling::NoColon => civil(at).format("%Y-%m-%dT%H:%M:%S+0000").to_string(),
    }
}
