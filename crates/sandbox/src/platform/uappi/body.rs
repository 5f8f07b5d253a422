//! The shapes of Uappi's answers.

use chrono::Duration;
use serde_json::{Map, Value, json};

use crate::clock::{Moment, civil};
use crate::platform::uappi::book::{Address, Book, Customer, Document, Order, dialling_code};
use crate::platform::uappi::choices::{
    Blank, Choices, DateSpelling, DealerGroup, Documents, FieldsKeys, FieldsNames, GetPhone, Masked, Money,
    PutAnswer, TotalOrderValue,
};
use crate::platform::uappi::mask::{self, Mask};

/// What `fields` can name, with the key that an answer has for it.
const SELECTABLE: [(&str, &str); 8] = [
    ("addresses", "addresses"),
    ("documents", "documents"),
    ("flags", "flags"),
    ("totalOrderQuantity", "orderQuantity"),
    ("cancelledOrderQuantity", "cancelledOrderQuantity"),
    ("totalOrderValue", "orderValue"),
    ("lastOrder", "lastOrder"),
    ("pointSystemAmount", "pointSystemAmount"),
];

pub(super) fn is_selectable(name: &str) -> bool {
    SELECTABLE.iter().any(|(known, _)| *known == name)
}

/// The answer to a GET without `fields`.
pub(super) fn customer(customer: &Customer, book: &Book, choices: &Choices) -> Map<String, Value> {
    let masked = match choices.masked {
        Masked::Never => false,
        Masked::Flagged => customer.masked,
        Masked::Always => true,
    };
    let mask = Mask::new(masked, choices);
    let text = |value: &Option<String>| match value.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Value::from(text),
        None if choices.blank == Blank::Null => Value::Null,
        None => "".into(),
    };
    let through = |value: &Option<String>, how: fn(&Mask, &str) -> String| {
        text(&value.as_deref().map(|value| how(&mask, value)))
    };
    let phone = customer.phone.as_deref().map(|phone| phone_as_read(phone, customer, choices).to_owned());
    let mut body = Map::new();
    let mut put = |key: &str, value: Value| body.insert(key.to_owned(), value);
    put("id", book.outward(customer.id, choices).into());
    put("salesChannelId", 1.into());
    put("tradePolicyId", 1.into());
    put("email", mask.email(&customer.email).into());
    put(
        "dealerGroupId",
        match choices.dealer_group {
            DealerGroup::Null => Value::Null,
            DealerGroup::Number => (1 + customer.id % 4).into(),
        },
    );
    put("nameCorporateName", through(&customer.name, Mask::first_word));
    put("tradeName", through(&customer.trade_name, Mask::whole));
    put("isCorporate", customer.is_corporate.into());
    put("gender", customer.gender.key().into());
    put("nationality", customer.nationality.as_str().into());
    put("birthdate", text(&customer.birthdate));
    put("phone", through(&phone, Mask::phone));
    put("walletAmount", money(customer.wallet, choices));
    put("pointSystemAmount", customer.points.into());
    put("orderQuantity", customer.orders.len().into());
    put("cancelledOrderQuantity", customer.cancelled().into());
    put("orderValue", money(customer.order_value(), choices));
    put("lastOrder", customer.orders.last().map(|order| last_order(order, &mask, choices)).into());
    put("origin", customer.origin.as_str().into());
    put("createdAt", date(customer.created_at, choices).into());
    put("active", customer.active.into());
    put("deleted", customer.deleted.into());
    put("masked", masked.into());
    put("addresses", customer.addresses.iter().map(|one| address(one, &mask, choices)).collect());
    put("documents", customer.documents.iter().map(|one| document(one, &mask, choices)).collect());
    put("flags", if masked { Value::Null } else { flags(customer) });
    body
}

/// The answer to a PUT, which the document shows without what cannot be put.
pub(super) fn written(record: &Customer, book: &Book, choices: &Choices) -> Map<String, Value> {
    let mut body = customer(record, book, choices);
    // It is answered with the phone in the form in which it was sent.
    if body["masked"] == false
        && let Some(phone) = &record.phone
    {
        body["phone"] = phone.as_str().into();
    }
    if choices.put_answer == PutAnswer::Slim {
        body["lastOrder"] = Value::Null;
        body["addresses"] = json!([]);
        body["documents"] = json!([]);
        body["flags"] = Value::Null;
    }
    body
}

