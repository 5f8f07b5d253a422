//! Native dialogs.

use std::path::{Path, PathBuf};

use clientela_app::error::{ApiError, ApiResult, Code};
use tauri::{AppHandle, Runtime};
use tokio::sync::oneshot;

use crate::window;

/// Asks where to write a file. `None`: the person has closed the dialog.
pub(crate) async fn save_file<R: Runtime>(
    handle: &AppHandle<R>,
    folder: &Path,
    name: &str,
    ending: &'static str,
) -> ApiResult<Option<PathBuf>> {
    let (answer, asked) = oneshot::channel();
    let (folder, name) = (folder.to_owned(), name.to_owned());
    let window = window::main(handle);
    // Dialogs belong to the thread that draws.
    handle
        .run_on_main_thread(move || {
            let mut dialog = rfd::AsyncFileDialog::new()
                .set_directory(folder)
                .set_file_name(name)
                .add_filter(ending.to_uppercase(), &[ending]);
            if let Some(window) = window {
                dialog = dialog.set_parent(&window);
            }
            let chosen = dialog.save_file();
            tauri::async_runtime::spawn(async move {
                // Nobody waits any more when the window is gone.
                answer.send(chosen.await.map(|file| file.path().to_owned())).ok();
            });
        })
        .map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    asked.await.map_err(|_| ApiError::new(Code::Internal, "the dialog was broken off"))
}
