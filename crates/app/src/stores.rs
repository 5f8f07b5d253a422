//! Connecting stores, checking them, signing in again, removing them.

use clientela_connectors::{ConnectorError, StoreAddress, StoreCredentials, platforms};
use clientela_database::commit;
use clientela_database::table::store::{self, NewStore, Store, StoreState as StoredState};
use clientela_database::view::counts;
use clientela_domain::StoreId;
use secrecy::SecretString;

use crate::command::{ConfirmedStore, Nothing, SignIn, StoreRef};
use crate::context::{App, capabilities, connect};
use crate::convert;
use crate::dto::store::{AddStore, PlatformDto, StoreDto, StoreState};
use crate::error::{ApiError, ApiResult, Code};
use crate::event::AppEvent;

/// Every platform that can be connected, with what it can do.
pub async fn platforms_list(_app: &App, _request: Nothing) -> ApiResult<Vec<PlatformDto>> {
    Ok(platforms().iter().map(convert::platform).collect())
}

/// The name of a platform as people know it.
pub fn title(platform: &str) -> ApiResult<&'static str> {
    Ok(capabilities(platform)?.title)
}

/// All connected stores.
pub async fn list(app: &App, _request: Nothing) -> ApiResult<Vec<StoreDto>> {
    let stores = {
        let mut connection = app.inner.database.read().await?;
        store::all(&mut connection).await?
    };
    let mut shown = Vec::with_capacity(stores.len());
    for store in stores {
        shown.push(dto(app, store).await?);
    }
    Ok(shown)
}

/// Proves the credentials and connects the store. Nothing is kept when the store does not accept them.
pub async fn add(app: &App, request: AddStore) -> ApiResult<StoreDto> {
    add_store(app, request, false).await
}

/// Connects the embedded sample store of a platform, or finds it again after a restart, when its address is another.
pub async fn add_sample(app: &App, request: AddStore) -> ApiResult<StoreDto> {
    match sample(app, &request.platform).await? {
        Some(store) => find_again(app, store, request).await,
        None => add_store(app, request, true).await,
    }
}

/// Whether the sample store of any platform is connected.
pub async fn has_sample(app: &App) -> ApiResult<bool> {
    let mut connection = app.inner.database.read().await?;
    Ok(store::all(&mut connection).await?.iter().any(|store| store.sample))
}

async fn sample(app: &App, platform: &str) -> ApiResult<Option<Store>> {
    let mut connection = app.inner.database.read().await?;
    let stores = store::all(&mut connection).await?;
    Ok(stores.into_iter().find(|store| store.sample && store.platform == platform))
}

async fn find_again(app: &App, store: Store, request: AddStore) -> ApiResult<StoreDto> {
    let url = filled(request.url).unwrap_or_else(|| store.url.clone());
    let credentials = StoreCredentials {
        email: store.email.clone(),
        secret: SecretString::from(request.secret),
        second_secret: None,
    };
    let address = StoreAddress {
        url: url.parse().map_err(|_| ApiError::new(Code::InvalidInput, "the address cannot be read"))?,
        alias: store.alias.clone(),
        store_id: store.remote_store_id.clone(),
        auth_header: store.auth_header.clone(),
    };
    let connector = connect(&store.platform, address, credentials.clone(), &app.inner.outside)?;
    let identity = connector.identify().await.map_err(|error| about(error, &store.name))?;
    app.keep_credentials(store.id, &credentials).await?;
    app.unlink(store.id).await;
    let mut transaction = app.inner.database.write().await?;
    store::set_address(&mut transaction, store.id, &url, &identity.account).await?;
    store::set_state(&mut transaction, store.id, well(&store), None).await?;
    commit(transaction).await?;
    app.emit(AppEvent::StoresChanged);
    app.inner.wake.notify_one();
    dto(app, app.store(store.id).await?).await
}

