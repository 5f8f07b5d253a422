//! What an interface is told without asking. Mostly "look again", seldom data.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::dto::sync::{StoreSyncDto, SyncProgressDto};
use crate::error::ApiError;

/// One event. The window receives them on the channel named [`CHANNEL`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AppEvent {
    /// Rows of these stores may differ from what is shown; an open customer should be read again.
    CustomersChanged {
        store_ids: Vec<i64>,
    },
    /// An open list is known to its end.
    ListCounted {
        view: i64,
        total: i64,
    },
    /// An open list could not be read to its end; what is known of it is its beginning.
    ListUncounted {
        view: i64,
        error: ApiError,
    },
    /// So many of the customers of an export are in its file.
    ExportProgress {
        done: i64,
        total: i64,
    },
    /// A store was added, removed or changed state or counts.
    StoresChanged,
    /// An edit was saved, sent, refused, settled.
    EditsChanged,
    SyncProgress {
        progress: SyncProgressDto,
    },
    SyncEnded {
        result: StoreSyncDto,
    },
}

/// Name of the window's event channel.
pub const CHANNEL: &str = "app-event";

/// Where events go. Must not block.
pub trait EventSink: Send + Sync {
    fn emit(&self, event: AppEvent);
}

/// For callers that do not listen.
#[derive(Debug, Default)]
pub struct NoEvents;

impl EventSink for NoEvents {
    fn emit(&self, _event: AppEvent) {}
}
