//! Tiendanube's refusals, of which there are several shapes.

use serde_json::{Map, Value, json};

use crate::platform::tiendanube::choices::{
    Choices, NotFoundText, RefusalShape, UnauthorizedStatus, Unprocessable,
};
use crate::server::Answer;

/// The common shape: a code, its name, and a text that may be null.
pub(super) fn refuse(code: u16, message: &str, description: Option<&str>) -> Answer {
    Answer::json(code, &json!({"code": code, "message": message, "description": description}))
}

pub(super) fn not_found(description: &str, choices: &Choices) -> Answer {
    let described = choices.not_found_text == NotFoundText::Text;
    refuse(404, "Not Found", described.then_some(description))
}

/// A rule of the business that is broken, which has no field to name.
pub(super) fn against_a_rule(description: &str) -> Answer {
    refuse(422, "Unprocessable Entity", Some(description))
}

/// A refusal in the shape in force. Broken rules and fields under a 422 have a choice of their own.
pub(super) fn reshaped(answer: Answer, choices: &Choices) -> Answer {
    // Reading every page again to see that it is none would cost a large store its speed.
    let body = if answer.status >= 400 { answer.value() } else { None };
    let Some(body) = body.filter(|body| body.get("code").is_some()) else {
        return answer;
    };
    let text = |key: &str| body[key].as_str().map(str::to_owned);
    let message = text("message").unwrap_or_default();
    let status = match choices.unauthorized_status {
        UnauthorizedStatus::Ok if answer.status == 401 => 200,
        _ => answer.status,
    };
    let shape = if status == 200 { RefusalShape::ErrorDescription } else { choices.refusal_shape };
    let mut told = match shape {
        _ if status == 422 => return answer,
        RefusalShape::Code => return answer,
        RefusalShape::Error => Answer::json(status, &json!({"error": message})),
        RefusalShape::ErrorDescription => Answer::json(
            status,
            &json!({
                "error": message.to_lowercase().replace(' ', "_"),
                "error_description": text("description").unwrap_or(message),
            }),
        ),
        RefusalShape::Html => {
            let page = format!("<html><body><h1>{status} {message}</h1><hr>nginx</body></html>");
            Answer::text(status, "text/html", page)
        }
    };
    let kept = answer.headers.into_iter().filter(|(name, _)| name != "content-type");
    told.headers.extend(kept);
    told
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

    /// `Err` with the refusal if there was anything to complain about.
    pub(super) fn settle(self, choices: &Choices) -> Result<(), Answer> {
        if self.0.is_empty() {
            return Ok(());
        }
        let first = self.0.iter().next().map(|(field, messages)| {
            format!("{field} {}", messages.get(0).and_then(Value::as_str).unwrap_or_default())
        });
        Err(match choices.unprocessable {
            Unprocessable::Flat => Answer::json(422, &self.0),
            Unprocessable::CodeOnly => against_a_rule(&first.unwrap_or_default()),
            Unprocessable::Mixed => {
                let mut body = Map::new();
                body.insert("code".to_owned(), 422.into());
                body.insert("message".to_owned(), "Unprocessable Entity".into());
                body.insert("description".to_owned(), "Validation error".into());
                body.extend(self.0);
                Answer::json(422, &body)
            }
        })
    }
}
