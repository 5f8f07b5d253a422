use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, header, ids, ok, told};

#[tokio::test]
async fn stops_at_the_door_what_lacks_its_papers() {
    let harness = Harness::start(10, &[]).await;
    let store = harness.store("tiendanube").clone();
    let url = format!("{}/789001/customers", store.url);
    let plain = || harness.client.get(&url).header("user-agent", "Test (a@b.example)");
    let token = &store.secrets[0];
    assert_eq!(
        told(harness.client.get(&url).header("authentication", format!("bearer {token}"))).await.0,
        400
    );
    let refused = json!({"code": 401, "message": "Unauthorized", "description": "Invalid access token"});
    assert_eq!(told(plain()).await, (401, refused.clone()));
    assert_eq!(told(plain().header("authentication", "bearer other")).await, (401, refused));
    assert_eq!(
        told(plain().header("authentication", format!("Bearer {token}"))).await.0,
        401,
        "one spelling only"
    );
    assert_eq!(told(plain().header("authorization", format!("Bearer {token}"))).await.0, 200);
    let elsewhere = plain().header("authorization", format!("Bearer {token}")).build().unwrap();
    let elsewhere = harness.client.get(elsewhere.url().as_str().replace("789001", "789002"));
    assert_eq!(told(elsewhere.header("user-agent", "x").bearer_auth(token)).await.0, 401);

    harness.set("tiendanube.auth_header", "authentication").await;
    assert_eq!(told(plain().bearer_auth(token)).await.0, 401);
    assert_eq!(told(plain().header("authentication", format!("bearer {token}"))).await.0, 200);
    harness.set("tiendanube.auth_header", "authorization").await;
    assert_eq!(told(plain().header("authentication", format!("bearer {token}"))).await.0, 401);
    harness.set("tiendanube.auth_header", "both").await;

    harness.set("tiendanube.scope", "read").await;
    ok(harness.tiendanube(Method::GET, "/customers")).await;
    let write = harness.tiendanube(Method::POST, "/customers").json(&json!({}));
    assert_eq!(told(write).await.0, 403);
    harness.set("tiendanube.scope", "none").await;
    assert_eq!(told(harness.tiendanube(Method::GET, "/customers")).await.0, 403);
    harness.set("tiendanube.store_state", "unpaid").await;
    assert_eq!(told(harness.tiendanube(Method::GET, "/customers")).await.0, 402);
}

#[tokio::test]
async fn pages_with_headers_and_ends_in_two_ways() {
    let harness = Harness::start(430, &[]).await;
    let get = |query: &str| harness.tiendanube(Method::GET, &format!("/customers{query}"));
    let first = get("?per_page=200&fields=id,name").send().await.unwrap();
    assert_eq!(header(&first, "x-total-count"), "430");
    assert_eq!(header(&first, "x-main-language"), "pt");
    let link = header(&first, "link");
    assert!(link.contains("rel=\"next\"") && link.contains("rel=\"last\"") && !link.contains("rel=\"prev\""));
    let page: Value = first.json().await.unwrap();
    assert_eq!(page[0].as_object().unwrap().len(), 2);

    // Follow the links as given.
    let mut seen = ids(&page);
    let mut next = link;
    while let Some(url) = next.split(", ").find(|link| link.contains("rel=\"next\"")) {
        let url = url.split(['<', '>']).nth(1).unwrap().to_owned();
        let mut request = get("").build().unwrap();
        *request.url_mut() = url.parse().unwrap();
        let response = harness.client.execute(request).await.unwrap();
        next = header(&response, "link");
        seen.extend(ids(&response.json().await.unwrap()));
    }
    assert_eq!(seen.len(), 430);
    assert!(seen.is_sorted());

    let head = harness.tiendanube(Method::HEAD, "/customers").send().await.unwrap();
    assert_eq!((header(&head, "x-total-count").as_str(), head.text().await.unwrap().as_str()), ("430", ""));
    assert_eq!(ok(get("")).await.as_array().unwrap().len(), 30);
    assert_eq!(ok(get("?per_page=250")).await.as_array().unwrap().len(), 200);
    let (status, body) = told(get("?page=16")).await;
    assert_eq!((status, &body["description"]), (404, &json!("Last page is 15")));
    harness.set("tiendanube.not_found_text", "null").await;
    assert_eq!(told(get("?page=16")).await.1["description"], Value::Null);
    harness.set("tiendanube.past_end", "empty").await;
    assert_eq!(told(get("?page=16")).await, (200, json!([])));
    harness.set("tiendanube.per_page_over", "422").await;
    assert_eq!(told(get("?per_page=250")).await.0, 422);
    harness.set("tiendanube.link", "absent").await;
    harness.set("tiendanube.total_count", "absent").await;
    let bare = get("").send().await.unwrap();
    assert_eq!((header(&bare, "link").as_str(), header(&bare, "x-total-count").as_str()), ("", ""));
}

