//! Folding for search and sorting: what people type without accents, capitals or apostrophes finds what is written with
//! them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents. `ł ø đ ß æ œ ı þ ð` have no decomposition and are spelled out. Apostrophes and their look-alikes
/// vanish, so that `D'Ávila` is `davila`; everything else stays.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Twice, because decomposing makes an accent out of `´` and an apostrophe out of its wide form.
    let letters = text.chars().filter(|letter| !is_apostrophe(*letter)).nfkd();
    for letter in letters.filter(|letter| !is_combining_mark(*letter) && !is_apostrophe(*letter)) {
        for lower in letter.to_lowercase() {
            match lower {
                'ł' => folded.push('l'),
                'ø' => folded.push('o'),
                'đ' | 'ð' => folded.push('d'),
                'ı' => folded.push('i'),
                'ß' => folded.push_str("ss"),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                'þ' => folded.push_str("th"),
                mark if is_combining_mark(mark) => {}
                other => folded.push(other),
            }
        }
    }
    folded
}

/// The folded words of a text for the index: `D'Ávila` is found as `davila` and as `d avila`, so both are given.
pub fn words(text: &str) -> String {
    let joined = fold(text);
    if !text.chars().any(is_apostrophe) {
        return joined;
    }
    let spaced: String =
        text.chars().map(|letter| if is_apostrophe(letter) { ' ' } else { letter }).collect();
    format!("{joined} {}", fold(&spaced))
}

/// A key that sorts names as people expect: folded, without leading signs.
pub fn sort_key(text: &str) -> String {
    fold(text).trim_start_matches(|letter: char| !letter.is_alphanumeric()).trim().to_owned()
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | '‘' | '´' | '`' | 'ʼ' | '′')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_accents_case_and_apostrophes() {
        for (written, typed) in [
            ("José da Conceição", "jose da conceicao"),
            ("Peña", "pena"),
            ("João D'Ávila", "joao davila"),
            ("D’Ávila", "davila"),
            ("Łódź", "lodz"),
            ("Søren Đặng", "soren dang"),
            ("Straße", "strasse"),
            ("ＡＢＣ", "abc"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(fold(written), typed, "{written}");
        }
    }

    #[test]
    fn an_apostrophe_gives_both_spellings() {
        assert_eq!(words("D'Ávila"), "davila d avila");
    }

    #[test]
    fn names_sort_without_leading_signs() {
        assert_eq!(sort_key("  (Ávila) "), "avila)");
        assert_eq!(sort_key("😀"), "");
    }
}
