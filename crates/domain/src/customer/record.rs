//! A customer as a store shows it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Address, CustomField, Document, DocumentKind, Order};
use crate::{Field, FieldValue, Presence, RemoteId};

/// One answer about one customer, or the sum of all answers so far (then it is the mirror).
///
/// Every fact is a [`Presence`]: what an answer did not say stays [`Presence::Absent`] and is never read as a deletion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerRecord {
    pub remote_id: RemoteId,
    /// Given name; the whole name where the platform has one name only.
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub first_name: Presence<String>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub last_name: Presence<String>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub company: Presence<String>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub email: Presence<String>,
    /// As the store writes it.
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub phone: Presence<String>,
    /// The main document first.
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub documents: Presence<Vec<Document>>,
    /// The store's one note text.
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub note: Presence<String>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub role: Presence<String>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub segment: Presence<String>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub groups: Presence<Vec<String>>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub is_active: Presence<bool>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub email_verified: Presence<bool>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub accepts_marketing: Presence<bool>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub birthday: Presence<NaiveDate>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub created_at: Presence<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub updated_at: Presence<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub total_spent: Presence<Decimal>,
    /// ISO 4217.
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub currency: Presence<String>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub average_order: Presence<Decimal>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub orders_count: Presence<i64>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub first_order_at: Presence<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub last_order_at: Presence<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub orders: Presence<Vec<Order>>,
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub addresses: Presence<Vec<Address>>,
    /// Fields that the store's people made up themselves, as `extra.KEY`. Always told whole: a key that is not there is gone.
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub extra: Presence<BTreeMap<String, String>>,
    /// Fields that only this platform has ([`crate::capability::OwnField`]), as `extra.KEY` too. Told key by key: `None` is
    /// null, and a key that is not there was not said.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub own: BTreeMap<String, Option<String>>,
    /// What the store or its apps keep beside the record. Only read, and always told whole.
    #[serde(skip_serializing_if = "Presence::is_absent")]
    pub custom_fields: Presence<Vec<CustomField>>,
    /// The store shows this person with asterisks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
    /// The store has removed this person's data.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub anonymized: bool,
    /// Keys of the record that nothing here understands, as the store wrote them. Kept so that they are never lost.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub remainder: BTreeMap<String, Value>,
}

impl CustomerRecord {
    /// A record of which nothing but the id is known.
    pub fn new(remote_id: RemoteId) -> Self {
        Self {
            remote_id,
            first_name: Presence::Absent,
            last_name: Presence::Absent,
            company: Presence::Absent,
            email: Presence::Absent,
            phone: Presence::Absent,
            documents: Presence::Absent,
            note: Presence::Absent,
            role: Presence::Absent,
            segment: Presence::Absent,
            groups: Presence::Absent,
            is_active: Presence::Absent,
            email_verified: Presence::Absent,
            accepts_marketing: Presence::Absent,
            birthday: Presence::Absent,
            created_at: Presence::Absent,
            updated_at: Presence::Absent,
            total_spent: Presence::Absent,
            currency: Presence::Absent,
            average_order: Presence::Absent,
            orders_count: Presence::Absent,
            first_order_at: Presence::Absent,
            last_order_at: Presence::Absent,
            orders: Presence::Absent,
            addresses: Presence::Absent,
            extra: Presence::Absent,
            own: BTreeMap::new(),
            custom_fields: Presence::Absent,
            masked: false,
            anonymized: false,
            remainder: BTreeMap::new(),
        }
    }

    /// What this record says of a field that staff can edit.
    pub fn field(&self, field: &Field) -> Presence<FieldValue> {
        let text = |presence: &Presence<String>| presence.clone().map(FieldValue::Text);
        let flag = |presence: &Presence<bool>| (*presence).map(FieldValue::Flag);
        match field {
            Field::FirstName => text(&self.first_name),
            Field::LastName => text(&self.last_name),
            Field::Company => text(&self.company),
            Field::Email => text(&self.email),
            Field::Phone => text(&self.phone),
            Field::Note => text(&self.note),
            Field::Role => text(&self.role),
            Field::IsActive => flag(&self.is_active),
            Field::AcceptsMarketing => flag(&self.accepts_marketing),
            Field::Birthday => self.birthday.map(|day| FieldValue::Text(day.to_string())),
            Field::Document => match &self.documents {
                Presence::Absent => Presence::Absent,
                Presence::Null => Presence::Null,
                Presence::Value(list) => {
                    list.first().map(|main| FieldValue::Text(main.number.clone())).into()
                }
            },
            Field::Extra(key) if self.own.contains_key(key) => {
                self.own.get(key).cloned().flatten().map(FieldValue::Text).into()
            }
            Field::Extra(key) => match &self.extra {
                Presence::Absent => Presence::Absent,
                Presence::Null => Presence::Null,
                Presence::Value(map) => map.get(key).map(|value| FieldValue::Text(value.clone())).into(),
            },
            Field::Address(key) => match &self.addresses {
                Presence::Absent => Presence::Absent,
                Presence::Null => Presence::Null,
                Presence::Value(list) => list
                    .iter()
                    .find(|address| &address.key == key)
                    .map(|address| FieldValue::Address(Box::new(address.clone())))
                    .into(),
            },
        }
    }

