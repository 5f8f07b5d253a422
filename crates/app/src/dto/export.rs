//! Writing customers to a file.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    #[default]
    Csv,
    Xlsx,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportProfile {
    /// Opens right in a spreadsheet: BOM, separator of the region, formulas disarmed, documents with punctuation.
    #[default]
    Excel,
    /// Every value as it is, for another program.
    Exact,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ExportOptions {
    pub format: ExportFormat,
    pub profile: ExportProfile,
    /// Empty: all columns.
    pub columns: Vec<String>,
    /// `;` or `,`; null: `;` in the Excel profile, `,` in the exact one.
    pub separator: Option<char>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportedDto {
    pub path: String,
    pub rows: i64,
}
