//! `clientela account`.

use clientela_app::command::{
    AccountEdit, AccountRef, ConfirmedStore, PasswordChange, PreferencesChange, StoreRef,
};
use clientela_app::dto::account::PreferencesDto;
use clientela_app::error::{ApiError, ApiResult, Code};
use clientela_app::{App, account, export};
use serde::Serialize;
use serde_json::json;

use super::named;
use crate::arguments::AccountCommand;
use crate::exit::{self, Exit};
use crate::input;
use crate::output::Output;

pub(super) async fn run(app: &App, command: AccountCommand, output: Output) -> ApiResult<Exit> {
    match command {
        AccountCommand::Show { store, customer } => {
            let store_id = named(app, &store).await?.id;
            let shown = account::show(app, AccountRef { store_id, customer }).await?;
            output.answer(&shown, || facts(&shown));
        }
        AccountCommand::Edit { store, customer, changes } => {
            let store_id = named(app, &store).await?.id;
            let changes = input::changes(&changes)?;
            let shown = account::edit(app, AccountEdit { store_id, customer, changes }).await?;
            output.answer(&shown, || facts(&shown));
        }
        AccountCommand::Password { store, customer } => {
            let store_id = named(app, &store).await?.id;
            let (old, new) = (input::secret("old password")?, input::secret("new password")?);
            account::change_password(app, PasswordChange { store_id, customer, old, new }).await?;
            output.answer(&json!({ "changed": true }), || vec!["the password was changed".to_owned()]);
        }
        AccountCommand::Preferences { store, changes } => {
            let store_id = named(app, &store).await?.id;
            let kept = preferences(app, store_id, &changes).await?;
            output.answer(&kept, || facts(&kept));
        }
        AccountCommand::DataExport { store, file } => {
            let store_id = named(app, &store).await?.id;
            match file {
                Some(file) => {
                    let exported = export::account_data(app, StoreRef { store_id }, &file).await?;
                    output.answer(&exported, || vec![exported.path.clone()]);
                }
                None => {
                    let data = account::export(app, StoreRef { store_id }).await?;
                    crate::output::line(&String::from_utf8_lossy(&data.bytes));
                }
            }
        }
        AccountCommand::Delete { store } => {
            let store_id = named(app, &store).await?.id;
            let confirmation = input::confirmation("type the e-mail of the account")?;
            account::delete(app, ConfirmedStore { store_id, confirmation }).await?;
            output.answer(&json!({ "deleted": true }), || vec!["the account was deleted".to_owned()]);
        }
    }
    Ok(exit::DONE)
}

async fn preferences(app: &App, store_id: i64, changes: &[String]) -> ApiResult<PreferencesDto> {
    let known = account::show(app, AccountRef { store_id, customer: None }).await?.preferences;
    let mut wanted = known
        .ok_or_else(|| ApiError::new(Code::Unsupported, "this platform has no preferences of one's own"))?;
    if changes.is_empty() {
        return Ok(wanted);
    }
    for change in input::changes(changes)? {
        let value = match change.value.as_deref() {
            Some("true") => true,
            Some("false") => false,
            _ => {
                return Err(ApiError::new(Code::InvalidInput, format!("{} is true or false", change.field))
                    .with("field", change.field));
            }
        };
        match change.field.as_str() {
            "order_updates" => wanted.order_updates = value,
            "promotions" => wanted.promotions = value,
            "newsletter" => wanted.newsletter = value,
            other => {
                return Err(ApiError::new(Code::UnknownField, format!("{other:?} is not a preference"))
                    .with("field", other));
            }
        }
    }
    account::change_preferences(app, PreferencesChange { store_id, preferences: wanted }).await
}

fn facts<T: Serialize>(answer: &T) -> Vec<String> {
    match serde_json::to_value(answer) {
        Ok(serde_json::Value::Object(facts)) => facts
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| format!("{name:<16} {value}"))
            .collect(),
        _ => Vec::new(),
    }
}
