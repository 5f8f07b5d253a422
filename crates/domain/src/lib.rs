//! What a customer, a store and an edit are, and how two versions of one customer become one.
//!
//! Pure: nothing here reads a clock, a file, a socket or chance, nothing is async, and nothing fails for a reason outside
//! its arguments. Whatever decides about somebody's data is decided here, so that it can be tested as a table.

pub mod backoff;
pub mod capability;
pub mod customer;
pub mod field;
pub mod ids;
pub mod normalise;
pub mod presence;
pub mod protection;
pub mod reconcile;
pub mod validate;

pub use capability::Capabilities;
pub use customer::{Address, AddressKind, CustomField, CustomerRecord, Document, Order};
pub use field::{Field, FieldValue};
pub use ids::{CustomerId, EditId, RemoteId, StoreId};
pub use presence::Presence;
