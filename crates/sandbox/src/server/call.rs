//! One request and one answer, without the network around them.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use serde::Serialize;
use serde_json::Value;

use crate::server::Delivery;
use crate::text::query_pairs;

/// A request as it came.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn new(method: Method, path: &str, query: &str, headers: HeaderMap, body: Bytes) -> Call {
        Call {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            pairs: query_pairs(query),
            headers,
            body,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The last one wins, as in the frameworks behind such stores.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has_json_type(&self) -> bool {
        self.header("content-type").is_some_and(|value| {
            let essence = value.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/json")
        })
    }
}

/// An answer before the network gets at it.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) delivery: Delivery,
}

impl Answer {
    pub(crate) fn empty(status: u16) -> Answer {
        Answer { status, headers: Vec::new(), body: Vec::new(), delivery: Delivery::Whole }
    }

    pub(crate) fn json(status: u16, body: &impl Serialize) -> Answer {
        // Only a map with keys that are no text can fail here, and no body has one.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Answer { body, ..Answer::empty(status) }.with("content-type", "application/json")
    }

    pub(crate) fn text(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        Answer { body: body.into(), ..Answer::empty(status) }.with("content-type", content_type)
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Answer {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The body as JSON, for faults that damage records.
    pub(crate) fn value(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}
