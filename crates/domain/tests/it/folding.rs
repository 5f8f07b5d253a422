//! What is typed without accents finds what is written with them.

use clientela_domain::normalise::fold::{fold, sort_key, words};
use clientela_domain::normalise::text::{canonical, same_text};
use proptest::prelude::*;

#[test]
fn names_are_found_without_their_signs() {
    for (written, typed) in [
        ("José", "jose"),
        ("Jose\u{301}", "jose"),
        ("CONCEIÇÃO", "conceicao"),
        ("Muñoz Güell", "munoz guell"),
        ("D'Ávila", "davila"),
        ("O’Brien", "obrien"),
        ("Sant´Anna", "santanna"),
        ("Łukasz Øster", "lukasz oster"),
        ("Weiß", "weiss"),
        ("Æsir Œuvre", "aesir oeuvre"),
        ("İpek", "ipek"),
        ("ﬁlho", "filho"),
        ("Ａｎａ", "ana"),
        ("😀 Ana", "😀 ana"),
        ("山田", "山田"),
        ("ana@mail.com", "ana@mail.com"),
    ] {
        assert_eq!(fold(written), fold(typed), "{written} by {typed}");
    }
}

#[test]
fn names_sort_where_people_look_for_them() {
    let mut names = ["Zoe", "álvaro", "Ana", "(Bruno)", "ÇÉLIA", "d'Ávila", "  eva"];
    names.sort_by_key(|name| sort_key(name));
    assert_eq!(names, ["álvaro", "Ana", "(Bruno)", "ÇÉLIA", "d'Ávila", "  eva", "Zoe"]);
}

#[test]
fn texts_that_read_the_same_are_the_same() {
    for (ours, theirs, same) in [
        ("a\r\nb", "a\nb", true),
        ("a\rb", "a\nb", true),
        (" a ", "a", true),
        ("Jos\u{e9}", "Jose\u{301}", true),
        ("", "  \r\n", true),
        ("a b", "a  b", false),
        ("a\n\nb", "a\nb", false),
        ("Ana", "ana", false),
        ("ﬁ", "fi", false),
    ] {
        assert_eq!(same_text(ours, theirs), same, "{ours:?} and {theirs:?}");
    }
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in any::<String>()) {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }

    #[test]
    fn capitals_never_matter(text in "[A-Za-zÀ-ÿ' ]{0,20}") {
        prop_assert_eq!(fold(&text.to_lowercase()), fold(&text));
    }

    #[test]
    fn a_text_is_among_its_own_words(text in any::<String>()) {
        prop_assert!(words(&text).starts_with(&fold(&text)));
    }

    #[test]
    fn the_one_spelling_is_stable(text in any::<String>()) {
        let once = canonical(&text);
        prop_assert_eq!(canonical(&once), once.clone());
        prop_assert!(same_text(&text, &once));
    }
}
