//! Secrets in a file that only its owner can read, for machines without a keychain. Chosen by a person, never by itself.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::{SecretError, SecretStore};

/// A JSON object of names to secrets, mode 0600.
#[derive(Debug)]
pub struct FileSecrets {
    path: PathBuf,
    /// Two writers in this process would lose one another's entries.
    one_at_a_time: Mutex<()>,
}

impl FileSecrets {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), one_at_a_time: Mutex::new(()) }
    }
}

#[async_trait]
impl SecretStore for FileSecrets {
    async fn read(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        let _alone = self.one_at_a_time.lock().await;
        Ok(load(&self.path)?.remove(name).map(SecretString::from))
    }

    async fn write(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        let _alone = self.one_at_a_time.lock().await;
        let mut all = load(&self.path)?;
        all.insert(name.to_owned(), secret.expose_secret().to_owned());
        keep(&self.path, &all)
    }

    async fn remove(&self, name: &str) -> Result<(), SecretError> {
        let _alone = self.one_at_a_time.lock().await;
        let mut all = load(&self.path)?;
        match all.remove(name) {
            Some(_) => keep(&self.path, &all),
            None => Ok(()),
        }
    }
}

fn load(path: &Path) -> Result<BTreeMap<String, String>, SecretError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(unavailable(path, &error.to_string())),
    };
    refuse_open_mode(path)?;
    // The parser's own message would quote the file.
    serde_json::from_str(&text).map_err(|_| unavailable(path, "it is not a JSON object of texts"))
}

/// Beside and renamed over: a crash in the middle leaves the old file.
fn keep(path: &Path, all: &BTreeMap<String, String>) -> Result<(), SecretError> {
    let text = serde_json::to_string(all).map_err(|error| unavailable(path, &error.to_string()))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        // Made with mode 0600.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|error| unavailable(path, &error.to_string()))
}

#[cfg(unix)]
fn refuse_open_mode(path: &Path) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt;
    let mode =
        std::fs::metadata(path).map_err(|error| unavailable(path, &error.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(unavailable(path, "others can read it; its mode must be 0600"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_open_mode(_path: &Path) -> Result<(), SecretError> {
    Ok(())
}

fn unavailable(path: &Path, why: &str) -> SecretError {
    SecretError::Unavailable(format!("{}: {why}", path.display()))
}
