//! Reading the environment once, and opening the customer book.

use std::path::PathBuf;
use std::sync::Arc;

use clientela_app::dto::health::{RebuildRequest, RebuiltDto};
use clientela_app::error::{ApiError, ApiResult, Code};
use clientela_app::event::EventSink;
use clientela_app::{App, Outside, doctor, secrets};

/// What the program takes from its environment.
#[derive(Debug)]
pub(crate) struct Environment {
    secrets: Option<String>,
    log: Option<String>,
}

impl Environment {
    pub(crate) fn read() -> Self {
        let text = |name| std::env::var_os(name).map(|text| text.to_string_lossy().into_owned());
        Self { secrets: text("CLIENTELA_SECRETS"), log: text("CLIENTELA_LOG") }
    }
}

/// Nothing is logged unless asked for; then to standard error.
pub(crate) fn start_log(environment: &Environment) {
    if let Some(filter) = &environment.log {
        tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
            .with_writer(std::io::stderr)
            .init();
    }
}

/// Opens the book in this folder, or in the usual one.
pub(crate) async fn open(
    folder: Option<PathBuf>,
    environment: &Environment,
    events: Arc<dyn EventSink>,
) -> ApiResult<App> {
    let folder = usual_or(folder)?;
    App::open(&folder, secrets::chosen(environment.secrets.as_deref())?, outside(), events).await
}

/// Makes a new book in place of one that cannot be opened.
pub(crate) async fn rebuild(
    folder: Option<PathBuf>,
    environment: &Environment,
    request: RebuildRequest,
) -> ApiResult<RebuiltDto> {
    let secrets = secrets::chosen(environment.secrets.as_deref())?;
    doctor::rebuild(&usual_or(folder)?, secrets.as_ref(), &outside(), request).await
}

fn usual_or(folder: Option<PathBuf>) -> ApiResult<PathBuf> {
    match folder {
        Some(folder) => Ok(folder),
        None => directories::ProjectDirs::from("", "", "Clientela")
            .map(|places| places.data_local_dir().to_owned())
            .ok_or_else(|| ApiError::new(Code::InvalidInput, "there is no home folder; give --data-dir")),
    }
}

fn outside() -> Outside {
    Outside::real(PathBuf::from("."))
}
