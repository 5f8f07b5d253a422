//! Uappi's refusals: a coded shape for most, and for bodies a plain one without code.

use serde_json::{Map, Value, json};

use crate::platform::uappi::choices::{Choices, PutRefusal};
use crate::server::Answer;

const INVALID: &str = "The given data was invalid.";

/// The shape with a code, a name and a text.
pub(super) fn refuse(code: u16, name: &str, message: &str) -> Answer {
    Answer::json(code, &json!({"code": code, "errorCode": name, "message": message}))
}

pub(super) fn unauthenticated() -> Answer {
    refuse(401, "UNAUTHENTICATED", "Token de autenticação inválido ou expirado.")
}

pub(super) fn inactive() -> Answer {
    refuse(403, "CUSTOMER_INACTIVE", "Conta do cliente está inativa.")
}

pub(super) fn customer_not_found() -> Answer {
    refuse(404, "CUSTOMER_NOT_FOUND", "Cliente não encontrado.")
}

pub(super) fn server_error() -> Answer {
    refuse(500, "INTERNAL_SERVER_ERROR", "An internal server error occurred.")
}

/// What is wrong with the fields of one request.
#[derive(Default)]
pub(super) struct Complaints(Map<String, Value>);

impl Complaints {
    pub(super) fn add(&mut self, field: &str, message: impl Into<String>) {
        let messages = self.0.entry(field).or_insert_with(|| json!([]));
        if let Some(messages) = messages.as_array_mut() {
            messages.push(message.into().into());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The shape of GET, with a code.
    pub(super) fn coded(&self) -> Answer {
        let body =
            json!({"code": 422, "errorCode": "VALIDATION_ERROR", "message": INVALID, "errors": self.0});
        Answer::json(422, &body)
    }

    /// The shape of PUT, without one.
    pub(super) fn plain(&self) -> Answer {
        Answer::json(422, &json!({"message": INVALID, "errors": self.0}))
    }

    /// The text of the first complaint.
    pub(super) fn first(&self) -> &str {
        self.0.values().next().and_then(|messages| messages.get(0)).and_then(Value::as_str).unwrap_or(INVALID)
    }

    /// `Err` with the refusal of a PUT if there was anything to complain about.
    pub(super) fn settle(&self, choices: &Choices) -> Result<(), Answer> {
        match choices.put_refusal {
            _ if self.is_empty() => Ok(()),
            PutRefusal::Plain => Err(self.plain()),
            PutRefusal::Coded => Err(self.coded()),
        }
    }
}
