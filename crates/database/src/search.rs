//! What is indexed of a customer, and what a typed text asks the indexes for.
//!
//! Every typed character is text. A query is cut at spaces into pieces; a customer is found when every piece is found
//! somewhere: at the beginning of a word of names, e-mail, numbers, note and journal, or anywhere inside e-mail, phone and
//! documents (from three characters on).

use clientela_domain::CustomerRecord;
use clientela_domain::normalise::{document, fold, phone};

/// The texts that the indexes read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText {
    /// Names, company, note, journal, and phones as they are written.
    pub words: String,
    /// E-mail and documents.
    pub pieces: String,
    /// Every spelling of every phone.
    pub phones: String,
}

/// Gathers what a customer can be found by. `journal` holds the texts of the dated notes, `e164` is what the customer's own phone is in
/// full.
pub fn text_of(record: &CustomerRecord, journal: &[String], e164: Option<&str>) -> SearchText {
    let texts = [&record.first_name, &record.last_name, &record.company, &record.note];
    let texts = texts.iter().filter_map(|text| text.value()).chain(journal);
    let mut words: Vec<String> = texts.map(|text| fold::words(text)).collect();
    let documents = record.documents.value().into_iter().flatten();
    let documents = documents.map(|document| document::bare(&document.number).to_lowercase());
    let pieces: Vec<String> =
        record.email.value().map(|email| fold::fold(email)).into_iter().chain(documents).collect();
    let country = record.country();
    let own = record.phone.value();
    let mut phones: Vec<String> =
        own.map(|number| phone::search_forms_of(number, country, e164)).unwrap_or_default();
    words.extend(own.map(|number| phone::digits(number)));
    let addresses = record.addresses.value().into_iter().flatten();
    // Most people have the same phone everywhere.
    for number in addresses.filter_map(|address| address.phone.as_ref()).filter(|phone| Some(*phone) != own) {
        words.push(phone::digits(number));
        phones.extend(phone::search_forms(number, country));
    }
    // Two addresses can have one phone.
    phones.sort();
    phones.dedup();
    SearchText { words: words.join("\n"), pieces: pieces.join("\n"), phones: phones.join("\n") }
}

/// One piece of a typed text, as the indexes are asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Query of the word index; none when the piece has no letter or digit that the index surely knows.
    pub words: Option<String>,
    /// Query of the index of pieces; none below three characters.
    pub pieces: Option<String>,
    /// The folded piece itself, for texts without such a letter or digit.
    pub literal: String,
    /// Spellings that the index of pieces is asked for.
    forms: Vec<String>,
}

impl Piece {
    /// Whether the indexes would find this piece in a customer's texts.
    pub fn is_in(&self, text: &SearchText) -> bool {
        let SearchText { words, pieces, phones } = text;
        let is_inside = |form: &String| pieces.contains(form) || phones.contains(form);
        match &self.words {
            None => words.contains(&self.literal) || pieces.contains(&self.literal),
            Some(_) => {
                let begins = |text: &str| begins_words(&self.literal, text);
                begins(words) || begins(pieces) || self.forms.iter().any(is_inside)
            }
        }
    }
}

/// Whether the words of a piece stand one after the other in a text, the last one as the beginning of a word.
fn begins_words(piece: &str, text: &str) -> bool {
    let typed: Vec<&str> = words_of(piece).collect();
    let Some((last, before)) = typed.split_last() else { return false };
    let words: Vec<&str> = words_of(text).collect();
    words
        .windows(typed.len())
        .any(|some| some[..before.len()] == *before && some[before.len()].starts_with(last))
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// A page pasted by accident has more words than one statement can hold; nobody types so many.
const MOST_PIECES: usize = 32;

/// Cuts a typed text into pieces. None: nothing was asked.
pub fn pieces_of(typed: &str) -> Vec<Piece> {
    let folded = fold::fold(typed);
    // A phone or document number typed with spaces is one number.
    if is_number(&folded) {
        return vec![piece(&document::bare(&folded).to_lowercase())];
    }
    // The index would take a control character for the end of the text.
    let pieces = folded.split(|letter: char| letter.is_whitespace() || letter.is_control());
    pieces.filter(|piece| !piece.is_empty()).take(MOST_PIECES).map(piece).collect()
}

fn is_number(folded: &str) -> bool {
    let punctuation =
        |letter: char| letter.is_whitespace() || matches!(letter, '+' | '-' | '.' | '/' | '(' | ')');
    let digits = folded.chars().filter(char::is_ascii_digit).count();
    digits >= 3 && folded.chars().all(|letter| letter.is_ascii_digit() || punctuation(letter))
}

fn piece(folded: &str) -> Piece {
    let bare: String = document::bare(folded).to_lowercase();
    let has_word = folded.chars().any(is_surely_indexed);
    let mut forms: Vec<&str> = vec![folded];
    if bare != folded {
        forms.push(&bare);
    }
    // A letter or two would be in nearly every number; the index of pieces cannot be asked for them either.
    forms.retain(|form| form.chars().count() >= 3);
    // Only what looks like a number is looked for without its punctuation: `ana-maria` is not `anamaria`.
    if !bare.bytes().any(|byte| byte.is_ascii_digit()) {
        forms.retain(|form| *form == folded);
    }
    let pieces = forms.iter().map(|form| quote(form)).collect::<Vec<_>>().join(" OR ");
    Piece {
        words: has_word.then(|| format!("{}*", quote(folded))),
        pieces: (has_word && !pieces.is_empty()).then_some(pieces),
        literal: folded.to_owned(),
        forms: forms.into_iter().map(str::to_owned).collect(),
    }
}

/// The index knows letters by a Unicode of its own and skips what that does not have. What is not surely a letter there is
/// looked for as it stands, like a sign.
fn is_surely_indexed(letter: char) -> bool {
    let everyday = matches!(letter, '\0'..='\u{6ff}' | '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    everyday && letter.is_alphanumeric()
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_text() {
        let asked = |typed: &str| pieces_of(typed).into_iter().map(|piece| piece.words).collect::<Vec<_>>();
        assert_eq!(asked("ana@mail.com.br"), [Some("\"ana@mail.com.br\"*".to_owned())]);
        assert_eq!(asked("a\"b OR *"), [Some("\"a\"\"b\"*".to_owned()), Some("\"or\"*".to_owned()), None]);
        assert_eq!(asked("NEAR(x"), [Some("\"near(x\"*".to_owned())]);
        assert_eq!(asked("   "), []);
    }

    #[test]
    fn numbers_lose_their_punctuation_and_spaces() {
        for typed in ["123.456.789-00", "123 456 789 00", "12345678900"] {
            assert_eq!(pieces_of(typed)[0].pieces.as_deref(), Some("\"12345678900\""), "{typed}");
        }
        assert_eq!(pieces_of("+55 (11) 98765-4321")[0].pieces.as_deref(), Some("\"5511987654321\""));
        assert_eq!(
            pieces_of("12.ABC.345/01DE-35")[0].pieces.as_deref(),
            Some("\"12.abc.345/01de-35\" OR \"12abc34501de35\"")
        );
    }

    #[test]
    fn two_letters_ask_only_for_beginnings_of_words() {
        assert_eq!(pieces_of("an")[0].pieces, None);
    }
}
