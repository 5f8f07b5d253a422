//! A store's own words about why it refuses, out of the shapes that stores use for them.
//!
//! Seen: `{code, message, description}`, `{error}`, a bare map of fields, both mixed (Tiendanube/Nuvemshop,
//! github.com/TiendaNube/api-docs), `{message, errors: {field: […]}}` (docs.yampi.com.br, api.uappi.store) and `{detail}` as
//! text or as a list with `loc` (fastapi.tiangolo.com/tutorial/handling-errors).

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::FieldRefusal;

/// Characters of a store's text that are kept.
const LONGEST_MESSAGE: usize = 500;
const MOST_FIELDS: usize = 50;
/// Characters of a field's name that are kept.
const LONGEST_NAME: usize = 100;
/// Shorter ones are not looked for: they would be found in every word.
const SHORTEST_SECRET: usize = 4;

/// What a store said when it refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// Empty when the store gave no text for people or machines to read.
    pub message: String,
    pub fields: Vec<FieldRefusal>,
}

impl Refusal {
    /// Reads an error body. A page for people (HTML) says nothing, and `secrets` are told to nobody although a store repeats them.
    pub fn read(content_type: Option<&str>, bytes: &[u8], secrets: &[SecretString]) -> Self {
        let secrets = looked_for(secrets);
        match super::body::parse(bytes).map(|value| without(value, &secrets)) {
            Ok(Value::Object(map)) => from_object(&map),
            Ok(Value::String(text)) => Self { message: cut(&text), fields: Vec::new() },
            Ok(_) => Self::default(),
            Err(_) if content_type.is_some_and(|kind| kind.starts_with("text/plain")) => {
                let text = masked(&String::from_utf8_lossy(bytes), &secrets);
                Self { message: cut(&text), fields: Vec::new() }
            }
            Err(_) => Self::default(),
        }
    }
}

/// A text of the store as it may be shown.
pub(super) fn shown(text: &str, secrets: &[SecretString]) -> String {
    cut(&masked(text, &looked_for(secrets)))
}

fn looked_for(secrets: &[SecretString]) -> Vec<&str> {
    let texts = secrets.iter().map(|secret| secret.expose_secret().trim());
    texts.filter(|secret| secret.len() >= SHORTEST_SECRET).collect()
}

/// The value with asterisks in place of every secret in it, keys included.
fn without(value: Value, secrets: &[&str]) -> Value {
    match value {
        Value::String(text) => Value::String(masked(&text, secrets)),
        Value::Array(list) => list.into_iter().map(|one| without(one, secrets)).collect(),
        Value::Object(map) => {
            map.into_iter().map(|(key, one)| (masked(&key, secrets), without(one, secrets))).collect()
        }
        other => other,
    }
}

fn masked(text: &str, secrets: &[&str]) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
}

fn from_object(map: &Map<String, Value>) -> Refusal {
    let mut fields = Vec::new();
    let mut detail = None;
    match map.get("detail") {
        Some(Value::Array(list)) => {
            fields.extend(list.iter().filter_map(located));
            // An entry without a place is about the whole.
            detail = list.iter().find(|entry| entry.get("loc").is_none_or(is_empty_list)).and_then(said_by);
        }
        Some(Value::String(text)) => detail = Some(text.as_str()),
        Some(Value::Object(_)) => detail = map.get("detail").and_then(said_by),
        _ => {}
    }
    match map.get("errors") {
        Some(Value::Object(errors)) => {
            fields.extend(errors.iter().filter_map(|(field, value)| named(field, value)));
        }
        Some(Value::Array(list)) => fields.extend(list.iter().filter_map(located)),
        _ => {}
    }
    // A bare map of fields, or one beside code and message: its values are lists of texts.
    fields.extend(
        map.iter()
            .filter(|(key, value)| value.is_array() && !matches!(key.as_str(), "detail" | "errors"))
            .filter_map(|(field, value)| named(field, value)),
    );
    fields.truncate(MOST_FIELDS);

    let text = |key: &str| map.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let said = detail
        .or_else(|| text("description"))
        .or_else(|| text("error_description"))
        .or_else(|| text("message"))
        .or_else(|| text("error"));
    let message = match said {
        Some(text) => cut(text),
        None => cut(&fields
            .iter()
            .map(|one| format!("{}: {}", one.field, one.message))
            .collect::<Vec<_>>()
            .join("; ")),
    };
    Refusal { message, fields }
}

/// What an object says to people.
fn said_by(entry: &Value) -> Option<&str> {
    let text = ["message", "msg", "description"].iter().find_map(|key| entry.get(*key)?.as_str());
    text.or_else(|| entry.as_str()).filter(|text| !text.trim().is_empty())
}

fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

