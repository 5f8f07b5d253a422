//! Opening what is not a book of ours, and leaving it exactly as it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use clientela_database::table::setting;
use clientela_database::{Database, DatabaseKey, LockedFolder, OpenError, commit};
use clientela_testkit::{TempBook, customer, temp_book};
use tempfile::TempDir;

const BOOK: &str = "clientela.db";
const LOG: &str = "clientela.db-wal";
const OTHER_KEY: [u8; 32] = [0x11; 32];

type Files = BTreeMap<String, Vec<u8>>;

fn files(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let read = entries.map(|entry| {
        let entry = entry.expect("the folder can be listed");
        (
            entry.file_name().to_string_lossy().into_owned(),
            fs::read(entry.path()).expect("a file can be read"),
        )
    });
    read.collect()
}

/// A connection that failed to open ends on a thread of its own, a moment later.
fn settled(folder: &Path, before: &Files) -> Files {
    for _ in 0..50 {
        if &files(folder) == before {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    files(folder)
}

fn sizes(files: &Files) -> BTreeMap<&str, usize> {
    files.iter().map(|(name, bytes)| (name.as_str(), bytes.len())).collect()
}

async fn open(folder: &Path, key: &DatabaseKey) -> Result<Database, OpenError> {
    Database::open(LockedFolder::take(folder)?, key, [9; 16]).await
}

/// Opening fails as it should, says nothing of the key, and every file is as it was.
async fn refused(what: &str, folder: &Path, key: &DatabaseKey, expected: impl Fn(&OpenError) -> bool) {
    let before = files(folder);
    let error = match open(folder, key).await {
        Ok(_) => unreachable!("{what}: it opened"),
        Err(error) => error,
    };
    assert!(expected(&error), "{what}: {error:?}");
    let told = format!("{error} {error:?}").to_lowercase();
    assert!(!told.contains(&key.expose()[..8]), "{what}: the error tells the key");
    let after = settled(folder, &before);
    assert!(after == before, "{what}: files were {:?} and are {:?}", sizes(&before), sizes(&after));
}

async fn filled() -> TempBook {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let records: Vec<_> = (1..=60).map(|number| customer(number).record()).collect();
    book.keep(store, &records).await;
    book
}

/// A closed book and its key.
async fn closed() -> (TempDir, DatabaseKey) {
    let book = filled().await;
    let key = book.key().clone();
    (book.close().await, key)
}

/// The files of a book as a crash leaves them: everything since the first start is in the log.
async fn crashed() -> (TempDir, DatabaseKey) {
    let book = filled().await;
    let folder = TempDir::new().expect("a temporary folder can be made");
    for name in [BOOK, LOG, "clientela.key-id", "clientela.lock"] {
        fs::copy(book.path().join(name), folder.path().join(name)).expect("a file can be copied");
    }
    let key = book.key().clone();
    book.close().await;
    (folder, key)
}

fn is_damaged(error: &OpenError) -> bool {
    matches!(error, OpenError::Damaged { path } if path.ends_with(BOOK))
}

#[tokio::test]
async fn a_book_opens_again_with_what_was_written() {
    let book = temp_book().await;
    let mut transaction = book.write().await.expect("nobody else writes");
    setting::write(&mut transaction, "language", "pt-BR").await.expect("a setting can be written");
    commit(transaction).await.expect("it can be made durable");
    let book = book.reopen().await.expect("the same key opens it");
    let mut connection = book.read().await.expect("the book can be read");
    let language = setting::find(&mut connection, "language").await.expect("a setting can be read");
    assert_eq!(language.as_deref(), Some("pt-BR"));
}

#[tokio::test]
async fn a_closed_book_has_no_logs() {
    let (folder, _) = closed().await;
    let names: Vec<String> = files(folder.path()).into_keys().collect();
    let expected = ["clientela-second.db", BOOK, "clientela.key-id", "clientela.lock"];
    assert_eq!(names, expected, "the logs are written back and gone");
}

#[tokio::test]
async fn a_crash_loses_nothing_that_was_committed() {
    let (folder, key) = crashed().await;
    let database = open(folder.path(), &key).await.expect("the log is read back");
    let mut connection = database.read().await.expect("the book can be read");
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM customer")
        .fetch_one(&mut *connection)
        .await
        .expect("it can be counted");
    assert_eq!(count, 60);
}

#[tokio::test]
async fn a_folder_has_one_owner() {
    let book = filled().await;
    refused("open twice", book.path(), book.key(), |error| matches!(error, OpenError::FolderInUse)).await;
    let folder = book.close().await;
    assert!(LockedFolder::take(folder.path()).is_ok(), "closing lets go of it");
}

#[tokio::test]
async fn a_wrong_key_is_told_and_changes_nothing() {
    let other = DatabaseKey::from_bytes(&OTHER_KEY);
    let (folder, _) = closed().await;
    refused("closed", folder.path(), &other, |error| matches!(error, OpenError::WrongKey)).await;
    let (folder, key) = crashed().await;
    refused("after a crash", folder.path(), &other, |error| matches!(error, OpenError::WrongKey)).await;
    let database = open(folder.path(), &key).await.expect("the right key still opens it, log and all");
    database.close().await;
}

/// Without the fingerprint nobody can tell a wrong key from a damaged file, and damage is the safer word: it asks nobody to make
/// a new key.
#[tokio::test]
async fn without_a_fingerprint_a_wrong_key_looks_like_damage() {
    let (folder, key) = closed().await;
    fs::remove_file(folder.path().join("clientela.key-id")).expect("the fingerprint was there");
    refused("wrong key", folder.path(), &DatabaseKey::from_bytes(&OTHER_KEY), is_damaged).await;
    let database = open(folder.path(), &key).await.expect("the right key needs no fingerprint");
    database.close().await;
}

#[tokio::test]
async fn a_truncated_book_is_damaged_and_stays_as_it_is() {
    let (folder, key) = closed().await;
    let whole = fs::read(folder.path().join(BOOK)).expect("the book is there");
    for length in [1, 15, 16, 100, 4_095, 4_096, 4_097, whole.len() / 2, whole.len() - 4_096, whole.len() - 1]
    {
        fs::write(folder.path().join(BOOK), &whole[..length]).expect("the book can be cut");
        refused(&format!("cut to {length} bytes"), folder.path(), &key, is_damaged).await;
    }
}

#[tokio::test]
async fn a_flipped_byte_is_damage() {
    let (folder, key) = closed().await;
    let whole = fs::read(folder.path().join(BOOK)).expect("the book is there");
    // The salt, the first page, and the page where the tables of the schema go on.
    for place in [3, 16, 2_000, 4_090, 4_096 + 20] {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x20;
        fs::write(folder.path().join(BOOK), &bytes).expect("the book can be changed");
        refused(&format!("byte {place}"), folder.path(), &key, is_damaged).await;
    }
}

/// Pages of data are read when somebody asks for them: then the damage is told, never a wrong value.
#[tokio::test]
async fn damage_further_inside_is_found_when_it_is_read() {
    let (folder, key) = closed().await;
    let mut bytes = fs::read(folder.path().join(BOOK)).expect("the book is there");
    let length = bytes.len();
    for page in (length / 4_096 / 2)..(length / 4_096) {
        bytes[page * 4_096 + 1_000] ^= 1;
    }
    fs::write(folder.path().join(BOOK), &bytes).expect("the book can be changed");
    // Most likely it opens; whether it does or not, it must not say that everything is well.
    match open(folder.path(), &key).await {
        Ok(database) => {
            let told = database.check().await;
            assert!(
                told.is_err() || told.is_ok_and(|problems| !problems.is_empty()),
                "half of the pages are damaged"
            );
            database.close().await;
        }
        Err(error) => assert!(is_damaged(&error), "{error:?}"),
    }
}

#[tokio::test]
async fn something_else_entirely_is_no_book() {
    let (folder, key) = closed().await;
    for (what, bytes) in
        [("text", b"name;email\n".repeat(900)), ("zeros", vec![0; 8_192]), ("ones", vec![0xFF; 20_000])]
    {
        fs::write(folder.path().join(BOOK), bytes).expect("the file can be written");
        refused(what, folder.path(), &key, is_damaged).await;
    }
}

#[tokio::test]
async fn a_database_in_clear_is_refused() {
    let (folder, key) = closed().await;
    let mut plain = b"SQLite format 3\0".to_vec();
    plain.resize(4_096, 0);
    fs::write(folder.path().join(BOOK), plain).expect("the file can be written");
    refused("plain", folder.path(), &key, |error| matches!(error, OpenError::NotEncrypted { .. })).await;
}

#[tokio::test]
async fn a_newer_book_is_refused() {
    let book = filled().await;
    let key = book.key().clone();
    let mut transaction = book.write().await.expect("nobody else writes");
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of the future', 1, x'00', 0)",
    )
    .execute(&mut *transaction)
    .await
    .expect("the list of migrations can be written");
    commit(transaction).await.expect("it can be made durable");
    let folder = book.close().await;
    refused("newer", folder.path(), &key, |error| matches!(error, OpenError::Newer)).await;
}

/// A start that died between making the file and writing into it left nothing that could be lost.
#[tokio::test]
async fn an_empty_file_is_a_book_that_never_began() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    fs::write(folder.path().join(BOOK), []).expect("the file can be written");
    let key = DatabaseKey::from_bytes(&OTHER_KEY);
    let database = open(folder.path(), &key).await.expect("it begins now");
    database.close().await;
    drop(database);
    let wrong = DatabaseKey::from_bytes(&[0x22; 32]);
    refused("begun now", folder.path(), &wrong, |error| matches!(error, OpenError::WrongKey)).await;
}

