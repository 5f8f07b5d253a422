//! Reading an answer that may be hostile: never more bytes than any honest answer has, counted after unpacking.

use serde_json::Value;

/// Bytes after unpacking that one answer may have. A page of 200 customers has some 300 KiB.
pub const LARGEST_ANSWER: usize = 32 * 1024 * 1024;

/// Values that one JSON answer may hold. Without this bound 32 MiB of `[0,0,0,…` become gigabytes of values.
const MOST_PARTS: usize = 1_000_000;
/// Objects among them. Each may be read as a customer, which is some fifty times as large as the two brackets it takes.
const MOST_OBJECTS: usize = 100_000;

/// Why a body could not be read to its end.
#[derive(Debug)]
pub(super) enum Unread {
    TooLarge,
    Broken(reqwest::Error),
}

/// Reads the whole body, piece by piece, and stops at `limit` bytes.
pub(super) async fn read(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, Unread> {
    // The stated length is that of the packed body, so it can only prove too much, never little enough.
    if response.content_length().is_some_and(|stated| stated > limit as u64) {
        return Err(Unread::TooLarge);
    }
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(Unread::Broken)? {
        if bytes.len() + piece.len() > limit {
            return Err(Unread::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Parses JSON. Numbers keep every digit; the error names a place and never a value.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let parts = bytes.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    let objects = bytes.iter().filter(|byte| **byte == b'{').count();
    if parts > MOST_PARTS || objects > MOST_OBJECTS {
        return Err("it holds more values than any honest answer".to_owned());
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "JSON that ends early",
            _ => "not JSON",
        };
        format!("{what} (line {}, column {})", error.line(), error.column())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        let value = parse(b"\xef\xbb\xbf[9007199254740993, 0.10]").unwrap();
        assert_eq!(value.to_string(), "[9007199254740993,0.10]");
    }

    #[test]
    fn errors_name_the_place_and_no_value() {
        for (bytes, beginning) in [
            (&b"{\"name\": \"Ana Souza\""[..], "JSON that ends early"),
            (b"{\"name\": Ana}", "not JSON"),
            (b"\"\xff\xfe\"", "not JSON"),
        ] {
            let error = parse(bytes).unwrap_err();
            assert!(error.starts_with(beginning) && !error.contains("Ana"), "{error}");
        }
    }

    #[test]
    fn nesting_and_sheer_number_end_in_an_error() {
        assert!(parse(&[b"[".repeat(100_000), b"]".repeat(100_000)].concat()).is_err());
        let many = format!("[{}0]", "0,".repeat(MOST_PARTS + 1));
        let objects = format!("[{}{{}}]", "{},".repeat(MOST_OBJECTS));
        for many in [many, objects] {
            assert_eq!(parse(many.as_bytes()).unwrap_err(), "it holds more values than any honest answer");
        }
    }
}
