use clientela_sandbox::{RateMode, SandboxOptions};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, header, ids, ok, told};

/// A sandbox without the allowance, which only the test of it is to run into.
async fn start(customers: usize, variants: &[(&str, &str)]) -> Harness {
    let variants = variants.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let rate = RateMode::Off;
    Harness::with(SandboxOptions { customers, variants, rate, ..SandboxOptions::default() }).await
}

fn path(customer: &Value) -> String {
    format!("/customers/{}", customer["id"])
}

async fn page(harness: &Harness, query: &str) -> Value {
    ok(harness.tiendanegocio(Method::GET, &format!("/customers{query}"))).await
}

async fn listed(harness: &Harness, query: &str) -> Vec<i64> {
    ids(&page(harness, query).await["results"])
}

/// Customers with a full name and an e-mail: those with orders, and those without.
async fn known(harness: &Harness) -> (Vec<Value>, Vec<Value>) {
    let mut customers = harness.customers("tiendanegocio").await;
    customers.retain(|one| {
        ["name", "last_name", "email", "phone", "note"].iter().all(|field| one[*field].is_string())
    });
    customers.into_iter().partition(|one| !one["orders"].as_array().unwrap().is_empty())
}

#[tokio::test]
async fn takes_a_token_bare_or_behind_a_scheme() {
    let harness = start(5, &[]).await;
    let store = harness.store("tiendanegocio").clone();
    assert!(store.url.ends_with("/v1"));
    let url = format!("{}/customers", store.url);
    let token = &store.secrets[0];
    let bare = || harness.client.get(&url).header("authorization", token);
    let bearer = || harness.client.get(&url).header("authorization", format!("Bearer {token}"));
    for (value, bare_is, bearer_is) in [("both", 200, 200), ("bare", 200, 401), ("bearer", 401, 200)] {
        harness.set("tiendanegocio.auth_form", value).await;
        assert_eq!(told(bare()).await.0, bare_is, "{value}");
        assert_eq!(told(bearer()).await.0, bearer_is, "{value}");
    }
    let refused = json!({"code": 401, "message": "Unauthorized", "description": "Invalid access token"});
    for other in ["Bearer other", "other", "Basic abc", ""] {
        let answer = told(harness.client.get(&url).header("authorization", other)).await;
        assert_eq!(answer, (401, refused.clone()), "{other}");
    }
    harness.set("tiendanegocio.auth_form", "both").await;

    assert_eq!(told(bare()).await.0, 200, "this client names no agent");
    harness.set("tiendanegocio.user_agent", "required").await;
    assert_eq!(told(bare()).await.0, 400);
    assert_eq!(told(bare().header("user-agent", "Test (a@b.example)")).await.0, 200);

    let write = || harness.tiendanegocio(Method::POST, "/customers").json(&json!({}));
    let read = || harness.tiendanegocio(Method::GET, "/customers");
    harness.set("tiendanegocio.scope", "read").await;
    assert_eq!((told(read()).await.0, told(write()).await.0), (200, 403));
    harness.set("tiendanegocio.scope", "none").await;
    assert_eq!(told(read()).await.0, 403);
}

#[tokio::test]
async fn refuses_unknown_paths_and_methods_in_three_shapes() {
    let harness = start(5, &[]).await;
    let call = |method: Method, path: &str| harness.tiendanegocio(method, path);
    for (value, keys) in [
        ("code", vec!["code", "message", "description"]),
        ("error", vec!["error"]),
        ("message", vec!["message"]),
    ] {
        harness.set("tiendanegocio.error_shape", value).await;
        let (status, body) = told(call(Method::GET, "/products")).await;
        assert_eq!(status, 404);
        assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), keys, "{value}");
    }
    assert_eq!(told(call(Method::GET, "/customers/5")).await.0, 404);
    assert_eq!(told(call(Method::GET, "/customers/abc")).await.0, 404);
    for (method, path) in [
        (Method::DELETE, "/customers"),
        (Method::PATCH, "/customers/25"),
        (Method::POST, "/customers/25"),
        (Method::POST, "/orders"),
    ] {
        let refused = call(method, path).send().await.unwrap();
        assert_eq!(refused.status(), 405, "{path}");
        assert!(header(&refused, "allow").contains("GET"));
    }
    let untyped = call(Method::POST, "/customers").body("{}");
    assert_eq!(told(untyped).await.0, 415);
    for broken in ["{", "[]", ""] {
        let typed = call(Method::POST, "/customers").header("content-type", "application/json");
        assert_eq!(told(typed.body(broken)).await.0, 400, "{broken:?}");
    }
    let outside = harness.store("tiendanegocio").url.replace("/v1", "/v2/customers");
    assert_eq!(told(harness.client.get(outside)).await.0, 404);
}

