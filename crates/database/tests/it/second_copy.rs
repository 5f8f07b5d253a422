//! What people typed is in two files, and either of them alone brings it back.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use chrono::DateTime;
use clientela_database::health::{Problem, SecondCopyProblem};
use clientela_database::rebuild::{Origin, RebuildError, Rebuilt, rebuild};
use clientela_database::table::history::{self, Source};
use clientela_database::table::mirror::Seen;
use clientela_database::table::{customer as customer_table, edit, export_entry, journal, mirror, setting};
use clientela_database::table::{sign_in, store, suppressed};
use clientela_database::{
    CommitWatcher, Connection, Database, DatabaseError, DatabaseKey, LockedFolder, OpenError, commit,
};
use clientela_domain::{CustomerId, CustomerRecord, Field, FieldValue, Presence, RemoteId, StoreId};
use clientela_testkit::{TempBook, customer, temp_book};
use tempfile::TempDir;

const BOOK: &str = "clientela.db";
const SECOND: &str = "clientela-second.db";

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

/// A book with one row of everything that is kept twice, and customers of whom nothing is.
pub(crate) async fn lived_in() -> (TempBook, StoreId, Vec<CustomerId>) {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let people: Vec<_> = (1..=20).map(|number| customer(number).record()).collect();
    let kept = book.keep(store, &people).await;
    let mut transaction = book.write().await.expect("nobody else writes");
    let t = &mut transaction;
    let now = DateTime::default();
    edit::save(t, kept[0], &Field::Note, &FieldValue::Null, &text("liga às 9h 💚"), "Bia", now)
        .await
        .unwrap();
    let refused = edit::save(t, kept[1], &Field::Phone, &text("1"), &text("2"), "Bia", now).await.unwrap();
    edit::park(t, refused, "refused", Some("não")).await.unwrap();
    let sent = edit::save(t, kept[2], &Field::Email, &text("a@b"), &text("c@d"), "", now).await.unwrap();
    edit::mark_sending(t, sent, Some(now)).await.unwrap();
    let unequal = edit::save(t, kept[3], &Field::FirstName, &text("a"), &text("b"), "", now).await.unwrap();
    edit::set_conflict(t, unequal, &text("c")).await.unwrap();
    journal::insert(t, kept[4], "Bia", "prefere azul", now).await.unwrap();
    history::insert(t, kept[5], now, Source::Here, &Field::Note, &FieldValue::Null, &text("x"))
        .await
        .unwrap();
    history::insert(t, kept[6], now, Source::Store, &Field::Note, &FieldValue::Null, &text("y"))
        .await
        .unwrap();
    setting::write(t, "desk", "{\"clerk\":\"Bia\"}").await.unwrap();
    suppressed::insert(t, store, &[0, 1, 2, 255]).await.unwrap();
    export_entry::insert(t, "Bia", "/tmp/x.csv", 3, "all", now).await.unwrap();
    let opens = sign_in::SignIn { place: 0, customer: RemoteId::new("1".to_owned()) };
    sign_in::write(t, store, &opens).await.unwrap();
    commit(transaction).await.unwrap();
    (book, store, kept)
}

/// Everything that only people know, as it is shown by the tables themselves.
pub(crate) async fn told(database: &Database, store: StoreId, kept: &[CustomerId]) -> String {
    let mut connection = database.read().await.unwrap();
    let c: &mut Connection = &mut connection;
    let mut lines = vec![format!("{:#?}", edit::all(c).await.unwrap())];
    for id in kept {
        lines.push(format!("{:?}", journal::of_customer(c, *id).await.unwrap()));
        let mut history = history::newest(c, *id, 50).await.unwrap();
        history.retain(|line| line.source != "store");
        lines.push(format!("{history:?}"));
    }
    lines.push(format!("{:?}", setting::find(c, "desk").await.unwrap()));
    lines.push(format!("{:?}", suppressed::all(c, store).await.unwrap()));
    lines.push(format!("{:?}", export_entry::exists(c, "/tmp/x.csv").await.unwrap()));
    lines.push(format!("{:?}", sign_in::of_store(c, store).await.unwrap()));
    let known = store::find(c, store).await.unwrap().expect("the store is connected");
    lines.push(format!("{:?} {:?} {:?}", known.name, known.url, known.account));
    lines.join("\n")
}

