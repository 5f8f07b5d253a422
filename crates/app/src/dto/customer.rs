//! The customer as an interface sees it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a customer stands between here and the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CustomerState {
    Clean,
    Edited,
    Sending,
    Conflict,
    Parked,
    Gone,
}

/// An official document: CPF, CNPJ, DNI, CUIT or whatever the store calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DocumentDto {
    /// `cpf`, `cnpj`, `dni`, `cuit`, or the store's own word in lower case; `unknown` when it says none.
    pub kind: String,
    /// As the store gives it.
    pub number: String,
    /// As people write it: `123.456.789-00`.
    pub formatted: String,
    /// Whether the check digits hold; null where the kind has none.
    pub valid: Option<bool>,
}

/// One address of a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct AddressDto {
    /// The store's id, `billing`, or `new-…` until the store gave one.
    pub id: String,
    /// `shipping` or `billing`.
    pub kind: String,
    pub is_default: bool,
    pub recipient: Option<String>,
    pub street: Option<String>,
    pub number: Option<String>,
    pub complement: Option<String>,
    pub district: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub postal_code: Option<String>,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    pub phone: Option<String>,
    /// True while an edit of this address waits.
    pub pending: bool,
}

/// One order in a customer's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OrderDto {
    pub id: String,
    pub number: Option<String>,
    pub placed_at: Option<String>,
    pub status: Option<String>,
    pub total: Option<String>,
    pub currency: Option<String>,
    /// Number of pieces, when the store says it.
    pub items: Option<i64>,
}

/// A value that the store keeps beside the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CustomFieldDto {
    /// Which app or part of the store keeps it.
    pub namespace: Option<String>,
    pub name: String,
    pub value: String,
}

/// A customer, whole. The command line prints this shape.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CustomerDto {
    pub id: i64,
    /// Name of the connected store.
    pub store: String,
    pub remote_id: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub phone_e164: Option<String>,
    pub documents: Vec<DocumentDto>,
    pub note: Option<String>,
    pub role: Option<String>,
    pub segment: Option<String>,
    pub groups: Vec<String>,
    pub is_active: Option<bool>,
    pub email_verified: Option<bool>,
    pub accepts_marketing: Option<bool>,
    pub birthday: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub total_spent: Option<String>,
    pub currency: Option<String>,
    pub orders_count: Option<i64>,
    pub last_order_at: Option<String>,
    pub addresses: Vec<AddressDto>,
    /// The store's own fields by key: those of the platform, and those that its people made up.
    pub extra: BTreeMap<String, String>,
    /// What the store or its apps keep beside the record. Only read.
    pub custom_fields: Vec<CustomFieldDto>,
    pub masked: bool,
    pub anonymized: bool,
    /// Names of the fields with an edit that the store has not confirmed.
    pub pending: Vec<String>,
    pub state: CustomerState,
}

/// A dated note with its author, kept here.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct JournalEntryDto {
    pub id: i64,
    pub author: String,
    pub text: String,
    pub written_at: String,
}

/// One line of a customer's timeline: who changed what, with both values.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TimelineEntryDto {
    pub id: i64,
    pub at: String,
    /// `here`, `store`, `merged`, `decided`, `altered_by_store`, `refused`, `sent`, `discarded`.
    pub source: String,
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// The customer page: the record and everything around it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CustomerPageDto {
    pub customer: CustomerDto,
    pub store_id: i64,
    pub platform: String,
    pub average_order: Option<String>,
    pub first_order_at: Option<String>,
    /// Null: the store has not been asked yet, or does not tell.
    pub orders: Option<Vec<OrderDto>>,
    pub journal: Vec<JournalEntryDto>,
    pub timeline: Vec<TimelineEntryDto>,
    /// Edits of this customer that wait, are being sent, were refused or are in conflict.
    pub edits: Vec<super::edit::EditDto>,
    /// When the store last showed this record.
    pub seen_at: Option<String>,
    /// When the store last showed its per-customer facts (orders, segment, stats); null where there are none or never.
    pub detail_seen_at: Option<String>,
}

/// A row of the list: only what the list shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CustomerRowDto {
    pub id: i64,
    pub store_id: i64,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub document: Option<String>,
    pub city: Option<String>,
    pub role: Option<String>,
    pub segment: Option<String>,
    pub orders_count: Option<i64>,
    pub total_spent: Option<String>,
    pub currency: Option<String>,
    pub last_order_at: Option<String>,
    pub created_at: Option<String>,
    pub is_active: Option<bool>,
    /// True when the customer has a store note or journal entries.
    pub has_note: bool,
    pub state: CustomerState,
}
