use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Harness, header, ids, ok, told};

fn send(harness: &Harness, method: Method, path: &str, body: &Value) -> RequestBuilder {
    harness.tiendanube(method, path).json(body)
}

#[tokio::test]
async fn lists_the_customers_of_given_ids() {
    let harness = Harness::start(50, &[]).await;
    let all = ids(&Value::Array(harness.customers("tiendanube").await));
    let path = format!("/customers?ids={},{},5", all[4], all[9]);
    assert_eq!(ids(&ok(harness.tiendanube(Method::GET, &path)).await), [all[4], all[9]]);
    harness.set("tiendanube.ids_filter", "ignored").await;
    assert_eq!(ok(harness.tiendanube(Method::GET, &path)).await.as_array().unwrap().len(), 30);

    let one = ok(harness.tiendanube(Method::GET, &format!("/customers/{}?fields=id,email", all[4]))).await;
    assert_eq!(one.as_object().unwrap().len(), 2);
    harness.set("tiendanube.paging", "asked").await;
    let whole = harness.tiendanube(Method::GET, "/customers").send().await.unwrap();
    assert_eq!(header(&whole, "link"), "");
    assert_eq!(whole.json::<Value>().await.unwrap().as_array().unwrap().len(), 50);
    assert_eq!(
        ok(harness.tiendanube(Method::GET, "/customers?page=2")).await.as_array().unwrap().len(),
        20,
        "whoever asks for a page gets one"
    );
}

#[tokio::test]
async fn answers_head_where_it_answers_get() {
    let harness = Harness::start(50, &[]).await;
    for path in ["/customers", "/orders", "/metafields/customers", "/customers/custom-fields"] {
        let head = harness.tiendanube(Method::HEAD, path).send().await.unwrap();
        assert_eq!((head.status().as_u16(), head.text().await.unwrap().as_str()), (200, ""), "{path}");
    }
    let counted = harness.tiendanube(Method::HEAD, "/customers?q=zzzz-nobody").send().await.unwrap();
    assert_eq!((counted.status().as_u16(), header(&counted, "x-total-count").as_str()), (404, "0"));
}

#[tokio::test]
async fn defines_custom_fields_and_refuses_single_values() {
    let harness = Harness::start(20, &[]).await;
    let post = |body: Value| send(&harness, Method::POST, "/customers/custom-fields", &body);
    let (status, created) = told(post(json!({
        "name": "Talle", "value_type": "text_list", "values": ["P", "M", "P", 7, "x".repeat(251)],
    })))
    .await;
    assert_eq!(status, 201);
    let made: Vec<bool> =
        created["values"].as_array().unwrap().iter().map(|one| one["created"] == true).collect();
    assert_eq!(made, [true, true, false, false, false]);
    assert!(created["values"][2]["error"].is_string());
    let path = format!("/customers/custom-fields/{}", created["id"].as_str().unwrap());
    assert_eq!(ok(harness.tiendanube(Method::GET, &path)).await["values"], json!(["P", "M"]));
    for (wrong, field) in [
        (json!({"value_type": "text"}), "name"),
        (json!({"name": "Talle", "value_type": "text"}), "name"),
        (json!({"name": "x".repeat(61), "value_type": "text"}), "name"),
        (json!({"name": "A", "value_type": "colour"}), "value_type"),
        (json!({"name": "A", "value_type": "text", "description": "x".repeat(151)}), "description"),
        (json!({"name": "A", "value_type": "text", "values": ["a"]}), "values"),
    ] {
        let (status, refused) = told(post(wrong.clone())).await;
        assert!(status == 422 && refused[field].is_array(), "{wrong} {refused}");
    }
    assert_eq!(told(harness.tiendanube(Method::GET, "/customers/custom-fields/none")).await.0, 404);
    assert_eq!(told(harness.tiendanube(Method::DELETE, "/customers/custom-fields")).await.0, 405);
    harness.set("tiendanube.scope", "read").await;
    assert_eq!(told(post(json!({"name": "B", "value_type": "text"}))).await.0, 403);
}

