//! What was odd about records that could be read all the same.

use std::collections::BTreeMap;

/// Notes on values of an unexpected kind, by key, over one answer. Keys and kinds, never values.
#[derive(Debug, Default)]
pub struct Oddities {
    notes: BTreeMap<(String, &'static str, &'static str), u32>,
}

impl Oddities {
    /// Notes one value that is `found` where the document says `expected`.
    pub fn note(&mut self, within: &str, key: &str, expected: &'static str, found: &'static str) {
        *self.notes.entry((format!("{within}{key}"), expected, found)).or_default() += 1;
    }

    /// Kinds of oddity so far.
    pub fn len(&self) -> usize {
        self.notes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// Tells them in the log, a line for each kind and not one for each record.
    pub fn tell(&self, platform: &'static str) {
        for ((key, expected, found), times) in &self.notes {
            tracing::warn!(
                platform,
                key,
                expected,
                found,
                times,
                "a value of an unexpected kind was left out"
            );
        }
    }
}
