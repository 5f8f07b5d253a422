//! From the shapes of Yampi to a customer and back. Pure.

use clientela_domain::customer::DocumentKind;
use clientela_domain::normalise::document::bare;
use clientela_domain::normalise::phone::digits;
use clientela_domain::{CustomerRecord, Document, Field, FieldValue, Order, Presence};
use serde_json::{Map, Value, json};

use super::wire::{self, READ_ONLY};
use super::{CAPABILITIES, address};
use crate::reading::Oddities;
use crate::{ConnectorError, NewCustomer, RejectedRecord};

/// A person, and a company, in the platform's words (pessoa física, pessoa jurídica).
const PERSON: &str = "f";
const COMPANY: &str = "j";

/// A record of a list, an answer for one customer, or the answer to a change: they differ only in what they leave out.
pub(super) fn customer(value: Value, oddities: &mut Oddities) -> Result<CustomerRecord, RejectedRecord> {
    let wire = wire::Customer::read(value, oddities)?;
    let mut record = CustomerRecord::new(wire.id);
    record.first_name = trimmed(wire.first_name);
    record.last_name = trimmed(wire.last_name);
    if record.first_name.value().is_none() && record.last_name.value().is_none() {
        record.first_name = match trimmed(wire.name) {
            Presence::Absent => record.first_name,
            told => told,
        };
    }
    record.email = trimmed(wire.email);
    record.phone = wire.phone;
    record.company = wire.razao_social;
    record.note = wire.notes;
    record.is_active = wire.active;
    record.accepts_marketing = wire.newsletter;
    record.birthday = wire.birthday;
    record.anonymized = wire.anonymized;
    record.created_at = wire.created_at;
    record.updated_at = wire.updated_at;
    record.last_order_at = wire.last_order_at;
    record.addresses = wire.addresses.map(|list| list.into_iter().map(address::from_wire).collect());
    for (key, told) in wire.own {
        tell(&mut record, key, told);
    }
    if let Some(Some(kind)) = record.own.get_mut("type") {
        *kind = kind.to_lowercase();
    }
    tell(&mut record, "whatsapp", wire.whatsapp.map(|flag| flag.to_string()));
    if wire.last_order_value.value().is_some() {
        record.currency = Presence::from(CAPABILITIES.currency.map(str::to_owned));
    }
    tell(&mut record, "last_order_value", wire.last_order_value.map(|amount| amount.to_string()));
    record.documents = documents(wire.cpf, wire.cnpj, is_company(&record));
    record.remainder = wire.rest;
    Ok(record)
}

/// An order, and whose it says it is.
pub(super) fn order(
    value: Value,
    oddities: &mut Oddities,
) -> Result<(Order, Option<String>), RejectedRecord> {
    let wire = wire::Order::read(value, oddities)?;
    let order = Order {
        remote_id: wire.id.as_str().to_owned(),
        number: wire.number.into_value(),
        placed_at: wire.created_at.into_value(),
        status: wire.status,
        total: wire.total.into_value(),
        currency: CAPABILITIES.currency.map(str::to_owned),
        items: wire.items,
    };
    Ok((order, wire.customer))
}

/// Puts all orders of a customer into the record, with what follows from having all of them.
pub(super) fn with_orders(record: &mut CustomerRecord, orders: Vec<Order>) {
    let placed = || orders.iter().filter_map(|order| order.placed_at);
    record.first_order_at = placed().min().into();
    record.last_order_at = placed().max().into();
    record.orders_count = Presence::Value(i64::try_from(orders.len()).unwrap_or(i64::MAX));
    record.orders = Presence::Value(orders);
}

