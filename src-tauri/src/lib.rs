//! The desktop shell: one window, native dialogs, and the way between the interface and `clientela_app`. It decides nothing: a
//! command takes state and request, calls one function, and returns what that says.

mod commands;
mod desk;
mod dialogs;
mod events;
mod sample;
mod starting;
mod window;

use std::process::ExitCode;

pub use commands::handler;
pub use desk::Desk;

use starting::Arguments;

/// Starts the app and runs it until its window is closed.
pub fn run() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(exit) => return exit,
    };
    starting::start_log();
    let own_folder = arguments.data_dir.is_some();
    let mut builder = tauri::Builder::default();
    if !own_folder {
        // A second start shows the first one's window. With a folder of its own, the folder's lock tells who is second.
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)));
    }
    let built = builder
        .invoke_handler(handler())
        .setup(move |app| {
            starting::open_beside(app, arguments);
            window::open(app)?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| {
                if let tauri::RunEvent::Exit = event {
                    tauri::async_runtime::block_on(Desk::of(app).close());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}
