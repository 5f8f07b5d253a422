//! What the domain promises, as tables of cases and as properties.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why and stops")]

mod absorb_properties;
mod arbitrary;
mod documents;
mod field_cases;
mod folding;
mod merge_properties;
mod phones;
mod plan_properties;
mod plans_at_size;
mod record_cases;
mod round_trips;
mod shapes;
mod small_model;
mod sync_page;
