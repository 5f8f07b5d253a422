//! Refusals as the framework behind the store words them.

use serde_json::{Value, json};

use crate::server::Answer;

/// A refusal whose detail is one text.
pub(super) fn refuse(status: u16, detail: &str) -> Answer {
    Answer::json(status, &json!({ "detail": detail }))
}

pub(super) fn unauthorized(detail: &str) -> Answer {
    refuse(401, detail).with("www-authenticate", "Bearer")
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
