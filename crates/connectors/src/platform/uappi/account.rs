//! The own account of each customer who has signed in. On this platform it is the customer's record itself.

use clientela_domain::{Field, FieldValue, RemoteId};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::client::{Opened, Uappi, gone, is_gone};
use crate::http::{Answer, Call};
use crate::{ConnectorError, FieldRefusal, Profile, Urgency, Written};

/// Where a password is changed. The page prints the second; everything else on it has the prefix of the first.
const PASSWORD_PATHS: [&str; 2] = ["api/v3/customer/password", "customer/password"];

impl Uappi {
    /// The profile, and the sign-in that opens it.
    pub(super) async fn own_profile(
        &self,
        who: Option<&RemoteId>,
    ) -> Result<(usize, Profile), ConnectorError> {
        let (place, opened) = match who {
            Some(id) => self.sign_in_of(id, Urgency::Opened).await?,
            None => (0, None),
        };
        let opened = match opened {
            Some(opened) => opened,
            None => self.look(place, Urgency::Opened).await?,
        };
        match opened {
            Opened::Found { record, .. } => Ok((place, Profile { record: *record, preferences: None })),
            Opened::Gone { .. } => Err(gone()),
            Opened::Rejected(rejected) => Err(ConnectorError::Unreadable { detail: rejected.reason }),
        }
    }

    pub(super) async fn change_own_profile(
        &self,
        who: Option<&RemoteId>,
        changes: &[(Field, FieldValue)],
    ) -> Result<Profile, ConnectorError> {
        let (place, mut profile) = self.own_profile(who).await?;
        match self.write(place, &profile.record, changes).await? {
            Written::Shown { record, .. } => drop(profile.record.absorb(&record)),
            Written::Accepted => {
                for (field, value) in changes {
                    profile.record.set_field(field, value);
                }
            }
            Written::Missing => return Err(gone()),
        }
        Ok(profile)
    }

    pub(super) async fn change_own_password(
        &self,
        who: Option<&RemoteId>,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), ConnectorError> {
        let place = match who {
            Some(id) => self.sign_in_of(id, Urgency::Push).await?.0,
            None => 0,
        };
        let mut answer = self.put_password(place, PASSWORD_PATHS[0], old, new).await?;
        if matches!(answer.status(), 404 | 405) && !is_gone(&answer) {
            // There is nothing at that path, so nothing was done.
            answer = self.put_password(place, PASSWORD_PATHS[1], old, new).await?;
        }
        if is_gone(&answer) {
            return Err(gone());
        }
        if answer.status() == 401 {
            // It may be about the old password or about the token. If the token still opens the profile, it is the former.
            let message = answer.refusal().message;
            self.own_profile(who).await?;
            return Err(wrong_password(401, message));
        }
        said_yes(&answer.success()?)
    }

    async fn put_password(
        &self,
        place: usize,
        path: &'static str,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<Answer, ConnectorError> {
        let body = json!({
            "currentPassword": old.expose_secret(),
            "password": new.expose_secret(),
            "confirmPassword": new.expose_secret(),
        });
        self.send(place, Call::write(Method::PUT, path, &[]).body(body).hiding(old).hiding(new)).await
    }
}

/// A success can still say no: `{status: false}`, with the reason as its data.
fn said_yes(answer: &Answer) -> Result<(), ConnectorError> {
    if answer.is_empty() {
        return Ok(());
    }
    let value = answer.json()?;
    let says_no = |key: &str| value.get(key) == Some(&Value::Bool(false));
    if !says_no("status") && !says_no("data") {
        return Ok(());
    }
    let words = value.get("data").and_then(Value::as_str).map(|words| answer.words(words));
    let message = words.unwrap_or_else(|| answer.refusal().message);
    Err(ConnectorError::Refused { status: answer.status(), message, fields: Vec::new() })
}

fn wrong_password(status: u16, message: String) -> ConnectorError {
    let fields = vec![FieldRefusal { field: "current_password".to_owned(), message: message.clone() }];
    ConnectorError::Refused { status, message, fields }
}
