//! The signed-in person's own account.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::client::InAllWeb;
use super::map;
use crate::http::Call;
use crate::{ConnectorError, FieldRefusal, Preferences, Profile, ProfileChange, Urgency};

impl InAllWeb {
    pub(super) async fn own_profile(&self) -> Result<Profile, ConnectorError> {
        let answer = self.send(Call::get("api/customers/me", &[], Urgency::Opened)).await?.success()?;
        let record = self.one(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
        Ok(Profile { record, preferences: self.own_preferences().await })
    }

    pub(super) async fn change_own_profile(&self, change: &ProfileChange) -> Result<Profile, ConnectorError> {
        let call = Call::write(Method::PUT, "api/customers/me", &[]).body(map::profile_change(change));
        let answer = self.send(call).await?.success()?;
        if let Some(Some(email)) = &change.email {
            self.session.email_changed(email).await;
        }
        let record = self.one(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
        Ok(Profile { record, preferences: self.own_preferences().await })
    }

    pub(super) async fn change_own_password(
        &self,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), ConnectorError> {
        let body = json!({ "current_password": old.expose_secret(), "new_password": new.expose_secret() });
        let call = Call::write(Method::PUT, "api/customers/me/password", &[]).body(body);
        let answer = self.send(call).await?;
        if answer.status() == 401 {
            // The token was just taken or renewed, so this is about the old password and no reason to sign out.
            let message = answer.refusal().message;
            let fields =
                vec![FieldRefusal { field: "current_password".to_owned(), message: message.clone() }];
            return Err(ConnectorError::Refused { status: 401, message, fields });
        }
        answer.success()?;
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
        map::preferences(&answer.json()?).ok_or_else(|| answer.unreadable("preferences of another shape"))
    }

    /// They are told apart from the profile, which stands without them.
    async fn own_preferences(&self) -> Option<Preferences> {
        let call = Call::get("api/customers/me/preferences", &[], Urgency::Opened);
        let answer = self.send(call).await.ok()?.success().ok()?;
        map::preferences(&answer.json().ok()?)
    }
}
