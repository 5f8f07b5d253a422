//! The shapes of Yampi's records.

use chrono::Duration;
use serde_json::{Map, Number, Value, json};

use crate::clock::{Moment, civil};
use crate::platform::yampi::choices::{
    AddressKey, Choices, ClusterId, CustomerDates, DateSpelling, Flags, IncludeShape, OrderTotal,
    OuterSpaces, PhoneShape, SpreadsheetShape,
};
use crate::platform::yampi::door::MERCHANT_ID;
use crate::platform::yampi::seed::digits;
use crate::platform::yampi::shelf::{Address, Cluster, Customer, Kind, Order, Shelf};
use crate::text::money;

/// What of a customer an answer shows beside its own keys.
#[derive(Clone, Copy, Default)]
pub(super) struct Includes {
    pub(super) addresses: bool,
    pub(super) cluster: bool,
    pub(super) orders: bool,
}

impl Includes {
    pub(super) fn read(text: Option<&str>) -> Includes {
        let has = |name: &str| text.unwrap_or_default().split(',').any(|part| part.trim() == name);
        Includes { addresses: has("addresses"), cluster: has("cluster"), orders: has("orders") }
    }
}

pub(super) fn customer(customer: &Customer, includes: Includes, shelf: &Shelf, choices: &Choices) -> Value {
    let customer = customer.told(choices);
    let name = customer.name();
    let generic = customer.razao_social.clone().or_else(|| name.clone());
    let cluster = customer.cluster.filter(|_| choices.cluster_id == ClusterId::Told);
    let mut record = json!({
        "id": shelf.outward(customer.id, choices),
        "merchant_id": MERCHANT_ID,
        "marketplace_id": null,
        "active": flag(customer.active, choices),
        "type": kind(customer.kind),
        "cluster_id": cluster,
        "name": spaced(name, customer.id, choices),
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "generic_name": generic,
        "cpf": customer.cpf,
        "spreadsheet": null,
        "phone": null,
        "razao_social": customer.razao_social,
        "cnpj": customer.cnpj,
        "state_registration": customer.state_registration,
        "email": spaced(customer.email.clone(), customer.id, choices),
        "birthday": customer.birthday,
        "newsletter": flag(customer.newsletter, choices),
        "whatsapp": flag(customer.whatsapp, choices),
        "social_driver": customer.social_driver,
        "social_id": customer.social_id,
        "ip": customer.ip,
        "token": customer.token,
        "utm_source": customer.utm_source,
        "utm_campaign": customer.utm_campaign,
        "notes": customer.notes,
        "login_url": customer.login_url,
        "anonymized": flag(customer.anonymized, choices),
    });
    let Some(map) = record.as_object_mut() else {
        return record;
    };
    let phone = customer.phone.as_deref().map(phone);
    put(
        map,
        "phone",
        match (choices.phone_shape, phone) {
            (PhoneShape::Absent, _) => None,
            (PhoneShape::Null, _) | (_, None) => Some(Value::Null),
            (PhoneShape::Flat, Some(phone)) => Some(phone),
            (PhoneShape::Wrapped, Some(phone)) => Some(json!({"data": phone})),
        },
    );
    put(
        map,
        "spreadsheet",
        match choices.spreadsheet_shape {
            SpreadsheetShape::Wrapped => Some(json!({"data": spreadsheet(&customer, choices)})),
            SpreadsheetShape::Flat => Some(spreadsheet(&customer, choices)),
            SpreadsheetShape::Null => Some(Value::Null),
            SpreadsheetShape::Absent => None,
        },
    );
    if choices.customer_dates == CustomerDates::Object {
        map.insert("created_at".to_owned(), date(customer.created_at, choices));
        map.insert("updated_at".to_owned(), date(customer.updated_at, choices));
    }
    include(map, &customer, cluster, includes, shelf, choices);
    record
}