#[tokio::test]
async fn keeps_values_of_custom_fields_where_its_variant_says() {
    let harness = Harness::start(40, &[]).await;
    let customers = harness.customers("tiendanube").await;
    let with = customers.iter().find(|one| !one["custom_fields"].as_object().unwrap().is_empty()).unwrap();
    let path = format!("/customers/{}/custom-fields", with["id"]);
    let below = format!("{path}/values");
    let values = || async { ok(harness.tiendanube(Method::GET, &path)).await };
    assert_eq!(values().await[0]["value"], "Indicação");
    let id = values().await[0]["id"].clone();
    let owners = format!("/customers/custom-fields/{}/owners", id.as_str().unwrap());
    let owners = ok(harness.tiendanube(Method::GET, &owners)).await;
    assert!(owners.as_array().unwrap().contains(&with["id"]));

    let fields = ok(harness.tiendanube(Method::GET, "/customers/custom-fields")).await;
    let put = |path: &str, at: usize, value: Value| {
        send(&harness, Method::PUT, path, &json!([{"id": fields[at]["id"], "value": value}]))
    };
    let set = ok(put(&below, 1, json!("portaria"))).await;
    assert_eq!(set.as_array().unwrap().len(), values().await.as_array().unwrap().len());
    assert_eq!(told(put(&path, 1, json!("x"))).await.0, 405);
    for (at, value, status) in [
        (0, json!("Jornal"), 422),
        (0, json!("Feira"), 200),
        (1, json!("x".repeat(251)), 422),
        (1, json!(7), 422),
        (2, json!("ontem"), 422),
        (2, json!("2026-02-03"), 200),
        (3, json!("1"), 422),
        (0, Value::Null, 200),
    ] {
        assert_eq!(told(put(&below, at, value.clone())).await.0, status, "{at} {value}");
    }
    let unknown = send(&harness, Method::PUT, &below, &json!([{"id": "none", "value": "x"}]));
    assert_eq!(told(unknown).await.0, 422);
    assert_eq!(told(send(&harness, Method::PUT, &below, &json!({"id": "x"}))).await.0, 422);
    let truth = format!("/customer?platform=tiendanube&id={}", with["id"]);
    let now = harness.control(Method::GET, &truth, json!({})).await;
    assert_eq!(now["custom_fields"][fields[1]["id"].as_str().unwrap()], "portaria");
    assert!(now["custom_fields"].get(fields[0]["id"].as_str().unwrap()).is_none());
    assert_eq!(now["updated_at"], with["updated_at"]);

    harness.set("tiendanube.custom_field_values", "same_path").await;
    ok(put(&path, 1, json!("fundos"))).await;
    assert_eq!(told(put(&below, 1, json!("x"))).await.0, 404);
    harness.set("tiendanube.custom_field_values", "absent").await;
    assert_eq!(told(harness.tiendanube(Method::GET, &path)).await.0, 404);
    assert_eq!(told(put(&path, 1, json!("x"))).await.0, 404);
}

#[tokio::test]
async fn keeps_metafields_with_dates_in_two_spellings() {
    let harness = Harness::start(30, &[]).await;
    let owner = harness.customers("tiendanube").await[3]["id"].clone();
    let post = |body: &Value| send(&harness, Method::POST, "/metafields", body);
    let mut body = json!({"namespace": "erp", "key": "codigo_2", "value": "A-7", "owner_id": owner.to_string(), "owner_resource": "Customer"});
    let (status, created) = told(post(&body)).await;
    assert_eq!((status, &created["owner_id"]), (201, &owner), "sent as text, told as a number");
    let date = created["created_at"].as_str().unwrap();
    assert!(date.len() == 19 && &date[10..11] == " " && created["deleted_at"].is_null(), "{date}");
    let path = format!("/metafields/{}", created["id"]);
    let shown = ok(harness.tiendanube(Method::GET, &path)).await;
    assert!(shown["created_at"].as_str().unwrap().ends_with("+0000") && shown.get("deleted_at").is_none());
    let list = format!("/metafields/customers?owner_id={owner}&namespace=erp&key=codigo_2");
    assert_eq!(ok(harness.tiendanube(Method::GET, &list)).await, json!([shown]));
    assert!(told(post(&body)).await.1["key"].is_array(), "there is one already");

    assert_eq!(ok(send(&harness, Method::PUT, &path, &json!({"value": "B"}))).await["value"], "B");
    assert_eq!(told(send(&harness, Method::PUT, &path, &json!({"value": 7}))).await.0, 422);
    assert_eq!(ok(harness.tiendanube(Method::DELETE, &path)).await, json!({}));
    assert_eq!(told(harness.tiendanube(Method::GET, &path)).await.0, 404);
    harness.set("tiendanube.metafield_dates", "offset").await;
    assert!(ok(post(&body)).await["created_at"].as_str().unwrap().ends_with("+0000"));
    for (field, wrong) in [
        ("key", json!("2nd")),
        ("namespace", json!("a b")),
        ("owner_id", json!(5)),
        ("owner_resource", json!("Product")),
        ("value", Value::Null),
    ] {
        let right = std::mem::replace(&mut body[field], wrong);
        assert!(told(post(&body)).await.1[field].is_array(), "{field}");
        body[field] = right;
    }
}

#[tokio::test]
async fn notes_invitations_and_passwords_and_shows_neither() {
    let harness = Harness::start(5, &[]).await;
    let post = |body: Value| send(&harness, Method::POST, "/customers", &body);
    let body = json!({"name": "Ana", "email": "ana@mail.example", "send_email_invite": true, "password": "segredo-1"});
    let created = ok(post(body)).await;
    let state = harness.control(Method::GET, "/state?platform=tiendanube", json!({})).await;
    let truth = state["customers"].as_array().unwrap().last().unwrap();
    assert_eq!((&truth["send_email_invite"], &truth["password_set"]), (&json!(true), &json!(true)));
    assert!(!state.to_string().contains("segredo-1") && !created.to_string().contains("segredo-1"));
    let plain = ok(post(json!({"name": "Bia", "email": "bia@mail.example"}))).await;
    let path = format!("/customer?platform=tiendanube&id={}", plain["id"]);
    let truth = harness.control(Method::GET, &path, json!({})).await;
    assert_eq!((&truth["send_email_invite"], &truth["password_set"]), (&json!(false), &json!(false)));
    let (status, refused) = told(post(
        json!({"name": "C", "email": "c@mail.example", "send_email_invite": "yes", "password": 7}),
    ))
    .await;
    assert!(status == 422 && refused["send_email_invite"].is_array() && refused["password"].is_array());
}

