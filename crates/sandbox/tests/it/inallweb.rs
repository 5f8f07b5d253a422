use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, header, ids, ok, told};

#[tokio::test]
async fn signs_in_refreshes_and_lets_tokens_run_out() {
    let harness = Harness::start(10, &[]).await;
    let store = harness.store("inallweb").clone();
    let login = |password: &str| {
        let body = json!({"email": store.email, "password": password});
        harness.client.post(format!("{}/api/auth/login", store.url)).json(&body)
    };
    let (status, body) = told(login("wrong")).await;
    assert_eq!((status, body), (401, json!({"detail": "Incorrect email or password"})));

    let signed_in = ok(login(&store.secrets[0])).await;
    assert_eq!(signed_in["token_type"], "bearer");
    let token = signed_in["access_token"].as_str().unwrap().to_owned();
    assert_eq!(token.split('.').count(), 3);
    let me = || harness.client.get(format!("{}/api/auth/me", store.url)).bearer_auth(&token);
    assert_eq!(ok(me()).await["role"], "admin");

    harness.advance(29 * 60_000).await;
    let renewed =
        ok(harness.client.post(format!("{}/api/auth/refresh", store.url)).bearer_auth(&token)).await;
    harness.advance(2 * 60_000).await;
    assert_eq!(told(me()).await, (401, json!({"detail": "Token has expired"})));
    let renewed = renewed["access_token"].as_str().unwrap();
    ok(harness.client.get(format!("{}/api/auth/me", store.url)).bearer_auth(renewed)).await;

    harness.set("inallweb.login_shape", "nested").await;
    assert!(ok(login(&store.secrets[0])).await["data"]["access_token"].is_string());
    harness.set("inallweb.login_shape", "token").await;
    assert!(ok(login(&store.secrets[0])).await["token"].is_string());
}

#[tokio::test]
async fn holds_roles_apart() {
    let harness = Harness::start(10, &[]).await;
    let url = harness.store("inallweb").url.clone();
    let list = format!("{url}/api/customers");
    let anonymous = harness.client.get(&list).send().await.unwrap();
    assert_eq!(anonymous.status(), 401);
    assert_eq!(header(&anonymous, "www-authenticate"), "Bearer");
    for (role, status) in
        [("sysadmin", 200), ("admin", 200), ("manager", 200), ("staff", 403), ("customer", 403)]
    {
        let token = harness.token(role).await;
        let (told_status, _) = told(harness.client.get(&list).bearer_auth(&token)).await;
        assert_eq!(told_status, status, "{role}");
        let me = ok(harness.client.get(format!("{url}/api/customers/me")).bearer_auth(&token)).await;
        assert!(me.get("role").is_none() && me["email"].is_string());
    }

    let give = |token: String, role: &str| {
        let request = harness.client.put(format!("{url}/api/customers/103/role")).bearer_auth(token);
        request.json(&json!({"role": role}))
    };
    let (manager, admin, sysadmin) =
        (harness.token("manager").await, harness.token("admin").await, harness.token("sysadmin").await);
    assert_eq!(told(give(manager, "staff")).await.0, 403);
    let given = ok(give(admin.clone(), "staff")).await;
    assert_eq!(given["role"], "staff");
    assert_eq!(given.as_object().unwrap().len(), 5);
    assert_eq!(told(give(admin.clone(), "admin")).await.0, 403, "only a sysadmin gives this");
    assert_eq!(ok(give(sysadmin, "admin")).await["role"], "admin");
    let (status, body) = told(give(admin.clone(), "king")).await;
    assert_eq!((status, &body["detail"][0]["loc"]), (422, &json!(["body", "role"])));

    harness.set("inallweb.role_case", "title").await;
    assert_eq!(told(give(admin.clone(), "staff")).await.0, 422);
    assert_eq!(ok(give(admin, "Staff")).await["role"], "Staff");
}

