//! Opening the book: lock, cipher, upgrade.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    Sqlite, SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::{DatabaseError, DatabaseKey, LockedFolder, OpenError};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

pub(crate) const FILE: &str = "clientela.db";
const FINGERPRINT_FILE: &str = "clientela.key-id";
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";
const READERS: u32 = 4;
/// In KiB. A page that is not in this cache has to be decrypted again, so it is larger than a plain database would want.
const WRITER_CACHE: &str = "-65536";
const READER_CACHE: &str = "-32768";

/// The open book.
#[derive(Debug)]
pub struct Database {
    readers: SqlitePool,
    /// Has one connection, so that whoever has it is the only writer.
    writer: SqlitePool,
    folder: LockedFolder,
}

/// A connection that can only read.
pub type ReadConnection = PoolConnection<Sqlite>;
/// The one transaction that can write. Dropped without commit, it leaves everything as it was.
pub type WriteTransaction = sqlx::Transaction<'static, Sqlite>;

/// Makes what a transaction wrote durable.
pub async fn commit(transaction: WriteTransaction) -> Result<(), DatabaseError> {
    Ok(transaction.commit().await?)
}

impl Database {
    /// Opens the book in this folder, or begins one. `salt` is random and used only when a book begins.
    ///
    /// Nothing is ever deleted or replaced: a file that cannot be read stays as it is, and the error says what is known.
    pub async fn open(locked: LockedFolder, key: &DatabaseKey, salt: [u8; 16]) -> Result<Self, OpenError> {
        let folder = locked.path();
        let path = folder.join(FILE);
        let is_new = !path.exists();
        if is_new {
            remember_key(folder, key, salt).map_err(OpenError::Folder)?;
        } else {
            refuse_plain_file(&path)?;
        }
        let options = options(&path, key);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(60))
            .connect_with(writer_options(options.clone()))
            .await
            .map_err(|error| classify(error, folder, key))?;
        prove_cipher(&writer).await.map_err(|error| match error {
            ProveError::NoCipher => OpenError::NoCipher,
            ProveError::Read(error) => classify(error, folder, key),
        })?;
        upgrade(&writer, folder, is_new).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(60))
            .connect_with(reader_options(options))
            .await
            .map_err(|error| classify(error, folder, key))?;
        Ok(Self { readers, writer, folder: locked })
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<ReadConnection, DatabaseError> {
        Ok(self.readers.acquire().await?)
    }

    /// Begins the one writing transaction, after the ones before it.
    pub async fn write(&self) -> Result<WriteTransaction, DatabaseError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// The folder of the book.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the log back into the file and empties it, when nobody reads.
    pub async fn checkpoint(&self) -> Result<(), DatabaseError> {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await?;
        Ok(())
    }

    /// Whether file and search index are whole. Reads everything: seconds for a large book.
    pub async fn check(&self) -> Result<Vec<String>, DatabaseError> {
        let mut connection = self.writer.acquire().await?;
        let mut problems: Vec<String> =
            sqlx::query_scalar("PRAGMA quick_check").fetch_all(&mut *connection).await?;
        problems.retain(|line| line != "ok");
        for (index, statement) in [
            ("search_words", "INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)"),
            ("search_pieces", "INSERT INTO search_pieces (search_pieces, rank) VALUES ('integrity-check', 1)"),
        ] {
            if sqlx::query(statement).execute(&mut *connection).await.is_err() {
                problems.push(format!("the index {index} does not match its table"));
            }
        }
        Ok(problems)
    }

    /// Ends all connections; the last one writes the log back.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn options(path: &Path, key: &DatabaseKey) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // The driver runs this one before everything else.
        .pragma("key", key.pragma())
        .foreign_keys(true)
        .auto_vacuum(SqliteAutoVacuum::None)
        .busy_timeout(Duration::from_secs(30))
        .optimize_on_close(false, None)
        // Statements are logged with the key pragma among them.
        .disable_statement_logging()
}

fn writer_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", WRITER_CACHE)
        // On macOS a flush reaches the disk only with these.
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
        .pragma("secure_delete", "ON")
        // A log that grew in a first pass is cut back instead of kept at its largest.
        .pragma("journal_size_limit", "16777216")
}

