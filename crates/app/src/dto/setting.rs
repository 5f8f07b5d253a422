//! What the interface remembers between starts. No personal data of customers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Settings of this desk. The interface reads them at start and writes them whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SettingsDto {
    /// `pt-BR`, `es-AR`, `en`; null follows the system.
    pub language: Option<String>,
    /// `light`, `dark`, `contrast`; null follows the system.
    pub theme: Option<String>,
    /// Who writes the journal at this desk.
    pub clerk: Option<String>,
    /// Where the last export went.
    pub export_folder: Option<String>,
    pub export: super::export::ExportOptions,
    /// Width of the customer panel in CSS pixels.
    pub panel_width: Option<i64>,
    /// Columns of the list, in order; empty: the usual ones.
    pub columns: Vec<String>,
    /// Sort of the list.
    pub sort: Option<String>,
}

/// What the window needs to know before anything else.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct StartDto {
    pub version: String,
    /// The system's language, one of `pt-BR`, `es-AR`, `en`.
    pub system_language: String,
    /// Null when the book is open; otherwise why it is not (`folder_in_use`, `key_missing`, `key_wrong`,
    /// `keychain_unavailable`, `file_damaged`, `file_newer`, …). Nothing was deleted.
    pub problem: Option<crate::error::ApiError>,
    pub settings: SettingsDto,
}
