//! What only some platforms have, from the command line.

use serde_json::{Value, json};

use crate::desk::Desk;

async fn at(platform: &str, customers: usize) -> Desk {
    let desk = Desk::new(customers).await;
    desk.connect(platform).await;
    desk.synced().await;
    desk
}

fn first_with_email(rows: &Value) -> &Value {
    let rows = rows["rows"].as_array().unwrap();
    rows.iter().find(|one| one["email"].is_string() && one["anonymized"] == false).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_uappi_shop_is_connected_with_a_token_a_line() {
    let desk = Desk::new(6).await;
    let added = desk.connect("uappi").await;
    assert_eq!(added["store"]["sign_ins"], 3, "{added}");
    desk.synced().await;
    let rows = desk.ok(&["customers"]).await;
    assert_eq!(rows["total"], 3);
    let one = first_with_email(&rows);
    let (id, remote) = (one["id"].to_string(), one["remote_id"].as_str().unwrap());
    assert!(one["extra"]["wallet"].is_string() && one["extra"]["points"].is_string(), "{one}");
    desk.ok(&["customer", "edit", &id, "last_name=Prado", "extra.gender=undefined"]).await;
    desk.run(&["customer", "edit", &id, "extra.gender=other"]).await.failed(2, "invalid_input");
    desk.synced().await;
    let truth = desk.true_customer("uappi", remote).await;
    assert_eq!((&truth["tradeName"], &truth["gender"]), (&json!("Prado"), &json!("undefined")));
    let account = desk.ok(&["account", "show", "--store", "uappi", "--customer", &id]).await;
    assert_eq!(account["email"], one["email"]);
    desk.ok(&["account", "edit", "--store", "uappi", "--customer", &id, "first_name=Zélia"]).await;
    assert_eq!(desk.true_customer("uappi", remote).await["nameCorporateName"], "Zélia");
    desk.run(&["account", "preferences", "--store", "uappi"]).await.failed(2, "unsupported");
    desk.run(&["store", "ask", "uappi", "--search", "x"]).await.failed(2, "unsupported");
    let secret = &desk.store("uappi").secrets[1];
    let again = desk.run_with(&["store", "sign-in", "uappi"], &format!("{secret}\n")).await.ended(0);
    assert_eq!(again["store"]["sign_ins"], 3, "the same customer's token takes the old one's place");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tiendanegocio_customer_is_made_with_a_password_asked_for_and_deleted() {
    let desk = at("tiendanegocio", 12).await;
    let create = ["customer", "create", "tiendanegocio", "first_name=Zoe", "last_name=Paz"];
    let more = ["email=zoe@correo.example", "company=Paz SRL", "--password"];
    let made = desk.run_with(&[&create[..], &more[..]].concat(), "una-clave-1\n").await.ended(0);
    let (id, remote) = (made["id"].to_string(), made["remote_id"].as_str().unwrap().to_owned());
    let truth = desk.true_customer("tiendanegocio", &remote).await;
    assert_eq!((&truth["company"], &truth["password_sets"]), (&json!("Paz SRL"), &json!(1)));
    desk.run_with(&["customer", "password", &id], "otra-clave-2\n").await.ended(0);
    assert_eq!(desk.true_customer("tiendanegocio", &remote).await["password_sets"], 2);
    let asked = desk.ok(&["store", "ask", "tiendanegocio", "--ids", &remote]).await;
    assert_eq!((&asked["customers"][0].to_string(), &asked["new"]), (&id, &json!(0)), "{asked}");
    let few =
        desk.ok(&["store", "ask", "tiendanegocio", "--limit", "3", "--created-from", "2000-01-01"]).await;
    assert_eq!((few["customers"].as_array().unwrap().len(), &few["more"]), (3, &json!(true)), "{few}");
    desk.run_with(&["customer", "delete", &id], "zoe@correo.example\n").await.ended(0);
    assert_eq!(desk.true_customer("tiendanegocio", &remote).await["deleted"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yampi_store_finds_its_alias_by_itself_and_tells_no_login_link() {
    let desk = at("yampi", 20).await;
    let rows = desk.ok(&["customers"]).await;
    assert_eq!(rows["total"], 20);
    let one = first_with_email(&rows);
    let id = one["id"].to_string();
    let shown = desk.ok(&["customer", "show", &id]).await;
    let everything = format!("{rows}{shown}");
    assert!(!everything.contains("customer-token-") && !everything.contains("customer-login-"));
    let address = ["customer", "address", &id, "add", "recipient=Zélia", "street=Rua Nova", "number=12"];
    let more = ["district=Boa Vista", "city=Recife", "region=PE", "postal_code=50000000"];
    desk.ok(&[&address[..], &more[..]].concat()).await;
    desk.ok(&["customer", "edit", &id, "note=portão azul"]).await;
    desk.synced().await;
    assert_eq!(desk.ok(&["changes"]).await["changes"], json!([]), "both arrived");
    let truth = desk.true_customer("yampi", one["remote_id"].as_str().unwrap()).await.to_string();
    assert!(truth.contains("Rua Nova") && truth.contains("portão azul"), "{truth}");
    desk.run(&["customer", "delete", &id, "--yes"]).await.failed(2, "unsupported");
}
