//! Connecting stores, checking them, signing in again, removing them.

use clientela_connectors::{
    Connector, ConnectorError, Fetched, StoreAddress, StoreCredentials, StoreIdentity, Urgency, platforms,
};
use clientela_database::commit;
use clientela_database::table::mirror;
use clientela_database::table::sign_in::{self, SignIn as OneSignIn};
use clientela_database::table::store::{self, NewStore, Store, StoreState as StoredState};
use clientela_database::view::counts;
use clientela_domain::StoreId;
use secrecy::SecretString;

use crate::command::{ConfirmedStore, MoreSignIn, Nothing, SignIn, StoreRef};
use crate::context::{App, address_of, capabilities, connect};
use crate::convert;
use crate::dto::store::{AddStore, PlatformDto, StoreDto, StoreState};
use crate::error::{ApiError, ApiResult, Code};
use crate::event::AppEvent;

/// So many customers are looked at to tell a store from another.
const FAMILIAR: i64 = 3;

/// Every platform that can be connected, with what it can do.
pub async fn platforms_list(_app: &App, _request: Nothing) -> ApiResult<Vec<PlatformDto>> {
    Ok(known_platforms())
}

/// The same, for whoever has no book open.
pub fn known_platforms() -> Vec<PlatformDto> {
    platforms().iter().map(convert::platform).collect()
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
        second_secret: filled(request.second_secret).map(SecretString::from),
        more_secrets: Vec::new(),
    };
    let address = address_of(&Store { url: url.clone(), ..store.clone() })?;
    let connector = connect(&store.platform, address, credentials.clone(), &app.inner.outside)?;
    let identity = connector.identify().await.map_err(|error| about(error, &store.name))?;
    app.keep_credentials(store.id, &younger(credentials, connector.as_ref()).await).await?;
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
        more_secrets: Vec::new(),
    };
    let connector = connect(&request.platform, address.clone(), credentials.clone(), &app.inner.outside)?;
    let identity = connector.identify().await.map_err(|error| about(error, &name))?;
    let credentials = younger(credentials, connector.as_ref()).await;
    let new = NewStore {
        name,
        platform: request.platform,
        url,
        alias: address.alias.or(identity.alias),
        remote_store_id: address.store_id,
        email: credentials.email.clone(),
        auth_header: address.auth_header,
        account: identity.account,
        signed_in_role: identity.role,
        sample,
        customers_at_store: identity.customers.and_then(|count| i64::try_from(count).ok()),
    };
    let mut transaction = app.inner.database.write().await?;
    let id = store::insert(&mut transaction, &new, app.inner.outside.clock.now()).await?;
    if able.sign_in_per_customer
        && let Some(customer) = identity.signed_in_as
    {
        sign_in::write(&mut transaction, id, &OneSignIn { place: 0, customer }).await?;
    }
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
    let role = answer.as_ref().ok().map(|identity| identity.role.clone());
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
    if let Some(role) = role {
        store::set_role(&mut transaction, store.id, role.as_deref()).await?;
    }
    commit(transaction).await?;
    app.emit(AppEvent::StoresChanged);
    outcome?;
    dto(app, app.store(store.id).await?).await
}

/// Refuses a role that whoever is signed in cannot give, before anything is saved. Somebody may have been given more rights since:
/// the store is asked again before it is refused.
pub(crate) async fn refuse_ungrantable(app: &App, store: &Store, role: &str) -> ApiResult<()> {
    let able = capabilities(&store.platform)?;
    let grants = |role_of_us: Option<&str>| able.grants(role_of_us).contains(&role);
    if grants(store.signed_in_role.as_deref()) {
        return Ok(());
    }
    let ours = match check(app, StoreRef { store_id: store.id.0 }).await {
        Ok(checked) if grants(checked.signed_in_role.as_deref()) => return Ok(()),
        Ok(checked) => checked.signed_in_role,
        Err(_) => store.signed_in_role.clone(),
    };
    Err(ApiError::new(Code::RoleNotYours, format!("whoever is signed in cannot give the role {role}"))
        .with("store", store.name.clone())
        .with("role", role)
        .with("signed_in_role", ours.clone().unwrap_or_default())
        .with("roles", able.grants(ours.as_deref()).join(", ")))
}

/// Takes new credentials for a connected store. They must open the same store: edits wait here that belong there.
pub async fn sign_in(app: &App, request: SignIn) -> ApiResult<StoreDto> {
    let store = app.store(StoreId(request.store_id)).await?;
    if capabilities(&store.platform)?.sign_in_per_customer {
        return add_sign_in(app, MoreSignIn { store_id: request.store_id, secret: request.secret }).await;
    }
    let credentials = StoreCredentials {
        email: store.email.clone(),
        secret: SecretString::from(request.secret),
        second_secret: filled(request.second_secret).map(SecretString::from),
        more_secrets: Vec::new(),
    };
    let (identity, credentials) = identify(app, &store, credentials).await?;
    require_known_people(app, &store, &credentials).await?;
    app.keep_credentials(store.id, &credentials).await?;
    signed_in(app, store, identity.role).await
}