pub(crate) async fn make_anew(
    folder: &Path,
    key: &DatabaseKey,
    may_lose: bool,
) -> Result<Rebuilt, RebuildError> {
    let locked = LockedFolder::take(folder).expect("nobody else has the folder");
    rebuild(&locked, key, [7; 16], may_lose, async |_, _| Ok(())).await
}

pub(crate) async fn open(folder: &Path, key: &DatabaseKey) -> Result<Database, OpenError> {
    Database::open(LockedFolder::take(folder)?, key, [9; 16]).await
}

pub(crate) fn spoil(path: &Path) {
    let mut bytes = fs::read(path).expect("the file is there");
    for byte in bytes.iter_mut().skip(20) {
        *byte ^= 0x5a;
    }
    fs::write(path, bytes).expect("the file can be written");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Seen: a copy of the store that lagged behind passed for newer than what was known, and an edit for done.
#[tokio::test]
async fn a_new_book_knows_when_a_store_showed_a_customer_last() {
    let (book, _, kept) = lived_in().await;
    let at = |second: i64| DateTime::from_timestamp(1_767_258_000 + second, 0).expect("it is a moment");
    let mut transaction = book.write().await.expect("nobody else writes");
    let seen = Seen { shown_at: Some(at(5)), now: at(7), pass: None, detail: true };
    let changed = CustomerRecord { note: Presence::Value("novo".to_owned()), ..customer(1).record() };
    mirror::write(&mut transaction, kept[0], &changed, seen).await.unwrap();
    commit(transaction).await.unwrap();
    let key = book.key().clone();
    let folder = book.close().await;
    spoil(&folder.path().join(BOOK));
    make_anew(folder.path(), &key, false).await.expect("the second copy is whole");
    let anew = open(folder.path(), &key).await.expect("the new book opens");
    let mut connection = anew.read().await.unwrap();
    let known = mirror::find(&mut connection, kept[0]).await.unwrap().expect("something of it is kept");
    assert_eq!((known.record, known.shown_at, known.seen_at), (changed, Some(at(5)), Some(at(7))));
}

#[tokio::test]
async fn a_damaged_book_is_set_aside_and_everything_typed_is_in_the_new_one() {
    let (book, store, kept) = lived_in().await;
    let before = told(&book, store, &kept).await;
    assert_eq!(book.check().await.unwrap(), [], "both files are in step");
    let key = book.key().clone();
    let folder = book.close().await;
    spoil(&folder.path().join(BOOK));
    let damaged = fs::read(folder.path().join(BOOK)).unwrap();
    assert!(matches!(open(folder.path(), &key).await, Err(OpenError::Damaged { .. })));

    let made = make_anew(folder.path(), &key, false).await.expect("the second copy is whole");
    assert_eq!((made.origin, made.left_out), (Origin::SecondCopy, 0));
    assert_eq!((made.stores, made.edits, made.notes), (1, 4, 1));
    assert_eq!(made.customers, kept[..6].to_vec(), "those of whom something is kept");
    assert_eq!(
        fs::read(folder.path().join("clientela-set-aside-1.db")).unwrap(),
        damaged,
        "nothing is deleted"
    );
    assert!(!folder.path().join("rebuild").exists(), "nothing is left lying about");

    let anew = open(folder.path(), &key).await.expect("the new book opens");
    assert_eq!(told(&anew, store, &kept).await, before);
    let mut connection = anew.read().await.unwrap();
    let known = mirror::find(&mut connection, kept[0]).await.unwrap().expect("the customer is there");
    assert_eq!(known.record, customer(1).record(), "as the store last showed it");
    assert!(mirror::find(&mut connection, kept[6]).await.unwrap().is_none(), "the store will tell");
    drop(connection);
    let problems = anew.check().await.unwrap();
    let are_of_search = problems.iter().all(|problem| matches!(problem, Problem::SearchText { .. }));
    assert!(are_of_search, "what is shown is written by whoever makes the book anew: {problems:?}");
    anew.close().await;
}

/// The cipher tells it as an error of no kind (1, "SQL logic error"), and the program took it for a mistake of its own.
#[tokio::test]
async fn a_page_whose_seal_is_broken_is_damage_wherever_it_is_met() {
    let (book, ..) = lived_in().await;
    let key = book.key().clone();
    let folder = book.close().await;
    let path = folder.path().join(BOOK);
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / 4096;
    let mut opened = 0;
    for page in (1..pages).step_by(3) {
        let mut bytes = whole.clone();
        bytes[page * 4096 + 100] ^= 1;
        fs::write(&path, bytes).unwrap();
        match open(folder.path(), &key).await {
            Err(error) => assert!(
                matches!(error, OpenError::Damaged { .. } | OpenError::Database(DatabaseError::Damaged)),
                "page {page}: {error:?}"
            ),
            Ok(book) => {
                opened += 1;
                match book.check().await {
                    Ok(problems) => {
                        let is_told = problems.iter().any(|problem| matches!(problem, Problem::Pages(_)));
                        assert!(is_told, "page {page}: {problems:?}");
                    }
                    Err(error) => unreachable!("page {page}: a look at the book fails: {error:?}"),
                }
                // A connection that has met such a page says of everything that there is no memory.
                let again = book.check().await.unwrap();
                let is_told = again.iter().any(|problem| matches!(problem, Problem::Pages(_)));
                assert!(is_told, "page {page}, looked at again: {again:?}");
                book.close().await;
            }
        }
    }
    assert!(opened > 5, "some pages are only met later: {opened} of {pages}");
}

#[tokio::test]
async fn a_book_that_was_taken_away_is_never_begun_anew_by_itself() {
    let (book, store, kept) = lived_in().await;
    let before = told(&book, store, &kept).await;
    let key = book.key().clone();
    let folder = book.close().await;
    fs::remove_file(folder.path().join(BOOK)).unwrap();
    assert!(LockedFolder::take(folder.path()).unwrap().has_book(), "so no new key is made either");
    let names_before = names(folder.path());
    assert!(matches!(open(folder.path(), &key).await, Err(OpenError::Missing { .. })));
    assert_eq!(names(folder.path()), names_before);

    make_anew(folder.path(), &key, false).await.expect("the second copy is whole");
    let anew = open(folder.path(), &key).await.expect("the new book opens");
    assert_eq!(told(&anew, store, &kept).await, before);
    anew.close().await;
}

#[tokio::test]
async fn a_second_copy_that_cannot_be_read_is_set_aside_and_made_anew() {
    for trouble in ["spoiled", "gone", "of another key", "cut"] {
        let (book, store, kept) = lived_in().await;
        let before = told(&book, store, &kept).await;
        let key = book.key().clone();
        let folder = book.close().await;
        let second = folder.path().join(SECOND);
        match trouble {
            "spoiled" => spoil(&second),
            "gone" => fs::remove_file(&second).unwrap(),
            "cut" => fs::write(&second, &fs::read(&second).unwrap()[..5000]).unwrap(),
            _ => {
                let other = TempDir::new().unwrap();
                let locked = LockedFolder::take(other.path()).unwrap();
                let stranger = DatabaseKey::from_bytes(&[0x33; 32]);
                Database::open(locked, &stranger, [1; 16]).await.unwrap().close().await;
                fs::copy(other.path().join(SECOND), &second).unwrap();
            }
        }
        let book = open(folder.path(), &key).await.expect("the book itself is whole");
        assert_eq!(told(&book, store, &kept).await, before, "{trouble}");
        assert_eq!(book.check().await.unwrap().len(), 0, "{trouble}: it is in step again");
        let kept_files = clientela_database::old_files::old_files(folder.path()).unwrap();
        assert_eq!(kept_files.len(), usize::from(trouble != "gone"), "{trouble}: nothing is deleted");
        book.close().await;
        drop(book);
        // And it is good for what it is for.
        fs::remove_file(folder.path().join(BOOK)).unwrap();
        make_anew(folder.path(), &key, false).await.expect("the second copy is whole");
        let anew = open(folder.path(), &key).await.expect("the new book opens");
        assert_eq!(told(&anew, store, &kept).await, before, "{trouble}");
        anew.close().await;
    }
}

#[tokio::test]
async fn where_nothing_can_be_read_nothing_is_moved_without_a_persons_word() {
    let (book, ..) = lived_in().await;
    let key = book.key().clone();
    let folder = book.close().await;
    spoil(&folder.path().join(BOOK));
    spoil(&folder.path().join(SECOND));
    let before = names(folder.path());
    let refused = make_anew(folder.path(), &key, false).await;
    assert!(matches!(refused, Err(RebuildError::NothingReadable)), "{refused:?}");
    assert_eq!(names(folder.path()), before);

    let made = make_anew(folder.path(), &key, true).await.expect("a person said so");
    assert_eq!((made.origin, made.edits), (Origin::Nothing, 0));
    assert_eq!(made.set_aside.len(), 2, "both old files are kept: {:?}", made.set_aside);
    open(folder.path(), &key).await.expect("an empty book opens").close().await;
}

#[tokio::test]
async fn what_can_still_be_read_of_the_book_is_taken_where_the_second_copy_is_lost() {
    let (book, store, kept) = lived_in().await;
    let before = told(&book, store, &kept).await;
    let key = book.key().clone();
    let folder = book.close().await;
    spoil(&folder.path().join(SECOND));
    let made = make_anew(folder.path(), &key, false).await.expect("the book itself can be read");
    assert_eq!((made.origin, made.edits), (Origin::Damaged, 4));
    let anew = open(folder.path(), &key).await.expect("the new book opens");
    assert_eq!(told(&anew, store, &kept).await, before);
    anew.close().await;
}

/// Seen in the simulator: where a program had ended just as it began the second copy, a damaged book could not be mended at all.
#[tokio::test]
async fn a_second_copy_that_was_begun_and_never_written_stands_in_nobodys_way() {
    let (book, store, kept) = lived_in().await;
    let before = told(&book, store, &kept).await;
    let key = book.key().clone();
    let folder = book.close().await;
    std::fs::write(folder.path().join(SECOND), b"").expect("it can be emptied");
    let made = make_anew(folder.path(), &key, false).await.expect("the book itself can be read");
    assert_eq!((made.origin, made.edits), (Origin::Damaged, 4));
    let anew = open(folder.path(), &key).await.expect("the new book opens");
    assert_eq!(told(&anew, store, &kept).await, before);
    anew.close().await;
}

#[tokio::test]
async fn a_new_book_that_was_not_finished_is_begun_again() {
    let (book, store, kept) = lived_in().await;
    let before = told(&book, store, &kept).await;
    let key = book.key().clone();
    let folder = book.close().await;
    spoil(&folder.path().join(BOOK));
    // The machine stopped after the old file was moved away and before the new one was in its place.
    let locked = LockedFolder::take(folder.path()).unwrap();
    let broken = rebuild(&locked, &key, [7; 16], false, async |_, _| Err(DatabaseError::DiskFull)).await;
    assert!(matches!(broken, Err(RebuildError::Database(DatabaseError::DiskFull))), "{broken:?}");
    assert!(folder.path().join(BOOK).exists(), "the old files are where they were");
    drop(locked);
    fs::rename(folder.path().join(BOOK), folder.path().join("clientela-set-aside-1.db")).unwrap();
    assert!(matches!(open(folder.path(), &key).await, Err(OpenError::Missing { .. })));
    make_anew(folder.path(), &key, false).await.expect("the second copy is whole");
    let anew = open(folder.path(), &key).await.expect("the new book opens");
    assert_eq!(told(&anew, store, &kept).await, before);
    anew.close().await;
}

/// Fails the commit of the book after the second copy has what is in it.
struct PullsThePlug(AtomicBool, Arc<tokio::sync::Notify>);

#[async_trait]
impl CommitWatcher for PullsThePlug {
    async fn before(&self) -> Result<(), DatabaseError> {
        Ok(())
    }

    async fn between(&self) {
        if self.0.load(Ordering::Relaxed) {
            self.1.notify_one();
            std::future::pending::<()>().await;
        }
    }

    async fn after(&self) {}
}

#[tokio::test]
async fn what_was_not_committed_in_the_book_does_not_stay_in_the_second_copy() {
    let (book, store, kept) = lived_in().await;
    let key = book.key().clone();
    let folder = book.close().await;
    let reached = Arc::new(tokio::sync::Notify::new());
    let watcher = Arc::new(PullsThePlug(AtomicBool::new(true), reached.clone()));
    let book = open(folder.path(), &key).await.unwrap().watched_by(watcher.clone());
    let before = told(&book, store, &kept).await;
    let write = async |words: &str| {
        let mut transaction = book.write().await.unwrap();
        journal::insert(&mut transaction, kept[7], "Bia", words, DateTime::default()).await.unwrap();
        commit(transaction).await.unwrap();
    };
    tokio::select! {
        () = write("never acknowledged") => unreachable!("the commit does not end"),
        () = reached.notified() => {}
    }
    watcher.0.store(false, Ordering::Relaxed);
    // In the same run of the program, by the next thing that is saved.
    assert_ne!(book.check().await.unwrap(), [], "now the second copy is ahead");
    write("acknowledged").await;
    assert_eq!(book.check().await.unwrap(), []);
    // And by the next start.
    watcher.0.store(true, Ordering::Relaxed);
    tokio::select! {
        () = write("never acknowledged either") => unreachable!("the commit does not end"),
        () = reached.notified() => {}
    }
    book.close().await;
    drop(book);
    let book = open(folder.path(), &key).await.unwrap();
    assert_eq!(book.check().await.unwrap(), []);
    let after = told(&book, store, &kept).await;
    assert!(!after.contains("never acknowledged") && after.contains("\"acknowledged\""), "{after}");
    assert_ne!(after, before);
    assert!(clientela_database::old_files::old_files(folder.path()).unwrap().is_empty());
    book.close().await;
}

#[tokio::test]
async fn a_second_copy_that_is_newer_than_the_book_is_kept() {
    let (book, _, kept) = lived_in().await;
    let key = book.key().clone();
    let folder = book.close().await;
    let old = fs::read(folder.path().join(BOOK)).unwrap();
    let book = open(folder.path(), &key).await.unwrap();
    for words in ["one", "two", "three"] {
        let mut transaction = book.write().await.unwrap();
        journal::insert(&mut transaction, kept[8], "Bia", words, DateTime::default()).await.unwrap();
        commit(transaction).await.unwrap();
    }
    book.close().await;
    drop(book);
    // Somebody put yesterday's book back, and only that file.
    fs::write(folder.path().join(BOOK), old).unwrap();
    let book = open(folder.path(), &key).await.unwrap();
    assert_eq!(book.check().await.unwrap(), []);
    let kept_files = clientela_database::old_files::old_files(folder.path()).unwrap();
    assert_eq!(
        kept_files,
        [folder.path().join("clientela-second-set-aside-1.db")],
        "today's notes are in it"
    );
    book.close().await;
}

#[tokio::test]
async fn who_is_removed_or_made_nameless_is_so_in_the_second_copy_too() {
    let (book, store, kept) = lived_in().await;
    let mut transaction = book.write().await.unwrap();
    customer_table::remove(&mut transaction, kept[4]).await.unwrap();
    let mut nameless = customer(6).record();
    nameless.set_field(&Field::Email, &FieldValue::Null);
    let seen = mirror::Seen { shown_at: None, now: DateTime::default(), pass: None, detail: false };
    mirror::write(&mut transaction, kept[5], &nameless, seen).await.unwrap();
    commit(transaction).await.unwrap();
    assert_eq!(book.check().await.unwrap(), []);
    let key = book.key().clone();
    let folder = book.close().await;
    fs::remove_file(folder.path().join(BOOK)).unwrap();
    make_anew(folder.path(), &key, false).await.unwrap();
    let anew = open(folder.path(), &key).await.unwrap();
    let mut connection = anew.read().await.unwrap();
    assert!(mirror::find(&mut connection, kept[4]).await.unwrap().is_none());
    let known = mirror::find(&mut connection, kept[5]).await.unwrap().expect("its timeline is kept");
    assert_eq!(known.record, nameless);
    assert_eq!(suppressed::all(&mut connection, store).await.unwrap(), [vec![0, 1, 2, 255]]);
    drop(connection);
    anew.close().await;
}

#[tokio::test]
async fn a_second_copy_that_cannot_be_written_does_not_stop_the_work_and_is_told() {
    let (book, store, kept) = lived_in().await;
    let key = book.key().clone();
    let folder = book.close().await;
    fs::remove_file(folder.path().join(SECOND)).unwrap();
    // Nothing can be written where a folder is.
    fs::create_dir(folder.path().join(SECOND)).unwrap();
    let book = open(folder.path(), &key).await.expect("the book opens all the same");
    let write = async |words: &str| {
        let mut transaction = book.write().await.unwrap();
        journal::insert(&mut transaction, kept[9], "Bia", words, DateTime::default()).await.unwrap();
        commit(transaction).await.expect("the book has it");
    };
    write("goes on").await;
    assert!(told(&book, store, &kept).await.contains("goes on"));
    let problems = book.check().await.unwrap();
    assert!(
        matches!(problems.as_slice(), [Problem::SecondCopy(SecondCopyProblem::Failed(_))]),
        "{problems:?}"
    );
    // As soon as it can be written, it has everything.
    fs::remove_dir(folder.path().join(SECOND)).unwrap();
    write("and on").await;
    assert_eq!(book.check().await.unwrap(), []);
    book.close().await;
}
