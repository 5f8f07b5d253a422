//! An order in a customer's history, as far as stores tell it with the customer.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    pub remote_id: String,
    /// The number that people say, when it differs from the id.
    pub number: Option<String>,
    pub placed_at: Option<DateTime<Utc>>,
    pub status: Option<String>,
    pub total: Option<Decimal>,
    pub currency: Option<String>,
    /// Number of pieces.
    pub items: Option<i64>,
}