#[tokio::test]
async fn pages_in_an_envelope_with_the_address_of_the_next() {
    let harness = start(230, &[]).await;
    let first = page(&harness, "").await;
    let keys: Vec<&String> = first["pagination"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["total", "page", "per_page", "next_page"]);
    assert_eq!((&first["pagination"]["total"], &first["pagination"]["per_page"]), (&json!(230), &json!(50)));
    assert_eq!(first["results"].as_array().unwrap().len(), 50);
    for (value, size) in [("20", 20), ("30", 30)] {
        harness.set("tiendanegocio.per_page_default", value).await;
        assert_eq!(listed(&harness, "").await.len(), size);
    }

    // Follow the addresses as given, a filter among them.
    let follow = async |query: &str| {
        let mut seen = Vec::new();
        let mut envelope = page(&harness, query).await;
        loop {
            seen.extend(ids(&envelope["results"]));
            let Some(next) = envelope["pagination"]["next_page"].as_str().filter(|next| !next.is_empty())
            else {
                return seen;
            };
            let mut request = harness.tiendanegocio(Method::GET, "").build().unwrap();
            *request.url_mut() = next.parse().unwrap();
            envelope = harness.client.execute(request).await.unwrap().json().await.unwrap();
        }
    };
    let all = follow("?per_page=60").await;
    assert_eq!(all.len(), 230);
    assert!(all.is_sorted());
    let filter = "?per_page=20&created_at_max=2100-01-01T00:00:00Z&since_id=225";
    let kept = follow(filter).await;
    assert!(kept.iter().all(|id| *id > 225) && kept.is_sorted());
    harness.set("tiendanegocio.next_page", "loses_filters").await;
    let lost = follow(filter).await;
    assert!(lost.contains(&all[20]) && !lost.contains(&all[0]), "from the second page on all are told");

    let last = async |harness: &Harness| page(harness, "?page=2&per_page=200").await["pagination"].clone();
    assert_eq!(last(&harness).await["next_page"], Value::Null);
    harness.set("tiendanegocio.last_page", "empty").await;
    assert_eq!(last(&harness).await["next_page"], "");
    harness.set("tiendanegocio.last_page", "absent").await;
    assert!(last(&harness).await.get("next_page").is_none());
    harness.set("tiendanegocio.pagination_counts", "text").await;
    assert_eq!((&last(&harness).await["total"], &last(&harness).await["page"]), (&json!("230"), &json!("2")));
    harness.set("tiendanegocio.total_count", "high").await;
    assert_eq!(last(&harness).await["total"], "237");
    harness.set("tiendanegocio.total_count", "low").await;
    assert_eq!(last(&harness).await["total"], "223");

    assert_eq!(page(&harness, "?page=3&per_page=200").await["results"], json!([]));
    harness.set("tiendanegocio.past_end", "404").await;
    let behind = || harness.tiendanegocio(Method::GET, "/customers?page=3&per_page=200");
    assert_eq!(told(behind()).await.0, 404);
    assert_eq!(listed(&harness, "?q=nobodyatall").await, [0; 0], "a first page is there");

    for (value, size) in [("50", 50), ("100", 100), ("200", 200)] {
        harness.set("tiendanegocio.per_page_max", value).await;
        assert_eq!(listed(&harness, "?per_page=250").await.len(), size);
        harness.set("tiendanegocio.per_page_over", "422").await;
        let over = format!("/customers?per_page={}", size + 1);
        assert_eq!(told(harness.tiendanegocio(Method::GET, &over)).await.0, 422);
        harness.set("tiendanegocio.per_page_over", "clamped").await;
    }
    assert_eq!(told(harness.tiendanegocio(Method::GET, "/customers?page=two")).await.0, 422);
}

