//! The signed-in person's own account.

use clientela_domain::{Field, FieldValue};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::client::{InAllWeb, is_blank};
use super::map;
use crate::http::Call;
use crate::{ConnectorError, FieldRefusal, Preferences, Profile, Urgency};

impl InAllWeb {
    pub(super) async fn own_profile(&self) -> Result<Profile, ConnectorError> {
        let answer = self.send(Call::get("api/customers/me", &[], Urgency::Opened)).await?.success()?;
        let record = self.one(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
        Ok(Profile { record, preferences: self.own_preferences().await })
    }

    pub(super) async fn change_own_profile(
        &self,
        changes: &[(Field, FieldValue)],
    ) -> Result<Profile, ConnectorError> {
        let call = Call::write(Method::PUT, "api/customers/me", &[])
            .body(Value::Object(map::profile_change(changes)?));
        let answer = self.send(call).await?.success()?;
        let email = changes.iter().find(|(field, _)| *field == Field::Email);
        if let Some(email) = email.and_then(|(_, value)| value.as_text()) {
            self.session.email_changed(email).await;
        }
        // Some say yes and show nothing: then the profile is read.
        let shown =
            if answer.is_empty() { None } else { Some(answer.json()?).filter(|value| !is_blank(value)) };
        let Some(value) = shown else { return self.own_profile().await };
        let record = self.one(value).map_err(|detail| answer.unreadable(&detail))?;
        Ok(Profile { record, preferences: self.own_preferences().await })
    }

    pub(super) async fn change_own_password(
        &self,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), ConnectorError> {
        let body = json!({ "current_password": old.expose_secret(), "new_password": new.expose_secret() });
        let call =
            Call::write(Method::PUT, "api/customers/me/password", &[]).body(body).hiding(old).hiding(new);
        let answer = self.send(call).await?;
        if let status @ (401 | 403) = answer.status() {
            // The token was just taken or renewed, so this is about the old password and no reason to sign out.
            let message = answer.refusal().message;
            let fields =
                vec![FieldRefusal { field: "current_password".to_owned(), message: message.clone() }];
            return Err(ConnectorError::Refused { status, message, fields });
        }
        answer.done()?;
        self.session.password_changed(new).await;
        Ok(())
    }

    pub(super) async fn change_own_preferences(
        &self,
        preferences: Preferences,
    ) -> Result<Preferences, ConnectorError> {
        let body = json!({
            "order_updates": preferences.order_updates,
            "promotions": preferences.promotions,
            "newsletter": preferences.newsletter,
        });
        let call = Call::write(Method::PUT, "api/customers/me/preferences", &[]).body(body);
        let answer = self.send(call).await?.success()?;
        let shown =
            if answer.is_empty() { None } else { Some(answer.json()?).filter(|value| !is_blank(value)) };
        match shown {
            Some(value) => {
                map::preferences(&value).ok_or_else(|| answer.unreadable("preferences of another shape"))
            }
            // Taken and not shown: they are read.
            None => self
                .own_preferences()
                .await
                .ok_or_else(|| answer.unreadable("preferences that are not shown")),
        }
    }

    /// They are told apart from the profile, which stands without them.
    async fn own_preferences(&self) -> Option<Preferences> {
        let call = Call::get("api/customers/me/preferences", &[], Urgency::Opened);
        let answer = self.send(call).await.ok()?.success().ok()?;
        map::preferences(&answer.json().ok()?)
    }
}
