//! Opening the book: lock, cipher, upgrade.

use std::fmt;
use std::io::Read;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row};
use tokio::sync::OnceCell;

use crate::connections::{Connections, Taken};

use crate::old_files::BEFORE_UPGRADE;
use crate::second_copy::{self, SecondCopy};
use crate::transaction::{CommitWatcher, WriteTransaction};
use crate::{DatabaseError, DatabaseKey, LockedFolder, OpenError};

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

pub(crate) const FILE: &str = "clientela.db";
pub(crate) const FINGERPRINT_FILE: &str = "clientela.key-id";
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";
/// The cipher's page size; the first page is written whole.
const PAGE: u64 = 4096;
const READERS: u32 = 4;
/// In KiB. A page that is not in this cache has to be decrypted again, so it is larger than a plain database would want.
const WRITER_CACHE: &str = "-65536";
const READER_CACHE: &str = "-32768";

/// The open book.
pub struct Database {
    readers: Arc<Connections>,
    /// There is one, so that whoever has it is the only writer.
    writer: Arc<Connections>,
    second: Arc<SecondCopy>,
    folder: LockedFolder,
    watcher: Option<Arc<dyn CommitWatcher>>,
}

/// A connection that can only read.
pub struct ReadConnection(Taken);

impl ReadConnection {
    /// Ends what is asked of this connection with [`DatabaseError::GivenUp`] as soon as `is_unwanted` is set.
    pub async fn give_up_when(&mut self, is_unwanted: Arc<AtomicBool>) -> Result<(), DatabaseError> {
        Ok(self.0.watch(is_unwanted).await?)
    }

    /// From here on everything that is asked is answered from one moment of the book, whatever is written meanwhile. To be ended soon, with
    /// [`ReadConnection::end_snapshot`]: until then the log cannot be emptied.
    pub async fn begin_snapshot(&mut self) -> Result<(), DatabaseError> {
        Ok(self.0.begin_reading().await?)
    }

    /// Ends a snapshot. One that nobody ends lasts until somebody else takes the connection.
    pub async fn end_snapshot(&mut self) -> Result<(), DatabaseError> {
        Ok(self.0.commit().await?)
    }
}

impl Database {
    /// Opens the book in this folder, or begins one. `salt` is random and used only when a book begins.
    ///
    /// Nothing is ever deleted or replaced: a file that cannot be read stays as it is, and the error says what is known.
    pub async fn open(locked: LockedFolder, key: &DatabaseKey, salt: [u8; 16]) -> Result<Self, OpenError> {
        // Before the cipher does it in its own way, which takes its library down at exit while connections' threads are in it.
        openssl_sys::init();
        silence_cipher().await?;
        let folder = locked.path();
        let path = folder.join(FILE);
        match look_at(&path).map_err(OpenError::Folder)? {
            Found::Nothing if folder.join(second_copy::FILE).exists() => {
                return Err(OpenError::Missing { path });
            }
            Found::Nothing => remember_key(folder, key, salt).map_err(OpenError::Folder)?,
            Found::Plain => return Err(OpenError::NotEncrypted { path }),
            Found::Cut => return Err(OpenError::Damaged { path }),
            Found::Book => prove_key(&path, folder, key).await?,
        }
        let options = options(&path, key);
        let writer = Connections::open(writer_options(options.clone()), 1).await;
        let writer = writer.map_err(|error| classify(error, folder, key))?;
        match prepare(&writer, options, folder, key).await {
            Ok((readers, second)) => Ok(Self { readers, writer, second, folder: locked, watcher: None }),
            Err(error) => {
                // The folder stays locked until the last connection is gone.
                writer.close().await;
                Err(error)
            }
        }
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<ReadConnection, DatabaseError> {
        Ok(ReadConnection(self.readers.take().await?))
    }

    /// Begins the one writing transaction, after the ones before it.
    pub async fn write(&self) -> Result<WriteTransaction, DatabaseError> {
        let mut connection = self.writer.take().await?;
        connection.begin().await?;
        Ok(WriteTransaction::new(connection, self.second.clone(), self.watcher.clone()))
    }

    /// Whether somebody waits to write while somebody else does.
    pub fn is_awaited(&self) -> bool {
        self.writer.is_awaited()
    }

    /// The same book with somebody who stands beside every commit.
    #[must_use]
    pub fn watched_by(mut self, watcher: Arc<dyn CommitWatcher>) -> Self {
        self.watcher = Some(watcher);
        self
    }

    /// The folder of the book.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the logs back into the files and empties them. `false`: somebody reads from the book's, and it stays.
    pub async fn checkpoint(&self) -> Result<bool, DatabaseError> {
        let mut writer = self.writer.take().await?;
        let is_busy: i64 =
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *writer).await?.try_get(0)?;
        self.second.checkpoint().await?;
        Ok(is_busy == 0)
    }

    pub(crate) async fn writer(&self) -> Result<Taken, DatabaseError> {
        Ok(self.writer.take().await?)
    }

    pub(crate) fn second(&self) -> &SecondCopy {
        &self.second
    }

    /// Ends all connections; the last one writes the log back.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        self.second.close().await;
    }
}

impl Deref for ReadConnection {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.0
    }
}

impl DerefMut for ReadConnection {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.0
    }
}

impl fmt::Debug for ReadConnection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ReadConnection")
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Database").field("folder", &self.folder).finish_non_exhaustive()
    }
}

