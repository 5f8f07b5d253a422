//! The one window.

use tauri::{AppHandle, Manager, Runtime, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

const LABEL: &str = "main";

/// Opens the window. It shows the interface and nothing else: every other address is refused.
pub(crate) fn open<R: Runtime>(app: &mut tauri::App<R>) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Clientela")
        .inner_size(1280.0, 800.0)
        .min_inner_size(640.0, 480.0)
        .on_navigation(|url| {
            let own =
                matches!(url.host_str(), Some("localhost" | "tauri.localhost")) && url.scheme() != "https";
            own || (cfg!(debug_assertions) && url.host_str() == Some("127.0.0.1"))
        })
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

/// The window, while it is there.
pub(crate) fn main<R: Runtime>(app: &AppHandle<R>) -> Option<WebviewWindow<R>> {
    app.get_webview_window(LABEL)
}

/// Brings the window to the front.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = main(app) {
        window.unminimize().ok();
        window.show().ok();
        window.set_focus().ok();
    }
}
