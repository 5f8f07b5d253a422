//! A book that cannot be opened: the window is told why, nothing is deleted, and asking again tries again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use clientela_app::error::{ApiError, Code};
use clientela_app::event::NoEvents;
use clientela_app::{App, Outside, secrets};
use clientela_desktop::Desk;
use serde_json::json;

use crate::mock::Shell;

fn open(folder: &Path, choice: &str) -> App {
    let opening = App::open(
        folder,
        secrets::chosen(Some(choice)).unwrap(),
        Outside::real(folder.to_owned()),
        Arc::new(NoEvents),
    );
    tauri::async_runtime::block_on(opening).unwrap()
}

/// A shell whose first try did not work, as it is when the window asks a second time.
fn after_a_failed_try(folder: &Path, choice: &str) -> Shell {
    let desk = Desk::new(Some(folder.to_owned()), Some(choice.to_owned()), false);
    desk.publish(Err(ApiError::new(Code::Internal, "the first try")));
    Shell::with(desk)
}

/// Every file with its bytes; the lock is not part of the book.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = entries.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path));
    named
        .filter(|(name, _)| {
            name.starts_with("clientela.") && !name.ends_with(".lock") && !name.ends_with("-shm")
        })
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect()
}

#[test]
fn a_folder_that_is_in_use_is_said_and_opens_when_it_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let choice = format!("file:{}", folder.path().join("keys.json").display());
    let first = open(folder.path(), &choice);
    let shell = after_a_failed_try(folder.path(), &choice);

    let told = shell.ask("start", json!({}));
    assert_eq!(told["problem"]["code"], "folder_in_use", "{told}");
    assert_eq!(told["settings"], json!(clientela_app::dto::setting::SettingsDto::default()));
    let refusal = shell.refusal("stores", json!({}));
    assert_eq!(refusal["code"], "folder_in_use", "every other command says the same: {refusal}");

    tauri::async_runtime::block_on(first.close());
    drop(first);
    let told = shell.ask("start", json!({}));
    assert_eq!(told["problem"], json!(null), "asked again, it tries again");
    assert_eq!(shell.ask("stores", json!({})), json!([]));
}

#[test]
fn a_missing_key_is_said_and_nothing_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.json");
    let app = open(folder.path(), &format!("file:{}", keys.display()));
    tauri::async_runtime::block_on(app.close());
    drop(app);
    let before = files(folder.path());
    assert!(before.contains_key("clientela.db"), "{:?}", before.keys());

    let elsewhere = folder.path().join("other-keys.json");
    let shell = after_a_failed_try(folder.path(), &format!("file:{}", elsewhere.display()));
    for _ in 0..2 {
        assert_eq!(
            shell.ask("start", json!({}))["problem"],
            json!({
                "code": "key_missing",
                "message": "the keychain does not have the key of this book",
                "details": { "path": folder.path().display().to_string() },
            })
        );
    }
    assert!(files(folder.path()) == before, "the book lies there as it was");
    assert!(!elsewhere.exists(), "no new key was made over a book that has one");
}

#[test]
fn a_wrong_choice_of_keychain_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let shell = after_a_failed_try(folder.path(), "vault");
    let told = shell.ask("start", json!({}));
    assert_eq!(told["problem"]["code"], "invalid_input", "nothing falls back by itself: {told}");
    assert!(files(folder.path()).is_empty(), "nothing was begun");
}
