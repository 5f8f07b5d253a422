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

/// E.164 (`+5511987654321`), or nothing when the text is not certainly a number of that country or of the one it names
/// itself. `country` is ISO 3166 alpha-2.
pub fn to_e164(text: &str, country: Option<&str>) -> Option<String> {
    let text = text.trim();
    let digits = digits(text);
    if digits.len() < 7 {
        return None;
    }
    let certain = |text: &str, country: Option<Id>| {
        let number = parse(country, text).ok()?;
        phonenumber::is_valid(&number).then(|| number.format().mode(Mode::E164).to_string())
    };
    if text.starts_with('+') {
        return certain(text, None);
    }
    let country: Option<Id> = country.and_then(|code| code.to_uppercase().parse().ok());
    country.and_then(|country| certain(text, Some(country))).or_else(|| certain(&format!("+{digits}"), None))
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
    let mut forms = vec![digits(text)];
    let number = to_e164(text, country).map(|number| digits(&number));
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
    fn the_ninth_digit_can_be_left_out_when_searching() {
        assert_eq!(search_forms("(11) 98765-4321", Some("BR")), ["551187654321", "5511987654321"]);
    }

    #[test]
    fn an_uncertain_number_is_found_as_written() {
        assert_eq!(search_forms("3749-80", None), ["374980"]);
    }
}
