//! How the book is, and what was done about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What can be wrong with the book and what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The file itself.
    Pages,
    /// Rows point at nothing.
    References,
    Index,
    Search,
    SecondCopy,
    /// The keychain has no token for a store, or not all of them.
    Credentials,
    /// The keychain cannot be asked.
    Keychain,
    /// This machine's clock and a store's are far apart.
    Clock,
}

/// Who can do something about it, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// The program, while the book is open.
    Mend,
    /// The program makes a new book, with everything that people typed, and fetches the customers again.
    Rebuild,
    /// A person: the words say what.
    Person,
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProblemDto {
    pub code: ProblemCode,
    pub remedy: Remedy,
    /// One plain English sentence.
    pub message: String,
    /// Values for the words: `store`, `seconds`, `customers`.
    pub details: BTreeMap<String, String>,
}

/// How the book is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HealthDto {
    /// What is wrong now.
    pub problems: Vec<ProblemDto>,
    /// What was wrong and is mended.
    pub mended: Vec<ProblemDto>,
    /// Old files beside the book: what could not be used, and copies from before an upgrade.
    pub set_aside: Vec<String>,
}

/// What erasing a person left to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErasedDto {
    /// Old files beside the book that may have the person in them. Only a person can have them removed.
    pub set_aside: Vec<String>,
}

/// Makes a new book in place of one that cannot be used.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub struct RebuildRequest {
    /// Although nothing that people typed can be carried over.
    pub may_lose: bool,
}

/// What a new book has been given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RebuiltDto {
    /// False: the book turned out to be whole, and is as it was.
    pub was_needed: bool,
    pub stores: u64,
    pub edits: u64,
    pub notes: u64,
    /// What people typed came from the second copy, and nothing is missing.
    pub is_complete: bool,
    /// Where the old files are now.
    pub set_aside: Vec<String>,
}
