//! Whether the book is whole.

use crate::context::App;
use crate::error::ApiResult;

/// Reads the whole file and both search indexes and tells what is wrong with them; nothing: they are whole.
pub async fn check(app: &App) -> ApiResult<Vec<String>> {
    Ok(app.inner.database.check().await?)
}
