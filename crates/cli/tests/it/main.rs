//! The `clientela` command as a script meets it: the real program, a folder of its own, a sandbox to speak to.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what helps a test fails as the test does"
)]

mod desk;
mod disk;
mod exit_codes;
mod files;
mod kills;
mod mending;
mod platforms;
mod shapes;
mod stand_in;
