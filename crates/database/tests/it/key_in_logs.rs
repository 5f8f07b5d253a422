//! The key is in no log line, at no level, of no library.
//!
//! The driver runs the key as an ordinary statement and logs statements, slow ones as warnings. One subscriber of the whole
//! process listens, because the driver logs from threads of its own; it runs beside all other tests of this program and so
//! listens to their keys too.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clientela_database::{Database, DatabaseKey, LockedFolder};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;
use tracing_subscriber::filter::LevelFilter;

/// Of the test kit, of the test below, and the one that the test leaks on purpose.
const KIT_KEY: [u8; 32] = [0xA7; 32];
const OWN_KEY: [u8; 32] = [0x3C; 32];
const LEAKED_KEY: [u8; 32] = [0x5E; 32];

static LINES: AtomicUsize = AtomicUsize::new(0);
static SECRETS: AtomicUsize = AtomicUsize::new(0);
static LEAKED: AtomicUsize = AtomicUsize::new(0);

/// Counts lines instead of keeping them: at this level they are many.
struct Listener;

impl Write for Listener {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LINES.fetch_add(1, Ordering::SeqCst);
        let text = String::from_utf8_lossy(line).to_lowercase();
        for (bytes, count) in [(KIT_KEY, &SECRETS), (OWN_KEY, &SECRETS), (LEAKED_KEY, &LEAKED)] {
            if text.contains(&faster_hex::hex_string(&bytes)[..16]) {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whoever of the two tests comes first listens for both.
fn listen() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(|| Listener);
    drop(subscriber.try_init());
}

fn raw_options(folder: &Path, key: [u8; 32]) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(folder.join("clientela.db"))
        .create_if_missing(true)
        .pragma("key", format!("\"x'{}'\"", faster_hex::hex_string(&key)))
        .busy_timeout(Duration::from_secs(10))
}

/// Makes a file of this key that changes its journal mode when it is opened next, and holds it until told.
async fn busy_file(folder: &Path, key: [u8; 32]) -> SqliteConnection {
    let options =
        raw_options(folder, key).journal_mode(SqliteJournalMode::Delete).disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await.expect("a file can be made");
    sqlx::query("CREATE TABLE held (id INTEGER)").execute(&mut connection).await.expect("it can be written");
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut connection).await.expect("it can be held");
    connection
}

/// Longer than what the driver calls slow.
async fn let_go_late(mut connection: SqliteConnection) {
    tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(1_300)))
        .await
        .expect("waiting cannot fail");
    sqlx::query("COMMIT").execute(&mut connection).await.expect("it can be let go");
    connection.close().await.expect("it can be closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_in_no_log_line() {
    listen();
    let folder = TempDir::new().expect("a temporary folder can be made");
    let key = DatabaseKey::from_bytes(&OWN_KEY);

    let holder = busy_file(folder.path(), OWN_KEY).await;
    let locked = LockedFolder::take(folder.path()).expect("the folder is free");
    let (opened, ()) = tokio::join!(Database::open(locked, &key, [1; 16]), let_go_late(holder));
    let database = opened.expect("it opens as soon as nobody holds it");
    let told = format!("{database:?} {key:?} {:?}", database.read().await.expect("the book can be read"));
    assert!(
        !told.to_lowercase().contains(&faster_hex::hex_string(&OWN_KEY)[..16]),
        "debug output is the next log line"
    );
    database.close().await;
    drop(database);

    let locked = LockedFolder::take(folder.path()).expect("the folder is free again");
    let wrong = Database::open(locked, &DatabaseKey::from_bytes(&KIT_KEY), [1; 16]).await;
    wrong.expect_err("the key is another one");

    assert_eq!(SECRETS.load(Ordering::SeqCst), 0, "a key is in the log");
    tracing::trace!("somebody listens");
    assert!(LINES.load(Ordering::SeqCst) > 0, "something was logged at all");
}

/// The same slow opening without our care: if the driver stops leaking, the test above proves nothing any more.
#[tokio::test(flavor = "multi_thread")]
async fn the_driver_would_log_it() {
    listen();
    let folder = TempDir::new().expect("a temporary folder can be made");
    let holder = busy_file(folder.path(), LEAKED_KEY).await;
    let options = raw_options(folder.path(), LEAKED_KEY).journal_mode(SqliteJournalMode::Wal);
    let (opened, ()) = tokio::join!(SqliteConnection::connect_with(&options), let_go_late(holder));
    opened.expect("it opens").close().await.expect("it can be closed");
    assert!(LEAKED.load(Ordering::SeqCst) > 0, "the driver logged the statement with the key");
}
