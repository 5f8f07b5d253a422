//! The book on disk, as real encrypted files.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on says why and stops")]

mod counts;
mod edits;
mod encryption;
mod key_in_logs;
mod list_order;
mod many;
mod opening;
mod search;
mod search_anything;
mod second_copy;
mod sign_ins;
mod stores;
mod transactions;
mod upgrading;
mod whole;
