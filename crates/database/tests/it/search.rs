//! What is typed finds whom it should find, and nobody else.

use clientela_database::commit;
use clientela_database::table::customer::{self, CustomerState};
use clientela_database::table::journal;
use clientela_database::view::list::{self, Query};
use clientela_domain::customer::DocumentKind;
use clientela_domain::{Address, CustomerRecord, Document, Field, Presence, RemoteId};
use clientela_testkit::{TempBook, temp_book};

/// Everybody in this book, by the name of the first column.
fn people() -> Vec<CustomerRecord> {
    let person = |id: &str, first: &str, last: &str, email: &str| {
        let mut record = CustomerRecord::new(RemoteId::new(id));
        record.first_name = Presence::Value(first.to_owned());
        record.last_name = Presence::Value(last.to_owned());
        record.email = Presence::Value(email.to_owned());
        record
    };
    let document = |kind, number: &str| Presence::Value(vec![Document { kind, number: number.to_owned() }]);
    let mut conceicao = person("conceicao", "José", "da Conceição", "ze.conceicao@correio.example");
    conceicao.phone = Presence::Value("(11) 98765-4321".to_owned());
    conceicao.documents = document(DocumentKind::Cpf, "529.982.247-25");
    let mut davila = person("davila", "João", "D'Ávila", "joao@davila.example");
    davila.documents = document(DocumentKind::Cnpj, "12.ABC.345/01DE-35");
    davila.phone = Presence::Value("(11) 8765-0001".to_owned());
    let mut munoz = person("munoz", "Lucía", "Muñoz", "lmunoz+vip@tienda.example");
    munoz.documents = document(DocumentKind::Dni, "12.345.678");
    munoz.phone = Presence::Value("+54 9 11 4321-5678".to_owned());
    let mut obrien = person("obrien", "Máirín", "O’Brien", "m_obrien@web.example");
    obrien.note = Presence::Value(
        "paga 100% no PIX, *sempre*; disse \"ok\"\r\nAND não ligar OR NEAR meio-dia".to_owned(),
    );
    obrien.company = Presence::Value("Sant´Anna & Filhos".to_owned());
    let mut emoji = person("emoji", "💚 Íris", "🅰️ Güemes", "iris@flores.example");
    emoji.addresses = Presence::Value(vec![Address {
        key: "1".to_owned(),
        phone: Some("0351 312-3456".to_owned()),
        country: Some("AR".to_owned()),
        ..Address::default()
    }]);
    let lodz = person("lodz", "Łukasz", "Øster-Straße", "lo@cz.example");
    let nobody = CustomerRecord::new(RemoteId::new("nobody"));
    vec![conceicao, davila, munoz, obrien, emoji, lodz, nobody]
}

pub(crate) async fn book_of_people() -> TempBook {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    book.keep(store, &people()).await;
    book
}

/// Store ids of the customers that a text finds, in alphabetical order.
async fn found(book: &TempBook, typed: &str) -> Vec<String> {
    let mut connection = book.read().await.expect("the book can be read");
    let query = Query { text: typed.to_owned(), ..Query::default() };
    let ids = list::ids(&mut connection, &query).await.expect("a search never fails");
    let mut found = Vec::new();
    for id in ids {
        let known = customer::store_of(&mut connection, id).await.expect("customers can be read");
        found.extend(known.map(|(_, remote, _)| remote.as_str().to_owned()));
    }
    found.sort();
    found
}

const EVERYBODY: &[&str] = &["conceicao", "davila", "emoji", "lodz", "munoz", "nobody", "obrien"];
const NOBODY: &[&str] = &[];

