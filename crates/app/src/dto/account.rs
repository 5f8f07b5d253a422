//! The signed-in person's own account at a store.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AccountDto {
    pub id: String,
    pub email: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub phone: Option<String>,
    pub is_active: Option<bool>,
    pub email_verified: Option<bool>,
    pub created_at: Option<String>,
    /// The store shows asterisks: nothing here can be changed.
    pub masked: bool,
    /// The platform's own fields, by key.
    pub extra: BTreeMap<String, String>,
    /// The same person among the customers here, where it is one.
    pub customer: Option<i64>,
    pub preferences: Option<PreferencesDto>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreferencesDto {
    pub order_updates: bool,
    pub promotions: bool,
    pub newsletter: bool,
}