fn include(
    map: &mut Map<String, Value>,
    customer: &Customer,
    cluster: Option<i64>,
    includes: Includes,
    shelf: &Shelf,
    choices: &Choices,
) {
    if includes.addresses {
        let addresses = customer.addresses.iter().map(|one| address(one, customer.id, shelf, choices));
        put(map, "addresses", relation(addresses.collect(), choices));
    }
    if includes.orders {
        let orders = customer.orders.iter().map(|one| order(customer, one, &[], shelf, choices));
        put(map, "orders", relation(orders.collect(), choices));
    }
    if includes.cluster {
        let known = cluster.and_then(|id| shelf.clusters.iter().find(|cluster| cluster.id == id));
        let told = match known {
            None if choices.include_shape == IncludeShape::Absent => None,
            None => Some(Value::Null),
            Some(known) => relation(self::cluster(known, choices), choices),
        };
        put(map, "cluster", told);
    }
}

/// A relation in the shape in force, or nothing where it is left out.
pub(super) fn relation(value: Value, choices: &Choices) -> Option<Value> {
    match choices.include_shape {
        IncludeShape::Wrapped => Some(json!({ "data": value })),
        IncludeShape::Flat => Some(value),
        IncludeShape::Null => Some(Value::Null),
        IncludeShape::Absent => None,
    }
}

/// Keeps the place of the key where there is a value for it.
fn put(map: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    match value {
        Some(value) => map.insert(key.to_owned(), value),
        None => map.shift_remove(key),
    };
}

fn phone(text: &str) -> Value {
    let national = national(text);
    if !matches!(national.len(), 10 | 11) {
        // Nothing to take apart: what was given is shown, and the parts stay empty.
        return json!({
            "area_code": null,
            "full_number": text,
            "number": text,
            "formated_number": text,
            "whatsapp_link": null,
        });
    }
    let (area, number) = national.split_at(2);
    json!({
        "area_code": area,
        "full_number": text,
        "number": number,
        "formated_number": formatted(area, number),
        "whatsapp_link": format!("https://api.whatsapp.com/send?phone=55{national}"),
    })
}

/// The digits of a Brazilian number without its country; of any other, all of them.
pub(super) fn national(text: &str) -> String {
    let all = digits(text);
    let rest = match all.strip_prefix("55") {
        Some(rest) if rest.len() >= 10 => rest,
        _ => all.strip_prefix('0').filter(|rest| rest.len() >= 10).unwrap_or(&all),
    };
    rest.to_owned()
}

fn formatted(area: &str, number: &str) -> String {
    let (head, tail) = number.split_at(number.len() - 4);
    format!("({area}) {head}-{tail}")
}

/// What the store derives from orders and the first address; nobody can write it.
fn spreadsheet(customer: &Customer, choices: &Choices) -> Value {
    let home = customer.addresses.first();
    let of_home = |part: fn(&Address) -> &Option<String>| home.and_then(|home| part(home).clone());
    let parts = customer.phone.as_deref().map(phone);
    let of_phone = |key: &str| parts.as_ref().map_or(Value::Null, |parts| parts[key].clone());
    let last = customer.orders.last();
    json!({
        "brands": if customer.orders.is_empty() { "" } else { "Sem marca" },
        "city": of_home(|home| &home.city),
        "purchased_brands": if customer.orders.is_empty() { "" } else { "Sem marca" },
        "last_order_date": last.map(|order| date(order.at, choices)),
        "last_order_value": last.map(|order| money(order.cents)),
        "purchased_categories": if customer.orders.is_empty() { "" } else { "Camisetas,Acessórios" },
        "number": of_home(|home| &home.number),
        "uf": of_home(|home| &home.uf),
        "phone": of_phone("formated_number"),
        "street": of_home(|home| &home.street),
        "phone_number": of_phone("number"),
        "categories": if customer.orders.is_empty() { "" } else { "Camisetas" },
        "neighborhood": of_home(|home| &home.neighborhood),
        "complement": of_home(|home| &home.complement),
        "phone_code": of_phone("area_code"),
    })
}

