//! Connected stores and what their platforms can do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What staff can do with one field of a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldAccess {
    Write,
    Read,
    /// The platform does not have it.
    Absent,
}

/// One input of the form that connects a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConnectInput {
    Url,
    Alias,
    StoreId,
    /// E-mail; its presence makes the secret a password.
    Email,
    Password,
    Token,
    SecretKey,
    AuthHeader,
}

/// A platform and what it can do. The interface shows what is absent as absent, with this as its reason.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PlatformDto {
    pub key: String,
    pub title: String,
    pub inputs: Vec<ConnectInput>,
    pub default_url: Option<String>,
    /// The platform has one name for a customer: it lives in `first_name`, `last_name` is absent.
    pub single_name: bool,
    pub fields: BTreeMap<String, FieldAccess>,
    /// Roles that can be given; empty where the platform has none.
    pub roles: Vec<String>,
    pub segments: Vec<String>,
    pub addresses_writable: bool,
    pub extra_writable: bool,
    pub can_create: bool,
    pub can_delete: bool,
    pub has_store_csv: bool,
    pub has_analytics: bool,
    pub has_account: bool,
    /// The platform tells which customers changed; without it a pass reads everything.
    pub has_change_feed: bool,
    pub has_orders: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StoreState {
    /// Never read whole yet.
    FirstPass,
    Ready,
    /// The store refuses the token or password.
    SignInNeeded,
    /// Not reached at the last try. Calm: the copy works.
    Offline,
    /// The store answers, but refuses this account (scope, unpaid).
    Refused,
}

/// A connected store.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct StoreDto {
    pub id: i64,
    pub name: String,
    pub platform: String,
    pub url: String,
    pub alias: Option<String>,
    pub store_id: Option<String>,
    pub email: Option<String>,
    pub state: StoreState,
    /// What the store said when it refused.
    pub state_reason: Option<String>,
    /// Customers in the copy.
    pub customers: i64,
    /// Customers the store says it has; null when unknown.
    pub customers_at_store: Option<i64>,
    pub edits_waiting: i64,
    pub conflicts: i64,
    pub parked: i64,
    /// When the last complete pass ended.
    pub in_step_at: Option<String>,
    /// True while a pass or push runs.
    pub syncing: bool,
    /// This is the embedded sample store.
    pub sample: bool,
}

/// What a person types to connect a store.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct AddStore {
    pub platform: String,
    pub name: String,
    pub url: Option<String>,
    pub alias: Option<String>,
    pub store_id: Option<String>,
    pub email: Option<String>,
    /// `authorization` or `authentication`.
    pub auth_header: Option<String>,
    /// Token, or the password when `email` is given. Goes to the keychain and nowhere else.
    pub secret: String,
    pub second_secret: Option<String>,
}
