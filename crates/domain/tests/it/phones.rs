//! Phones of Brazil and Argentina, with and without their mobile digit.

use clientela_domain::normalise::phone::{digits, display, same_digits, search_forms, to_e164};
use proptest::prelude::*;

#[test]
fn spellings_become_one_number() {
    for (written, country, number) in [
        ("(11) 98765-4321", "BR", "+5511987654321"),
        ("11 98765 4321", "BR", "+5511987654321"),
        ("011 98765-4321", "BR", "+5511987654321"),
        ("+55 (11) 98765-4321", "AR", "+5511987654321"),
        ("55 11 98765-4321", "BR", "+5511987654321"),
        ("(11) 3456-7890", "BR", "+551134567890"),
        ("11 4321-5678", "AR", "+541143215678"),
        ("011 4321-5678", "AR", "+541143215678"),
        ("011 15-4321-5678", "AR", "+5491143215678"),
        ("+54 9 11 4321-5678", "BR", "+5491143215678"),
        ("0351 15 312-3456", "AR", "+5493513123456"),
    ] {
        assert_eq!(to_e164(written, Some(country)).as_deref(), Some(number), "{written} in {country}");
    }
}

#[test]
fn what_is_not_certainly_a_number_stays_a_text() {
    for (written, country) in [
        ("", Some("BR")),
        ("ligar depois", Some("BR")),
        ("98765-4321", Some("BR")),
        ("00000000000", Some("BR")),
        ("11 98765-4321", None),
        ("12345", Some("AR")),
        ("11 98765-4321", Some("nowhere")),
    ] {
        assert_eq!(to_e164(written, country), None, "{written:?} in {country:?}");
        assert_eq!(display(written, country), written, "it is shown as it was written");
    }
}

/// A number, what somebody types later, and whether the one is found by the other.
#[test]
fn numbers_are_found_by_the_forms_people_type() {
    for (written, country, typed, found) in [
        ("(11) 98765-4321", "BR", "11987654321", true),
        ("(11) 98765-4321", "BR", "5511987654321", true),
        ("(11) 98765-4321", "BR", "1187654321", true),
        ("(11) 98765-4321", "BR", "87654321", true),
        ("(11) 8765-4321", "BR", "11987654321", true),
        ("+55 11 98765-4321", "BR", "11987654321", true),
        ("(11) 3456-7890", "BR", "11934567890", false),
        ("+54 9 11 4321-5678", "AR", "1143215678", true),
        ("+54 9 11 4321-5678", "AR", "541143215678", true),
        ("011 15-4321-5678", "AR", "5491143215678", true),
        ("011 15-4321-5678", "AR", "1143215678", true),
        ("11 4321-5678", "AR", "5491143215678", true),
    ] {
        let forms = search_forms(written, Some(country));
        let hit = forms.iter().any(|form| form.contains(typed));
        assert_eq!(hit, found, "{written} by {typed}: {forms:?}");
    }
}

#[test]
fn one_number_in_two_spellings_has_the_same_digits() {
    assert!(same_digits("(11) 98765-4321", "11987654321"));
    assert!(same_digits("+55 11 98765-4321", "5511987654321"));
    assert!(!same_digits("(11) 98765-4321", "(11) 98765-4322"));
    assert!(!same_digits("", ""), "no digits are no number");
    assert!(!same_digits("ramal", "interno"), "no digits are no number");
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in any::<String>(), country in "[A-Z]{2}") {
        let _ = display(&text, Some(&country));
        for form in search_forms(&text, Some(&country)) {
            prop_assert!(form.bytes().all(|byte| byte.is_ascii_digit()), "{form} is asked for as digits");
        }
    }

    #[test]
    fn a_number_keeps_its_meaning_however_often_it_is_brought_into_shape(area in 11..=19_u32, number in 900_000_000..999_999_999_u32) {
        let written = format!("({area}) {number}");
        if let Some(once) = to_e164(&written, Some("BR")) {
            let again = to_e164(&once, Some("AR"));
            prop_assert_eq!(again.as_deref(), Some(once.as_str()));
            prop_assert!(digits(&once).ends_with(&digits(&written)));
        }
    }
}
