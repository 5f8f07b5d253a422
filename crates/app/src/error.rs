//! What an interface is told when something did not work.
//!
//! `code` says what kind of trouble it is; every interface turns it into words and a next step. `message` is one plain
//! English sentence for logs and for codes that carry somebody else's words (a store's refusal). `details` holds the
//! values that the words need. Neither ever holds a secret; personal values only where the person typed them just now.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Every kind of trouble that an interface can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    // What was asked for does not make sense.
    InvalidInput,
    UnknownPlatform,
    UnknownField,
    UnwritableField,
    UnknownRole,
    /// Whoever is signed in may not give this role.
    RoleNotYours,
    InsecureUrl,
    UnknownStore,
    StoreNameTaken,
    NotFound,
    Unsupported,
    ConfirmationNeeded,
    DuplicateCustomer,
    ViewGone,
    /// What a person decided about is not what it was.
    QuestionChanged,
    // The store.
    SignInNeeded,
    Forbidden,
    Unpaid,
    Unreachable,
    RateLimited,
    StoreRefused,
    StoreFault,
    StoreUnreadable,
    OutcomeUnknown,
    AccountChanged,
    // The book on this machine.
    FolderInUse,
    KeyMissing,
    KeyWrong,
    KeychainUnavailable,
    FileDamaged,
    /// The book is not there, and its second copy is.
    FileMissing,
    /// Neither the book nor its second copy can be read.
    NothingReadable,
    FileNewer,
    DiskFull,
    Database,
    // Files that are written.
    TargetLocked,
    TargetDenied,
    TargetFailed,
    // The rest.
    Cancelled,
    Internal,
}

/// The one error shape that leaves the app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    pub code: Code,
    pub message: String,
    /// Values for the words: `store`, `field`, `role`, `path`, `seconds`, …
    #[serde(default)]
    pub details: BTreeMap<String, String>,
}

impl ApiError {
    /// An error of this kind with an English sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: BTreeMap::new() }
    }

    /// Adds a value for the words.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }
}

/// Result of every use case.
pub type ApiResult<T> = Result<T, ApiError>;
