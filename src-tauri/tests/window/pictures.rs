//! Pictures of the main screens of the real window, for people to judge.

use serde_json::json;

use crate::screen::picture;
use crate::shop::Shop;
use crate::window::{Machine, Window};

/// The key, as WebDriver spells it.
const ESCAPE: &str = "\u{e00c}";

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

/// What platforms have that others have not, in the third language, in dark and in high contrast.
#[tokio::test(flavor = "multi_thread")]
async fn the_screens_of_single_platforms_in_spanish() {
    let shop = Shop::of_all("tiendanegocio", 60).await;
    let machine = Machine::new();
    let window = machine.open().await;
    let live = shop.live_of("tiendanegocio").await;
    for (platform, name, all) in
        [("tiendanegocio", "Almacén del Sur", live), ("uappi", "Feira da Serra", live + 1)]
    {
        let store = shop.stores().into_iter().find(|store| store.platform == platform).unwrap();
        window.connect(&store, name, all).await;
    }
    for light in ["dark", "contrast"] {
        choose(&window, "settings-language", "es-AR").await;
        choose(&window, "settings-theme", light).await;
        let take = |screen: &str| picture(&format!("{screen}-es-AR-{light}"));
        window.click("rail-customers").await;
        window.see("rows", "return all('row').length > 5").await;
        take("list");
        window.click("row").await;
        window.there("panel-name").await;
        take("customer");
        window.click("panel-close").await;
        window.click("new-customer").await;
        window.there("create-dialog").await;
        window.click("create-submit").await;
        take("create");
        window.keys("create-email", ESCAPE).await;
        window.gone("create-dialog").await;
        window.click("rail-stores").await;
        window.there("store-menu").await;
        take("stores");
        window.click("store-menu").await;
        window.click("store-ask").await;
        window.there("ask-submit").await;
        take("ask");
        window.keys("ask-ids", ESCAPE).await;
        window.gone("ask-submit").await;
    }
}