/// The answer to a GET that names fields.
pub(super) fn chosen(
    mut body: Map<String, Value>,
    fields: &[String],
    choices: &Choices,
) -> Map<String, Value> {
    if choices.fields_keys == FieldsKeys::All {
        return body;
    }
    let key_of = |name: &str| {
        let known = SELECTABLE.iter().find(|(known, _)| *known == name);
        match known.map_or("", |(_, key)| key) {
            "orderValue" if choices.total_order_value == TotalOrderValue::Wallet => "walletAmount",
            key => key,
        }
    };
    let wanted: Vec<(&str, &str)> = fields.iter().map(|name| (name.as_str(), key_of(name))).collect();
    body.retain(|key, _| {
        let named = wanted.iter().any(|(_, wanted)| wanted == key);
        let selectable = SELECTABLE.iter().any(|(_, known)| known == key);
        named
            || match choices.fields_keys {
                FieldsKeys::Plain => !selectable,
                FieldsKeys::NamedAndId => key == "id",
                FieldsKeys::Named | FieldsKeys::All => false,
            }
    });
    if choices.fields_names == FieldsNames::Asked {
        for (name, key) in wanted.into_iter().filter(|(name, key)| name != key) {
            if let Some(value) = body.shift_remove(key) {
                body.insert(name.to_owned(), value);
            }
        }
    }
    body
}

/// National digits without a plus, though a PUT demands both plus and country.
fn phone_as_read<'a>(phone: &'a str, customer: &Customer, choices: &Choices) -> &'a str {
    if choices.get_phone == GetPhone::AsStored {
        return phone;
    }
    let digits = phone.strip_prefix('+').unwrap_or(phone);
    digits.strip_prefix(dialling_code(&customer.nationality)).unwrap_or(digits)
}

fn last_order(order: &Order, mask: &Mask, choices: &Choices) -> Value {
    let year = civil(order.at).format("%Y");
    let total = if mask.is_on() { 0 } else { order.cents };
    json!({
        "id": order.id,
        "cartId": mask.whole(&format!("CART-{year}-{}", order.id)),
        "tradePolicyId": 1,
        "userId": null,
        "userEmail": null,
        "userName": null,
        "code": mask.order_code(&format!("ORD-{year}-{}", order.id)),
        "salesChannelDomain": "loja.example",
        "currency": "BRL",
        "createdAt": date(order.at, choices),
        "issuedAt": date(order.at, choices),
        "masked": mask.is_on(),
        "payments": [],
        "customer": null,
        "addresses": null,
        "values": {
            "orderId": order.id,
            "subtotalValue": money(total, choices),
            "additionValue": money(0, choices),
            "shippingValue": money(0, choices),
            "discountValue": money(0, choices),
            "totalValue": money(total, choices),
        },
        "observations": null,
    })
}

fn address(address: &Address, mask: &Mask, choices: &Choices) -> Value {
    let text = |text: String| match choices.blank {
        Blank::Null if text.is_empty() => Value::Null,
        _ => text.into(),
    };
    json!({
        "id": address.id,
        "main": address.main,
        "zipCode": mask.zip_code(&address.zip_code),
        "identification": text(mask.whole(&address.identification)),
        "street": text(mask.first_word(&address.street)),
        "number": text(mask.whole(&address.number)),
        "city": address.city,
        "complement": text(mask.first_word(&address.complement)),
        "district": text(mask.first_word(&address.district)),
        "state": address.state,
        "recipient": text(mask.first_word(&address.recipient)),
        "stateCode": text(address.state_code.clone()),
        "countryCode": address.country_code,
        "createdAt": date(address.at, choices),
        "updatedAt": date(address.at, choices),
    })
}

fn document(document: &Document, mask: &Mask, choices: &Choices) -> Value {
    let plain: String = document.number.chars().filter(char::is_ascii_alphanumeric).collect();
    let number = match choices.documents {
        Documents::Digits => plain,
        Documents::Punctuated => mask::punctuated(&plain, &document.kind),
    };
    json!({"type": document.kind, "document": mask.document(&number)})
}

pub(super) fn flags(customer: &Customer) -> Value {
    let flags = customer.flags;
    json!({
        "sendPromotionalEmail": flags.promotional_email,
        "sendPromotionalSms": flags.promotional_sms,
        "sendOrderEmail": flags.order_email,
        "sendOrderSms": flags.order_sms,
    })
}

fn money(cents: i64, choices: &Choices) -> Value {
    let text = crate::text::money(cents);
    match choices.money {
        Money::Text => text.into(),
        // The number keeps its two places, as the text of it is what is sent.
        Money::Number => serde_json::from_str(&text).unwrap_or_default(),
    }
}

fn date(at: Moment, choices: &Choices) -> String {
    // Brazil keeps this offset all year.
    let local = civil(at) - Duration::hours(3);
    match choices.date_spelling {
        DateSpelling::Offset => local.format("%Y-%m-%dT%H:%M:%S-03:00").to_string(),
        DateSpelling::Zulu => civil(at).format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        DateSpelling::Micros => civil(at).format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
        DateSpelling::Blank => local.format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}