#[tokio::test]
async fn people_are_found_by_what_one_types() {
    let book = book_of_people().await;
    for (why, typed, expected) in [
        ("nothing asked", "", EVERYBODY),
        ("only space", " \t\n ", EVERYBODY),
        ("without accents", "conceicao", &["conceicao"]),
        ("with accents", "CONCEIÇÃO", &["conceicao"]),
        ("accents in parts", "conceic\u{327}a\u{303}o", &["conceicao"]),
        ("the beginning of a word", "conc", &["conceicao"]),
        ("the middle of a name is no beginning", "onceic", &["conceicao"]),
        ("a name without apostrophe", "davila", &["davila"]),
        ("a name with its apostrophe", "D'Ávila", &["davila"]),
        ("another apostrophe", "d’avila", &["davila"]),
        ("a space for the apostrophe", "d avila", &["davila"]),
        ("only the second half", "avila", &["davila"]),
        ("an Irish name", "o'brien", &["obrien"]),
        ("an accent for an apostrophe", "sant'anna", &["obrien"]),
        ("written together", "santanna", &["obrien"]),
        ("ñ as n", "munoz", &["munoz"]),
        ("letters that do not come apart", "lukasz oster", &["lodz"]),
        ("sharp s", "strasse", &["lodz"]),
        ("a name with a hyphen", "øster-straße", &["lodz"]),
        ("two words in any order", "silva jose", NOBODY),
        ("two words of one person", "conceicao jose", &["conceicao"]),
        ("two words of two people", "conceicao munoz", NOBODY),
        ("one letter", "z", &["conceicao"]),
        ("two letters", "mu", &["munoz"]),
        ("a whole e-mail", "ze.conceicao@correio.example", &["conceicao"]),
        ("an e-mail in capitals", "ZE.CONCEICAO@CORREIO.EXAMPLE", &["conceicao"]),
        ("the middle of an e-mail", "eicao@corr", &["conceicao"]),
        ("the host of an e-mail", "@davila.example", &["davila"]),
        ("a plus in an e-mail", "lmunoz+vip", &["munoz"]),
        ("an underscore is itself", "m_obrien", &["obrien"]),
        ("an underscore is not any letter", "z_.conceicao", NOBODY),
        ("a word of a note", "sempre", &["obrien"]),
        ("nobody", "xilofone", NOBODY),
    ] {
        assert_eq!(found(&book, typed).await, expected, "{why}: {typed:?}");
    }
}

#[tokio::test]
async fn numbers_are_found_however_they_are_written() {
    let book = book_of_people().await;
    for (why, typed, expected) in [
        ("as written", "(11) 98765-4321", &["conceicao"][..]),
        ("with the country", "+55 11 98765-4321", &["conceicao"]),
        ("digits with the country", "5511987654321", &["conceicao"]),
        ("digits only", "11987654321", &["conceicao"]),
        ("without the ninth digit", "(11) 8765-4321", &["conceicao"]),
        ("without the area", "98765-4321", &["conceicao"]),
        ("spaces anywhere", "11 9 8765 4321", &["conceicao"]),
        ("the last digits", "4321", &["conceicao", "munoz"]),
        ("an old number by its new form", "11 98765-0001", &["davila"]),
        ("an old number as it is", "8765-0001", &["davila"]),
        ("Argentine, as written", "+54 9 11 4321-5678", &["munoz"]),
        ("Argentine, at home", "11 4321-5678", &["munoz"]),
        ("Argentine, without the 9", "+54 11 4321-5678", &["munoz"]),
        ("of an address", "+54 351 312 3456", &["emoji"]),
        ("a document with punctuation", "529.982.247-25", &["conceicao"]),
        ("a document without", "52998224725", &["conceicao"]),
        ("a document with spaces", "529 982 247 25", &["conceicao"]),
        ("the beginning of a document", "529.98", &["conceicao"]),
        ("the middle of a document", "98224", &["conceicao"]),
        ("a DNI", "12345678", &["munoz"]),
        ("a DNI with points", "12.345.678", &["munoz"]),
        ("a CNPJ with letters", "12.ABC.345/01DE-35", &["davila"]),
        ("in small letters", "12abc34501de35", &["davila"]),
        ("a piece of it", "abc345", &["davila"]),
        ("a piece of it with punctuation", "ABC.345/01", &["davila"]),
        ("one digit begins a number", "5", &["conceicao", "munoz"]),
        ("a number of nobody", "77777", NOBODY),
    ] {
        assert_eq!(found(&book, typed).await, expected, "{why}: {typed:?}");
    }
}