async fn add_store(app: &App, request: AddStore, sample: bool) -> ApiResult<StoreDto> {
    let able = capabilities(&request.platform)?;
    let name = request.name.trim().to_owned();
    if name.is_empty() {
        return Err(ApiError::new(Code::InvalidInput, "a store needs a name").with("field", "name"));
    }
    refuse_taken_name(app, &name).await?;
    let url = filled(request.url).or_else(|| able.default_url.map(str::to_owned));
    let url = url.ok_or_else(|| {
        ApiError::new(Code::InvalidInput, "the address of the store is missing").with("field", "url")
    })?;
    let address = StoreAddress {
        url: url.parse().map_err(|_| {
            ApiError::new(Code::InvalidInput, "the address cannot be read").with("field", "url")
        })?,
        alias: filled(request.alias),
        store_id: filled(request.store_id),
        auth_header: filled(request.auth_header),
    };
    if request.secret.trim().is_empty() {
        return Err(
            ApiError::new(Code::InvalidInput, "the token or password is missing").with("field", "secret")
        );
    }
    let credentials = StoreCredentials {
        email: filled(request.email),
        secret: SecretString::from(request.secret),
        second_secret: filled(request.second_secret).map(SecretString::from),
    };
    let connector = connect(&request.platform, address.clone(), credentials.clone(), &app.inner.outside)?;
    let identity = connector.identify().await.map_err(|error| about(error, &name))?;
    let new = NewStore {
        name,
        platform: request.platform,
        url,
        alias: address.alias,
        remote_store_id: address.store_id,
        email: credentials.email.clone(),
        auth_header: address.auth_header,
        account: identity.account,
        sample,
        customers_at_store: identity.customers.and_then(|count| i64::try_from(count).ok()),
    };
    let mut transaction = app.inner.database.write().await?;
    let id = store::insert(&mut transaction, &new, app.inner.outside.clock.now()).await?;
    commit(transaction).await?;
    // The entry's name needs the id. A keychain can ask a person and take minutes, so no transaction waits for it.
    if let Err(error) = app.keep_credentials(id, &credentials).await {
        remove_rows(app, id).await?;
        return Err(error);
    }
    app.emit(AppEvent::StoresChanged);
    app.inner.wake.notify_one();
    dto(app, app.store(id).await?).await
}

/// Asks the store once whether it still accepts us, and notes the answer.
pub async fn check(app: &App, request: StoreRef) -> ApiResult<StoreDto> {
    let store = app.store(StoreId(request.store_id)).await?;
    let link = app.link(&store).await?;
    let answer = link.connector.identify().await;
    let outcome = match answer {
        Ok(identity) if identity.account != store.account => Err(account_changed(&store)),
        Ok(_) => Ok(well(&store)),
        Err(error) => Err(about(error, &store.name)),
    };
    let (state, reason) = match &outcome {
        Ok(state) => (*state, None),
        Err(error) => (state_after(error.code), error.details.get("reason").cloned()),
    };
    let mut transaction = app.inner.database.write().await?;
    store::set_state(&mut transaction, store.id, state, reason.as_deref()).await?;
    commit(transaction).await?;
    app.emit(AppEvent::StoresChanged);
    outcome?;
    dto(app, app.store(store.id).await?).await
}

/// Takes new credentials for a connected store. They must open the same store: edits wait here that belong there.
pub async fn sign_in(app: &App, request: SignIn) -> ApiResult<StoreDto> {
    let store = app.store(StoreId(request.store_id)).await?;
    let credentials = StoreCredentials {
        email: store.email.clone(),
        secret: SecretString::from(request.secret),
        second_secret: filled(request.second_secret).map(SecretString::from),
    };
    let address = StoreAddress {
        url: store
            .url
            .parse()
            .map_err(|_| ApiError::new(Code::InvalidInput, "the address cannot be read"))?,
        alias: store.alias.clone(),
        store_id: store.remote_store_id.clone(),
        auth_header: store.auth_header.clone(),
    };
    let connector = connect(&store.platform, address, credentials.clone(), &app.inner.outside)?;
    let identity = connector.identify().await.map_err(|error| about(error, &store.name))?;
    if identity.account != store.account {
        return Err(account_changed(&store));
    }
    app.keep_credentials(store.id, &credentials).await?;
    app.unlink(store.id).await;
    let mut transaction = app.inner.database.write().await?;
    store::set_state(&mut transaction, store.id, well(&store), None).await?;
    commit(transaction).await?;
    app.emit(AppEvent::StoresChanged);
    app.inner.wake.notify_one();
    dto(app, app.store(store.id).await?).await
}

