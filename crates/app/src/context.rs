//! What every use case is given: the open book, the way to the stores, the outside.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use clientela_connectors::{Connector, StoreAddress, StoreCredentials};
use clientela_database::table::sign_in;
use clientela_database::table::store::{self, Store};
use clientela_database::{Database, DatabaseKey, LockedFolder};
use clientela_domain::capability::ConnectInput;
use clientela_domain::{Capabilities, StoreId};
use clientela_sync::StoreSession;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use crate::error::{ApiError, ApiResult, Code};
use crate::event::{AppEvent, EventSink};
use crate::list::Views;
use crate::outside::Outside;
use crate::secrets::{SecretStore, write_and_prove};
use crate::sync::Watcher;

/// The open app. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) database: Arc<Database>,
    key: DatabaseKey,
    /// Tells this folder's entries in the keychain from those of other folders.
    folder_id: String,
    pub(crate) secrets: Arc<dyn SecretStore>,
    pub(crate) outside: Outside,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) views: Views,
    stores: Mutex<HashMap<StoreId, Arc<Link>>>,
    turns: std::sync::Mutex<HashMap<StoreId, Arc<Turns>>>,
    /// Held while secrets of stores are replaced, so that a token that was typed is never replaced by one renewed before it.
    replacing: Mutex<()>,
    pub(crate) cancel: RwLock<CancellationToken>,
    /// Ends the exports that are under way.
    pub(crate) exports: RwLock<CancellationToken>,
    /// Wakes the schedule: an edit was saved, a store was connected.
    pub(crate) wake: Notify,
    /// The book is being closed: nothing is begun any more.
    pub(crate) closing: CancellationToken,
    sequence: AtomicI64,
}

/// The way to one store, kept between syncs: its allowance and its sign-in live in the connector.
pub(crate) struct Link {
    pub(crate) connector: Arc<dyn Connector>,
    pub(crate) turns: Arc<Turns>,
}

/// Who waits for whom at one store. These outlive a way to it: whoever signs in again does not overtake what is under way.
#[derive(Default)]
pub(crate) struct Turns {
    pub(crate) one_customer: Arc<Mutex<()>>,
    /// Held while the store is synced.
    pub(crate) sync: Mutex<()>,
}

impl App {
    /// Opens the book in this folder, or begins one. Nothing is ever deleted when it cannot be opened.
    pub async fn open(
        folder: &Path,
        secrets: Arc<dyn SecretStore>,
        outside: Outside,
        events: Arc<dyn EventSink>,
    ) -> ApiResult<App> {
        let folder = LockedFolder::take(folder)?;
        let folder_id = folder_id(&folder, &outside)?;
        let (key, salt) = key_of(&folder, secrets.as_ref(), &outside).await?;
        let database = Arc::new(Database::open(folder, &key, salt).await?);
        Ok(App {
            inner: Arc::new(Inner {
                database,
                key,
                folder_id,
                secrets,
                outside,
                events,
                views: Views::default(),
                stores: Mutex::default(),
                turns: std::sync::Mutex::default(),
                replacing: Mutex::default(),
                cancel: RwLock::default(),
                exports: RwLock::default(),
                wake: Notify::new(),
                closing: CancellationToken::new(),
                sequence: AtomicI64::new(1),
            }),
        })
    }

    /// Ends all connections to the book.
    pub async fn close(&self) {
        self.inner.closing.cancel();
        self.cancel_syncs();
        self.cancel_exports();
        self.inner.views.give_up();
        self.inner.database.close().await;
    }

    /// Empties the logs beside the files: they hold what was deleted. As long as somebody reads it is tried again, and gone on with beside
    /// everything else where that takes long.
    pub(crate) async fn empty_logs(&self) -> ApiResult<()> {
        self.inner.views.give_up();
        for _ in 0..TRIES_TO_EMPTY {
            if self.inner.database.checkpoint().await? {
                return Ok(());
            }
            self.inner.outside.sleep.sleep(BETWEEN_TRIES).await;
        }
        let app = self.clone();
        tokio::spawn(async move {
            // The end of the program empties them too.
            while !app.inner.closing.is_cancelled() && !app.inner.database.checkpoint().await.unwrap_or(true)
            {
                app.inner.outside.sleep.sleep(BETWEEN_TRIES).await;
            }
        });
        Ok(())
    }

