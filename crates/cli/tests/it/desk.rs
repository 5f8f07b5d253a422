//! The real program on a folder of its own, with a sandbox to speak to.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use clientela_sandbox::{RateMode, ReadyStore, Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    pub(crate) sandbox: Sandbox,
    client: reqwest::Client,
}

/// What a run of the program left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The one JSON object on standard output.
    pub(crate) fn json(&self) -> Value {
        let mut lines = self.stdout.lines();
        let first = lines.next().unwrap_or_else(|| panic!("there is an answer: {self:?}"));
        assert!(lines.next().is_none(), "there is one line and no more: {self:?}");
        serde_json::from_str(first).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The answer of a run that ended with this code.
    pub(crate) fn ended(&self, code: i32) -> Value {
        assert_eq!(self.code, Some(code), "the exit code is a promise: {self:?}");
        self.json()
    }

    /// The code of the error that a run ended with.
    pub(crate) fn failed(&self, code: i32, word: &str) -> Value {
        let answer = self.ended(code);
        let error = &answer["error"];
        assert_eq!(error["code"], word, "{self:?}");
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
        assert!(error["details"].is_object(), "{self:?}");
        assert_eq!(keys(&answer), ["error"], "{self:?}");
        assert_eq!(keys(error), ["code", "message", "details"], "{self:?}");
        assert!(!self.stderr.is_empty(), "people are told too: {self:?}");
        error.clone()
    }
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
        Self {
            folder: TempDir::new().unwrap(),
            sandbox: Sandbox::start(options).await.unwrap(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Goes on with an empty folder, as on another machine.
    pub(crate) fn new_folder(&mut self) {
        self.folder = TempDir::new().unwrap();
    }

    pub(crate) fn store(&self, platform: &str) -> &ReadyStore {
        self.sandbox.ready().stores.iter().find(|store| store.platform == platform).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with this folder, these secrets, JSON and English.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command
            .arg("--data-dir")
            .arg(self.path("book"))
            .args(["--json", "--lang", "en"])
            .args(arguments)
            .env("CLIENTELA_SECRETS", format!("file:{}", self.path("secrets.json").display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        finish(self.command(arguments).spawn().unwrap()).await
    }

    pub(crate) async fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that ends before it reads everything is no trouble.
        stdin.write_all(input.as_bytes()).await.ok();
        drop(stdin);
        finish(child).await
    }

    /// The answer of a run that is to work.
    pub(crate) async fn ok(&self, arguments: &[&str]) -> Value {
        self.run(arguments).await.ended(0)
    }

    /// Connects a store of the sandbox under the name of its platform.
    pub(crate) async fn connect(&self, platform: &str) -> Value {
        let store = self.store(platform);
        let mut arguments = vec!["store", "add", platform, "--name", platform, "--url", store.url.as_str()];
        if let Some(id) = &store.store_id {
            arguments.extend(["--store-id", id.as_str()]);
        }
        if let Some(email) = &store.email {
            arguments.extend(["--email", email.as_str()]);
        }
        // With an e-mail the first is the password, and the second a token that is not needed.
        let most = if store.email.is_some() { 1 } else { usize::MAX };
        let secrets: Vec<&str> = store.secrets.iter().take(most).map(String::as_str).collect();
        self.run_with(&arguments, &format!("{}\n", secrets.join("\n"))).await.ended(0)
    }

    pub(crate) async fn synced(&self) -> Value {
        self.ok(&["sync"]).await
    }

    /// Starts a sync and ends it by force after so long. Tells whether it had ended by itself.
    pub(crate) async fn killed(&self, arguments: &[&str], after: Duration) -> bool {
        let mut child = self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        match tokio::time::timeout(after, child.wait()).await {
            Ok(_) => true,
            Err(_) => {
                child.kill().await.unwrap();
                false
            }
        }
    }

    /// The same, and whether it had told by then that it was done.
    pub(crate) async fn killed_with_answer(&self, arguments: &[&str], after: Duration) -> (bool, bool) {
        let mut child = self.command(arguments).stderr(Stdio::null()).spawn().unwrap();
        let ended = tokio::time::timeout(after, child.wait()).await.is_ok();
        if !ended {
            child.kill().await.unwrap();
        }
        let mut told = String::new();
        if let Some(mut stdout) = child.stdout.take() {
            stdout.read_to_string(&mut told).await.unwrap();
        }
        (ended, told.ends_with('\n') && !told.starts_with("{\"error\""))
    }

    /// Our id of a customer, by the store's.
    pub(crate) async fn id(&self, store: &str, remote: &str) -> String {
        let answer =
            self.ok(&["customers", "--store", store, "--where", &format!("remote_id={remote}")]).await;
        assert_eq!(answer["total"], 1, "one customer has the id {remote}");
        answer["rows"][0]["id"].to_string()
    }

    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        let address = format!("{}{path}", self.sandbox.ready().control);
        let answer = self.client.post(address).body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path} {body}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) async fn foreign(&self, platform: &str, id: &str, set: Value) {
        self.control("/edit", json!({"platform": platform, "id": id, "set": set})).await;
    }

    pub(crate) async fn fault(&self, platform: &str, matching: Value, fault: Value) {
        self.control("/faults", json!({"platform": platform, "match": matching, "fault": fault})).await;
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

    pub(crate) async fn log(&self, platform: &str) -> Vec<Value> {
        self.ask(&format!("/log?platform={platform}")).await["requests"].as_array().unwrap().clone()
    }

    /// Writes to a customer that the store has answered with yes.
    pub(crate) async fn writes(&self, platform: &str) -> usize {
        let log = self.log(platform).await;
        log.iter().filter(|one| one["method"] == "PUT" && one["status"] == 200).count()
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

    /// The store's id of somebody with a name, an e-mail and a phone of their own.
    pub(crate) async fn somebody(&self, platform: &str, skip: usize) -> String {
        let filled = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        let name = if platform == "inallweb" { "first_name" } else { "name" };
        let truth = self.truth(platform).await;
        let mut known =
            truth.iter().filter(|one| filled(&one[name]) && filled(&one["email"]) && filled(&one["phone"]));
        remote_id(known.nth(skip).unwrap())
    }

    /// The copy has everybody whom the store has, as the store has them.
    pub(crate) async fn agrees(&self, platform: &str) {
        let answer = self.ok(&["customers", "--store", platform, "--limit", "5000"]).await;
        let rows = answer["rows"].as_array().unwrap();
        let truth = self.truth(platform).await;
        assert_eq!(rows.len(), truth.len(), "{platform}: nobody is missing and nobody too many");
        let (first, last) =
            if platform == "inallweb" { ("first_name", Some("last_name")) } else { ("name", None) };
        for one in &truth {
            let id = remote_id(one);
            let row = rows.iter().find(|row| row["remote_id"] == id.as_str());
            let row = row.unwrap_or_else(|| panic!("{platform}: {id} is not in the copy"));
            assert_eq!(nothing(&row["first_name"]), nothing(&one[first]), "{platform} {id}");
            assert_eq!(nothing(&row["email"]), nothing(&one["email"]), "{platform} {id}");
            assert_eq!(nothing(&row["phone"]), nothing(&one["phone"]), "{platform} {id}");
            if let Some(last) = last {
                assert_eq!(nothing(&row["last_name"]), nothing(&one[last]), "{platform} {id}");
            }
            assert_eq!((&row["state"], &row["pending"]), (&json!("clean"), &json!([])), "{platform} {id}");
        }
    }
}

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientela"));
    command.env_remove("CLIENTELA_LOG").env_remove("CLIENTELA_SECRETS").env("LC_ALL", "C.UTF-8");
    command
}

pub(crate) async fn finish(child: Child) -> Ran {
    let output = tokio::time::timeout(Duration::from_secs(60), child.wait_with_output()).await;
    let output = output.expect("the program ends").unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn remote_id(customer: &Value) -> String {
    customer["id"].as_str().map_or_else(|| customer["id"].to_string(), str::to_owned)
}

pub(crate) fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap_or_else(|| panic!("{value} is an object")).keys().map(String::as_str).collect()
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Null and the empty text are one value to a store.
fn nothing(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
