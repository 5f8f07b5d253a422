use clientela_sandbox::{RateMode, SandboxOptions, variants};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Harness, header, ids, ok, told};

/// A store with nothing that waits for the clock.
pub(crate) async fn unlimited(customers: usize) -> Harness {
    Harness::with(SandboxOptions { customers, rate: RateMode::Off, ..SandboxOptions::default() }).await
}

/// A request to the store with everything it asks for.
pub(crate) fn call(harness: &Harness, method: Method, path: &str) -> RequestBuilder {
    let store = harness.store("yampi");
    let url = format!("{}/{}{path}", store.url, store.alias.as_deref().unwrap());
    signed(harness, harness.client.request(method, url))
}

fn signed(harness: &Harness, request: RequestBuilder) -> RequestBuilder {
    let store = harness.store("yampi");
    request
        .header("user-token", &store.secrets[0])
        .header("user-secret-key", &store.secrets[1])
        .header("content-type", "application/json")
}

/// A read that is not answered from what was kept.
pub(crate) fn get(harness: &Harness, path: &str) -> RequestBuilder {
    let mark = if path.contains('?') { '&' } else { '?' };
    call(harness, Method::GET, &format!("{path}{mark}skipCache=true"))
}

async fn walked(harness: &Harness, query: &str) -> Vec<i64> {
    let mut seen = Vec::new();
    for page in 1.. {
        let found = ok(get(harness, &format!("/customers?limit=100&page={page}{query}"))).await;
        seen.extend(ids(&found["data"]));
        if page >= found["meta"]["pagination"]["total_pages"].as_i64().unwrap() {
            break;
        }
    }
    seen
}

