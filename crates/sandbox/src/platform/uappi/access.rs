//! Tokens that each belong to one customer, the allowance, and what every request passes before it is looked at.

use std::collections::HashMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use crate::clock::{DAY, MINUTE, Moment, SECOND, http_date};
use crate::options::RateMode;
use crate::platform::uappi::Uappi;
use crate::platform::uappi::book::Customer;
use crate::platform::uappi::choices::{
    Deleted, Inactive, Logout, MalformedBody, Rate, RateBody, RateHeaders, Redacted, RetryAfter, Untyped,
};
use crate::platform::uappi::refusal::{customer_not_found, inactive, refuse, server_error, unauthenticated};
use crate::server::{Answer, Call};
use crate::text::base64_url;

/// Requests in [`ALLOWANCE_LENGTH`] where a variant gives the shop an allowance at all.
const ALLOWANCE: usize = 60;
const ALLOWANCE_LENGTH: i64 = MINUTE;

/// The tokens given out, which outlive an exchange of the shop behind them.
pub(super) struct Sessions {
    by_token: HashMap<String, Session>,
    dice: ChaCha8Rng,
}

#[derive(Clone, Copy)]
struct Session {
    customer: i64,
    expires_at: Moment,
}

impl Sessions {
    pub(super) fn new(seed: u64) -> Sessions {
        Sessions { by_token: HashMap::new(), dice: ChaCha8Rng::seed_from_u64(seed ^ 0x7561_7070) }
    }

    /// A token in three segments like a JWT, whose signature nobody checks: it is known or it is not.
    pub(super) fn open(&mut self, customer: i64, now: Moment, life: i64) -> String {
        let expires_at = now + life;
        let mut signature = [0; 32];
        self.dice.fill_bytes(&mut signature);
        let claims = json!({
            "iss": "https://loja.example",
            "aud": "customer",
            "sub": customer.to_string(),
            "iat": now / SECOND,
            "exp": expires_at / SECOND,
        });
        let segments =
            [br#"{"alg":"HS256","typ":"JWT"}"#.as_slice(), claims.to_string().as_bytes(), &signature]
                .map(base64_url);
        let token = segments.join(".");
        self.by_token.insert(token.clone(), Session { customer, expires_at });
        token
    }

    pub(super) fn open_long_lived(&mut self, customer: i64, now: Moment) -> String {
        self.open(customer, now, 3_650 * DAY)
    }

    pub(super) fn close_all(&mut self) {
        self.by_token.clear();
    }
}

/// What a request is about to do with the customer it is signed for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Reading,
    Writing,
}

impl Uappi {
    /// The header is asked of every request, of those without a body too.
    pub(super) fn typed(&self, call: &Call) -> Result<(), Answer> {
        if call.has_json_type() {
            return Ok(());
        }
        let message = "O cabeçalho Content-Type deve ser application/json.";
        match self.choices.untyped {
            Untyped::Unsupported => Err(refuse(415, "UNSUPPORTED_MEDIA_TYPE", message)),
            Untyped::BadRequest => Err(refuse(400, "BAD_REQUEST", message)),
            Untyped::Accepted => Ok(()),
        }
    }

    /// Where the customer stands that this is signed for, or the refusal.
    pub(super) fn signed_in(&self, call: &Call, now: Moment) -> Result<usize, Answer> {
        let session = sent_token(call).and_then(|token| self.sessions.by_token.get(token));
        let session = session.filter(|session| session.expires_at > now).ok_or_else(unauthenticated)?;
        self.book.place(session.customer).ok_or_else(customer_not_found)
    }

    /// Refuses customers who have left, were erased, or are shut out.
    pub(super) fn admit(&self, customer: &Customer, doing: Doing) -> Result<(), Answer> {
        if customer.deleted {
            match self.choices.deleted {
                Deleted::Unauthenticated => return Err(unauthenticated()),
                Deleted::Shown if doing == Doing::Reading => {}
                Deleted::Shown | Deleted::NotFound => return Err(customer_not_found()),
            }
        }
        if customer.redacted {
            match self.choices.redacted {
                Redacted::NotFound => return Err(customer_not_found()),
                Redacted::Unauthenticated => return Err(unauthenticated()),
                Redacted::Blanked => {}
            }
        }
        let shut_out = !customer.active && self.choices.inactive == Inactive::Forbidden;
        if shut_out { Err(inactive()) } else { Ok(()) }
    }

    pub(super) fn log_out(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        self.signed_in(call, now)?;
        if self.choices.logout == Logout::EndsToken
            && let Some(token) = sent_token(call)
        {
            self.sessions.by_token.remove(token);
        }
        Ok(Answer::json(200, &json!({"status": true, "data": true})))
    }

    /// The body as an object; an empty one has no fields.
    pub(super) fn sent_object(&self, call: &Call) -> Result<Map<String, Value>, Answer> {
        if call.body.is_empty() {
            return Ok(Map::new());
        }
        match (serde_json::from_slice(&call.body), self.choices.malformed_body) {
            (Ok(Value::Object(fields)), _) => Ok(fields),
            (_, MalformedBody::BadRequest) => {
                Err(refuse(400, "BAD_REQUEST", "O corpo da requisição não é um JSON válido."))
            }
            (_, MalformedBody::ServerError) => Err(server_error()),
        }
    }

    /// Counts the request against the allowance, where there is one.
    pub(super) fn within_allowance(&mut self, now: Moment) -> Result<(), Answer> {
        if !self.has_allowance() {
            return Ok(());
        }
        let Err(wait) = self.window.take(now, ALLOWANCE, ALLOWANCE_LENGTH) else {
            return Ok(());
        };
        let refusal = match self.choices.rate_body {
            RateBody::Coded => refuse(429, "TOO_MANY_REQUESTS", "Muitas requisições. Tente mais tarde."),
            RateBody::Message => Answer::json(429, &json!({"message": "Too Many Attempts."})),
            RateBody::Blank => Answer::empty(429),
        };
        let seconds = (wait + SECOND - 1) / SECOND;
        Err(match self.choices.retry_after {
            RetryAfter::Absent => refusal,
            RetryAfter::Seconds => refusal.with("retry-after", seconds.to_string()),
            RetryAfter::HttpDate => refusal.with("retry-after", http_date(now + seconds * SECOND)),
        })
    }

    pub(super) fn with_allowance(&self, answer: Answer) -> Answer {
        if !self.has_allowance() || self.choices.rate_headers == RateHeaders::Absent {
            return answer;
        }
        answer
            .with("x-ratelimit-limit", ALLOWANCE.to_string())
            .with("x-ratelimit-remaining", ALLOWANCE.saturating_sub(self.window.used()).to_string())
    }

    fn has_allowance(&self) -> bool {
        self.rate != RateMode::Off && self.choices.rate != Rate::None
    }
}

fn sent_token(call: &Call) -> Option<&str> {
    let (scheme, token) = call.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
