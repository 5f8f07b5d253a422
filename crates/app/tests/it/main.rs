//! The use cases from outside: real encrypted books, real HTTP to the sandbox, secrets that end with the test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test fails as the test does")]

mod account;
mod customers;
mod desk;
mod exports;
mod lists;
mod opening;
mod platforms;
mod silence;
mod stores;
