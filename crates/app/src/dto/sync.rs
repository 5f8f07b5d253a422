//! What a sync did and is doing.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The result of one sync of one store.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct StoreSyncDto {
    pub name: String,
    pub seen: i64,
    pub new: i64,
    pub changed: i64,
    pub gone: i64,
    pub pushed: i64,
    pub conflicts: i64,
    pub parked: i64,
    /// Records the store sent that could not be read; they were left out and the pass went on.
    pub skipped: i64,
    /// Customers that a full pass did not list and that are kept: so many at once look like a mistake of the store.
    pub held_back: i64,
    pub requests: i64,
    pub seconds: f64,
    /// The pass reached its end. When false, `error` says what stopped it.
    pub complete: bool,
    pub error: Option<crate::error::ApiError>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct SyncDto {
    pub stores: Vec<StoreSyncDto>,
}

/// Where a running pass is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncProgressDto {
    pub store_id: i64,
    /// `push`, `first_pass`, `changes`, `full_pass`, `segments`, `sweep`.
    pub phase: String,
    pub done: i64,
    pub total: Option<i64>,
}
