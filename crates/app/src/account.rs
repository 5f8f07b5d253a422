//! The signed-in person's own account at a store. Always asked of the store and never queued: it is not a customer's record.

use std::sync::Arc;

use clientela_connectors::{Connector, Preferences, Profile, ProfileChange, ServerFile};
use clientela_database::table::store::Store;
use clientela_domain::StoreId;
use secrecy::SecretString;

use crate::command::{AccountEdit, ConfirmedStore, Nothing, PasswordChange, PreferencesChange, StoreRef};
use crate::context::{App, capabilities};
use crate::convert;
use crate::dto::account::{AccountDto, PreferencesDto};
use crate::error::{ApiError, ApiResult, Code};

/// Who is signed in.
pub async fn show(app: &App, request: StoreRef) -> ApiResult<AccountDto> {
    let (_, connector) = way(app, request.store_id).await?;
    Ok(dto(connector.profile().await?))
}

/// Changes the own name, phone or e-mail.
pub async fn edit(app: &App, request: AccountEdit) -> ApiResult<AccountDto> {
    let (_, connector) = way(app, request.store_id).await?;
    let mut change = ProfileChange::default();
    for wanted in request.changes {
        let place = match wanted.field.as_str() {
            "first_name" => &mut change.first_name,
            "last_name" => &mut change.last_name,
            "phone" => &mut change.phone,
            "email" => &mut change.email,
            other => {
                return Err(ApiError::new(
                    Code::UnwritableField,
                    format!("{other} of the account cannot be changed"),
                )
                .with("field", other));
            }
        };
        *place = Some(wanted.value);
    }
    connector.change_profile(&change).await?;
    Ok(dto(connector.profile().await?))
}

/// Changes the own password. Where the app signs in with it, the keychain gets the new one.
pub async fn change_password(app: &App, request: PasswordChange) -> ApiResult<Nothing> {
    let (store, connector) = way(app, request.store_id).await?;
    let new = SecretString::from(request.new);
    connector.change_password(&SecretString::from(request.old), &new).await?;
    if store.email.is_some() {
        let credentials = clientela_connectors::StoreCredentials {
            email: store.email.clone(),
            secret: new,
            second_secret: None,
        };
        app.keep_credentials(store.id, &credentials).await?;
        app.unlink(store.id).await;
    }
    Ok(Nothing {})
}

/// Changes what the person is mailed about.
pub async fn change_preferences(app: &App, request: PreferencesChange) -> ApiResult<PreferencesDto> {
    let (_, connector) = way(app, request.store_id).await?;
    let PreferencesDto { order_updates, promotions, newsletter } = request.preferences;
    let kept = connector.change_preferences(Preferences { order_updates, promotions, newsletter }).await?;
    Ok(preferences(kept))
}

/// Everything the store holds about the signed-in person, as it comes.
pub async fn export(app: &App, request: StoreRef) -> ApiResult<ServerFile> {
    let (_, connector) = way(app, request.store_id).await?;
    Ok(connector.export_profile().await?)
}

/// Deletes the signed-in person's own account at the store. The confirmation is its e-mail.
pub async fn delete(app: &App, request: ConfirmedStore) -> ApiResult<Nothing> {
    let (store, connector) = way(app, request.store_id).await?;
    let email = connector.profile().await?.record.email.into_value().unwrap_or_default();
    if email.is_empty() || email.trim().to_lowercase() != request.confirmation.trim().to_lowercase() {
        return Err(ApiError::new(Code::ConfirmationNeeded, "the e-mail of the account has to be typed")
            .with("store", store.name));
    }
    connector.delete_profile().await?;
    Ok(Nothing {})
}

async fn way(app: &App, store: i64) -> ApiResult<(Store, Arc<dyn Connector>)> {
    let store = app.store(StoreId(store)).await?;
    if !capabilities(&store.platform)?.account {
        return Err(ApiError::new(Code::Unsupported, "this platform has no account of one's own")
            .with("store", store.name));
    }
    let link = app.link(&store).await?;
    Ok((store, link.connector.clone()))
}

fn dto(profile: Profile) -> AccountDto {
    let record = profile.record;
    AccountDto {
        id: record.remote_id.to_string(),
        email: record.email.into_value(),
        first_name: record.first_name.into_value(),
        last_name: record.last_name.into_value(),
        phone: record.phone.into_value(),
        is_active: record.is_active.into_value(),
        email_verified: record.email_verified.into_value(),
        created_at: record.created_at.into_value().map(convert::moment),
        preferences: profile.preferences.map(preferences),
    }
}

fn preferences(preferences: Preferences) -> PreferencesDto {
    let Preferences { order_updates, promotions, newsletter } = preferences;
    PreferencesDto { order_updates, promotions, newsletter }
}
