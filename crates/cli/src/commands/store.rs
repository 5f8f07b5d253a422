//! `clientela store`.

use clientela_app::App;
use clientela_app::command::{ConfirmedStore, MoreSignIn, Nothing, SignIn, StoreQuestion, StoreRef};
use clientela_app::dto::store::{AddStore, ConnectInput, PlatformDto, StoreDto};
use clientela_app::error::ApiResult;
use clientela_app::{export, store_question, stores};
use serde_json::json;

use super::named;
use crate::arguments::{QuestionArguments, StoreCommand};
use crate::exit::{self, Exit};
use crate::input;
use crate::output::{Output, table};

pub(super) async fn run(app: &App, command: StoreCommand, output: Output) -> ApiResult<Exit> {
    match command {
        StoreCommand::Add { platform, name, url, alias, store_id, email, auth_header } => {
            let able = platform_of(app, &platform).await?;
            let Secrets { secret, second_secret, more } = secrets(able.as_ref(), email.is_some())?;
            let request =
                AddStore { platform, name, url, alias, store_id, email, auth_header, secret, second_secret };
            let mut store = stores::add(app, request).await?;
            for secret in more {
                store = stores::add_sign_in(app, MoreSignIn { store_id: store.id, secret }).await?;
            }
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
        StoreCommand::SignIn { name } => {
            let mut store = named(app, &name).await?;
            let able = platform_of(app, &store.platform).await?;
            let Secrets { secret, second_secret, more } = secrets(able.as_ref(), store.email.is_some())?;
            store = stores::sign_in(app, SignIn { store_id: store.id, secret, second_secret }).await?;
            for secret in more {
                store = stores::add_sign_in(app, MoreSignIn { store_id: store.id, secret }).await?;
            }
            output.answer(&json!({ "store": store }), || vec![line(&store)]);
        }
        StoreCommand::Ask { name, question } => {
            let store_id = named(app, &name).await?.id;
            let answer = store_question::ask(app, asked(store_id, question)).await?;
            output.answer(&answer, || {
                let more = if answer.more { ", and the store has more" } else { "" };
                vec![format!("{} customers, {} of them new{more}", answer.customers.len(), answer.new)]
            });
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

/// What was given on standard input.
struct Secrets {
    secret: String,
    second_secret: Option<String>,
    /// Further sign-ins, where one opens one customer only.
    more: Vec<String>,
}

fn secrets(able: Option<&PlatformDto>, with_email: bool) -> ApiResult<Secrets> {
    let secret = input::secret(if with_email { "password" } else { "token" })?;
    let wants_second = able.is_some_and(|able| able.inputs.contains(&ConnectInput::SecretKey));
    let second_secret = if wants_second { Some(input::secret("secret key")?) } else { None };
    let more = if able.is_some_and(|able| able.sign_in_per_customer) { input::rest()? } else { Vec::new() };
    Ok(Secrets { secret, second_secret, more })
}

/// Nothing for an unknown platform: connecting it says so.
async fn platform_of(app: &App, key: &str) -> ApiResult<Option<PlatformDto>> {
    Ok(stores::platforms_list(app, Nothing {}).await?.into_iter().find(|known| known.key == key))
}

fn asked(store_id: i64, question: QuestionArguments) -> StoreQuestion {
    StoreQuestion {
        store_id,
        search: question.search,
        ids: question.ids,
        since_id: question.since_id,
        created_from: question.created_from,
        created_to: question.created_to,
        updated_from: question.updated_from,
        updated_to: question.updated_to,
        segment: question.segment,
        group: question.group,
        limit: question.limit,
    }
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