/// One entry of FastAPI's list: where it is, and what is wrong. One without a place is about no field.
fn located(entry: &Value) -> Option<FieldRefusal> {
    let message = entry.get("msg").and_then(Value::as_str)?;
    let path = entry.get("loc").and_then(Value::as_array);
    let field = path
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter(|part| !matches!(*part, "body" | "query" | "path" | "header"))
        .collect::<Vec<_>>()
        .join(".");
    (!field.is_empty()).then(|| FieldRefusal { field: name(&field), message: cut(message) })
}

fn named(field: &str, value: &Value) -> Option<FieldRefusal> {
    let message = match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        _ => return None,
    };
    (!message.is_empty()).then(|| FieldRefusal { field: name(field), message: cut(&message) })
}

fn name(field: &str) -> String {
    field.chars().take(LONGEST_NAME).collect()
}

fn cut(text: &str) -> String {
    text.trim().chars().take(LONGEST_MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_a_store_repeats_is_told_to_nobody() {
        let secrets = ["t0ken-of-ours", "senha", "abc"].map(SecretString::from);
        let body =
            r#"{"message":"t0ken-of-ours is bad","errors":{"t0ken-of-ours":["senha","\u0073enha, abc"]}}"#;
        let refusal = Refusal::read(Some("application/json"), body.as_bytes(), &secrets);
        assert_eq!(refusal.message, "*** is bad");
        assert_eq!(
            refusal.fields,
            [FieldRefusal { field: "***".to_owned(), message: "*** ***, abc".to_owned() }],
            "what is shorter than any secret stays"
        );
        let plain = Refusal::read(Some("text/plain"), b"no t0ken-of-ours", &secrets);
        assert_eq!(plain.message, "no ***");
        let long = format!("{}t0ken-of-ours", "x".repeat(495));
        assert!(!shown(&long, &secrets).contains("t0k"), "nor the beginning of it");
    }

    #[test]
    fn the_name_of_a_field_is_cut_like_every_text() {
        let body = format!(r#"{{"errors":{{"{}":["wrong"]}}}}"#, "k".repeat(100_000));
        let refusal = Refusal::read(Some("application/json"), body.as_bytes(), &[]);
        assert_eq!(refusal.fields[0].field.len(), LONGEST_NAME);
    }

    #[test]
    fn every_known_shape_gives_its_words() {
        let field =
            |field: &str, message: &str| FieldRefusal { field: field.into(), message: message.into() };
        for (body, message, fields) in [
            (
                r#"{"code":404,"message":"Not Found","description":"Customer not found"}"#,
                "Customer not found",
                vec![],
            ),
            (r#"{"code":404,"message":"Not Found","description":null}"#, "Not Found", vec![]),
            (r#"{"error":"Problems parsing JSON"}"#, "Problems parsing JSON", vec![]),
            (r#"{"email":["is taken"]}"#, "email: is taken", vec![field("email", "is taken")]),
            (
                r#"{"code":422,"message":"Unprocessable Entity","description":"Validation error","email":["a","b"]}"#,
                "Validation error",
                vec![field("email", "a b")],
            ),
            (
                r#"{"message":"422 Unprocessable Entity","errors":{"cpf":["obrigatório."],"name":"curto"}}"#,
                "422 Unprocessable Entity",
                vec![field("cpf", "obrigatório."), field("name", "curto")],
            ),
            (
                r#"{"detail":[{"loc":["body","phone"],"msg":"too long","type":"x","input":"119999"}]}"#,
                "phone: too long",
                vec![field("phone", "too long")],
            ),
            (r#"{"detail":"Not authenticated"}"#, "Not authenticated", vec![]),
            (r#"{"detail":[{"type":"refused","loc":[],"msg":"Inactive user"}]}"#, "Inactive user", vec![]),
            (r#"{"detail":["Inactive user"]}"#, "Inactive user", vec![]),
            (r#"{"detail":{"message":"Inactive user","status":403}}"#, "Inactive user", vec![]),
            (
                r#"{"message":"Validation Error","errors":[{"loc":["body","phone"],"msg":"too long"}]}"#,
                "Validation Error",
                vec![field("phone", "too long")],
            ),
            (r#"{"error":"invalid_grant","error_description":"expired"}"#, "expired", vec![]),
            ("[]", "", vec![]),
            ("", "", vec![]),
        ] {
            let refusal = Refusal::read(Some("application/json"), body.as_bytes(), &[]);
            assert_eq!(refusal, Refusal { message: message.into(), fields }, "{body}");
        }
    }

    #[test]
    fn pages_for_people_say_nothing_and_long_texts_are_cut() {
        assert_eq!(Refusal::read(Some("text/html"), b"<h1>Bad</h1>", &[]), Refusal::default());
        assert_eq!(Refusal::read(Some("text/plain; charset=utf-8"), b"slow down", &[]).message, "slow down");
        let long = format!(r#"{{"message":"{}"}}"#, "é".repeat(900));
        assert_eq!(Refusal::read(None, long.as_bytes(), &[]).message.chars().count(), 500);
    }
}
