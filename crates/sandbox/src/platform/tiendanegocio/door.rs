//! What every request passes before anybody looks at what it wants: headers, token, allowance, scope.

use serde_json::{Map, Value};

use crate::clock::{Moment, SECOND, http_date};
use crate::options::RateMode;
use crate::platform::tiendanegocio::Tiendanegocio;
use crate::platform::tiendanegocio::choices::{AuthForm, RetryAfter, Scope, UserAgent};
use crate::platform::tiendanegocio::refusal::refuse;
use crate::server::{Answer, Call};

/// Two public apps wait for this many requests in this stretch; the platform itself says nothing.
const ALLOWANCE: usize = 40;
const ALLOWANCE_LENGTH: i64 = 10 * SECOND;

/// What a call needs to be allowed to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Read,
    Write,
}

impl Tiendanegocio {
    /// The rest of the path behind the version, or the refusal.
    pub(super) fn admit<'a>(&self, call: &'a Call) -> Result<Vec<&'a str>, Answer> {
        let choices = &self.choices;
        let agent = call.header("user-agent").is_some_and(|agent| !agent.trim().is_empty());
        if !agent && choices.user_agent == UserAgent::Required {
            return Err(refuse(400, "Bad Request", "Missing User-Agent header", choices));
        }
        let mut path = call.path.trim_start_matches('/').split('/');
        if path.next() != Some("v1") {
            return Err(refuse(404, "Not Found", "The path does not exist", choices));
        }
        if !self.has_token(call) {
            return Err(refuse(401, "Unauthorized", "Invalid access token", choices));
        }
        Ok(path.collect())
    }

    /// Public apps send the token bare or behind `Bearer`; both are told to work.
    fn has_token(&self, call: &Call) -> bool {
        let sent = call.header("authorization").unwrap_or_default().trim();
        let behind_scheme = sent
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        let bare = sent == self.token;
        let bearer = behind_scheme == Some(self.token.as_str());
        match self.choices.auth_form {
            AuthForm::Both => bare || bearer,
            AuthForm::Bare => bare,
            AuthForm::Bearer => bearer,
        }
    }

    /// Counts the request against the allowance, where there is one.
    pub(super) fn within_allowance(&mut self, now: Moment) -> Result<(), Answer> {
        if self.rate == RateMode::Off {
            return Ok(());
        }
        let Err(wait) = self.window.take(now, ALLOWANCE, ALLOWANCE_LENGTH) else {
            return Ok(());
        };
        let refusal = refuse(429, "Too Many Requests", "Request limit exceeded", &self.choices);
        let seconds = (wait + SECOND - 1) / SECOND;
        Err(match self.choices.retry_after {
            RetryAfter::Absent => refusal,
            RetryAfter::Seconds => refusal.with("retry-after", seconds.to_string()),
            RetryAfter::HttpDate => refusal.with("retry-after", http_date(now + seconds * SECOND)),
        })
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
        Err(refuse(403, "Forbidden", "The token lacks the scope for this", &self.choices))
    }

    /// The body of a write, or the refusal of its type or its syntax.
    pub(super) fn sent_object(&self, call: &Call) -> Result<Map<String, Value>, Answer> {
        if !call.has_json_type() {
            let description = "Content-Type should be application/json";
            return Err(refuse(415, "Unsupported Media Type", description, &self.choices));
        }
        match serde_json::from_slice(&call.body) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) | Err(_) => Err(refuse(400, "Bad Request", "The body is not a JSON object", &self.choices)),
        }
    }
}
