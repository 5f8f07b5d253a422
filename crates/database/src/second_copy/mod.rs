//! What people typed, a second time, in a small encrypted file beside the book.
//!
//! Customers can be fetched again; edits on their way, notes, decisions and who was erased cannot. Their rows are written here before
//! the transaction that has them is committed in the book, so that losing either file loses nothing that was acknowledged.
//! Rows are texts of their own (JSON), independent of the book's layout. This room never decides what a row means.

mod kept;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection};

use crate::connections::Connections;
use crate::set_aside::set_aside;
use crate::{DatabaseError, DatabaseKey};
use kept::{CUSTOMER, KEPT};

pub(crate) const FILE: &str = "clientela-second.db";
/// Layout of the file itself: one table of texts. In layout 1, the records among them are not compressed.
const LAYOUT: i64 = 2;
const PLAIN_RECORDS: i64 = 1;
/// From so many changed rows on it is quicker to write everything anew.
const MANY: i64 = 10_000;

/// So many rows are written by one statement: each statement waits for the driver's thread.
const AT_ONCE: usize = 500;
/// `?1` is what [`as_json`] makes of rows.
const REMOVE: &str = "DELETE FROM kept WHERE (kind, key) IN
     (SELECT value ->> 0, value ->> 1 FROM json_each(?1) WHERE value ->> 2 IS NULL)";
const INSERT: &str = "INSERT OR REPLACE INTO kept (kind, key, body)
     SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) WHERE value ->> 2 IS NOT NULL";

/// A row as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct KeptRow {
    pub(crate) kind: String,
    pub(crate) key: String,
    /// JSON; `None`: there is no such row any more.
    pub(crate) body: Option<String>,
}

/// The file, as long as the book is open.
pub(crate) struct SecondCopy {
    folder: PathBuf,
    options: SqliteConnectOptions,
    file: tokio::sync::Mutex<Option<Arc<Connections>>>,
    /// Whether it has all that is committed in the book, and nothing else.
    is_in_step: AtomicBool,
    trouble: Mutex<Option<String>>,
}

impl SecondCopy {
    /// Teaches the writing connection to notice what has to be kept, opens the file, and brings it in step.
    ///
    /// A file that cannot be used never keeps the book from being opened or written: it is set aside and begun anew, and if even that
    /// fails, [`SecondCopy::trouble`] tells.
    pub(crate) async fn open(
        folder: &Path,
        key: &DatabaseKey,
        writer: &mut SqliteConnection,
    ) -> Result<Arc<Self>, DatabaseError> {
        // At once: every statement by itself would wait for the driver's thread.
        sqlx::raw_sql(AssertSqlSafe(kept::preparations().join(";\n"))).execute(&mut *writer).await?;
        let copy = Arc::new(Self {
            folder: folder.to_owned(),
            options: options(&folder.join(FILE), key),
            file: tokio::sync::Mutex::default(),
            is_in_step: AtomicBool::new(false),
            trouble: Mutex::default(),
        });
        match copy.compare_numbers(writer).await {
            Ok(is_in_step) => copy.is_in_step.store(is_in_step, Ordering::Relaxed),
            Err(error) => copy.note_trouble(&error),
        }
        if !copy.is_in_step() {
            // Without room on the disk the book can still be read.
            drop(copy.renew(writer).await);
        }
        Ok(copy)
    }

    pub(crate) fn is_in_step(&self) -> bool {
        self.is_in_step.load(Ordering::Relaxed)
    }

