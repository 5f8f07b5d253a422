//! What every request passes before anybody looks at what it wants: headers, token, payment, allowance, scope.

use serde_json::{Map, Value, json};

use crate::clock::{Moment, SECOND, http_date};
use crate::options::RateMode;
use crate::platform::tiendanube::choices::{
    AuthHeader, MalformedJson, RatePlan, RetryAfter, Scope, StoreState,
};
use crate::platform::tiendanube::refusal::refuse;
use crate::platform::tiendanube::{STORE_ID, Tiendanube};
use crate::rate::BucketReading;
use crate::server::{Answer, Call};

/// What a call needs to be allowed to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Read,
    Write,
}

impl Tiendanube {
    /// The rest of the path behind the store's own part, or the refusal.
    pub(super) fn admit<'a>(&self, call: &'a Call) -> Result<Vec<&'a str>, Answer> {
        if call.header("user-agent").is_none_or(|agent| agent.trim().is_empty()) {
            let description = "Missing User-Agent header, name your app and a contact";
            return Err(refuse(400, "Bad Request", Some(description)));
        }
        let mut path = call.path.trim_start_matches('/').split('/');
        // The later documents write a date where the older ones have a number; both are served.
        let known_version = matches!(path.next(), Some("v1" | "2025-03"));
        let store = path.next().unwrap_or_default();
        if !known_version {
            return Err(refuse(404, "Not Found", None));
        }
        if store != STORE_ID || !self.has_token(call) {
            return Err(refuse(401, "Unauthorized", Some("Invalid access token")));
        }
        if self.choices.store_state == StoreState::Unpaid {
            return Err(refuse(402, "Payment Required", Some("The store's plan has not been paid")));
        }
        Ok(path.collect())
    }

    fn has_token(&self, call: &Call) -> bool {
        let accepted = self.choices.auth_header;
        // The older header is known in one spelling only; the newer one is read as any server reads it.
        let older = call.header("authentication").and_then(|value| value.strip_prefix("bearer "));
        let newer = call
            .header("authorization")
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token);
        (accepted != AuthHeader::Authorization && older == Some(self.token.as_str()))
            || (accepted != AuthHeader::Authentication && newer == Some(self.token.as_str()))
    }

    /// Counts the request against the allowance; nothing where there is none.
    pub(super) fn count(&mut self, now: Moment) -> Option<BucketReading> {
        if self.rate == RateMode::Off {
            return None;
        }
        let (limit, leak) = match self.choices.rate_plan {
            RatePlan::Basic => (40, 2),
            RatePlan::Large => (400, 20),
            RatePlan::Endless => (1_000_000, 50_000),
        };
        Some(self.bucket.take(now, limit, leak))
    }

    pub(super) fn too_many(&self, reading: &BucketReading, now: Moment) -> Answer {
        let refusal =
            refuse(429, "Too Many Requests", Some("The request allowance of this store is used up"));
        let seconds = (reading.wait + SECOND - 1) / SECOND;
        match self.choices.retry_after {
            RetryAfter::Absent => refusal,
            RetryAfter::Seconds => refusal.with("retry-after", seconds.to_string()),
            RetryAfter::HttpDate => refusal.with("retry-after", http_date(now + seconds * SECOND)),
        }
    }

    pub(super) fn allow(&self, need: Need) -> Result<(), Answer> {
        let allowed = match self.choices.scope {
            Scope::Write => true,
            Scope::Read => need == Need::Read,
            Scope::None => false,
        };
        if allowed {
            return Ok(());
        }
        let scope = if need == Need::Read { "read_customers" } else { "write_customers" };
        Err(refuse(403, "Forbidden", Some(&format!("Missing a required scope: {scope}"))))
    }

    /// The body of a write, or the refusal of its type or its syntax.
    pub(super) fn sent(&self, call: &Call) -> Result<Value, Answer> {
        if !call.has_json_type() {
            let description = "Content-Type should be application/json";
            return Err(refuse(415, "Unsupported Media Type", Some(description)));
        }
        serde_json::from_slice(&call.body).map_err(|_| self.malformed())
    }

    pub(super) fn sent_object(&self, call: &Call) -> Result<Map<String, Value>, Answer> {
        match self.sent(call)? {
            Value::Object(fields) => Ok(fields),
            _ => Err(self.malformed()),
        }
    }

    fn malformed(&self) -> Answer {
        match self.choices.malformed_json {
            MalformedJson::Error => Answer::json(400, &json!({"error": "Problems parsing JSON"})),
            MalformedJson::Code => refuse(400, "Bad Request", Some("Problems parsing JSON")),
        }
    }
}

pub(super) fn with_allowance(answer: Answer, reading: &BucketReading) -> Answer {
    answer
        .with("x-rate-limit-limit", reading.limit.to_string())
        .with("x-rate-limit-remaining", reading.remaining.max(0).to_string())
        .with("x-rate-limit-reset", reading.reset.to_string())
}