    /// Writes a value over a field: how an edit is laid over the mirror to get what people see.
    pub fn set_field(&mut self, field: &Field, value: &FieldValue) {
        let text = || Presence::from(value.as_text().map(str::to_owned));
        let flag = || Presence::from(value.as_flag());
        match field {
            Field::FirstName => self.first_name = text(),
            Field::LastName => self.last_name = text(),
            Field::Company => self.company = text(),
            Field::Email => self.email = text(),
            Field::Phone => self.phone = text(),
            Field::Note => self.note = text(),
            Field::Role => self.role = text(),
            Field::IsActive => self.is_active = flag(),
            Field::AcceptsMarketing => self.accepts_marketing = flag(),
            Field::Birthday => self.birthday = value.as_text().and_then(|day| day.parse().ok()).into(),
            Field::Document => self.set_main_document(value.as_text()),
            Field::Extra(key) if self.own.contains_key(key) => {
                self.own.insert(key.clone(), value.as_text().map(str::to_owned));
            }
            Field::Extra(key) => {
                let mut map = std::mem::take(&mut self.extra).into_value().unwrap_or_default();
                match value.as_text() {
                    Some(text) => map.insert(key.clone(), text.to_owned()),
                    None => map.remove(key),
                };
                self.extra = Presence::Value(map);
            }
            Field::Address(key) => {
                let mut list = std::mem::take(&mut self.addresses).into_value().unwrap_or_default();
                let place = list.iter().position(|address| &address.key == key);
                match (value, place) {
                    (FieldValue::Address(address), Some(place)) => list[place] = (**address).clone(),
                    (FieldValue::Address(address), None) => list.push((**address).clone()),
                    (_, Some(place)) => drop(list.remove(place)),
                    (_, None) => {}
                }
                self.addresses = Presence::Value(list);
            }
        }
    }

    /// Given and family name in one, as people read it. Empty when the store has no name.
    pub fn full_name(&self) -> String {
        let parts =
            [&self.first_name, &self.last_name].map(|part| part.value().map_or("", |name| name.trim()));
        parts.join(" ").trim().to_owned()
    }

    fn set_main_document(&mut self, number: Option<&str>) {
        let mut list = std::mem::take(&mut self.documents).into_value().unwrap_or_default();
        let more = list.len() > 1;
        match (number, list.first_mut()) {
            (Some(number), Some(main)) => main.number = number.to_owned(),
            (Some(number), None) => list.push(Document::guess(number)),
            // Taken out, the second document would become the main one.
            (None, Some(main)) if more => main.number.clear(),
            (None, Some(_)) => list.clear(),
            (None, None) => {}
        }
        self.documents = Presence::Value(list);
    }
}

impl Default for CustomerRecord {
    fn default() -> Self {
        Self::new(RemoteId::new(""))
    }
}

impl CustomerRecord {
    /// Whether this may be the person whom another record with the same id tells of: what nobody edits says it, the e-mail where that is
    /// not known. Where nothing of either is known, nothing speaks against it.
    pub fn may_be_same_person(&self, other: &CustomerRecord) -> bool {
        match (self.created_at.value(), other.created_at.value()) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => match (self.email.value(), other.email.value()) {
                (Some(ours), Some(theirs)) => ours.trim().eq_ignore_ascii_case(theirs.trim()),
                _ => true,
            },
        }
    }

    /// The country that the record itself suggests, ISO 3166 alpha-2: an address's, else the person's nationality where the
    /// platform tells one, else the one that issues the document.
    pub fn country(&self) -> Option<&str> {
        let is_code =
            |code: &&str| code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_alphabetic());
        let of_addresses = self.addresses.value().into_iter().flatten();
        let named = of_addresses.filter_map(|address| address.country.as_deref()).find(is_code);
        let nationality = || self.own.get("nationality").and_then(Option::as_deref).filter(is_code);
        named.or_else(nationality).or_else(|| {
            self.documents.value().into_iter().flatten().find_map(|document| match document.kind {
                DocumentKind::Cpf | DocumentKind::Cnpj => Some("BR"),
                DocumentKind::Dni | DocumentKind::Cuit => Some("AR"),
                DocumentKind::Other(_) | DocumentKind::Unknown => None,
            })
        })
    }

    /// The address that lists show: the default one, else the first.
    pub fn main_address(&self) -> Option<&Address> {
        let list = self.addresses.value()?;
        list.iter().find(|address| address.is_default).or_else(|| list.first())
    }
}
