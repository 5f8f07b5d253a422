//! Histories in which everything goes wrong, with the real engine and real encrypted books in them, judged by invariants after
//! every step. A seed makes the same history every time; a history that goes wrong is made small and kept as a test.
//!
//! The world is one thread of thought: what happens meanwhile happens inside a request that is on its way, and nothing depends
//! on the machine's clock, threads or chance. This room is for development only and no other room uses it.

mod bustle;
mod desk;
mod heard;
mod history;
mod judge;
mod known;
mod ledger;
mod line;
mod party;
mod people;
mod remains;
mod scene;
mod shop;
mod shrink;
mod tape;
mod texts;
mod weather;
mod world;

pub use desk::{Template, template};
pub use history::{Telling, Told, tell};
pub use known::KNOWN;
pub use shrink::smallest;
pub use tape::Tape;
pub use world::Violation;
