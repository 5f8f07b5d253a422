//! The first minutes: no store, a wrong token, a right one.

use serde_json::json;

use crate::screen::picture;
use crate::shop::Shop;
use crate::window::Machine;

#[tokio::test(flavor = "multi_thread")]
async fn a_first_run_connects_a_store_and_shows_all_its_customers() {
    let shop = Shop::of("tiendanube", 300).await;
    let machine = Machine::new();
    let window = machine.open().await;

    window.there("try-sample").await;
    assert!(window.is_calm().await, "a first start is no trouble");
    assert_eq!(window.read("return at('list') === null").await, json!(true), "there is nothing to list yet");
    picture("first-run");

    window.connect(&shop.store(), "Loja Flor", shop.live().await).await;
    let first = window.see("rows", "return all('row').length > 5 && text('row')").await;
    assert_ne!(first.as_str().unwrap().trim(), "", "rows show people");
    assert_eq!(window.read("return document.querySelector('[role=grid]').ariaRowCount").await, json!("301"));
    assert!(window.text("status-bar").await.contains("300 customers"), "the status bar counts them");
    assert!(window.is_calm().await);
    picture("connected");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_said_in_the_form_and_nothing_is_connected() {
    let shop = Shop::of("tiendanube", 20).await;
    let machine = Machine::new();
    let window = machine.open().await;

    window.fill_in(&shop.store(), "Loja Flor", "not-the-token").await;
    window.click("connect-submit").await;
    let words = window.text("connect-error").await;
    assert!(words.contains("Loja Flor does not accept the sign-in"), "it says which store and why: {words}");
    assert!(!words.contains("not-the-token"), "it does not repeat the token");
    picture("wrong-token");
    let typed = window.read("return [at('connect-name').value, at('connect-token').value]").await;
    assert_eq!(typed, json!(["Loja Flor", "not-the-token"]), "what was typed can be corrected");

    window.fill("connect-token", &shop.store().secrets[0]).await;
    window.click("connect-submit").await;
    window.gone("connect-dialog").await;
    window.total(shop.live().await).await;
    window.click("rail-stores").await;
    let cards = window.see("stores", "return document.querySelectorAll('article').length").await;
    assert_eq!(cards, json!(1), "the refused try has left no store behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_form_after_a_refusal_leaves_the_book_empty() {
    let shop = Shop::of("inallweb", 20).await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.fill_in(&shop.store(), "Boutique", "not-the-password").await;
    window.click("connect-submit").await;
    window.there("connect-error").await;
    window.keys("connect-name", "\u{e00c}").await;
    window.gone("connect-dialog").await;
    window.there("try-sample").await;
    window.close().await;

    let window = machine.open().await;
    window.there("try-sample").await;
}
