//! Being signed in: the token, where it comes from, and what happens when the store no longer takes it.
//!
//! With an e-mail the secret is a password and the token is fetched, kept in memory only, and fetched again when it has run
//! out. Without one the secret is the token itself, which can only be exchanged for a younger one while it is still good.

use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::http::{Answer, Call, HttpClient, secret_header};
use crate::{ConnectorError, StoreCredentials, Urgency};

/// Names under which stores answer a token (guide.inallweb.com shows none).
const TOKEN_KEYS: &[&str] = &["access_token", "token", "accessToken", "jwt"];

pub(super) struct Session {
    state: Mutex<State>,
}

struct State {
    email: Option<String>,
    /// The password where there is an e-mail, else the token as it was given.
    secret: SecretString,
    token: Option<SecretString>,
    /// How the store wants a sign-in sent, as far as it has taken one.
    form: LoginForm,
    /// The last token that stands for the secret and was not handed out to be kept.
    renewed: Option<SecretString>,
    /// Grows with every new token, so that several requests refused at once lead to one sign-in.
    generation: u64,
}

impl Session {
    pub(super) fn new(credentials: StoreCredentials) -> Self {
        let email = credentials.email.filter(|email| !email.trim().is_empty());
        let token = email.is_none().then(|| credentials.secret.clone());
        Self {
            state: Mutex::new(State {
                email,
                secret: credentials.secret,
                token,
                form: LoginForm::Email,
                renewed: None,
                generation: 0,
            }),
        }
    }

    /// Sends a request with the token, and once more with a fresh one when the store no longer takes the first. A refused
    /// token means that nothing was done, so this holds for changes too.
    pub(super) async fn send(&self, http: &HttpClient, call: Call) -> Result<Answer, ConnectorError> {
        let (token, generation) = self.token(http, call.wanted_urgency()).await?;
        let first = http.send(&signed(call.clone(), &token)?).await?;
        if first.status() != 401 {
            return Ok(first);
        }
        match self.renew(http, generation, call.wanted_urgency()).await {
            Ok(token) => http.send(&signed(call, &token)?).await,
            // The store's own words about the token are the better ones.
            Err(ConnectorError::SignIn { .. }) => Ok(first),
            Err(error) => Err(error),
        }
    }

    /// The token that has taken the place of the one that was given, once.
    pub(super) async fn renewed_secret(&self) -> Option<SecretString> {
        self.state.lock().await.renewed.take()
    }

    /// The own password was changed: the next sign-in needs the new one.
    pub(super) async fn password_changed(&self, new: &SecretString) {
        let mut state = self.state.lock().await;
        if state.email.is_some() {
            state.secret = new.clone();
        }
    }

    /// The own e-mail was changed.
    pub(super) async fn email_changed(&self, new: &str) {
        let mut state = self.state.lock().await;
        if state.email.is_some() {
            state.email = Some(new.to_owned());
        }
    }

    async fn token(
        &self,
        http: &HttpClient,
        urgency: Urgency,
    ) -> Result<(SecretString, u64), ConnectorError> {
        // Held while signing in: whoever comes meanwhile wants the same token.
        let mut state = self.state.lock().await;
        if state.token.is_none() {
            let token = sign_in(http, &mut state, urgency).await?;
            state.token = Some(token);
            state.generation += 1;
        }
        let token = state.token.clone().unwrap_or_else(|| state.secret.clone());
        Ok((token, state.generation))
    }

    async fn renew(
        &self,
        http: &HttpClient,
        refused: u64,
        urgency: Urgency,
    ) -> Result<SecretString, ConnectorError> {
        let mut state = self.state.lock().await;
        if let (true, Some(token)) = (state.generation != refused, &state.token) {
            return Ok(token.clone());
        }
        let token = match state.email {
            Some(_) => sign_in(http, &mut state, urgency).await,
            // The youngest one: what was typed once may have been exchanged many times since.
            None => refresh(http, state.token.as_ref().unwrap_or(&state.secret), urgency).await,
        };
        match token {
            Ok(token) => {
                state.token = Some(token.clone());
                if state.email.is_none() {
                    state.renewed = Some(token.clone());
                }
                state.generation += 1;
                Ok(token)
            }
            Err(error) => {
                // Without this the next request would carry the dead token once more before signing in.
                if state.email.is_some() {
                    state.token = None;
                }
                Err(error)
            }
        }
    }
}

