//! The signed-in person's own account at a store.

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
    pub preferences: Option<PreferencesDto>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreferencesDto {
    pub order_updates: bool,
    pub promotions: bool,
    pub newsletter: bool,
}