#[tokio::test]
async fn orders_lists_and_walks_by_since_id() {
    let harness = start(150, &[]).await;
    let ordered: Vec<i64> = ids(&Value::Array(harness.customers("tiendanegocio").await));
    for order in ["id", "id_desc", "updated", "unstable"] {
        harness.set("tiendanegocio.list_order", order).await;
        let (mut since, mut seen) = (0, Vec::new());
        loop {
            let next = listed(&harness, &format!("?since_id={since}&per_page=100")).await;
            let Some(last) = next.last() else { break };
            since = *last;
            seen.extend(next);
        }
        assert_eq!(seen, ordered, "{order}");
        let mut whole = listed(&harness, "?per_page=200").await;
        assert_eq!(whole == ordered, order == "id", "{order}");
        whole.sort_unstable();
        assert_eq!(whole, ordered, "{order}");
    }
    assert_ne!(listed(&harness, "").await, listed(&harness, "").await, "unstable");
    harness.set("tiendanegocio.list_order", "id_desc").await;
    assert_eq!(listed(&harness, "").await[0], ordered[149]);
    harness.set("tiendanegocio.list_order", "updated").await;
    let edit = json!({"platform": "tiendanegocio", "id": ordered[7], "set": {"note": "x"}});
    harness.post("/edit", edit).await;
    assert_eq!(listed(&harness, "").await[0], ordered[7]);
}

#[tokio::test]
async fn filters_by_text_ids_and_dates_together() {
    let harness = start(80, &[]).await;
    let customers = harness.customers("tiendanegocio").await;
    let id = customers[5]["id"].as_i64().unwrap();
    let stamped = json!({"platform": "tiendanegocio", "id": id, "set": {
        "updated_at": "2031-05-05T10:00:00.250Z", "name": "Ñandú", "last_name": "Único", "identification": "98.765.432",
    }});
    harness.post("/edit", stamped).await;
    let at = "2031-05-05T07:00:00.250-03:00";
    assert_eq!(listed(&harness, &format!("?updated_at_min={at}")).await, [id]);
    assert_eq!(listed(&harness, &format!("?updated_at_min={at}&updated_at_max={at}")).await, [id]);
    assert_eq!(listed(&harness, "?updated_at_min=2031-05-05T10:00:00.251Z").await, [0; 0]);
    harness.set("tiendanegocio.bounds", "exclusive").await;
    assert_eq!(listed(&harness, &format!("?updated_at_min={at}")).await, [0; 0]);
    assert_eq!(listed(&harness, "?updated_at_min=2031-05-05T10:00:00%2B0000").await, [id]);
    // A store that tells whole seconds compares them too.
    harness.set("tiendanegocio.date_spelling", "seconds").await;
    assert_eq!(listed(&harness, "?updated_at_min=2031-05-05T10:00:00%2B0000").await, [0; 0]);
    assert_eq!(listed(&harness, "?updated_at_min=2031-05-05").await, [id]);
    assert_eq!(told(harness.tiendanegocio(Method::GET, "/customers?created_at_max=yesterday")).await.0, 422);
    let old = listed(&harness, "?per_page=200&created_at_max=2025-01-01").await;
    let young = listed(&harness, "?per_page=200&created_at_min=2025-01-01").await;
    assert_eq!(old.len() + young.len(), 80);

    for needle in ["%C3%B1and%C3%BA%20%C3%BA", "98.765.432"] {
        assert_eq!(listed(&harness, &format!("?q={needle}")).await, [id], "{needle}");
    }
    let email = customers[6]["email"].as_str().unwrap().to_uppercase().replace('+', "%2B");
    assert_eq!(listed(&harness, &format!("?q={email}")).await, [customers[6]["id"].as_i64().unwrap()]);
    let two = format!("?ids={id},{},999999", customers[2]["id"]);
    assert_eq!(listed(&harness, &two).await, [customers[2]["id"].as_i64().unwrap(), id]);

    let after = format!("?updated_at_min=2031-05-05&since_id={id}");
    assert_eq!(listed(&harness, &after).await, [0; 0], "both hold");
    harness.set("tiendanegocio.since_id_filters", "alone").await;
    assert_eq!(listed(&harness, &after).await.len(), 50);
}

