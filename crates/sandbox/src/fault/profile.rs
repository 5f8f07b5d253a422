//! Named sets of faults for whole runs.

use std::collections::BTreeMap;

use serde_json::json;

use crate::fault::book::at_odds;
use crate::fault::{Fault, Rule};

/// The names that can be asked for.
pub(crate) const PROFILES: &[&str] = &["none", "flaky", "hostile"];

/// The rules of a profile, or `None` if there is no such profile.
pub(crate) fn profile(name: &str) -> Option<Vec<Rule>> {
    match name {
        "none" => Some(Vec::new()),
        "flaky" => Some(flaky(1.0)),
        "hostile" => Some(hostile()),
        _ => None,
    }
}

/// One request in twenty goes wrong at a factor of 1: an ordinary bad day.
fn flaky(factor: f64) -> Vec<Rule> {
    let rule = |odds: f64, fault| Rule::new(at_odds(odds * factor), fault);
    let retry_soon = BTreeMap::from([("retry-after".to_owned(), "1".to_owned())]);
    vec![
        rule(0.015, failure(500, BTreeMap::new())),
        rule(0.010, failure(503, retry_soon)),
        rule(0.010, Fault::Reset {}),
        rule(0.005, Fault::ResetAfter {}),
        rule(0.010, Fault::DelayMs { ms: 150 }),
    ]
}

/// Everything a client has to survive without losing an edit or believing an answer that is none. Records that
/// are silently left out are not among it: nothing in such an answer gives them away.
fn hostile() -> Vec<Rule> {
    let rule = |odds: f64, fault| Rule::new(at_odds(odds), fault);
    let mut rules = flaky(3.0);
    rules.extend([
        rule(0.01, failure(502, BTreeMap::new())),
        rule(0.01, failure(504, BTreeMap::new())),
        rule(0.01, Fault::Html200 {}),
        rule(0.01, Fault::TruncateAt { bytes: 120 }),
        rule(0.01, Fault::MalformedJson {}),
        rule(0.01, Fault::WrongLength { difference: 64 }),
        rule(0.01, Fault::InvalidUtf8 {}),
        rule(0.005, Fault::DeepNesting { depth: 50_000 }),
        rule(0.005, Fault::GzipBomb { bytes: 256 * 1024 * 1024 }),
        rule(0.01, Fault::Redirect { status: 302, to: "http://127.0.0.1:9/elsewhere".to_owned() }),
        rule(0.02, Fault::DuplicateRecord { records: 2 }),
        rule(0.01, Fault::WrongTypes { records: 2, fields: Vec::new() }),
        rule(0.01, Fault::MissingFields { records: 2, fields: Vec::new() }),
        rule(0.005, Fault::EmptyList {}),
    ]);
    rules
}

fn failure(status: u16, headers: BTreeMap<String, String>) -> Fault {
    let body = (status == 500)
        .then(|| json!({"code": 500, "message": "Internal Server Error", "description": null}));
    let html = body.is_none().then(|| format!("<html><body><h1>{status}</h1><hr>nginx</body></html>"));
    Fault::Status { status, body, html, headers, applied: false }
}
