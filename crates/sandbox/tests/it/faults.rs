use std::time::Instant;

use clientela_sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, header, ids, ok, told};

async fn arm(harness: &Harness, fault: Value) {
    harness.control(Method::DELETE, "/faults", json!({})).await;
    harness.post("/faults", json!({"fault": fault})).await;
}

#[tokio::test]
async fn loses_requests_and_answers() {
    let harness = Harness::start(10, &[]).await;
    let customer = harness.customers("tiendanube").await[0].clone();
    let put = |phone: &str| {
        let path = format!("/customers/{}", customer["id"]);
        harness.tiendanube(Method::PUT, &path).json(&json!({"phone": phone})).send()
    };
    let truth = || async { harness.customers("tiendanube").await[0]["phone"].clone() };
    for kind in ["refuse", "reset"] {
        arm(&harness, json!({"kind": kind})).await;
        assert!(put("1").await.is_err(), "{kind}");
        assert_eq!(truth().await, customer["phone"], "{kind} comes before processing");
    }
    arm(&harness, json!({"kind": "reset_after"})).await;
    assert!(put("2").await.is_err());
    assert_eq!(truth().await, "2", "applied, and the answer lost");
    harness.control(Method::DELETE, "/faults", json!({})).await;
    assert_eq!(put("3").await.unwrap().status(), 200);
}

#[tokio::test]
async fn answers_slowly() {
    let harness = Harness::start(10, &[]).await;
    arm(&harness, json!({"kind": "delay_ms", "ms": 150})).await;
    let started = Instant::now();
    ok(harness.tiendanube(Method::GET, "/customers")).await;
    assert!(started.elapsed().as_millis() >= 150);
    arm(&harness, json!({"kind": "slow_byte", "every_ms": 5, "bytes": 100})).await;
    let started = Instant::now();
    assert_eq!(
        ok(harness.tiendanube(Method::GET, "/customers?per_page=2")).await.as_array().unwrap().len(),
        2
    );
    assert!(started.elapsed().as_millis() >= 50);
}

#[tokio::test]
async fn answers_in_place_of_the_store() {
    let harness = Harness::start(10, &[]).await;
    let get = || harness.tiendanube(Method::GET, "/customers");
    arm(
        &harness,
        json!({"kind": "status", "status": 503, "html": "<h1>busy</h1>", "headers": {"retry-after": "7"}}),
    )
    .await;
    let busy = get().send().await.unwrap();
    assert_eq!((busy.status().as_u16(), header(&busy, "retry-after").as_str()), (503, "7"));
    assert!(header(&busy, "content-type").starts_with("text/html"));
    arm(&harness, json!({"kind": "status", "status": 500, "body": {"code": 500}})).await;
    assert_eq!(told(get()).await, (500, json!({"code": 500})));
    arm(&harness, json!({"kind": "html_200"})).await;
    let portal = get().send().await.unwrap();
    assert_eq!(portal.status(), 200);
    assert!(portal.text().await.unwrap().starts_with("<!DOCTYPE html>"));
    arm(&harness, json!({"kind": "redirect", "status": 307, "to": "http://127.0.0.1:9/x"})).await;
    let moved = get().send().await.unwrap();
    assert_eq!((moved.status().as_u16(), header(&moved, "location").as_str()), (307, "http://127.0.0.1:9/x"));

    let post = |mail: &str| {
        harness.tiendanube(Method::POST, "/customers").json(&json!({"name": "N", "email": mail}))
    };
    arm(&harness, json!({"kind": "status", "status": 504})).await;
    assert_eq!(told(post("a@mail.example")).await.0, 504);
    assert_eq!(harness.customers("tiendanube").await.len(), 10);
    arm(&harness, json!({"kind": "status", "status": 504, "applied": true})).await;
    assert_eq!(told(post("b@mail.example")).await.0, 504);
    assert_eq!(harness.customers("tiendanube").await.len(), 11);
}

#[tokio::test]
async fn spoils_the_bytes_of_answers() {
    let harness = Harness::start(10, &[]).await;
    let get = || harness.tiendanube(Method::GET, "/customers").send();
    for fault in
        [json!({"kind": "truncate_at", "bytes": 100}), json!({"kind": "wrong_length", "difference": 50})]
    {
        arm(&harness, fault.clone()).await;
        let answer = get().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.bytes().await.is_err(), "{fault}");
    }
    for fault in [
        json!({"kind": "wrong_length", "difference": -50}),
        json!({"kind": "malformed_json"}),
        json!({"kind": "invalid_utf8"}),
        json!({"kind": "deep_nesting", "depth": 3000}),
    ] {
        arm(&harness, fault.clone()).await;
        let bytes = get().await.unwrap().bytes().await.unwrap();
        assert!(serde_json::from_slice::<Value>(&bytes).is_err(), "{fault}");
    }
    arm(&harness, json!({"kind": "gzip_bomb", "bytes": 8_388_608})).await;
    let bomb = get().await.unwrap();
    assert!(bomb.content_length().is_none_or(|length| length < 100_000));
    assert_eq!(bomb.bytes().await.unwrap().len(), 8_388_608 + 4, "it unpacks, checksum and all");
}