#[tokio::test]
async fn refuses_in_every_shape() {
    let harness = Harness::start(20, &[]).await;
    let url = format!("{}/789001/customers", harness.store("tiendanube").url);
    let strange = || harness.client.get(&url).header("user-agent", "Test (a@b.example)").bearer_auth("other");
    let untyped = || harness.tiendanube(Method::POST, "/customers").body("{}");
    let missing = || harness.tiendanube(Method::GET, "/customers/5");
    let broken = || {
        let request = harness.tiendanube(Method::POST, "/customers");
        request.header("content-type", "application/json").body("{")
    };
    for (shape, key, text) in [
        ("code", "message", "Unauthorized"),
        ("error", "error", "Unauthorized"),
        ("error_description", "error_description", "Invalid access token"),
    ] {
        harness.set("tiendanube.refusal_shape", shape).await;
        let (status, body) = told(strange()).await;
        assert_eq!((status, &body[key]), (401, &json!(text)), "{shape}");
        for (request, wanted) in [(untyped(), 415), (missing(), 404)] {
            let (status, body) = told(request).await;
            assert!(status == wanted && body[key].is_string(), "{shape} {status} {body}");
        }
        let (status, body) = told(harness.tiendanube(Method::PATCH, "/customers")).await;
        assert!(status == 405 && body[key].is_string());
    }
    assert_eq!(told(broken()).await, (400, json!({"error": "Problems parsing JSON"})));
    harness.set("tiendanube.malformed_json", "code").await;
    harness.set("tiendanube.refusal_shape", "code").await;
    assert_eq!(told(broken()).await.1["code"], 400);
    harness.set("tiendanube.refusal_shape", "html").await;
    let page = missing().send().await.unwrap();
    assert!(page.status() == 404 && header(&page, "content-type").starts_with("text/html"));
    assert_eq!(header(&page, "x-main-language"), "pt");
    harness.set("tiendanube.unauthorized_status", "200").await;
    let (status, body) = told(strange()).await;
    assert_eq!((status, &body["error"]), (200, &json!("unauthorized")));

    harness.set("tiendanube.refusal_shape", "error").await;
    harness.set("tiendanube.scope", "none").await;
    assert_eq!(told(missing()).await, (403, json!({"error": "Forbidden"})));
    harness.set("tiendanube.store_state", "unpaid").await;
    assert_eq!(told(missing()).await, (402, json!({"error": "Payment Required"})));
}

#[tokio::test]
async fn refuses_taken_emails_moved_defaults_and_buyers_in_several_ways() {
    let harness = Harness::start(60, &[]).await;
    let customers = harness.customers("tiendanube").await;
    let own = |one: &&Value| {
        one["email"].is_string()
            && !one["addresses"].as_array().unwrap().is_empty()
            && one["orders"] != json!([])
    };
    let (first, second) = (customers.iter().find(own).unwrap(), customers.iter().rfind(own).unwrap());
    let path = format!("/customers/{}", first["id"]);
    let put = |body: &Value| send(&harness, Method::PUT, &path, body);
    for (value, status) in [("422_field", 422), ("422_code", 422), ("409", 409), ("400", 400)] {
        harness.set("tiendanube.email_taken", value).await;
        let (told_status, body) = told(put(&json!({"email": second["email"]}))).await;
        assert_eq!((told_status, body.get("code").is_none()), (status, value == "422_field"), "{value}");
        let new = json!({"name": "Nova", "email": second["email"]});
        assert_eq!(told(send(&harness, Method::POST, "/customers", &new)).await.0, status);
    }
    let address = &first["addresses"][0]["id"];
    for (value, status) in [("422", 422), ("400", 400)] {
        harness.set("tiendanube.default_in_put", value).await;
        let moved = json!({"addresses": [{"id": address, "default": true}]});
        assert_eq!(told(put(&moved)).await.0, status);
    }
    let shapes = [("422_code", 422), ("422_flat", 422), ("409", 409), ("403", 403), ("400", 400)];
    for (value, status) in shapes {
        harness.set("tiendanube.delete_with_orders", value).await;
        let (told_status, body) = told(harness.tiendanube(Method::DELETE, &path)).await;
        assert_eq!((told_status, body.get("code").is_none()), (status, value == "422_flat"), "{value}");
    }
    ok(harness.tiendanube(Method::GET, &path)).await;
    let versioned = harness.store("tiendanube").url.replace("/v1", "/2025-03/789001/customers");
    let request = harness.client.get(versioned).header("user-agent", "Test (a@b.example)");
    ok(request.bearer_auth(&harness.store("tiendanube").secrets[0])).await;
}
