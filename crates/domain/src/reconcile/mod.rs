//! Deciding what happens when a store's answer meets what is known here.
//!
//! Two tables. [`plan_record`] decides about a whole record: is it new, changed, gone, back? [`plan_field`] decides about one
//! edit of one field: send it, call it confirmed, ask a person? Both are pure, total, and written so that every cell of the
//! tables in `docs/sync.md` is a match arm with the same words.

mod field_plan;
mod merge;
mod record_plan;

pub use field_plan::{FieldAction, FieldSituation, ParkReason, Progress, Relation, plan_field, relation};
pub use merge::{Merge, keep_unseen, merge, undoes_unseen};
pub use record_plan::{KnownRecord, RecordAction, ToldRecord, plan_record};

/// A record that pushes keep failing on is given to a person after this many tries.
pub const MOST_TRIES: u32 = 3;
