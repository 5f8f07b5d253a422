//! One store of the sandbox, one encrypted book, and the engine between them. Time is moved by waiting, and the store's time
//! moves along.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex as Lock};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clientela_connectors::platform::Ports;
use clientela_connectors::{Clock, Connector, Sleep, StoreAddress, StoreCredentials, platform};
use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::mirror::{self, Mirror};
use clientela_database::table::store::{self, NewStore, Store};
use clientela_database::table::{customer, suppressed};
use clientela_database::{Database, DatabaseKey, LockedFolder, commit};
use clientela_domain::{Field, FieldValue, RemoteId, StoreId};
use clientela_sandbox::{RateMode, ReadyStore, Sandbox, SandboxOptions};
use clientela_sync::ports::Unwatched;
use clientela_sync::{Progress, StoreReport, StoreSession, SyncOptions, outbox, sync_store};
use clientela_testkit::VirtualClock;
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex, OnceCell};
use tokio_util::sync::CancellationToken;

use crate::pages::SmallPages;

const KEY: [u8; 32] = [7; 32];
const SALT: [u8; 16] = [9; 16];

/// A device clock that stands still until somebody waits; the store's clock moves by the same.
struct Time {
    clock: VirtualClock,
    control: Control,
}

/// The control door of the sandbox, as one platform's test knocks at it.
#[derive(Clone)]
struct Control {
    platform: &'static str,
    client: reqwest::Client,
    address: String,
}

impl Control {
    async fn get(&self, path: &str) -> Value {
        let answer = self.client.get(format!("{}{path}", self.address)).send().await.unwrap();
        serde_json::from_str(&answer.error_for_status().unwrap().text().await.unwrap()).unwrap()
    }

    async fn state(&self) -> Vec<Value> {
        let mut state = self.get(&format!("/state?platform={}", self.platform)).await;
        match state["customers"].take() {
            Value::Array(list) => list,
            other => panic!("customers are a list, not {other}"),
        }
    }

    async fn post(&self, path: &str, mut body: Value) -> Value {
        if let Some(body) = body.as_object_mut()
            && !matches!(path, "/clock" | "/faults")
        {
            body.insert("platform".to_owned(), json!(self.platform));
        }
        let answer =
            self.client.post(format!("{}{path}", self.address)).body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path} {body}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }
}

impl Clock for Time {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }
}

#[async_trait]
impl Sleep for Time {
    async fn sleep(&self, duration: Duration) {
        self.control.post("/clock", json!({"advance_ms": duration.as_millis() as u64})).await;
        self.clock.sleep(duration).await;
    }
}

/// How a world is to begin.
#[derive(Clone, Copy)]
pub(crate) struct Beginning<'a> {
    pub(crate) platform: &'static str,
    /// Customers that the store makes up.
    pub(crate) customers: usize,
    pub(crate) rate: RateMode,
    /// `name`, `value`, without the platform.
    pub(crate) variants: &'a [(&'a str, &'a str)],
    /// Customers that are put into it besides.
    pub(crate) people: &'a [Value],
    /// Records on a page of a list; the connector's own choice where nothing is said.
    pub(crate) page_size: Option<u32>,
    /// What knocks at the control door, where there is one already.
    pub(crate) client: Option<&'a reqwest::Client>,
}

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) platform: &'static str,
    pub(crate) clock: VirtualClock,
    pub(crate) database: Arc<Database>,
    pub(crate) store: StoreId,
    pub(crate) connector: Arc<dyn Connector>,
    /// Ids of the people who were put into the store, in their order.
    pub(crate) people: Vec<String>,
    /// Who was changed by a test, here or there.
    pub(crate) touched: Lock<BTreeSet<String>>,
    time: Arc<Time>,
    client: reqwest::Client,
    folder: TempDir,
    page_size: Option<u32>,
    /// Whom the sign-ins open, where one opens one customer only.
    members: Option<BTreeSet<String>>,
}

impl World {
    pub(crate) async fn start(platform: &'static str, customers: usize) -> Self {
        Self::with(platform, customers, RateMode::Off, &[]).await
    }

    /// `variants` are given as `name`, `value`, without the platform.
    pub(crate) async fn with(
        platform: &'static str,
        customers: usize,
        rate: RateMode,
        variants: &[(&str, &str)],
    ) -> Self {
        Self::begin(Beginning {
            platform,
            customers,
            rate,
            variants,
            people: &[],
            page_size: None,
            client: None,
        })
        .await
    }

