//! An app on a folder of its own, with secrets that end with the test and a sandbox to speak to.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use clientela_app::command::{CustomerRef, EditRequest, Nothing, RowsRequest, SyncRequest};
use clientela_app::dto::customer::{CustomerDto, CustomerPageDto};
use clientela_app::dto::edit::{EditDto, FieldChange};
use clientela_app::dto::query::ListQuery;
use clientela_app::dto::store::{AddStore, StoreDto};
use clientela_app::dto::sync::SyncDto;
use clientela_app::error::{ApiError, ApiResult, Code};
use clientela_app::event::{AppEvent, EventSink};
use clientela_app::outside::SystemRandom;
use clientela_app::secrets::{MemorySecrets, SecretStore};
use clientela_app::{App, Outside, customers, edits, export, list, stores, sync};
use clientela_sandbox::{RateMode, ReadyStore, Sandbox, SandboxOptions};
use clientela_testkit::VirtualClock;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Keeps every event.
#[derive(Default)]
pub(crate) struct Events(Mutex<Vec<AppEvent>>);

impl EventSink for Events {
    fn emit(&self, event: AppEvent) {
        self.0.lock().unwrap().push(event);
    }
}

impl Events {
    /// The events since the last look.
    pub(crate) fn take(&self) -> Vec<AppEvent> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
    pub(crate) secrets: Arc<dyn SecretStore>,
    pub(crate) events: Arc<Events>,
    client: reqwest::Client,
}

pub(crate) async fn open(folder: &TempDir, secrets: Arc<dyn SecretStore>) -> ApiResult<App> {
    open_with(folder, secrets, Arc::new(Events::default())).await
}

async fn open_with(folder: &TempDir, secrets: Arc<dyn SecretStore>, events: Arc<Events>) -> ApiResult<App> {
    let clock = VirtualClock::new();
    let outside = Outside {
        clock: Arc::new(clock.clone()),
        sleep: Arc::new(clock),
        random: Arc::new(SystemRandom),
        export_folder: folder.path().to_owned(),
    };
    App::open(&folder.path().join("book"), secrets, outside, events).await
}

impl Desk {
    pub(crate) async fn new(customers: usize) -> Self {
        Self::with(customers, &[]).await
    }

