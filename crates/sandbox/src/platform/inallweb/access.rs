//! Signing in, tokens that run out, and who may do what.

use std::collections::HashMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::clock::{DAY, MINUTE, Moment};
use crate::platform::inallweb::book::{Account, Role};
use crate::platform::inallweb::choices::{
    InactiveAccount, LoginBody, LoginShape, MissingToken, RefreshWindow,
};
use crate::platform::inallweb::refusal::{Problems, refuse, unauthorized};
use crate::platform::inallweb::{InAllWeb, body, sent};
use crate::server::{Answer, Call};
use crate::text::base64_url;

/// The tokens given out, which outlive an exchange of the store behind them.
pub(super) struct Sessions {
    by_token: HashMap<String, Session>,
    dice: ChaCha8Rng,
}

#[derive(Clone, Copy)]
struct Session {
    account: i64,
    expires_at: Moment,
}

impl Sessions {
    pub(super) fn new(seed: u64) -> Sessions {
        Sessions { by_token: HashMap::new(), dice: ChaCha8Rng::seed_from_u64(seed ^ 0x7365_7373) }
    }

    /// A token in three segments like a JWT, whose signature nobody checks: it is known or it is not.
    pub(super) fn open(&mut self, account: i64, now: Moment, life: i64) -> String {
        let expires_at = now + life;
        let mut signature = [0; 32];
        self.dice.fill_bytes(&mut signature);
        let claims = json!({"sub": account.to_string(), "iat": now / 1_000, "exp": expires_at / 1_000});
        let segments =
            [br#"{"alg":"HS256","typ":"JWT"}"#.as_slice(), claims.to_string().as_bytes(), &signature]
                .map(base64_url);
        let token = segments.join(".");
        self.by_token.insert(token.clone(), Session { account, expires_at });
        token
    }

    pub(super) fn open_long_lived(&mut self, account: i64, now: Moment) -> String {
        self.open(account, now, 3_650 * DAY)
    }

    pub(super) fn close_all(&mut self) {
        self.by_token.clear();
    }

    pub(super) fn close_those_of(&mut self, account: i64) {
        self.by_token.retain(|_, session| session.account != account);
    }
}

impl InAllWeb {
    /// Who sent this, or the refusal.
    pub(super) fn signed_in(&self, call: &Call, now: Moment) -> Result<&Account, Answer> {
        self.signed_in_within(0, call, now)
    }

    /// The same, with a token that may have ended so many milliseconds ago.
    fn signed_in_within(&self, grace: i64, call: &Call, now: Moment) -> Result<&Account, Answer> {
        let token = call
            .header("authorization")
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty())
            .map(|(_, token)| token.trim());
        let Some(token) = token else {
            return Err(match self.choices.missing_token {
                MissingToken::Unauthorized => unauthorized("Not authenticated"),
                MissingToken::Forbidden => refuse(403, "Not authenticated"),
            });
        };
        let session = self.sessions.by_token.get(token);
        let session = session.ok_or_else(|| unauthorized("Could not validate credentials"))?;
        if session.expires_at + grace <= now {
            return Err(unauthorized("Token has expired"));
        }
        let account = self.book.get(session.account).filter(|account| !account.deleted);
        let account = account.ok_or_else(|| unauthorized("Could not validate credentials"))?;
        if account.is_active { Ok(account) } else { Err(self.inactive()) }
    }

    fn inactive(&self) -> Answer {
        match self.choices.inactive_account {
            InactiveAccount::Forbidden => refuse(403, "Inactive user"),
            InactiveAccount::Unauthorized => unauthorized("Inactive user"),
            InactiveAccount::BadRequest => refuse(400, "Inactive user"),
        }
    }

    /// The one who sent this, if they are at least of this role.
    pub(super) fn at_least(&self, role: Role, call: &Call, now: Moment) -> Result<&Account, Answer> {
        let account = self.signed_in(call, now)?;
        if account.role >= role { Ok(account) } else { Err(refuse(403, "Not enough permissions")) }
    }

    pub(super) fn log_in(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let (fields, key) = match self.choices.login_body {
            LoginBody::Email => (sent::object(call)?, "email"),
            LoginBody::Username => (sent::object(call)?, "username"),
            LoginBody::Form => (sent::form(call), "username"),
        };
        let mut problems = Problems::default();
        let email = sent::required_text(&fields, key, &mut problems);
        let password = sent::required_text(&fields, "password", &mut problems);
        problems.settle()?;
        let account = self.book.by_email(&email).filter(|account| account.password == password);
        let account = account.ok_or_else(|| unauthorized("Incorrect email or password"))?;
        if !account.is_active {
            return Err(self.inactive());
        }
        let id = account.id;
        Ok(self.fresh_token(id, now))
    }

    /// A valid token buys a new one; the old one keeps its own end. Whether one that has ended does is not said.
    pub(super) fn refresh(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let grace = if self.choices.refresh_window == RefreshWindow::Week { 7 * DAY } else { 0 };
        let id = self.signed_in_within(grace, call, now)?.id;
        Ok(self.fresh_token(id, now))
    }

    pub(super) fn who_am_i(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let account = self.signed_in(call, now)?;
        Ok(Answer::json(200, &body::with_role(account, &self.choices)))
    }

    /// Signing out is the client's own business: the token stays good until it ends.
    pub(super) fn log_out(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        self.signed_in(call, now)?;
        Ok(Answer::json(200, &json!({})))
    }

    fn fresh_token(&mut self, account: i64, now: Moment) -> Answer {
        let token = self.sessions.open(account, now, self.choices.token_minutes.number() * MINUTE);
        Answer::json(200, &self.token_body(account, token))
    }

    fn token_body(&self, account: i64, token: String) -> Value {
        match self.choices.login_shape {
            LoginShape::AccessToken => json!({"access_token": token, "token_type": "bearer"}),
            LoginShape::Token => json!({"token": token}),
            LoginShape::Camel => json!({"accessToken": token, "tokenType": "Bearer"}),
            LoginShape::Full => json!({
                "access_token": token,
                "refresh_token": null,
                "token_type": "bearer",
                "expires_in": self.choices.token_minutes.number() * 60,
                "user": self.book.get(account).map(|account| body::with_role(account, &self.choices)),
            }),
            LoginShape::Nested => json!({"data": {"access_token": token, "token_type": "bearer"}}),
        }
    }
}
