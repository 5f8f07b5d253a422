//! The engine from outside: real encrypted books, real HTTP to the sandbox, time that the tests move themselves.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what helps a test fails as the test does"
)]

mod ahead;
mod another_store;
mod changes;
mod compare;
mod conformance;
mod crash;
mod deletions;
mod first_pass;
mod hostile;
mod left_out;
mod meeting;
mod new_address;
mod old_page;
mod pages;
mod people;
mod push;
mod saboteur;
mod truth;
mod unanswered;
mod upgrading;
mod warped;
mod world;
