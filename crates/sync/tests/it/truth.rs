//! Where the truth of each platform keeps what the copy calls by its own names. The only place of these tests that knows the
//! platforms' keys.

use clientela_domain::normalise::document::bare;
use clientela_domain::normalise::phone::{digits, same_number};
use clientela_domain::{Address, CustomerRecord, Field, FieldValue, Presence};
use serde_json::{Map, Value, json};

/// One fact: its name here, where the truth has it (a JSON pointer), and whether every list tells it.
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    pub(crate) pointer: &'static str,
    /// False: only asking for one customer is sure to tell it.
    pub(crate) in_lists: bool,
}

const fn listed(name: &'static str, pointer: &'static str) -> Fact {
    Fact { name, pointer, in_lists: true }
}

const fn asked_for(name: &'static str, pointer: &'static str) -> Fact {
    Fact { name, pointer, in_lists: false }
}

/// Every fact of a platform that is one value.
pub(crate) fn facts(platform: &str) -> &'static [Fact] {
    match platform {
        "inallweb" => IN_ALL_WEB,
        "tiendanegocio" => TIENDANEGOCIO,
        "tiendanube" => TIENDANUBE,
        "uappi" => UAPPI,
        _ => YAMPI,
    }
}

const IN_ALL_WEB: &[Fact] = &[
    listed("email", "/email"),
    listed("first_name", "/first_name"),
    listed("last_name", "/last_name"),
    listed("phone", "/phone"),
    listed("is_active", "/is_active"),
    listed("email_verified", "/email_verified"),
    listed("created_at", "/created_at"),
    asked_for("note", "/admin_notes"),
    asked_for("role", "/role"),
    asked_for("segment", "/segment"),
    asked_for("total_spent", "/stats/total_spent"),
    asked_for("orders_count", "/stats/total_orders"),
];

const TIENDANEGOCIO: &[Fact] = &[
    listed("first_name", "/name"),
    listed("last_name", "/last_name"),
    listed("email", "/email"),
    listed("phone", "/phone"),
    listed("document", "/identification"),
    listed("note", "/note"),
    listed("accepts_marketing", "/accepts_marketing"),
    listed("created_at", "/created_at"),
    listed("total_spent", "/total_spent"),
    listed("orders_count", "/orders_count"),
];

const TIENDANUBE: &[Fact] = &[
    listed("first_name", "/name"),
    listed("email", "/email"),
    listed("phone", "/phone"),
    listed("document", "/identification"),
    listed("note", "/note"),
    listed("is_active", "/active"),
    listed("accepts_marketing", "/accepts_marketing"),
    listed("company", "/business_name"),
    listed("created_at", "/created_at"),
    listed("total_spent", "/total_spent"),
];

const UAPPI: &[Fact] = &[
    listed("first_name", "/nameCorporateName"),
    listed("last_name", "/tradeName"),
    listed("email", "/email"),
    listed("phone", "/phone"),
    listed("document", "/documents/0/document"),
    listed("birthday", "/birthdate"),
    listed("is_active", "/active"),
    listed("accepts_marketing", "/flags/sendPromotionalEmail"),
    listed("created_at", "/createdAt"),
    listed("total_spent", "/orderValue"),
    listed("orders_count", "/orderQuantity"),
    listed("extra.is_corporate", "/isCorporate"),
    listed("extra.gender", "/gender"),
    listed("extra.nationality", "/nationality"),
    listed("extra.wallet", "/walletAmount"),
    listed("extra.points", "/pointSystemAmount"),
    listed("extra.cancelled_orders", "/cancelledOrderQuantity"),
    listed("extra.origin", "/origin"),
    listed("extra.order_email", "/flags/sendOrderEmail"),
];

const YAMPI: &[Fact] = &[
    listed("first_name", "/first_name"),
    listed("last_name", "/last_name"),
    listed("email", "/email"),
    listed("phone", "/phone"),
    listed("company", "/razao_social"),
    listed("note", "/notes"),
    listed("is_active", "/active"),
    listed("accepts_marketing", "/newsletter"),
    listed("birthday", "/birthday"),
    listed("created_at", "/created_at"),
    listed("extra.type", "/type"),
    listed("extra.state_registration", "/state_registration"),
    listed("extra.whatsapp", "/whatsapp"),
];

