//! Changing one customer.
//!
//! What a write may look like is told by no document, only by refusals. A refused write did nothing, so another spelling of it
//! is not a repetition; and a write that was taken in part is followed by one that says the rest.

use std::sync::atomic::Ordering;

use clientela_domain::{Address, CustomerRecord, Field, FieldValue, Presence};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Yampi, number};
use super::envelope::Envelope;
use super::{CAPABILITIES, address, map, wire};
use crate::http::Answer;
use crate::reading::Oddities;
use crate::{ConnectorError, Urgency, Written};

/// Spellings beyond the first that are tried of one write.
const MOST_SPELLINGS: usize = 2;
/// The phone is taken as an object of its parts.
const PARTS: u8 = 1;

impl Yampi {
    pub(super) async fn write_fields(
        &self,
        fresh: &CustomerRecord,
        id: &str,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError> {
        let body = map::replacement(fresh, changes)?;
        let (answer, body) = self.write(Method::PUT, "{alias}/customers/{id}", &[id], body).await?;
        if answer.is_missing() {
            return Ok(Written::Missing);
        }
        let answer = answer.success()?;
        let Some(record) = self.one(&answer, Some(&fresh.remote_id))? else { return Ok(Written::Accepted) };
        let written = Written::Shown { record: Box::new(record.clone()), server_time: answer.server_time() };
        let Some(rest) = unfinished(&body, &record, changes) else { return Ok(written) };
        let (answer, _) = self.write(Method::PUT, "{alias}/customers/{id}", &[id], rest).await?;
        if answer.is_missing() {
            return Ok(Written::Missing);
        }
        match answer.status() {
            // What the store shows is what it is.
            400 | 422 => Ok(written),
            _ => {
                let answer = answer.success()?;
                Ok(match self.one(&answer, Some(&fresh.remote_id))? {
                    Some(record) => {
                        Written::Shown { record: Box::new(record), server_time: answer.server_time() }
                    }
                    None => Written::Accepted,
                })
            }
        }
    }

    /// Adds or changes one address. The answer shows the address alone; the others are as they were read.
    pub(super) async fn write_address(
        &self,
        fresh: &CustomerRecord,
        key: &str,
        value: &FieldValue,
    ) -> Result<Written, ConnectorError> {
        const ONE: &str = "{alias}/customers/{id}/addresses/{address}";
        let customer = number(&fresh.remote_id)?;
        let (answer, sent, edited) = match address::change(fresh, key, value)? {
            address::Change::Add(body) => {
                let path = "{alias}/customers/{id}/addresses";
                let (answer, _) = self.write(Method::POST, path, &[customer], body).await?;
                if answer.is_missing() {
                    return Ok(Written::Missing);
                }
                (answer, Map::new(), None)
            }
            address::Change::Edit { id, body } => {
                let (answer, sent) = self.write(Method::PUT, ONE, &[customer, id], body).await?;
                if answer.is_missing() {
                    // The customer was there a moment ago.
                    let message = "the store does not have this address any more".to_owned();
                    return Err(ConnectorError::Refused { status: 404, message, fields: Vec::new() });
                }
                (answer, sent, Some(id))
            }
        };
        let mut answer = answer.success()?;
        let Some(mut shown) = one_address(&answer)? else { return Ok(Written::Accepted) };
        if let Some(id) = edited {
            let left = address::not_cleared(&sent, &shown);
            if !left.is_empty() {
                let rest = with_empty_texts(&sent, &left);
                let (again, _) = self.write(Method::PUT, ONE, &[customer, id], rest).await?;
                if (200..300).contains(&again.status()) {
                    answer = again;
                    let Some(now) = one_address(&answer)? else { return Ok(Written::Accepted) };
                    shown = now;
                }
            }
            if shown.key != id {
                return Err(answer.unreadable("another address than the one that was changed"));
            }
        }
        let Presence::Value(mut list) = fresh.addresses.clone() else { return Ok(Written::Accepted) };
        match list.iter_mut().find(|known| known.key == shown.key) {
            Some(known) => *known = shown,
            None => list.push(shown),
        }
        let mut record = CustomerRecord::new(fresh.remote_id.clone());
        record.addresses = Presence::Value(list);
        Ok(Written::Shown { record: Box::new(record), server_time: answer.server_time() })
    }

    /// Sends a write, in another spelling where the store refuses the first. Gives the spelling that was answered.
    pub(super) async fn write(
        &self,
        method: Method,
        template: &'static str,
        values: &[&str],
        mut body: Map<String, Value>,
    ) -> Result<(Answer, Map<String, Value>), ConnectorError> {
        let alias = self.alias(Urgency::Push).await?;
        let path: Vec<&str> = std::iter::once(alias).chain(values.iter().copied()).collect();
        if self.phone_form.load(Ordering::Relaxed) == PARTS {
            spell_in_parts(&mut body);
        }
        let mut spellings = 0;
        loop {
            let call = Self::change(method.clone(), template, &path, Value::Object(body.clone()));
            let answer = self.send(call).await?;
            let refused = matches!(answer.status(), 400 | 422) && spellings < MOST_SPELLINGS;
            match refused.then(|| other_spelling(&body, &answer)).flatten() {
                Some(other) => body = other,
                None => {
                    if (200..300).contains(&answer.status())
                        && body.get("phone").is_some_and(Value::is_object)
                    {
                        self.phone_form.store(PARTS, Ordering::Relaxed);
                    }
                    return Ok((answer, body));
                }
            }
            spellings += 1;
        }
    }
}

/// Another way to say the same, where the refusal may be about how it was said.
fn other_spelling(body: &Map<String, Value>, answer: &Answer) -> Option<Map<String, Value>> {
    let fields = answer.refusal().fields;
    let is_about = |key: &str| {
        fields.is_empty() || fields.iter().any(|refusal| refusal.field.split('.').next() == Some(key))
    };
    let nulls: Vec<String> = body
        .iter()
        .filter(|(key, value)| value.is_null() && is_about(key))
        .map(|(key, _)| key.clone())
        .collect();
    if !nulls.is_empty() {
        return Some(with_empty_texts(body, &nulls));
    }
    let mut other = body.clone();
    (is_about("phone") && spell_in_parts(&mut other)).then_some(other)
}

/// What the store took only in part: nulls that did not clear, and a name that it cut in other places than it was sent in. Both
/// are said once more, the first in another spelling; the whole name is not news any more and does not overrule its parts.
fn unfinished(
    body: &Map<String, Value>,
    shown: &CustomerRecord,
    changes: &[(Field, FieldValue)],
) -> Option<Map<String, Value>> {
    let differs = |field: &Field, value: &FieldValue| {
        let told = shown.field(field);
        !told.is_absent() && !told.into_value().unwrap_or(FieldValue::Null).equivalent(value, field)
    };
    let (mut left, mut cut) = (Vec::new(), false);
    for (field, value) in changes {
        if value.is_empty() && differs(field, value) {
            left.extend(body.iter().filter(|(_, sent)| sent.is_null()).map(|(key, _)| key.clone()));
        }
        cut |= matches!(field, Field::FirstName | Field::LastName) && differs(field, value);
    }
    let same_name = body.get("name").and_then(Value::as_str) == Some(shown.full_name().as_str());
    (!left.is_empty() || (cut && same_name)).then(|| with_empty_texts(body, &left))
}

fn with_empty_texts(body: &Map<String, Value>, keys: &[String]) -> Map<String, Value> {
    let text =
        |key: &str, value: &Value| if keys.iter().any(|one| one == key) { json!("") } else { value.clone() };
    body.iter().map(|(key, value)| (key.clone(), text(key, value))).collect()
}

/// Turns a phone that is a text into an object of its parts; tells whether there was one.
fn spell_in_parts(body: &mut Map<String, Value>) -> bool {
    let Some(Value::String(text)) = body.get("phone") else { return false };
    if text.is_empty() {
        return false;
    }
    let parts = map::phone_parts(text);
    body.insert("phone".to_owned(), parts);
    true
}

fn one_address(answer: &Answer) -> Result<Option<Address>, ConnectorError> {
    if answer.is_empty() {
        return Ok(None);
    }
    let rows = Envelope::read(answer.json()?).map_err(|detail| answer.unreadable(&detail))?.rows;
    let mut oddities = Oddities::default();
    let read = rows.into_iter().next().and_then(|row| wire::Address::read(row, &mut oddities));
    oddities.tell(CAPABILITIES.platform);
    Ok(read.map(address::from_wire))
}
