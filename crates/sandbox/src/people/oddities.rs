//! The people that break software: placed by index, so that even a small store has them.

use crate::people::{Country, Person};

/// Names that are rare and valid: other scripts, marks that combine, characters that spreadsheets act on.
const NAMES: &[(&str, &str)] = &[
    ("Łukasz", "Wiśniewski-Łódź"),
    ("Júlia 🌻", "Coração ❤️"),
    ("محمد", "الأحمد"),
    ("Jose\u{301}", "Conceic\u{327}a\u{303}o"),
    ("=SOMA(A1:A9)", "+55"),
    ("\"Nena\"", "O'Higgins; Peña, hija"),
    ("שרה", "כהן"),
    ("李", "小龙"),
    ("  Márcia  ", "ASSUNÇÃO DE SOUZA"),
    ("Ana\u{200b}Clara", "Muñoz\u{a0}Ruiz"),
    ("👩‍👩‍👧", "Família"),
    ("İpek", "Straße"),
];

pub(crate) fn apply(person: &mut Person, index: u64) {
    if index % 41 == 17 {
        let (first, last) = NAMES[(index / 41) as usize % NAMES.len()];
        (person.first_name, person.last_name) = (first.to_owned(), last.to_owned());
        person.company = None;
    }
    if index % 113 == 29 {
        (person.first_name, person.last_name) = (String::new(), String::new());
    }
    if index % 131 == 37 {
        person.last_name = format!("{} Souza e Silva", "de Bragança Orleães Habsburgo ".repeat(6).trim_end());
    }
    if index % 43 == 23 {
        person.unnamed = true;
        person.note = None;
        person.document = None;
        person.company = None;
    }
    if index % 151 == 73 {
        person.note = Some(long_note(person.country));
    }
}

fn long_note(country: Country) -> String {
    let sentence = match country {
        Country::Argentina => {
            "Se le explicó otra vez cómo seguir el envío; quedó en llamar mañana a las 10. "
        }
        _ => "Foi explicado de novo como acompanhar a entrega; ficou de ligar amanhã às 10. ",
    };
    sentence.repeat(28).trim_end().to_owned()
}
