//! Connected stores and what their platforms can do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What staff can do with one field of a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldAccess {
    Write,
    /// It can be sent; the store never shows it.
    WriteOnly,
    Read,
    /// The platform does not have it.
    Absent,
}

/// A field that only this platform has: `extra.KEY` of the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnFieldDto {
    pub key: String,
    pub access: FieldAccess,
    pub kind: OwnFieldKind,
    /// What a `choice` can be; empty for the others.
    pub choices: Vec<String>,
}

/// What an own field holds; its value is text all the same (`true`, `12.50`, `2026-01-31`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OwnFieldKind {
    Text,
    Number,
    Money,
    Flag,
    Date,
    Choice,
}

/// What the platform demands of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldRuleDto {
    pub field: String,
    pub required: bool,
    /// In characters.
    pub longest: Option<u32>,
}

/// What can be done with addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AddressAccessDto {
    pub show: bool,
    pub add: bool,
    pub edit: bool,
    pub remove: bool,
    /// Parts of an address that the platform does not have.
    pub absent_parts: Vec<String>,
}

/// The form for a new customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CreationDto {
    /// Names of fields in the order of the form; `name` where the platform has one name.
    pub fields: Vec<String>,
    pub required: Vec<String>,
    pub addresses: bool,
    /// The store can send an invitation.
    pub invite: bool,
    /// The customer's password at the shop can be set.
    pub password: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeletionDto {
    No,
    Yes,
    /// The store refuses it for customers with orders.
    WithoutOrders,
}

/// What the signed-in person can do with the own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnAccountDto {
    /// Names of the fields that can be changed.
    pub fields: Vec<String>,
    pub password: bool,
    pub preferences: bool,
    pub data_export: bool,
    pub deletion: bool,
}

/// What a list that is asked of the store can be narrowed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StoreFilterDto {
    Search,
    Ids,
    SinceId,
    Created,
    Updated,
    Segment,
    Group,
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
    pub own_fields: Vec<OwnFieldDto>,
    pub rules: Vec<FieldRuleDto>,
    /// Phones are sent with a plus and their country; other spellings are turned into that.
    pub phone_international: bool,
    /// Roles that can be given; empty where the platform has none.
    pub roles: Vec<String>,
    pub segments: Vec<String>,
    pub has_groups: bool,
    pub addresses: AddressAccessDto,
    /// Keys that the store's people make up themselves.
    pub extra: FieldAccess,
    pub has_custom_fields: bool,
    /// Null: customers cannot be made.
    pub creation: Option<CreationDto>,
    pub deletion: DeletionDto,
    /// Staff can give a customer a new password.
    pub sets_customer_password: bool,
    pub has_store_csv: bool,
    pub has_analytics: bool,
    /// Null: nobody has an account of one's own there.
    pub account: Option<OwnAccountDto>,
    /// A sign-in opens one customer only; more can be added to a store.
    pub sign_in_per_customer: bool,
    /// What a list that is asked of the store can be narrowed by; empty: the store cannot be asked for some.
    pub filters: Vec<StoreFilterDto>,
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
    /// The role of who is signed in, where the store says it.
    pub signed_in_role: Option<String>,
    /// The roles that whoever is signed in can give.
    pub grantable_roles: Vec<String>,
    /// Sign-ins of this store in the keychain: more than one only where one opens one customer.
    pub sign_ins: i64,
}

/// What the store answered when it was asked for some customers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StoreAnswerDto {
    /// Ids here of the customers that the store showed, in its order.
    pub customers: Vec<i64>,
    /// How many of them were not in the copy before.
    pub new: i64,
    /// Records that could not be read.
    pub skipped: i64,
    /// The store has more than were asked for.
    pub more: bool,
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
