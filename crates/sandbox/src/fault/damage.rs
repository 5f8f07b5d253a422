//! What a fault makes of an answer.

use serde_json::{Map, Value, json};

use crate::fault::Fault;
use crate::fault::bomb::gzip_bomb;
use crate::server::{Answer, Delivery};

/// The answer of faults that keep the request from the store.
pub(crate) fn instead(fault: &Fault) -> Option<Answer> {
    match fault {
        Fault::Status { applied: false, .. } | Fault::Redirect { .. } | Fault::Html200 {} => {
            let mut answer = Answer::empty(200);
            damage(fault, &mut answer, "");
            Some(answer)
        }
        _ => None,
    }
}

/// Spoils an answer; `list_pointer` says where a page holds its records.
pub(crate) fn damage(fault: &Fault, answer: &mut Answer, list_pointer: &str) {
    match fault {
        Fault::Refuse {}
        | Fault::Reset {}
        | Fault::ResetAfter {}
        | Fault::DelayMs { .. }
        | Fault::WrongStore {} => {}
        Fault::Status { status, body, html, headers, .. } => {
            *answer = match (html, body) {
                (Some(html), _) => Answer::text(*status, "text/html; charset=utf-8", html.as_str()),
                (None, Some(body)) => Answer::json(*status, body),
                (None, None) => Answer::empty(*status),
            };
            answer.headers.extend(headers.clone());
        }
        Fault::Html200 {} => {
            let page = "<!DOCTYPE html><html><head><title>Wi-Fi</title></head>\
                <body><form action=\"/login\">Bem-vindo! Entre para navegar.</form></body></html>";
            *answer = Answer::text(200, "text/html; charset=utf-8", page);
        }
        Fault::Redirect { status, to } => *answer = Answer::empty(*status).with("location", to.as_str()),
        Fault::SlowByte { every_ms, bytes } => {
            answer.delivery = Delivery::Slow { bytes: *bytes, every: *every_ms };
        }
        Fault::TruncateAt { bytes } => answer.delivery = Delivery::CutAfter(*bytes),
        Fault::WrongLength { difference } => answer.delivery = Delivery::LengthOff(*difference),
        Fault::MalformedJson {} => answer.body = malformed(&answer.body),
        Fault::InvalidUtf8 {} => answer.body = invalid_utf8(&answer.body),
        Fault::GzipBomb { bytes } => {
            answer.body = gzip_bomb(*bytes);
            answer.headers.push(("content-encoding".to_owned(), "gzip".to_owned()));
        }
        Fault::DeepNesting { depth } => {
            answer.body = [vec![b'['; *depth], vec![b']'; *depth]].concat();
        }
        Fault::WrongTypes { records, fields } => {
            on_records(answer, list_pointer, |list| {
                list.iter_mut().take(*records).for_each(|record| mistype(record, fields));
            });
        }
        Fault::MissingFields { records, fields } => {
            on_records(answer, list_pointer, |list| {
                list.iter_mut().take(*records).for_each(|record| lose(record, fields));
            });
        }
        Fault::NullFields { records, fields } => on_records(answer, list_pointer, |list| {
            let records = list.iter_mut().take(*records);
            records.flat_map(|record| chosen(record, fields)).for_each(|(_, value)| *value = Value::Null);
        }),
        Fault::AbsurdDates { records } => on_records(answer, list_pointer, |list| {
            let records = list.iter_mut().take(*records);
            for (at, (_, value)) in records.flat_map(dates).enumerate() {
                *value = ["0000-00-00T00:00:00-03:00", "9999-12-31T23:59:60Z", "2024-02-30"][at % 3].into();
            }
        }),
        Fault::DuplicateRecord { records } => on_records(answer, list_pointer, |list| {
            let again: Vec<Value> = list.iter().take(*records).cloned().collect();
            list.extend(again);
        }),
        Fault::DropRecord { records } => on_records(answer, list_pointer, |list| {
            // From the middle: a hole at either end would look like another page size.
            let from = list.len().saturating_sub(*records) / 2;
            list.drain(from..(from + *records).min(list.len()));
        }),
        Fault::EmptyList {} => on_records(answer, list_pointer, Vec::clear),
    }
}

/// Spoils the middle. A control character may stand neither between the parts of JSON nor inside a text of it.
fn malformed(body: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    let middle = body.len() / 2;
    match body.get_mut(middle..) {
        Some(rest) if rest.len() >= 2 => rest[..2].copy_from_slice(b"\x01{"),
        _ => body = b"{]".to_vec(),
    }
    body
}

/// Spoils the inside of a text where there is one, so that the JSON around it still holds.
fn invalid_utf8(body: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    let inside =
        body.windows(3).position(|three| three[0] == b'"' && three[1..].iter().all(u8::is_ascii_alphabetic));
    match inside {
        Some(at) => body[at + 1..at + 3].copy_from_slice(&[0xff, 0xc3]),
        None => body = vec![b'"', 0xff, 0xc3, b'"'],
    }
    body
}

/// Works on the records of a page, or on the one record of a single answer.
fn on_records(answer: &mut Answer, list_pointer: &str, work: impl FnOnce(&mut Vec<Value>)) {
    let Some(mut value) = answer.value().filter(|_| answer.status < 300) else {
        return;
    };
    if let Some(list) = value.pointer_mut(list_pointer).and_then(Value::as_array_mut) {
        work(list);
    } else {
        let mut list = vec![value];
        work(&mut list);
        value = list.into_iter().next().unwrap_or_else(|| json!({}));
    }
    answer.body = serde_json::to_vec(&value).unwrap_or_default();
}

fn mistype(record: &mut Value, fields: &[String]) {
    for (_, value) in chosen(record, fields) {
        *value = match &*value {
            Value::Null => continue,
            Value::Bool(_) => json!("perhaps"),
            Value::Number(_) => json!({"value": "seven"}),
            Value::String(_) => json!([7]),
            Value::Array(_) => json!({"0": null}),
            Value::Object(_) => json!("object"),
        };
    }
}

fn lose(record: &mut Value, fields: &[String]) {
    let names: Vec<String> = chosen(record, fields).into_iter().map(|(name, _)| name.clone()).collect();
    if let Some(record) = record.as_object_mut() {
        record.retain(|name, _| !names.contains(name));
    }
}

fn dates(record: &mut Value) -> Vec<(&String, &mut Value)> {
    let mut fields = chosen(record, &[]);
    let endings = ["_at", "_date", "At", "birthdate"];
    fields.retain(|(name, _)| endings.iter().any(|ending| name.ends_with(ending)));
    fields
}

/// The named fields, or all but the id, which a client needs to tell which record is spoiled.
fn chosen<'a>(record: &'a mut Value, fields: &[String]) -> Vec<(&'a String, &'a mut Value)> {
    let Some(record) = record.as_object_mut() else {
        return Vec::new();
    };
    let wanted =
        |name: &str| if fields.is_empty() { name != "id" } else { fields.iter().any(|field| field == name) };
    Map::iter_mut(record).filter(|(name, _)| wanted(name)).collect()
}
