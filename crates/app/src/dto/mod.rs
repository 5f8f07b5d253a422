//! What crosses to an interface, by area.
//!
//! These shapes are a contract with the window (as TypeScript) and with everybody who reads `--json`. Domain types are
//! converted to them at once and never cross by themselves. Moments are RFC 3339 text in UTC, money is decimal text,
//! and an absent fact is `null`.

pub mod account;
pub mod analytics;
pub mod customer;
pub mod edit;
pub mod export;
pub mod health;
pub mod query;
pub mod setting;
pub mod store;
pub mod sync;
