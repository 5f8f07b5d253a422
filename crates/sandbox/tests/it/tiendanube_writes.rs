use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, ok, told};

async fn with_two_addresses(harness: &Harness) -> Value {
    let customers = harness.customers("tiendanube").await;
    let wanted = |one: &&Value| one["addresses"].as_array().unwrap().len() == 2 && one["email"].is_string();
    customers.iter().find(wanted).unwrap().clone()
}

fn path(customer: &Value) -> String {
    format!("/customers/{}", customer["id"])
}

#[tokio::test]
async fn creates_with_addresses_and_keeps_passwords_to_itself() {
    let harness = Harness::start(20, &[]).await;
    let post = |body: Value| harness.tiendanube(Method::POST, "/customers").json(&body);
    let (status, created) = told(post(json!({
        "name": "Ana Peña", "email": "ana@mail.example", "password": "secret", "send_email_invite": true,
        "addresses": [{"address": "Rua A", "country": "BR"}, {"address": "Rua B", "country": "BR", "default": true}],
        "extra": {"talle": "M"},
    })))
    .await;
    assert_eq!(status, 201);
    assert!(created.get("password").is_none() && created.get("send_email_invite").is_none());
    assert_eq!(created["default_address"]["address"], "Rua A");
    assert_eq!((&created["total_spent"], &created["last_order_id"]), (&json!("0.00"), &Value::Null));
    assert_eq!(ok(harness.tiendanube(Method::GET, &path(&created))).await["name"], "Ana Peña");

    assert_eq!(
        told(post(json!({"email": "b@mail.example"}))).await,
        (422, json!({"name": ["can't be blank"]}))
    );
    let taken = json!({"name": "Other", "email": "ANA@mail.example"});
    assert_eq!(told(post(taken.clone())).await, (422, json!({"email": ["has already been taken"]})));
    harness.set("tiendanube.unprocessable", "mixed").await;
    let (_, mixed) = told(post(taken.clone())).await;
    assert!(mixed["code"] == 422 && mixed["email"].is_array());
    harness.set("tiendanube.unprocessable", "code_only").await;
    let (_, code_only) = told(post(taken)).await;
    assert!(code_only["code"] == 422 && code_only.get("email").is_none());

    let untyped = harness.tiendanube(Method::POST, "/customers").body("{}");
    assert_eq!(told(untyped).await.0, 415);
    let broken = harness
        .tiendanube(Method::POST, "/customers")
        .header("content-type", "application/json; charset=utf-8");
    assert_eq!(told(broken.body("{")).await, (400, json!({"error": "Problems parsing JSON"})));
}

#[tokio::test]
async fn merges_or_replaces_what_a_put_leaves_out() {
    let harness = Harness::start(40, &[]).await;
    let customers = harness.customers("tiendanube").await;
    let customer = customers
        .iter()
        .find(|one| {
            one["note"].is_string() && one["internal_reference"].is_string() && one["email"].is_string()
        })
        .cloned();
    let customer = customer.unwrap_or_else(|| customers[3].clone());
    harness.post("/edit", json!({"platform": "tiendanube", "id": customer["id"], "set": {"note": "n", "internal_reference": "R"}})).await;
    let put = |body: Value| harness.tiendanube(Method::PUT, &path(&customer)).json(&body);
    let merged = ok(put(json!({"phone": "911"}))).await;
    assert_eq!(
        (&merged["phone"], &merged["note"], &merged["internal_reference"]),
        (&json!("911"), &json!("n"), &json!("R"))
    );

    harness.set("tiendanube.put", "replace").await;
    let full = json!({"name": merged["name"], "email": merged["email"], "phone": "912", "note": "n",
        "internal_reference": "R", "addresses": merged["addresses"].as_array().unwrap().iter().map(|one| {
            let mut one = one.clone();
            one.as_object_mut().unwrap().shift_remove("default");
            one
        }).collect::<Vec<_>>()});
    let kept = ok(put(full)).await;
    assert_eq!(
        (&kept["phone"], &kept["note"], &kept["internal_reference"]),
        (&json!("912"), &json!("n"), &json!("R"))
    );
    assert_eq!(kept["addresses"].as_array().unwrap().len(), merged["addresses"].as_array().unwrap().len());
    let replaced = ok(put(json!({"phone": "913"}))).await;
    assert_eq!((&replaced["note"], &replaced["internal_reference"]), (&Value::Null, &Value::Null));
    assert_eq!(replaced["name"], merged["name"], "required fields are never emptied");
    assert_eq!(told(put(json!({"name": ""}))).await, (422, json!({"name": ["can't be blank"]})));
    assert_eq!(told(put(json!({"phone": 7}))).await.0, 422);
}

