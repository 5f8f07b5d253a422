//! Opening a book: its key, its folder, and everything that can be wrong with them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use clientela_app::error::Code;
use clientela_app::secrets::{FileSecrets, MemorySecrets, SecretError, SecretStore};
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;

use crate::desk::{Desk, open, refused};

/// Every file of a book but its lock, byte by byte.
fn files(folder: &TempDir) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(folder.path().join("book")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| !path.to_string_lossy().ends_with("lock"))
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect()
}

/// A keychain that says yes to everything and keeps nothing, or cannot be used at all.
struct BadKeychain(Option<SecretError>);

#[async_trait]
impl SecretStore for BadKeychain {
    async fn read(&self, _name: &str) -> Result<Option<SecretString>, SecretError> {
        self.0.clone().map_or(Ok(None), Err)
    }

    async fn write(&self, _name: &str, _secret: &SecretString) -> Result<(), SecretError> {
        self.0.clone().map_or(Ok(()), Err)
    }

    async fn remove(&self, _name: &str) -> Result<(), SecretError> {
        Ok(())
    }
}

/// The name under which a book's key lies, and the key.
async fn key_of(folder: &TempDir, secrets: &dyn SecretStore) -> (String, String) {
    let id = std::fs::read_to_string(folder.path().join("book/clientela.id")).unwrap();
    let name = format!("book-key-{}", id.trim());
    let key = secrets.read(&name).await.unwrap().unwrap().expose_secret().to_owned();
    (name, key)
}

#[tokio::test]
async fn the_key_is_made_once_and_read_back() {
    let folder = TempDir::new().unwrap();
    let secrets: Arc<dyn SecretStore> = Arc::new(MemorySecrets::default());
    open(&folder, secrets.clone()).await.unwrap().close().await;
    let first = key_of(&folder, &*secrets).await;
    assert_eq!(first.1.len(), 64, "256 bits");
    open(&folder, secrets.clone()).await.unwrap().close().await;
    assert_eq!(key_of(&folder, &*secrets).await, first, "never made anew");
    let other = TempDir::new().unwrap();
    open(&other, secrets.clone()).await.unwrap().close().await;
    let second = key_of(&other, &*secrets).await;
    assert!(second.0 != first.0 && second.1 != first.1, "every folder has a key of its own");
}

#[tokio::test]
async fn a_lost_or_wrong_key_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let secrets: Arc<dyn SecretStore> = Arc::new(MemorySecrets::default());
    open(&folder, secrets.clone()).await.unwrap().close().await;
    let (name, key) = key_of(&folder, &*secrets).await;
    let before = files(&folder);

    let empty: Arc<dyn SecretStore> = Arc::new(MemorySecrets::default());
    let error = refused(open(&folder, empty.clone()).await, Code::KeyMissing);
    assert!(error.details["path"].ends_with("book"), "the folder is named");
    assert!(empty.read(&name).await.unwrap().is_none(), "no other key is made");

    for (wrong, code) in [
        ("11".repeat(32), Code::KeyWrong),
        ("2DD2".to_owned(), Code::KeyWrong),
        (String::new(), Code::KeyWrong),
    ] {
        secrets.write(&name, &SecretString::from(wrong)).await.unwrap();
        refused(open(&folder, secrets.clone()).await, code);
    }
    let gone = std::fs::read(folder.path().join("book/clientela.id")).unwrap();
    std::fs::remove_file(folder.path().join("book/clientela.id")).unwrap();
    refused(open(&folder, secrets.clone()).await, Code::KeyMissing);
    std::fs::write(folder.path().join("book/clientela.id"), gone).unwrap();
    assert_eq!(files(&folder), before, "nothing was changed");

    secrets.write(&name, &SecretString::from(key)).await.unwrap();
    open(&folder, secrets).await.unwrap().close().await;
}

#[tokio::test]
async fn a_keychain_that_cannot_be_used_begins_no_book() {
    for trouble in [Some(SecretError::Unavailable("locked".to_owned())), Some(SecretError::Ambiguous), None] {
        let folder = TempDir::new().unwrap();
        refused(open(&folder, Arc::new(BadKeychain(trouble))).await, Code::KeychainUnavailable);
        let book: Vec<_> =
            files(&folder).into_keys().filter(|path| !path.ends_with("clientela.id")).collect();
        assert!(book.is_empty(), "nothing is encrypted with a key that nobody keeps: {book:?}");
    }
}

#[tokio::test]
async fn a_locked_keychain_is_not_taken_for_a_lost_key() {
    let folder = TempDir::new().unwrap();
    let secrets: Arc<dyn SecretStore> = Arc::new(MemorySecrets::default());
    open(&folder, secrets).await.unwrap().close().await;
    let locked = BadKeychain(Some(SecretError::Unavailable("locked".to_owned())));
    refused(open(&folder, Arc::new(locked)).await, Code::KeychainUnavailable);
}

#[tokio::test]
async fn a_folder_belongs_to_one_program() {
    let desk = Desk::new(1).await;
    refused(open(&desk.folder, desk.secrets.clone()).await, Code::FolderInUse);
    desk.app.close().await;
    drop(desk.app);
    open(&desk.folder, desk.secrets.clone()).await.unwrap().close().await;
}

#[tokio::test]
async fn a_damaged_book_is_kept() {
    let folder = TempDir::new().unwrap();
    let secrets: Arc<dyn SecretStore> = Arc::new(MemorySecrets::default());
    open(&folder, secrets.clone()).await.unwrap().close().await;
    let book = files(&folder).into_iter().max_by_key(|(_, bytes)| bytes.len()).unwrap();
    let mut bytes = book.1.clone();
    bytes[2_000..6_000].fill(0x5A);
    std::fs::write(&book.0, &bytes).unwrap();
    let outcome = open(&folder, secrets).await;
    let Err(error) = outcome else { panic!("a damaged first page is noticed") };
    assert!(matches!(error.code, Code::FileDamaged | Code::KeyWrong), "{error:?}");
    assert_eq!(std::fs::read(&book.0).unwrap(), bytes, "it was neither changed nor deleted");
}

#[cfg(unix)]
#[tokio::test]
async fn secrets_in_a_file_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("secrets.json");
    let secrets = FileSecrets::new(&path);
    assert!(secrets.read("token").await.unwrap().is_none(), "no file is no secret");
    secrets.write("token", &SecretString::from("abc".to_owned())).await.unwrap();
    secrets.write("other", &SecretString::from("def".to_owned())).await.unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(secrets.read("token").await.unwrap().unwrap().expose_secret(), "abc");
    secrets.remove("token").await.unwrap();
    secrets.remove("token").await.unwrap();
    assert!(secrets.read("token").await.unwrap().is_none());
    assert_eq!(secrets.read("other").await.unwrap().unwrap().expose_secret(), "def", "others stay");
    for open in [0o644, 0o640, 0o604, 0o660] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(open)).unwrap();
        assert!(
            matches!(secrets.read("other").await, Err(SecretError::Unavailable(_))),
            "{open:o} is refused"
        );
        let written = secrets.write("third", &SecretString::from("ghi".to_owned())).await;
        assert!(written.is_err(), "{open:o}: nothing is added to a file that others read");
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, "secret text that is no JSON").unwrap();
    let Err(SecretError::Unavailable(words)) = secrets.read("other").await else {
        panic!("it cannot be read")
    };
    assert!(!words.contains("secret text"), "the file is not quoted: {words}");
    assert!(!format!("{secrets:?}").contains("def"), "nor printed");
}