    pub(crate) fn emit(&self, event: AppEvent) {
        self.inner.events.emit(event);
    }

    pub(crate) fn next_number(&self) -> i64 {
        self.inner.sequence.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn cancel_syncs(&self) {
        cancel_all(&self.inner.cancel);
    }

    pub(crate) fn cancel_exports(&self) {
        cancel_all(&self.inner.exports);
    }

    pub(crate) async fn store(&self, id: StoreId) -> ApiResult<Store> {
        let mut connection = self.inner.database.read().await?;
        store::find(&mut connection, id).await?.ok_or_else(|| {
            ApiError::new(Code::UnknownStore, "there is no such store").with("store", id.to_string())
        })
    }

    /// The way to a store, made when it is first needed.
    pub(crate) async fn link(&self, store: &Store) -> ApiResult<Arc<Link>> {
        let mut links = self.inner.stores.lock().await;
        if let Some(link) = links.get(&store.id) {
            return Ok(link.clone());
        }
        let credentials = self.read_credentials(store).await?;
        let connector = connect(&store.platform, address_of(store)?, credentials, &self.inner.outside)?;
        let link = Arc::new(Link { connector, turns: self.turns(store.id) });
        links.insert(store.id, link.clone());
        Ok(link)
    }

    /// Who waits for whom at a store.
    pub(crate) fn turns(&self, store: StoreId) -> Arc<Turns> {
        let mut turns = self.inner.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.entry(store).or_default().clone()
    }

    /// The way to a store, if it was needed before.
    pub(crate) async fn known_link(&self, store: StoreId) -> Option<Arc<Link>> {
        self.inner.stores.lock().await.get(&store).cloned()
    }

    /// Whether this is still the way to a store: somebody may have signed in since.
    pub(crate) async fn is_in_use(&self, store: StoreId, link: &Arc<Link>) -> bool {
        self.known_link(store).await.is_some_and(|known| Arc::ptr_eq(&known, link))
    }

    /// Forgets the way to a store, after its credentials changed or it was removed.
    pub(crate) async fn unlink(&self, store: StoreId) {
        self.inner.stores.lock().await.remove(&store);
    }

    pub(crate) fn session(&self, store: Store, link: &Link) -> StoreSession {
        StoreSession {
            store,
            connector: link.connector.clone(),
            database: self.inner.database.clone(),
            key: self.inner.key.clone(),
            clock: self.inner.outside.clock.clone(),
            sleep: self.inner.outside.sleep.clone(),
            progress: Arc::new(Watcher::new(self.inner.events.clone())),
            cancel: self.inner.cancel.read().unwrap_or_else(PoisonError::into_inner).child_token(),
            one_customer: link.turns.one_customer.clone(),
            reads_ahead: true,
        }
    }

    pub(crate) fn suppression_hash(&self, store: StoreId, remote: &clientela_domain::RemoteId) -> Vec<u8> {
        clientela_database::table::suppressed::hash(&self.inner.key, store, remote)
    }

    /// Keeps what a person typed. The next way to the store is made with it.
    pub(crate) async fn keep_credentials(
        &self,
        store: StoreId,
        credentials: &StoreCredentials,
    ) -> ApiResult<()> {
        let _alone = self.inner.replacing.lock().await;
        self.keep_secret(store, FIRST, &credentials.secret).await?;
        if let Some(second) = &credentials.second_secret {
            self.keep_secret(store, "second", second).await?;
        }
        self.unlink(store).await;
        Ok(())
    }

    /// Keeps the token that a store gave in place of the one that was typed, as long as nobody has typed another since.
    pub(crate) async fn keep_renewed(&self, store: StoreId, link: &Arc<Link>) {
        let _alone = self.inner.replacing.lock().await;
        if !self.is_in_use(store, link).await {
            return;
        }
        let Some(secret) = link.connector.renewed_secret().await else { return };
        if let Err(error) = self.keep_secret(store, FIRST, &secret).await {
            // It works until the app ends; then the store may ask for a sign-in again.
            tracing::warn!(%error, "a renewed token could not be kept");
        }
    }

    /// Keeps the secret of one of several sign-ins.
    pub(crate) async fn keep_sign_in(
        &self,
        store: StoreId,
        place: i64,
        secret: &SecretString,
    ) -> ApiResult<()> {
        self.keep_secret(store, &part_of(place), secret).await
    }

    async fn keep_secret(&self, store: StoreId, part: &str, secret: &SecretString) -> ApiResult<()> {
        Ok(write_and_prove(self.inner.secrets.as_ref(), &self.secret_name(store, part), secret).await?)
    }

    /// `places`: the sign-ins that the store had.
    pub(crate) async fn forget_credentials(&self, store: StoreId, places: &[i64]) -> ApiResult<()> {
        let parts = places.iter().map(|place| part_of(*place));
        for part in [FIRST.to_owned(), "second".to_owned()].into_iter().chain(parts) {
            self.inner.secrets.remove(&self.secret_name(store, &part)).await?;
        }
        Ok(())
    }

    pub(crate) async fn read_credentials(&self, store: &Store) -> ApiResult<StoreCredentials> {
        let sign_ins = {
            let mut connection = self.inner.database.read().await?;
            sign_in::of_store(&mut connection, store.id).await?
        };
        let secret = self.inner.secrets.read(&self.secret_name(store.id, FIRST)).await?;
        let second_secret = self.inner.secrets.read(&self.secret_name(store.id, "second")).await?;
        let mut more_secrets = Vec::new();
        for further in sign_ins.iter().filter(|sign_in| sign_in.place > 0) {
            let name = self.secret_name(store.id, &part_of(further.place));
            more_secrets.extend(self.inner.secrets.read(&name).await?);
        }
        let Some(secret) = secret else {
            return Err(ApiError::new(Code::SignInNeeded, "the keychain has no token for this store")
                .with("store", store.name.clone()));
        };
        Ok(StoreCredentials { email: store.email.clone(), secret, second_secret, more_secrets })
    }

    /// Whether the keychain has every secret of a store.
    pub(crate) async fn has_credentials(&self, store: &Store) -> ApiResult<bool> {
        let further = {
            let mut connection = self.inner.database.read().await?;
            let sign_ins = sign_in::of_store(&mut connection, store.id).await?;
            sign_ins.iter().filter(|sign_in| sign_in.place > 0).count()
        };
        let needs_second = capabilities(&store.platform)?.inputs.contains(&ConnectInput::SecretKey);
        match self.read_credentials(store).await {
            Ok(known) => {
                let has_second = known.second_secret.is_some() || !needs_second;
                Ok(has_second && known.more_secrets.len() == further)
            }
            Err(error) if error.code == Code::SignInNeeded => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn secret_name(&self, store: StoreId, part: &str) -> String {
        format!("store-{}-{}-{part}", self.inner.folder_id, store)
    }
}

/// How often the logs are tried to be emptied before whoever waits for it goes on.
const TRIES_TO_EMPTY: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);
/// The first sign-in of a store; nearly always the only one.
const FIRST: &str = "secret";

/// What the keychain calls the secret at this place.
fn part_of(place: i64) -> String {
    if place == 0 { FIRST.to_owned() } else { format!("secret-{place}") }
}

/// What the platform of a store can do.
pub(crate) fn capabilities(platform: &str) -> ApiResult<&'static Capabilities> {
    clientela_connectors::platform(platform)
        .map(|entry| entry.capabilities)
        .ok_or_else(|| unknown_platform(platform))
}

pub(crate) fn connect(
    platform: &str,
    address: StoreAddress,
    credentials: StoreCredentials,
    outside: &Outside,
) -> ApiResult<Arc<dyn Connector>> {
    let entry = clientela_connectors::platform(platform).ok_or_else(|| unknown_platform(platform))?;
    Ok((entry.connect)(address, credentials, outside.ports())?)
}

fn unknown_platform(platform: &str) -> ApiError {
    ApiError::new(Code::UnknownPlatform, format!("{platform:?} is not a platform")).with("platform", platform)
}

pub(crate) fn address_of(store: &Store) -> ApiResult<StoreAddress> {
    Ok(StoreAddress {
        url: store
            .url
            .parse()
            .map_err(|_| ApiError::new(Code::InvalidInput, "the address cannot be read"))?,
        alias: store.alias.clone(),
        store_id: store.remote_store_id.clone(),
        auth_header: store.auth_header.clone(),
    })
}

/// The folder's name in the keychain, made together with the folder's first book.
fn folder_id(folder: &LockedFolder, outside: &Outside) -> ApiResult<String> {
    let path = folder.path().join("clientela.id");
    if let Ok(text) = std::fs::read_to_string(&path) {
        let id = text.trim().to_owned();
        if id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(id);
        }
    }
    if folder.has_book() {
        // Without it the key's entry cannot be named. The book stays as it is.
        return Err(key_missing(folder));
    }
    let mut bytes = [0_u8; 16];
    fill(outside, &mut bytes)?;
    let id = faster_hex::hex_string(&bytes);
    let write = || -> std::io::Result<()> {
        std::fs::write(&path, format!("{id}\n"))?;
        std::fs::File::open(&path)?.sync_all()
    };
    write().map_err(|error| {
        ApiError::new(Code::Database, format!("the data folder cannot be written: {error}"))
    })?;
    Ok(id)
}

