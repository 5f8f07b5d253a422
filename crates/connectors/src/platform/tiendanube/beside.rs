//! What a store keeps beside a customer's record: its custom fields
//! (tiendanube.github.io/api-documentation/resources/customers/custom-fields) and what apps left there as metafields
//! (github.com/TiendaNube/api-docs, resources/metafields.md). Only read, and only as much of it as a person looks at.
//!
//! Both are asked for customer by customer, and many tokens may not or many stores cannot. A route that says so is not asked
//! again as long as the program runs, and a trouble with either leaves the values unsaid and the customer readable.

use std::sync::atomic::{AtomicBool, Ordering};

use clientela_domain::{CustomField, RemoteId};
use serde_json::{Map, Value};

use super::client::Tiendanube;
use super::listing::says_past_end;
use crate::http::Call;
use crate::{ConnectorError, Urgency};

/// Values that are shown of one customer.
const MOST: usize = 100;
/// Characters that are kept of a value; the platform takes 250 for most of them.
const LONGEST_VALUE: usize = 1_000;
const LONGEST_NAME: usize = 200;

/// The routes that this store does not have for us.
#[derive(Default)]
pub(super) struct Routes {
    no_custom_fields: AtomicBool,
    no_metafields: AtomicBool,
}

impl Tiendanube {
    /// Everything beside the record; nothing where the store does not tell.
    pub(super) async fn beside(&self, id: &RemoteId, urgency: Urgency) -> Option<Vec<CustomField>> {
        let fields =
            Call::get("{store}/customers/{id}/custom-fields", &[&self.store_id, id.as_str()], urgency);
        let left = Call::get("{store}/metafields/customers", &[&self.store_id], urgency)
            .query("owner_id", id.as_str())
            .query("per_page", MOST.to_string());
        let fields = self.values(fields, &self.beside.no_custom_fields).await;
        let left = self.values(left, &self.beside.no_metafields).await;
        let (Ok(fields), Ok(left)) = (fields, left) else {
            tracing::info!(
                platform = "tiendanube",
                "the values beside a customer could not be read this time"
            );
            return None;
        };
        if fields.is_none() && left.is_none() {
            return None;
        }
        let mut all = custom_fields(fields.unwrap_or_default());
        all.extend(metafields(left.unwrap_or_default(), id));
        all.sort();
        all.dedup();
        all.truncate(MOST);
        Some(all)
    }

    async fn values(&self, call: Call, closed: &AtomicBool) -> Result<Option<Vec<Value>>, ConnectorError> {
        if closed.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let answer = self.send(call).await?;
        if says_past_end(&answer) {
            return Ok(Some(Vec::new()));
        }
        if matches!(answer.status(), 403..=405 | 410) {
            closed.store(true, Ordering::Relaxed);
            return Ok(None);
        }
        let answer = answer.success()?;
        if answer.is_empty() {
            return Ok(Some(Vec::new()));
        }
        match answer.json()? {
            Value::Array(list) => Ok(Some(list)),
            Value::Object(mut map) => {
                match map.swap_remove("custom_fields").or_else(|| map.swap_remove("values")) {
                    Some(Value::Array(list)) => Ok(Some(list)),
                    _ => Err(answer.unreadable("the values beside a customer are not a list")),
                }
            }
            _ => Err(answer.unreadable("the values beside a customer are not a list")),
        }
    }
}

/// The custom fields that have a value. Pure.
pub(super) fn custom_fields(list: Vec<Value>) -> Vec<CustomField> {
    list.iter().filter_map(Value::as_object).filter_map(|entry| one(entry, &["name", "key", "id"])).collect()
}

/// The metafields of this customer. Pure.
pub(super) fn metafields(list: Vec<Value>, owner: &RemoteId) -> Vec<CustomField> {
    let of_owner = |entry: &&Map<String, Value>| match entry.get("owner_id") {
        Some(Value::Number(number)) => number.as_str() == owner.as_str(),
        Some(Value::String(text)) => text.trim() == owner.as_str(),
        _ => true,
    };
    list.iter()
        .filter_map(Value::as_object)
        .filter(of_owner)
        .filter_map(|entry| one(entry, &["key"]))
        .collect()
}

fn one(entry: &Map<String, Value>, names: &[&str]) -> Option<CustomField> {
    let text =
        |key: &str| entry.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let name = names.iter().find_map(|key| text(key))?;
    Some(CustomField {
        namespace: text("namespace").map(|namespace| cut(namespace, LONGEST_NAME)),
        name: cut(name, LONGEST_NAME),
        value: cut(&spelled(entry.get("value")?)?, LONGEST_VALUE),
    })
}

/// A value as people read it; nothing for nothing.
fn spelled(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.as_str().to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Array(list) => list.iter().filter_map(spelled).collect::<Vec<_>>().join(", "),
        Value::Object(map) => match map.get("value") {
            Some(inner @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => return spelled(inner),
            _ => value.to_string(),
        },
    };
    (!text.is_empty()).then_some(text)
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn field(namespace: Option<&str>, name: &str, value: &str) -> CustomField {
        CustomField {
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    fn list(value: Value) -> Vec<Value> {
        value.as_array().cloned().unwrap_or_default()
    }

    #[test]
    fn values_of_every_kind_are_read_as_text_and_empty_ones_left_out() {
        let read = custom_fields(list(json!([
            {"id": "f6b3ca8c", "name": "Client type", "value_type": "text_list", "value": "Wholesale"},
            {"id": "a", "name": "Pontos", "value_type": "numeric", "value": 120},
            {"id": "b", "name": "Tags", "value": ["vip", "", {"value": "retail"}, null]},
            {"key": "myapp/color", "name": "Color", "namespace": "myapp", "value": true},
            {"id": "c", "name": "Vazio", "value": ""}, {"id": "d", "name": "Nulo", "value": null},
            {"id": "e", "name": "Sem valor"}, {"value": "sem nome"}, "x", null,
            {"id": "only-an-id", "value": {"x": 1}},
        ])));
        assert_eq!(
            read,
            [
                field(None, "Client type", "Wholesale"),
                field(None, "Pontos", "120"),
                field(None, "Tags", "vip, retail"),
                field(Some("myapp"), "Color", "true"),
                field(None, "only-an-id", r#"{"x":1}"#),
            ]
        );
    }

    #[test]
    fn metafields_of_somebody_else_are_not_taken() {
        let read = metafields(
            list(json!([
                {"id": 1, "namespace": "nfe", "key": "serie", "value": "7", "owner_id": 101, "owner_resource": "Customer"},
                {"id": 2, "namespace": "nfe", "key": "lote", "value": "8", "owner_id": "101"},
                {"id": 3, "namespace": "nfe", "key": "serie", "value": "9", "owner_id": 102},
                {"id": 4, "key": "solto", "value": "10"},
            ])),
            &RemoteId::new("101"),
        );
        assert_eq!(
            read,
            [field(Some("nfe"), "serie", "7"), field(Some("nfe"), "lote", "8"), field(None, "solto", "10")]
        );
    }

    #[test]
    fn endless_texts_are_cut() {
        let read = custom_fields(vec![json!({"name": "á".repeat(300), "value": "é".repeat(5_000)})]);
        assert_eq!((read[0].name.chars().count(), read[0].value.chars().count()), (201, 1_001));
    }
}