#[tokio::test]
async fn writes_records_as_its_variants_say() {
    let harness = start(130, &[]).await;
    let all = async || page(&harness, "?per_page=200").await["results"].as_array().unwrap().clone();
    let keys: Vec<String> = all().await[0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        keys,
        [
            "id",
            "name",
            "last_name",
            "email",
            "phone",
            "identification",
            "identification_type",
            "created_at",
            "updated_at",
            "note",
            "total_spent",
            "orders_count",
            "last_order_id",
            "last_order_date",
            "accepts_marketing",
            "address",
        ]
    );
    for (value, ending, length) in
        [("millis", "Z", 24), ("seconds", "Z", 20), ("offset", "-03:00", 25), ("no_colon", "+0000", 24)]
    {
        harness.set("tiendanegocio.date_spelling", value).await;
        let date = all().await[0]["created_at"].as_str().unwrap().to_owned();
        assert!(date.ends_with(ending) && date.len() == length, "{value}: {date}");
    }
    let some = |list: &[Value], test: &dyn Fn(&Value) -> bool| list.iter().any(test);
    let texts = ["name", "phone", "identification", "note"];
    for (value, blank) in [("null", Value::Null), ("empty", json!(""))] {
        harness.set("tiendanegocio.blank", value).await;
        let list = all().await;
        for text in texts {
            assert!(some(&list, &|one| one[text] == blank), "{text} {value}");
        }
    }
    for (value, key) in [("keys", Some("zipcode")), ("spanish", Some("codigo_postal")), ("object", None)] {
        harness.set("tiendanegocio.address", value).await;
        let list = all().await;
        assert!(some(&list, &|one| one["address"] == json!({})), "{value}");
        let keyed = key.is_some_and(|key| some(&list, &|one| one["address"].get(key).is_some()));
        assert_eq!(keyed, key.is_some(), "{value}");
        assert!(value != "object" || list.iter().all(|one| one["address"] == json!({})));
    }
    harness.set("tiendanegocio.address", "null").await;
    assert!(all().await.iter().all(|one| one["address"].is_null()));

    let never_bought = |one: &Value| one["orders_count"] == 0;
    let list = all().await;
    let one = list.iter().find(|one| never_bought(one)).unwrap();
    assert_eq!((&one["last_order_id"], &one["last_order_date"]), (&Value::Null, &Value::Null));
    assert_eq!(one["total_spent"], "0.00");
    harness.set("tiendanegocio.no_last_order", "document").await;
    harness.set("tiendanegocio.money", "number").await;
    let list = all().await;
    let one = list.iter().find(|one| never_bought(one)).unwrap();
    assert!(one["last_order_id"] == 1 && one["last_order_date"].is_string());
    assert_eq!(one["total_spent"].to_string(), "0.00", "a number with its places");

    harness.set("tiendanegocio.big_ids", "on").await;
    let large: Vec<i64> =
        listed(&harness, "?per_page=200").await.into_iter().filter(|id| *id > 1 << 53).collect();
    assert_eq!(large.len(), 14);
    assert!(large.windows(2).any(|pair| pair[0] as f64 == pair[1] as f64));
    let one = ok(harness.tiendanegocio(Method::GET, &format!("/customers/{}", large[1]))).await;
    assert_eq!(one["id"], large[1]);
    assert_eq!(listed(&harness, &format!("?since_id={}", large[4])).await, large[5..]);
}

