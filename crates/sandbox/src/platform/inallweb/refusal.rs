//! Refusals as the framework behind the store words them.

use serde_json::{Value, json};

use crate::platform::inallweb::choices::{Choices, DetailShape, ValidationShape};
use crate::server::Answer;

/// A refusal whose detail is one text.
pub(super) fn refuse(status: u16, detail: &str) -> Answer {
    Answer::json(status, &json!({ "detail": detail }))
}

pub(super) fn unauthorized(detail: &str) -> Answer {
    refuse(401, detail).with("www-authenticate", "Bearer")
}

/// A refusal in the shape in force; what comes in is worded as the framework does it.
pub(super) fn reshaped(mut answer: Answer, choices: &Choices) -> Answer {
    // Reading every page again to see that it is none would cost a large store its speed.
    let body = if answer.status >= 400 { answer.value() } else { None };
    let Some(detail) = body.as_ref().and_then(|body| body.get("detail")) else {
        return answer;
    };
    let body = match detail {
        Value::String(text) => match choices.detail_shape {
            DetailShape::Text => return answer,
            DetailShape::List => json!({"detail": [{"type": "refused", "loc": [], "msg": text}]}),
            DetailShape::Object => json!({"detail": {"message": text, "status": answer.status}}),
            DetailShape::Message => json!({"message": text}),
        },
        list => {
            let first = list[0]["msg"].as_str().unwrap_or_default();
            match choices.validation_shape {
                ValidationShape::List => return answer,
                ValidationShape::Text => json!({"detail": first}),
                ValidationShape::Message => json!({"message": "Validation Error", "errors": list}),
            }
        }
    };
    answer.body = body.to_string().into_bytes();
    answer
}

/// What is wrong with the parts of one request; all of it is told at once.
#[derive(Default)]
pub(super) struct Problems(Vec<Value>);

impl Problems {
    pub(super) fn add(&mut self, place: &[&str], kind: &str, message: &str, input: Value) {
        self.0.push(json!({ "type": kind, "loc": place, "msg": message, "input": input }));
    }

    pub(super) fn missing(&mut self, place: &[&str]) {
        self.add(place, "missing", "Field required", json!({}));
    }

    pub(super) fn not_an_integer(&mut self, place: &[&str], input: &str) {
        let message = "Input should be a valid integer, unable to parse string as an integer";
        self.add(place, "int_parsing", message, input.into());
    }

    /// `Err` with the refusal if anything was wrong.
    pub(super) fn settle(self) -> Result<(), Answer> {
        if self.0.is_empty() { Ok(()) } else { Err(self.refusal()) }
    }

    pub(super) fn refusal(self) -> Answer {
        Answer::json(422, &json!({ "detail": self.0 }))
    }
}