/// What a sign-in is sent as. The page shows no body (guide.inallweb.com/docs/stores/technical/api-reference); the framework that
/// its other pages look like takes a form with a user name (fastapi.tiangolo.com/tutorial/security/simple-oauth2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LoginForm {
    Email,
    UserName,
    WebForm,
}

/// Signs in, in another form where the store says that it cannot read the first.
async fn sign_in(
    http: &HttpClient,
    state: &mut State,
    urgency: Urgency,
) -> Result<SecretString, ConnectorError> {
    let mut forms = vec![LoginForm::Email, LoginForm::UserName, LoginForm::WebForm];
    forms.sort_by_key(|form| *form != state.form);
    let email = state.email.clone().unwrap_or_default();
    let mut message = None;
    for form in forms {
        let password = state.secret.expose_secret();
        let call = Call::write(Method::POST, "api/auth/login", &[]);
        let call = match form {
            LoginForm::Email => call.body(json!({ "email": email, "password": password })),
            LoginForm::UserName => call.body(json!({ "username": email, "password": password })),
            LoginForm::WebForm => call.form(&[("username", &email), ("password", password)]),
        };
        let answer = http.send(&call.hiding(&state.secret).repeatable().urgency(urgency)).await?;
        match answer.status() {
            200..=299 => {
                state.form = form;
                return token_in(&answer);
            }
            // It could not read that, and has looked at no password yet.
            415 | 422 => drop(message.get_or_insert_with(|| answer.refusal().message)),
            // An inactive person is refused with other statuses, and means the same to whoever signs in.
            400 | 401 | 403 => {
                let own = answer.refusal().message;
                return Err(ConnectorError::SignIn { message: own });
            }
            _ => {
                return Err(match answer.success() {
                    Err(error) => error,
                    Ok(answer) => answer.unreadable("a sign-in without a token"),
                });
            }
        }
    }
    Err(ConnectorError::SignIn { message: message.unwrap_or_default() })
}

async fn refresh(
    http: &HttpClient,
    token: &SecretString,
    urgency: Urgency,
) -> Result<SecretString, ConnectorError> {
    let call = Call::write(Method::POST, "api/auth/refresh", &[]).repeatable().urgency(urgency);
    let answer = http.send(&signed(call, token)?).await?;
    match answer.status() {
        200..=299 => token_in(&answer),
        _ => Err(ConnectorError::SignIn { message: answer.refusal().message }),
    }
}

fn signed(call: Call, token: &SecretString) -> Result<Call, ConnectorError> {
    Ok(call.header(AUTHORIZATION, secret_header("Bearer ", token)?))
}

/// The token, wherever in the answer it stands.
fn token_in(answer: &Answer) -> Result<SecretString, ConnectorError> {
    let value = answer.json()?;
    find_token(&value, 3)
        .map(SecretString::from)
        .ok_or_else(|| ConnectorError::Unreadable { detail: "a sign-in without a token".to_owned() })
}

fn find_token(value: &Value, depth: u32) -> Option<&str> {
    let map = value.as_object()?;
    let here = TOKEN_KEYS.iter().find_map(|key| map.get(*key)?.as_str().filter(|token| !token.is_empty()));
    here.or_else(|| match depth {
        0 => None,
        _ => map.values().find_map(|inner| find_token(inner, depth - 1)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_in_every_shape() {
        for shape in [
            json!({"access_token": "t", "token_type": "bearer"}),
            json!({"token": "t"}),
            json!({"data": {"access_token": "t"}}),
            json!({"ok": true, "data": {"tokens": {"jwt": "t"}}}),
        ] {
            assert_eq!(find_token(&shape, 3), Some("t"), "{shape}");
        }
        assert_eq!(find_token(&json!({"token_type": "bearer", "token": ""}), 3), None);
    }
}
