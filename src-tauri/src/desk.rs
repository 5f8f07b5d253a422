//! What the commands share: the open app, or why it is not open.

use std::path::PathBuf;
use std::time::Duration;

use clientela_app::App;
use clientela_app::error::{ApiError, ApiResult, Code};
use clientela_sandbox::Sandbox;
use tauri::{AppHandle, Manager, Runtime};
use tokio::sync::{Mutex, watch};

/// How long the end of the program waits for what is still being read.
const LONGEST_CLOSE: Duration = Duration::from_secs(5);

/// State of the shell.
pub struct Desk {
    /// `None`: the book is being opened.
    opened: watch::Sender<Option<ApiResult<App>>>,
    /// Held while the book is being opened, so that it is tried once at a time.
    pub(crate) opening: Mutex<()>,
    /// Folder of the book; `None`: the usual one.
    pub(crate) folder: Option<PathBuf>,
    /// Where keys and tokens lie, as a person chose it; `None`: the system's keychain.
    pub(crate) secrets: Option<String>,
    pub(crate) demo: bool,
    /// The embedded sample store, while it runs.
    pub(crate) sandbox: Mutex<Option<Sandbox>>,
}

impl Desk {
    /// A desk whose book has not been opened yet.
    pub fn new(folder: Option<PathBuf>, secrets: Option<String>, demo: bool) -> Self {
        Self {
            opened: watch::Sender::new(None),
            opening: Mutex::default(),
            folder,
            secrets,
            demo,
            sandbox: Mutex::default(),
        }
    }

    pub(crate) fn of<R: Runtime>(app: &AppHandle<R>) -> tauri::State<'_, Self> {
        app.state::<Self>()
    }

    /// The open app, as soon as it is open.
    pub(crate) async fn app(&self) -> ApiResult<App> {
        let mut opened = self.opened.subscribe();
        let outcome = opened.wait_for(Option::is_some).await.map(|outcome| outcome.clone());
        match outcome {
            Ok(Some(outcome)) => outcome,
            _ => Err(ApiError::new(Code::Internal, "the start was broken off")),
        }
    }

    /// Tells everybody who waits how the opening went.
    pub fn publish(&self, outcome: ApiResult<App>) {
        self.opened.send_replace(Some(outcome));
    }

    /// The book is closed and will be opened again: everybody waits.
    pub(crate) async fn close_book(&self) {
        let outcome = self.outcome();
        self.opened.send_replace(None);
        if let Some(Ok(app)) = outcome {
            app.close().await;
        }
    }

    /// How the opening went, if it has been tried.
    pub(crate) fn outcome(&self) -> Option<ApiResult<App>> {
        self.opened.borrow().clone()
    }

    /// Ends the app. What was saved is on the disk already.
    pub(crate) async fn close(&self) {
        if let Some(Ok(app)) = self.outcome() {
            // A read that hangs must not keep the program from ending.
            tokio::time::timeout(LONGEST_CLOSE, app.close()).await.ok();
        }
        if let Some(sandbox) = self.sandbox.lock().await.take() {
            sandbox.shutdown().await;
        }
    }
}
