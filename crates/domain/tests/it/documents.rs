//! CPF, CNPJ, CUIT and DNI, told by shape and check digits.

use clientela_domain::normalise::document::{bare, display, guess_kind, is_valid};
use clientela_domain::{Document, customer::DocumentKind};
use proptest::prelude::*;

use DocumentKind::{Cnpj, Cpf, Cuit, Dni, Unknown};

/// A kind, a number as people write it, and whether it holds.
const TABLE: &[(DocumentKind, &str, bool)] = &[
    (Cpf, "529.982.247-25", true),
    (Cpf, "52998224725", true),
    (Cpf, " 529 982 247 25 ", true),
    (Cpf, "111.444.777-35", true),
    (Cpf, "012.345.678-90", true),
    (Cpf, "529.982.247-26", false),
    (Cpf, "529.982.247-15", false),
    (Cpf, "000.000.000-00", false),
    (Cpf, "999.999.999-99", false),
    (Cpf, "5299822472", false),
    (Cpf, "529982247250", false),
    (Cpf, "5299822472A", false),
    (Cpf, "", false),
    (Cnpj, "11.222.333/0001-81", true),
    (Cnpj, "11222333000181", true),
    (Cnpj, "00.000.000/0001-91", true),
    (Cnpj, "12.ABC.345/01DE-35", true),
    (Cnpj, "12.abc.345/01de-35", true),
    (Cnpj, "11.222.333/0001-82", false),
    (Cnpj, "11.222.333/0001-91", false),
    (Cnpj, "12.ABC.345/01DE-36", false),
    (Cnpj, "12.ABC.345/01ED-35", false),
    (Cnpj, "12.ABC.345/01DE-3A", false),
    (Cnpj, "00.000.000/0000-00", false),
    (Cnpj, "1122233300018", false),
    (Cuit, "20-12345678-6", true),
    (Cuit, "20123456786", true),
    (Cuit, "27-12345678-0", true),
    (Cuit, "30-50001091-2", true),
    (Cuit, "20-12345678-5", false),
    (Cuit, "10-12345678-6", false),
    (Cuit, "2012345678", false),
    (Cuit, "2012345678A", false),
    (Dni, "12345678", true),
    (Dni, "12.345.678", true),
    (Dni, "1.234.567", true),
    (Dni, "123456", false),
    (Dni, "123456789", false),
    (Dni, "1234567A", false),
];

#[test]
fn numbers_hold_or_not() {
    for (kind, number, holds) in TABLE {
        assert_eq!(is_valid(kind, number), Some(*holds), "{} {number}", kind.as_str());
    }
}

#[test]
fn a_number_that_holds_tells_its_kind() {
    for (kind, number, _) in TABLE.iter().filter(|(_, _, holds)| *holds) {
        assert_eq!(guess_kind(number), *kind, "{number}");
        assert_eq!(Document::guess(number).number, *number, "the number stays as the store wrote it");
    }
}

#[test]
fn kinds_without_a_rule_are_not_judged() {
    for kind in [Unknown, DocumentKind::Other("passport".to_owned())] {
        assert_eq!(is_valid(&kind, "AB123456"), None, "{} has no rule here", kind.as_str());
    }
}

#[test]
fn kinds_are_read_from_a_stores_word() {
    for (word, kind) in [
        ("CPF", Cpf),
        (" cnpj ", Cnpj),
        ("Dni", Dni),
        ("CUIL", Cuit),
        ("", Unknown),
        ("RG", DocumentKind::Other("rg".to_owned())),
    ] {
        assert_eq!(DocumentKind::parse(word), kind, "{word:?}");
    }
}

proptest! {
    #[test]
    fn of_all_check_digits_one_pair_holds(number in 0..1_000_000_000_u64) {
        let holds = (0..100).filter(|check| guess_kind(&format!("{number:09}{check:02}")) == Cpf).count();
        let all_the_same = number % 111_111_111 == 0;
        prop_assert_eq!(holds, usize::from(!all_the_same), "{:09}", number);
    }

    #[test]
    fn punctuation_is_only_for_the_eye(text in any::<String>()) {
        for kind in [Cpf, Cnpj, Cuit, Dni, Unknown] {
            prop_assert_eq!(bare(&display(&kind, &text)), bare(&text), "display changes no letter or digit");
        }
    }
}
