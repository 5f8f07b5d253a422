//! The stores of a test, and the truth about them.

use std::collections::HashMap;

use clientela_sandbox::{ReadyStore, Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::screen::patiently;

/// Stores on this machine, with a hand in their back office.
pub(crate) struct Shop {
    sandbox: Sandbox,
    client: reqwest::Client,
    platform: &'static str,
}

/// A customer about whom nothing is odd, found by an e-mail that nobody shares.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) record: Value,
}

impl Shop {
    /// A store of this platform alone.
    pub(crate) async fn of(platform: &'static str, customers: usize) -> Self {
        Self::start(platform, vec![platform.to_owned()], customers).await
    }

    /// A store of every platform; this one is the one that is spoken of.
    pub(crate) async fn of_all(platform: &'static str, customers: usize) -> Self {
        Self::start(platform, SandboxOptions::default().platforms, customers).await
    }

    async fn start(platform: &'static str, platforms: Vec<String>, customers: usize) -> Self {
        let options = SandboxOptions { customers, platforms, ..SandboxOptions::default() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { sandbox, client, platform }
    }

    /// How the store is connected.
    pub(crate) fn store(&self) -> ReadyStore {
        self.stores().into_iter().find(|store| store.platform == self.platform).unwrap()
    }

    pub(crate) fn stores(&self) -> Vec<ReadyStore> {
        self.sandbox.ready().stores.clone()
    }

    /// How many customers the store shows.
    pub(crate) async fn live(&self) -> u64 {
        self.live_of(self.platform).await
    }

    pub(crate) async fn live_of(&self, platform: &str) -> u64 {
        self.get(&format!("/state?platform={platform}")).await["live"].as_u64().unwrap()
    }

    /// Every customer that the store shows, as it truly is.
    pub(crate) async fn records(&self) -> Vec<Value> {
        let state = self.get(&format!("/state?platform={}", self.platform)).await;
        let records = state["customers"].as_array().unwrap().iter();
        records.filter(|record| record["deleted"] == false).cloned().collect()
    }

    /// Customers about whom nothing is odd.
    pub(crate) async fn people(&self) -> Vec<Person> {
        let records = self.records().await;
        let mut owners: HashMap<&str, usize> = HashMap::new();
        for record in &records {
            *owners.entry(record["email"].as_str().unwrap_or_default()).or_default() += 1;
        }
        let people = records.iter().filter_map(|record| {
            let email = record["email"].as_str()?.to_owned();
            let name = name_of(record);
            let plain = name.split(' ').count() >= 2
                && name.chars().all(|letter| letter.is_alphabetic() || letter == ' ')
                && name.chars().count() < 40
                && name.trim() == name;
            let id = record["id"].to_string();
            let kept = record["redacted"] != true && record["anonymized"] != true;
            (owners[email.as_str()] == 1 && plain && kept).then(|| Person {
                id,
                name,
                email,
                record: record.clone(),
            })
        });
        people.collect()
    }

    pub(crate) async fn person(&self) -> Person {
        self.people().await.swap_remove(0)
    }

    /// One customer as it truly is.
    pub(crate) async fn truth(&self, person: &Person) -> Value {
        self.truth_of(&person.id).await
    }

    pub(crate) async fn truth_of(&self, id: &str) -> Value {
        self.get(&format!("/customer?platform={}&id={id}", self.platform)).await
    }

    /// Waits until a field of a customer truly is this.
    pub(crate) async fn arrives(&self, person: &Person, field: &str, value: &str) {
        let arrived = patiently(async || (self.truth(person).await[field] == value).then_some(()));
        if arrived.await.is_none() {
            let log = self.get(&format!("/log?platform={}", self.platform)).await;
            let requests = log["requests"].as_array().unwrap().iter().rev().take(6);
            let last: Vec<_> =
                requests.map(|one| json!([one["method"], one["path"], one["status"]])).collect();
            panic!(
                "{value:?} never arrived in {field}: {}\nlast first: {last:?}",
                self.truth(person).await[field]
            );
        }
    }

    /// Somebody registers at the store; the app knows nothing of it yet.
    pub(crate) async fn newcomer(&self, fields: Value) -> Value {
        let mut body = fields;
        body["platform"] = self.platform.into();
        self.post("/create", body).await
    }

    /// The one customer with this e-mail, as the store truly has it.
    pub(crate) async fn known_as(&self, email: &str) -> Value {
        let mut records = self.records().await;
        records.retain(|record| record["email"] == email);
        assert_eq!(records.len(), 1, "{email} is known once: {records:?}");
        records.swap_remove(0)
    }

    /// Changes a customer as somebody in the store's own administration would.
    pub(crate) async fn edit(&self, person: &Person, set: Value) {
        self.edit_by_id(&person.id, set).await;
    }

    pub(crate) async fn edit_by_id(&self, id: &str, set: Value) {
        self.post("/edit", json!({ "platform": self.platform, "id": id, "set": set })).await;
    }

    /// From now on these requests go wrong like this.
    pub(crate) async fn trouble(&self, fault: Value, matching: Value) {
        self.post("/faults", json!({ "platform": self.platform, "fault": fault, "match": matching })).await;
    }

    pub(crate) async fn no_trouble(&self) {
        let done = self.client.delete(self.address("/faults")).send().await.unwrap();
        assert!(done.status().is_success());
    }

    /// Sign-ins by role.
    pub(crate) async fn account(&self, role: &str) -> Value {
        let accounts = self.post("/accounts", json!({ "platform": self.platform })).await;
        let mut accounts = accounts["accounts"].as_array().unwrap().iter();
        accounts.find(|account| account["role"] == role).unwrap_or_else(|| panic!("nobody is {role}")).clone()
    }

    /// The requests that the store has answered, oldest first.
    pub(crate) async fn requests(&self) -> Vec<Value> {
        let log = self.get(&format!("/log?platform={}", self.platform)).await;
        log["requests"].as_array().unwrap().clone()
    }

    pub(crate) async fn forget_requests(&self) {
        let done = self.client.delete(self.address("/log")).send().await.unwrap();
        assert!(done.status().is_success());
    }

    /// The store goes off the net.
    pub(crate) async fn close(self) {
        self.sandbox.shutdown().await;
    }

    async fn get(&self, path: &str) -> Value {
        self.client.get(self.address(path)).send().await.unwrap().json().await.unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.client.post(self.address(path)).json(&body).send().await.unwrap();
        let succeeded = answer.status().is_success();
        let value: Value = answer.json().await.unwrap();
        assert!(succeeded, "{path} {body}: {value}");
        value
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.ready().control)
    }
}

/// The name of a true record, whichever way the platform keeps names.
pub(crate) fn name_of(record: &Value) -> String {
    let part = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
    match (record.get("name"), record.get("first_name"), record.get("last_name")) {
        // A first name that is called the name.
        (Some(_), None, Some(_)) => format!("{} {}", part("name"), part("last_name")).trim().to_owned(),
        (Some(_), ..) => part("name"),
        (None, ..) => format!("{} {}", part("first_name"), part("last_name")).trim().to_owned(),
    }
}
