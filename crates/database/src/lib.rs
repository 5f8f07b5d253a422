//! The encrypted customer book on disk. The only room that says SQL.
//!
//! One connection writes and checkpoints, the others are query-only (ADR 0003 says why that is a must and not a habit). The
//! functions under [`table`] and [`view`] take a connection; only use cases and the sync engine open a transaction, and never
//! keep one across a request to a store. Nothing here decides what a value should be, and nothing here ever deletes a file.

mod connections;
mod error;
mod key;
mod lock;
mod open;
pub mod search;
pub mod table;
mod transaction;
pub mod view;

pub use error::{DatabaseError, OpenError};
pub use key::DatabaseKey;
pub use lock::LockedFolder;
pub use open::{Database, ReadConnection};
/// What the functions of [`table`] and [`view`] work on.
pub use sqlx::SqliteConnection as Connection;
pub use transaction::{CommitWatcher, WriteTransaction, commit};