    pub(crate) async fn begin(beginning: Beginning<'_>) -> Self {
        let Beginning { platform, customers, rate, variants, people, page_size, client } = beginning;
        let named = |(key, value): &(&str, &str)| (format!("{platform}.{key}"), (*value).to_owned());
        let sandbox = Sandbox::start(SandboxOptions {
            customers,
            rate,
            variants: variants.iter().map(named).collect(),
            platforms: vec![platform.to_owned()],
            ..SandboxOptions::default()
        })
        .await
        .unwrap();
        let client = client.cloned().unwrap_or_else(control_client);
        let clock = VirtualClock::new();
        let control = Control { platform, client: client.clone(), address: sandbox.ready().control.clone() };
        let time = Arc::new(Time { clock: clock.clone(), control: control.clone() });
        let mut ids = Vec::with_capacity(people.len());
        for person in people {
            ids.push(id_of(&control.post("/create", person.clone()).await));
        }
        let sign_ins = sign_ins(&sandbox.ready().stores[0], &control).await;
        let members = sign_ins.members.clone();
        let folder = TempDir::new().unwrap();
        let database = begin_book(&folder).await;
        let connector = connect(&sandbox.ready().stores[0], sign_ins, &time, page_size);
        let url = sandbox.ready().stores[0].url.clone();
        let new = NewStore {
            name: "Loja".to_owned(),
            platform: platform.to_owned(),
            url,
            alias: None,
            remote_store_id: sandbox.ready().stores[0].store_id.clone(),
            email: None,
            auth_header: None,
            account: "the sandbox".to_owned(),
            signed_in_role: None,
            sample: false,
            customers_at_store: None,
        };
        let mut transaction = database.write().await.unwrap();
        let store = store::insert(&mut transaction, &new, Clock::now(&clock)).await.unwrap();
        commit(transaction).await.unwrap();
        Self {
            sandbox,
            platform,
            clock,
            database,
            store,
            connector,
            people: ids,
            touched: Lock::default(),
            time,
            client,
            folder,
            page_size,
            members,
        }
    }

    /// Closes the book, so that nothing of it is under way when the process ends.
    pub(crate) async fn end(self) {
        self.database.close().await;
    }

    /// Ends the program and starts it again: another connection to the same file, another connector.
    pub(crate) async fn restart(self) -> Self {
        self.database.close().await;
        drop(self.database);
        let database = open(&self.folder).await;
        let sign_ins = sign_ins(&self.sandbox.ready().stores[0], &self.time.control).await;
        let connector = connect(&self.sandbox.ready().stores[0], sign_ins, &self.time, self.page_size);
        Self { database, connector, ..self }
    }

    /// Makes every token worthless.
    pub(crate) async fn revoke(&self) -> ReadyStore {
        let told = self.control("/revoke", json!({})).await["store"].take();
        let text = |key: &str| told[key].as_str().map(str::to_owned);
        let secrets = told["secrets"].as_array().unwrap().iter();
        ReadyStore {
            platform: text("platform").unwrap(),
            url: text("url").unwrap(),
            alias: text("alias"),
            store_id: text("store_id"),
            email: text("email"),
            secrets: secrets.map(|secret| secret.as_str().unwrap().to_owned()).collect(),
        }
    }

    /// Signs in with a token where there is a choice, and with new ones where the old are worthless.
    pub(crate) async fn sign_in_by_token(&mut self, store: &ReadyStore) {
        let mut sign_ins = sign_ins(store, &self.time.control).await;
        if sign_ins.credentials.email.take().is_some() {
            sign_ins.credentials.secret = SecretString::from(store.secrets[1].clone());
        }
        self.connector = connect(store, sign_ins, &self.time, self.page_size);
    }

    pub(crate) async fn session(&self) -> StoreSession {
        StoreSession {
            store: self.store_row().await,
            connector: self.connector.clone(),
            database: self.database.clone(),
            key: DatabaseKey::from_bytes(&KEY),
            clock: self.time.clone(),
            sleep: self.time.clone(),
            progress: Arc::new(Unwatched),
            cancel: CancellationToken::new(),
            one_customer: Arc::new(Mutex::new(())),
            reads_ahead: true,
        }
    }

    pub(crate) async fn watched(
        &self,
        progress: Arc<dyn Progress>,
        cancel: CancellationToken,
    ) -> StoreSession {
        StoreSession { progress, cancel, ..self.session().await }
    }

    pub(crate) async fn sync(&self) -> StoreReport {
        sync_store(&self.session().await, SyncOptions::default()).await
    }

    /// A sync that has to reach its end.
    pub(crate) async fn synced(&self) -> StoreReport {
        let report = self.sync().await;
        assert!(report.stop.is_none(), "the sync reaches its end: {:?}", report.stop);
        report
    }

    pub(crate) async fn sync_in_full(&self) -> StoreReport {
        let options = SyncOptions { full: true, ..SyncOptions::default() };
        sync_store(&self.session().await, options).await
    }

