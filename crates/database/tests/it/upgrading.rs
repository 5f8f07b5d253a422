//! A book of every older version, with everything that people typed in it, opened by this one.

use std::fs;

use clientela_database::table::mirror;
use clientela_database::view::list::{self, Query};
use clientela_testkit::older::{FIRST_VERSION, NEWEST_VERSION, make_older, migrate, schema};
use clientela_testkit::temp_book;
use tempfile::TempDir;

use crate::second_copy::{lived_in, make_anew, open, spoil, told};

/// Sign-ins for single customers have been kept since the second version.
fn since_the_first(told: &str) -> String {
    told.lines().filter(|line| !line.contains("SignIn {") && *line != "[]").collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn nothing_that_was_typed_is_lost_when_an_older_book_is_opened() {
    for version in FIRST_VERSION..NEWEST_VERSION {
        let (book, store, kept) = lived_in().await;
        let before = since_the_first(&told(&book, store, &kept).await);
        let key = book.key().clone();
        let folder = book.close().await;
        make_older(folder.path(), &key, version).await;

        let book = open(folder.path(), &key).await.unwrap();
        assert_eq!(since_the_first(&told(&book, store, &kept).await), before, "version {version}");
        assert_eq!(book.check().await.unwrap(), [], "version {version}: files, references and indexes");
        let mut reader = book.read().await.unwrap();
        let first = mirror::find(&mut reader, kept[0]).await.unwrap().unwrap();
        let text = first.record.email.into_value().unwrap();
        let found = list::ids(&mut reader, &Query { text, ..Query::default() }).await.unwrap();
        assert_eq!(found, [kept[0]], "version {version}: search");
        drop(reader);
        book.close().await;
        drop(book);

        // The second file has it all from now on, although no transaction was written since.
        spoil(&folder.path().join("clientela.db"));
        make_anew(folder.path(), &key, false).await.unwrap();
        let book = open(folder.path(), &key).await.unwrap();
        assert_eq!(since_the_first(&told(&book, store, &kept).await), before, "version {version}: made anew");
        book.close().await;
    }
}

/// The book of an older program was damaged before this one came to upgrade it.
#[tokio::test]
async fn a_second_copy_with_plain_records_can_be_read() {
    let (book, store, kept) = lived_in().await;
    let before = told(&book, store, &kept).await;
    let key = book.key().clone();
    let folder = book.close().await;
    make_older(folder.path(), &key, 5).await;
    spoil(&folder.path().join("clientela.db"));
    make_anew(folder.path(), &key, false).await.unwrap();
    let book = open(folder.path(), &key).await.unwrap();
    assert_eq!(told(&book, store, &kept).await, before);
    book.close().await;
}

#[tokio::test]
async fn the_book_as_it_was_before_an_upgrade_is_kept() {
    let (book, ..) = lived_in().await;
    let key = book.key().clone();
    let folder = book.close().await;
    make_older(folder.path(), &key, 3).await;
    let older = schema(&folder.path().join("clientela.db"), &key).await;
    open(folder.path(), &key).await.unwrap().close().await;
    let kept = schema(&folder.path().join("clientela-before-upgrade-3.db"), &key).await;
    assert_eq!(kept, older);
}

/// The way back leads where the migrations came from: what is tried above is what an older program left.
#[tokio::test]
async fn books_made_older_are_what_the_migrations_make() {
    let book = temp_book().await;
    let key = book.key().clone();
    let folder = book.close().await;
    let newest = schema(&folder.path().join("clientela.db"), &key).await;
    for version in (FIRST_VERSION..=NEWEST_VERSION).rev() {
        let (copy, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        for name in ["clientela.db", "clientela-second.db"] {
            fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
        }
        make_older(copy.path(), &key, version).await;
        let made = other.path().join("made.db");
        migrate(&made, &key, version).await;
        let older = schema(&copy.path().join("clientela.db"), &key).await;
        assert_eq!(older, schema(&made, &key).await, "version {version}");
        assert_eq!(older == newest, version == NEWEST_VERSION, "every version has made a difference");
    }
}
