//! Asking for a list of customers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the list is to show. An empty query is everybody, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ListQuery {
    /// What was typed. Text only; no character has a meaning of its own.
    pub text: String,
    /// Only this store.
    pub store_id: Option<i64>,
    /// `field` to the value it must have: `role`, `segment`, `is_active`, `accepts_marketing`, `city`, `state`,
    /// `country`, `email_verified`, `region`, `email`, `remote_id`, `group`, `has_edits`; and the two ends of a range, both of which
    /// belong to it: `created_from` and `created_to`, `last_order_from`, …, `spent_from`, …, `orders_from`, …. A day without a time
    /// (`2026-01-31`) begins and ends in UTC.
    pub filters: BTreeMap<String, String>,
    /// Lists of one name replace each other: what is still being found for an earlier one is given up. Empty: it replaces nothing.
    pub list: String,
    /// Empty: what fits the text best comes first, and everybody stands by name where there is no text. Else `name`, `email`, `city`, `role`, `segment`, `orders_count`, `total_spent`, `last_order_at`, `created_at`,
    /// `updated_at`; a leading `-` turns it round.
    pub sort: String,
}

/// An opened list: rows are fetched from it by position.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ListView {
    /// Give this to `list_rows`. A view is dropped when four newer ones were opened.
    pub view: i64,
    /// While it is being counted, how many are known so far.
    pub total: i64,
    /// There are more; `list_counted` tells how many.
    pub is_counting: bool,
    /// The first 50 of them.
    pub rows: Vec<super::customer::CustomerRowDto>,
}

/// A window of rows. One beyond the rows that are known comes when the list is counted. `rows` is shorter than asked for at the end of the list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ListRows {
    pub offset: i64,
    pub rows: Vec<super::customer::CustomerRowDto>,
}

/// The values that a filter can have, most frequent first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FilterChoices {
    pub roles: Vec<String>,
    pub segments: Vec<String>,
    /// By name.
    pub groups: Vec<String>,
}
