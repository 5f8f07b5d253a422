//! The engine from outside: real encrypted books, real HTTP to the sandbox, time that the tests move themselves.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what helps a test fails as the test does"
)]

mod changes;
mod compare;
mod crash;
mod deletions;
mod first_pass;
mod hostile;
mod meeting;
mod push;
mod saboteur;
mod stories;
mod world;
