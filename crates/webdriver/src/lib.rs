//! Steers the window of a program that was built with Tauri: the part of WebDriver that the window tests and the bench need, as
//! `tauri-driver` speaks it. Its picture call is left out: it never answers without a graphics card. It knows nothing of what the
//! window shows.
//!
//! Linux only: elsewhere the web views have drivers of their own.
#![cfg(target_os = "linux")]

mod process;

use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

pub use process::{memory_of, started_at};

/// How W3C names the key of an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two attempts to reach a driver that is only just starting.
const PAUSE: Duration = Duration::from_millis(120);

/// How a program is started, and by which driver.
#[derive(Debug, Clone)]
pub struct Start<'a> {
    /// The program `tauri-driver`.
    pub driver: &'a Path,
    pub app: &'a Path,
    pub arguments: Vec<&'a OsStr>,
    /// The home folder of whoever uses it; the driver writes its log there.
    pub home: &'a Path,
    /// A POSIX locale.
    pub language: &'a str,
    /// Further variables of the environment.
    pub variables: Vec<(&'a str, String)>,
}

/// One program under one driver. Everything that was started for it ends with it.
pub struct Driver {
    processes: Child,
    client: reqwest::Client,
    session: String,
    app: PathBuf,
}

impl Driver {
    /// Starts a program and waits until its window can be steered; what the page shows by then is not said.
    ///
    /// # Errors
    /// When either does not start.
    pub async fn start(start: &Start<'_>) -> Result<Self> {
        let (port, native_port) = (free_port()?, free_port()?);
        let processes = spawn(start, port, native_port)?;
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let app = start.app.canonicalize().with_context(|| format!("no program {}", start.app.display()))?;
        let mut driver = Self { processes, client, session: format!("http://127.0.0.1:{port}/session"), app };
        let arguments: Vec<_> = start.arguments.iter().map(|argument| argument.to_string_lossy()).collect();
        let options = json!({ "application": start.app, "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "tauri:options": options } } });
        let mut refused = None;
        // Both of its halves need a moment to listen.
        for _ in 0..100 {
            match driver.post("", wanted.clone()).await {
                Ok(opened) => {
                    let id = opened["sessionId"].as_str().context("the session has no id")?;
                    driver.session = format!("{}/{id}", driver.session);
                    return Ok(driver);
                }
                Err(error) => refused = Some(error),
            }
            pause().await;
        }
        bail!("no session: {refused:?}");
    }

    /// Runs a script in the page; its value comes back.
    ///
    /// # Errors
    /// When the script throws, or the window is gone.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.post("/execute/sync", json!({ "script": script, "args": arguments })).await
    }

    /// Clicks as a mouse does: where something lies over the element, it is refused.
    ///
    /// # Errors
    /// When there is no such element, or it cannot be clicked.
    pub async fn click(&self, selector: &str) -> Result<()> {
        let element = self.find(selector).await?;
        self.post(&format!("/element/{element}/click"), json!({})).await.map(drop)
    }

    /// Types into an element, key by key.
    ///
    /// # Errors
    /// When there is no such element, or it takes no keys.
    pub async fn type_into(&self, selector: &str, text: &str) -> Result<()> {
        let element = self.find(selector).await?;
        self.post(&format!("/element/{element}/value"), json!({ "text": text })).await.map(drop)
    }

    /// Ids of the processes of the program itself; what waits to be buried does not count.
    #[must_use]
    pub fn programs(&self) -> Vec<u32> {
        process::of_group(self.processes.id())
            .into_iter()
            .filter(|id| process::program_of(*id).as_ref() == Some(&self.app))
            .collect()
    }

    async fn find(&self, selector: &str) -> Result<String> {
        let found = self.post("/element", json!({ "using": "css selector", "value": selector })).await?;
        Ok(found[ELEMENT].as_str().unwrap_or_default().to_owned())
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        let answer = self.client.post(format!("{}{path}", self.session)).json(&body).send().await?;
        let succeeded = answer.status().is_success();
        let mut answer: Value = answer.json().await?;
        let value = answer["value"].take();
        if !succeeded {
            bail!("{value}");
        }
        Ok(value)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        process::end_group(self.processes.id());
        // It has been told to end.
        self.processes.wait().ok();
    }
}

fn spawn(start: &Start<'_>, port: u16, native_port: u16) -> Result<Child> {
    let log = start.home.join("driver.log");
    let log = std::fs::File::options().create(true).append(true).open(log).context("the driver's log")?;
    let mut command = Command::new(start.driver);
    command
        .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
        .env("HOME", start.home)
        .env("LANG", start.language)
        .env("LANGUAGE", start.language)
        .env_remove("LC_ALL")
        // Looking for a screen reader's bus takes seconds where there is none.
        .env("NO_AT_BRIDGE", "1")
        .envs(start.variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log.try_clone().context("the driver's log")?)
        .stderr(log)
        // A group of its own, so that all of it can be ended by one number.
        .process_group(0);
    for folder in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_DOWNLOAD_DIR"] {
        command.env_remove(folder);
    }
    command.spawn().context("tauri-driver could not be started")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[expect(clippy::disallowed_methods, reason = "a real window takes real time")]
async fn pause() {
    tokio::time::sleep(PAUSE).await;
}
