//! Where keys and tokens lie: the keychain of the system. Never the database, a log, an argument or the web view.

mod file;
mod keychain;
mod memory;

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::error::{ApiError, ApiResult, Code};

pub use file::FileSecrets;
pub use keychain::KeychainSecrets;
pub use memory::MemorySecrets;

/// Why a secret could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is no keychain, or it is locked: nothing can be said about what is in it.
    #[error("the keychain cannot be used: {0}")]
    Unavailable(String),
    /// More than one entry has this name.
    #[error("the keychain has this entry more than once")]
    Ambiguous,
    /// What was read back differs from what was written.
    #[error("the keychain did not keep what was written to it")]
    NotKept,
}

/// A place for secrets, by name.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// `None`: the place works and has no such entry.
    async fn read(&self, name: &str) -> Result<Option<SecretString>, SecretError>;
    async fn write(&self, name: &str, secret: &SecretString) -> Result<(), SecretError>;
    /// An entry that is not there is as good as removed.
    async fn remove(&self, name: &str) -> Result<(), SecretError>;
}

/// The place that a person chose: `keyring` (the usual one) or `file:PATH`. Nothing falls back to a file by itself.
pub fn chosen(choice: Option<&str>) -> ApiResult<Arc<dyn SecretStore>> {
    match choice {
        None | Some("" | "keyring") => Ok(Arc::new(KeychainSecrets)),
        Some(other) => match other.strip_prefix("file:").filter(|path| !path.is_empty()) {
            Some(path) => Ok(Arc::new(FileSecrets::new(path))),
            None => Err(ApiError::new(Code::InvalidInput, "CLIENTELA_SECRETS is keyring or file:PATH")),
        },
    }
}

/// Writes, reads back and compares: some keychains say yes and keep nothing.
pub async fn write_and_prove(
    secrets: &dyn SecretStore,
    name: &str,
    secret: &SecretString,
) -> Result<(), SecretError> {
    use secrecy::ExposeSecret;
    secrets.write(name, secret).await?;
    match secrets.read(name).await? {
        Some(kept) if kept.expose_secret() == secret.expose_secret() => Ok(()),
        _ => Err(SecretError::NotKept),
    }
}