fn reader_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .create_if_missing(false)
        .pragma("cache_size", READER_CACHE)
        .pragma("wal_autocheckpoint", "0")
        .pragma("query_only", "ON")
}

enum ProveError {
    NoCipher,
    Read(sqlx::Error),
}

/// A build without the cipher would take the key pragma for an unknown one and write plain text.
async fn prove_cipher(writer: &SqlitePool) -> Result<(), ProveError> {
    let version: Option<String> =
        sqlx::query_scalar("PRAGMA cipher_version").fetch_optional(writer).await.map_err(ProveError::Read)?;
    if version.is_none_or(|version| version.is_empty()) {
        return Err(ProveError::NoCipher);
    }
    sqlx::query("SELECT count(*) FROM sqlite_schema").execute(writer).await.map_err(ProveError::Read)?;
    Ok(())
}

async fn upgrade(writer: &SqlitePool, folder: &Path, is_new: bool) -> Result<(), OpenError> {
    let latest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    let present = if is_new { latest } else { version(writer).await };
    if present > latest {
        return Err(OpenError::Newer);
    }
    if present < latest && present > 0 {
        back_up(writer, folder, present).await?;
    }
    match MIGRATIONS.run(writer).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(_)) => Err(OpenError::Newer),
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
            Err(OpenError::Database(error.into()))
        }
        Err(error) => Err(OpenError::Database(DatabaseError::Other(sqlx::Error::Migrate(Box::new(error))))),
    }
}

async fn version(writer: &SqlitePool) -> i64 {
    // A file that began and was never upgraded has no such table yet.
    sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(writer).await.unwrap_or(0)
}

/// Before an upgrade the book is copied, encrypted with the same key. A copy that is not whole has a name of its own, so it is
/// never taken for one.
async fn back_up(writer: &SqlitePool, folder: &Path, version: i64) -> Result<(), OpenError> {
    let unfinished = folder.join(format!("clientela-before-upgrade-{version}.part"));
    let copy = folder.join(format!("clientela-before-upgrade-{version}.db"));
    if copy.exists() {
        return Ok(());
    }
    if unfinished.exists() {
        std::fs::remove_file(&unfinished).map_err(OpenError::Folder)?;
    }
    let target = unfinished.to_string_lossy().into_owned();
    sqlx::query("VACUUM INTO ?").bind(target).execute(writer).await.map_err(DatabaseError::from)?;
    let finish = || -> std::io::Result<()> {
        std::fs::File::open(&unfinished)?.sync_all()?;
        std::fs::rename(&unfinished, &copy)
    };
    finish().map_err(OpenError::Folder)
}

/// A wrong key and a damaged file look alike to the cipher. The fingerprint beside the file tells them apart.
fn classify(error: sqlx::Error, folder: &Path, key: &DatabaseKey) -> OpenError {
    match DatabaseError::from(error) {
        DatabaseError::Damaged => match key_is_known(folder, key) {
            Some(false) => OpenError::WrongKey,
            Some(true) | None => OpenError::Damaged { path: folder.join(FILE) },
        },
        other => OpenError::Database(other),
    }
}

fn remember_key(folder: &Path, key: &DatabaseKey, salt: [u8; 16]) -> std::io::Result<()> {
    let line = format!("{} {}\n", hex::encode(salt), key.fingerprint(&salt));
    let path = folder.join(FINGERPRINT_FILE);
    std::fs::write(&path, line)?;
    std::fs::File::open(&path)?.sync_all()
}

fn key_is_known(folder: &Path, key: &DatabaseKey) -> Option<bool> {
    let line = std::fs::read_to_string(folder.join(FINGERPRINT_FILE)).ok()?;
    let (salt, fingerprint) = line.trim().split_once(' ')?;
    Some(key.fingerprint(&hex::decode(salt).ok()?) == fingerprint)
}

fn refuse_plain_file(path: &Path) -> Result<(), OpenError> {
    let mut header = [0_u8; 16];
    let mut file = std::fs::File::open(path).map_err(OpenError::Folder)?;
    let read = file.read(&mut header).map_err(OpenError::Folder)?;
    match read {
        // Begun and never written: the first connection makes it.
        0 => Ok(()),
        16 if &header == PLAIN_HEADER => Err(OpenError::NotEncrypted { path: path.to_owned() }),
        _ => Ok(()),
    }
}
