//! The fields that staff can edit, and their values.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::customer::Address;
use crate::normalise::{document, phone, text};

/// A field with an edit of its own. Fields are merged one by one, so two people who change different fields of one
/// customer never meet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    FirstName,
    LastName,
    Company,
    Email,
    Phone,
    /// Number of the main document.
    Document,
    Note,
    Role,
    IsActive,
    AcceptsMarketing,
    Birthday,
    /// A field of the store's own.
    Extra(String),
    /// One address, by its key.
    Address(String),
}

impl Field {
    /// The fields that have no key.
    pub const PLAIN: &'static [Field] = &[
        Field::FirstName,
        Field::LastName,
        Field::Company,
        Field::Email,
        Field::Phone,
        Field::Document,
        Field::Note,
        Field::Role,
        Field::IsActive,
        Field::AcceptsMarketing,
        Field::Birthday,
    ];

    /// Whether the value is a switch.
    pub fn is_flag(&self) -> bool {
        matches!(self, Field::IsActive | Field::AcceptsMarketing)
    }

    /// Whether the value is a text long enough that two people's changes can be joined line by line.
    pub fn is_long_text(&self) -> bool {
        matches!(self, Field::Note)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::FirstName => formatter.write_str("first_name"),
            Field::LastName => formatter.write_str("last_name"),
            Field::Company => formatter.write_str("company"),
            Field::Email => formatter.write_str("email"),
            Field::Phone => formatter.write_str("phone"),
            Field::Document => formatter.write_str("document"),
            Field::Note => formatter.write_str("note"),
            Field::Role => formatter.write_str("role"),
            Field::IsActive => formatter.write_str("is_active"),
            Field::AcceptsMarketing => formatter.write_str("accepts_marketing"),
            Field::Birthday => formatter.write_str("birthday"),
            Field::Extra(key) => write!(formatter, "extra.{key}"),
            Field::Address(key) => write!(formatter, "address.{key}"),
        }
    }
}

/// The word is not a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a field of a customer")]
pub struct UnknownField(pub String);

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        if let Some(key) = word.strip_prefix("extra.").filter(|key| !key.is_empty()) {
            return Ok(Field::Extra(key.to_owned()));
        }
        if let Some(key) = word.strip_prefix("address.").filter(|key| !key.is_empty()) {
            return Ok(Field::Address(key.to_owned()));
        }
        Field::PLAIN
            .iter()
            .find(|field| field.to_string() == word)
            .cloned()
            .ok_or_else(|| UnknownField(word.to_owned()))
    }
}

/// The value of a field. Kept as JSON in the outbox, so the shape only ever grows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum FieldValue {
    Null,
    Text(String),
    Flag(bool),
    Address(Box<Address>),
}

impl FieldValue {
    pub fn as_text(&self) -> Option<&str> {
        match self {
            FieldValue::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_flag(&self) -> Option<bool> {
        match self {
            FieldValue::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    pub fn as_address(&self) -> Option<&Address> {
        match self {
            FieldValue::Address(address) => Some(address),
            _ => None,
        }
    }

    /// Nothing, or an empty text: stores spell it either way.
    pub fn is_empty(&self) -> bool {
        match self {
            FieldValue::Null => true,
            FieldValue::Text(text) => text.trim().is_empty(),
            FieldValue::Flag(_) | FieldValue::Address(_) => false,
        }
    }

    /// The same to a person looking closely: only the spelling of nothing, outer space, line ends and Unicode
    /// composition may differ.
    pub fn identical(&self, other: &FieldValue) -> bool {
        match (self, other) {
            (FieldValue::Text(ours), FieldValue::Text(theirs)) => text::same_text(ours, theirs),
            (FieldValue::Address(ours), FieldValue::Address(theirs)) => ours.same_place(theirs),
            (ours, theirs) => ours == theirs || (ours.is_empty() && theirs.is_empty()),
        }
    }

    /// The same to a store: phones by their number, documents without punctuation, e-mail without case. A store that
    /// answers an equivalent value has taken what it was sent.
    pub fn equivalent(&self, other: &FieldValue, field: &Field) -> bool {
        if self.identical(other) {
            return true;
        }
        let (Some(ours), Some(theirs)) = (self.as_text(), other.as_text()) else { return false };
        match field {
            Field::Phone => phone::same_number(ours, theirs),
            Field::Document => document::bare(ours) == document::bare(theirs),
            Field::Email => ours.trim().to_lowercase() == theirs.trim().to_lowercase(),
            Field::Role => ours.trim().to_lowercase() == theirs.trim().to_lowercase(),
            _ => false,
        }
    }

    /// The value as a person reads it; nothing is `None`.
    pub fn display(&self) -> Option<String> {
        match self {
            FieldValue::Null => None,
            FieldValue::Text(text) => Some(text.clone()),
            FieldValue::Flag(flag) => Some(flag.to_string()),
            FieldValue::Address(address) => Some(address.one_line()),
        }
    }
}
