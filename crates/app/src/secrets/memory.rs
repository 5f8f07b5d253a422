//! Secrets that end with the process, for tests.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use secrecy::SecretString;

use super::{SecretError, SecretStore};

#[derive(Debug, Default)]
pub struct MemorySecrets(Mutex<HashMap<String, SecretString>>);

#[async_trait]
impl SecretStore for MemorySecrets {
    async fn read(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    async fn write(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), secret.clone());
        Ok(())
    }

    async fn remove(&self, name: &str) -> Result<(), SecretError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}
