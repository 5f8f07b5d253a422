//! The system's keychain: Keychain on macOS, Credential Manager on Windows, Secret Service on Linux.

use async_trait::async_trait;
use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use super::{SecretError, SecretStore};

const SERVICE: &str = "Clientela";

/// Every call runs on a thread of its own: the Linux keychain blocks, and would stall the runtime that has to answer it.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeychainSecrets;

#[async_trait]
impl SecretStore for KeychainSecrets {
    async fn read(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        let name = name.to_owned();
        on_own_thread(move || match Entry::new(SERVICE, &name).and_then(|entry| entry.get_password()) {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(classify(&error)),
        })
        .await
    }

    async fn write(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        let (name, secret) = (name.to_owned(), secret.clone());
        on_own_thread(move || {
            Entry::new(SERVICE, &name)
                .and_then(|entry| entry.set_password(secret.expose_secret()))
                .map_err(|error| classify(&error))
        })
        .await
    }

    async fn remove(&self, name: &str) -> Result<(), SecretError> {
        let name = name.to_owned();
        on_own_thread(move || match Entry::new(SERVICE, &name).and_then(|entry| entry.delete_credential()) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(classify(&error)),
        })
        .await
    }
}

async fn on_own_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretError> + Send + 'static,
) -> Result<T, SecretError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(SecretError::Unavailable(error.to_string())))
}

/// The text of an error never holds the secret, except where the keychain complains about its bytes: those are left out.
fn classify(error: &Error) -> SecretError {
    match error {
        Error::Ambiguous(_) => SecretError::Ambiguous,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => SecretError::NotKept,
        Error::NoDefaultStore => SecretError::Unavailable("there is no keychain on this system".to_owned()),
        Error::NoStorageAccess(cause) => {
            SecretError::Unavailable(format!("it is locked or not reachable ({cause})"))
        }
        other => SecretError::Unavailable(other.to_string()),
    }
}
