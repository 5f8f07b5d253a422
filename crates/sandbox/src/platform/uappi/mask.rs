//! Masking: which part of a text stays, and what stands in place of the rest.

use crate::platform::uappi::choices::{Asterisks, Choices};

/// How texts of one answer are masked, if they are.
pub(super) struct Mask {
    on: bool,
    asterisks: Asterisks,
}

impl Mask {
    pub(super) fn new(on: bool, choices: &Choices) -> Mask {
        Mask { on, asterisks: choices.asterisks }
    }

    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    /// What stands in place of a part.
    fn instead_of(&self, part: &str) -> String {
        match self.asterisks {
            _ if part.is_empty() => String::new(),
            Asterisks::Three => "***".to_owned(),
            Asterisks::Each => "*".repeat(part.chars().count()),
            // What the vendor's own page makes of the asterisks, should the server have been fed from it.
            Asterisks::Html => "<em></em>*".to_owned(),
        }
    }

    pub(super) fn whole(&self, text: &str) -> String {
        if self.on { self.instead_of(text) } else { text.to_owned() }
    }

    /// The first word stays where there are several.
    pub(super) fn first_word(&self, text: &str) -> String {
        match text.split_once(' ') {
            Some((first, rest)) if self.on && !first.is_empty() => {
                format!("{first} {}", self.instead_of(rest))
            }
            _ => self.whole(text),
        }
    }

    /// The first letter and the domain stay.
    pub(super) fn email(&self, text: &str) -> String {
        match text.split_once('@') {
            Some((local, domain)) if self.on => {
                let first: String = local.chars().take(1).collect();
                let rest: String = local.chars().skip(1).collect();
                // A local part of one letter is masked all the same.
                let rest = if rest.is_empty() { local } else { &rest };
                format!("{first}{}@{domain}", self.instead_of(rest))
            }
            _ => self.whole(text),
        }
    }

    /// Three digits at the beginning and four at the end stay.
    pub(super) fn phone(&self, text: &str) -> String {
        self.middle(text, 3, 4)
    }

    /// The last six characters stay.
    pub(super) fn zip_code(&self, text: &str) -> String {
        self.middle(text, 0, 6)
    }

    /// The last group stays.
    pub(super) fn document(&self, text: &str) -> String {
        match text.rsplit_once('-') {
            Some((front, end)) if self.on => {
                let groups: Vec<String> = front.split('.').map(|group| self.instead_of(group)).collect();
                format!("{}-{end}", groups.join("."))
            }
            _ => self.whole(text),
        }
    }

    /// The letters at the beginning stay.
    pub(super) fn order_code(&self, text: &str) -> String {
        if !self.on {
            return text.to_owned();
        }
        let mut groups = text.split('-');
        let first = groups.next().unwrap_or_default().to_owned();
        let rest = groups.map(|group| self.instead_of(group));
        std::iter::once(first).chain(rest).collect::<Vec<_>>().join("-")
    }

    fn middle(&self, text: &str, front: usize, end: usize) -> String {
        let letters: Vec<char> = text.chars().collect();
        if !self.on || letters.len() <= front + end {
            return self.whole(text);
        }
        let part = |range: &[char]| range.iter().collect::<String>();
        let hidden = part(&letters[front..letters.len() - end]);
        format!(
            "{}{}{}",
            part(&letters[..front]),
            self.instead_of(&hidden),
            part(&letters[letters.len() - end..])
        )
    }
}

/// Brazilian documents with their points, strokes and dashes.
pub(super) fn punctuated(plain: &str, kind: &str) -> String {
    match (kind, plain.len()) {
        ("CPF", 11) => format!("{}.{}.{}-{}", &plain[..3], &plain[3..6], &plain[6..9], &plain[9..]),
        ("CNPJ", 14) => {
            format!("{}.{}.{}/{}-{}", &plain[..2], &plain[2..5], &plain[5..8], &plain[8..12], &plain[12..])
        }
        _ => plain.to_owned(),
    }
}
