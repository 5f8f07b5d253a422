//! The connectors from outside: over real HTTP against the sandbox and against servers that behave badly, with time that
//! the tests move themselves.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test fails as the test does")]

mod faults;
mod hostile;
mod inallweb;
mod pace;
mod secrets;
mod server;
mod stores;
mod tiendanube;
mod variants;
mod world;