#[tokio::test]
async fn spoils_records() {
    let harness = Harness::start(40, &[]).await;
    for platform in ["tiendanube", "inallweb"] {
        let page = || async {
            match platform {
                "tiendanube" => ok(harness.tiendanube(Method::GET, "/customers")).await,
                _ => ok(harness.inallweb(Method::GET, "/api/customers?page_size=30")).await["items"].clone(),
            }
        };
        harness.control(Method::DELETE, "/faults", json!({})).await;
        let right = page().await;
        arm(&harness, json!({"kind": "wrong_types", "records": 2})).await;
        let wrong = page().await;
        assert!(!wrong[1]["email"].is_string() && wrong[2] == right[2]);
        assert_eq!(ids(&wrong), ids(&right));
        arm(&harness, json!({"kind": "wrong_types", "fields": ["id"]})).await;
        assert!(!page().await[0]["id"].is_number());
        arm(&harness, json!({"kind": "missing_fields", "fields": ["email"]})).await;
        assert!(page().await[0].get("email").is_none());
        arm(&harness, json!({"kind": "null_fields", "fields": ["email"]})).await;
        assert_eq!(page().await[0]["email"], Value::Null);
        arm(&harness, json!({"kind": "absurd_dates"})).await;
        assert_eq!(page().await[0]["created_at"], "0000-00-00T00:00:00-03:00");
        arm(&harness, json!({"kind": "duplicate_record", "records": 3})).await;
        assert_eq!(page().await.as_array().unwrap().len(), 33);
        arm(&harness, json!({"kind": "drop_record", "records": 3})).await;
        assert_eq!(page().await.as_array().unwrap().len(), 27);
        arm(&harness, json!({"kind": "empty_list"})).await;
        assert_eq!(page().await, json!([]));
        arm(&harness, json!({"kind": "wrong_store"})).await;
        let foreign = page().await;
        assert_eq!(foreign[0]["id"], right[0]["id"], "the same number");
        assert_ne!(foreign[0]["email"], right[0]["email"], "is somebody else there");
        harness.control(Method::DELETE, "/faults", json!({})).await;
        assert_eq!(page().await, right);
    }
}

#[tokio::test]
async fn hits_the_requests_it_is_meant_for() {
    let harness = Harness::start(10, &[]).await;
    let down = json!({"kind": "status", "status": 500});
    let rule = json!({"platform": "tiendanube", "match": {"method": "GET", "path_contains": "/customers", "nth": 2, "count": 2}, "fault": down});
    harness.post("/faults", rule).await;
    ok(harness.inallweb(Method::GET, "/api/customers")).await;
    ok(harness.tiendanube(Method::GET, "/orders?since_id=1")).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(told(harness.tiendanube(Method::GET, "/customers")).await.0);
    }
    assert_eq!(statuses, [200, 500, 500, 200]);
    let rules = harness.control(Method::GET, "/faults", json!({})).await;
    assert_eq!((&rules["rules"][0]["seen"], &rules["rules"][0]["hit"]), (&json!(4), &json!(2)));
    let log = harness.control(Method::GET, "/log?platform=tiendanube", json!({})).await;
    assert_eq!(log["requests"][2]["faults"], json!(["status"]));
}

#[tokio::test]
async fn rolls_the_same_dice_for_the_same_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let options = SandboxOptions {
            customers: 5,
            faults: Some("hostile".to_owned()),
            rate: clientela_sandbox::RateMode::Off,
            ..SandboxOptions::default()
        };
        let harness = Harness::with(options).await;
        for _ in 0..60 {
            // The client's own retries would blur the count, so each request has a connection of its own.
            let _ = harness.tiendanube(Method::GET, "/customers").header("connection", "close").send().await;
        }
        let log = harness.control(Method::GET, "/log?platform=tiendanube", json!({})).await;
        let faults: Vec<Value> = log["requests"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["faults"].clone())
            .take(60)
            .collect();
        runs.push(faults);
        harness.sandbox.shutdown().await;
    }
    assert!(runs[0].iter().any(|faults| *faults != json!([])));
    assert_eq!(runs[0], runs[1]);
}
