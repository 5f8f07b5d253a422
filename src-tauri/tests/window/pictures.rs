//! Pictures of the main screens of the real window, for people to judge.

use serde_json::json;

use crate::screen::picture;
use crate::shop::Shop;
use crate::window::{Machine, Window};

#[tokio::test(flavor = "multi_thread")]
async fn the_main_screens_in_two_languages_and_two_lights() {
    let shop = Shop::of_all("tiendanube", 300).await;
    let person = shop.people().await.into_iter().find(|person| person.record["note"].is_string()).unwrap();
    let machine = Machine::new();
    let window = machine.open().await;
    let mut all = 0;
    for store in shop.stores() {
        let (name, shown) = match store.platform.as_str() {
            "inallweb" => ("Boutique Sol", None),
            "tiendanegocio" => ("Almacén del Sur", None),
            "uappi" => ("Feira da Serra", Some(1)),
            "yampi" => ("Maré Alta", None),
            _ => ("Loja Flor", None),
        };
        all += match shown {
            Some(shown) => shown,
            None => shop.live_of(&store.platform).await,
        };
        window.connect(&store, name, all).await;
    }
    a_conflict(&shop, &window, &person).await;

    for (language, light) in [("en", "light"), ("pt-BR", "dark"), ("pt-BR", "light"), ("en", "dark")] {
        choose(&window, "settings-language", language).await;
        choose(&window, "settings-theme", light).await;
        window
            .see_with(
                "the language",
                "return document.documentElement.lang === arguments[0]",
                &[json!(language)],
            )
            .await;
        let take = |screen: &str| picture(&format!("{screen}-{language}-{light}"));
        take("settings");
        window.click("rail-customers").await;
        window.search("").await;
        window.see("rows", "return all('row').length > 5").await;
        take("list");
        window.open_customer(&person).await;
        window.search("").await;
        take("customer");
        window.click("panel-close").await;
        window.click("rail-decide").await;
        window.there("conflict-mine").await;
        take("decide");
        window.click("rail-analytics").await;
        window.there("analytics-store").await;
        take("analytics");
        window.click("rail-stores").await;
        window.there("store-menu").await;
        take("stores");
    }
}

async fn a_conflict(shop: &Shop, window: &Window, person: &crate::shop::Person) {
    window.open_customer(person).await;
    shop.trouble(json!({ "kind": "refuse" }), json!({})).await;
    window.write_note("Prefere entrega à tarde; ligar antes.").await;
    window.state("edited").await;
    shop.edit(person, json!({ "note": "Prefere entrega de manhã, antes das 10." })).await;
    shop.no_trouble().await;
    window.sync().await;
    window.state("conflict").await;
    window.click("panel-close").await;
}

async fn choose(window: &Window, select: &str, choice: &str) {
    window.click("rail-settings").await;
    window.click(select).await;
    window.click(&format!("{select}-{choice}")).await;
    window
        .see_with(
            "the menu closed",
            "return at(arguments[0]) === null",
            &[json!(format!("{select}-{choice}"))],
        )
        .await;
}
