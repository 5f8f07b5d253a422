//! What only one platform has, in the real window: a token that is one customer, keys in pairs, questions to a store.

use serde_json::{Value, json};

use crate::screen::{patiently, picture};
use crate::shop::Shop;
use crate::window::{Machine, Window};

#[tokio::test(flavor = "multi_thread")]
async fn at_uappi_one_token_is_one_customer_and_phones_get_their_country() {
    let shop = Shop::of("uappi", 20).await;
    let [first, second] = signed_in(&shop).await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Feira da Serra", 1).await;

    window.click("row").await;
    window.there("panel-name").await;
    window.there("own-fields").await;
    picture("uappi-customer");
    window.click("edit-customer").await;
    window.fill("field-phone", "(11) 98765-4321").await;
    window.click("save-edits").await;
    window.gone("save-edits").await;
    becomes(&shop, &first, "phone", "+5511987654321").await;
    window.state("clean").await;
    window.click("panel-close").await;

    // A second customer of the same store.
    window.click("rail-stores").await;
    window.see("one token", "return text('store-sign-ins')?.startsWith('1 ')").await;
    window.click("store-add-token").await;
    window.fill("add-token-secret", &shop.store().secrets[1]).await;
    window.click("add-token-submit").await;
    window.gone("add-token-dialog").await;
    window.see("two tokens", "return text('store-sign-ins')?.startsWith('2 ')").await;
    window.click("rail-customers").await;
    window.total(2).await;
    picture("uappi-two-customers");

    // Each has an account of its own.
    let email = second["email"].as_str().unwrap();
    window.search(email).await;
    window.total(1).await;
    window.click("row").await;
    window.click("panel-menu").await;
    window.click("customer-account").await;
    window
        .see_with(
            "whose account it is",
            "return at('account-email')?.value === arguments[0]",
            &[json!(email)],
        )
        .await;
    picture("uappi-account");
}

#[tokio::test(flavor = "multi_thread")]
async fn yampi_is_connected_by_alias_token_and_secret_key() {
    let shop = Shop::of("yampi", 60).await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.fill_in(&shop.store(), "Maré Alta", &shop.store().secrets[0]).await;
    window.fill("connect-secret_key", "not-the-key").await;
    window.click("connect-submit").await;
    window.there("connect-error").await;
    window.fill("connect-secret_key", &shop.store().secrets[1]).await;
    window.click("connect-submit").await;
    window.gone("connect-dialog").await;
    window.in_step("Maré Alta").await;
    window.total(shop.live().await).await;

    let person = shop.person().await;
    window.open_customer(&person).await;
    window.see("its own fields in words", "return text('own-fields')?.includes('Person or company')").await;
    picture("yampi-customer");
    window.write_note("Prefere retirar às sextas").await;
    shop.arrives(&person, "notes", "Prefere retirar às sextas").await;
    window.state("clean").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_is_not_here_yet_is_looked_for_in_the_store() {
    let shop = Shop::of("tiendanegocio", 60).await;
    let live = shop.live().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Almacén del Sur", live).await;

    let made =
        json!({ "name": "Quitéria", "last_name": "Novaes", "email": "quiteria.novaes@ejemplo.com.ar" });
    shop.newcomer(made).await;
    window.search("quiteria.novaes").await;
    window.there("empty-no-match").await;
    picture("look-in-store");
    window.click_at("[data-testid^=look-in-store-]").await;
    window.total(1).await;
    window.see("the newcomer", "return text('row')?.includes('Quitéria Novaes')").await;

    window.search("nobody-has-this").await;
    window.click_at("[data-testid^=look-in-store-]").await;
    window.see("that nobody is known", "return text('look-answers')?.includes('nobody-has-this')").await;
    assert!(window.is_calm().await, "knowing nobody is no error");
    window.search("").await;
    window.total(live + 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_asked_for_some_of_its_customers() {
    let shop = Shop::of("tiendanegocio", 60).await;
    let person = shop.person().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Almacén del Sur", shop.live().await).await;
    ask(&window).await;
    window.fill("ask-ids", &person.id).await;
    window.click("ask-submit").await;
    window.see("the answer", "return text('ask-answer')?.includes('1 customer')").await;
    picture("ask-answer");
    window.click("ask-show").await;
    window.see_with("the person", "return text('panel-name') === arguments[0]", &[json!(person.name)]).await;
}

async fn ask(window: &Window) {
    window.click("rail-stores").await;
    window.click("store-menu").await;
    window.click("store-ask").await;
}

/// The two customers whose tokens the store hands out first, without asterisks and with a home in Brazil.
async fn signed_in(shop: &Shop) -> [Value; 2] {
    let mut people = shop.records().await;
    people.retain(|record| record["active"] == true && record["redacted"] == false);
    let [first, second, ..] = people.as_slice() else { panic!("too few customers") };
    for record in [first, second] {
        let plain =
            json!({ "masked": false, "nationality": "BR", "addresses": [], "phone": "+551133334444" });
        shop.edit_by_id(&record["id"].to_string(), plain).await;
    }
    [first.clone(), second.clone()]
}

async fn becomes(shop: &Shop, record: &Value, field: &str, value: &str) {
    let id = record["id"].to_string();
    let arrived = patiently(async || (shop.truth_of(&id).await[field] == value).then_some(())).await;
    assert!(arrived.is_some(), "{value} never arrived: {}", shop.truth_of(&id).await[field]);
}