    /// Why it could not be written when that was last tried.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes what the open transaction of `writer` changed. Until [`SecondCopy::committed`] is called the file is taken to be out of
    /// step. Tells whether it has everything. Fails only where the disk is full: then the book has no room either.
    pub(crate) async fn keep(&self, writer: &mut SqliteConnection) -> Result<Kept, DatabaseError> {
        let changed: i64 =
            sqlx::query_scalar("SELECT count(*) FROM temp.changed").fetch_one(&mut *writer).await?;
        if changed == 0 {
            return Ok(Kept::Nothing);
        }
        let number = next_number(writer).await?;
        let is_whole = !self.is_in_step.swap(false, Ordering::Relaxed) || changed > MANY;
        let written = self.write(writer, number, is_whole).await;
        sqlx::query("DELETE FROM temp.changed").execute(&mut *writer).await?;
        match written {
            Ok(()) => Ok(Kept::Everything),
            Err(DatabaseError::DiskFull) => Err(DatabaseError::DiskFull),
            Err(error) => {
                self.note_trouble(&error);
                Ok(Kept::NotThisTime)
            }
        }
    }

    /// The book has what was kept.
    pub(crate) fn committed(&self, kept: Kept) {
        if kept == Kept::Everything {
            *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
            self.is_in_step.store(true, Ordering::Relaxed);
        }
    }

    /// Writes everything anew, outside of any transaction.
    pub(crate) async fn renew(&self, writer: &mut SqliteConnection) -> Result<(), DatabaseError> {
        self.is_in_step.store(false, Ordering::Relaxed);
        let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
        let number = next_number(&mut transaction).await?;
        let written = self.write(&mut transaction, number, true).await;
        written.inspect_err(|error| self.note_trouble(error))?;
        transaction.commit().await?;
        self.committed(Kept::Everything);
        Ok(())
    }

    /// Whether it has exactly what the book has. Reads both.
    pub(crate) async fn is_equal(&self, writer: &mut SqliteConnection) -> Result<bool, DatabaseError> {
        let mut here = everything(writer).await?;
        let file = self.file().await?;
        let mut there = rows(&mut *file.take().await?).await?;
        here.sort();
        there.sort();
        Ok(here == there)
    }

    /// Empties the log, so that what was erased is nowhere.
    pub(crate) async fn checkpoint(&self) -> Result<(), DatabaseError> {
        let file = self.file().await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *file.take().await?).await?;
        Ok(())
    }

    pub(crate) async fn close(&self) {
        if let Some(file) = self.file.lock().await.take() {
            file.close().await;
        }
    }

    /// Whether book and file have seen the same last transaction.
    async fn compare_numbers(&self, writer: &mut SqliteConnection) -> Result<bool, DatabaseError> {
        let file = self.file().await?;
        let mut connection = file.take().await?;
        let there: Option<i64> =
            sqlx::query_scalar("SELECT number FROM last").fetch_optional(&mut *connection).await?;
        let here: i64 =
            sqlx::query_scalar("SELECT number FROM main.second_copy").fetch_one(&mut *writer).await?;
        // One ahead: the program ended between the two commits, and nobody was told that anything was saved.
        if there.is_some_and(|there| there > here + 1) {
            tracing::warn!("the book is older than its second copy, which is set aside");
            drop(connection);
            self.close().await;
            set_aside(&self.folder, FILE).map_err(failed)?;
            return Ok(false);
        }
        Ok(there == Some(here))
    }

    async fn write(
        &self,
        writer: &mut SqliteConnection,
        number: i64,
        is_whole: bool,
    ) -> Result<(), DatabaseError> {
        let changed = match is_whole {
            true => everything(writer).await?,
            false => changed(writer).await?,
        };
        let file = self.file().await?;
        let mut connection = file.take().await?;
        connection.begin().await?;
        if is_whole {
            sqlx::query("DELETE FROM kept").execute(&mut *connection).await?;
        }
        for some in changed.chunks(AT_ONCE) {
            let rows = as_json(some)?;
            for statement in [REMOVE, INSERT] {
                sqlx::query(statement).bind(&rows).execute(&mut *connection).await?;
            }
        }
        sqlx::query("INSERT OR REPLACE INTO last (id, number) VALUES (1, ?)")
            .bind(number)
            .execute(&mut *connection)
            .await?;
        Ok(connection.commit().await?)
    }

    /// The open file. One that cannot be read is set aside.
    async fn file(&self) -> Result<Arc<Connections>, DatabaseError> {
        let mut file = self.file.lock().await;
        if let Some(file) = &*file {
            return Ok(file.clone());
        }
        let opened = match self.connect().await {
            Err(DatabaseError::Damaged) => {
                tracing::warn!("the second copy cannot be read and is set aside");
                set_aside(&self.folder, FILE).map_err(failed)?;
                self.connect().await?
            }
            opened => opened?,
        };
        Ok(file.insert(opened).clone())
    }

    async fn connect(&self) -> Result<Arc<Connections>, DatabaseError> {
        prove(&self.folder.join(FILE), &self.options).await?;
        let opened = Connections::open(self.options.clone(), 1).await?;
        let laid_out = lay_out(&mut *opened.take().await?).await;
        if laid_out.is_err() {
            opened.close().await;
        }
        laid_out.map(|()| opened)
    }

    fn note_trouble(&self, error: &DatabaseError) {
        tracing::warn!(%error, "the second copy could not be written");
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
    }
}

