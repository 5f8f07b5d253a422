//! The commands of the window. Those of the app are made from the command table: state and request in, one function called. Those
//! that need a window, a dialog or the sample store are in [`shell`].

pub(crate) mod shell;

use clientela_app::command::*;
use clientela_app::dto::account::*;
use clientela_app::dto::analytics::*;
use clientela_app::dto::customer::*;
use clientela_app::dto::edit::*;
use clientela_app::dto::export::*;
use clientela_app::dto::health::*;
use clientela_app::dto::query::*;
use clientela_app::dto::setting::*;
use clientela_app::dto::store::*;
use clientela_app::dto::sync::*;
use clientela_app::error::ApiResult;
use tauri::State;

use crate::desk::Desk;
pub(crate) use shell::system_language;

macro_rules! serve {
    (
        app { $($app:ident($request:ty) -> $response:ty = $module:ident::$function:ident;)* }
        shell { $($shell:ident($shell_request:ty) -> $shell_response:ty;)* }
    ) => {
        $(
            #[tauri::command]
            async fn $app(desk: State<'_, Desk>, request: $request) -> ApiResult<$response> {
                clientela_app::$module::$function(&desk.app().await?, request).await
            }
        )*

        /// Answers every command of the table.
        pub fn handler<R: tauri::Runtime>() -> impl Fn(tauri::ipc::Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($app,)* $(shell::$shell,)*]
        }
    };
}

clientela_app::with_commands!(serve);