#[tokio::test]
async fn creates_and_tells_neither_company_nor_password() {
    let harness = start(10, &[]).await;
    let post = |body: Value| harness.tiendanegocio(Method::POST, "/customers").json(&body);
    let (status, created) = told(post(json!({
        "name": "Ana", "last_name": "Peña", "email": "ana@mail.example", "phone": "541112345678",
        "password": "123456", "identification": "12345678", "identification_type": "DNI",
        "note": "VIP", "company": "Acme",
    })))
    .await;
    assert_eq!(status, 201);
    assert!(created.get("company").is_none() && created.get("password").is_none());
    assert_eq!((&created["address"], &created["orders_count"]), (&Value::Null, &json!(0)));
    let seen = ok(harness.tiendanegocio(Method::GET, &path(&created))).await;
    assert_eq!(seen["address"], json!({}), "null in the answer to the create alone");
    let state = harness.control(Method::GET, "/state?platform=tiendanegocio", json!({})).await;
    let truth = state["customers"].as_array().unwrap().last().unwrap();
    assert_eq!((&truth["company"], &truth["password_sets"]), (&json!("Acme"), &json!(1)));
    assert!(!state.to_string().contains("123456\""), "no password in the true state");

    let put = |body: Value| harness.tiendanegocio(Method::PUT, &path(&created)).json(&body);
    ok(put(json!({"password": "other", "company": "Nova"}))).await;
    ok(put(json!({"phone": "5"}))).await;
    let truth = harness.customers("tiendanegocio").await.pop().unwrap();
    assert_eq!((&truth["company"], &truth["password_sets"]), (&json!("Nova"), &json!(2)));
    assert_eq!(told(put(json!({"password": ""}))).await.0, 422);
    assert_eq!(told(put(json!({"password": 7}))).await.0, 422);

    let nobody = json!({"last_name": "x"});
    assert_eq!(
        told(post(nobody.clone())).await,
        (422, json!({"name": ["can't be blank"], "email": ["can't be blank"]}))
    );
    harness.set("tiendanegocio.required", "email").await;
    assert_eq!(told(post(nobody.clone())).await, (422, json!({"email": ["can't be blank"]})));
    harness.set("tiendanegocio.required", "nothing").await;
    assert_eq!(told(post(nobody)).await.0, 201);
    assert_eq!(told(post(json!({"email": "no mail"}))).await.0, 422);

    let taken = json!({"name": "B", "email": "ANA@mail.example"});
    for (value, status) in [("422", 422), ("409", 409), ("400", 400)] {
        harness.set("tiendanegocio.email_taken", value).await;
        let refused = told(post(taken.clone())).await;
        assert_eq!(refused, (status, json!({"email": ["has already been taken"]})));
    }
    for (value, key) in [("errors", "errors"), ("mixed", "description"), ("no_fields", "description")] {
        harness.set("tiendanegocio.unprocessable", value).await;
        let (status, body) = told(post(taken.clone())).await;
        assert_eq!(status, 400);
        assert!(body.get(key).is_some(), "{value} {body}");
        assert_eq!(body.get("email").is_some(), value == "mixed");
    }
    harness.set("tiendanegocio.email_taken", "allowed").await;
    assert_eq!(told(post(taken)).await.0, 201);
}

