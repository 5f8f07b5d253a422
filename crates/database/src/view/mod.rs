//! A module a screen's reads.

pub mod counts;
pub mod list;
pub mod whole;