#[tokio::test]
async fn pages_searches_and_refuses_out_of_range() {
    let harness = Harness::start(230, &[]).await;
    let list = |query: &str| harness.inallweb(Method::GET, &format!("/api/customers{query}"));
    let first = ok(list("")).await;
    assert_eq!(
        (&first["total"], &first["page_size"], &first["pages"]),
        (&json!(230), &json!(20), &json!(12))
    );
    assert_eq!(first["items"][0].as_object().unwrap().len(), 9, "the base object and no more");

    let mut seen = Vec::new();
    for page in 1..=3 {
        seen.extend(ids(&ok(list(&format!("?page={page}&page_size=100"))).await["items"]));
    }
    assert_eq!(seen.len(), 230);
    assert!(seen.is_sorted());
    assert_eq!(ok(list("?page=4&page_size=100")).await["items"], json!([]));

    for (query, kind) in [
        ("?page_size=101", "less_than_equal"),
        ("?page=0", "greater_than_equal"),
        ("?page=two", "int_parsing"),
    ] {
        let (status, body) = told(list(query)).await;
        assert_eq!((status, &body["detail"][0]["type"]), (422, &json!(kind)), "{query}");
    }

    let customer = first["items"][3].clone();
    let found =
        ok(list(&format!("?search={}", customer["email"].as_str().unwrap().replace('+', "%2B")))).await;
    assert_eq!(found["items"], json!([customer]));
    let phone = customer["phone"].as_str().unwrap_or("912345678").replace('+', "%2B");
    assert_eq!(ok(list(&format!("?search={phone}"))).await["total"], 0, "phones are not searched");

    harness.set("inallweb.list_order", "id_desc").await;
    assert_eq!(ids(&ok(list("?page_size=1")).await["items"]), seen[229..]);
    harness.set("inallweb.total_wrong", "high").await;
    assert_eq!(ok(list("")).await["total"], 237);
    harness.set("inallweb.page_size_max", "20").await;
    assert_eq!(told(list("?page_size=50")).await.0, 422);
    harness.set("inallweb.list_item_shape", "full").await;
    assert!(ok(list("")).await["items"][0]["segment"].is_string());
}

#[tokio::test]
async fn tells_segments_by_the_rule() {
    let harness = Harness::start(300, &[]).await;
    let mut sum = 0;
    for segment in ["vip", "regular", "inactive", "new"] {
        let page =
            ok(harness.inallweb(Method::GET, &format!("/api/customers?segment={segment}&page_size=1"))).await;
        let total = page["total"].as_i64().unwrap();
        assert!(total > 0, "{segment}");
        sum += total;
        let id = page["items"][0]["id"].as_i64().unwrap();
        let detail = ok(harness.inallweb(Method::GET, &format!("/api/customers/{id}"))).await;
        assert_eq!(detail["segment"], segment);
    }
    assert_eq!(sum, 300);

    let set = |orders: Value, created_at: &str| json!({"platform": "inallweb", "id": 105, "set": {"orders": orders, "created_at": created_at}});
    harness.post("/clock", json!({"set": "2026-03-15T12:00:00Z"})).await;
    let old = "2020-01-01T00:00:00Z";
    let order = |total: &str, at: &str| json!({"total": total, "created_at": at});
    for (orders, created_at, segment) in [
        (json!([order("200.01", old)]), old, "vip"),
        (json!([order("200.00", old)]), old, "inactive"),
        (json!((0..6).map(|_| order("1.00", old)).collect::<Vec<_>>()), old, "vip"),
        (json!([order("5.00", "2025-09-16T00:00:00Z")]), old, "regular"),
        (json!([order("5.00", "2025-09-14T00:00:00Z")]), old, "inactive"),
        (json!([]), "2026-02-20T00:00:00Z", "new"),
    ] {
        let edited = harness.post("/edit", set(orders.clone(), created_at)).await;
        assert_eq!(edited["segment"], segment, "{orders}");
    }
    assert_eq!(ok(harness.inallweb(Method::GET, "/api/customers?segment=gold")).await["total"], 0);
    harness.set("inallweb.unknown_segment", "422").await;
    assert_eq!(told(harness.inallweb(Method::GET, "/api/customers?segment=gold")).await.0, 422);
}

