use clientela_sandbox::{Sandbox, SandboxError, SandboxOptions, variants};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, header, ok, told};

#[tokio::test]
async fn refuses_what_it_cannot_be() {
    let start = async |change: fn(&mut SandboxOptions)| {
        let mut options = SandboxOptions { customers: 1, ..SandboxOptions::default() };
        change(&mut options);
        Sandbox::start(options).await.err().unwrap()
    };
    assert!(matches!(
        start(|it| it.listen = "0.0.0.0:0".parse().unwrap()).await,
        SandboxError::NotLoopback(_)
    ));
    assert!(matches!(start(|it| it.platforms = vec!["shop".into()]).await, SandboxError::UnknownPlatform(_)));
    assert!(matches!(start(|it| it.faults = Some("mild".into())).await, SandboxError::UnknownFaults(..)));
    let unknown = start(|it| it.variants = [("tiendanube.colour".into(), "red".into())].into()).await;
    assert!(matches!(unknown, SandboxError::UnknownVariant(_)));
    let value = start(|it| it.variants = [("tiendanube.put".into(), "guess".into())].into()).await;
    assert_eq!(value.to_string(), "variant `tiendanube.put` takes merge, replace, not `guess`");
}

#[tokio::test]
async fn every_variant_takes_every_value_it_names() {
    let harness = Harness::start(5, &[]).await;
    let mut keys = std::collections::BTreeSet::new();
    for variant in variants() {
        assert!(keys.insert(variant.key), "{} twice", variant.key);
        assert!(
            variant.values.contains(&variant.default)
                && variant.values.len() > 1
                && !variant.about.is_empty()
        );
        for value in variant.values {
            harness.set(variant.key, value).await;
        }
        harness.set(variant.key, variant.default).await;
    }
    let told = harness.control(Method::GET, "/variants", json!({})).await;
    assert_eq!(told["variants"].as_array().unwrap().len(), keys.len());
    harness.post("/variant", json!({"platform": "tiendanube", "key": "put", "value": "replace"})).await;
}

#[tokio::test]
async fn every_variant_value_still_lists_and_shows() {
    let harness = Harness::start(45, &[]).await;
    for variant in variants() {
        for value in variant.values {
            harness.set(variant.key, value).await;
            harness.advance(60_000).await;
            let (status, body) = match variant.platform {
                "inallweb" => told(harness.inallweb(Method::GET, "/api/customers")).await,
                "tiendanegocio" => told(harness.tiendanegocio(Method::GET, "/customers")).await,
                "uappi" => told(harness.uappi(Method::GET, "/api/v3/customer")).await,
                _ => told(harness.tiendanube(Method::GET, "/customers")).await,
            };
            let shut = matches!(
                (variant.key, *value),
                ("tiendanube.auth_header", "authorization")
                    | ("tiendanube.scope", "none")
                    | ("tiendanube.store_state", "unpaid")
                    | ("tiendanegocio.auth_form", "bearer")
                    | ("tiendanegocio.scope", "none")
            );
            assert_eq!(status == 200, !shut, "{} {value} {body}", variant.key);
        }
        harness.set(variant.key, variant.default).await;
    }
}

#[tokio::test]
async fn edits_as_somebody_else() {
    let harness = Harness::start(20, &[]).await;
    for platform in ["inallweb", "tiendanegocio", "tiendanube"] {
        let before = harness.customers(platform).await[2].clone();
        let id = &before["id"];
        harness.advance(2_000).await;
        let edited =
            harness.post("/edit", json!({"platform": platform, "id": id, "set": {"phone": "777"}})).await;
        assert_eq!(edited["phone"], "777");
        assert_ne!(edited["updated_at"], before["updated_at"]);
        let quiet = json!({"platform": platform, "id": id, "set": {"phone": "778"}, "keep_updated_at": true});
        harness.advance(2_000).await;
        assert_eq!(harness.post("/edit", quiet).await["updated_at"], edited["updated_at"]);
        let seen = match platform {
            "inallweb" => ok(harness.inallweb(Method::GET, &format!("/api/customers/{id}"))).await,
            "tiendanegocio" => ok(harness.tiendanegocio(Method::GET, &format!("/customers/{id}"))).await,
            _ => ok(harness.tiendanube(Method::GET, &format!("/customers/{id}"))).await,
        };
        assert_eq!(seen["phone"], "778");

        let created = harness.post("/create", json!({"platform": platform, "email": "c@mail.example"})).await;
        harness.post("/delete", json!({"platform": platform, "id": created["id"]})).await;
        let path = format!("/customer?platform={platform}&id={}", created["id"]);
        assert_eq!(harness.control(Method::GET, &path, json!({})).await["deleted"], true);
        let reused = json!({"platform": platform, "id": created["id"], "phone": "5"});
        let reused = harness.post("/create", reused).await;
        assert_eq!(
            (&reused["id"], &reused["phone"], &reused["deleted"]),
            (&created["id"], &json!("5"), &json!(false))
        );
        harness.post("/delete", json!({"platform": platform, "id": created["id"]})).await;
        let redacted = harness.post("/redact", json!({"platform": platform, "id": id})).await;
        assert_eq!((&redacted["redacted"], &redacted["phone"]), (&json!(true), &Value::Null));
        let state = harness.control(Method::GET, &format!("/state?platform={platform}"), json!({})).await;
        assert_eq!(state["live"], 20);

        let wrong = json!({"platform": platform, "id": id, "set": {"colour": "red"}});
        let url = format!("{}/edit", harness.sandbox.ready().control);
        assert_eq!(told(harness.client.post(&url).json(&wrong)).await.0, 400);
        let unknown = json!({"platform": platform, "id": 1_000_000_000, "set": {}});
        assert_eq!(told(harness.client.post(&url).json(&unknown)).await.0, 404);
    }
}

