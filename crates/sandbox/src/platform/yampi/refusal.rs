//! Yampi's refusals: a message with its status, a map of fields under a 422, and what stands in front of the store
//! and answers pages.

use serde_json::{Map, Value, json};

use crate::platform::yampi::choices::{
    Choices, ContentTypeMissing, ErrorShape, UnauthorizedShape, Unprocessable,
};
use crate::server::Answer;

pub(super) fn refuse(status: u16, message: &str, choices: &Choices) -> Answer {
    match choices.error_shape {
        ErrorShape::Message => with_status(status, message),
        ErrorShape::ErrorKey => Answer::json(status, &json!({"error": message})),
        ErrorShape::Detail => Answer::json(status, &json!({"detail": message, "status_code": status})),
        ErrorShape::Html => page(status, message),
    }
}

/// The one shape that the documents show, whatever a variant says of others.
pub(super) fn with_status(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message, "status_code": status}))
}

pub(super) fn unauthorized(choices: &Choices) -> Answer {
    let message = "Unauthorized";
    match choices.unauthorized_shape {
        UnauthorizedShape::Message => with_status(401, message),
        UnauthorizedShape::ErrorKey => Answer::json(401, &json!({"error": message})),
        UnauthorizedShape::Detail => Answer::json(401, &json!({"detail": message, "status_code": 401})),
        UnauthorizedShape::Html => page(401, message),
    }
}

pub(super) fn not_found(choices: &Choices) -> Answer {
    refuse(404, "Registro não encontrado", choices)
}

pub(super) fn not_allowed(allowed: &str, choices: &Choices) -> Answer {
    refuse(405, "Method Not Allowed", choices).with("allow", allowed)
}

pub(super) fn without_content_type(choices: &Choices) -> Result<(), Answer> {
    let message = "Content-Type must be application/json";
    match choices.content_type_missing {
        ContentTypeMissing::Refused => Err(refuse(415, message, choices)),
        ContentTypeMissing::BadRequest => Err(refuse(400, message, choices)),
        ContentTypeMissing::Tolerated => Ok(()),
    }
}

fn page(status: u16, message: &str) -> Answer {
    let page = format!(
        "<!DOCTYPE html><html><head><title>{status} {message}</title></head>\
        <body><center><h1>{status} {message}</h1></center><hr><center>cloudflare</center></body></html>"
    );
    Answer::text(status, "text/html; charset=UTF-8", page)
}

/// What is wrong with the fields of one request.
#[derive(Default)]
pub(super) struct Complaints(Map<String, Value>);

impl Complaints {
    pub(super) fn add(&mut self, field: &str, message: &str) {
        let messages = self.0.entry(field).or_insert_with(|| json!([]));
        if let Some(messages) = messages.as_array_mut() {
            messages.push(message.into());
        }
    }

    pub(super) fn required(&mut self, field: &str) {
        self.add(field, &format!("O campo {field} é obrigatório."));
    }

    pub(super) fn not_a(&mut self, kind: &str, field: &str) {
        self.add(field, &format!("O campo {field} deve ser {kind}."));
    }

    /// `Err` with the refusal if there was anything to complain about.
    pub(super) fn settle(self, choices: &Choices) -> Result<(), Answer> {
        if self.0.is_empty() {
            return Ok(());
        }
        let first = self.0.values().next().and_then(|messages| messages[0].as_str()).unwrap_or_default();
        Err(match choices.unprocessable {
            Unprocessable::Errors => {
                Answer::json(422, &json!({"message": "422 Unprocessable Entity", "errors": self.0}))
            }
            Unprocessable::WithCode => Answer::json(
                422,
                &json!({"message": "422 Unprocessable Entity", "errors": self.0, "status_code": 422}),
            ),
            Unprocessable::MessageOnly => with_status(422, first),
        })
    }
}
