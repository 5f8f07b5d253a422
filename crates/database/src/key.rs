//! The key of the book.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// 256 bits as 64 hexadecimal characters. Any other length would be taken for a passphrase by the cipher, silently.
#[derive(Clone)]
pub struct DatabaseKey(SecretString);

impl DatabaseKey {
    /// Takes 64 hexadecimal characters; anything else is no key.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| Self(SecretString::from(text.to_ascii_lowercase())))
    }

    /// Makes a key of 32 random bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(SecretString::from(faster_hex::hex_string(bytes)))
    }

    /// The characters, for the keychain only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The value of the cipher's key statement.
    pub(crate) fn pragma(&self) -> String {
        format!("\"x'{}'\"", self.expose())
    }

    /// Tells keys apart without telling anything of them: the key has 256 random bits.
    pub(crate) fn fingerprint(&self, salt: &[u8]) -> String {
        let mut hash = Sha256::new();
        hash.update(b"clientela key fingerprint");
        hash.update(salt);
        hash.update(self.expose().as_bytes());
        faster_hex::hex_string(&hash.finalize()[..16])
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DatabaseKey(hidden)")
    }
}
