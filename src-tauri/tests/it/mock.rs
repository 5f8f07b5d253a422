//! The shell without a screen: the real handler, the real permissions, and a book in a folder of its own.

use std::path::Path;
use std::sync::Arc;

use clientela_app::event::NoEvents;
use clientela_app::secrets::MemorySecrets;
use clientela_app::{App, Outside};
use clientela_desktop::{Desk, handler};
use clientela_sandbox::{RateMode, Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tauri::Manager;
use tauri::test::{INVOKE_KEY, MockRuntime, mock_builder, noop_assets};
use tauri::webview::{InvokeRequest, WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;

/// A running shell that nobody sees. Its window is called `main`, as the real one is.
pub(crate) struct Shell {
    app: tauri::App<MockRuntime>,
    window: WebviewWindow<MockRuntime>,
}

impl Shell {
    /// A shell with this desk.
    pub(crate) fn with(desk: Desk) -> Self {
        let app = mock_builder()
            .invoke_handler(handler())
            .build(tauri::generate_context!("tauri.conf.json", assets = noop_assets(), test = true))
            .unwrap();
        app.manage(desk);
        let window = open_window(&app, "main");
        Self { app, window }
    }

    /// A shell whose book is open in this folder, with a keychain that ends with the test.
    pub(crate) fn open(folder: &Path) -> Self {
        let outside = Outside::real(folder.to_owned());
        let secrets = Arc::new(MemorySecrets::default());
        let opening = App::open(folder, secrets, outside, Arc::new(NoEvents));
        let desk = Desk::new(Some(folder.to_owned()), None, false);
        desk.publish(tauri::async_runtime::block_on(opening));
        Self::with(desk)
    }

    /// Another window of the same program, which has no permission for anything.
    pub(crate) fn stranger(&self) -> WebviewWindow<MockRuntime> {
        open_window(&self.app, "stranger")
    }

    /// What the window gets for a request; `Err` holds what its promise is rejected with.
    pub(crate) fn call(&self, command: &str, request: Value) -> Result<Value, Value> {
        self.send(command, json!({ "request": request }))
    }

    /// The answer to a request that has to work.
    pub(crate) fn ask(&self, command: &str, request: Value) -> Value {
        self.call(command, request).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// The error of a request that must not work.
    pub(crate) fn refusal(&self, command: &str, request: Value) -> Value {
        match self.call(command, request) {
            Ok(answer) => panic!("{command} was not refused: {answer}"),
            Err(error) => error,
        }
    }

    /// Sends arguments as they are, with or without a request in them.
    pub(crate) fn send(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        self.send_from("tauri://localhost", command, arguments)
    }

    /// Sends arguments while the window shows this address.
    pub(crate) fn send_from(&self, address: &str, command: &str, arguments: Value) -> Result<Value, Value> {
        send(&self.window, command, arguments, address)
    }
}

/// Sends arguments from a window that shows this address.
pub(crate) fn send(
    window: &WebviewWindow<MockRuntime>,
    command: &str,
    arguments: Value,
    address: &str,
) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: tauri::ipc::CallbackFn(0),
        error: tauri::ipc::CallbackFn(1),
        url: address.parse().unwrap(),
        body: arguments.into(),
        headers: tauri::http::HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    tauri::test::get_ipc_response(window, request).map(|body| body.deserialize().unwrap())
}

fn open_window(app: &tauri::App<MockRuntime>, label: &str) -> WebviewWindow<MockRuntime> {
    WebviewWindowBuilder::new(app, label, tauri::WebviewUrl::default()).build().unwrap()
}

/// A shell with one connected store of a platform, read whole. The parts end in the order of the fields.
pub(crate) struct Shop {
    pub(crate) shell: Shell,
    pub(crate) store: i64,
    _sandbox: Sandbox,
    _folder: TempDir,
}

impl Shop {
    pub(crate) fn connected(platform: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SandboxOptions {
            customers: 12,
            rate: RateMode::Off,
            platforms: vec![platform.to_owned()],
            ..SandboxOptions::default()
        };
        let sandbox = tauri::async_runtime::block_on(Sandbox::start(options)).unwrap();
        let shell = Shell::open(folder.path());
        let at = &sandbox.ready().stores[0];
        let connected = shell.ask(
            "store_add",
            json!({
                "platform": platform,
                "name": "Loja",
                "url": at.url,
                "alias": at.alias,
                "store_id": at.store_id,
                "email": at.email,
                "auth_header": null,
                "secret": at.secrets[0],
                "second_secret": null,
            }),
        );
        let store = connected["id"].as_i64().unwrap();
        let synced = shell.ask("sync_start", json!({}));
        assert_eq!(synced["stores"][0]["complete"], true, "the first pass stopped: {synced}");
        Self { shell, store, _sandbox: sandbox, _folder: folder }
    }

    /// Anybody of the list.
    pub(crate) fn somebody(&self) -> i64 {
        let view = self.shell.ask("list_open", json!({}));
        let rows = self.shell.ask("list_rows", json!({ "view": view["view"], "offset": 0, "limit": 1 }));
        rows["rows"][0]["id"].as_i64().unwrap()
    }
}