#[tokio::test]
async fn treats_addresses_apart() {
    let harness = Harness::start(80, &[]).await;
    let customer = with_two_addresses(&harness).await;
    let before = ok(harness.tiendanube(Method::GET, &path(&customer))).await;
    let put = |body: Value| harness.tiendanube(Method::PUT, &path(&customer)).json(&body);
    let (first, second) = (&before["addresses"][0]["id"], &before["addresses"][1]["id"]);
    harness.advance(10_000).await;
    let changed = ok(put(json!({"addresses": [{"id": first, "city": "Xapuri"}, {"id": second}]}))).await;
    assert_eq!(changed["addresses"][0]["city"], "Xapuri");
    assert_eq!(changed["addresses"][0]["zipcode"], before["addresses"][0]["zipcode"]);
    assert_eq!(changed["updated_at"], before["updated_at"], "addresses alone do not move it");
    assert_ne!(changed["addresses"][0]["updated_at"], before["addresses"][0]["updated_at"]);

    assert_eq!(told(put(json!({"addresses": [{"id": first, "default": true}]}))).await.0, 422);
    assert_eq!(told(put(json!({"addresses": [{"id": 1}]}))).await.0, 422);
    assert_eq!(told(put(json!({"addresses": [{"country": "Brasil"}]}))).await.0, 422);
    harness.set("tiendanube.put_addresses", "kept").await;
    let kept = ok(put(json!({"addresses": [{"address": "Rua Nova", "country": "BR"}]}))).await;
    assert_eq!(kept["addresses"].as_array().unwrap().len(), 3);
    harness.set("tiendanube.put_addresses", "removed").await;
    let removed = ok(put(json!({"addresses": [{"id": second}]}))).await;
    assert_eq!(removed["addresses"].as_array().unwrap().len(), 1);
    assert_eq!(removed["default_address"]["id"], *second, "some address is the default");
}

#[tokio::test]
async fn moves_its_time_of_change_as_variants_say() {
    let harness = Harness::start(10, &[]).await;
    let customer = harness.customers("tiendanube").await[0].clone();
    let put = |body: Value| harness.tiendanube(Method::PUT, &path(&customer)).json(&body);
    let mut last = ok(put(json!({"phone": "1"}))).await["updated_at"].clone();
    let mut moved = async |body: Value| {
        harness.advance(3_000).await;
        let now = ok(put(body)).await["updated_at"].clone();
        std::mem::replace(&mut last, now.clone()) != now
    };
    assert!(moved(json!({"phone": "2"})).await);
    assert!(!moved(json!({"phone": "2"})).await, "nothing changed");
    assert!(moved(json!({"note": "a"})).await);
    harness.set("tiendanube.note_moves_updated_at", "no").await;
    assert!(!moved(json!({"note": "b"})).await);
    assert!(!moved(json!({"extra": {"k": "v"}})).await);
    assert!(moved(json!({"note": "c", "phone": "3"})).await);
    harness.set("tiendanube.unchanged_put", "moves").await;
    assert!(moved(json!({})).await);
}

#[tokio::test]
async fn deletes_only_without_orders_and_answers_for_the_gone() {
    let harness = Harness::start(80, &[]).await;
    let customers = harness.customers("tiendanube").await;
    let (without, with): (Vec<&Value>, Vec<&Value>) =
        customers.iter().partition(|one| one["orders"].as_array().unwrap().is_empty());
    let delete = |one: &Value| harness.tiendanube(Method::DELETE, &path(one));
    assert_eq!(told(delete(with[0])).await.0, 422);
    assert_eq!(told(delete(without[0])).await, (200, json!({})));
    harness.set("tiendanube.delete_answer", "204").await;
    assert_eq!(told(delete(without[1])).await.0, 204);
    assert_eq!(told(delete(without[1])).await.0, 404);

    let gone = || harness.tiendanube(Method::GET, &path(without[0]));
    assert_eq!(told(gone()).await.0, 404);
    harness.set("tiendanube.deleted_answer", "410").await;
    assert_eq!(told(gone()).await.0, 410);
    harness.set("tiendanube.deleted_answer", "200_empty").await;
    assert_eq!(told(gone()).await, (200, json!("")));
    assert_eq!(told(harness.tiendanube(Method::GET, "/customers/5")).await.0, 404, "never was there");

    let id = &with[1]["id"];
    harness.post("/redact", json!({"platform": "tiendanube", "id": id})).await;
    let redacted = || harness.tiendanube(Method::GET, &path(with[1]));
    assert_eq!(told(redacted()).await.0, 404);
    harness.set("tiendanube.redacted_answer", "blanked").await;
    let blanked = ok(redacted()).await;
    assert_eq!(
        (&blanked["name"], &blanked["email"], &blanked["addresses"]),
        (&json!(""), &Value::Null, &json!([]))
    );
}

#[tokio::test]
async fn shows_writes_after_a_while() {
    let harness = Harness::start(10, &[("tiendanube.visibility_delay", "5")]).await;
    let customer = harness.customers("tiendanube").await[0].clone();
    let put = |phone: &str| harness.tiendanube(Method::PUT, &path(&customer)).json(&json!({"phone": phone}));
    let shown = || async { ok(harness.tiendanube(Method::GET, &path(&customer))).await["phone"].clone() };
    assert_eq!(ok(put("1")).await["phone"], "1", "the writer is told");
    assert_eq!(shown().await, customer["phone"]);
    harness.advance(3_000).await;
    ok(put("2")).await;
    harness.advance(3_000).await;
    assert_eq!(shown().await, "1");
    let listed = ok(harness.tiendanube(Method::GET, "/customers?fields=id,phone&per_page=1")).await;
    assert_eq!(listed[0]["phone"], "1");
    harness.advance(3_000).await;
    assert_eq!(shown().await, "2");

    let body = json!({"name": "Nova", "email": "nova@mail.example"});
    let created = ok(harness.tiendanube(Method::POST, "/customers").json(&body)).await;
    assert_eq!(told(harness.tiendanube(Method::GET, &path(&created))).await.0, 404);
    harness.advance(6_000).await;
    ok(harness.tiendanube(Method::GET, &path(&created))).await;
}
