//! The book on disk, as real encrypted files.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why and stops")]

mod edits;
mod encryption;
mod key_in_logs;
mod list_order;
mod opening;
mod search;
mod search_anything;
mod sign_ins;
mod stores;
mod transactions;
mod whole;
