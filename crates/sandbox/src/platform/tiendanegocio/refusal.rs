//! Tiendanegocio's refusals, whose shapes nobody has written down.

use serde_json::{Map, Value, json};

use crate::platform::tiendanegocio::choices::{Choices, ErrorShape, Unprocessable};
use crate::server::Answer;

/// A refusal that names no field.
pub(super) fn refuse(code: u16, message: &str, description: &str, choices: &Choices) -> Answer {
    Answer::json(
        code,
        &match choices.error_shape {
            ErrorShape::Code => json!({"code": code, "message": message, "description": description}),
            ErrorShape::Error => json!({ "error": description }),
            ErrorShape::Message => json!({ "message": description }),
        },
    )
}

pub(super) fn not_found(choices: &Choices) -> Answer {
    refuse(404, "Not Found", "Customer with such id does not exist", choices)
}

/// What is wrong with the fields of one request.
#[derive(Default)]
pub(super) struct Complaints {
    fields: Map<String, Value>,
    /// The status, where another than 422 was asked for.
    status: Option<u16>,
}

impl Complaints {
    pub(super) fn add(&mut self, field: &str, message: &str) {
        let messages = self.fields.entry(field).or_insert_with(|| json!([]));
        if let Some(messages) = messages.as_array_mut() {
            messages.push(message.into());
        }
    }

    /// The same, under a status of its own; any complaint with 422 beside it wins.
    pub(super) fn add_as(&mut self, status: u16, field: &str, message: &str) {
        self.status = Some(status).filter(|_| self.fields.is_empty());
        self.add(field, message);
    }

    /// `Err` with the refusal if there was anything to complain about.
    pub(super) fn settle(self, choices: &Choices) -> Result<(), Answer> {
        let Some((field, messages)) = self.fields.iter().next() else {
            return Ok(());
        };
        let alone = self.fields.len() == 1;
        let status = self.status.filter(|_| alone).unwrap_or(422);
        let text = messages.get(0).and_then(Value::as_str).unwrap_or_default();
        let first = format!("{field} {text}");
        let name = match status {
            400 => "Bad Request",
            409 => "Conflict",
            _ => "Unprocessable Entity",
        };
        Err(match choices.unprocessable {
            Unprocessable::Flat => Answer::json(status, &self.fields),
            Unprocessable::Errors => {
                Answer::json(status, &json!({"message": "Validation error", "errors": self.fields}))
            }
            Unprocessable::NoFields => refuse(status, name, &first, choices),
            Unprocessable::Mixed => {
                let mut body = Map::new();
                body.insert("code".to_owned(), status.into());
                body.insert("message".to_owned(), name.into());
                body.insert("description".to_owned(), "Validation error".into());
                body.extend(self.fields);
                Answer::json(status, &body)
            }
        })
    }
}
