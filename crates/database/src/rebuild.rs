//! A new book in place of one that cannot be used: with everything that people typed, without what a store can tell again.
//!
//! The new book is made whole in a folder of its own before anything is moved. Whenever this ends early, the next one begins again from
//! the same second copy. The old files keep lying beside it under another name.

use std::path::{Path, PathBuf};

use clientela_domain::CustomerId;
use sqlx::{Connection, SqliteConnection};

use crate::second_copy::{self, KeptRow};
use crate::set_aside::set_aside;
use crate::{Database, DatabaseError, DatabaseKey, LockedFolder, OpenError, commit, open};

/// Where a new book is made.
const WORKSHOP: &str = "rebuild";

/// Where the rows of a new book come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The second copy: everything is there.
    SecondCopy,
    /// What could still be read of the book itself; the second copy could not.
    Damaged,
    /// Nothing could be read. The stores have to be connected again.
    Nothing,
}

/// What a new book has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    pub origin: Origin,
    pub stores: u64,
    pub edits: u64,
    pub notes: u64,
    /// Rows that could not be put back.
    pub left_out: u64,
    /// Customers with something of a person's, whose shown values have to be written.
    pub customers: Vec<CustomerId>,
    /// The old files.
    pub set_aside: Vec<PathBuf>,
}

/// Why no new book was made.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// Neither the second copy nor the book itself can be read. Everything is as it was.
    #[error("nothing that people typed can be read")]
    NothingReadable,
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("the files could not be moved: {0}")]
    Files(#[from] std::io::Error),
}

/// Makes a new book and puts it in the place of the old one, which is set aside. `finish` is given the new book before it takes
/// its place. `may_lose`: a book is made even when nothing can be carried over.
///
/// Only for a folder whose key is known to be right: with a wrong key every file looks damaged.
pub async fn rebuild<F>(
    folder: &LockedFolder,
    key: &DatabaseKey,
    salt: [u8; 16],
    may_lose: bool,
    finish: F,
) -> Result<Rebuilt, RebuildError>
where
    F: AsyncFnOnce(&Database, &[CustomerId]) -> Result<(), DatabaseError>,
{
    let path = folder.path();
    let (origin, rows) = find_rows(path, key).await?;
    if origin == Origin::Nothing && !may_lose {
        return Err(RebuildError::NothingReadable);
    }
    let workshop = path.join(WORKSHOP);
    if workshop.exists() {
        // An earlier try that did not come to its end; all that it has is in the second copy.
        std::fs::remove_dir_all(&workshop)?;
    }
    let book = Database::open(LockedFolder::take(&workshop)?, key, salt).await?;
    let made = fill(&book, &rows, finish).await;
    if made.is_ok() {
        book.checkpoint().await?;
    }
    book.close().await;
    let (left_out, customers) = made?;
    let mut moved = set_aside(path, open::FILE)?;
    put_in_place(&workshop, path, open::FILE)?;
    moved.extend(set_aside(path, second_copy::FILE)?);
    put_in_place(&workshop, path, second_copy::FILE)?;
    if !path.join(open::FINGERPRINT_FILE).exists() {
        put_in_place(&workshop, path, open::FINGERPRINT_FILE)?;
    }
    std::fs::remove_dir_all(&workshop)?;
    let count = |kind: &str| rows.iter().filter(|row| row.kind == kind).count() as u64;
    Ok(Rebuilt {
        origin,
        stores: count("store"),
        edits: count("edit"),
        notes: count("journal_entry"),
        left_out,
        customers,
        set_aside: moved,
    })
}

/// Fails where the disk fails: what cannot be read just now is not lost.
async fn find_rows(folder: &Path, key: &DatabaseKey) -> Result<(Origin, Vec<KeptRow>), DatabaseError> {
    if folder.join(second_copy::FILE).exists() {
        match second_copy::read(folder, key).await {
            Ok(rows) => return Ok((Origin::SecondCopy, rows)),
            Err(DatabaseError::Damaged) => tracing::warn!("the second copy is damaged too"),
            Err(error) => return Err(error),
        }
    }
    let path = folder.join(open::FILE);
    if !path.exists() {
        return Ok((Origin::Nothing, Vec::new()));
    }
    // Read-only, and with whatever of the log can be read.
    let options = open::options(&path, key).create_if_missing(false).read_only(true);
    let mut book = match SqliteConnection::connect_with(&options).await.map_err(DatabaseError::from) {
        Ok(book) => book,
        Err(DatabaseError::Damaged) => return Ok((Origin::Nothing, Vec::new())),
        Err(error) => return Err(error),
    };
    let rows = second_copy::salvage(&mut book).await;
    drop(book.close().await);
    let rows = rows?;
    Ok(if rows.is_empty() { (Origin::Nothing, rows) } else { (Origin::Damaged, rows) })
}

async fn fill<F>(book: &Database, rows: &[KeptRow], finish: F) -> Result<(u64, Vec<CustomerId>), RebuildError>
where
    F: AsyncFnOnce(&Database, &[CustomerId]) -> Result<(), DatabaseError>,
{
    let mut transaction = book.write().await?;
    let left_out = second_copy::restore(&mut transaction, rows).await?;
    let customers: Vec<i64> = sqlx::query_scalar("SELECT customer_id FROM mirror ORDER BY customer_id")
        .fetch_all(&mut *transaction)
        .await
        .map_err(DatabaseError::from)?;
    commit(transaction).await?;
    let customers: Vec<CustomerId> = customers.into_iter().map(CustomerId).collect();
    finish(book, &customers).await?;
    Ok((left_out, customers))
}

fn put_in_place(workshop: &Path, folder: &Path, file: &str) -> std::io::Result<()> {
    std::fs::rename(workshop.join(file), folder.join(file))?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}