#[tokio::test]
async fn changes_as_its_variants_say() {
    let harness = start(60, &[]).await;
    let customer = known(&harness).await.0[0].clone();
    let put = |body: Value| harness.tiendanegocio(Method::PUT, &path(&customer)).json(&body);
    harness.advance(2_000).await;
    let merged = ok(put(json!({"phone": "1"}))).await;
    assert_eq!((&merged["phone"], &merged["note"]), (&json!("1"), &customer["note"]));
    assert_ne!(merged["updated_at"], customer["updated_at"]);
    harness.advance(2_000).await;
    assert_eq!(ok(put(json!({"phone": "1"}))).await["updated_at"], merged["updated_at"]);
    harness.set("tiendanegocio.unchanged_put", "moves").await;
    assert_ne!(ok(put(json!({"phone": "1"}))).await["updated_at"], merged["updated_at"]);

    harness.set("tiendanegocio.null_field", "ignored").await;
    assert_eq!(ok(put(json!({"note": null}))).await["note"], customer["note"]);
    assert_eq!(ok(put(json!({"name": null}))).await["name"], customer["name"]);
    harness.set("tiendanegocio.null_field", "422").await;
    assert_eq!(told(put(json!({"note": null}))).await.0, 422);
    harness.set("tiendanegocio.null_field", "clears").await;
    assert_eq!(ok(put(json!({"note": null}))).await["note"], Value::Null);
    assert_eq!(told(put(json!({"name": null}))).await.0, 422);
    assert_eq!(told(put(json!({"email": ""}))).await.0, 422);
    assert_eq!(told(put(json!({"phone": 7}))).await.0, 422);

    let unlisted = json!({"accepts_marketing": true, "address": {"city": "Ushuaia"}});
    let before = ok(put(json!({"accepts_marketing": false}))).await;
    assert_eq!(ok(put(unlisted.clone())).await["address"], before["address"]);
    harness.set("tiendanegocio.unlisted_fields", "422").await;
    assert_eq!(told(put(unlisted.clone())).await.0, 422);
    harness.set("tiendanegocio.unlisted_fields", "stored").await;
    let stored = ok(put(unlisted)).await;
    assert_eq!((&stored["accepts_marketing"], &stored["address"]["city"]), (&json!(true), &json!("Ushuaia")));

    harness.set("tiendanegocio.stored_form", "tidied").await;
    let sent = json!({"phone": "+54 (11) 1234-5678", "name": " Ana   Rita ", "identification": "12.345.678"});
    let tidied = ok(put(sent)).await;
    assert_eq!(tidied["phone"], "541112345678");
    assert_eq!((&tidied["name"], &tidied["identification"]), (&json!("Ana Rita"), &json!("12345678")));

    harness.set("tiendanegocio.put", "replace").await;
    let replaced = ok(put(json!({"last_name": "Sola"}))).await;
    assert_eq!((&replaced["phone"], &replaced["last_name"]), (&Value::Null, &json!("Sola")));
    assert_eq!(replaced["email"], customer["email"], "required fields are never emptied");
}

#[tokio::test]
async fn deletes_and_answers_for_the_gone() {
    let harness = start(120, &[]).await;
    let (with, without) = known(&harness).await;
    let delete = |one: &Value| harness.tiendanegocio(Method::DELETE, &path(one));
    let get = |one: &Value| harness.tiendanegocio(Method::GET, &path(one));
    assert_eq!(told(delete(&with[0])).await.0, 422);
    harness.set("tiendanegocio.delete_with_orders", "409").await;
    assert_eq!(told(delete(&with[0])).await.0, 409);
    harness.set("tiendanegocio.delete_with_orders", "allowed").await;
    assert_eq!(told(delete(&with[0])).await, (200, json!({})));
    harness.set("tiendanegocio.delete_answer", "204").await;
    assert_eq!(told(delete(&with[1])).await.0, 204);
    harness.set("tiendanegocio.delete_answer", "200_empty").await;
    assert_eq!(told(delete(&without[0])).await, (200, json!("")));
    assert_eq!(told(delete(&without[0])).await.0, 404);

    assert_eq!(told(get(&with[0])).await.0, 404);
    harness.set("tiendanegocio.deleted_answer", "410").await;
    assert_eq!(told(get(&with[0])).await.0, 410);
    harness.set("tiendanegocio.deleted_answer", "200_object").await;
    assert_eq!(told(get(&with[0])).await, (200, json!({})));
    assert_eq!(told(get(&json!({"id": 27}))).await.0, 404, "never was there");

    harness.post("/redact", json!({"platform": "tiendanegocio", "id": with[2]["id"]})).await;
    assert_eq!(told(get(&with[2])).await.0, 404);
    let wanted = with[2]["id"].as_i64().unwrap();
    assert!(!listed(&harness, "?per_page=200").await.contains(&wanted));
    harness.set("tiendanegocio.redacted_answer", "blanked").await;
    let blanked = ok(get(&with[2])).await;
    assert_eq!((&blanked["name"], &blanked["email"]), (&Value::Null, &Value::Null));
    assert!(listed(&harness, "?per_page=200").await.contains(&wanted));
}