#[tokio::test]
async fn stops_at_the_door_what_lacks_its_papers() {
    let harness = Harness::start(10, &[]).await;
    let store = harness.store("yampi").clone();
    let url = format!("{}/loja-amostra/customers", store.url);
    let plain = || harness.client.get(&url).header("content-type", "application/json");
    let (token, key) = (&store.secrets[0], &store.secrets[1]);
    let refused = json!({"message": "Unauthorized", "status_code": 401});
    assert_eq!(told(plain()).await, (401, refused.clone()));
    assert_eq!(told(plain().header("user-token", token)).await, (401, refused.clone()), "both are needed");
    assert_eq!(told(plain().header("user-secret-key", key)).await, (401, refused.clone()));
    assert_eq!(told(plain().header("user-token", key).header("user-secret-key", token)).await.0, 401);
    let untyped = || harness.client.get(&url).header("user-token", token).header("user-secret-key", key);
    assert_eq!(told(untyped()).await.0, 415);
    harness.set("yampi.content_type_missing", "400").await;
    assert_eq!(told(untyped()).await.0, 400);
    harness.set("yampi.content_type_missing", "tolerated").await;
    ok(untyped()).await;

    for (shape, key) in [("error", "error"), ("detail", "detail")] {
        harness.set("yampi.unauthorized_shape", shape).await;
        assert_eq!(told(plain()).await.1[key], "Unauthorized");
    }
    harness.set("yampi.unauthorized_shape", "html").await;
    let page = plain().send().await.unwrap();
    assert_eq!(page.status(), 401);
    assert!(header(&page, "content-type").starts_with("text/html"));

    let elsewhere = || signed(&harness, harness.client.get(format!("{}/nobody/customers", store.url)));
    assert_eq!(
        told(elsewhere()).await,
        (404, json!({"message": "Registro não encontrado", "status_code": 404}))
    );
    harness.set("yampi.unknown_alias", "403").await;
    assert_eq!(told(elsewhere()).await.0, 403);
    harness.set("yampi.error_shape", "html").await;
    assert!(told(elsewhere()).await.1.as_str().unwrap().starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn refuses_unknown_routes_methods_and_bodies() {
    let harness = unlimited(10).await;
    let status = async |method: Method, path: &str| told(call(&harness, method, path)).await.0;
    assert_eq!(status(Method::GET, "/nothing").await, 404);
    assert_eq!(status(Method::GET, "/customers/abc").await, 404);
    assert_eq!(status(Method::GET, "/customers/999").await, 404);
    let id = harness.customers("yampi").await[0]["id"].clone();
    for (method, path) in [
        (Method::PATCH, format!("/customers/{id}")),
        (Method::POST, format!("/customers/{id}")),
        (Method::DELETE, "/customers".to_owned()),
        (Method::PUT, "/customers/clusters".to_owned()),
        (Method::POST, "/customers/filters".to_owned()),
        (Method::DELETE, format!("/customers/{id}/addresses/1")),
        (Method::POST, "/orders".to_owned()),
        (Method::POST, "/search/customers".to_owned()),
    ] {
        let answer = call(&harness, method.clone(), &path).send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method} {path}");
        assert!(!header(&answer, "allow").is_empty());
    }
    for body in ["{", "", "[1]", "7"] {
        let (status, told) = told(call(&harness, Method::POST, "/customers").body(body)).await;
        assert_eq!((status, &told["status_code"]), (400, &json!(400)), "{body:?}");
    }
    assert_eq!(status(Method::HEAD, "/customers").await, 200);
    let outside = harness.store("yampi").url.replace("/v2", "/v1/customers");
    assert_eq!(told(signed(&harness, harness.client.get(outside))).await.0, 404);
}

#[tokio::test]
async fn tells_the_stores_of_an_account() {
    let harness = Harness::start(10, &[]).await;
    let url = format!("{}/auth/me", harness.store("yampi").url);
    let me = || async { ok(signed(&harness, harness.client.post(&url))).await["data"].clone() };
    let merchants = me().await["merchants"]["data"].clone();
    assert_eq!((&merchants[0]["alias"], &merchants[0]["active"]), (&json!("loja-amostra"), &json!(true)));
    assert_eq!((&merchants[1]["alias"], &merchants[1]["active"]), (&json!("loja-fechada"), &json!(false)));
    assert_eq!(told(signed(&harness, harness.client.get(&url))).await.0, 405);
    assert_eq!(told(harness.client.post(&url)).await.0, 401);

    let customers = |alias: &str| {
        let url = format!("{}/{alias}/customers?skipCache=true", harness.store("yampi").url);
        signed(&harness, harness.client.get(url))
    };
    let (status, refused) = told(customers("loja-fechada")).await;
    assert_eq!((status, &refused["status_code"]), (403, &json!(403)));
    assert_eq!(told(customers("outra-loja")).await.0, 404);
    harness.set("yampi.merchants", "several").await;
    assert_eq!(me().await["merchants"]["data"].as_array().unwrap().len(), 3);
    let (own, other) = (ok(customers("loja-amostra")).await, ok(customers("outra-loja")).await);
    assert_eq!(ids(&own["data"]), ids(&other["data"]));
    assert_ne!(own["data"][0]["email"], other["data"][0]["email"]);
    harness.set("yampi.store_state", "inactive").await;
    assert_eq!(told(customers("loja-amostra")).await.0, 403);
    assert!(
        me().await["merchants"]["data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["alias"] == "loja-amostra" && one["active"] == false)
    );
}

#[tokio::test]
async fn pages_inside_the_body() {
    let harness = unlimited(230).await;
    let list = |query: &str| get(&harness, &format!("/customers{query}"));
    let first = ok(list("")).await;
    assert_eq!(first["data"].as_array().unwrap().len(), 10);
    let pagination = &first["meta"]["pagination"];
    assert_eq!(
        (&pagination["total"], &pagination["count"], &pagination["per_page"]),
        (&json!(230), &json!(10), &json!(10))
    );
    assert_eq!((&pagination["current_page"], &pagination["total_pages"]), (&json!(1), &json!(23)));
    assert!(pagination["links"]["next"].as_str().unwrap().contains("page=2"));
    assert!(pagination["links"].get("previous").is_none());
    let truth: Vec<i64> = ids(&Value::Array(harness.customers("yampi").await));
    assert_eq!(walked(&harness, "").await, truth);
    assert_eq!(ok(list("?limit=250")).await["data"].as_array().unwrap().len(), 100);
    harness.set("yampi.limit_over", "422").await;
    let (status, refused) = told(list("?limit=250")).await;
    assert_eq!((status, &refused["message"]), (422, &json!("422 Unprocessable Entity")));
    assert!(refused["errors"]["limit"].is_array());

    let past = || async { told(list("?limit=100&page=9")).await };
    assert_eq!(past().await.1["data"], json!([]));
    harness.set("yampi.past_end", "404").await;
    assert_eq!(past().await.0, 404);
    harness.set("yampi.past_end", "last").await;
    assert_eq!(ids(&past().await.1["data"]), truth[200..]);

    harness.set("yampi.meta_numbers", "text").await;
    assert_eq!(ok(list("")).await["meta"]["pagination"]["total"], "230");
    harness.set("yampi.total", "low").await;
    assert_eq!(ok(list("")).await["meta"]["pagination"]["total"], "223");

    let one = format!(
        "?email[]={}",
        harness.customers("yampi").await[0]["email"].as_str().unwrap().replace('+', "%2B")
    );
    harness.set("yampi.total", "exact").await;
    for (value, links) in [("array", json!([])), ("object", json!({})), ("null", Value::Null)] {
        harness.set("yampi.links_empty", value).await;
        let page = ok(list(&one)).await;
        assert_eq!(page["meta"]["pagination"]["links"], links);
        assert_eq!(page["data"].as_array().unwrap().len(), 1);
    }
    harness.set("yampi.links_empty", "absent").await;
    assert!(ok(list(&one)).await["meta"]["pagination"].get("links").is_none());
}

#[tokio::test]
async fn orders_by_what_is_asked_or_by_nothing() {
    let harness = unlimited(150).await;
    let truth: Vec<i64> = ids(&Value::Array(harness.customers("yampi").await));
    let mut descending = truth.clone();
    descending.reverse();
    assert_eq!(walked(&harness, "&orderBy=id&sortedBy=desc").await, descending);
    harness.set("yampi.order_by", "ignored").await;
    assert_eq!(walked(&harness, "&orderBy=id&sortedBy=desc").await, truth);
    harness.set("yampi.list_order", "id_desc").await;
    assert_eq!(walked(&harness, "").await, descending);
    harness.set("yampi.list_order", "unstable").await;
    assert_ne!(walked(&harness, "").await, walked(&harness, "").await);
    harness.set("yampi.order_by", "honoured").await;
    assert_eq!(walked(&harness, "&orderBy=id&sortedBy=asc").await, truth);
    let created = walked(&harness, "&orderBy=created_at").await;
    let mut by_age = harness.customers("yampi").await;
    by_age.sort_by_key(|one| one["created_at"].as_str().unwrap().to_owned());
    assert_eq!(created[0], by_age[0]["id"].as_i64().unwrap());
}

#[tokio::test]
async fn scrolls_until_nothing_is_left_or_the_id_runs_out() {
    let harness = unlimited(75).await;
    let truth: Vec<i64> = ids(&Value::Array(harness.customers("yampi").await));
    for kind in ["same", "fresh"] {
        harness.set("yampi.scroll_ids", kind).await;
        let mut page = ok(call(&harness, Method::GET, "/customers?scroll=true&limit=20")).await;
        let first = page["scroll_id"].clone();
        let mut seen = Vec::new();
        while page["data"] != json!([]) {
            seen.extend(ids(&page["data"]));
            let next =
                format!("/customers?scroll=true&limit=20&scroll_id={}", page["scroll_id"].as_str().unwrap());
            page = ok(call(&harness, Method::GET, &next)).await;
        }
        assert_eq!(seen, truth, "{kind}");
        assert_eq!(page["scroll_id"] == first, kind == "same");
    }
    let begun = ok(call(&harness, Method::GET, "/customers?scroll=true&limit=20")).await;
    let next = format!("/customers?scroll=true&limit=20&scroll_id={}", begun["scroll_id"].as_str().unwrap());
    let next = || call(&harness, Method::GET, &next);
    ok(next()).await;
    harness.advance(5 * 60_000 + 1).await;
    assert_eq!(told(next()).await.0, 400);
    harness.set("yampi.scroll_expired", "404").await;
    assert_eq!(told(next()).await.0, 404);
    harness.set("yampi.scroll_expired", "empty").await;
    assert_eq!(ok(next()).await["data"], json!([]));
    harness.set("yampi.scroll", "ignored").await;
    let plain = ok(call(&harness, Method::GET, "/customers?scroll=true&limit=20")).await;
    assert!(plain.get("scroll_id").is_none() && plain["meta"]["pagination"]["total"] == 75);
}

#[tokio::test]
async fn passes_over_filters_it_does_not_understand() {
    let harness = unlimited(120).await;
    let customers = harness.customers("yampi").await;
    let total = async |query: &str| {
        let page = ok(get(&harness, &format!("/customers?{query}"))).await;
        page["meta"]["pagination"]["total"].as_i64().unwrap()
    };
    let inactive = customers.iter().filter(|one| one["active"] == false).count() as i64;
    assert!(inactive > 0);
    assert_eq!(total("active=0").await, 120, "no array");
    assert_eq!(total("active[]=0").await, inactive);
    assert_eq!(total("active%5B%5D=0").await, inactive);
    assert_eq!(total("filters[active]=0").await, 120);
    harness.set("yampi.scalar_filters", "honoured").await;
    assert_eq!(total("active=0").await, inactive);
    let of_cluster = customers.iter().filter(|one| one["cluster_id"] == 501).count() as i64;
    assert_eq!(total("cluster_id[]=501").await, of_cluster);

    let known = customers.iter().find(|one| one["cpf"].is_string() && one["phone"].is_string()).unwrap();
    let (cpf, phone) = (known["cpf"].as_str().unwrap(), known["phone"].as_str().unwrap());
    let email = known["email"].as_str().unwrap().replace('+', "%2B");
    for query in [
        format!("cpf[]={cpf}"),
        format!("email[]={email}"),
        format!("q={cpf}"),
        format!("q={phone}"),
        format!("search=email:{email}"),
        format!("search=cpf:{cpf};email:{email}&searchJoin=and"),
        format!("search=email:{}&searchFields=email:like", &email[1..]),
    ] {
        assert_eq!(total(&query).await, 1, "{query}");
    }
    assert_eq!(total(&format!("search=email:{}", &email[1..])).await, 0, "the whole value");
    assert_eq!(total("search=colour:red").await, 120);

    let day = &known["created_at"].as_str().unwrap()[..10];
    let created = format!("date=created_at:{day}|{day}");
    let of_day = customers.iter().filter(|one| one["created_at"].as_str().unwrap().starts_with(day)).count();
    harness.set("yampi.date_zone", "UTC").await;
    assert_eq!(total(&created).await, of_day as i64);
    harness.set("yampi.date_filter", "ignored").await;
    assert_eq!(total(&created).await, 120);
    harness.set("yampi.date_filter", "500").await;
    assert_eq!(told(get(&harness, &format!("/customers?{created}"))).await.0, 500);
    let updated = "date=updated_at:2001-01-01|2001-01-02";
    assert_eq!(told(get(&harness, &format!("/customers?{updated}"))).await.0, 500);
    harness.set("yampi.date_filter_updated", "ignored").await;
    assert_eq!(total(updated).await, 120);
    harness.set("yampi.date_filter_updated", "honoured").await;
    assert_eq!(total(updated).await, 0);
    assert!(ok(get(&harness, "/customers/filters")).await["data"].is_array());
}

#[tokio::test]
async fn keeps_answers_for_half_an_hour() {
    let harness = unlimited(10).await;
    let id = harness.customers("yampi").await[0]["id"].clone();
    let path = format!("/customers/{id}");
    let kept = || async { ok(call(&harness, Method::GET, &path)).await["data"][0]["notes"].clone() };
    let fresh = || async { ok(get(&harness, &path)).await["data"][0]["notes"].clone() };
    let before = kept().await;
    harness.post("/edit", json!({"platform": "yampi", "id": id, "set": {"notes": "novo"}})).await;
    assert_eq!((kept().await, fresh().await), (before.clone(), json!("novo")));
    assert_eq!(kept().await, before, "a fresh read does not renew it");
    harness.advance(29 * 60_000).await;
    assert_eq!(kept().await, before);
    harness.advance(60_000).await;
    assert_eq!(kept().await, "novo");
    harness.set("yampi.cache", "off").await;
    harness.post("/edit", json!({"platform": "yampi", "id": id, "set": {"notes": "outro"}})).await;
    assert_eq!(kept().await, "outro");
}

#[tokio::test]
async fn counts_each_route_by_the_minute() {
    let harness = Harness::start(5, &[]).await;
    harness.post("/clock", json!({"set": "2031-01-02T03:04:00Z"})).await;
    let list = || get(&harness, "/customers").send();
    let first = list().await.unwrap();
    assert_eq!(header(&first, "x-ratelimit-limit"), "60");
    assert_eq!(header(&first, "x-ratelimit-remaining"), "59");
    let id = harness.customers("yampi").await[0]["id"].clone();
    for _ in 1..60 {
        assert_eq!(told(get(&harness, &format!("/customers/{id}"))).await.0, 200);
    }
    let refused = list().await.unwrap();
    assert_eq!(
        (header(&refused, "retry-after"), header(&refused, "x-ratelimit-remaining")),
        (String::new(), "0".to_owned())
    );
    assert_eq!(
        told(get(&harness, "/customers")).await,
        (429, json!({"message": "Too Many Requests", "status_code": 429}))
    );
    let orders = get(&harness, "/orders").send().await.unwrap();
    assert_eq!(header(&orders, "x-ratelimit-limit"), "120", "another route");
    harness.set("yampi.retry_after", "seconds").await;
    let wait: i64 = header(&list().await.unwrap(), "retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait));
    harness.post("/clock", json!({"set": "2031-01-02T03:05:00Z"})).await;
    assert_eq!(list().await.unwrap().status(), 200, "the next minute");

    let url = format!("{}/auth/me", harness.store("yampi").url);
    for at in 0..11 {
        let answer = signed(&harness, harness.client.post(&url)).send().await.unwrap();
        assert_eq!(answer.status() == 200, at < 10);
        assert_eq!(header(&answer, "x-ratelimit-limit"), "10");
    }
    let cluster = || call(&harness, Method::POST, "/customers/clusters").json(&json!({}));
    let customer = || call(&harness, Method::POST, "/customers").json(&json!({}));
    for _ in 0..30 {
        assert_eq!(told(cluster()).await.0, 422);
    }
    assert_eq!((told(cluster()).await.0, told(customer()).await.0), (429, 422));
    harness.set("yampi.write_allowance", "shared").await;
    for _ in 0..15 {
        assert_eq!((told(cluster()).await.0, told(customer()).await.0), (422, 422));
    }
    assert_eq!((told(cluster()).await.0, told(customer()).await.0), (429, 429));

    harness.set("yampi.rate_window", "first_request").await;
    harness.post("/clock", json!({"set": "2031-01-02T05:00:30Z"})).await;
    for _ in 0..60 {
        ok(get(&harness, "/customers")).await;
    }
    harness.post("/clock", json!({"set": "2031-01-02T05:01:10Z"})).await;
    assert_eq!(list().await.unwrap().status(), 429, "not by the minutes of the clock");
    harness.post("/clock", json!({"set": "2031-01-02T05:01:40Z"})).await;
    assert_eq!(list().await.unwrap().status(), 200);
}

#[tokio::test]
async fn every_variant_value_still_lists_and_shows() {
    let harness = unlimited(45).await;
    let id = harness.customers("yampi").await[3]["id"].clone();
    for variant in variants().iter().filter(|variant| variant.platform == "yampi") {
        for value in variant.values {
            harness.set(variant.key, value).await;
            let shut = (variant.key, *value) == ("yampi.store_state", "inactive");
            let (status, page) = told(get(&harness, "/customers?limit=100")).await;
            assert_eq!(status == 200, !shut, "{} {value} {page}", variant.key);
            let (status, one) = told(get(&harness, &format!("/customers/{id}"))).await;
            assert_eq!(status == 200, !shut, "{} {value} {one}", variant.key);
            if !shut {
                assert_eq!(page["data"].as_array().unwrap().len(), 45);
            }
        }
        harness.set(variant.key, variant.default).await;
    }
}

#[tokio::test]
async fn signs_in_anew_after_a_revocation() {
    let harness = Harness::start(3, &[]).await;
    let revoked = harness.post("/revoke", json!({"platform": "yampi"})).await;
    assert_eq!(told(get(&harness, "/customers")).await.0, 401);
    let accounts = harness.post("/accounts", json!({"platform": "yampi"})).await;
    let account = &accounts["accounts"][0];
    assert_eq!(account["token"], revoked["store"]["secrets"][0]);
    let url = format!("{}/loja-amostra/customers", harness.store("yampi").url);
    let request = harness.client.get(url).header("content-type", "application/json");
    ok(request
        .header("user-token", account["token"].as_str().unwrap())
        .header("user-secret-key", account["secret_key"].as_str().unwrap()))
    .await;
}
