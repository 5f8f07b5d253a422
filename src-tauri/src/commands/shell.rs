//! The commands that need a window, a dialog or the sample store.

use std::path::{Path, PathBuf};

use clientela_app::command::{ExportRequest, Nothing, PathRequest, StoreRef};
use clientela_app::dto::export::{ExportFormat, ExportedDto};
use clientela_app::dto::health::{RebuildRequest, RebuiltDto};
use clientela_app::dto::setting::{SettingsDto, StartDto};
use clientela_app::dto::store::StoreDto;
use clientela_app::error::{ApiError, ApiResult, Code};
use clientela_app::{export, settings};
use tauri::{AppHandle, Runtime, State};

use crate::desk::Desk;
use crate::{dialogs, sample, starting};

/// What the window needs to know first. Waits until the book is open, or until it is clear why it is not; asked again after
/// that, it tries again.
#[tauri::command]
pub(crate) async fn start<R: Runtime>(
    handle: AppHandle<R>,
    desk: State<'_, Desk>,
    request: Nothing,
) -> ApiResult<StartDto> {
    let Nothing {} = request;
    if matches!(desk.outcome(), Some(Err(_))) {
        starting::open_book(&handle).await;
    }
    let (problem, settings) = match desk.app().await {
        Ok(app) => (None, settings::load(&app).await?),
        Err(problem) => (Some(problem), SettingsDto::default()),
    };
    Ok(StartDto {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        system_language: system_language().to_owned(),
        problem,
        settings,
    })
}

/// Sets a book that cannot be used aside and makes a new one.
#[tauri::command]
pub(crate) async fn book_rebuild<R: Runtime>(
    handle: AppHandle<R>,
    request: RebuildRequest,
) -> ApiResult<RebuiltDto> {
    starting::rebuild_book(&handle, request).await
}

#[tauri::command]
pub(crate) async fn store_add_sample(desk: State<'_, Desk>, request: Nothing) -> ApiResult<Vec<StoreDto>> {
    let Nothing {} = request;
    sample::connect(&desk, &desk.app().await?).await
}

/// `None`: the person has closed the dialog.
#[tauri::command]
pub(crate) async fn export_as<R: Runtime>(
    handle: AppHandle<R>,
    desk: State<'_, Desk>,
    request: ExportRequest,
) -> ApiResult<Option<ExportedDto>> {
    let app = desk.app().await?;
    let name = export::suggested_name(&app, request.options.format);
    let ending = match request.options.format {
        ExportFormat::Csv => "csv",
        ExportFormat::Xlsx => "xlsx",
    };
    let Some(path) = ask(&handle, &desk, &name, ending).await? else { return Ok(None) };
    Ok(Some(export::to_path(&app, &request.query, &request.options, &path).await?))
}

#[tauri::command]
pub(crate) async fn store_csv_as<R: Runtime>(
    handle: AppHandle<R>,
    desk: State<'_, Desk>,
    request: StoreRef,
) -> ApiResult<Option<ExportedDto>> {
    let Some(path) = ask(&handle, &desk, "customers.csv", "csv").await? else { return Ok(None) };
    Ok(Some(export::store_csv(&desk.app().await?, request, &path).await?))
}

#[tauri::command]
pub(crate) async fn account_data_as<R: Runtime>(
    handle: AppHandle<R>,
    desk: State<'_, Desk>,
    request: StoreRef,
) -> ApiResult<Option<ExportedDto>> {
    let Some(path) = ask(&handle, &desk, "account.json", "json").await? else { return Ok(None) };
    Ok(Some(export::account_data(&desk.app().await?, request, &path).await?))
}

/// Shows a file that was written in its folder. No other path can be asked for.
#[tauri::command]
pub(crate) async fn open_folder(desk: State<'_, Desk>, request: PathRequest) -> ApiResult<Nothing> {
    let path = PathBuf::from(request.path);
    let app = desk.app().await?;
    if !export::has_written(&app, &path).await? {
        return Err(ApiError::new(Code::NotFound, "this file was not written here"));
    }
    let failed = |error: tauri_plugin_opener::Error| ApiError::new(Code::Internal, error.to_string());
    tauri_plugin_opener::reveal_item_in_dir(&path)
        .or_else(|_| tauri_plugin_opener::open_path(folder(&path), None::<&str>))
        .map_err(failed)?;
    Ok(Nothing {})
}

/// The system's language, as far as the interface speaks it.
pub(crate) fn system_language() -> &'static str {
    let tag = sys_locale::get_locale().unwrap_or_default().to_lowercase();
    match tag.split(['-', '_']).next() {
        Some("pt") => "pt-BR",
        Some("es") => "es-AR",
        _ => "en",
    }
}

async fn ask<R: Runtime>(
    handle: &AppHandle<R>,
    desk: &Desk,
    name: &str,
    ending: &'static str,
) -> ApiResult<Option<PathBuf>> {
    let last = settings::load(&desk.app().await?).await?.export_folder.map(PathBuf::from);
    let folder = last.filter(|folder| folder.is_dir()).unwrap_or_else(starting::export_folder);
    dialogs::save_file(handle, &folder, name, ending).await
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
