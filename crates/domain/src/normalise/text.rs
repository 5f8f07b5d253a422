//! When two texts are the same text.

use unicode_normalization::UnicodeNormalization;

/// Outer space off, line ends as `\n`, composed Unicode.
pub fn canonical(text: &str) -> String {
    text.trim().replace("\r\n", "\n").replace('\r', "\n").nfc().collect()
}

/// Whether both are one text to a reader.
pub fn same_text(ours: &str, theirs: &str) -> bool {
    ours == theirs || canonical(ours) == canonical(theirs)
}
