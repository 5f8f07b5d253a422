//! Finding people by what somebody remembers of them.

use serde_json::{Value, json};

use crate::shop::{Shop, name_of};
use crate::window::Machine;

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_pieces_and_no_character_is_syntax() {
    let shop = Shop::of("tiendanube", 400).await;
    let records = shop.records().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", shop.live().await).await;

    let accented = records.iter().filter(|record| name_of(record).contains("Conceição")).count();
    assert!(accented > 0, "the seed has somebody of this name");
    let rows = window.search("conceicao").await;
    let shown = rows.iter().filter(|row| row.contains("Conceição")).count();
    assert_eq!(shown, accented, "typed without accents, everybody of the name is found: {rows:?}");

    // The number's end as people say it, with a hyphen that the store may not have.
    let called =
        records.iter().find_map(|record| Some((record, digits(&record["phone"]).filter(|d| d.len() >= 10)?)));
    let (person, phone) = called.unwrap();
    let end = &phone[phone.len() - 8..];
    let rows = window.search(&format!("{}-{}", &end[..4], &end[4..])).await;
    let name = name_of(person);
    assert!(rows.iter().any(|row| row.contains(name.trim())), "{name} by {end} of {phone}: {rows:?}");

    let documented = records.iter().find_map(|record| {
        let number = digits(&record["identification"]).filter(|digits| digits.len() == 11)?;
        Some((name_of(record), number))
    });
    let (name, number) = documented.unwrap();
    let written = format!("{}.{}.{}-{}", &number[..3], &number[3..6], &number[6..9], &number[9..]);
    let rows = window.search(&written).await;
    assert!(rows.len() == 1 && rows[0].contains(name.trim()), "{name} by {written}: {rows:?}");

    for text in ["\"*%", "AND", "NEAR(a b)", "a OR", "\\", "'; drop table customer; --", "^a*", "(", "%_"] {
        window.search(text).await;
        assert_eq!(window.read("return at('list-trouble')").await, Value::Null, "{text:?} breaks the search");
    }
    window.search("\"*%").await;
    window.there("empty-no-match").await;
    assert!(window.is_calm().await, "finding nobody is no error");

    window.search("").await;
    window.total(shop.live().await).await;
    let first = window.read("return [at('search').value, all('row').length > 5]").await;
    assert_eq!(first, json!(["", true]), "and everybody is back");
}

/// The digits of a number as the store has it.
fn digits(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    Some(text.chars().filter(char::is_ascii_digit).collect())
}
