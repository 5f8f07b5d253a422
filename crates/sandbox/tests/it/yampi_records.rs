use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, ids, ok, told};
use crate::yampi::{call, get, unlimited};

/// Every key that the document prints.
const KEYS: [&str; 29] = [
    "id",
    "merchant_id",
    "marketplace_id",
    "active",
    "type",
    "cluster_id",
    "name",
    "first_name",
    "last_name",
    "generic_name",
    "cpf",
    "spreadsheet",
    "phone",
    "razao_social",
    "cnpj",
    "state_registration",
    "email",
    "birthday",
    "newsletter",
    "whatsapp",
    "social_driver",
    "social_id",
    "ip",
    "token",
    "utm_source",
    "utm_campaign",
    "notes",
    "login_url",
    "anonymized",
];

pub(crate) async fn customer(harness: &Harness) -> Value {
    let customers = harness.customers("yampi").await;
    let plain = |one: &&Value| {
        ["cpf", "email", "phone", "notes", "last_name"].iter().all(|key| one[key].is_string())
            && one["addresses"].as_array().unwrap().len() == 1
    };
    customers.iter().find(plain).unwrap().clone()
}

pub(crate) fn put(harness: &Harness, customer: &Value, body: Value) -> reqwest::RequestBuilder {
    call(harness, Method::PUT, &format!("/customers/{}", customer["id"])).json(&body)
}

#[tokio::test]
async fn shows_every_key_of_the_document() {
    let harness = unlimited(120).await;
    let page = ok(get(&harness, "/customers?limit=100")).await;
    for record in page["data"].as_array().unwrap() {
        let keys: Vec<&String> = record.as_object().unwrap().keys().collect();
        assert_eq!(keys, KEYS);
    }
    let records = page["data"].as_array().unwrap();
    let company = records.iter().find(|one| one["type"] == "j" && one["cnpj"].is_string()).unwrap();
    assert!(company["razao_social"].is_string() && company["cpf"].is_null());
    assert_eq!(company["generic_name"], company["razao_social"]);
    let person = customer(&harness).await;
    let shown = records.iter().find(|one| one["id"] == person["id"]).unwrap();
    assert_eq!(shown["cpf"].as_str().unwrap().len(), 11);
    let number = person["phone"].as_str().unwrap();
    assert_eq!(shown["phone"]["full_number"], number);
    assert!(
        shown["spreadsheet"]["data"]["last_order_date"]["timezone"].is_string()
            || person["orders"] == json!([])
    );
    assert_eq!(shown["spreadsheet"]["data"]["phone_code"], shown["phone"]["area_code"]);

    let tokens: std::collections::BTreeSet<&str> =
        records.iter().map(|one| one["token"].as_str().unwrap()).collect();
    assert_eq!(tokens.len(), records.len(), "each has its own");
    assert!(tokens.iter().all(|token| token.starts_with("customer-token-")));
    assert!(shown["login_url"].as_str().unwrap().contains("customer-login-"));
}

