//! Phone numbers: digits for comparing and finding, E.164 where the country makes it certain.

use phonenumber::country::Id;
use phonenumber::{Mode, parse};

/// Only the digits.
pub fn digits(text: &str) -> String {
    text.chars()
        .filter_map(|letter| letter.to_digit(10))
        .filter_map(|digit| char::from_digit(digit, 10))
        .collect()
}

/// Whether two spellings have the same digits, and there are any. A plus sign alone does not make a difference.
pub fn same_digits(ours: &str, theirs: &str) -> bool {
    let (ours, theirs) = (digits(ours), digits(theirs));
    !ours.is_empty() && ours == theirs
}

/// Whether two spellings of a number of one person are one number: the same digits, or the one names its country
/// (`+5511987654321`) and the other is how that country writes it (`(11) 98765-4321`). Without a plus no country is certain, so
/// two national spellings are compared by their digits alone.
pub fn same_number(ours: &str, theirs: &str) -> bool {
    let (abroad, at_home) = match (names_country(ours), names_country(theirs)) {
        _ if same_digits(ours, theirs) => return true,
        (true, false) => (ours, theirs),
        (false, true) => (theirs, ours),
        _ => return false,
    };
    let Ok(number) = parse(None, abroad.trim()) else { return false };
    let (whole, national) = (digits(abroad), digits(at_home));
    // Shorter ones leave out more than the country.
    if national.len() >= 8 && whole.strip_prefix(&number.code().value().to_string()) == Some(&national) {
        return true;
    }
    // With what this country puts in front of a number at home.
    let at_home = number.country().id().and_then(|country| valid(at_home, Some(country)));
    at_home.is_some() && at_home == valid(abroad, None)
}

fn names_country(text: &str) -> bool {
    text.trim().starts_with('+')
}

/// E.164 (`+5511987654321`), or nothing when the text is not certainly a number of that country or of the one it names
/// itself. `country` is ISO 3166 alpha-2.
pub fn to_e164(text: &str, country: Option<&str>) -> Option<String> {
    let text = text.trim();
    let digits = digits(text);
    if digits.len() < 7 {
        return None;
    }
    if text.starts_with('+') {
        return valid(text, None);
    }
    let country: Option<Id> = country.and_then(|code| code.to_uppercase().parse().ok());
    country.and_then(|country| valid(text, Some(country))).or_else(|| valid(&format!("+{digits}"), None))
}

/// E.164 of a text that is a number that somebody can have.
fn valid(text: &str, country: Option<Id>) -> Option<String> {
    let number = parse(country, text).ok()?;
    phonenumber::is_valid(&number).then(|| number.format().mode(Mode::E164).to_string())
}

/// A plus and 7 to 15 digits, for platforms that take nothing else: the number as [`to_e164`] makes it, one that already has its
/// plus, or a Brazilian mobile from before the ninth digit as it stands in the book. Nothing where the country is not certain: a
/// guess would give somebody another number.
pub fn international(text: &str, country: Option<&str>) -> Option<String> {
    if let Some(number) = to_e164(text, country) {
        return Some(number);
    }
    let digits = digits(text);
    if text.trim().starts_with('+') {
        return (7..=15).contains(&digits.len()).then(|| format!("+{digits}"));
    }
    let old = brazilian_before_the_ninth_digit(text, country)?;
    let new = other_mobile_form(&old)?;
    valid(&format!("+{new}"), None).map(|_| format!("+{old}"))
}

/// How people write the number in its own country, with the country's prefix in front; the text itself when it is not
/// certainly a number.
pub fn display(text: &str, country: Option<&str>) -> String {
    to_e164(text, country)
        .and_then(|number| parse(None, number).ok())
        .map_or_else(|| text.to_owned(), |number| number.format().mode(Mode::International).to_string())
}

/// The digit strings by which a number can be asked for: as written, with the country's prefix, and for Brazilian and
/// Argentine mobiles with and without the digit that marks them.
pub fn search_forms(text: &str, country: Option<&str>) -> Vec<String> {
    search_forms_of(text, country, to_e164(text, country).as_deref())
}

