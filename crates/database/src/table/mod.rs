//! A module a table: its row, its reads, its writes.

pub mod customer;
pub mod customer_group;
pub mod edit;
pub mod export_entry;
pub mod familiar;
pub mod history;
pub mod journal;
pub mod left_out;
pub mod mirror;
pub mod newcomers;
pub mod pass;
pub mod setting;
pub(crate) mod shown;
pub mod shown_anew;
pub mod sign_in;
pub mod store;
pub mod store_figures;
pub mod suppressed;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::DatabaseError;

pub(crate) fn to_json<T: Serialize>(value: &T, what: &'static str) -> Result<String, DatabaseError> {
    serde_json::to_string(value).map_err(|_| DatabaseError::Unreadable { what })
}

pub(crate) fn from_json<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T, DatabaseError> {
    serde_json::from_str(text).map_err(|_| DatabaseError::Unreadable { what })
}

pub(crate) fn moment(milliseconds: Option<i64>) -> Option<DateTime<Utc>> {
    milliseconds.and_then(DateTime::from_timestamp_millis)
}

pub(crate) fn milliseconds(moment: Option<DateTime<Utc>>) -> Option<i64> {
    moment.map(|moment| moment.timestamp_millis())
}
