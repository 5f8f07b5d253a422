//! Everything the app can do, one function each. Knows no window and no terminal; both are thin fronts on this.
//!
//! [`command`] is the table of what an interface can ask for, [`dto`] the shapes that cross, [`error`] the one error, [`event`]
//! what is told without asking. Every use case takes the [`App`] and one request.

pub mod account;
pub mod analytics;
pub mod command;
mod context;
mod convert;
pub mod customers;
pub mod doctor;
pub mod dto;
pub mod edits;
pub mod error;
pub mod event;
pub mod export;
mod failure;
pub mod list;
pub mod new_customer;
pub mod outside;
mod schedule;
pub mod secrets;
pub mod settings;
pub mod store_question;
pub mod stores;
pub mod sync;
mod typed;

pub use context::App;
pub use outside::Outside;