#[tokio::test]
async fn writes_records_as_its_variants_say() {
    let harness = unlimited(60).await;
    let person = customer(&harness).await;
    let path = format!("/customers/{}", person["id"]);
    let shown = async |include: &str| {
        ok(get(&harness, &format!("{path}?include={include}"))).await["data"][0].clone()
    };
    harness.set("yampi.detail_data", "object").await;
    assert_eq!(ok(get(&harness, &path)).await["data"]["id"], person["id"]);
    harness.set("yampi.detail_data", "array").await;

    for (value, pointer) in [("flat", "/phone/number"), ("wrapped", "/phone/data/number")] {
        harness.set("yampi.phone_shape", value).await;
        assert!(shown("").await.pointer(pointer).unwrap().is_string());
    }
    harness.set("yampi.phone_shape", "null").await;
    assert_eq!(shown("").await["phone"], Value::Null);
    harness.set("yampi.phone_shape", "absent").await;
    assert!(shown("").await.get("phone").is_none());
    harness.set("yampi.spreadsheet_shape", "flat").await;
    assert!(shown("").await["spreadsheet"]["uf"].is_string());
    harness.set("yampi.spreadsheet_shape", "absent").await;
    assert!(shown("").await.get("spreadsheet").is_none());

    let included = shown("addresses,cluster,orders").await;
    assert_eq!(included["addresses"]["data"][0]["zip_code"], person["addresses"][0]["zip_code"]);
    assert!(included["orders"]["data"].is_array());
    harness.set("yampi.include_shape", "flat").await;
    assert!(shown("addresses").await["addresses"].is_array());
    harness.set("yampi.include_shape", "null").await;
    assert_eq!(shown("addresses").await["addresses"], Value::Null);
    harness.set("yampi.include_shape", "absent").await;
    assert!(shown("addresses").await.get("addresses").is_none());

    harness.set("yampi.flags", "number").await;
    assert!(matches!(shown("").await["active"].as_i64(), Some(0 | 1)));
    assert!(shown("").await.get("created_at").is_none());
    harness.set("yampi.customer_dates", "object").await;
    let instant = "2030-02-03T04:05:06Z";
    harness
        .post("/edit", json!({"platform": "yampi", "id": person["id"], "set": {"created_at": instant}}))
        .await;
    for (zone, spelling, date) in [
        ("America/Sao_Paulo", "micros", "2030-02-03 01:05:06.000000"),
        ("America/Argentina/Buenos_Aires", "seconds", "2030-02-03 01:05:06"),
        ("UTC", "seconds", "2030-02-03 04:05:06"),
        ("America/Sao_Paulo", "iso", instant),
    ] {
        harness.set("yampi.date_zone", zone).await;
        harness.set("yampi.date_spelling", spelling).await;
        assert_eq!(
            shown("").await["created_at"],
            json!({"date": date, "timezone_type": 3, "timezone": zone})
        );
    }
    harness.set("yampi.outer_spaces", "on").await;
    let page = ok(get(&harness, "/customers?limit=100")).await;
    let names = page["data"].as_array().unwrap().iter().filter_map(|one| one["email"].as_str());
    assert!(names.into_iter().any(|email| email.trim() != email));
    harness.set("yampi.big_ids", "on").await;
    let big = ids(&ok(get(&harness, "/customers?limit=100")).await["data"]);
    let big = big.into_iter().find(|id| *id > 1 << 53).unwrap();
    assert_eq!(ids(&ok(get(&harness, &format!("/customers/{big}"))).await["data"]), [big]);
}

#[tokio::test]
async fn finds_one_by_search() {
    let harness = unlimited(40).await;
    let person = customer(&harness).await;
    let found =
        ok(get(&harness, &format!("/search/customers?cpf={}", person["cpf"].as_str().unwrap()))).await;
    assert_eq!(found["data"]["id"], person["id"]);
    assert_eq!(found["data"]["deletion_request"]["data"]["pending_confirmation"], false);
    assert!(found["data"]["addresses"]["data"].is_array());
    assert_eq!(told(get(&harness, "/search/customers?q=nobody-at-all")).await.0, 404);
    harness.set("yampi.search_miss", "empty").await;
    assert_eq!(ok(get(&harness, "/search/customers?q=nobody-at-all")).await, json!({"data": []}));
}

#[tokio::test]
async fn groups_customers_in_clusters() {
    let harness = unlimited(60).await;
    let clusters = ok(get(&harness, "/customers/clusters")).await;
    assert_eq!(clusters["meta"]["pagination"]["total"], 3);
    let id = clusters["data"][0]["id"].as_i64().unwrap();
    assert_eq!(ok(get(&harness, &format!("/customers/clusters/{id}"))).await["data"]["id"], id);
    assert_eq!(told(get(&harness, "/customers/clusters/9")).await.0, 404);
    let truth: Vec<i64> = harness
        .customers("yampi")
        .await
        .iter()
        .filter(|one| one["cluster_id"] == id)
        .map(|one| one["id"].as_i64().unwrap())
        .collect();
    let members = || async {
        ok(get(&harness, &format!("/customers/clusters/{id}/customers?limit=100"))).await["data"].clone()
    };
    assert!(!truth.is_empty());
    assert_eq!(ids(&members().await), truth);
    assert_eq!(members().await[0]["cluster_id"], id);
    harness.set("yampi.cluster_id", "null").await;
    assert_eq!(ids(&members().await), truth);
    assert_eq!(members().await[0]["cluster_id"], Value::Null);
    harness.set("yampi.cluster_paging", "unpaged").await;
    assert!(ok(get(&harness, "/customers/clusters")).await.get("meta").is_none());

    let post = |body: Value| call(&harness, Method::POST, "/customers/clusters").json(&body);
    let (status, created) = told(post(json!({"name": "Novos"}))).await;
    assert_eq!((status, &created["data"]["name"]), (201, &json!("Novos")));
    assert_eq!(told(post(json!({"name": "Novos"}))).await.0, 422);
    assert_eq!(told(post(json!({}))).await.1["errors"]["name"], json!(["O campo name é obrigatório."]));
    harness.set("yampi.put", "merge").await;
    harness.set("yampi.cluster_id", "told").await;
    let person = customer(&harness).await;
    let moved = ok(put(&harness, &person, json!({"cluster_id": created["data"]["id"]}))).await;
    assert_eq!(moved["data"]["cluster_id"], created["data"]["id"]);
}