pub(super) fn address(address: &Address, owner: i64, shelf: &Shelf, choices: &Choices) -> Value {
    let parts = [&address.street, &address.number, &address.neighborhood, &address.city, &address.uf];
    let whole: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    let mut record = json!({
        "id": address.id,
        "customer_id": shelf.outward(owner, choices),
        "receiver": address.receiver,
        postal_key(choices): address.zip_code,
        "street": address.street,
        "number": address.number,
        "neighborhood": address.neighborhood,
        "complement": address.complement,
        "city": address.city,
        "uf": address.uf,
        "full_address": whole.join(", "),
    });
    record["created_at"] = date(address.created_at, choices);
    record["updated_at"] = date(address.updated_at, choices);
    record
}

pub(super) fn postal_key(choices: &Choices) -> &'static str {
    match choices.address_key {
        AddressKey::ZipCode => "zip_code",
        AddressKey::Zipcode => "zipcode",
    }
}

pub(super) fn cluster(cluster: &Cluster, choices: &Choices) -> Value {
    json!({
        "id": cluster.id,
        "merchant_id": MERCHANT_ID,
        "name": cluster.name,
        "active": flag(true, choices),
        "attach_on_signup": flag(false, choices),
        "person_type": null,
        "min_order_value": null,
        "base_price_percent": null,
        "payments_ids": "",
        "carriers_ids": "",
        "include_products_ids": "",
        "exclude_products_ids": "",
        "created_at": date(cluster.created_at, choices),
        "updated_at": date(cluster.created_at, choices),
    })
}

/// An order with what was asked to be included.
pub(super) fn order(
    customer: &Customer,
    order: &Order,
    includes: &[&str],
    shelf: &Shelf,
    choices: &Choices,
) -> Value {
    let total = match choices.order_total {
        OrderTotal::Number => money(order.cents).parse::<Number>().map_or(Value::Null, Value::Number),
        OrderTotal::Text => money(order.cents).into(),
    };
    let mut record = json!({
        "id": order.id,
        "merchant_id": MERCHANT_ID,
        "customer_id": shelf.outward(customer.id, choices),
        "number": order.id % 10_000_000,
        "value_total": total,
        "cancelled": flag(false, choices),
        "created_at": date(order.at, choices),
        "updated_at": date(order.at, choices),
        "shipments": {"data": []},
        "metadata": {"data": [{"key": "origem", "value": "vitrine"}]},
    });
    let Some(map) = record.as_object_mut() else {
        return record;
    };
    for include in includes {
        let value = match *include {
            "items" => json!([{
                "id": order.id * 10 + 1,
                "product_id": 5_000 + order.id % 97,
                "sku_id": 8_000 + order.id % 97,
                "quantity": 1 + order.id % 3,
                "price": map["value_total"],
            }]),
            "status" if order.paid => json!({"id": 9, "alias": "delivered", "name": "Entregue"}),
            "status" => json!({"id": 3, "alias": "waiting_payment", "name": "Aguardando pagamento"}),
            "customer" => self::customer(customer, Includes::default(), shelf, choices),
            _ => continue,
        };
        put(map, include, relation(value, choices));
    }
    record
}

/// A time without an offset, beside the name of its zone.
pub(super) fn date(at: Moment, choices: &Choices) -> Value {
    let zone = choices.date_zone;
    let local = civil(at) + Duration::hours(zone.hours());
    let text = match choices.date_spelling {
        DateSpelling::Micros => local.format("%Y-%m-%d %H:%M:%S%.6f").to_string(),
        DateSpelling::Seconds => local.format("%Y-%m-%d %H:%M:%S").to_string(),
        DateSpelling::Iso => civil(at).format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    };
    json!({"date": text, "timezone_type": 3, "timezone": zone.name()})
}

fn flag(value: bool, choices: &Choices) -> Value {
    match choices.flags {
        Flags::Boolean => value.into(),
        Flags::Number => u8::from(value).into(),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Natural => "f",
        Kind::Legal => "j",
    }
}

/// One in three has blanks that nobody typed on purpose.
fn spaced(text: Option<String>, id: i64, choices: &Choices) -> Option<String> {
    match choices.outer_spaces {
        OuterSpaces::On if id % 3 == 0 => text.map(|text| format!(" {text}  ")),
        _ => text,
    }
}
