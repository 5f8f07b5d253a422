use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Harness, header, ok, told};

fn login(harness: &Harness, key: &str, email: &str, password: &str) -> RequestBuilder {
    let url = format!("{}/api/auth/login", harness.store("inallweb").url);
    harness.client.post(url).json(&json!({key: email, "password": password}))
}

fn own(harness: &Harness, token: &str, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}/api/customers/me{path}", harness.store("inallweb").url);
    harness.client.request(method, url).bearer_auth(token)
}

#[tokio::test]
async fn takes_and_answers_sign_ins_in_several_shapes() {
    let harness = Harness::start(5, &[]).await;
    let store = harness.store("inallweb").clone();
    let (email, password) = (store.email.clone().unwrap(), store.secrets[0].clone());
    ok(login(&harness, "email", &email, &password)).await;
    assert_eq!(told(login(&harness, "username", &email, &password)).await.0, 422);
    harness.set("inallweb.login_body", "username").await;
    ok(login(&harness, "username", &email, &password)).await;
    assert_eq!(told(login(&harness, "email", &email, &password)).await.0, 422);
    harness.set("inallweb.login_body", "form").await;
    assert_eq!(told(login(&harness, "username", &email, &password)).await.0, 422);
    let form = |password: &str| {
        let request = harness.client.post(format!("{}/api/auth/login", store.url));
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("username={email}&password={password}"))
    };
    ok(form(&password)).await;
    assert_eq!(told(form("wrong")).await.0, 401);
    harness.set("inallweb.login_shape", "camel").await;
    assert!(ok(form(&password)).await["accessToken"].is_string());
    harness.set("inallweb.login_shape", "full").await;
    let full = ok(form(&password)).await;
    assert_eq!((&full["expires_in"], &full["user"]["role"]), (&json!(1_800), &json!("admin")));
}

#[tokio::test]
async fn exchanges_tokens_after_their_end_by_variant() {
    let harness = Harness::start(5, &[]).await;
    let store = harness.store("inallweb").clone();
    let signed_in = ok(login(&harness, "email", store.email.as_deref().unwrap(), &store.secrets[0])).await;
    let token = signed_in["access_token"].as_str().unwrap().to_owned();
    let refresh = || harness.client.post(format!("{}/api/auth/refresh", store.url)).bearer_auth(&token);
    harness.advance(31 * 60_000).await;
    assert_eq!(told(refresh()).await.0, 401);
    harness.set("inallweb.refresh_window", "week").await;
    ok(refresh()).await;
    let list = harness.client.get(format!("{}/api/customers", store.url)).bearer_auth(&token);
    assert_eq!(told(list).await.0, 401, "it buys a new one and nothing else");
    harness.advance(8 * 86_400_000).await;
    assert_eq!(told(refresh()).await.0, 401);
}