/// The same where it is known already what [`to_e164`] makes of the text, which takes longer than all the rest.
pub fn search_forms_of(text: &str, country: Option<&str>, e164: Option<&str>) -> Vec<String> {
    let mut forms = vec![digits(text)];
    let number = e164.map(digits);
    if let Some(number) = number.or_else(|| brazilian_before_the_ninth_digit(text, country)) {
        forms.extend(other_mobile_form(&number));
        forms.push(number);
    }
    forms.retain(|form| !form.is_empty());
    forms.sort();
    forms.dedup();
    // A form inside a longer one is found through it.
    let longer = forms.clone();
    forms
        .retain(|form| !longer.iter().any(|other| other.len() > form.len() && other.contains(form.as_str())));
    forms
}

/// Mobiles written down before they got their ninth digit are no valid numbers any more, and still stand in many books.
fn brazilian_before_the_ninth_digit(text: &str, country: Option<&str>) -> Option<String> {
    if !country.is_some_and(|code| code.eq_ignore_ascii_case("BR")) {
        return None;
    }
    let digits = digits(text);
    let national = if digits.len() == 12 { digits.strip_prefix("55")? } else { &digits };
    (national.len() == 10).then(|| format!("55{national}"))
}

fn other_mobile_form(digits: &str) -> Option<String> {
    // Abroad the 9 stands before the area, and people leave it out or put it in front of any number.
    if let Some(national) = digits.strip_prefix("54") {
        return match (national.len(), national.strip_prefix('9')) {
            (11, Some(rest)) => Some(format!("54{rest}")),
            (10, _) => Some(format!("549{national}")),
            _ => None,
        };
    }
    let (area, subscriber) = digits.strip_prefix("55")?.split_at_checked(2)?;
    match subscriber.len() {
        9 if subscriber.starts_with('9') => Some(format!("55{area}{}", &subscriber[1..])),
        8 if subscriber.starts_with(['6', '7', '8', '9']) => Some(format!("55{area}9{subscriber}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_and_international_spellings_become_one() {
        for (text, country, expected) in [
            ("11999999999", Some("BR"), Some("+5511999999999")),
            ("(11) 99999-9999", Some("BR"), Some("+5511999999999")),
            ("+55 11 99999-9999", None, Some("+5511999999999")),
            ("5511999999999", Some("BR"), Some("+5511999999999")),
            ("011 4321-5678", Some("AR"), Some("+541143215678")),
            ("541143215678", None, Some("+541143215678")),
            ("911", Some("US"), None),
            ("", Some("BR"), None),
            ("ramal 12", Some("BR"), None),
        ] {
            assert_eq!(to_e164(text, country).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_store_may_keep_a_number_without_the_country_that_was_typed() {
        for (ours, theirs, same) in [
            ("+55 11 98765-4321", "11987654321", true),
            ("11987654321", "+5511987654321", true),
            ("+54 9 11 5555-1234", "91155551234", true),
            ("+55 11 98765-4321", "98765-4321", false),
            ("5511987654321", "11987654321", false),
            ("+55 11 98765-4321", "+54 11 98765-4321", false),
            ("+", "", false),
        ] {
            assert_eq!(same_number(ours, theirs), same, "{ours} {theirs}");
        }
    }

    #[test]
    fn a_plus_is_never_put_in_front_of_a_guess() {
        for (text, country, expected) in [
            ("11999999999", Some("BR"), Some("+5511999999999")),
            ("(11) 99999-9999", Some("br"), Some("+5511999999999")),
            ("+1234567890", Some("BR"), Some("+1234567890")),
            ("+55 11 98765-4321", None, Some("+5511987654321")),
            ("(11) 8765-4321", Some("BR"), Some("+551187654321")),
            ("(11) 8765-4321", None, None),
            ("(00) 8765-4321", Some("BR"), None),
            ("4321-5678", Some("BR"), None),
            ("+12345", None, None),
            ("+1234567890123456", None, None),
        ] {
            assert_eq!(international(text, country).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_ninth_digit_can_be_left_out_when_searching() {
        assert_eq!(search_forms("(11) 98765-4321", Some("BR")), ["551187654321", "5511987654321"]);
    }

    #[test]
    fn an_uncertain_number_is_found_as_written() {
        assert_eq!(search_forms("3749-80", None), ["374980"]);
    }
}