/// How far a transaction is in the second copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    Nothing,
    Everything,
    NotThisTime,
}

/// Reads the second copy of a folder whose book is not open. Nothing is changed, whatever is found.
pub(crate) async fn read(folder: &Path, key: &DatabaseKey) -> Result<Vec<KeptRow>, DatabaseError> {
    let path = folder.join(FILE);
    prove(&path, &options(&path, key)).await?;
    let mut connection =
        SqliteConnection::connect_with(&options(&path, key).create_if_missing(false)).await?;
    let rows = match layout(&mut connection).await {
        Ok(PLAIN_RECORDS | LAYOUT) => rows(&mut connection).await,
        // Begun by a program that ended there: nothing was ever kept in it.
        Ok(0) => Err(DatabaseError::Damaged),
        // A newer version wrote it.
        Ok(_) => Err(DatabaseError::Unreadable { what: "the second copy" }),
        Err(error) => Err(error),
    };
    connection.close().await?;
    rows
}

/// What of a damaged book's own rows can still be read, kind by kind.
pub(crate) async fn salvage(book: &mut SqliteConnection) -> Result<Vec<KeptRow>, DatabaseError> {
    let mut salvaged = Vec::new();
    for statement in statements_for_all() {
        let read = sqlx::query_as::<_, KeptRow>(AssertSqlSafe(statement)).fetch_all(&mut *book).await;
        match read.map_err(DatabaseError::from) {
            Ok(rows) => salvaged.extend(rows),
            Err(DatabaseError::Damaged) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(salvaged)
}

/// Puts rows into an empty book. Tells how many could not be put back, because what they belong to is missing.
pub(crate) async fn restore(book: &mut SqliteConnection, rows: &[KeptRow]) -> Result<u64, DatabaseError> {
    let mut left_out = 0;
    let of = |kind: &'static str| rows.iter().filter(move |row| row.kind == kind);
    let tables = KEPT.iter().filter(|kept| !kept.is_of_customer());
    for kept in tables {
        left_out += put_back(book, of(kept.table), &[kept.insert()]).await?;
    }
    let customer = kept::INSERT_CUSTOMER.map(str::to_owned);
    left_out += put_back(book, of(CUSTOMER), &customer).await?;
    for kept in KEPT.iter().filter(|kept| kept.is_of_customer()) {
        left_out += put_back(book, of(kept.table), &[kept.insert()]).await?;
    }
    Ok(left_out)
}

async fn put_back(
    book: &mut SqliteConnection,
    rows: impl Iterator<Item = &KeptRow>,
    statements: &[String],
) -> Result<u64, DatabaseError> {
    let mut left_out = 0;
    for row in rows {
        for statement in statements {
            let put = sqlx::query(AssertSqlSafe(statement.clone())).bind(&row.body).execute(&mut *book).await;
            match put.map_err(DatabaseError::from) {
                Ok(_) => {}
                Err(full @ (DatabaseError::DiskFull | DatabaseError::Damaged)) => return Err(full),
                Err(error) => {
                    tracing::warn!(%error, kind = row.kind, "a kept row could not be put back");
                    left_out += 1;
                    break;
                }
            }
        }
    }
    Ok(left_out)
}

async fn next_number(writer: &mut SqliteConnection) -> Result<i64, DatabaseError> {
    let statement = "UPDATE main.second_copy SET number = number + 1 RETURNING number";
    Ok(sqlx::query_scalar(statement).fetch_one(writer).await?)
}

async fn everything(book: &mut SqliteConnection) -> Result<Vec<KeptRow>, DatabaseError> {
    fetch(book, statements_for_all().join(" UNION ALL ")).await
}

fn statements_for_all() -> Vec<String> {
    let mut statements: Vec<String> = KEPT.iter().map(kept::Kept::select_all).collect();
    statements.push(kept::all_customers());
    statements
}

async fn changed(writer: &mut SqliteConnection) -> Result<Vec<KeptRow>, DatabaseError> {
    let mut statements: Vec<String> = KEPT.iter().map(kept::Kept::select_changed).collect();
    statements.push(kept::changed_customers());
    fetch(writer, statements.join(" UNION ALL ")).await
}

async fn fetch(connection: &mut SqliteConnection, statement: String) -> Result<Vec<KeptRow>, DatabaseError> {
    Ok(sqlx::query_as(AssertSqlSafe(statement)).fetch_all(connection).await?)
}

/// Rows as an array of arrays of kind, key and body.
fn as_json(rows: &[KeptRow]) -> Result<String, DatabaseError> {
    let rows: Vec<_> = rows.iter().map(|row| (&row.kind, &row.key, &row.body)).collect();
    serde_json::to_string(&rows).map_err(|_| DatabaseError::Unreadable { what: "the second copy" })
}

async fn rows(connection: &mut SqliteConnection) -> Result<Vec<KeptRow>, DatabaseError> {
    Ok(sqlx::query_as("SELECT kind, key, body FROM kept").fetch_all(connection).await?)
}

async fn layout(connection: &mut SqliteConnection) -> Result<i64, DatabaseError> {
    Ok(sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await?)
}

async fn lay_out(connection: &mut SqliteConnection) -> Result<(), DatabaseError> {
    match layout(connection).await? {
        LAYOUT => return Ok(()),
        // Its rows are read as they are, and written anew since the upgrade of the book has counted on.
        PLAIN_RECORDS => {
            sqlx::query("PRAGMA user_version = 2").execute(connection).await?;
            return Ok(());
        }
        0 => {}
        // A newer version wrote it.
        _ => return Err(DatabaseError::Unreadable { what: "the second copy" }),
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for statement in [
        "CREATE TABLE kept (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key))
         STRICT, WITHOUT ROWID",
        "CREATE TABLE last (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL) STRICT",
        "PRAGMA user_version = 2",
    ] {
        sqlx::query(statement).execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

/// Reads the file without touching it: a writing connection would take away what a crash has left in its log.
async fn prove(path: &Path, options: &SqliteConnectOptions) -> Result<(), DatabaseError> {
    if !path.exists() || crate::open::has_log(path) {
        return Ok(());
    }
    let reading = options.clone().read_only(true).immutable(true).create_if_missing(false);
    let mut connection = SqliteConnection::connect_with(&reading).await?;
    let read = sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut connection).await;
    connection.close().await?;
    read?;
    Ok(())
}

fn options(path: &Path, key: &DatabaseKey) -> SqliteConnectOptions {
    crate::open::options(path, key)
        .synchronous(SqliteSynchronous::Full)
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
        .pragma("secure_delete", "ON")
        .pragma("cache_size", "-1024")
        .pragma("journal_size_limit", "1048576")
}

fn failed(error: std::io::Error) -> DatabaseError {
    DatabaseError::Other(sqlx::Error::Io(error))
}
