//! Custom fields: their definitions, and the values that customers have in them. Where the values of one customer are
//! read and written no document that is left says.

use serde_json::{Map, Value, json};

use crate::clock::Moment;
use crate::platform::tiendanube::Tiendanube;
use crate::platform::tiendanube::refusal::{Complaints, not_found};
use crate::platform::tiendanube::shelf::Customer;
use crate::server::{Answer, Call};

const LONGEST_NAME: usize = 60;
const LONGEST_DESCRIPTION: usize = 150;
const LONGEST_VALUE: usize = 250;
const TYPES: [&str; 4] = ["text_list", "text", "numeric", "date"];

/// One field that customers can have a value in.
#[derive(Clone)]
pub(super) struct CustomField {
    pub(super) id: String,
    name: String,
    description: Option<String>,
    kind: String,
    read_only: bool,
    /// What a value can be, where it is chosen from a list.
    values: Vec<String>,
}

/// The fields a store begins with.
pub(super) fn seeded() -> Vec<CustomField> {
    let field = |at: usize, name: &str, kind: &str, values: &[&str]| CustomField {
        id: id_of(at),
        name: name.to_owned(),
        description: None,
        kind: kind.to_owned(),
        read_only: at == 4,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    vec![
        field(1, "Como nos conheceu", "text_list", &["Instagram", "Indicação", "Feira"]),
        field(2, "Observação de entrega", "text", &[]),
        field(3, "Data de aniversário", "date", &[]),
        field(4, "Pontos", "numeric", &[]),
    ]
}

/// The values that a few customers begin with, by field.
pub(super) fn seeded_values(index: u64) -> Map<String, Value> {
    let mut values = Map::new();
    if index % 8 == 2 {
        values.insert(id_of(1), "Indicação".into());
    }
    if index % 16 == 10 {
        values.insert(id_of(4), (index * 10).to_string().into());
    }
    values
}

fn id_of(at: usize) -> String {
    format!("6b0e4f4e-3a52-4c5e-9a77-{at:012}")
}

impl Tiendanube {
    pub(super) fn custom_fields(&self) -> Answer {
        let fields: Vec<Value> = self.shelf.custom_fields.iter().map(body).collect();
        Answer::json(200, &fields)
    }

    pub(super) fn custom_field(&self, id: &str) -> Result<Answer, Answer> {
        Ok(Answer::json(200, &body(self.known_field(id)?)))
    }

    /// Values that are refused do not keep the field from being created; the answer tells which they were.
    pub(super) fn create_custom_field(&mut self, call: &Call) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let mut complaints = Complaints::default();
        let name = text(&fields, "name", LONGEST_NAME, &mut complaints);
        let description = text(&fields, "description", LONGEST_DESCRIPTION, &mut complaints);
        let kind = text(&fields, "value_type", LONGEST_NAME, &mut complaints).unwrap_or_default();
        if name.as_deref().is_none_or(|name| name.trim().is_empty()) {
            complaints.add("name", "can't be blank");
        }
        if self.shelf.custom_fields.iter().any(|field| Some(&field.name) == name.as_ref()) {
            complaints.add("name", "has already been taken");
        }
        if !TYPES.contains(&kind.as_str()) {
            complaints.add("value_type", "is not included in the list");
        }
        let sent = match fields.get("values") {
            None | Some(Value::Null) => &[][..],
            Some(Value::Array(list)) if list.is_empty() || kind == "text_list" => list,
            Some(_) => {
                complaints.add("values", "must be an array, and only for a list");
                &[]
            }
        };
        complaints.settle(&self.choices)?;
        let mut values: Vec<String> = Vec::new();
        let told: Vec<Value> = sent
            .iter()
            .map(|value| match value.as_str() {
                Some(text)
                    if text.chars().count() <= LONGEST_VALUE && !values.iter().any(|one| one == text) =>
                {
                    values.push(text.to_owned());
                    json!({"value": text, "created": true})
                }
                _ => json!({"value": value, "created": false, "error": "The value is not valid"}),
            })
            .collect();
        let id = id_of(self.shelf.custom_fields.len() + 1);
        let read_only = fields.get("read_only").and_then(Value::as_bool).unwrap_or(false);
        let field = CustomField { id, name: name.unwrap_or_default(), description, kind, read_only, values };
        let mut answer = body(&field);
        answer["values"] = told.into();
        self.shelf.custom_fields.push(field);
        Ok(Answer::json(201, &answer))
    }

    pub(super) fn custom_field_owners(&self, id: &str, now: Moment) -> Result<Answer, Answer> {
        let field = self.known_field(id)?;
        let seen = self.shelf.records.iter().filter_map(|record| record.listed(&self.choices, now));
        let owners = seen.filter(|customer| customer.custom_values.contains_key(&field.id));
        let ids: Vec<i64> = owners.map(|owner| self.shelf.outward(owner.id, &self.choices)).collect();
        Ok(Answer::json(200, &ids))
    }

    pub(super) fn custom_values(&self, id: &str, now: Moment) -> Result<Answer, Answer> {
        let missing = || not_found("Customer with such id does not exist", &self.choices);
        let at = self.shelf.position(id, &self.choices).ok_or_else(missing)?;
        let customer = self.shelf.records[at].listed(&self.choices, now).ok_or_else(missing)?;
        Ok(Answer::json(200, &self.values_of(customer)))
    }

    /// Pairs of field and value; a null takes the value away, and fields that are not named keep theirs.
    pub(super) fn set_custom_values(&mut self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let sent = self.sent(call)?;
        let at = self.writable(id)?;
        let mut customer = self.shelf.records[at].current.clone();
        let mut complaints = Complaints::default();
        let pairs = sent.as_array().map(Vec::as_slice).unwrap_or_default();
        if !sent.is_array() {
            complaints.add("custom_fields", "must be an array of id and value");
        }
        for pair in pairs {
            let id = pair.get("id").and_then(Value::as_str).unwrap_or_default();
            let Some(field) = self.shelf.custom_fields.iter().find(|field| field.id == id) else {
                complaints.add("id", "does not exist");
                continue;
            };
            match pair.get("value") {
                _ if field.read_only => complaints.add("id", "is read only"),
                Some(Value::Null) => {
                    customer.custom_values.shift_remove(id);
                }
                Some(Value::String(text)) if field.takes(text) => {
                    customer.custom_values.insert(id.to_owned(), text.as_str().into());
                }
                _ => complaints.add("value", "is invalid"),
            }
        }
        complaints.settle(&self.choices)?;
        let answer = Answer::json(200, &self.values_of(&customer));
        self.shelf.replace(at, customer, self.choices.visibility_delay.seconds(), now);
        Ok(answer)
    }

    fn known_field(&self, id: &str) -> Result<&CustomField, Answer> {
        let known = self.shelf.custom_fields.iter().find(|field| field.id == id);
        known.ok_or_else(|| not_found("Custom field not found", &self.choices))
    }

    fn values_of(&self, customer: &Customer) -> Vec<Value> {
        let fields = self.shelf.custom_fields.iter();
        let values = fields.filter_map(|field| {
            let value = customer.custom_values.get(&field.id)?;
            let mut told = body(field);
            told["value"] = value.clone();
            Some(told)
        });
        values.collect()
    }
}

impl CustomField {
    fn takes(&self, text: &str) -> bool {
        let short = text.chars().count() <= LONGEST_VALUE;
        short
            && match self.kind.as_str() {
                "text_list" => self.values.iter().any(|value| value == text),
                "numeric" => text.parse::<f64>().is_ok(),
                "date" => text
                    .get(..10)
                    .is_some_and(|day| chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok()),
                _ => true,
            }
    }
}

fn body(field: &CustomField) -> Value {
    json!({
        "id": field.id,
        "name": field.name,
        "description": field.description,
        "value_type": field.kind,
        "owner_resource": "customer",
        "read_only": field.read_only,
        "values": field.values,
    })
}

fn text(
    fields: &Map<String, Value>,
    name: &str,
    longest: usize,
    complaints: &mut Complaints,
) -> Option<String> {
    match fields.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.chars().count() <= longest => Some(text.clone()),
        Some(Value::String(_)) => {
            complaints.add(name, &format!("is too long (maximum is {longest} characters)"));
            None
        }
        Some(_) => {
            complaints.add(name, "must be a string");
            None
        }
    }
}