#[tokio::test]
async fn shows_writes_after_a_while() {
    for (value, seconds) in [("5", 5), ("60", 60)] {
        let harness = start(10, &[("tiendanegocio.visibility_delay", value)]).await;
        let customer = harness.customers("tiendanegocio").await[0].clone();
        let put = harness.tiendanegocio(Method::PUT, &path(&customer)).json(&json!({"phone": "1"}));
        assert_eq!(ok(put).await["phone"], "1", "the writer is told");
        let shown = async || ok(harness.tiendanegocio(Method::GET, &path(&customer))).await["phone"].clone();
        assert_eq!(shown().await, customer["phone"]);
        assert_eq!(page(&harness, "").await["results"][0]["phone"], customer["phone"]);
        let body = json!({"name": "Nova", "email": "nova@mail.example"});
        let created = ok(harness.tiendanegocio(Method::POST, "/customers").json(&body)).await;
        assert_eq!(told(harness.tiendanegocio(Method::GET, &path(&created))).await.0, 404);
        harness.advance((seconds + 1) * 1_000).await;
        assert_eq!(shown().await, "1");
        ok(harness.tiendanegocio(Method::GET, &path(&created))).await;
    }
}

#[tokio::test]
async fn allows_forty_requests_in_ten_seconds() {
    let harness = Harness::start(5, &[]).await;
    let list = || harness.tiendanegocio(Method::GET, "/customers").send();
    for (value, kind) in [("absent", ""), ("seconds", "number"), ("http_date", "date")] {
        harness.set("tiendanegocio.retry_after", value).await;
        for _ in 0..40 {
            assert_eq!(list().await.unwrap().status(), 200);
        }
        let refused = list().await.unwrap();
        assert_eq!(refused.status(), 429);
        let told = header(&refused, "retry-after");
        match kind {
            "number" => assert!(told.parse::<u32>().is_ok_and(|seconds| (1..=10).contains(&seconds))),
            "date" => assert!(told.ends_with(" GMT")),
            _ => assert_eq!(told, ""),
        }
        harness.advance(10_000).await;
    }
}

#[tokio::test]
async fn lists_orders_in_the_same_envelope() {
    let harness = start(40, &[]).await;
    let (with, _) = known(&harness).await;
    let wanted = with[0]["orders"].as_array().unwrap().len() as i64;
    let orders = async || {
        let path = format!("/orders?per_page=200&customer_id={}", with[0]["id"]);
        ok(harness.tiendanegocio(Method::GET, &path)).await
    };
    let all = orders().await;
    assert!(all["pagination"]["total"].as_i64().unwrap() > wanted, "not a known filter");
    assert!(all["results"][0]["customer"]["name"].is_string() && all["results"][0]["total"].is_string());
    harness.set("tiendanegocio.orders_filter", "customer_id").await;
    let filtered = orders().await;
    assert_eq!(filtered["pagination"]["total"], wanted);
    assert_eq!(filtered["results"][0]["customer"]["id"], with[0]["id"]);
}

#[tokio::test]
async fn loses_its_token_and_answers_for_another_store() {
    let harness = start(20, &[]).await;
    let before = page(&harness, "").await;
    harness.post("/faults", json!({"platform": "tiendanegocio", "fault": {"kind": "wrong_store"}})).await;
    assert_ne!(page(&harness, "").await["results"], before["results"]);
    harness.control(Method::DELETE, "/faults", json!({})).await;
    assert_eq!(page(&harness, "").await, before);
    harness.post("/faults", json!({"platform": "tiendanegocio", "fault": {"kind": "empty_list"}})).await;
    assert_eq!(page(&harness, "").await["results"], json!([]));
    harness.control(Method::DELETE, "/faults", json!({})).await;
    let revoked = harness.post("/revoke", json!({"platform": "tiendanegocio"})).await;
    assert_eq!(told(harness.tiendanegocio(Method::GET, "/customers")).await.0, 401);
    let token = revoked["store"]["secrets"][0].as_str().unwrap();
    let accounts = harness.post("/accounts", json!({"platform": "tiendanegocio"})).await;
    assert_eq!(accounts["accounts"][0]["token"], token);
    let url = format!("{}/customers", harness.store("tiendanegocio").url);
    ok(harness.client.get(url).bearer_auth(token)).await;
}
