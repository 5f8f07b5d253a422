//! The embedded sample stores: a local stand-in of the platforms, for a first look.

use clientela_app::command::MoreSignIn;
use clientela_app::dto::store::{AddStore, StoreDto};
use clientela_app::error::{ApiError, ApiResult, Code};
use clientela_app::{App, stores};
use clientela_sandbox::{ReadyStore, Sandbox, SandboxOptions};

use crate::desk::Desk;

/// Customers of each sample store when the program shows itself, and when a person only tries one.
const DEMO_CUSTOMERS: usize = 5_000;
const SAMPLE_CUSTOMERS: usize = 500;

/// Starts the sample stores again when the book has them, or for the first time in a demonstration.
pub(crate) async fn at_start(desk: &Desk, app: &App) -> ApiResult<()> {
    if desk.demo || stores::has_sample(app).await? {
        connect(desk, app).await?;
    }
    Ok(())
}

/// Starts the stand-in if it does not run, and connects a store of each platform.
pub(crate) async fn connect(desk: &Desk, app: &App) -> ApiResult<Vec<StoreDto>> {
    let mut running = desk.sandbox.lock().await;
    if running.is_none() {
        let customers = if desk.demo { DEMO_CUSTOMERS } else { SAMPLE_CUSTOMERS };
        let options = SandboxOptions { customers, ..SandboxOptions::default() };
        let started = Sandbox::start(options).await;
        *running = Some(started.map_err(|error| ApiError::new(Code::Internal, error.to_string()))?);
    }
    let Some(sandbox) = running.as_ref() else { return Ok(Vec::new()) };
    let mut connected = Vec::new();
    for store in &sandbox.ready().stores {
        let mut added = stores::add_sample(app, request(store)?).await?;
        if is_opened_customer_by_customer(&store.platform) {
            for secret in store.secrets.iter().skip(1).cloned() {
                added = stores::add_sign_in(app, MoreSignIn { store_id: added.id, secret }).await?;
            }
        }
        connected.push(added);
    }
    Ok(connected)
}

fn request(store: &ReadyStore) -> ApiResult<AddStore> {
    let title = clientela_app::stores::title(&store.platform)?;
    let mut secrets = store.secrets.iter().cloned();
    // With an e-mail the first secret is a password, and the second a token that is not needed.
    let has_second = store.email.is_none() && !is_opened_customer_by_customer(&store.platform);
    let secret =
        secrets.next().ok_or_else(|| ApiError::new(Code::Internal, "the sample store has no token"))?;
    Ok(AddStore {
        platform: store.platform.clone(),
        name: name(title),
        url: Some(store.url.clone()),
        alias: store.alias.clone(),
        store_id: store.store_id.clone(),
        email: store.email.clone(),
        auth_header: None,
        second_secret: secrets.next().filter(|_| has_second),
        secret,
    })
}

/// Whether the further secrets are those of further customers.
fn is_opened_customer_by_customer(platform: &str) -> bool {
    let known = stores::known_platforms();
    known.iter().any(|known| known.key == platform && known.sign_in_per_customer)
}

/// A name that says what it is, in the system's language.
fn name(title: &str) -> String {
    match crate::commands::system_language() {
        "pt-BR" => format!("Loja de exemplo ({title})"),
        "es-AR" => format!("Tienda de ejemplo ({title})"),
        _ => format!("Sample store ({title})"),
    }
}
