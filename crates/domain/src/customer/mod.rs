//! The customer: what every platform's record is turned into.

mod absorb;
mod address;
mod custom_field;
mod document;
mod order;
mod record;

pub use absorb::FieldChange;
pub use address::{Address, AddressKind};
pub use custom_field::CustomField;
pub use document::{Document, DocumentKind};
pub use order::Order;
pub use record::CustomerRecord;
