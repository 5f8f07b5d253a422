//! Phones of Brazil and Argentina, with and without their mobile digit.

use clientela_domain::customer::DocumentKind;
use clientela_domain::normalise::phone::{digits, display, same_digits, same_number, search_forms, to_e164};
use clientela_domain::{Address, CustomerRecord, Document, Field, FieldValue, Presence, RemoteId};
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

#[test]
fn a_number_with_its_country_is_the_one_that_is_written_there_without() {
    for (ours, theirs, same) in [
        ("+5511987654321", "11987654321", true),
        ("+55 11 98765-4321", "(11) 98765-4321", true),
        ("+55 11 98765-4321", "011 98765-4321", true),
        ("+55 11 98765-4321", "5511987654321", true),
        ("+551134567890", "1134567890", true),
        ("+541143215678", "11 4321-5678", true),
        // Read in the wrong country these would be somebody else.
        ("+5491143215678", "1143215678", false),
        ("+551143215678", "+541143215678", false),
        ("+55 11 98765-4321", "11 98765-4322", false),
        ("+55 11 98765-4321", "21 98765-4321", false),
        ("+55 11 98765-4321", "98765-4321", false),
        // Two national spellings say nothing of a country.
        ("5511987654321", "11987654321", false),
        // From before the ninth digit, and others that are no numbers any more: the spellings are of one number all the same.
        ("+551187654321", "(11) 8765-4321", true),
        ("+551187654321", "(11) 98765-4321", false),
        ("+1234567890", "234567890", true),
        ("+99912345678", "12345678", false),
        ("+", "", false),
        ("+55", "", false),
    ] {
        assert_eq!(same_number(ours, theirs), same, "{ours} {theirs}");
        assert_eq!(same_number(theirs, ours), same, "{theirs} {ours}");
    }
}

#[test]
fn an_edit_that_the_store_shows_in_the_other_spelling_has_arrived() {
    let text = |text: &str| FieldValue::Text(text.to_owned());
    assert!(text("+5511987654321").equivalent(&text("11987654321"), &Field::Phone));
    assert!(!text("+5511987654321").equivalent(&text("11987654321"), &Field::Note));
}

#[test]
fn the_country_of_a_record_is_told_by_the_surest_sign() {
    let mut record = CustomerRecord::new(RemoteId::new("1"));
    assert_eq!(record.country(), None);
    record.documents = Presence::Value(vec![Document { kind: DocumentKind::Dni, number: "12345678".into() }]);
    assert_eq!(record.country(), Some("AR"));
    for (told, country) in [(Some("PT"), "PT"), (Some("Brasil"), "AR"), (Some("??"), "AR"), (None, "AR")] {
        record.own.insert("nationality".to_owned(), told.map(str::to_owned));
        assert_eq!(record.country(), Some(country), "{told:?}");
    }
    record.own.insert("nationality".to_owned(), Some("PT".to_owned()));
    let address = Address { country: Some("BR".to_owned()), ..Address::default() };
    record.addresses = Presence::Value(vec![address]);
    assert_eq!(record.country(), Some("BR"));
}

proptest! {
    #[test]
    fn two_different_numbers_of_one_country_are_never_one(
        area in 11..=99_u32, ours in 90_000_000..999_999_999_u64, theirs in 90_000_000..999_999_999_u64,
    ) {
        let same = same_number(&format!("+55{area}{ours}"), &format!("({area}) {theirs}"));
        prop_assert!(!same || ours == theirs);
    }

    #[test]
    fn sameness_does_not_depend_on_the_order(ours in "\\+?[0-9 ()-]{0,16}", theirs in "\\+?[0-9 ()-]{0,16}") {
        prop_assert_eq!(same_number(&ours, &theirs), same_number(&theirs, &ours));
        prop_assert!(!same_digits(&ours, &theirs) || same_number(&ours, &theirs));
    }

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
