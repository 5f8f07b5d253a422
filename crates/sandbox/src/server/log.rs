//! What was asked of the stores, as it was sent: the evidence for tests about what a client does.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::clock::Moment;
use crate::server::Call;

/// Enough for any test; an endless run must not fill the memory.
const KEPT: usize = 50_000;

/// One request and what it was answered with.
#[derive(Serialize, Clone)]
pub(crate) struct Entry {
    /// Counts all requests since the start, over all stores.
    pub(crate) number: u64,
    pub(crate) platform: &'static str,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Map<String, Value>,
    pub(crate) body: String,
    /// Null where the connection was cut before an answer.
    pub(crate) status: Option<u16>,
    /// Kinds of the faults that hit it.
    pub(crate) faults: Vec<&'static str>,
    /// Sandbox time at which it came in.
    pub(crate) at: Moment,
}

#[derive(Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<Entry>,
    count: u64,
}

impl RequestLog {
    pub(crate) fn add(
        &mut self,
        platform: &'static str,
        call: &Call,
        status: Option<u16>,
        faults: Vec<&'static str>,
        at: Moment,
    ) {
        self.count += 1;
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            number: self.count,
            platform,
            method: call.method.to_string(),
            path: call.path.clone(),
            query: call.query.clone(),
            headers: headers(call),
            body: String::from_utf8_lossy(&call.body).into_owned(),
            status,
            faults,
            at,
        });
    }

    pub(crate) fn of(&self, platform: Option<&str>) -> Vec<Entry> {
        self.entries
            .iter()
            .filter(|entry| platform.is_none_or(|key| key == entry.platform))
            .cloned()
            .collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

fn headers(call: &Call) -> Map<String, Value> {
    let mut headers = Map::new();
    for name in call.headers.keys() {
        let values: Vec<_> = call
            .headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        headers.insert(name.to_string(), Value::from(values.join(", ")));
    }
    headers
}