/// Removes a store from this machine with its copy, its edits and its credentials. The store itself is not touched. The
/// confirmation is the store's name.
pub async fn remove(app: &App, request: ConfirmedStore) -> ApiResult<Nothing> {
    let store = app.store(StoreId(request.store_id)).await?;
    if request.confirmation.trim() != store.name {
        return Err(ApiError::new(Code::ConfirmationNeeded, "the name of the store has to be typed")
            .with("store", store.name));
    }
    // A running sync would write into what is being removed.
    app.cancel_syncs();
    let link = app.known_link(store.id).await;
    let idle = match &link {
        Some(link) => Some(link.sync.lock().await),
        None => None,
    };
    remove_rows(app, store.id).await?;
    drop(idle);
    app.unlink(store.id).await;
    app.forget_credentials(store.id).await?;
    app.inner.database.checkpoint().await?;
    app.emit(AppEvent::StoresChanged);
    app.emit(AppEvent::CustomersChanged { store_ids: vec![store.id.0] });
    Ok(Nothing {})
}

async fn remove_rows(app: &App, id: StoreId) -> ApiResult<()> {
    let mut transaction = app.inner.database.write().await?;
    store::remove(&mut transaction, id).await?;
    Ok(commit(transaction).await?)
}

async fn refuse_taken_name(app: &App, name: &str) -> ApiResult<()> {
    let mut connection = app.inner.database.read().await?;
    let taken = store::all(&mut connection)
        .await?
        .iter()
        .any(|store| store.name.to_lowercase() == name.to_lowercase());
    if taken {
        return Err(
            ApiError::new(Code::StoreNameTaken, "a store with this name exists already").with("store", name)
        );
    }
    Ok(())
}

async fn dto(app: &App, store: Store) -> ApiResult<StoreDto> {
    let counted = {
        let mut connection = app.inner.database.read().await?;
        counts::of_store(&mut connection, store.id).await?
    };
    let syncing = app.known_link(store.id).await.is_some_and(|link| link.sync.try_lock().is_err());
    Ok(StoreDto {
        id: store.id.0,
        name: store.name,
        platform: store.platform,
        url: store.url,
        alias: store.alias,
        store_id: store.remote_store_id,
        email: store.email,
        state: match store.state {
            StoredState::FirstPass => StoreState::FirstPass,
            StoredState::Ready => StoreState::Ready,
            StoredState::SignInNeeded => StoreState::SignInNeeded,
            StoredState::Offline => StoreState::Offline,
            StoredState::Refused => StoreState::Refused,
        },
        state_reason: store.state_reason,
        customers: counted.customers,
        customers_at_store: store.customers_at_store,
        edits_waiting: counted.waiting,
        conflicts: counted.conflicts,
        parked: counted.parked,
        in_step_at: store.in_step_at.map(convert::moment),
        syncing,
        sample: store.sample,
    })
}

fn about(error: ConnectorError, store: &str) -> ApiError {
    ApiError::from(error).with("store", store)
}

fn account_changed(store: &Store) -> ApiError {
    ApiError::new(Code::AccountChanged, "these credentials open another store or account")
        .with("store", store.name.clone())
}

/// How a store stands that accepts us. One that was never read whole still waits for its first pass.
fn well(store: &Store) -> StoredState {
    if store.full_pass_at.is_some() { StoredState::Ready } else { StoredState::FirstPass }
}

fn state_after(code: Code) -> StoredState {
    match code {
        Code::SignInNeeded => StoredState::SignInNeeded,
        Code::Unreachable | Code::RateLimited | Code::StoreFault | Code::OutcomeUnknown => {
            StoredState::Offline
        }
        _ => StoredState::Refused,
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
