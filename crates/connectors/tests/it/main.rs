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
mod tiendanegocio;
mod tiendanegocio_list;
mod tiendanube;
mod tiendanube_beside;
mod tiendanube_list;
mod tiendanube_refusals;
mod uappi;
mod uappi_shop;
mod variants;
mod world;
mod yampi;
mod yampi_writes;
