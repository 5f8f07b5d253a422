//! The sandbox over real HTTP: what each platform refuses and answers, the faults, the control API.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod control;
mod faults;
mod harness;
mod inallweb;
mod inallweb_variants;
mod people;
mod tiendanegocio;
mod tiendanube_fields;
mod tiendanube_lists;
mod tiendanube_writes;
mod uappi;
mod yampi;
mod yampi_records;
mod yampi_writes;
