//! Values that a store keeps beside a customer's record: custom fields that its people defined, and what its apps left there.

use serde::{Deserialize, Serialize};

/// One such value. It can only be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CustomField {
    /// Which app or part of the store keeps it, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    pub name: String,
    pub value: String,
}