/// The body of a change: everything writable that `fresh` has, with the changes in it. What a change has to name is not
/// documented, and neither is what becomes of that which it does not name; this is right for every store.
///
/// # Errors
/// [`ConnectorError::Unwritable`] for a field that cannot be written there.
pub(super) fn replacement(
    fresh: &CustomerRecord,
    changes: &[(Field, FieldValue)],
) -> Result<Map<String, Value>, ConnectorError> {
    let mut after = fresh.clone();
    let mut numbers = Numbers::of(fresh);
    for (field, value) in changes {
        write(&mut after, &mut numbers, field, value)?;
    }
    let mut body: Map<String, Value> = fresh
        .remainder
        .iter()
        .filter(|(key, _)| !READ_ONLY.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    fill(&mut body, &after, &numbers);
    for (field, _) in changes {
        let key = if *field == Field::Document { numbers.main_key() } else { key_of(field) };
        if !body.contains_key(key) {
            body.insert(key.to_owned(), Value::Null);
        }
    }
    let company = changes.iter().any(|(field, value)| *field == Field::Company && !value.is_empty());
    if company && !numbers.company {
        return Err(unwritable(&Field::Company, "only a company has one, and this is a person"));
    }
    Ok(body)
}

/// The body that makes a customer.
///
/// # Errors
/// [`ConnectorError::Unwritable`] for a field that cannot be written there, and for addresses: each is a request of its own.
pub(super) fn creation(new: &NewCustomer) -> Result<Map<String, Value>, ConnectorError> {
    if !new.addresses.is_empty() {
        return Err(ConnectorError::Unwritable {
            field: "address".to_owned(),
            message: "addresses are added to a customer that is there".to_owned(),
        });
    }
    let mut record = CustomerRecord::default();
    let mut numbers = Numbers { cpf: None, cnpj: None, company: false };
    for (field, value) in new.fields.iter().filter(|(_, value)| !value.is_empty()) {
        write(&mut record, &mut numbers, field, value)?;
    }
    if record.company.value().is_some() && !numbers.company {
        return Err(unwritable(&Field::Company, "only a company has one, and the document is a person's"));
    }
    let mut body = Map::new();
    fill(&mut body, &record, &numbers);
    Ok(body)
}

/// The number as records show it: digits, without the country where that is Brazil.
pub(super) fn national_digits(phone: &str) -> String {
    let all = digits(phone);
    match all.strip_prefix("55") {
        Some(national) if matches!(national.len(), 10 | 11) => national.to_owned(),
        _ => all,
    }
}

/// The parts of a number as records show them.
pub(super) fn phone_parts(phone: &str) -> Value {
    let all = national_digits(phone);
    let (area, number) = if matches!(all.len(), 10 | 11) { all.split_at(2) } else { ("", all.as_str()) };
    json!({ "area_code": area, "number": number, "full_number": all })
}

/// The documents by their keys, and whether the one that counts is a company's.
struct Numbers {
    cpf: Option<String>,
    cnpj: Option<String>,
    company: bool,
}

impl Numbers {
    fn of(record: &CustomerRecord) -> Self {
        let number = |kind: DocumentKind| {
            let list = record.documents.value().into_iter().flatten();
            list.into_iter().find(|document| document.kind == kind).map(|document| bare(&document.number))
        };
        Self { cpf: number(DocumentKind::Cpf), cnpj: number(DocumentKind::Cnpj), company: is_company(record) }
    }

    fn main_key(&self) -> &'static str {
        if self.company { "cnpj" } else { "cpf" }
    }

    /// The length tells whose it is; a number of another length stays with the kind of customer, and the store judges it.
    fn set(&mut self, number: &str) {
        let number = bare(number);
        match number.len() {
            11 => self.company = false,
            14 => self.company = true,
            _ => {}
        }
        let place = if self.company { &mut self.cnpj } else { &mut self.cpf };
        *place = Some(number).filter(|number| !number.is_empty());
    }
}

fn write(
    record: &mut CustomerRecord,
    numbers: &mut Numbers,
    field: &Field,
    value: &FieldValue,
) -> Result<(), ConnectorError> {
    match (field, value) {
        (Field::Document, FieldValue::Text(_) | FieldValue::Null) => {
            numbers.set(value.as_text().unwrap_or_default());
        }
        (Field::Birthday, FieldValue::Text(day)) if !day.trim().is_empty() => {
            let day = day.trim().parse().map_err(|_| unwritable(field, "this is not a day"))?;
            record.birthday = Presence::Value(day);
        }
        (Field::IsActive | Field::AcceptsMarketing, FieldValue::Flag(_)) => record.set_field(field, value),
        (Field::Extra(key), FieldValue::Text(text)) if key == "whatsapp" => {
            if !matches!(text.trim(), "true" | "false") {
                return Err(unwritable(field, "it is true or false"));
            }
            record.own.insert(key.clone(), Some(text.trim().to_owned()));
        }
        (Field::Extra(key), FieldValue::Text(_) | FieldValue::Null) if key == "state_registration" => {
            record.own.insert(key.clone(), value.as_text().map(str::to_owned));
        }
        (
            Field::FirstName
            | Field::LastName
            | Field::Company
            | Field::Email
            | Field::Phone
            | Field::Note
            | Field::Birthday,
            FieldValue::Text(_) | FieldValue::Null,
        ) => record.set_field(field, value),
        (Field::Address(_), _) => return Err(unwritable(field, "an address is changed by itself")),
        _ => return Err(unwritable(field, "the platform does not take it")),
    }
    Ok(())
}

