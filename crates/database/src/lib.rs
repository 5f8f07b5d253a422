//! The encrypted customer book on disk. The only room that says SQL.
//!
//! One connection writes and checkpoints, the others are query-only (ADR 0003 says why that is a must and not a habit). The
//! functions under [`table`] and [`view`] take a connection; only use cases and the sync engine open a transaction, and never
//! keep one across a request to a store. Nothing here decides what a value should be, and nothing here deletes a book: what
//! cannot be used is set aside, until a person has it removed (`old_files`). What people typed is in a second, small file too (`second_copy`, ADR 0015).

mod connections;
mod error;
pub mod health;
mod key;
mod lock;
pub mod old_files;
mod open;
mod packed_record;
pub mod rebuild;
pub mod search;
mod second_copy;
mod set_aside;
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