#[tokio::test]
async fn details_hold_what_lists_do_not() {
    let harness = Harness::start(60, &[]).await;
    let customers = harness.customers("inallweb").await;
    let truth = customers.iter().find(|one| one["stats"]["total_orders"].as_i64() > Some(1)).unwrap();
    let path = format!("/api/customers/{}", truth["id"]);
    let detail = ok(harness.inallweb(Method::GET, &path)).await;
    assert_eq!(detail["admin_notes"], truth["admin_notes"]);
    assert_eq!(detail["stats"]["total_spent"], truth["stats"]["total_spent"]);
    assert!(detail["stats"]["avg_order_value"].is_string());
    assert_eq!(
        detail["orders"].as_array().unwrap().len() as i64,
        truth["stats"]["total_orders"].as_i64().unwrap()
    );
    harness.set("inallweb.detail_orders_shape", "minimal").await;
    assert_eq!(ok(harness.inallweb(Method::GET, &path)).await["orders"][0].as_object().unwrap().len(), 2);

    assert_eq!(told(harness.inallweb(Method::GET, "/api/customers/999999")).await.0, 404);
    let (status, body) = told(harness.inallweb(Method::GET, "/api/customers/abc")).await;
    assert_eq!((status, &body["detail"][0]["loc"]), (422, &json!(["path", "customer_id"])));
    assert_eq!(told(harness.inallweb(Method::GET, "/api/customers/analytics")).await.0, 422);
    assert_eq!(told(harness.inallweb(Method::DELETE, &path)).await.0, 405);
    assert_eq!(told(harness.inallweb(Method::POST, "/api/customers")).await.0, 405);
    let moved = harness.inallweb(Method::GET, "/api/customers/?page=2").send().await.unwrap();
    assert_eq!(
        (moved.status().as_u16(), header(&moved, "location").as_str()),
        (307, "/api/customers?page=2")
    );
    assert_eq!(
        told(harness.inallweb(Method::GET, "/api/customers/2")).await.0,
        404,
        "staff are not customers"
    );
}

