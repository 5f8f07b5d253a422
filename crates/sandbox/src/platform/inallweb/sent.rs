//! Reading request bodies with the framework's strictness: unknown keys pass, wrong types do not.

use serde_json::{Map, Value, json};

use crate::platform::inallweb::choices::{Choices, UnknownKeys};
use crate::platform::inallweb::refusal::Problems;
use crate::server::{Answer, Call};
use crate::text::query_pairs;

/// A field of a body, with the three states that JSON has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent<T> {
    Absent,
    Null,
    Value(T),
}

/// The body as an object, or the refusal that names what it is instead.
pub(super) fn object(call: &Call) -> Result<Map<String, Value>, Answer> {
    if call.body.is_empty() {
        let mut problems = Problems::default();
        problems.add(&["body"], "missing", "Field required", Value::Null);
        return Err(problems.refusal());
    }
    if !call.has_json_type() {
        return Err(not_an_object(String::from_utf8_lossy(&call.body).into()));
    }
    match serde_json::from_slice(&call.body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(other) => Err(not_an_object(other)),
        Err(error) => Err(Answer::json(
            422,
            &json!({"detail": [{
                "type": "json_invalid",
                "loc": ["body", error.column()],
                "msg": "JSON decode error",
                "input": {},
                "ctx": {"error": error.to_string()},
            }]}),
        )),
    }
}

/// The fields of a form; whatever came in another type has none.
pub(super) fn form(call: &Call) -> Map<String, Value> {
    let kind = call.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Map::new();
    }
    let pairs = query_pairs(&String::from_utf8_lossy(&call.body)).into_iter();
    pairs.map(|(name, value)| (name, Value::String(value))).collect()
}

/// Complains of keys that a call does not know, where it minds them.
pub(super) fn mind_unknown(
    body: &Map<String, Value>,
    known: &[&str],
    choices: &Choices,
    problems: &mut Problems,
) {
    if choices.unknown_keys == UnknownKeys::Ignored {
        return;
    }
    for (field, value) in body.iter().filter(|(field, _)| !known.contains(&field.as_str())) {
        problems.add(&["body", field], "extra_forbidden", "Extra inputs are not permitted", value.clone());
    }
}

fn not_an_object(input: Value) -> Answer {
    let mut problems = Problems::default();
    let message = "Input should be a valid dictionary or object to extract fields from";
    problems.add(&["body"], "model_attributes_type", message, input);
    problems.refusal()
}

pub(super) fn text(
    body: &Map<String, Value>,
    field: &str,
    longest: usize,
    problems: &mut Problems,
) -> Sent<String> {
    match body.get(field) {
        None => Sent::Absent,
        Some(Value::Null) => Sent::Null,
        Some(Value::String(text)) if text.chars().count() > longest => {
            let message = format!("String should have at most {longest} characters");
            problems.add(&["body", field], "string_too_long", &message, text.as_str().into());
            Sent::Absent
        }
        Some(Value::String(text)) => Sent::Value(text.clone()),
        Some(other) => {
            problems.add(&["body", field], "string_type", "Input should be a valid string", other.clone());
            Sent::Absent
        }
    }
}

/// A text that must be there.
pub(super) fn required_text(body: &Map<String, Value>, field: &str, problems: &mut Problems) -> String {
    match text(body, field, 1_000, problems) {
        Sent::Value(text) => return text,
        Sent::Null => {
            problems.add(&["body", field], "string_type", "Input should be a valid string", Value::Null);
        }
        Sent::Absent if !body.contains_key(field) => problems.missing(&["body", field]),
        Sent::Absent => {}
    }
    String::new()
}

/// Booleans come in the spellings the framework takes for one.
pub(super) fn truth(body: &Map<String, Value>, field: &str, problems: &mut Problems) -> Sent<bool> {
    let Some(value) = body.get(field) else {
        return Sent::Absent;
    };
    let spelling = match value {
        Value::Null => return Sent::Null,
        Value::Bool(value) => return Sent::Value(*value),
        Value::String(text) => text.to_ascii_lowercase(),
        Value::Number(number) => number.to_string(),
        Value::Array(_) | Value::Object(_) => String::new(),
    };
    match spelling.as_str() {
        "true" | "1" | "yes" | "on" | "t" | "y" => Sent::Value(true),
        "false" | "0" | "no" | "off" | "f" | "n" => Sent::Value(false),
        _ => {
            let message = "Input should be a valid boolean, unable to interpret input";
            problems.add(&["body", field], "bool_parsing", message, value.clone());
            Sent::Absent
        }
    }
}

pub(super) fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let clean = |part: &str| {
        !part.is_empty() && !part.contains(|letter: char| letter.is_whitespace() || letter == '@')
    };
    clean(local)
        && clean(domain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}
