//! What stands in the pages of an encrypted file when the cipher is taken off, those that nobody uses any more included.
//!
//! SQLCipher 4: pages of 4,096 bytes, AES-256 in CBC mode; the last 80 bytes of a page are its initial vector and its
//! authentication, the first 16 of the file its salt (<https://www.zetetic.net/sqlcipher/design/>).

use std::path::Path;

use aes::Aes256;
use cbc::Decryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use clientela_database::DatabaseKey;

const PAGE: usize = 4_096;
const VECTOR: usize = PAGE - 80;
const VECTOR_BYTES: usize = 16;
const KEY: usize = 32;
/// The log begins with a header, and so does every page in it.
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Everything that stands in the files of this folder, page after page. Files that are not of a book stay as they are.
pub fn all(folder: &Path, key: &DatabaseKey) -> Vec<u8> {
    let mut clear = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let key = key_bytes(key);
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("db") => {
                bytes.chunks_exact(PAGE).for_each(|page| clear.extend(decrypted(page, &key)));
            }
            Some("db-wal") => {
                let frames = bytes.get(LOG_HEADER..).unwrap_or_default().chunks_exact(FRAME_HEADER + PAGE);
                frames.for_each(|frame| clear.extend(decrypted(&frame[FRAME_HEADER..], &key)));
            }
            _ => clear.extend(bytes),
        }
    }
    clear
}

fn key_bytes(key: &DatabaseKey) -> [u8; KEY] {
    let mut bytes = [0; KEY];
    let text = key.expose().as_bytes().get(..2 * KEY).expect("a key is as long as that");
    faster_hex::hex_decode(text, &mut bytes).expect("a key is hexadecimal");
    bytes
}

/// In the first page of a file the salt is the first block: of that one, the two first blocks come out as nothing.
fn decrypted(page: &[u8], key: &[u8; KEY]) -> Vec<u8> {
    let vector = &page[VECTOR..VECTOR + VECTOR_BYTES];
    let mut clear = page[..VECTOR].to_vec();
    let cipher = Decryptor::<Aes256>::new_from_slices(key, vector).expect("both have their length");
    cipher.decrypt_padded::<NoPadding>(&mut clear).expect("whole blocks");
    clear
}