#[tokio::test]
async fn updates_four_fields_and_answers_the_base_object() {
    let harness = Harness::start(30, &[]).await;
    let before = ok(harness.inallweb(Method::GET, "/api/customers/107")).await;
    harness.advance(5_000).await;
    let put = |body: Value| harness.inallweb(Method::PUT, "/api/customers/107").json(&body);
    let body =
        json!({"first_name": "Conceição", "email": "x@y.example", "admin_notes": "no", "addresses": []});
    let answer = ok(put(body)).await;
    assert_eq!(answer.as_object().unwrap().len(), 9);
    assert_eq!(answer["first_name"], "Conceição");
    let after = ok(harness.inallweb(Method::GET, "/api/customers/107")).await;
    for kept in ["last_name", "email", "admin_notes", "addresses", "phone", "is_active"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    assert_ne!(after["updated_at"], before["updated_at"]);

    assert_eq!(ok(put(json!({"phone": null}))).await["phone"], Value::Null);
    harness.set("inallweb.null_clears", "ignore").await;
    ok(put(json!({"phone": "912"}))).await;
    assert_eq!(ok(put(json!({"phone": null}))).await["phone"], "912");
    let (status, body) = told(put(json!({"first_name": 7, "is_active": "maybe"}))).await;
    assert_eq!((status, body["detail"].as_array().unwrap().len()), (422, 2));
    assert_eq!(told(put(json!({"phone": "9".repeat(51)}))).await.0, 422);
    let malformed =
        harness.inallweb(Method::PUT, "/api/customers/107").header("content-type", "application/json");
    let (status, body) = told(malformed.body("{\"first_name\":")).await;
    assert_eq!((status, &body["detail"][0]["type"]), (422, &json!("json_invalid")));
    harness.set("inallweb.stored_form", "tidied").await;
    let tidied = ok(put(json!({"first_name": "  Ana   Rita ", "phone": "(21) 34"}))).await;
    assert_eq!((&tidied["first_name"], &tidied["phone"]), (&json!("Ana Rita"), &json!("2134")));
    harness.set("inallweb.updated_at", "null").await;
    assert_eq!(ok(put(json!({}))).await["updated_at"], Value::Null);
}

#[tokio::test]
async fn counts_and_exports() {
    let harness = Harness::start(120, &[]).await;
    let overview = ok(harness.inallweb(Method::GET, "/api/customers/analytics/overview")).await;
    assert_eq!(overview["total_customers"], 120);
    assert!(overview["active_rate"].as_f64().unwrap() <= 1.0);
    assert_eq!(overview["top_customers"].as_array().unwrap().len(), 5);
    let counted: i64 = overview["segments"].as_object().unwrap().values().filter_map(Value::as_i64).sum();
    assert_eq!(counted, 120);
    harness.set("inallweb.active_rate_unit", "percent").await;
    let overview = ok(harness.inallweb(Method::GET, "/api/customers/analytics/overview")).await;
    assert!(overview["active_rate"].as_f64().unwrap() > 1.0);

    let export = || harness.inallweb(Method::GET, "/api/customers/export");
    let response = export().send().await.unwrap();
    assert!(header(&response, "content-type").starts_with("text/csv"));
    let text = response.text().await.unwrap();
    assert!(text.starts_with("Name,Email,Phone,Orders,Total Spent,Registration Date,Segment\r\n"));
    assert!(text.matches("\r\n").count() == 121);
    harness.set("inallweb.export_shape", "csv_semicolon_bom").await;
    let bytes = export().send().await.unwrap().bytes().await.unwrap();
    assert!(bytes.starts_with("\u{feff}Name;Email;".as_bytes()));
    harness.set("inallweb.export_shape", "empty_object").await;
    assert_eq!(ok(export()).await, json!({}));
}

#[tokio::test]
async fn lets_an_account_look_after_itself() {
    let harness = Harness::start(20, &[]).await;
    let url = harness.store("inallweb").url.clone();
    let token = harness.token("customer").await;
    let call = |method: Method, path: &str| {
        harness.client.request(method, format!("{url}/api/customers/me{path}")).bearer_auth(&token)
    };
    let me = ok(call(Method::GET, "")).await;
    let mail = "novo.endereco@correio.example";
    assert_eq!(ok(call(Method::PUT, "").json(&json!({"email": mail}))).await["email"], mail);
    assert_eq!(told(call(Method::PUT, "").json(&json!({"email": "no mail"}))).await.0, 422);
    let taken = json!({"email": "admin@loja.example"});
    assert_eq!(told(call(Method::PUT, "").json(&taken)).await.0, 400);

    let password = |current: &str, new: &str| {
        call(Method::PUT, "/password").json(&json!({"current_password": current, "new_password": new}))
    };
    assert_eq!(told(password("wrong", "long enough")).await.0, 400);
    assert_eq!(told(password("sandbox-customer", "short")).await.0, 422);
    assert_eq!(ok(password("sandbox-customer", "long enough")).await, json!({}));
    let login = json!({"email": mail, "password": "long enough"});
    ok(harness.client.post(format!("{url}/api/auth/login")).json(&login)).await;

    let all = json!({"order_updates": false, "promotions": true, "newsletter": true});
    let changed = json!({"order_updates": false, "newsletter": true, "promotions": true});
    assert_eq!(ok(call(Method::PUT, "/preferences").json(&changed)).await, all);
    assert_eq!(ok(call(Method::GET, "/preferences")).await, all);
    assert_eq!(ok(call(Method::GET, "/data-export")).await["profile"]["id"], me["id"]);
    harness.set("inallweb.data_export_shape", "empty").await;
    assert_eq!(ok(call(Method::GET, "/data-export")).await, json!({}));

    assert_eq!(ok(call(Method::DELETE, "")).await, json!({}));
    assert_eq!(told(call(Method::GET, "")).await.0, 401);
    let path = format!("/api/customers/{}", me["id"]);
    assert_eq!(told(harness.inallweb(Method::GET, &path)).await.0, 404);
}

#[tokio::test]
async fn has_an_allowance_only_by_variant() {
    let harness = Harness::start(5, &[]).await;
    let list = || harness.inallweb(Method::GET, "/api/customers").send();
    for _ in 0..70 {
        assert_eq!(list().await.unwrap().status(), 200);
    }
    for (value, header_is) in [("429_seconds", "number"), ("429_http_date", "date"), ("429_bare", "")] {
        harness.set("inallweb.rate", value).await;
        harness.advance(11_000).await;
        for _ in 0..60 {
            assert_eq!(list().await.unwrap().status(), 200);
        }
        let refused = list().await.unwrap();
        assert_eq!(refused.status(), 429);
        let told = header(&refused, "retry-after");
        match header_is {
            "number" => assert!(told.parse::<u32>().is_ok_and(|seconds| seconds <= 10)),
            "date" => assert!(told.ends_with(" GMT")),
            _ => assert_eq!(told, ""),
        }
    }
    harness.advance(11_000).await;
    assert_eq!(list().await.unwrap().status(), 200);
}

#[tokio::test]
async fn spells_dates_in_four_ways() {
    let harness = Harness::start(5, &[]).await;
    for (value, ending, length) in
        [("z", "Z", 20), ("offset", "+01:00", 25), ("naive", "", 19), ("micros", "+00:00", 32)]
    {
        harness.set("inallweb.date_spelling", value).await;
        let page = ok(harness.inallweb(Method::GET, "/api/customers")).await;
        let date = page["items"][0]["created_at"].as_str().unwrap();
        assert!(date.ends_with(ending) && date.len() == length, "{value}: {date}");
    }
}
