//! The way between the window and the app, without a window: Tauri's own dispatch, permissions included, over a runtime
//! that draws nothing.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test fails as the test does")]

mod commands;
mod lockdown;
mod mistakes;
mod mock;
mod starting;
