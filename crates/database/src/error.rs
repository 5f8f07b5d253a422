//! What can go wrong with the book.

use std::path::PathBuf;

/// Why the book could not be opened. In every case all files are as they were.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the data folder is in use by another Clientela")]
    FolderInUse,
    #[error("the book was made with another key")]
    WrongKey,
    #[error("the book at {path} is damaged")]
    Damaged { path: PathBuf },
    /// The book is not there, and its second copy is: somebody has taken it away.
    #[error("the book at {path} is missing")]
    Missing { path: PathBuf },
    /// A database without encryption lies where the book should be.
    #[error("the file at {path} is not an encrypted book")]
    NotEncrypted { path: PathBuf },
    #[error("the book was written by a newer Clientela")]
    Newer,
    /// The build has no cipher: opening would write plain text.
    #[error("this build cannot encrypt")]
    NoCipher,
    #[error("the data folder cannot be used: {0}")]
    Folder(#[source] std::io::Error),
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Why a statement did not work.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("the disk is full")]
    DiskFull,
    #[error("the book is damaged")]
    Damaged,
    /// The name is taken.
    #[error("a store with this name exists already")]
    StoreNameTaken,
    /// A value in the book is not what this version writes.
    #[error("a stored value cannot be read: {what}")]
    Unreadable { what: &'static str },
    /// Nobody wants the answer any more.
    #[error("the question was given up")]
    GivenUp,
    #[error("the database failed: {0}")]
    Other(#[source] sqlx::Error),
}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(|error| error.code())
            .and_then(|code| code.parse::<i32>().ok());
        // Extended codes carry the kind in their low byte.
        match code.map(|code| code & 0xff) {
            Some(9) => DatabaseError::GivenUp,
            Some(13) => DatabaseError::DiskFull,
            // The cipher answers 7, no memory, to everything on a connection that has met a page whose seal is broken.
            Some(7 | 11 | 26) => DatabaseError::Damaged,
            Some(1) if is_unreadable_page(&error) => DatabaseError::Damaged,
            _ if is_taken_store_name(&error) => DatabaseError::StoreNameTaken,
            _ => DatabaseError::Other(error),
        }
    }
}

/// The cipher tells a page whose seal is broken as an error without a kind and without words of its own. Mistakes in a statement
/// have words.
fn is_unreadable_page(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.message() == "SQL logic error")
}

fn is_taken_store_name(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation() && error.message().contains("store.name"))
}