/// Everything that the record has. Nothing is nothing to either kind of store, and a strict one might stumble over its
/// spelling, so what is empty is left out.
fn fill(body: &mut Map<String, Value>, record: &CustomerRecord, numbers: &Numbers) {
    let own = |key: &str| record.own.get(key).and_then(Option::as_deref);
    let phone = record.phone.value().map(|phone| national_digits(phone));
    let birthday = record.birthday.value().map(ToString::to_string);
    let name = record.full_name();
    for (key, text) in [
        ("name", Some(name.as_str())),
        ("first_name", record.first_name.value().map(String::as_str)),
        ("last_name", record.last_name.value().map(String::as_str)),
        ("email", record.email.value().map(String::as_str)),
        ("type", Some(if numbers.company { COMPANY } else { PERSON })),
        ("cpf", numbers.cpf.as_deref()),
        ("cnpj", numbers.cnpj.as_deref()),
        ("phone", phone.as_deref()),
        ("razao_social", record.company.value().map(String::as_str)),
        ("state_registration", own("state_registration")),
        ("birthday", birthday.as_deref()),
        ("notes", record.note.value().map(String::as_str)),
    ] {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            body.insert(key.to_owned(), json!(text));
        }
    }
    for (key, flag) in [
        ("active", record.is_active.value().copied()),
        ("newsletter", record.accepts_marketing.value().copied()),
        ("whatsapp", own("whatsapp").map(|flag| flag == "true")),
    ] {
        if let Some(flag) = flag {
            body.insert(key.to_owned(), json!(flag));
        }
    }
}

fn key_of(field: &Field) -> &'static str {
    match field {
        Field::FirstName => "first_name",
        Field::LastName => "last_name",
        Field::Company => "razao_social",
        Field::Email => "email",
        Field::Phone => "phone",
        Field::Note => "notes",
        Field::Birthday => "birthday",
        Field::IsActive => "active",
        Field::AcceptsMarketing => "newsletter",
        Field::Extra(key) if key == "whatsapp" => "whatsapp",
        _ => "state_registration",
    }
}

/// The main document first: a company's for a company.
fn documents(cpf: Presence<String>, cnpj: Presence<String>, company: bool) -> Presence<Vec<Document>> {
    if cpf.is_absent() && cnpj.is_absent() {
        return Presence::Absent;
    }
    let of = |kind: DocumentKind, told: Presence<String>| {
        let number = told.into_value().map(|number| number.trim().to_owned());
        number.filter(|number| !number.is_empty()).map(|number| Document { kind, number })
    };
    let mut list: Vec<Document> =
        [of(DocumentKind::Cpf, cpf), of(DocumentKind::Cnpj, cnpj)].into_iter().flatten().collect();
    if company {
        list.reverse();
    }
    if list.is_empty() { Presence::Null } else { Presence::Value(list) }
}

/// What the record says of itself; else whether it has a company's document and no person's.
fn is_company(record: &CustomerRecord) -> bool {
    match record.own.get("type").and_then(Option::as_deref) {
        Some(COMPANY) => true,
        Some(PERSON) => false,
        _ => {
            let main = record.documents.value().and_then(|list| list.first());
            main.is_some_and(|document| document.kind == DocumentKind::Cnpj)
        }
    }
}

fn tell(record: &mut CustomerRecord, key: &str, told: Presence<String>) {
    let text = match told {
        Presence::Absent => return,
        Presence::Null => None,
        Presence::Value(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
    };
    record.own.insert(key.to_owned(), text);
}

/// Names and e-mails come with blanks around them (github.com/LucasDuarte026/message_integration_YAMPI, CHANGELOG 6.3.1).
fn trimmed(text: Presence<String>) -> Presence<String> {
    text.map(|text| text.trim().to_owned())
}

pub(super) fn unwritable(field: &Field, message: &str) -> ConnectorError {
    ConnectorError::Unwritable { field: field.to_string(), message: message.to_owned() }
}
