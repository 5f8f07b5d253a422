//! One function a command: read what was typed, call one use case, print its answer, tell the exit code.

mod account;
mod customer;
mod doctor;
mod edits;
mod export;
mod store;
mod sync;

use std::process::ExitCode;
use std::sync::Arc;

use clientela_app::App;
use clientela_app::command::{MaybeStore, Nothing};
use clientela_app::dto::query::ListQuery;
use clientela_app::dto::store::StoreDto;
use clientela_app::error::{ApiError, ApiResult, Code};
use clientela_app::{analytics, stores};

use crate::arguments::{Arguments, Command, QueryArguments};
use crate::exit::{self, Exit};
use crate::opening::{self, Environment};
use crate::output::Output;
use crate::progress::ProgressLine;
use crate::words::Language;

pub(crate) async fn run(arguments: Arguments, environment: Environment) -> ExitCode {
    let language = match arguments.lang.as_deref() {
        None => Language::of_system(),
        Some(tag) => match Language::parse(tag) {
            Some(language) => language,
            None => {
                let output = Output { json: arguments.json, language: Language::English };
                output.error(&ApiError::new(Code::InvalidInput, format!("{tag:?} is none of pt-BR, es, en")));
                return exit::USAGE.into();
            }
        },
    };
    let output = Output { json: arguments.json, language };
    match dispatch(arguments, environment, output).await {
        Ok(exit) => exit.into(),
        Err(error) => {
            output.error(&error);
            exit::of(error.code).into()
        }
    }
}

async fn dispatch(arguments: Arguments, environment: Environment, output: Output) -> ApiResult<Exit> {
    if let Command::Sandbox(sandbox) = arguments.command {
        crate::sandbox::run(sandbox).await?;
        return Ok(exit::DONE);
    }
    if let Command::Doctor { mend, may_lose_edits, remove_old } = arguments.command {
        let wanted = doctor::Wanted { mend, may_lose_edits, remove_old };
        return doctor::run(arguments.data_dir, &environment, wanted, output).await;
    }
    let app = opening::open(arguments.data_dir, &environment, Arc::new(ProgressLine::new())).await?;
    let outcome = with_app(&app, arguments.command, output).await;
    app.close().await;
    outcome
}

async fn with_app(app: &App, command: Command, output: Output) -> ApiResult<Exit> {
    match command {
        Command::Store(command) => store::run(app, command, output).await,
        Command::Sync { names, full } => sync::run(app, &names, full, output).await,
        Command::Customers { query, limit, offset } => {
            customer::list(app, query, offset, limit, output).await
        }
        Command::Customer(command) => customer::run(app, command, output).await,
        Command::Changes { command } => edits::changes(app, command, output).await,
        Command::Conflicts { command } => edits::conflicts(app, command, output).await,
        Command::Journal { id, add } => customer::journal(app, id, add, output).await,
        Command::Export { file, query, format, profile, columns, separator } => {
            let options = export::options(format, profile, columns, separator, &file);
            export::run(app, query, &options, &file, output).await
        }
        Command::Analytics { store } => figures(app, store, output).await,
        Command::Account(command) => account::run(app, command, output).await,
        Command::Doctor { .. } | Command::Sandbox(_) => Ok(exit::DONE),
    }
}

async fn figures(app: &App, store: Option<String>, output: Output) -> ApiResult<Exit> {
    let store_id = match store {
        Some(name) => Some(named(app, &name).await?.id),
        None => None,
    };
    let figures = analytics::figures(app, MaybeStore { store_id }).await?;
    output.answer(&figures, || {
        let mut lines = vec![
            format!("customers       {}", figures.here.total_customers),
            format!("new this month  {}", figures.here.new_this_month),
        ];
        if let Some(rate) = figures.here.active_rate {
            lines.push(format!("active          {:.1} %", rate * 100.0));
        }
        lines.extend(
            figures.here.segments.iter().map(|segment| format!("{:<15} {}", segment.name, segment.count)),
        );
        lines
    });
    Ok(exit::DONE)
}

/// The store with this name.
async fn named(app: &App, name: &str) -> ApiResult<StoreDto> {
    let all = stores::list(app, Nothing {}).await?;
    all.into_iter().find(|store| store.name.to_lowercase() == name.to_lowercase()).ok_or_else(|| {
        ApiError::new(Code::UnknownStore, format!("there is no store with the name {name:?}"))
            .with("store", name)
    })
}

async fn query(app: &App, arguments: QueryArguments) -> ApiResult<ListQuery> {
    let store_id = match &arguments.store {
        Some(name) => Some(named(app, name).await?.id),
        None => None,
    };
    let changes = crate::input::changes(&arguments.filters)?;
    Ok(ListQuery {
        text: arguments.query.unwrap_or_default(),
        store_id,
        filters: changes.into_iter().map(|pair| (pair.field, pair.value.unwrap_or_default())).collect(),
        sort: arguments.sort,
        ..ListQuery::default()
    })
}
