//! Official documents of people and companies. Always text: a CNPJ may hold letters, a CPF begins with zeros.

use serde::{Deserialize, Serialize};

use crate::normalise::document;

/// What kind of document a number is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Brazil, person: 11 digits.
    Cpf,
    /// Brazil, company: 12 letters or digits and 2 digits.
    Cnpj,
    /// Argentina, person: 7 or 8 digits.
    Dni,
    /// Argentina, tax: 11 digits. CUIL has the same shape.
    Cuit,
    /// The store's own word, in lower case.
    Other(String),
    Unknown,
}

impl DocumentKind {
    /// Reads a store's word for a kind.
    pub fn parse(word: &str) -> Self {
        match word.trim().to_lowercase().as_str() {
            "" => Self::Unknown,
            "cpf" => Self::Cpf,
            "cnpj" => Self::Cnpj,
            "dni" => Self::Dni,
            "cuit" | "cuil" => Self::Cuit,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The word for the customer object.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Cpf => "cpf",
            Self::Cnpj => "cnpj",
            Self::Dni => "dni",
            Self::Cuit => "cuit",
            Self::Other(word) => word,
            Self::Unknown => "unknown",
        }
    }
}

/// A document with its number as the store writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub kind: DocumentKind,
    pub number: String,
}

impl Document {
    /// Takes a number of which the store does not say the kind, and tells the kind from its shape and check digits.
    pub fn guess(number: &str) -> Self {
        Self { kind: document::guess_kind(number), number: number.to_owned() }
    }
}