#[tokio::test]
async fn moves_the_clock_of_every_answer() {
    let harness = Harness::start(3, &[]).await;
    let told = harness.post("/clock", json!({"set": "2031-01-02T03:04:05Z"})).await;
    assert!(told["now"].as_str().unwrap().starts_with("2031-01-02T03:04:0"));
    let answer = harness.tiendanube(Method::GET, "/customers").send().await.unwrap();
    assert!(header(&answer, "date").starts_with("Thu, 02 Jan 2031 03:04:"));
    let refused = harness.client.get(&harness.store("inallweb").url).send().await.unwrap();
    assert!(header(&refused, "date").starts_with("Thu, 02 Jan 2031 03:04:"));
    harness.advance(-120_000).await;
    let now = harness.control(Method::GET, "/clock", json!({})).await;
    assert!(now["now"].as_str().unwrap().starts_with("2031-01-02T03:02:"));
}

#[tokio::test]
async fn logs_requests_as_they_were_sent() {
    let harness = Harness::start(3, &[]).await;
    let customer = harness.customers("tiendanube").await[0].clone();
    let path = format!("/customers/{}?fields=id", customer["id"]);
    ok(harness.tiendanube(Method::PUT, &path).json(&json!({"note": "ç"}))).await;
    let log = harness.control(Method::GET, "/log?platform=tiendanube", json!({})).await;
    let entry = &log["requests"][0];
    assert_eq!(
        (&entry["method"], &entry["query"], &entry["status"]),
        (&json!("PUT"), &json!("fields=id"), &json!(200))
    );
    assert_eq!(entry["body"], "{\"note\":\"ç\"}");
    assert!(entry["headers"]["authentication"].as_str().unwrap().starts_with("bearer "));
    assert!(entry["at"].is_i64());
    assert_eq!(
        harness.control(Method::GET, "/log?platform=inallweb", json!({})).await["requests"],
        json!([])
    );
    harness.control(Method::DELETE, "/log", json!({})).await;
    assert_eq!(harness.control(Method::GET, "/log", json!({})).await["requests"], json!([]));
}

#[tokio::test]
async fn revokes_tokens_and_tells_the_new_ones() {
    let harness = Harness::start(3, &[]).await;
    let revoked = harness.post("/revoke", json!({"platform": "tiendanube"})).await;
    assert_eq!(told(harness.tiendanube(Method::GET, "/customers")).await.0, 401);
    let token = revoked["store"]["secrets"][0].as_str().unwrap();
    let again = harness.tiendanube(Method::GET, "/customers").bearer_auth(token);
    assert_eq!(told(again).await.0, 200);
    let revoked = harness.post("/revoke", json!({"platform": "inallweb"})).await;
    assert_eq!(told(harness.inallweb(Method::GET, "/api/customers")).await.0, 401);
    let url = format!("{}/api/customers", harness.store("inallweb").url);
    ok(harness.client.get(url).bearer_auth(revoked["store"]["secrets"][1].as_str().unwrap())).await;
}

#[tokio::test]
async fn stops_when_told_and_when_dropped() {
    for orderly in [true, false] {
        let harness = Harness::start(3, &[]).await;
        let url = harness.store("inallweb").url.clone();
        harness.client.get(&url).send().await.unwrap();
        let Harness { sandbox, client } = harness;
        if orderly {
            sandbox.shutdown().await;
        } else {
            drop(sandbox);
            for _ in 0..100 {
                if client.get(&url).send().await.is_err() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        assert!(client.get(&url).send().await.is_err());
    }
}
