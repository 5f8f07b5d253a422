//! Time that stands still until somebody waits, and a sandbox to speak to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clientela_connectors::platform::Ports;
use clientela_connectors::{Clock, Connector, Sleep, StoreAddress, StoreCredentials, platform};
use clientela_sandbox::{RateMode, Sandbox, SandboxOptions};
use secrecy::SecretString;
use serde_json::{Value, json};

/// A clock that moves only when it is waited on, and not for ever. With a control address the sandbox's clock moves along.
pub(crate) struct Time {
    elapsed: Mutex<Duration>,
    slept: Mutex<Vec<Duration>>,
    control: Option<(reqwest::Client, String)>,
}

impl Time {
    pub(crate) fn new(control: Option<String>) -> Arc<Self> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Arc::new(Self {
            elapsed: Mutex::default(),
            slept: Mutex::default(),
            control: control.map(|address| (client, address)),
        })
    }

    pub(crate) fn ports(self: &Arc<Self>) -> Ports {
        Ports { clock: Arc::clone(self) as _, sleep: Arc::clone(self) as _, chance: Arc::new(|| 0.5) }
    }

    /// Every wait so far, in order.
    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }

    pub(crate) fn forget(&self) {
        self.slept.lock().unwrap().clear();
    }

    pub(crate) fn total_slept(&self) -> Duration {
        self.slept().iter().sum()
    }
}

impl Clock for Time {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.lock().unwrap()
    }
}

#[async_trait]
impl Sleep for Time {
    async fn sleep(&self, duration: Duration) {
        if let Some((client, address)) = &self.control {
            let body = json!({"advance_ms": duration.as_millis() as u64}).to_string();
            client
                .post(format!("{address}/clock"))
                .body(body)
                .send()
                .await
                .unwrap()
                .error_for_status()
                .unwrap();
        }
        tokio::task::yield_now().await;
        let mut slept = self.slept.lock().unwrap();
        assert!(slept.len() < 200_000, "it waits for ever");
        slept.push(duration);
        *self.elapsed.lock().unwrap() += duration;
    }
}

/// A sandbox with one store of one platform, and a connector to it.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) time: Arc<Time>,
    pub(crate) platform: &'static str,
    client: reqwest::Client,
}

impl World {
    pub(crate) async fn start(platform: &'static str, customers: usize, rate: RateMode) -> Self {
        Self::with(platform, customers, rate, &[]).await
    }

    /// `variants` are given as `name`, `value`, without the platform.
    pub(crate) async fn with(
        platform: &'static str,
        customers: usize,
        rate: RateMode,
        variants: &[(&str, &str)],
    ) -> Self {
        let variants: BTreeMap<String, String> =
            variants.iter().map(|(key, value)| (format!("{platform}.{key}"), (*value).to_owned())).collect();
        let options = SandboxOptions {
            customers,
            rate,
            variants,
            platforms: vec![platform.to_owned()],
            ..SandboxOptions::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        let time = Time::new(Some(sandbox.ready().control.clone()));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { sandbox, time, platform, client }
    }

    pub(crate) fn address(&self) -> StoreAddress {
        let store = &self.sandbox.ready().stores[0];
        StoreAddress {
            url: store.url.parse().unwrap(),
            alias: store.alias.clone(),
            store_id: store.store_id.clone(),
            auth_header: None,
        }
    }

    pub(crate) fn credentials(&self) -> StoreCredentials {
        let store = &self.sandbox.ready().stores[0];
        StoreCredentials {
            email: store.email.clone(),
            secret: SecretString::from(store.secrets[0].clone()),
            second_secret: (self.platform == "yampi").then(|| SecretString::from(store.secrets[1].clone())),
            more_secrets: Vec::new(),
        }
    }

    pub(crate) fn connector(&self) -> Arc<dyn Connector> {
        self.connect(self.address(), self.credentials())
    }

    pub(crate) fn connect(&self, address: StoreAddress, credentials: StoreCredentials) -> Arc<dyn Connector> {
        let entry = platform(self.platform).unwrap();
        (entry.connect)(address, credentials, self.time.ports()).unwrap_or_else(|error| panic!("{error:?}"))
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

    pub(crate) async fn set_variant(&self, key: &str, value: &str) {
        self.control("/variant", json!({"key": key, "value": value})).await;
    }

    pub(crate) async fn fault(&self, rule: Value) {
        self.control("/faults", rule).await;
    }

    pub(crate) async fn clear_faults(&self) {
        self.forget("faults").await;
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

    /// The customers that are truly there, deleted ones left out.
    pub(crate) async fn truth(&self) -> Vec<Value> {
        let state = self.ask(&format!("/state?platform={}", self.platform)).await;
        let customers = state["customers"].as_array().unwrap().clone();
        customers.into_iter().filter(|customer| customer["deleted"] == false).collect()
    }

    pub(crate) async fn true_customer(&self, id: &str) -> Value {
        self.ask(&format!("/customer?platform={}&id={id}", self.platform)).await
    }

    /// Requests that the store has seen.
    pub(crate) async fn log(&self) -> Vec<Value> {
        self.ask(&format!("/log?platform={}", self.platform)).await["requests"].as_array().unwrap().clone()
    }

    pub(crate) async fn clear_log(&self) {
        self.forget("log").await;
    }

    pub(crate) async fn statuses(&self) -> BTreeMap<u64, usize> {
        let mut statuses = BTreeMap::new();
        for request in self.log().await {
            *statuses.entry(request["status"].as_u64().unwrap_or_default()).or_default() += 1;
        }
        statuses
    }
}
