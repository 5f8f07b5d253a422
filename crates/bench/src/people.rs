//! What people type when they look for somebody: pieces of customers who are there.

use clientela_app::dto::customer::CustomerRowDto;
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

/// A typed text, and what it is a piece of.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub(crate) text: String,
    pub(crate) of: &'static str,
}

/// So many texts, each as far as somebody has come with typing it.
pub(crate) fn typed(rows: &[CustomerRowDto], count: usize, chance: &mut ChaCha8Rng) -> Vec<Typed> {
    let mut texts = Vec::with_capacity(count);
    while texts.len() < count {
        let Some(row) = rows.choose(chance) else { return texts };
        let found = match texts.len() % 5 {
            0 => piece(Some(&row.name), "name", chance),
            1 => piece(row.name.split_whitespace().last(), "name", chance),
            2 => inside(row.email.as_deref(), "e-mail", chance),
            3 => inside(row.phone.as_deref(), "phone", chance),
            _ => inside(row.document.as_deref(), "document", chance),
        };
        texts.extend(found);
    }
    texts
}

/// The beginning of a text, from one letter on.
fn piece(of: Option<&str>, what: &'static str, chance: &mut ChaCha8Rng) -> Option<Typed> {
    let letters: Vec<char> = of?.chars().collect();
    let until = chance.random_range(1..=letters.len().clamp(1, 14)).min(letters.len());
    let text: String = letters[..until].iter().collect();
    (!text.trim().is_empty()).then_some(Typed { text, of: what })
}

/// A part out of the middle, three characters or more.
fn inside(of: Option<&str>, what: &'static str, chance: &mut ChaCha8Rng) -> Option<Typed> {
    let letters: Vec<char> = of?.chars().collect();
    if letters.len() < 4 {
        return None;
    }
    let from = chance.random_range(0..letters.len() - 3);
    let until = chance.random_range(from + 3..=letters.len());
    let text: String = letters[from..until].iter().collect();
    (text.trim().chars().count() >= 3).then_some(Typed { text, of: what })
}