#[tokio::test]
async fn walks_by_since_id_in_every_order() {
    let harness = Harness::start(250, &[("tiendanube.past_end", "empty")]).await;
    let ordered: Vec<i64> = ids(&Value::Array(harness.customers("tiendanube").await));
    for order in ["id", "id_desc", "updated", "unstable"] {
        harness.set("tiendanube.list_order", order).await;
        let (mut since, mut seen) = (0, Vec::new());
        loop {
            let path = format!("/customers?since_id={since}&per_page=100&fields=id");
            let page = ids(&ok(harness.tiendanube(Method::GET, &path)).await);
            let Some(last) = page.last() else { break };
            since = *last;
            seen.extend(page);
        }
        assert_eq!(seen, ordered, "{order}");
    }
    let page =
        || async { ids(&ok(harness.tiendanube(Method::GET, "/customers?per_page=50&fields=id")).await) };
    assert_ne!(page().await, page().await, "unstable");
    harness.set("tiendanube.list_order", "id_desc").await;
    assert_eq!(page().await[0], ordered[249]);
}

#[tokio::test]
async fn shows_ids_beyond_exact_fractions() {
    let harness = Harness::start(100, &[("tiendanube.big_ids", "on")]).await;
    let page = ids(&ok(harness.tiendanube(Method::GET, "/customers?per_page=200")).await);
    assert!(page.is_sorted());
    let big: Vec<i64> = page.into_iter().filter(|id| *id > 1 << 53).collect();
    assert_eq!(big.len(), 10);
    assert!(
        big.windows(2).any(|pair| pair[0] as f64 == pair[1] as f64),
        "two that a double cannot tell apart"
    );
    for id in &big {
        assert_eq!(ok(harness.tiendanube(Method::GET, &format!("/customers/{id}"))).await["id"], *id);
    }
    let after = ok(harness.tiendanube(Method::GET, &format!("/customers?since_id={}", big[4]))).await;
    assert_eq!(ids(&after), big[5..]);
}

#[tokio::test]
async fn filters_by_text_and_dates_together() {
    let harness = Harness::start(80, &[("tiendanube.past_end", "empty")]).await;
    let customers = harness.customers("tiendanube").await;
    let id = &customers[5]["id"];
    let stamped = json!({"platform": "tiendanube", "id": id, "set": {"updated_at": "2031-05-05T10:00:00Z", "name": "Ñandú Único"}});
    harness.post("/edit", stamped).await;
    let get = |query: &str| harness.tiendanube(Method::GET, &format!("/customers{query}"));
    let at = "2031-05-05T07:00:00-03:00";
    assert_eq!(ids(&ok(get(&format!("?updated_at_min={at}"))).await), [id.as_i64().unwrap()]);
    harness.set("tiendanube.bounds", "exclusive").await;
    assert_eq!(ok(get(&format!("?updated_at_min={at}"))).await, json!([]));
    assert_eq!(ids(&ok(get("?updated_at_min=2031-05-05T09:59:59%2B0000")).await), [id.as_i64().unwrap()]);
    let after = format!("?updated_at_min=2031-05-05&since_id={id}");
    assert_eq!(ok(get(&after)).await, json!([]), "both filters hold");
    assert_eq!(told(get("?updated_at_min=yesterday")).await.0, 422);
    assert_eq!(ids(&ok(get("?q=%C3%B1and%C3%BA")).await), [id.as_i64().unwrap()]);
    let known =
        customers.iter().find(|one| one["identification"].is_string() && one["email"].is_string()).unwrap();
    let document = known["identification"].as_str().unwrap();
    assert!(ids(&ok(get(&format!("?q={document}"))).await).contains(&known["id"].as_i64().unwrap()));
    assert_eq!(
        ok(get("?email=nobody@mail.example")).await.as_array().unwrap().len(),
        30,
        "not a documented filter"
    );
    harness.set("tiendanube.email_filter", "exact").await;
    assert_eq!(ok(get("?email=nobody@mail.example")).await, json!([]));
}

