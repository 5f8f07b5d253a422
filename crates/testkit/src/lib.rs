//! What tests of several rooms share: a clock they move themselves, ids in order, plausible customers, a book in a
//! temporary folder. Only ever a dependency of tests.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why and stops")]

mod book;
mod clock;
mod customer;
pub mod older;
mod sequence;

pub use book::{TempBook, temp_book};
pub use clock::VirtualClock;
pub use customer::{Customer, customer};
pub use sequence::Sequence;
