//! The store is away, or was changed by somebody else meanwhile.

use serde_json::json;

use crate::screen::picture;
use crate::shop::Shop;
use crate::window::Machine;

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_both_sides_changed_is_decided_by_a_person() {
    let shop = Shop::of("tiendanube", 60).await;
    let person = shop.person().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", shop.live().await).await;
    shop.edit(&person, json!({ "note": "Prefere a manhã." })).await;
    window.sync().await;
    window.open_customer(&person).await;
    window.see("the note as it was", "return at('note-input')?.value === 'Prefere a manhã.'").await;

    shop.trouble(json!({ "kind": "refuse" }), json!({})).await;
    window.write_note("Prefere a tarde.").await;
    window.state("edited").await;
    shop.edit(&person, json!({ "note": "Prefere a noite." })).await;
    shop.no_trouble().await;
    window.sync().await;

    window.state("conflict").await;
    assert_eq!(shop.truth(&person).await["note"], "Prefere a noite.", "the other's text is not overwritten");
    window.click("rail-decide").await;
    window.there("conflict-mine").await;
    let card =
        window.read("return document.querySelector('article[data-testid^=conflict-]').innerText").await;
    let card = card.as_str().unwrap().to_owned();
    for text in ["Prefere a manhã.", "Prefere a tarde.", "Prefere a noite.", &person.name] {
        assert!(card.contains(text), "base, mine and theirs are there: {text} in {card}");
    }
    picture("conflict");
    window.click("conflict-mine").await;
    shop.arrives(&person, "note", "Prefere a tarde.").await;
    window.there("decide-empty").await;
    window.open_customer(&person).await;
    window.state("clean").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_different_fields_are_put_together_without_a_question() {
    let shop = Shop::of("tiendanube", 60).await;
    let person = shop.person().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", shop.live().await).await;
    window.open_customer(&person).await;

    shop.trouble(json!({ "kind": "refuse" }), json!({})).await;
    window.write_note("Mandar catálogo.").await;
    shop.edit(&person, json!({ "phone": "+5541988887777" })).await;
    shop.no_trouble().await;
    window.sync().await;
    shop.arrives(&person, "note", "Mandar catálogo.").await;
    assert_eq!(shop.truth(&person).await["phone"], "+5541988887777", "the other's phone is still there");
    window.state("clean").await;
    window.see("the other's phone here", "return /98888.?7777/.test(text('panel'))").await;
    window.click("rail-decide").await;
    window.there("decide-empty").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_store_the_book_works_on_and_stays_calm() {
    let shop = Shop::of("tiendanube", 60).await;
    let person = shop.person().await;
    let all = shop.live().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", all).await;
    shop.close().await;

    window.sync().await;
    window.see("offline is said", "return text('status-bar').includes('Working offline')").await;
    window.open_customer(&person).await;
    window.write_note("Escrito sem internet").await;
    window.state("edited").await;
    window.see("the waiting edit is counted", "return /1 edit/.test(text('status-bar'))").await;
    assert!(window.is_calm().await, "being offline is a state, not an error");
    picture("offline");
    window.click("rail-stores").await;
    window
        .see(
            "the store's card says so",
            "return document.querySelector('article[data-state=offline]') !== null",
        )
        .await;
    assert!(window.is_calm().await);
    window.close().await;

    let window = machine.open().await;
    window.total(all).await;
    window.open_customer(&person).await;
    window.see("the edit is still there", "return at('note-input')?.value === 'Escrito sem internet'").await;
    window.state("edited").await;
    assert!(window.is_calm().await);
}
