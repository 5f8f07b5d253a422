//! One store of the sandbox, one encrypted book, and the engine between them. Time is moved by waiting, and the store's time
//! moves along.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clientela_connectors::platform::Ports;
use clientela_connectors::{Clock, Connector, Sleep, StoreAddress, StoreCredentials, platform};
use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::mirror::{self, Mirror};
use clientela_database::table::store::{self, NewStore, Store};
use clientela_database::{Database, DatabaseKey, LockedFolder, commit};
use clientela_domain::{Field, FieldValue, RemoteId, StoreId};
use clientela_sandbox::{RateMode, Sandbox, SandboxOptions};
use clientela_sync::ports::Unwatched;
use clientela_sync::{Progress, StoreReport, StoreSession, SyncOptions, outbox, sync_store};
use clientela_testkit::VirtualClock;
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

const KEY: [u8; 32] = [7; 32];
const SALT: [u8; 16] = [9; 16];

/// A device clock that stands still until somebody waits; the store's clock moves by the same.
struct Time {
    clock: VirtualClock,
    client: reqwest::Client,
    control: String,
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
        let body = json!({"advance_ms": duration.as_millis() as u64}).to_string();
        let answer = self.client.post(format!("{}/clock", self.control)).body(body).send().await.unwrap();
        assert!(answer.status().is_success(), "the store's clock can be moved");
        self.clock.sleep(duration).await;
    }
}

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) platform: &'static str,
    pub(crate) clock: VirtualClock,
    pub(crate) database: Arc<Database>,
    pub(crate) store: StoreId,
    pub(crate) connector: Arc<dyn Connector>,
    time: Arc<Time>,
    client: reqwest::Client,
    folder: TempDir,
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
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let clock = VirtualClock::new();
        let control = sandbox.ready().control.clone();
        let time = Arc::new(Time { clock: clock.clone(), client: client.clone(), control });
        let folder = TempDir::new().unwrap();
        let database = open(&folder).await;
        let connector = connect(&sandbox, platform, &time);
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
            sample: false,
            customers_at_store: None,
        };
        let mut transaction = database.write().await.unwrap();
        let store = store::insert(&mut transaction, &new, Clock::now(&clock)).await.unwrap();
        commit(transaction).await.unwrap();
        Self { sandbox, platform, clock, database, store, connector, time, client, folder }
    }

    /// Ends the program and starts it again: another connection to the same file, another connector.
    pub(crate) async fn restart(self) -> Self {
        self.database.close().await;
        drop(self.database);
        let database = open(&self.folder).await;
        let connector = connect(&self.sandbox, self.platform, &self.time);
        Self { database, connector, ..self }
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

    pub(crate) async fn control(&self, path: &str, mut body: Value) -> Value {
        if let Some(body) = body.as_object_mut()
            && !matches!(path, "/clock" | "/faults")
        {
            body.insert("platform".to_owned(), json!(self.platform));
        }
        let address = format!("{}{path}", self.sandbox.ready().control);
        let answer = self.client.post(address).body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path} {body}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Somebody else changes a customer at the store.
    pub(crate) async fn foreign(&self, id: &str, set: Value) {
        self.control("/edit", json!({"id": id, "set": set})).await;
    }

    pub(crate) async fn delete(&self, id: &str) {
        self.control("/delete", json!({"id": id})).await;
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
        let address = format!("{}{path}", self.sandbox.ready().control);
        let answer = self.client.get(address).send().await.unwrap().error_for_status().unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// Every customer as it truly is, deleted ones included.
    pub(crate) async fn truth(&self) -> Vec<Value> {
        self.ask(&format!("/state?platform={}", self.platform)).await["customers"].as_array().unwrap().clone()
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

async fn open(folder: &TempDir) -> Arc<Database> {
    let locked = LockedFolder::take(folder.path()).unwrap();
    Arc::new(Database::open(locked, &DatabaseKey::from_bytes(&KEY), SALT).await.unwrap())
}

fn connect(sandbox: &Sandbox, key: &str, time: &Arc<Time>) -> Arc<dyn Connector> {
    let store = &sandbox.ready().stores[0];
    let address = StoreAddress {
        url: store.url.parse().unwrap(),
        alias: store.alias.clone(),
        store_id: store.store_id.clone(),
        auth_header: None,
    };
    let credentials = StoreCredentials {
        email: store.email.clone(),
        secret: SecretString::from(store.secrets[0].clone()),
        second_secret: None,
    };
    let ports = Ports { clock: time.clone(), sleep: time.clone(), chance: Arc::new(|| 0.5) };
    (platform(key).unwrap().connect)(address, credentials, ports).unwrap()
}