/// Takes one more sign-in of a store where one opens one customer only. One for a customer whom another opens already takes its
/// place: that is how an expired one is renewed.
pub async fn add_sign_in(app: &App, request: MoreSignIn) -> ApiResult<StoreDto> {
    let store = app.store(StoreId(request.store_id)).await?;
    if !capabilities(&store.platform)?.sign_in_per_customer {
        return Err(
            ApiError::new(Code::Unsupported, "one sign-in opens this whole store").with("store", store.name)
        );
    }
    if request.secret.trim().is_empty() {
        return Err(ApiError::new(Code::InvalidInput, "the token is missing").with("field", "secret"));
    }
    let credentials = StoreCredentials {
        email: store.email.clone(),
        secret: SecretString::from(request.secret),
        second_secret: None,
        more_secrets: Vec::new(),
    };
    let (identity, credentials) = identify(app, &store, credentials).await?;
    let customer = identity.signed_in_as.ok_or_else(|| {
        ApiError::new(Code::StoreUnreadable, "the store does not say whom the token opens")
            .with("store", store.name.clone())
    })?;
    let known = {
        let mut connection = app.inner.database.read().await?;
        sign_in::of_store(&mut connection, store.id).await?
    };
    let place = match known.iter().find(|sign_in| sign_in.customer == customer) {
        Some(known) => known.place,
        None => known.iter().map(|sign_in| sign_in.place + 1).max().unwrap_or(0),
    };
    app.keep_sign_in(store.id, place, &credentials.secret).await?;
    let mut transaction = app.inner.database.write().await?;
    sign_in::write(&mut transaction, store.id, &OneSignIn { place, customer }).await?;
    // Whoever was added is met by the next pass, which has to read everybody again.
    commit(transaction).await?;
    signed_in(app, store, None).await
}

/// The credentials with the token that the store has just given in place of the one in them.
async fn younger(credentials: StoreCredentials, connector: &dyn Connector) -> StoreCredentials {
    match connector.renewed_secret().await {
        Some(secret) => StoreCredentials { secret, ..credentials },
        None => credentials,
    }
}

/// Whose store these credentials open, and what of them is to be kept; an error where it is not this one.
async fn identify(
    app: &App,
    store: &Store,
    credentials: StoreCredentials,
) -> ApiResult<(StoreIdentity, StoreCredentials)> {
    let address = address_of(store)?;
    let connector = connect(&store.platform, address, credentials.clone(), &app.inner.outside)?;
    let identity = connector.identify().await.map_err(|error| about(error, &store.name))?;
    if identity.account != store.account {
        return Err(account_changed(store));
    }
    Ok((identity, younger(credentials, connector.as_ref()).await))
}

/// Not every platform says whose store a token opens. A store in which nobody is whom we know there is another store, and the edits
/// that wait here must not be sent to strangers who have the same numbers.
async fn require_known_people(app: &App, store: &Store, credentials: &StoreCredentials) -> ApiResult<()> {
    let known = {
        let mut connection = app.inner.database.read().await?;
        mirror::oldest(&mut connection, store.id, FAMILIAR).await?
    };
    let connector = connect(&store.platform, address_of(store)?, credentials.clone(), &app.inner.outside)?;
    for record in &known {
        let told = connector.fetch(&record.remote_id, Urgency::Opened).await;
        match told.map_err(|error| about(error, &store.name))? {
            Fetched::Found { record: told, .. } if told.may_be_same_person(record) => return Ok(()),
            Fetched::Found { .. } | Fetched::Missing { .. } => {}
        }
    }
    if known.is_empty() { Ok(()) } else { Err(account_changed(store)) }
}

/// The store accepts us again.
async fn signed_in(app: &App, store: Store, role: Option<String>) -> ApiResult<StoreDto> {
    app.unlink(store.id).await;
    let mut transaction = app.inner.database.write().await?;
    store::set_role(&mut transaction, store.id, role.as_deref()).await?;
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
    let turns = app.turns(store.id);
    let idle = turns.sync.lock().await;
    let places: Vec<i64> = {
        let mut connection = app.inner.database.read().await?;
        let sign_ins = sign_in::of_store(&mut connection, store.id).await?;
        sign_ins.into_iter().map(|sign_in| sign_in.place).collect()
    };
    remove_rows(app, store.id).await?;
    drop(idle);
    app.unlink(store.id).await;
    app.forget_credentials(store.id, &places).await?;
    app.empty_logs().await?;
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
    let (counted, sign_ins) = {
        let mut connection = app.inner.database.read().await?;
        let counted = counts::of_store(&mut connection, store.id).await?;
        (counted, sign_in::of_store(&mut connection, store.id).await?.len().max(1))
    };
    let syncing = app.turns(store.id).sync.try_lock().is_err();
    let able = capabilities(&store.platform)?;
    let grantable_roles = able.grants(store.signed_in_role.as_deref());
    Ok(StoreDto {
        grantable_roles: grantable_roles.iter().map(|role| (*role).to_owned()).collect(),
        signed_in_role: store.signed_in_role,
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
        sign_ins: sign_ins as i64,
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