    /// A sync of everything that has to reach its end.
    pub(crate) async fn synced_in_full(&self) -> StoreReport {
        let report = self.sync_in_full().await;
        assert!(report.stop.is_none(), "the full sync reaches its end: {:?}", report.stop);
        report
    }

    pub(crate) async fn sync_with(&self, options: SyncOptions) -> StoreReport {
        sync_store(&self.session().await, options).await
    }

    /// A person opens this customer.
    pub(crate) async fn look_at(&self, id: &str) {
        let customer = self.mirror(id).await.unwrap().customer;
        self.session().await.refresh(customer, &RemoteId::new(id)).await.unwrap();
    }

    /// Notes that a test means this customer to change.
    pub(crate) fn touch(&self, id: &str) {
        self.touched.lock().unwrap().insert(id.to_owned());
    }

    /// What proves who we are, as the store gave it out at first.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.sandbox.ready().stores[0].secrets.clone()
    }

    /// Whether the book has to have this customer.
    pub(crate) fn has(&self, truth: &Value) -> bool {
        let is_member = self.members.as_ref().is_none_or(|members| members.contains(&id_of(truth)));
        truth["deleted"] == false && truth["staff"] != true && is_member
    }

    pub(crate) async fn store_row(&self) -> Store {
        let mut connection = self.database.read().await.unwrap();
        store::find(&mut connection, self.store).await.unwrap().unwrap()
    }

    pub(crate) async fn mirror(&self, id: &str) -> Option<Mirror> {
        let mut connection = self.database.read().await.unwrap();
        mirror::find_remote(&mut connection, self.store, &RemoteId::new(id)).await.unwrap()
    }

    /// Saves edits as the app does.
    pub(crate) async fn edit(&self, id: &str, changes: &[(Field, FieldValue)]) {
        self.touch(id);
        let customer = self.mirror(id).await.unwrap().customer;
        let mut transaction = self.database.write().await.unwrap();
        let changes: Vec<_> = changes
            .iter()
            .map(|(field, value)| outbox::Change { field: field.clone(), value: value.clone(), seen: None })
            .collect();
        outbox::save(&mut transaction, customer, &changes, "ana", clientela_sync::Clock::now(&self.clock))
            .await
            .unwrap();
        commit(transaction).await.unwrap();
    }

    pub(crate) async fn edits(&self, id: &str) -> Vec<Edit> {
        let Some(mirror) = self.mirror(id).await else { return Vec::new() };
        let mut connection = self.database.read().await.unwrap();
        edit::of_customer(&mut connection, mirror.customer).await.unwrap()
    }

    pub(crate) async fn all_edits(&self) -> Vec<Edit> {
        let mut connection = self.database.read().await.unwrap();
        edit::all(&mut connection).await.unwrap()
    }

    /// Code and words of the one parked edit of a customer.
    pub(crate) async fn parked(&self, id: &str) -> (Field, String, Option<String>) {
        let edits = self.edits(id).await;
        let mut parked = edits.into_iter().filter_map(|edit| match edit.state {
            EditState::Parked { code, words } => Some((edit.field, code, words)),
            _ => None,
        });
        let first = parked.next().expect("one edit is parked");
        assert!(parked.next().is_none(), "only one edit is parked");
        first
    }

    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        self.time.control.post(path, body).await
    }

    /// Somebody else changes a customer at the store.
    pub(crate) async fn foreign(&self, id: &str, set: Value) {
        self.touch(id);
        self.control("/edit", json!({"id": id, "set": set})).await;
    }

    pub(crate) async fn delete(&self, id: &str) {
        self.touch(id);
        self.control("/delete", json!({"id": id})).await;
    }

    /// Erases somebody here, as a person who was asked to does.
    pub(crate) async fn erase(&self, id: &str) {
        let known = self.mirror(id).await.unwrap().customer;
        let key = self.session().await.key;
        let mut transaction = self.database.write().await.unwrap();
        let hash = suppressed::hash(&key, self.store, &RemoteId::new(id));
        suppressed::insert(&mut transaction, self.store, &hash).await.unwrap();
        customer::remove(&mut transaction, known).await.unwrap();
        commit(transaction).await.unwrap();
    }

    pub(crate) async fn fault(&self, matching: Value, fault: Value) {
        self.control("/faults", json!({"match": matching, "fault": fault})).await;
    }

    /// Lets time pass, here and at the store.
    pub(crate) async fn pass_time(&self, seconds: u64) {
        self.time.sleep(Duration::from_secs(seconds)).await;
    }

    pub(crate) async fn clear_faults(&self) {
        self.forget("faults").await;
    }

    pub(crate) async fn clear_log(&self) {
        self.forget("log").await;
    }

    async fn forget(&self, what: &str) {
        let address = format!("{}/{what}", self.sandbox.ready().control);
        self.client.delete(address).send().await.unwrap().error_for_status().unwrap();
    }

    async fn ask(&self, path: &str) -> Value {
        self.time.control.get(path).await
    }

    /// Every customer as it truly is, deleted ones included.
    pub(crate) async fn truth(&self) -> Vec<Value> {
        self.time.control.state().await
    }

    pub(crate) async fn true_customer(&self, id: &str) -> Value {
        self.ask(&format!("/customer?platform={}&id={id}", self.platform)).await
    }

    /// Requests that the store has seen.
    pub(crate) async fn log(&self) -> Vec<Value> {
        self.ask(&format!("/log?platform={}", self.platform)).await["requests"].as_array().unwrap().clone()
    }

    pub(crate) async fn requests(&self, method: &str) -> Vec<Value> {
        let mut log = self.log().await;
        log.retain(|request| request["method"] == method);
        log
    }

    /// A person with name, e-mail and phone, whose edits collide with nobody's.
    pub(crate) async fn somebody(&self, skip: usize) -> String {
        let truth = self.truth().await;
        let filled = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        let name = if self.platform == "inallweb" { "first_name" } else { "name" };
        let mut plain = truth.iter().filter(|one| {
            filled(&one[name])
                && filled(&one["email"])
                && filled(&one["phone"])
                && one["deleted"] == false
                && one["staff"] != true
        });
        id_of(plain.nth(skip).unwrap())
    }
}