pub(crate) fn options(path: &Path, key: &DatabaseKey) -> SqliteConnectOptions {
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

/// Reads the first page with this key, and touches nothing: a writing connection would put the log of a crash back and remove it
/// even when it fails.
async fn prove_key(path: &Path, folder: &Path, key: &DatabaseKey) -> Result<(), OpenError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(true)
        .pragma("key", key.pragma())
        .disable_statement_logging();
    let proved = async {
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let read = sqlx::query("PRAGMA schema_version").execute(&mut connection).await;
        connection.close().await?;
        read
    };
    match proved.await.map_err(|error| classify(error, folder, key)) {
        // The log of a crash may hold a whole copy of a page that was being written.
        Err(OpenError::Damaged { .. }) if has_log(path) && key_is_known(folder, key) == Some(true) => Ok(()),
        proved => proved.map(drop),
    }
}

/// The cipher tells on standard error, once for every page, what callers are told as typed errors.
async fn silence_cipher() -> Result<(), DatabaseError> {
    static SILENT: OnceCell<()> = OnceCell::const_new();
    SILENT
        .get_or_try_init(async || {
            let mut connection = SqliteConnectOptions::new().disable_statement_logging().connect().await?;
            sqlx::query("PRAGMA cipher_log_level = NONE").execute(&mut connection).await?;
            connection.close().await?;
            Ok(())
        })
        .await
        .copied()
}

/// What has to be done over the writing connection, and then the readers.
async fn prepare(
    writer: &Arc<Connections>,
    options: SqliteConnectOptions,
    folder: &Path,
    key: &DatabaseKey,
) -> Result<(Arc<Connections>, Arc<SecondCopy>), OpenError> {
    let mut writer = writer.take().await.map_err(|error| classify(error, folder, key))?;
    prove_cipher(&mut writer, folder, key).await?;
    upgrade(&mut writer, folder, key).await?;
    let second = SecondCopy::open(folder, key, &mut writer).await?;
    let readers = Connections::open(reader_options(options), READERS).await;
    match readers {
        Ok(readers) => Ok((readers, second)),
        Err(error) => {
            second.close().await;
            Err(classify(error, folder, key))
        }
    }
}

/// A build without the cipher would take the key pragma for an unknown one and write plain text.
async fn prove_cipher(
    writer: &mut SqliteConnection,
    folder: &Path,
    key: &DatabaseKey,
) -> Result<(), OpenError> {
    let version = sqlx::query_scalar("PRAGMA cipher_version").fetch_optional(writer).await;
    let version: Option<String> = version.map_err(|error| classify(error, folder, key))?;
    if version.is_none_or(|version| version.is_empty()) {
        return Err(OpenError::NoCipher);
    }
    Ok(())
}

async fn upgrade(writer: &mut SqliteConnection, folder: &Path, key: &DatabaseKey) -> Result<(), OpenError> {
    let latest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    let present = version(&mut *writer).await.map_err(|error| classify(error, folder, key))?;
    if present > latest {
        return Err(OpenError::Newer);
    }
    if present < latest && present > 0 {
        back_up(&mut *writer, folder, present).await?;
    }
    // `run` itself is a future that no task can carry.
    match MIGRATIONS.run_direct(None, writer, false).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(_)) => Err(OpenError::Newer),
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
            Err(classify(error, folder, key))
        }
        Err(error) => Err(OpenError::Database(DatabaseError::Other(sqlx::Error::Migrate(Box::new(error))))),
    }
}

async fn version(writer: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    // A file that began and was never upgraded has no such table yet.
    let table = "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
    if sqlx::query_scalar::<_, i64>(table).fetch_one(&mut *writer).await? == 0 {
        return Ok(0);
    }
    sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success")
        .fetch_one(writer)
        .await
}

/// Before an upgrade the book is copied, encrypted with the same key. A copy that is not whole has a name of its own, so it is
/// never taken for one.
async fn back_up(writer: &mut SqliteConnection, folder: &Path, version: i64) -> Result<(), OpenError> {
    let unfinished = folder.join(format!("{BEFORE_UPGRADE}{version}.part"));
    let copy = folder.join(format!("{BEFORE_UPGRADE}{version}.db"));
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
    let line = format!("{} {}\n", faster_hex::hex_string(&salt), key.fingerprint(&salt));
    let path = folder.join(FINGERPRINT_FILE);
    std::fs::write(&path, line)?;
    std::fs::File::open(&path)?.sync_all()
}

fn key_is_known(folder: &Path, key: &DatabaseKey) -> Option<bool> {
    let line = std::fs::read_to_string(folder.join(FINGERPRINT_FILE)).ok()?;
    let (salt, fingerprint) = line.trim().split_once(' ')?;
    Some(key.fingerprint(&faster_hex::hex_decode_vec(salt.as_bytes()).ok()?) == fingerprint)
}

/// What lies where the book should be.
enum Found {
    Nothing,
    Book,
    Plain,
    /// A book without its end. The cipher would take what is shorter than a page for an empty book and write over it, and throw
    /// away the log that is left.
    Cut,
}

fn look_at(path: &Path) -> std::io::Result<Found> {
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
    };
    let mut header = [0_u8; 16];
    let read = file.read(&mut header)?;
    Ok(match file.metadata()?.len() {
        // Begun and never written.
        0 if !has_log(path) => Found::Nothing,
        _ if read == header.len() && &header == PLAIN_HEADER => Found::Plain,
        length if length < PAGE => Found::Cut,
        // A crash while the log was put back leaves half a page too, and the log to do it again.
        length if !length.is_multiple_of(PAGE) && !has_log(path) => Found::Cut,
        _ => Found::Book,
    })
}

pub(crate) fn has_log(path: &Path) -> bool {
    let log = path.with_extension("db-wal");
    log.metadata().is_ok_and(|log| log.len() > 0)
}
