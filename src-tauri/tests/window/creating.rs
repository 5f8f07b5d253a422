//! Customers who are made and deleted from here. The store's own records are the judge.

use serde_json::json;

use crate::screen::picture;
use crate::shop::{Person, Shop};
use crate::window::Machine;

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_is_created_stands_at_the_store_and_here() {
    let shop = Shop::of("tiendanegocio", 60).await;
    let live = shop.live().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Almacén del Sur", live).await;

    window.click("new-customer").await;
    window.click("create-submit").await;
    window.see("what is missing", "return at('create-email')?.getAttribute('aria-invalid') === 'true'").await;
    assert_eq!(shop.live().await, live, "nothing is sent that the store would refuse");
    picture("create-missing");

    let email = "rosangela.davila@ejemplo.com.ar";
    for (field, text) in [
        ("create-first_name", "Rosângela"),
        ("create-last_name", "D'Ávila"),
        ("create-email", email),
        ("create-phone", "+5491155550000"),
        ("create-document", "30123456"),
        ("create-company", "Sur Textil SRL"),
        ("create-note", "Retira los viernes — “sin timbre”."),
    ] {
        window.fill(field, text).await;
    }
    window.click("create-password").await;
    window.fill("create-password-new", "una clave larga").await;
    window.fill("create-password-repeat", "una clave largo").await;
    window.click("create-submit").await;
    window
        .see("the difference", "return at('create-password-repeat')?.getAttribute('aria-invalid') === 'true'")
        .await;
    window.fill("create-password-repeat", "una clave larga").await;
    picture("create-filled");
    window.click("create-submit").await;
    window.gone("create-dialog").await;
    window.see("the page", "return text('panel-name') === \"Rosângela D'Ávila\"").await;
    window.state("clean").await;
    picture("created");

    let record = shop.known_as(email).await;
    for (field, value) in [
        ("name", "Rosângela"),
        ("last_name", "D'Ávila"),
        // The platform's document shows phones as digits alone.
        ("phone", "5491155550000"),
        ("company", "Sur Textil SRL"),
        ("note", "Retira los viernes — “sin timbre”."),
    ] {
        assert_eq!(record[field], value, "{field} of {record}");
    }
    assert_eq!(record["password_sets"], 1, "the password arrived");
    let made = shop.requests().await.into_iter().filter(|request| request["method"] == "POST").count();
    assert_eq!(made, 1, "it was sent once");
    window.click("panel-close").await;
    window.total(live + 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_is_there_already_is_told_before_a_second_one_is_made() {
    let shop = Shop::of("tiendanegocio", 60).await;
    let (live, person) = (shop.live().await, shop.person().await);
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Almacén del Sur", live).await;

    window.click("new-customer").await;
    window.fill("create-first_name", "Outra").await;
    window.fill("create-email", &person.email).await;
    window.click("create-submit").await;
    window
        .see_with(
            "who is there",
            "return text('create-duplicate')?.includes(arguments[0])",
            &[json!(person.name)],
        )
        .await;
    picture("create-duplicate");
    assert_eq!(window.read("return at('create-first_name').value").await, json!("Outra"), "nothing is lost");
    window.click("create-open-twin").await;
    window.gone("create-dialog").await;
    window
        .see_with("the one who is there", "return text('panel-name') === arguments[0]", &[json!(person.name)])
        .await;
    assert_eq!(shop.live().await, live, "no second one was made");
    let made = shop.requests().await.into_iter().any(|request| request["method"] == "POST");
    assert!(!made, "the store was only asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_deleted_at_the_store_only_with_the_typed_word() {
    let shop = Shop::of("tiendanegocio", 60).await;
    let people = shop.people().await;
    let with_orders = |person: &Person| person.record["orders_count"].as_i64().unwrap_or(0) > 0;
    let (buyers, others): (Vec<Person>, Vec<Person>) = people.into_iter().partition(with_orders);
    let (buyer, person) = (buyers.into_iter().next().unwrap(), others.into_iter().next().unwrap());
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Almacén del Sur", shop.live().await).await;

    window.open_customer(&buyer).await;
    window.click("panel-menu").await;
    window.click("delete-customer").await;
    window.fill("delete-customer-typed", &buyer.email).await;
    window.click("delete-customer-submit").await;
    window.see("the store's no", "return text('removal-error')").await;
    picture("delete-refused");
    assert_eq!(shop.truth(&buyer).await["deleted"], false, "a customer with orders stays");
    window.keys("delete-customer-typed", "\u{e00c}").await;
    window.gone("delete-customer-dialog").await;

    window.open_customer(&person).await;
    window.click("panel-menu").await;
    window.click("delete-customer").await;
    window.fill("delete-customer-typed", "yes").await;
    window.click("delete-customer-submit").await;
    window
        .see(
            "that it was not the word",
            "return at('delete-customer-typed')?.getAttribute('aria-invalid') === 'true'",
        )
        .await;
    assert_eq!(shop.truth(&person).await["deleted"], false, "nothing happened there");
    picture("delete-question");

    window.fill("delete-customer-typed", &person.email).await;
    window.click("delete-customer-submit").await;
    window.gone("delete-customer-dialog").await;
    window.state("gone").await;
    assert_eq!(shop.truth(&person).await["deleted"], true);
    assert_eq!(window.read("return at('edit-customer')").await, json!(null), "the last copy is only read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_is_erased_here_stays_at_the_store() {
    let shop = Shop::of("tiendanegocio", 60).await;
    let (live, person) = (shop.live().await, shop.person().await);
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Almacén del Sur", live).await;

    window.open_customer(&person).await;
    window.click("panel-menu").await;
    window.click("erase-customer").await;
    window.fill("erase-customer-typed", &person.email).await;
    window.click("erase-customer-submit").await;
    window.gone("panel").await;
    window.search("").await;
    window.total(live - 1).await;
    window.sync().await;
    window.see("the sync has ended", "return at('sync-now')?.disabled === false").await;
    window.total(live - 1).await;
    assert_eq!(shop.truth(&person).await["deleted"], false, "the store keeps its customer");
}
