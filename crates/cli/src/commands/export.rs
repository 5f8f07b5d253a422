//! `clientela export`.

use std::path::Path;

use clientela_app::App;
use clientela_app::dto::export::{ExportFormat, ExportOptions, ExportProfile};
use clientela_app::error::ApiResult;
use clientela_app::export;

use super::query;
use crate::arguments::{Format, Profile, QueryArguments};
use crate::exit::{self, Exit};
use crate::output::Output;

/// What was asked for; without a format the file's ending tells it.
pub(super) fn options(
    format: Option<Format>,
    profile: Profile,
    columns: Vec<String>,
    separator: Option<char>,
    file: &Path,
) -> ExportOptions {
    let ends_as_workbook = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
    ExportOptions {
        format: match format {
            Some(Format::Xlsx) => ExportFormat::Xlsx,
            None if ends_as_workbook => ExportFormat::Xlsx,
            Some(Format::Csv) | None => ExportFormat::Csv,
        },
        profile: match profile {
            Profile::Excel => ExportProfile::Excel,
            Profile::Exact => ExportProfile::Exact,
        },
        columns,
        separator,
    }
}

pub(super) async fn run(
    app: &App,
    arguments: QueryArguments,
    options: &ExportOptions,
    file: &Path,
    output: Output,
) -> ApiResult<Exit> {
    let query = query(app, arguments).await?;
    let exported = export::to_path(app, &query, options, file).await?;
    output.answer(&exported, || vec![format!("{} customers: {}", exported.rows, exported.path)]);
    Ok(exit::DONE)
}
