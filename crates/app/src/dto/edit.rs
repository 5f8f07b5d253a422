//! Edits on their way to a store.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One change a person typed. `value` null empties the field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldChange {
    /// A field name as in the customer object (`first_name`, `note`, `document`, …), `name` where the platform has
    /// one name, `extra.KEY` for the store's own keys.
    pub field: String,
    /// Text; `true`/`false` for switches.
    pub value: Option<String>,
    /// What the field showed when the person began to type; empty text for nothing. The store may have changed it since, and
    /// then both are shown to the person instead of one being overwritten. Null: it shows now what it showed then.
    #[serde(default)]
    pub seen: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EditState {
    /// Saved here, not sent yet.
    Pending,
    /// On its way, or sent with an answer that never came.
    Sending,
    /// The store has another value than the edit started from.
    Conflict,
    /// The store refused it.
    Parked,
}

/// An edit with its three values.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EditDto {
    pub id: i64,
    pub customer: i64,
    pub customer_name: String,
    pub store: String,
    pub field: String,
    /// What the store had when the edit began.
    pub base: Option<String>,
    pub mine: Option<String>,
    /// What the store has now; null unless in conflict.
    pub theirs: Option<String>,
    pub state: EditState,
    /// Why it is parked: the store's own words, or a code of ours (`gone`, `unwritable`).
    pub reason: Option<String>,
    pub saved_at: String,
}

/// How a conflict ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Decision {
    Mine,
    Theirs,
    /// Only of a new address: what the store has is another one, and this one is added to it.
    Both,
    /// Another text, typed by the person.
    Text {
        value: String,
    },
}

/// The command line's lists of edits.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChangeDto {
    pub id: i64,
    pub customer: i64,
    pub field: String,
    pub base: Option<String>,
    pub mine: Option<String>,
    pub theirs: Option<String>,
    pub state: EditState,
    pub reason: Option<String>,
}