/// What the truth has for a field that staff can edit; nothing is `Null`.
pub(crate) fn value(platform: &str, truth: &Value, field: &Field) -> FieldValue {
    let found = match field {
        Field::Company if platform == "tiendanegocio" => truth.get("company"),
        Field::Document if platform == "yampi" => truth.get(document_key(truth)),
        Field::Role => truth.get("role"),
        Field::Extra(key) if platform == "tiendanube" => truth["extra"].get(key),
        Field::Address(key) => {
            let list = addresses(platform, truth);
            return list
                .into_iter()
                .find(|address| address.key == *key)
                .map_or(FieldValue::Null, |address| FieldValue::Address(Box::new(address)));
        }
        other => {
            let name = other.to_string();
            let fact = facts(platform).iter().find(|fact| fact.name == name);
            fact.and_then(|fact| truth.pointer(fact.pointer))
        }
    };
    match found {
        Some(Value::Bool(flag)) if field.is_flag() => FieldValue::Flag(*flag),
        found => match plain(found.unwrap_or(&Value::Null)) {
            text if text.is_empty() => FieldValue::Null,
            text => FieldValue::Text(text),
        },
    }
}

/// How somebody else sets a field, as the control API takes it.
pub(crate) fn set(platform: &str, truth: &Value, field: &Field, value: &FieldValue) -> Value {
    let json = match value {
        FieldValue::Text(text) => json!(text),
        FieldValue::Flag(flag) => json!(flag),
        FieldValue::Null | FieldValue::Address(_) => Value::Null,
    };
    let key = match field {
        Field::Document if platform == "yampi" => document_key(truth).to_owned(),
        Field::Document if platform == "uappi" => {
            return json!({"documents": [{"type": "CPF", "document": json}]});
        }
        Field::Extra(key) if platform == "tiendanube" => {
            let mut extra = truth["extra"].as_object().cloned().unwrap_or_default();
            extra.insert(key.clone(), json);
            return json!({"extra": extra});
        }
        other => {
            let name = other.to_string();
            let fact = facts(platform).iter().find(|fact| fact.name == name);
            fact.map(|fact| fact.pointer.trim_start_matches('/').to_owned()).unwrap_or(name)
        }
    };
    json!({ key: json })
}

/// Keys of the truth that an edit of this field moves, besides the time of the change.
pub(crate) fn moved_by(platform: &str, truth: &Value, field: &Field) -> Vec<String> {
    let set = set(platform, truth, field, &FieldValue::Null);
    let mut keys: Vec<String> = set.as_object().into_iter().flat_map(Map::keys).cloned().collect();
    match (platform, field) {
        ("yampi", Field::FirstName | Field::LastName) => keys.push("name".to_owned()),
        ("tiendanegocio", Field::Document) => keys.push("identification_type".to_owned()),
        (_, Field::Address(_)) => keys = vec!["addresses".to_owned(), "default_address".to_owned()],
        _ => {}
    }
    keys
}

fn document_key(truth: &Value) -> &'static str {
    if truth["type"] == "j" { "cnpj" } else { "cpf" }
}

/// Value of a fact in the copy, as text.
pub(crate) fn told(record: &CustomerRecord, fact: &str) -> Presence<String> {
    match fact {
        "segment" => record.segment.clone(),
        "email_verified" => record.email_verified.map(|flag| flag.to_string()),
        "created_at" => record.created_at.map(|at| at.to_rfc3339()),
        "orders_count" => record.orders_count.map(|count| count.to_string()),
        "total_spent" => record.total_spent.map(|amount| amount.to_string()),
        field => match record.field(&field.parse().unwrap()) {
            Presence::Value(value) => value.display().into(),
            Presence::Null => Presence::Null,
            Presence::Absent => Presence::Absent,
        },
    }
}

/// Whether the copy's spelling of a fact says what the truth says.
pub(crate) fn agrees(fact: &str, told: &str, truth: &str) -> bool {
    match fact {
        "phone" if told.contains('*') => true,
        // Some stores leave the country out of what they show.
        "phone" => {
            let (told, truth) = (digits(told), digits(truth));
            same_number(&told, &truth) || (told.len() >= 6 && truth.ends_with(&told)) || told == truth
        }
        "document" => bare(told) == bare(truth),
        "role" | "segment" => told.eq_ignore_ascii_case(truth),
        "created_at" => seconds(told) == seconds(truth),
        "total_spent" | "extra.wallet" => number(told) == number(truth),
        _ => told.trim() == truth.trim(),
    }
}