#[tokio::test]
async fn refuses_in_every_shape() {
    let harness = Harness::start(5, &[]).await;
    let missing = || harness.inallweb(Method::GET, "/api/customers/999999");
    let anonymous = || harness.client.get(format!("{}/api/customers", harness.store("inallweb").url));
    for (shape, pointer) in [
        ("text", "/detail"),
        ("list", "/detail/0/msg"),
        ("object", "/detail/message"),
        ("message", "/message"),
    ] {
        harness.set("inallweb.detail_shape", shape).await;
        let (status, body) = told(missing()).await;
        assert_eq!((status, body.pointer(pointer)), (404, Some(&json!("Customer not found"))), "{shape}");
        let refused = anonymous().send().await.unwrap();
        assert_eq!(
            (refused.status().as_u16(), header(&refused, "www-authenticate").as_str()),
            (401, "Bearer")
        );
        assert!(refused.json::<Value>().await.unwrap().pointer(pointer).unwrap().is_string());
        let (status, body) = told(harness.inallweb(Method::POST, "/api/customers")).await;
        assert!(status == 405 && body.pointer(pointer).unwrap().is_string());
    }
    let invalid = || harness.inallweb(Method::GET, "/api/customers?page=0");
    for (shape, pointer) in [("list", "/detail/0/msg"), ("text", "/detail"), ("message", "/errors/0/msg")] {
        harness.set("inallweb.validation_shape", shape).await;
        let (status, body) = told(invalid()).await;
        assert!(status == 422 && body.pointer(pointer).unwrap().is_string(), "{shape} {body}");
    }
    let text_id = || harness.inallweb(Method::GET, "/api/customers/abc");
    assert_eq!(told(text_id()).await.0, 422);
    harness.set("inallweb.text_id", "404").await;
    assert_eq!(told(text_id()).await.0, 404);
    let put = |body: Value| harness.inallweb(Method::PUT, "/api/customers/103").json(&body);
    ok(put(json!({"email": "x@mail.example"}))).await;
    harness.set("inallweb.unknown_keys", "422").await;
    harness.set("inallweb.validation_shape", "list").await;
    let (status, body) = told(put(json!({"email": "x@mail.example"}))).await;
    assert_eq!((status, &body["detail"][0]["loc"]), (422, &json!(["body", "email"])));
    ok(put(json!({"phone": "912"}))).await;
}

#[tokio::test]
async fn searches_and_filters_as_its_variants_say() {
    let harness = Harness::start(120, &[]).await;
    let customers = harness.customers("inallweb").await;
    let one = customers.iter().find(|one| one["phone"].as_str().is_some_and(|text| text.len() == 9)).unwrap();
    let total = async |query: &str| {
        ok(harness.inallweb(Method::GET, &format!("/api/customers?{query}"))).await["total"].as_i64().unwrap()
    };
    let phone = format!("search={}", one["phone"].as_str().unwrap());
    let middle = format!("search={}", &one["email"].as_str().unwrap()[1..].replace('+', "%2B"));
    assert_eq!((total(&phone).await, total(&middle).await), (0, 1));
    harness.set("inallweb.search", "with_phone").await;
    assert_eq!(total(&phone).await, 1);
    harness.set("inallweb.search", "prefix").await;
    assert_eq!(total(&middle).await, 0);
    harness.set("inallweb.search", "ignored").await;
    assert_eq!(total(&phone).await, 120);

    let vips = total("segment=vip").await;
    assert!(vips > 0 && total("segment=VIP").await == vips);
    harness.set("inallweb.segment_filter", "exact").await;
    assert_eq!((total("segment=VIP").await, total("segment=vip").await), (0, vips));
    harness.set("inallweb.segment_case", "title").await;
    assert_eq!((total("segment=VIP").await, total("segment=vip").await), (vips, 0));
}

#[tokio::test]
async fn counts_users_apart_from_customers_by_variant() {
    let harness = Harness::start(10, &[]).await;
    let give = |id: i64, role: &str| {
        harness.inallweb(Method::PUT, &format!("/api/customers/{id}/role")).json(&json!({"role": role}))
    };
    let email = async |id: i64| {
        ok(harness.inallweb(Method::GET, &format!("/api/customers/{id}"))).await["email"].clone()
    };
    let own = ok(give(105, "staff")).await;
    assert_eq!((&own["id"], &own["email"]), (&json!(105), &email(105).await));
    harness.set("inallweb.role_ids", "shifted").await;
    let other = ok(give(105, "manager")).await;
    assert_eq!((&other["id"], &other["email"]), (&json!(105), &email(103).await), "somebody else's number");
    harness.set("inallweb.role_ids", "unknown").await;
    assert_eq!(told(give(105, "staff")).await.0, 404);
    harness.set("inallweb.role_ids", "same").await;
    harness.set("inallweb.role_case", "snake").await;
    let sysadmin = harness.token("sysadmin").await;
    let url = format!("{}/api/customers/105/role", harness.store("inallweb").url);
    let granted = harness.client.put(&url).bearer_auth(&sysadmin).json(&json!({"role": "sys_admin"}));
    assert_eq!(ok(granted).await["role"], "sys_admin");
    harness.set("inallweb.admin_demotes", "no").await;
    assert_eq!(told(give(105, "staff")).await.0, 403);
    harness.set("inallweb.admin_demotes", "yes").await;
    ok(give(105, "staff")).await;
    for role in ["manager", "staff", "customer"] {
        let token = harness.token(role).await;
        let request = harness.client.put(&url).bearer_auth(token).json(&json!({"role": "customer"}));
        assert_eq!(told(request).await.0, 403, "{role}");
    }
}

