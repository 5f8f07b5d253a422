//! The part of WebDriver that is needed here, as `tauri-driver` speaks it. Its picture call is left out: it never answers
//! without a graphics card.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::screen::{pause, surroundings};

/// How W3C names the key of an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const PATIENCE: Duration = Duration::from_secs(60);

/// One app under one driver. Everything that was started for it ends with it.
pub(crate) struct Driver {
    processes: Child,
    client: reqwest::Client,
    session: String,
}

/// What the driver answers instead of doing it.
pub(crate) struct Refused(String);

impl std::fmt::Debug for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How the app is started.
pub(crate) struct Start<'a> {
    pub(crate) data: &'a Path,
    pub(crate) home: &'a Path,
    pub(crate) secrets: Option<PathBuf>,
    pub(crate) language: &'a str,
}

impl Driver {
    pub(crate) async fn start(start: &Start<'_>) -> Self {
        let (port, native_port) = (free_port(), free_port());
        let log = start.home.join("driver.log");
        let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let mut command = Command::new(&surroundings().driver);
        command
            .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
            .env("HOME", start.home)
            .env("LANG", start.language)
            .env("LANGUAGE", start.language)
            .env_remove("LC_ALL")
            // Looking for a screen reader's bus takes seconds where there is none.
            .env("NO_AT_BRIDGE", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            // A group of its own, so that all of it can be ended by one number.
            .process_group(0);
        for folder in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_DOWNLOAD_DIR"] {
            command.env_remove(folder);
        }
        if let Some(file) = &start.secrets {
            command.env("CLIENTELA_SECRETS", format!("file:{}", file.display()));
        }
        let processes = command.spawn().unwrap_or_else(|error| panic!("tauri-driver: {error}"));
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let mut driver = Self { processes, client, session: format!("http://127.0.0.1:{port}/session") };
        let options = json!({ "application": surroundings().app, "args": ["--data-dir", start.data] });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "tauri:options": options } } });
        let mut refused = None;
        // Both of its halves need a moment to listen.
        for _ in 0..100 {
            match driver.post("", wanted.clone()).await {
                Ok(opened) => {
                    let id = opened["sessionId"].as_str().unwrap().to_owned();
                    driver.session = format!("{}/{id}", driver.session);
                    return driver;
                }
                Err(error) => refused = Some(error),
            }
            pause().await;
        }
        panic!("no session: {refused:?}");
    }

    /// Runs a script in the page; its value comes back.
    pub(crate) async fn run(&self, script: &str, arguments: &[Value]) -> Result<Value, Refused> {
        self.post("/execute/sync", json!({ "script": script, "args": arguments })).await
    }

    /// Clicks as a mouse does: where something lies over the element, it is refused.
    pub(crate) async fn click(&self, selector: &str) -> Result<(), Refused> {
        let element = self.find(selector).await?;
        self.post(&format!("/element/{element}/click"), json!({})).await.map(drop)
    }

    /// Types into an element, key by key.
    pub(crate) async fn type_into(&self, selector: &str, text: &str) -> Result<(), Refused> {
        let element = self.find(selector).await?;
        self.post(&format!("/element/{element}/value"), json!({ "text": text })).await.map(drop)
    }

    /// Ids of everything that runs under this driver.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let group = self.processes.id().to_string();
        let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        ids.filter(|id| group_of(*id).is_some_and(|of| of == group)).collect()
    }

    async fn find(&self, selector: &str) -> Result<String, Refused> {
        let found = self.post("/element", json!({ "using": "css selector", "value": selector })).await?;
        Ok(found[ELEMENT].as_str().unwrap_or_default().to_owned())
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, Refused> {
        let refused = |error: reqwest::Error| Refused(error.to_string());
        let request = self.client.post(format!("{}{path}", self.session)).json(&body);
        let answer = request.send().await.map_err(refused)?;
        let succeeded = answer.status().is_success();
        let mut answer: Value = answer.json().await.map_err(refused)?;
        let value = answer["value"].take();
        if succeeded { Ok(value) } else { Err(Refused(value.to_string())) }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        end_group(self.processes.id());
        // It has been told to end.
        self.processes.wait().ok();
    }
}

/// Ends a group of processes, as the power going out would.
fn end_group(leader: u32) {
    Command::new("kill").args(["-KILL", "--", &format!("-{leader}")]).status().ok();
}

/// The group of a process: the third word after its name, which may hold blanks itself.
fn group_of(id: u32) -> Option<String> {
    let line = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    line.rsplit(')').next()?.split_whitespace().nth(2).map(str::to_owned)
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