    pub(crate) async fn with(customers: usize, variants: &[(&str, &str)]) -> Self {
        let named = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let variants = variants.iter().map(named).collect();
        let options =
            SandboxOptions { customers, variants, rate: RateMode::Off, ..SandboxOptions::default() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let folder = TempDir::new().unwrap();
        let secrets: Arc<dyn SecretStore> = Arc::new(MemorySecrets::default());
        let events = Arc::new(Events::default());
        let app = open_with(&folder, secrets.clone(), events.clone()).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { app, sandbox, folder, secrets, events, client }
    }

    /// The program ended and begun again.
    pub(crate) async fn reopened(self) -> Self {
        let Desk { app, folder, secrets, events, .. } = self;
        app.close().await;
        drop(app);
        let app = open_with(&folder, secrets.clone(), events.clone()).await.unwrap();
        Self { app, folder, secrets, events, ..self }
    }

    /// Connected to a store of the sandbox and in step with it.
    pub(crate) async fn at(platform: &str, customers: usize) -> (Self, i64) {
        let desk = Self::new(customers).await;
        let store = desk.connect(platform).await.id;
        desk.synced().await;
        (desk, store)
    }

    pub(crate) fn ready(&self, platform: &str) -> &ReadyStore {
        self.sandbox.ready().stores.iter().find(|store| store.platform == platform).unwrap()
    }

    pub(crate) fn how(&self, platform: &str) -> AddStore {
        let store = self.ready(platform);
        AddStore {
            platform: platform.to_owned(),
            name: platform.to_owned(),
            url: Some(store.url.clone()),
            alias: store.alias.clone(),
            store_id: store.store_id.clone(),
            email: store.email.clone(),
            auth_header: None,
            secret: store.secrets[0].clone(),
            // With an e-mail the second is a token that is not needed.
            second_secret: store.secrets.get(1).filter(|_| store.email.is_none()).cloned(),
        }
    }

    pub(crate) async fn connect(&self, platform: &str) -> StoreDto {
        stores::add(&self.app, self.how(platform)).await.unwrap()
    }

    pub(crate) async fn store(&self) -> StoreDto {
        stores::list(&self.app, Nothing {}).await.unwrap().remove(0)
    }

    pub(crate) async fn sync(&self) -> SyncDto {
        sync::start(&self.app, SyncRequest::default()).await.unwrap()
    }

    pub(crate) async fn synced(&self) -> SyncDto {
        let done = self.sync().await;
        assert!(done.stores.iter().all(|store| store.complete), "the sync reaches its end: {done:?}");
        done
    }

    pub(crate) async fn page(&self, id: i64) -> CustomerPageDto {
        customers::page(&self.app, CustomerRef { id }).await.unwrap()
    }

    pub(crate) async fn edit(&self, id: i64, changes: &[(&str, &str)]) -> ApiResult<CustomerPageDto> {
        let change = |(field, value): &(&str, &str)| FieldChange {
            field: (*field).to_owned(),
            value: Some((*value).to_owned()),
            seen: None,
        };
        customers::save_edits(&self.app, EditRequest { id, changes: changes.iter().map(change).collect() })
            .await
    }

    pub(crate) async fn edits(&self) -> Vec<EditDto> {
        edits::list(&self.app, Nothing {}).await.unwrap()
    }

    /// Everybody whom a query finds, whole.
    pub(crate) async fn found(&self, query: &ListQuery) -> Vec<CustomerDto> {
        export::customers(&self.app, query, 0, 10_000).await.unwrap().1
    }

    /// Names of the rows that a list shows.
    pub(crate) async fn names(&self, query: ListQuery) -> Vec<String> {
        let view = list::open(&self.app, query).await.unwrap();
        let request = RowsRequest { view: view.view, offset: 0, limit: 500 };
        let rows = list::rows(&self.app, request).await.unwrap().rows;
        rows.into_iter().map(|row| row.name).collect()
    }

    /// Our id of a customer, by the store's.
    pub(crate) async fn id(&self, remote: &str) -> i64 {
        let filters = [("remote_id".to_owned(), remote.to_owned())].into();
        self.found(&ListQuery { filters, ..ListQuery::default() }).await[0].id
    }

    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        let address = format!("{}{path}", self.sandbox.ready().control);
        let answer = self.client.post(address).body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path} {body}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) async fn fault(&self, matching: Value, fault: Value) {
        self.control("/faults", json!({"match": matching, "fault": fault})).await;
    }

    pub(crate) async fn clear_faults(&self) {
        let address = format!("{}/faults", self.sandbox.ready().control);
        self.client.delete(address).send().await.unwrap().error_for_status().unwrap();
    }

    /// Sends this to a store as somebody else's program would.
    pub(crate) async fn post(&self, address: &str, body: &Value) -> Value {
        let call = self.client.post(address).header("content-type", "application/json");
        let answer = call.body(body.to_string()).send().await.unwrap().error_for_status().unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    async fn ask(&self, path: &str) -> Value {
        let address = format!("{}{path}", self.sandbox.ready().control);
        let answer = self.client.get(address).send().await.unwrap().error_for_status().unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// The customers that are truly there.
    pub(crate) async fn truth(&self, platform: &str) -> Vec<Value> {
        let state = self.ask(&format!("/state?platform={platform}")).await;
        let mut customers = state["customers"].as_array().unwrap().clone();
        customers.retain(|one| one["deleted"] == false && one["staff"] != true);
        customers
    }

    pub(crate) async fn true_customer(&self, platform: &str, id: &str) -> Value {
        self.ask(&format!("/customer?platform={platform}&id={id}")).await
    }

    /// Our id and the store's of somebody with a name, an e-mail and a phone of their own.
    pub(crate) async fn somebody(&self, platform: &str, skip: usize) -> (i64, String) {
        let filled = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        let name = if platform == "inallweb" { "first_name" } else { "name" };
        let truth = self.truth(platform).await;
        let mut known =
            truth.iter().filter(|one| filled(&one[name]) && filled(&one["email"]) && filled(&one["phone"]));
        let remote = remote_id(known.nth(skip).unwrap());
        (self.id(&remote).await, remote)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

pub(crate) fn remote_id(customer: &Value) -> String {
    customer["id"].as_str().map_or_else(|| customer["id"].to_string(), str::to_owned)
}

/// The error of a use case that is not to work.
pub(crate) fn refused<T>(outcome: ApiResult<T>, code: Code) -> ApiError {
    match outcome {
        Ok(_) => panic!("{code:?} was expected, and it worked"),
        Err(error) => {
            assert_eq!(error.code, code, "{error:?}");
            error
        }
    }
}