/// The key of the book in this folder, and the random bytes for a new one.
pub(crate) async fn key_of(
    folder: &LockedFolder,
    secrets: &dyn SecretStore,
    outside: &Outside,
) -> ApiResult<(DatabaseKey, [u8; 16])> {
    let folder_id = folder_id(folder, outside)?;
    let key = key(folder, &folder_id, secrets, outside).await?;
    let mut salt = [0_u8; 16];
    fill(outside, &mut salt)?;
    Ok((key, salt))
}

/// The key of the book: made once, written to the keychain and read back before anything is encrypted with it. A book whose key
/// is not there is never begun anew.
async fn key(
    folder: &LockedFolder,
    folder_id: &str,
    secrets: &dyn SecretStore,
    outside: &Outside,
) -> ApiResult<DatabaseKey> {
    let name = format!("book-key-{folder_id}");
    match secrets.read(&name).await? {
        Some(text) => DatabaseKey::parse(text.expose_secret())
            .ok_or_else(|| ApiError::new(Code::KeyWrong, "the key in the keychain is not a key of a book")),
        None if folder.has_book() => Err(key_missing(folder)),
        None => {
            let mut bytes = [0_u8; 32];
            fill(outside, &mut bytes)?;
            let key = DatabaseKey::from_bytes(&bytes);
            write_and_prove(secrets, &name, &SecretString::from(key.expose())).await?;
            Ok(key)
        }
    }
}

fn key_missing(folder: &LockedFolder) -> ApiError {
    ApiError::new(Code::KeyMissing, "the keychain does not have the key of this book")
        .with("path", folder.path().display().to_string())
}

fn fill(outside: &Outside, bytes: &mut [u8]) -> ApiResult<()> {
    outside.random.fill(bytes).map_err(|error| ApiError::new(Code::Internal, error.to_string()))
}

/// Ends everything that is under way with this token; what begins from now on goes on.
fn cancel_all(token: &RwLock<CancellationToken>) {
    let mut token = token.write().unwrap_or_else(PoisonError::into_inner);
    token.cancel();
    *token = CancellationToken::new();
}
