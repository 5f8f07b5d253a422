//! What lies on the disk can be read by nobody without the key.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use clientela_testkit::{TempBook, customer, temp_book};

/// Every file of the folder with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
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

async fn book_with_500() -> (TempBook, HashSet<Vec<u8>>) {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let records: Vec<_> = (1..=500).map(|number| customer(number).record()).collect();
    let emails: Vec<String> = records.iter().filter_map(|record| record.email.clone().into_value()).collect();
    assert_eq!(emails.len(), 500, "there is something to look for");
    book.keep(store, &records).await;
    let runs = emails.iter().flat_map(|email| email.as_bytes().windows(8)).map(<[u8]>::to_vec).collect();
    (book, runs)
}

fn assert_unreadable(when: &str, folder: &Path, runs: &HashSet<Vec<u8>>) {
    for (name, bytes) in files(folder) {
        let found = bytes.windows(8).find(|window| runs.contains(*window));
        assert_eq!(found, None, "{when}: {name} has a piece of an e-mail in clear");
    }
}

#[tokio::test]
async fn no_piece_of_an_email_is_on_the_disk() {
    let (book, runs) = book_with_500().await;
    let log =
        files(book.path()).into_iter().find(|(name, _)| name == "clientela.db-wal").expect("there is a log");
    assert!(log.1.len() > 500_000, "the customers are still in the log: {} bytes", log.1.len());
    assert_unreadable("in the log", book.path(), &runs);
    book.checkpoint().await.expect("nobody reads");
    assert_unreadable("written back", book.path(), &runs);
    let folder = book.close().await;
    assert_unreadable("closed", folder.path(), &runs);
}

#[tokio::test]
async fn the_search_for_clear_text_would_find_some() {
    let (book, runs) = book_with_500().await;
    fs::write(book.path().join("notes.txt"), "write to ana.dasilva12@correio.example")
        .expect("a file can be written");
    let found =
        files(book.path()).iter().any(|(_, bytes)| bytes.windows(8).any(|window| runs.contains(window)));
    assert!(found, "a test that finds nothing anywhere proves nothing");
}

#[tokio::test]
async fn the_file_does_not_look_like_a_database() {
    let book = temp_book().await;
    book.checkpoint().await.expect("nobody reads");
    let bytes = fs::read(book.path().join("clientela.db")).expect("the book is there");
    assert!(bytes.len() >= 4096, "the schema is written");
    assert_ne!(&bytes[..16], b"SQLite format 3\0", "its first bytes are the cipher's salt");
}

/// SQLite before 3.51.3 (3.50.7 on its branch) can lose pages when two connections write or checkpoint at once: the "WAL-reset"
/// race. That is why one connection writes, all others are query-only, and a folder has one owner. When this fails after an
/// update of the driver, read the release notes, then write the new versions here.
#[tokio::test]
async fn the_versions_are_the_ones_that_were_studied() {
    let book = temp_book().await;
    let mut connection = book.read().await.expect("the book can be read");
    let sqlite: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&mut *connection)
        .await
        .expect("it tells its version");
    let cipher: String = sqlx::query_scalar("PRAGMA cipher_version")
        .fetch_one(&mut *connection)
        .await
        .expect("it tells its version");
    assert_eq!(sqlite, "3.50.4");
    assert_eq!(cipher, "4.10.0 community");
}

/// Sorting and building indexes would spill decrypted pages into temporary files otherwise.
#[tokio::test]
async fn what_is_temporary_stays_in_memory() {
    let book = temp_book().await;
    let mut connection = book.read().await.expect("the book can be read");
    let options: Vec<String> = sqlx::query_scalar("PRAGMA compile_options")
        .fetch_all(&mut *connection)
        .await
        .expect("it tells its options");
    assert!(
        options.iter().any(|option| option == "TEMP_STORE=2"),
        "temporary tables are in memory: {options:?}"
    );
}

#[tokio::test]
async fn readers_cannot_write() {
    let book = temp_book().await;
    book.store("Loja").await;
    let mut connections = Vec::new();
    for _ in 0..4 {
        connections.push(book.read().await.expect("the book can be read"));
    }
    for connection in &mut connections {
        for statement in [
            "DELETE FROM store",
            "UPDATE store SET name = 'x'",
            "CREATE TABLE x (y)",
            "INSERT INTO setting VALUES ('a', 'b')",
        ] {
            let error =
                sqlx::query(statement).execute(&mut **connection).await.expect_err("readers only read");
            assert!(error.to_string().contains("readonly"), "{statement}: {error}");
        }
        let automatic: i64 = sqlx::query_scalar("PRAGMA wal_autocheckpoint")
            .fetch_one(&mut **connection)
            .await
            .expect("it tells");
        assert_eq!(automatic, 0, "readers never write the log back");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let book = temp_book().await;
    let mode = fs::metadata(book.path()).expect("the folder is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "nobody else on this machine looks into it");
}
