//! Settings of this desk.

use clientela_database::commit;
use clientela_database::table::setting;

use crate::command::Nothing;
use crate::context::App;
use crate::dto::setting::SettingsDto;
use crate::error::{ApiError, ApiResult, Code};

const KEY: &str = "desk";

/// The settings; those that were never written are the usual ones.
pub async fn load(app: &App) -> ApiResult<SettingsDto> {
    let mut connection = app.inner.database.read().await?;
    let text = setting::find(&mut connection, KEY).await?;
    // Settings of an older version lack keys, which have defaults; what cannot be read at all is not worth refusing to start.
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Writes the settings whole.
pub async fn save(app: &App, request: SettingsDto) -> ApiResult<Nothing> {
    let text =
        serde_json::to_string(&request).map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    let mut transaction = app.inner.database.write().await?;
    setting::write(&mut transaction, KEY, &text).await?;
    commit(transaction).await?;
    Ok(Nothing {})
}

/// Who works at this desk, for journal and timeline.
pub(crate) async fn clerk(app: &App) -> ApiResult<String> {
    Ok(load(app).await?.clerk.unwrap_or_default())
}