#[tokio::test]
async fn refuses_passwords_emails_and_the_inactive_in_several_ways() {
    let harness = Harness::start(10, &[]).await;
    let token = harness.token("customer").await;
    let password = || {
        let body = json!({"current_password": "wrong", "new_password": "long enough"});
        own(&harness, &token, Method::PUT, "/password").json(&body)
    };
    for (value, status) in [("400", 400), ("401", 401), ("403", 403), ("422", 422)] {
        harness.set("inallweb.password_refused", value).await;
        assert_eq!(told(password()).await.0, status);
    }
    let taken = || own(&harness, &token, Method::PUT, "").json(&json!({"email": "admin@loja.example"}));
    for (value, status) in [("400", 400), ("409", 409), ("422", 422)] {
        harness.set("inallweb.email_taken", value).await;
        assert_eq!(told(taken()).await.0, status);
    }
    harness.set("inallweb.data_export_shape", "csv").await;
    let export = own(&harness, &token, Method::GET, "/data-export").send().await.unwrap();
    assert!(header(&export, "content-type").starts_with("text/csv"));

    let me = ok(own(&harness, &token, Method::GET, "")).await;
    harness.post("/edit", json!({"platform": "inallweb", "id": me["id"], "set": {"is_active": false}})).await;
    let email = me["email"].as_str().unwrap();
    for (value, status) in [("403", 403), ("401", 401), ("400", 400)] {
        harness.set("inallweb.inactive_account", value).await;
        assert_eq!(told(login(&harness, "email", email, "sandbox-customer")).await.0, status);
        assert_eq!(told(own(&harness, &token, Method::GET, "")).await.0, status);
    }
}

#[tokio::test]
async fn leaves_of_a_deleted_account_what_its_variant_says() {
    let harness = Harness::start(10, &[]).await;
    for (value, shown) in [("gone", 404), ("deactivated", 200), ("anonymized", 200)] {
        harness.set("inallweb.delete_account", value).await;
        let token = harness.token("customer").await;
        let me = ok(own(&harness, &token, Method::GET, "")).await;
        assert_eq!(ok(own(&harness, &token, Method::DELETE, "")).await, json!({}));
        assert_eq!(told(own(&harness, &token, Method::GET, "")).await.0, 401, "{value}");
        let path = format!("/api/customers/{}", me["id"]);
        let (status, left) = told(harness.inallweb(Method::GET, &path)).await;
        assert_eq!(status, shown, "{value}");
        if status == 200 {
            assert_eq!(left["is_active"], false);
            assert_eq!(left["email"] == me["email"], value == "deactivated");
        }
    }
}

#[tokio::test]
async fn exports_under_other_titles_and_types() {
    let harness = Harness::start(5, &[]).await;
    for (titles, first) in [("title", "Name,"), ("snake", "name,"), ("pt", "Nome,")] {
        harness.set("inallweb.export_titles", titles).await;
        let file = harness.inallweb(Method::GET, "/api/customers/export").send().await.unwrap();
        assert!(file.text().await.unwrap().starts_with(first));
    }
    harness.set("inallweb.export_type", "application/octet-stream").await;
    let file = harness.inallweb(Method::GET, "/api/customers/export").send().await.unwrap();
    assert_eq!(header(&file, "content-type"), "application/octet-stream");
}
