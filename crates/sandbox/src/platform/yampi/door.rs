//! What every request passes before anybody looks at what it wants: type, credentials, store, allowance.

use std::collections::HashMap;

use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::clock::{Moment, SECOND};
use crate::options::RateMode;
use crate::platform::yampi::Yampi;
use crate::platform::yampi::choices::{
    Choices, Merchants, RateWindow, RetryAfter, StoreState, UnknownAlias, WriteAllowance,
};
use crate::platform::yampi::refusal::{not_found, refuse, unauthorized, with_status, without_content_type};
use crate::rate::{FixedWindow, FixedWindowReading};
use crate::server::{Answer, Call};

pub(super) const ALIAS: &str = "loja-amostra";
pub(super) const MERCHANT_ID: i64 = 40_711;
const CLOSED_ALIAS: &str = "loja-fechada";
const CLOSED_ID: i64 = 40_712;
/// A second store in service, which has other customers.
const OTHER_ALIAS: &str = "outra-loja";
const OTHER_ID: i64 = 40_950;

/// Which store a path means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Merchant {
    Own,
    Other,
}

/// The windows of all routes, by name.
#[derive(Default)]
pub(super) struct Allowances(HashMap<&'static str, FixedWindow>);

impl Yampi {
    /// Type and credentials, which the whole API asks for.
    pub(super) fn admit(&self, call: &Call) -> Result<(), Answer> {
        let holds = |header: &str, secret: &str| call.header(header) == Some(secret);
        if !holds("user-token", &self.token) || !holds("user-secret-key", &self.secret_key) {
            return Err(unauthorized(&self.choices));
        }
        if call.has_json_type() { Ok(()) } else { without_content_type(&self.choices) }
    }

    /// The store of an alias, if it is in service.
    pub(super) fn merchant(&self, alias: &str) -> Result<Merchant, Answer> {
        let choices = &self.choices;
        match (alias, choices.merchants) {
            (ALIAS, _) if choices.store_state == StoreState::Active => Ok(Merchant::Own),
            (OTHER_ALIAS, Merchants::Several) => Ok(Merchant::Other),
            (ALIAS, _) | (CLOSED_ALIAS, Merchants::Two | Merchants::Several) => {
                Err(refuse(403, "Loja inativa", choices))
            }
            _ => Err(match choices.unknown_alias {
                UnknownAlias::NotFound => not_found(choices),
                UnknownAlias::Forbidden => refuse(403, "Acesso não permitido", choices),
                UnknownAlias::Unauthorized => unauthorized(choices),
            }),
        }
    }

    /// The account behind the credentials and the stores they open.
    pub(super) fn account(&self) -> Answer {
        let store = |id: i64, alias: &str, name: &str, active: bool| json!({"id": id, "alias": alias, "name": name, "active": active});
        let own = store(MERCHANT_ID, ALIAS, "Loja Amostra", self.choices.store_state == StoreState::Active);
        let closed = store(CLOSED_ID, CLOSED_ALIAS, "Loja Fechada", false);
        let merchants = match self.choices.merchants {
            Merchants::One => vec![own],
            Merchants::Two => vec![own, closed],
            // The closed one first: a client must not take whichever comes first.
            Merchants::Several => vec![closed, store(OTHER_ID, OTHER_ALIAS, "Outra Loja", true), own],
        };
        Answer::json(
            200,
            &json!({"data": {
                "id": 9_301,
                "name": "Conta de Amostra",
                "email": "conta@loja.example",
                "merchants": {"data": merchants},
            }}),
        )
    }

    /// Counts the request against its route's allowance; nothing where there is none.
    pub(super) fn count(&mut self, call: &Call, path: &[&str], now: Moment) -> Option<FixedWindowReading> {
        if self.rate == RateMode::Off {
            return None;
        }
        let (route, limit) = route_of(call, path, &self.choices);
        let aligned = self.choices.rate_window == RateWindow::ClockMinute;
        Some(self.allowances.0.entry(route).or_default().take(now, limit, aligned))
    }

    pub(super) fn too_many(&self, reading: &FixedWindowReading) -> Answer {
        // The one refusal whose body is documented.
        let refusal = with_status(429, "Too Many Requests");
        match self.choices.retry_after {
            RetryAfter::Absent => refusal,
            RetryAfter::Seconds => {
                refusal.with("retry-after", ((reading.wait + SECOND - 1) / SECOND).to_string())
            }
        }
    }

    /// The body of a write as an object.
    pub(super) fn sent_object(&self, call: &Call) -> Result<Map<String, Value>, Answer> {
        match serde_json::from_slice(&call.body) {
            Ok(Value::Object(fields)) => Ok(fields),
            // The framework behind it reads a body that is no object as one without fields.
            Ok(Value::Array(list)) if list.is_empty() => Ok(Map::new()),
            Ok(_) | Err(_) => Err(refuse(400, "Syntax error, malformed JSON", &self.choices)),
        }
    }
}

/// The name of a route and its requests a minute.
fn route_of(call: &Call, path: &[&str], choices: &Choices) -> (&'static str, i64) {
    let reading = matches!(call.method, Method::GET | Method::HEAD);
    if !reading && path.first() != Some(&"auth") {
        return match (choices.write_allowance, &path[path.len().min(1)..]) {
            (WriteAllowance::Shared, _) => ("writes", 30),
            (_, ["customers", "clusters", ..]) => ("write clusters", 30),
            (_, ["customers", _, "addresses", ..]) => ("write addresses", 30),
            (_, ["customers"]) => ("create customers", 30),
            (_, ["customers", _]) if call.method == Method::DELETE => ("delete customers", 30),
            (_, ["customers", _]) => ("update customers", 30),
            _ => ("write", 30),
        };
    }
    match path {
        ["auth", ..] => ("auth", 10),
        [_, "orders", ..] => ("orders", 120),
        [_, "search", ..] => ("search", 60),
        [_, "customers", "clusters", ..] => ("clusters", 60),
        [_, "customers", "filters"] => ("filters", 60),
        [_, "customers", _, "addresses", ..] => ("addresses", 60),
        // The list and one customer share theirs.
        [_, "customers", ..] => ("customers", 60),
        _ => ("general", 60),
    }
}

pub(super) fn with_allowance(answer: Answer, reading: &FixedWindowReading) -> Answer {
    answer
        .with("x-ratelimit-limit", reading.limit.to_string())
        .with("x-ratelimit-remaining", reading.remaining.to_string())
}