fn seconds(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp())
}

fn number(text: &str) -> Option<i64> {
    text.parse::<f64>().ok().map(|amount| (amount * 100.0).round() as i64)
}

/// A JSON value as the text that people read; null is the empty text.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Parts of an address, by the names that the truth has for them.
fn parts(platform: &str) -> &'static [(&'static str, &'static str)] {
    match platform {
        "inallweb" => &[
            ("street", "address_line1"),
            ("city", "city"),
            ("postal_code", "postal_code"),
            ("country", "country"),
        ],
        "tiendanegocio" => &[
            ("street", "address"),
            ("number", "number"),
            ("complement", "floor"),
            ("district", "locality"),
            ("city", "city"),
            ("region", "province"),
            ("postal_code", "zipcode"),
            ("country", "country"),
        ],
        "tiendanube" => &[
            ("recipient", "name"),
            ("street", "address"),
            ("number", "number"),
            ("complement", "floor"),
            ("district", "locality"),
            ("city", "city"),
            ("region", "province"),
            ("postal_code", "zipcode"),
            ("country", "country"),
            ("phone", "phone"),
        ],
        "uappi" => &[
            ("recipient", "recipient"),
            ("street", "street"),
            ("number", "number"),
            ("complement", "complement"),
            ("district", "district"),
            ("city", "city"),
            ("region", "state"),
            ("postal_code", "zipCode"),
            ("country", "countryCode"),
        ],
        _ => &[
            ("recipient", "receiver"),
            ("street", "street"),
            ("number", "number"),
            ("complement", "complement"),
            ("district", "neighborhood"),
            ("city", "city"),
            ("region", "uf"),
            ("postal_code", "zip_code"),
        ],
    }
}

/// The addresses that the truth lists, with its ids for keys.
pub(crate) fn addresses(platform: &str, truth: &Value) -> Vec<Address> {
    let list: Vec<&Value> = match platform {
        "tiendanegocio" => truth.get("address").into_iter().filter(|one| one.is_object()).collect(),
        _ => truth["addresses"].as_array().into_iter().flatten().collect(),
    };
    let mut found: Vec<Address> = list
        .into_iter()
        .map(|one| {
            let mut address = Address { key: plain(&one["id"]), ..Address::default() };
            for (name, slot) in address.parts_mut() {
                let key = parts(platform).iter().find(|(part, _)| *part == name).map(|(_, key)| *key);
                *slot = key.and_then(|key| one.get(key)).map(plain).filter(|text| !text.is_empty());
            }
            address
        })
        .collect();
    found.retain(|address| address.parts().iter().any(|(_, part)| part.is_some()));
    found
}

/// Only those parts of an address that the platform has.
pub(crate) fn with_the_parts_of(platform: &str, mut address: Address) -> Address {
    for (name, slot) in address.parts_mut() {
        if !parts(platform).iter().any(|(part, _)| *part == name) {
            *slot = None;
        }
    }
    address
}

/// What differs between two truths of one customer beside these keys. Null and the empty text are one.
pub(crate) fn differences(before: &Value, after: &Value, besides: &[String]) -> Vec<String> {
    let empty = Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let keys: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .filter(|key| !TIMES.contains(&key.as_str()) && !besides.contains(key))
        .filter(|key| {
            let of = |map: &Map<String, Value>| without_times(map.get(*key).unwrap_or(&Value::Null));
            of(before) != of(after)
        })
        .map(|key| {
            let of = |map: &Map<String, Value>| map.get(key).unwrap_or(&Value::Null).to_string();
            format!("{key}: {} became {}", of(before), of(after))
        })
        .collect()
}

/// What time changes by itself.
const TIMES: [&str; 6] = ["updated_at", "updatedAt", "segment", "stats", "created_at", "createdAt"];

fn without_times(value: &Value) -> Value {
    match value {
        Value::String(text) if text.is_empty() => Value::Null,
        Value::Array(list) => list.iter().map(without_times).collect(),
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| !TIMES.contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), without_times(value)))
            .filter(|(_, value)| !value.is_null())
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}
