//! Metafields: texts that apps keep beside a customer, under a namespace and a key.

use serde_json::{Map, Value, json};

use crate::clock::{Moment, civil};
use crate::platform::tiendanube::Tiendanube;
use crate::platform::tiendanube::choices::MetafieldDates;
use crate::platform::tiendanube::list::{Page, number};
use crate::platform::tiendanube::refusal::{Complaints, not_found};
use crate::platform::tiendanube::shelf::{Customer, Metafield};
use crate::server::{Answer, Call};

/// The one field that a few customers begin with.
pub(super) fn seeded(customer: &Customer) -> Option<Metafield> {
    (customer.id % 9 == 4).then(|| Metafield {
        id: 60_000_000 + customer.id % 1_000_000,
        owner: customer.id,
        namespace: "loja".to_owned(),
        key: "tamanho".to_owned(),
        value: ["P", "M", "G"][customer.id as usize % 3].to_owned(),
        description: Some("Tamanho de camiseta".to_owned()),
        created_at: customer.created_at,
        updated_at: customer.created_at,
    })
}

impl Tiendanube {
    pub(super) fn metafields(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let mut complaints = Complaints::default();
        let page = Page::read(call, &self.choices, &mut complaints);
        let owner = number(call, "owner_id", &mut complaints);
        complaints.settle(&self.choices)?;
        let shows = |field: &&Metafield| {
            let record = self.shelf.position_of(field.owner).map(|at| &self.shelf.records[at]);
            record.is_some_and(|record| record.listed(&self.choices, now).is_some())
        };
        let asked = |name: &str, text: &str| call.parameter(name).is_none_or(|wanted| wanted == text);
        let fields: Vec<Value> = self
            .shelf
            .metafields
            .iter()
            .filter(|field| owner.is_none_or(|owner| owner == self.shelf.outward(field.owner, &self.choices)))
            .filter(|field| asked("namespace", &field.namespace) && asked("key", &field.key))
            .filter(shows)
            .map(|field| self.shown(field))
            .collect();
        Ok(page.answer(call, page.of(&fields), fields.len(), &self.choices))
    }

    pub(super) fn metafield(&self, id: &str) -> Result<Answer, Answer> {
        Ok(Answer::json(200, &self.shown(&self.shelf.metafields[self.metafield_at(id)?])))
    }

    pub(super) fn create_metafield(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let mut complaints = Complaints::default();
        let mut field = Metafield {
            id: self.shelf.metafields.iter().map(|field| field.id).max().unwrap_or(60_000_000) + 1,
            owner: 0,
            namespace: String::new(),
            key: String::new(),
            value: String::new(),
            description: None,
            created_at: now,
            updated_at: now,
        };
        match fields.get("owner_id").map(plain).and_then(|id| self.shelf.position(&id, &self.choices)) {
            Some(at) if !self.shelf.records[at].current.deleted => {
                field.owner = self.shelf.records[at].current.id;
            }
            _ => complaints.add("owner_id", "does not exist"),
        }
        if fields.get("owner_resource").and_then(Value::as_str) != Some("Customer") {
            complaints.add("owner_resource", "is not included in the list");
        }
        for (name, slot) in [("namespace", &mut field.namespace), ("key", &mut field.key)] {
            match fields.get(name).and_then(Value::as_str) {
                Some(text) if is_key(text) => *slot = text.to_owned(),
                Some(_) => complaints.add(name, "is invalid"),
                None => complaints.add(name, "can't be blank"),
            }
        }
        write(&mut field, &fields, true, &mut complaints);
        let same = |one: &Metafield| {
            (one.owner, &one.namespace, &one.key) == (field.owner, &field.namespace, &field.key)
        };
        if self.shelf.metafields.iter().any(same) {
            complaints.add("key", "has already been taken");
        }
        complaints.settle(&self.choices)?;
        let mut answer = self.shown(&field);
        if self.choices.metafield_dates == MetafieldDates::Mixed {
            let date = civil(now).format("%Y-%m-%d %H:%M:%S").to_string();
            answer["created_at"] = date.as_str().into();
            answer["updated_at"] = date.into();
            answer["deleted_at"] = Value::Null;
        }
        self.shelf.metafields.push(field);
        Ok(Answer::json(201, &answer))
    }

    pub(super) fn update_metafield(&mut self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let at = self.metafield_at(id)?;
        let mut complaints = Complaints::default();
        let mut field = self.shelf.metafields[at].clone();
        write(&mut field, &fields, false, &mut complaints);
        complaints.settle(&self.choices)?;
        field.updated_at = now;
        let answer = Answer::json(200, &self.shown(&field));
        self.shelf.metafields[at] = field;
        Ok(answer)
    }

    pub(super) fn delete_metafield(&mut self, id: &str) -> Result<Answer, Answer> {
        let at = self.metafield_at(id)?;
        self.shelf.metafields.remove(at);
        Ok(Answer::json(200, &json!({})))
    }

    fn metafield_at(&self, id: &str) -> Result<usize, Answer> {
        let id: Option<i64> = id.parse().ok();
        let at = self.shelf.metafields.iter().position(|field| Some(field.id) == id);
        at.ok_or_else(|| not_found("Metafield not found", &self.choices))
    }

    fn shown(&self, field: &Metafield) -> Value {
        let date = |at: Moment| civil(at).format("%Y-%m-%dT%H:%M:%S+0000").to_string();
        json!({
            "id": field.id,
            "namespace": field.namespace,
            "key": field.key,
            "value": field.value,
            "description": field.description,
            "owner_id": self.shelf.outward(field.owner, &self.choices),
            "owner_resource": "Customer",
            "created_at": date(field.created_at),
            "updated_at": date(field.updated_at),
        })
    }
}

fn write(field: &mut Metafield, fields: &Map<String, Value>, new: bool, complaints: &mut Complaints) {
    match fields.get("value") {
        Some(Value::String(text)) if !text.is_empty() => field.value = text.clone(),
        None if !new => {}
        None => complaints.add("value", "can't be blank"),
        Some(_) => complaints.add("value", "must be a string"),
    }
    match fields.get("description") {
        None => {}
        Some(Value::Null) => field.description = None,
        Some(Value::String(text)) => field.description = Some(text.clone()),
        Some(_) => complaints.add("description", "must be a string"),
    }
}

/// A letter, then letters, digits and underlines.
fn is_key(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// A number as it is or as text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