#[tokio::test]
async fn writes_records_as_its_variants_say() {
    let harness = Harness::start(60, &[]).await;
    let list = || async { ok(harness.tiendanube(Method::GET, "/customers?per_page=60")).await };
    let page = list().await;
    let record = &page[0];
    for key in [
        "accepts_marketing",
        "customer_type",
        "active",
        "internal_reference",
        "billing_name",
        "default_address",
    ] {
        assert!(record.get(key).is_some(), "{key}");
    }
    assert!(record["total_spent"].as_str().unwrap().contains('.'));
    assert_eq!(record["total_spent_currency"], "BRL");
    assert!(record["created_at"].as_str().unwrap().ends_with("-03:00"));
    let records = page.as_array().unwrap();
    assert!(records.iter().any(|one| one["extra"] == json!({})));
    let address =
        records.iter().flat_map(|one| one["addresses"].as_array().unwrap()).find(|one| one["floor"] == "");
    assert!(address.unwrap().get("name").is_some());

    for (key, value) in [
        ("date_spelling", "no_colon"),
        ("extra_empty", "array"),
        ("address_blank", "null"),
        ("payload", "document"),
        ("store_country", "AR"),
    ] {
        harness.set(&format!("tiendanube.{key}"), value).await;
    }
    let page = list().await;
    let records = page.as_array().unwrap();
    assert!(records[0]["created_at"].as_str().unwrap().ends_with("+0000"));
    assert_eq!(records[0]["total_spent_currency"], "ARS");
    assert!(records[0].get("active").is_none());
    assert!(records.iter().any(|one| one["extra"] == json!([])));
    assert!(
        !records.iter().flat_map(|one| one["addresses"].as_array().unwrap()).any(|one| one["floor"] == "")
    );
}

#[tokio::test]
async fn leaks_its_bucket_by_the_sandbox_clock() {
    let harness = Harness::start(5, &[]).await;
    // A step back would not fill it, and a step forward empties it.
    harness.advance(60_000).await;
    let get = || harness.tiendanube(Method::GET, "/customers").send();
    let first = get().await.unwrap();
    assert_eq!(header(&first, "x-rate-limit-limit"), "40");
    assert_eq!(header(&first, "x-rate-limit-remaining"), "39");
    assert_eq!(header(&first, "x-rate-limit-reset"), "500");
    let mut refused = None;
    for _ in 0..60 {
        let answer = get().await.unwrap();
        if answer.status() == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.unwrap();
    assert_eq!(header(&refused, "retry-after"), "");
    assert_eq!(header(&refused, "x-rate-limit-remaining"), "0");
    harness.set("tiendanube.retry_after", "seconds").await;
    let mut refused = get().await.unwrap();
    while refused.status() != 429 {
        refused = get().await.unwrap();
    }
    assert_eq!(header(&refused, "retry-after"), "1");
    harness.advance(2_000).await;
    assert_eq!(get().await.unwrap().status(), 200);
    harness.advance(20_000).await;
    assert_eq!(header(&get().await.unwrap(), "x-rate-limit-remaining"), "39");
}

#[tokio::test]
async fn lists_orders_and_fields_of_customers() {
    let harness = Harness::start(60, &[]).await;
    let customers = harness.customers("tiendanube").await;
    let buyers: Vec<&Value> =
        customers.iter().filter(|one| !one["orders"].as_array().unwrap().is_empty()).collect();
    let path = format!("/orders?customer_ids={},{}&per_page=200", buyers[0]["id"], buyers[1]["id"]);
    let orders = ok(harness.tiendanube(Method::GET, &path)).await;
    let wanted: usize = buyers[..2].iter().map(|one| one["orders"].as_array().unwrap().len()).sum();
    assert_eq!(orders.as_array().unwrap().len(), wanted);
    assert!(orders[0]["store_id"].is_string() && orders[0]["total"].is_string());
    assert!(orders[0]["customer"].get("addresses").is_none());
    assert_eq!(orders[0]["attributes"], json!([]));
    assert_eq!(
        ok(harness.tiendanube(Method::GET, "/customers/custom-fields")).await.as_array().unwrap().len(),
        4
    );
    let fields = ok(harness.tiendanube(Method::GET, "/metafields/customers?namespace=loja")).await;
    let owner = &fields[0]["owner_id"];
    let of_owner =
        ok(harness.tiendanube(Method::GET, &format!("/metafields/customers?owner_id={owner}"))).await;
    assert_eq!(of_owner.as_array().unwrap().len(), 1);
}