#[tokio::test]
async fn lists_orders_of_customers() {
    let harness = unlimited(60).await;
    let customers = harness.customers("yampi").await;
    let buyer = customers.iter().find(|one| one["orders"].as_array().unwrap().len() > 1).unwrap();
    let count = buyer["orders"].as_array().unwrap().len();
    let orders =
        async |query: &str| ok(get(&harness, &format!("/orders?limit=100&{query}"))).await["data"].clone();
    let own = orders(&format!("customer_id[]={}&include=items,status", buyer["id"])).await;
    assert_eq!(own.as_array().unwrap().len(), count);
    assert!(
        own[0]["status"]["data"]["alias"].is_string() && own[0]["items"]["data"][0]["quantity"].is_number()
    );
    assert!(own[0]["value_total"].is_number() && own[0]["created_at"]["date"].is_string());
    let scalar = format!("customer_id={}", buyer["id"]);
    assert_eq!(orders(&scalar).await.as_array().unwrap().len(), 100, "everybody's");
    harness.set("yampi.scalar_customer_id", "honoured").await;
    let own = orders(&scalar).await;
    assert_eq!(own.as_array().unwrap().len(), count);
    assert!(own[0].get("items").is_none());
    harness.set("yampi.order_total", "text").await;
    let newest = buyer["orders"].as_array().unwrap().last().unwrap();
    assert_eq!(orders(&scalar).await[0]["value_total"], newest["total"]);
}

#[tokio::test]
async fn edits_as_somebody_else_and_shows_after_a_while() {
    let harness = unlimited(20).await;
    let person = customer(&harness).await;
    let (id, path) = (&person["id"], format!("/customers/{}", person["id"]));
    harness.set("yampi.visibility_delay", "5").await;
    let set = json!({"name": "Zoé Luz", "phone": "11912345678", "addresses": [{"street": "Rua B", "city": "Natal", "uf": "RN", "zip_code": "59000000"}], "orders": [{"total": "12.50", "created_at": "2026-01-02T03:04:05Z"}]});
    harness.advance(2_000).await;
    let edited = harness.post("/edit", json!({"platform": "yampi", "id": id, "set": set})).await;
    assert_eq!((&edited["first_name"], &edited["phone"]), (&json!("Zoé"), &json!("11912345678")));
    assert_ne!(edited["updated_at"], person["updated_at"]);
    assert_eq!(ok(get(&harness, &path)).await["data"][0]["name"], person["name"], "the replica lags");
    harness.advance(6_000).await;
    assert_eq!(ok(get(&harness, &path)).await["data"][0]["name"], "Zoé Luz");
    assert_eq!(ok(get(&harness, &format!("{path}/addresses"))).await["data"][0]["city"], "Natal");
    let quiet = json!({"platform": "yampi", "id": id, "set": {"notes": "q"}, "keep_updated_at": true});
    assert_eq!(harness.post("/edit", quiet).await["updated_at"], edited["updated_at"]);

    let created =
        harness.post("/create", json!({"platform": "yampi", "email": "c@mail.example", "phone": "1"})).await;
    harness.post("/delete", json!({"platform": "yampi", "id": created["id"]})).await;
    let reused = harness
        .post("/create", json!({"platform": "yampi", "id": created["id"], "email": "d@mail.example"}))
        .await;
    assert_eq!(
        (&reused["id"], &reused["email"], &reused["deleted"]),
        (&created["id"], &json!("d@mail.example"), &json!(false))
    );
    let url = format!("{}/edit", harness.sandbox.ready().control);
    let wrong = json!({"platform": "yampi", "id": id, "set": {"colour": "red"}});
    assert_eq!(told(harness.client.post(url).json(&wrong)).await.0, 400);
    harness.post("/faults", json!({"fault": {"kind": "wrong_store"}})).await;
    let foreign = ok(get(&harness, &path)).await;
    assert_eq!(foreign["data"][0]["id"], *id);
    assert_ne!(foreign["data"][0]["email"], person["email"]);
}
