//! What tests of several rooms share: a clock they move themselves, ids in order, plausible customers, a book in a
//! temporary folder, books that are older or damaged. Only ever a dependency of tests.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why and stops")]

mod book;
pub mod clear;
mod clock;
mod customer;
pub mod damage;
pub mod older;
mod sequence;

pub use book::{TempBook, temp_book};
pub use clientela_database::DatabaseKey;
pub use clock::VirtualClock;
pub use customer::{Customer, customer};
pub use sequence::Sequence;