/// SQLite throws the log of an empty file away, and here the log is all that is left.
#[tokio::test]
async fn an_empty_file_with_a_log_is_damage() {
    let (folder, key) = crashed().await;
    fs::write(folder.path().join(BOOK), []).expect("the file can be emptied");
    refused("emptied", folder.path(), &key, is_damaged).await;
}

#[test]
fn only_64_hexadecimal_characters_are_a_key() {
    let key = "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789";
    assert!(DatabaseKey::parse(key).is_some());
    for wrong in [
        "",
        "2DD2",
        &key[1..],
        &format!("{key}0"),
        &format!("{}g", &key[1..]),
        &format!(" {}", &key[1..]),
        "passphrase",
    ] {
        assert!(DatabaseKey::parse(wrong).is_none(), "{wrong:?} would be taken for a passphrase");
    }
}

/// A connection that needed a task to be given back was closed behind the back of a program that ended, which crashed then.
#[test]
fn a_connection_is_given_back_where_nothing_runs_any_more() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("it starts");
    let first = runtime();
    let book = first.block_on(temp_book());
    let connections: Vec<_> =
        (0..4).map(|_| first.block_on(book.read()).expect("four can read at once")).collect();
    let unfinished = first.block_on(async {
        let mut transaction = book.write().await.expect("nobody else writes");
        setting::write(&mut transaction, "colour", "blue").await.expect("it can be written");
        transaction
    });
    drop(first);
    drop((connections, unfinished));
    runtime().block_on(async {
        let mut transaction = book.write().await.expect("the one writer is free");
        let left = setting::find(&mut transaction, "colour").await.expect("it can be read");
        assert_eq!(left, None, "what was not committed is gone");
        commit(transaction).await.expect("it can be written");
        drop(book.read().await.expect("a reader is free"));
        book.close().await;
    });
}
