//! Reading how the program was started, and opening the book behind the window.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use clientela_app::dto::health::{RebuildRequest, RebuiltDto};
use clientela_app::error::{ApiError, ApiResult, Code};
use clientela_app::{App, Outside, doctor, secrets};
use tauri::{AppHandle, Manager, Runtime};

use crate::desk::Desk;
use crate::events::WindowEvents;
use crate::sample;

/// The customer book of a shop, on the desk and without the internet.
#[derive(Debug, Clone, Parser)]
#[command(name = "clientela-desktop", version)]
pub(crate) struct Arguments {
    /// Folder of the customer book.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Connect the embedded sample stores, with 5,000 customers each.
    #[arg(long)]
    pub(crate) demo: bool,
}

impl Arguments {
    #[expect(clippy::print_stdout, clippy::print_stderr, reason = "help and mistakes belong on the terminal")]
    pub(crate) fn read() -> Result<Self, ExitCode> {
        Self::try_parse().map_err(|error| {
            if error.use_stderr() {
                eprint!("{}", error.render());
                return ExitCode::from(2);
            }
            print!("{}", error.render());
            ExitCode::SUCCESS
        })
    }
}

/// Nothing is logged unless `CLIENTELA_LOG` asks for it; then to standard error.
pub(crate) fn start_log() {
    if let Some(filter) = std::env::var_os("CLIENTELA_LOG") {
        tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::new(filter.to_string_lossy()))
            .with_writer(std::io::stderr)
            .init();
    }
}

/// Opens the book beside the window, which shows itself meanwhile.
pub(crate) fn open_beside(app: &mut tauri::App, arguments: Arguments) {
    let secrets = std::env::var_os("CLIENTELA_SECRETS").map(|text| text.to_string_lossy().into_owned());
    app.manage(Desk::new(arguments.data_dir, secrets, arguments.demo));
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(async move { open_book(&handle).await });
}

/// Opens the book unless it is open, and keeps it in step as long as the program runs. Tried again on a person's word: the
/// other window was closed, the keychain unlocked.
pub(crate) async fn open_book<R: Runtime>(handle: &AppHandle<R>) {
    let desk = Desk::of(handle);
    let _once = desk.opening.lock().await;
    if !matches!(desk.outcome(), Some(Ok(_))) {
        open_now(handle, &desk).await;
    }
}

/// Makes a new book in place of one that cannot be used, and opens it. When that does not work, everything is as it was.
pub(crate) async fn rebuild_book<R: Runtime>(
    handle: &AppHandle<R>,
    request: RebuildRequest,
) -> ApiResult<RebuiltDto> {
    let desk = Desk::of(handle);
    let _once = desk.opening.lock().await;
    desk.close_book().await;
    let made = rebuild(&desk, request).await;
    open_now(handle, &desk).await;
    made
}

async fn rebuild(desk: &Desk, request: RebuildRequest) -> ApiResult<RebuiltDto> {
    let secrets = secrets::chosen(desk.secrets.as_deref())?;
    doctor::rebuild(&folder(desk)?, secrets.as_ref(), &Outside::real(export_folder()), request).await
}

async fn open_now<R: Runtime>(handle: &AppHandle<R>, desk: &Desk) {
    let outcome = open(desk, Arc::new(WindowEvents::new(handle.clone()))).await;
    let opened = outcome.clone().ok();
    if let Err(error) = &outcome {
        tracing::error!(%error, "the book could not be opened");
    }
    desk.publish(outcome);
    if let Some(app) = opened {
        tauri::async_runtime::spawn(work(handle.clone(), app));
    }
}

async fn work<R: Runtime>(handle: AppHandle<R>, app: App) {
    if let Err(error) = sample::at_start(&Desk::of(&handle), &app).await {
        tracing::error!(%error, "the sample store could not be started");
    }
    clientela_app::sync::keep_in_step(app).await;
}

async fn open<R: Runtime>(desk: &Desk, events: Arc<WindowEvents<R>>) -> ApiResult<App> {
    let secrets = secrets::chosen(desk.secrets.as_deref())?;
    App::open(&folder(desk)?, secrets, Outside::real(export_folder()), events).await
}

fn folder(desk: &Desk) -> ApiResult<PathBuf> {
    match desk.folder.clone() {
        Some(folder) => Ok(folder),
        None => directories::ProjectDirs::from("", "", "Clientela")
            .map(|places| places.data_local_dir().to_owned())
            .ok_or_else(|| ApiError::new(Code::Internal, "this user has no home folder")),
    }
}

/// Where people look for files that a program has written.
pub(crate) fn export_folder() -> PathBuf {
    let places = directories::UserDirs::new();
    let usual = places.as_ref().and_then(|places| places.download_dir().or(places.document_dir()));
    let home = places.as_ref().map(directories::UserDirs::home_dir);
    usual.filter(|folder| folder.is_dir()).or(home).map_or_else(std::env::temp_dir, PathBuf::from)
}
