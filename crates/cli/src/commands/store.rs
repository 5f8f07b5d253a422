//! `clientela store`.

use clientela_app::App;
use clientela_app::command::{ConfirmedStore, Nothing, StoreRef};
use clientela_app::dto::store::{AddStore, ConnectInput, StoreDto};
use clientela_app::error::ApiResult;
use clientela_app::{export, stores};
use serde_json::json;

use super::named;
use crate::arguments::StoreCommand;
use crate::exit::{self, Exit};
use crate::input;
use crate::output::{Output, table};

pub(super) async fn run(app: &App, command: StoreCommand, output: Output) -> ApiResult<Exit> {
    match command {
        StoreCommand::Add { platform, name, url, alias, store_id, email, auth_header } => {
            let secret = input::secret(if email.is_some() { "password" } else { "token" })?;
            let known = stores::platforms_list(app, Nothing {}).await?;
            let wants_second = known
                .iter()
                .any(|known| known.key == platform && known.inputs.contains(&ConnectInput::SecretKey));
            let second_secret = if wants_second { Some(input::secret("secret key")?) } else { None };
            let request =
                AddStore { platform, name, url, alias, store_id, email, auth_header, secret, second_secret };
            let store = stores::add(app, request).await?;
            output.answer(&json!({ "store": store }), || vec![line(&store)]);
        }
        StoreCommand::List => {
            let all = stores::list(app, Nothing {}).await?;
            output.answer(&json!({ "stores": all }), || {
                let rows: Vec<Vec<String>> = all.iter().map(row).collect();
                table(&["name", "platform", "customers", "waiting", "state", "in step at"], &rows)
            });
        }
        StoreCommand::Check { name } => {
            let store = stores::check(app, StoreRef { store_id: named(app, &name).await?.id }).await?;
            output.answer(&json!({ "store": store }), || vec![line(&store)]);
        }
        StoreCommand::Remove { name, yes } => {
            let store = named(app, &name).await?;
            let confirmation = if yes {
                store.name.clone()
            } else {
                input::confirmation(&format!("type {:?}", store.name))?
            };
            stores::remove(app, ConfirmedStore { store_id: store.id, confirmation }).await?;
            output.answer(&json!({ "removed": store.name }), || vec![format!("{} was removed", store.name)]);
        }
        StoreCommand::Export { name, file } => {
            let store_id = named(app, &name).await?.id;
            let exported = export::store_csv(app, StoreRef { store_id }, &file).await?;
            output.answer(&exported, || vec![format!("{} rows: {}", exported.rows, exported.path)]);
        }
    }
    Ok(exit::DONE)
}

fn line(store: &StoreDto) -> String {
    format!("{} ({}) is connected", store.name, store.platform)
}

fn row(store: &StoreDto) -> Vec<String> {
    vec![
        store.name.clone(),
        store.platform.clone(),
        match store.customers_at_store {
            Some(total) => format!("{} of {total}", store.customers),
            None => store.customers.to_string(),
        },
        store.edits_waiting.to_string(),
        serde_json::to_value(store.state)
            .ok()
            .and_then(|state| state.as_str().map(str::to_owned))
            .unwrap_or_default(),
        store.in_step_at.clone().unwrap_or_default(),
    ]
}
