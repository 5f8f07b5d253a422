//! The program as a person meets it: the built app in a real window, with a real keychain, steered over WebDriver, beside
//! stores that listen on this machine. What reached a store is read from the store, never from the app.
//!
//! `cargo xtask test window` starts these, on a screen and in a session of their own. They take turns: there is one
//! keyboard.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test fails as the test does")]

mod conflict;
mod connect;
mod creating;
mod customer;
mod export;
mod kept;
mod pictures;
mod platforms;
mod screen;
mod search;
mod shop;
mod window;
