//! The signed-in person's own account at a store. Always asked of the store and never queued: it is not a customer's record.

use std::sync::Arc;

use clientela_connectors::{Connector, Preferences, Profile, ServerFile, StoreCredentials};
use clientela_database::table::mirror;
use clientela_database::table::store::Store;
use clientela_domain::capability::OwnAccount;
use clientela_domain::{CustomerId, Field, RemoteId, StoreId};
use secrecy::SecretString;

use crate::command::{
    AccountEdit, AccountRef, ConfirmedStore, Nothing, PasswordChange, PreferencesChange, StoreRef,
};
use crate::context::{App, Link, capabilities};
use crate::convert;
use crate::customers::whose;
use crate::dto::account::{AccountDto, PreferencesDto};
use crate::error::{ApiError, ApiResult, Code};
use crate::event::AppEvent;
use crate::typed::value;

/// Who is signed in.
pub async fn show(app: &App, request: AccountRef) -> ApiResult<AccountDto> {
    let way = way(app, request.store_id, request.customer).await?;
    let profile = way.connector.profile(way.who.as_ref()).await?;
    dto(app, &way.store, profile).await
}

/// Changes facts of the own record.
pub async fn edit(app: &App, request: AccountEdit) -> ApiResult<AccountDto> {
    let way = way(app, request.store_id, request.customer).await?;
    let able = capabilities(&way.store.platform)?;
    let profile = way.connector.profile(way.who.as_ref()).await?;
    let country = profile.record.country();
    let mut changes = Vec::with_capacity(request.changes.len());
    for wanted in &request.changes {
        if !way.able.fields.contains(&wanted.field.as_str()) {
            return Err(ApiError::new(
                Code::UnwritableField,
                format!("{} of the account cannot be changed", wanted.field),
            )
            .with("field", &wanted.field)
            .with("platform", able.title));
        }
        let field: Field = wanted.field.parse()?;
        changes.push((field.clone(), value(able, &field, wanted, country)?));
    }
    let changed = way.connector.change_profile(way.who.as_ref(), &changes).await?;
    if let Some(remote) = &way.who {
        // The same person stands in the list: what was changed here is shown there too.
        app.session(way.store.clone(), &way.link).take_in(remote).await?;
        app.emit(AppEvent::CustomersChanged { store_ids: vec![way.store.id.0] });
    }
    dto(app, &way.store, changed).await
}

/// Changes the own password. Where the app signs in with it, the keychain gets the new one.
pub async fn change_password(app: &App, request: PasswordChange) -> ApiResult<Nothing> {
    let way = way(app, request.store_id, request.customer).await?;
    require(way.able.password, &way.store)?;
    let new = SecretString::from(request.new);
    way.connector.change_password(way.who.as_ref(), &SecretString::from(request.old), &new).await?;
    if way.store.email.is_some() {
        let credentials = StoreCredentials {
            email: way.store.email.clone(),
            secret: new,
            second_secret: None,
            more_secrets: Vec::new(),
        };
        app.keep_credentials(way.store.id, &credentials).await?;
        app.unlink(way.store.id).await;
    }
    Ok(Nothing {})
}

/// Changes what the person is mailed about.
pub async fn change_preferences(app: &App, request: PreferencesChange) -> ApiResult<PreferencesDto> {
    let way = way(app, request.store_id, None).await?;
    require(way.able.preferences, &way.store)?;
    let PreferencesDto { order_updates, promotions, newsletter } = request.preferences;
    let kept =
        way.connector.change_preferences(Preferences { order_updates, promotions, newsletter }).await?;
    Ok(preferences(kept))
}

/// Everything the store holds about the signed-in person, as it comes.
pub async fn export(app: &App, request: StoreRef) -> ApiResult<ServerFile> {
    let way = way(app, request.store_id, None).await?;
    require(way.able.data_export, &way.store)?;
    Ok(way.connector.export_profile().await?)
}

/// Deletes the signed-in person's own account at the store. The confirmation is its e-mail.
pub async fn delete(app: &App, request: ConfirmedStore) -> ApiResult<Nothing> {
    let way = way(app, request.store_id, None).await?;
    require(way.able.deletion, &way.store)?;
    let email = way.connector.profile(None).await?.record.email.into_value().unwrap_or_default();
    if email.is_empty() || email.trim().to_lowercase() != request.confirmation.trim().to_lowercase() {
        return Err(ApiError::new(Code::ConfirmationNeeded, "the e-mail of the account has to be typed")
            .with("store", way.store.name));
    }
    way.connector.delete_profile().await?;
    Ok(Nothing {})
}

/// The way to somebody's own account.
struct Way {
    store: Store,
    able: &'static OwnAccount,
    link: Arc<Link>,
    connector: Arc<dyn Connector>,
    /// Whose, where the store has several sign-ins.
    who: Option<RemoteId>,
}

async fn way(app: &App, store: i64, customer: Option<i64>) -> ApiResult<Way> {
    let store = app.store(StoreId(store)).await?;
    let able = capabilities(&store.platform)?;
    let Some(account) = &able.account else { return Err(no_such_thing(&store)) };
    let who = match customer {
        Some(customer) => {
            let (owner, remote, _) = whose(app, CustomerId(customer)).await?;
            if owner.id != store.id || !able.sign_in_per_customer {
                return Err(ApiError::new(Code::NotFound, "this customer has no sign-in of its own")
                    .with("customer", customer.to_string()));
            }
            Some(remote)
        }
        None => None,
    };
    let link = app.link(&store).await?;
    let connector = link.connector.clone();
    Ok(Way { store, able: account, link, connector, who })
}

fn require(can: bool, store: &Store) -> ApiResult<()> {
    if can { Ok(()) } else { Err(no_such_thing(store)) }
}

fn no_such_thing(store: &Store) -> ApiError {
    ApiError::new(Code::Unsupported, "this platform cannot do this with an account of one's own")
        .with("store", store.name.clone())
}

async fn dto(app: &App, store: &Store, profile: Profile) -> ApiResult<AccountDto> {
    let record = profile.record;
    let customer = {
        let mut connection = app.inner.database.read().await?;
        mirror::find_remote(&mut connection, store.id, &record.remote_id).await?
    };
    Ok(AccountDto {
        id: record.remote_id.to_string(),
        extra: convert::extra(&record),
        customer: customer.map(|mirror| mirror.customer.0),
        email: record.email.into_value(),
        first_name: record.first_name.into_value(),
        last_name: record.last_name.into_value(),
        phone: record.phone.into_value(),
        is_active: record.is_active.into_value(),
        email_verified: record.email_verified.into_value(),
        created_at: record.created_at.into_value().map(convert::moment),
        masked: record.masked,
        preferences: profile.preferences.map(preferences),
    })
}

fn preferences(preferences: Preferences) -> PreferencesDto {
    let Preferences { order_updates, promotions, newsletter } = preferences;
    PreferencesDto { order_updates, promotions, newsletter }
}