#[tokio::test]
async fn every_character_is_only_a_character() {
    let book = book_of_people().await;
    for (why, typed, expected) in [
        ("a per cent sign", "%", &["obrien"][..]),
        ("a star", "*", &["obrien"]),
        ("a star after a word is no more than its sign", "conc*", &["conceicao"]),
        ("an underscore", "_", &["obrien"]),
        ("a quote", "\"", &["obrien"]),
        ("a word in quotes", "\"ok\"", &["obrien"]),
        ("an open quote", "\"ok", &["obrien"]),
        ("quotes only", "\"\"\"\"", NOBODY),
        ("an operator is a word", "AND", &["obrien"]),
        ("another one", "OR", &["obrien"]),
        ("an operator between words", "conceicao OR munoz", NOBODY),
        ("NEAR is a word", "NEAR", &["obrien"]),
        ("NEAR is no function", "NEAR(conceicao jose)", NOBODY),
        ("NOT is nobody's word", "NOT", NOBODY),
        ("no column filter", "words:conceicao", NOBODY),
        ("no column filter of pieces", "pieces : 529", NOBODY),
        ("a caret", "^jose", &["conceicao"]),
        ("a minus is no exclusion", "jose -conceicao", &["conceicao"]),
        ("brackets", "(jose)", &["conceicao"]),
        ("braces", "{jose}", &["conceicao"]),
        ("a semicolon", "jose; drop table customer", NOBODY),
        ("SQL", "' OR 1=1 --", NOBODY),
        ("an emoji", "💚", &["emoji"]),
        ("another emoji", "🌵", NOBODY),
        ("an emoji that counts as a letter", "🅰️", &["emoji"]),
        ("an emoji and a word", "💚 iris", &["emoji"]),
        ("an end of text inside", "jose\0conceicao", &["conceicao"]),
        ("only control characters", "\0\u{1}\u{7f}", EVERYBODY),
        ("only an accent", "\u{301}", EVERYBODY),
    ] {
        assert_eq!(found(&book, typed).await, expected, "{why}: {typed:?}");
    }
}

/// A whole page pasted by accident is a search like any other: quick, and without an error.
#[tokio::test]
async fn a_pasted_page_is_no_error() {
    let book = book_of_people().await;
    assert_eq!(found(&book, &"jose ".repeat(5_000)).await, ["conceicao"]);
    assert_eq!(found(&book, &"x".repeat(100_000)).await, NOBODY);
    assert_eq!(found(&book, &"1".repeat(100_000)).await, NOBODY);
    assert_eq!(found(&book, &"\"".repeat(100_000)).await, NOBODY);
    assert_eq!(found(&book, &"💚".repeat(20_000)).await, NOBODY);
}

#[tokio::test]
async fn a_changed_customer_is_found_by_what_it_is_now() {
    let book = book_of_people().await;
    let mut connection = book.read().await.expect("the book can be read");
    let query = Query { text: "munoz".to_owned(), ..Query::default() };
    let id = list::ids(&mut connection, &query).await.expect("the list can be read")[0];
    drop(connection);
    let mut record = people().remove(2);
    record.set_field(&Field::LastName, &clientela_domain::FieldValue::Text("Peña".to_owned()));
    record.set_field(&Field::Email, &clientela_domain::FieldValue::Text("lp@tienda.example".to_owned()));
    let mut transaction = book.write().await.expect("nobody else writes");
    journal::insert(&mut transaction, id, "Bia", "Prefere açaí", chrono::DateTime::default())
        .await
        .expect("a note can be written");
    let texts = journal::texts(&mut transaction, id).await.expect("notes can be read");
    customer::write_shown(&mut transaction, id, &record, CustomerState::Edited, &texts)
        .await
        .expect("it can be shown");
    commit(transaction).await.expect("it can be made durable");
    assert_eq!(found(&book, "munoz").await, NOBODY, "the old name is gone from the index");
    assert_eq!(found(&book, "pena").await, ["munoz"]);
    assert_eq!(found(&book, "acai").await, ["munoz"], "the notes kept here are found too");
}