pub(crate) fn id_of(customer: &Value) -> String {
    customer["id"].as_str().map_or_else(|| customer["id"].to_string(), str::to_owned)
}

pub(crate) fn text(value: &str) -> FieldValue {
    FieldValue::Text(value.to_owned())
}

/// Making one takes longer than a story.
pub(crate) fn control_client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// An empty book, as a folder of files, to begin others from: making its tables takes longer than a story.
static EMPTY_BOOK: OnceCell<TempDir> = OnceCell::const_new();

async fn begin_book(folder: &TempDir) -> Arc<Database> {
    let empty = EMPTY_BOOK.get_or_init(|| async {
        let folder = TempDir::new().unwrap();
        let database = open(&folder).await;
        database.close().await;
        folder
    });
    for entry in std::fs::read_dir(empty.await.path()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    open(folder).await
}

async fn open(folder: &TempDir) -> Arc<Database> {
    let locked = LockedFolder::take(folder.path()).unwrap();
    Arc::new(Database::open(locked, &DatabaseKey::from_bytes(&KEY), SALT).await.unwrap())
}

/// What signs in to a store, and whom that opens.
struct SignIns {
    credentials: StoreCredentials,
    members: Option<BTreeSet<String>>,
}

async fn sign_ins(store: &ReadyStore, control: &Control) -> SignIns {
    let secret = |text: &str| SecretString::from(text.to_owned());
    let mut credentials = StoreCredentials {
        email: store.email.clone(),
        secret: secret(&store.secrets[0]),
        second_secret: None,
        more_secrets: Vec::new(),
    };
    if control.platform == "yampi" {
        credentials.second_secret = Some(secret(&store.secrets[1]));
    }
    let of_one = platform(control.platform).unwrap().capabilities.sign_in_per_customer;
    if !of_one {
        return SignIns { credentials, members: None };
    }
    // A sign-in for everybody who is let in.
    let state = control.state().await;
    let active: BTreeSet<String> = state.iter().filter(|one| one["active"] == true).map(id_of).collect();
    let accounts = control.post("/accounts", json!({})).await;
    let accounts = accounts["accounts"].as_array().unwrap().iter().filter(|one| active.contains(&id_of(one)));
    let mut tokens = accounts.map(|account| secret(account["token"].as_str().unwrap()));
    credentials.secret = tokens.next().unwrap();
    credentials.more_secrets = tokens.collect();
    SignIns { credentials, members: Some(active) }
}

fn connect(
    store: &ReadyStore,
    sign_ins: SignIns,
    time: &Arc<Time>,
    page_size: Option<u32>,
) -> Arc<dyn Connector> {
    let address = StoreAddress {
        url: store.url.parse().unwrap(),
        alias: store.alias.clone(),
        store_id: store.store_id.clone(),
        auth_header: None,
    };
    let ports = Ports { clock: time.clone(), sleep: time.clone(), chance: Arc::new(|| 0.5) };
    let connector =
        (platform(&store.platform).unwrap().connect)(address, sign_ins.credentials, ports).unwrap();
    match page_size {
        Some(size) => Arc::new(SmallPages::new(connector, size)),
        None => connector,
    }
}
