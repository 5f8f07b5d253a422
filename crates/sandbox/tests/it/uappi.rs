use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Harness, header, ok, told};

const PROFILE: &str = "/api/v3/customer";
const SIGNED_OUT: &str = "Token de autenticação inválido ou expirado.";

fn get(harness: &Harness, query: &str) -> RequestBuilder {
    harness.uappi(Method::GET, &format!("{PROFILE}{query}"))
}

fn put(harness: &Harness, body: &Value) -> RequestBuilder {
    harness.uappi(Method::PUT, PROFILE).body(body.to_string())
}

/// A body that a PUT takes, with some fields changed.
fn body(changes: Value) -> Value {
    let mut body = json!({
        "email": "joao.novo@correio.example",
        "nameCorporateName": "João Silva",
        "tradeName": "Santos",
        "isCorporate": false,
        "gender": "male",
        "phone": "+5511987654321",
    });
    for (field, value) in changes.as_object().unwrap() {
        if value == "(absent)" {
            body.as_object_mut().unwrap().shift_remove(field);
        } else {
            body[field] = value.clone();
        }
    }
    body
}

async fn edit(harness: &Harness, id: &Value, set: Value) -> Value {
    harness.post("/edit", json!({"platform": "uappi", "id": id, "set": set})).await
}

/// The first customer, whose token the shop tells at its start.
async fn first(harness: &Harness) -> Value {
    harness.customers("uappi").await[0].clone()
}

#[tokio::test]
async fn gives_each_customer_a_token_of_its_own() {
    let harness = Harness::start(12, &[]).await;
    let store = harness.store("uappi").clone();
    let customers = harness.customers("uappi").await;
    assert_eq!(store.secrets.len(), 3);
    let ask = |token: &str| {
        let request = harness.client.get(format!("{}{PROFILE}", store.url));
        request.bearer_auth(token).header("content-type", "application/json")
    };
    for (token, customer) in store.secrets.iter().zip(&customers) {
        assert_eq!(token.split('.').count(), 3);
        assert_eq!(ok(ask(token)).await["email"], customer["email"]);
    }
    let accounts = harness.post("/accounts", json!({"platform": "uappi"})).await["accounts"].clone();
    let accounts = accounts.as_array().unwrap();
    assert_eq!(accounts.len(), 12);
    let last = accounts.last().unwrap();
    assert!(last["password"].is_string());
    let known = ask(last["token"].as_str().unwrap());
    let (status, seen) = told(known).await;
    assert!(status == 403 || seen["id"] == last["id"]);

    let refused = json!({"code": 401, "errorCode": "UNAUTHENTICATED", "message": SIGNED_OUT});
    assert_eq!(told(ask("other")).await, (401, refused.clone()));
    let bare = harness.client.get(format!("{}{PROFILE}", store.url));
    assert_eq!(told(bare.header("content-type", "application/json")).await, (401, refused));

    for (value, minutes) in [("1", 1), ("60", 60), ("525600", 525_600)] {
        harness.set("uappi.token_minutes", value).await;
        let accounts = harness.post("/accounts", json!({"platform": "uappi"})).await;
        let token = accounts["accounts"][0]["token"].as_str().unwrap().to_owned();
        harness.advance(minutes * 60_000 - 5_000).await;
        assert_eq!(told(ask(&token)).await.0, 200, "{value}");
        harness.advance(6_000).await;
        assert_eq!(told(ask(&token)).await.0, 401, "{value}");
    }

    let log_out = |token: &str| {
        let request = harness.client.post(format!("{}/api/v3/logout", store.url));
        request.bearer_auth(token).header("content-type", "application/json")
    };
    harness.set("uappi.logout", "keeps_token").await;
    assert_eq!(ok(log_out(&store.secrets[1])).await, json!({"status": true, "data": true}));
    assert_eq!(told(ask(&store.secrets[1])).await.0, 200);
    harness.set("uappi.logout", "ends_token").await;
    ok(log_out(&store.secrets[1])).await;
    assert_eq!(told(ask(&store.secrets[1])).await.0, 401);
    assert_eq!(told(log_out(&store.secrets[1])).await.0, 401);

    let revoked = harness.post("/revoke", json!({"platform": "uappi"})).await;
    assert_eq!(told(get(&harness, "")).await.0, 401);
    ok(ask(revoked["store"]["secrets"][0].as_str().unwrap())).await;
}

#[tokio::test]
async fn asks_for_its_content_type_and_knows_few_paths() {
    let harness = Harness::start(5, &[]).await;
    let store = harness.store("uappi").clone();
    let untyped = |method: Method, path: &str| {
        harness.client.request(method, format!("{}{path}", store.url)).bearer_auth(&store.secrets[0])
    };
    for (value, status) in [("415", 415), ("400", 400), ("accepted", 200)] {
        harness.set("uappi.untyped", value).await;
        let (told_status, refused) = told(untyped(Method::GET, PROFILE)).await;
        assert_eq!(told_status, status, "{value}");
        assert!(status == 200 || refused["errorCode"].is_string());
    }
    harness.set("uappi.untyped", "415").await;
    assert_eq!(told(untyped(Method::PUT, PROFILE).body("{}")).await.0, 415);
    for (method, path, status) in [
        (Method::POST, PROFILE, 405),
        (Method::DELETE, PROFILE, 405),
        (Method::GET, "/api/v3/customer/password", 405),
        (Method::GET, "/api/v3/logout", 405),
        (Method::GET, "/api/v3/customers", 404),
        (Method::GET, "/api/v3/customer/123", 404),
        (Method::GET, "/api/v3/customer=addresses", 404),
    ] {
        let (told_status, refused) = told(harness.uappi(method, path)).await;
        assert_eq!((told_status, &refused["code"]), (status, &json!(status)), "{path}");
    }
    let broken = || harness.uappi(Method::PUT, PROFILE).body("{\"email\":");
    assert_eq!(told(broken()).await.0, 400);
    harness.set("uappi.malformed_body", "500").await;
    let refused = json!({
        "code": 500, "errorCode": "INTERNAL_SERVER_ERROR", "message": "An internal server error occurred.",
    });
    assert_eq!(told(broken()).await, (500, refused));
}

#[tokio::test]
async fn shows_a_profile_with_every_key_of_the_document() {
    let harness = Harness::start(40, &[]).await;
    let truth = first(&harness).await;
    let seen = ok(get(&harness, "")).await;
    let keys: Vec<&String> = seen.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "id",
            "salesChannelId",
            "tradePolicyId",
            "email",
            "dealerGroupId",
            "nameCorporateName",
            "tradeName",
            "isCorporate",
            "gender",
            "nationality",
            "birthdate",
            "phone",
            "walletAmount",
            "pointSystemAmount",
            "orderQuantity",
            "cancelledOrderQuantity",
            "orderValue",
            "lastOrder",
            "origin",
            "createdAt",
            "active",
            "deleted",
            "masked",
            "addresses",
            "documents",
            "flags",
        ]
    );
    assert_eq!(seen["id"], truth["id"]);
    assert!(seen["createdAt"].as_str().unwrap().ends_with("-03:00"));
    assert!(seen["walletAmount"].is_number() && seen["walletAmount"].to_string().contains('.'));
    assert!(seen["flags"]["sendOrderSms"].is_boolean());

    let order = json!({"orders": [
        {"total": "299.90", "createdAt": "2024-05-05T12:00:00Z"},
        {"total": "10.00", "createdAt": "2024-05-06T12:00:00Z", "paid": false},
    ], "documents": [{"type": "CPF", "document": "12345678909"}], "birthdate": null, "tradeName": null});
    edit(&harness, &truth["id"], order).await;
    let seen = ok(get(&harness, "")).await;
    assert_eq!((&seen["orderQuantity"], &seen["cancelledOrderQuantity"]), (&json!(2), &json!(1)));
    assert_eq!(seen["orderValue"].to_string(), "299.90");
    assert_eq!(seen["lastOrder"]["values"]["totalValue"].to_string(), "10.00");
    assert_eq!(seen["lastOrder"]["createdAt"], "2024-05-06T09:00:00-03:00");
    assert_eq!(seen["documents"][0], json!({"type": "CPF", "document": "123.456.789-09"}));
    assert_eq!((&seen["birthdate"], &seen["tradeName"]), (&Value::Null, &Value::Null));

    for (key, value) in
        [("money", "text"), ("documents", "digits"), ("blank", "empty"), ("dealer_group", "number")]
    {
        harness.set(&format!("uappi.{key}"), value).await;
    }
    let seen = ok(get(&harness, "")).await;
    assert_eq!(
        (&seen["orderValue"], &seen["lastOrder"]["values"]["totalValue"]),
        (&json!("299.90"), &json!("10.00"))
    );
    assert_eq!(seen["documents"][0]["document"], "12345678909");
    assert_eq!((&seen["birthdate"], &seen["tradeName"]), (&json!(""), &json!("")));
    assert!(seen["dealerGroupId"].is_i64());
    for (value, ending, length) in
        [("offset", "-03:00", 25), ("z", "Z", 20), ("micros", "000000Z", 27), ("blank", "", 19)]
    {
        harness.set("uappi.date_spelling", value).await;
        let date = ok(get(&harness, "")).await["createdAt"].as_str().unwrap().to_owned();
        assert!(date.ends_with(ending) && date.len() == length, "{value}: {date}");
    }
    harness.set("uappi.big_ids", "on").await;
    let accounts = harness.post("/accounts", json!({"platform": "uappi"})).await;
    let ids: Vec<i64> =
        accounts["accounts"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
    let big: Vec<&i64> = ids.iter().filter(|id| **id > 1 << 53).collect();
    assert_eq!(big.len(), 4);
    let one = format!("/customer?platform=uappi&id={}", big[1]);
    assert_eq!(harness.control(Method::GET, &one, json!({})).await["id"], *big[1]);
}

#[tokio::test]
async fn leaves_only_chosen_keys_and_refuses_unknown_ones() {
    let harness = Harness::start(5, &[]).await;
    let all = ok(get(&harness, "")).await.as_object().unwrap().len();
    let keys = async |query: &str| -> Vec<String> {
        ok(get(&harness, query)).await.as_object().unwrap().keys().cloned().collect()
    };
    let some = "?fields[]=addresses&fields[]=totalOrderQuantity";
    for (value, count) in [("plain_and_named", all - 6), ("named", 2), ("named_and_id", 3), ("all", all)] {
        harness.set("uappi.fields_keys", value).await;
        let left = keys(some).await;
        assert_eq!(left.len(), count, "{value} {left:?}");
        assert!(left.contains(&"addresses".to_owned()) && left.contains(&"orderQuantity".to_owned()));
        assert_eq!(keys("?fields=addresses,totalOrderQuantity").await, left, "{value}");
        assert_eq!(keys("?fields%5B%5D=addresses&fields%5B1%5D=totalOrderQuantity").await, left);
    }
    harness.set("uappi.fields_keys", "named").await;
    assert_eq!(keys("?fields=totalOrderValue").await, ["orderValue"]);
    harness.set("uappi.total_order_value", "wallet_amount").await;
    assert_eq!(keys("?fields=totalOrderValue").await, ["walletAmount"]);
    harness.set("uappi.fields_names", "asked").await;
    assert_eq!(keys("?fields=totalOrderValue,flags").await, ["flags", "totalOrderValue"]);

    let in_body = |body: &'static str| get(&harness, "").body(body);
    let named = r#"{"fields": ["documents", "flags"]}"#;
    assert_eq!(ok(in_body(named)).await.as_object().unwrap().len(), 2);
    harness.set("uappi.fields_place", "query").await;
    assert_eq!(ok(in_body(named)).await.as_object().unwrap().len(), all);
    harness.set("uappi.fields_place", "body").await;
    assert_eq!(ok(in_body(named)).await.as_object().unwrap().len(), 2);
    assert_eq!(keys("?fields=flags").await.len(), all);
    let (status, refused) = told(in_body(r#"{"fields": "flags"}"#)).await;
    assert_eq!((status, &refused["errorCode"]), (422, &json!("VALIDATION_ERROR")));

    harness.set("uappi.fields_place", "both").await;
    let refused = json!({
        "code": 422, "errorCode": "VALIDATION_ERROR", "message": "The given data was invalid.",
        "errors": {"fields": ["Campo 'orderQuantity' não é válido para seleção."]},
    });
    assert_eq!(told(get(&harness, "?fields[]=flags&fields[]=orderQuantity")).await, (422, refused));
}

#[tokio::test]
async fn masks_what_the_document_masks() {
    let harness = Harness::start(5, &[]).await;
    let truth = first(&harness).await;
    edit(
        &harness,
        &truth["id"],
        json!({
            "email": "joao.silva@email.example", "nameCorporateName": "João Silva", "tradeName": "Silva",
            "phone": "+5511999999999", "nationality": "BR", "birthdate": "1990-01-01",
            "documents": [{"type": "CPF", "document": "123.456.789-00"}],
            "orders": [{"total": "299.90", "createdAt": "2024-05-05T12:00:00Z"}],
            "addresses": [{"main": true, "zipCode": "01310-100", "identification": "Casa", "number": "1578",
                "street": "Avenida Paulista", "complement": "Apto 101", "district": "Bela Vista",
                "city": "São Paulo", "state": "São Paulo", "stateCode": "SP", "countryCode": "BR",
                "recipient": "João Silva"}],
        }),
    )
    .await;
    let clear = ok(get(&harness, "")).await;
    assert_eq!((&clear["masked"], &clear["phone"]), (&json!(false), &json!("11999999999")));
    edit(&harness, &truth["id"], json!({"masked": true})).await;
    let masked = ok(get(&harness, "")).await;
    for (pointer, text) in [
        ("/email", "j***@email.example"),
        ("/nameCorporateName", "João ***"),
        ("/tradeName", "***"),
        ("/phone", "119***9999"),
        ("/documents/0/document", "***.***.***-00"),
        ("/addresses/0/zipCode", "***10-100"),
        ("/addresses/0/identification", "***"),
        ("/addresses/0/street", "Avenida ***"),
        ("/addresses/0/number", "***"),
        ("/addresses/0/complement", "Apto ***"),
        ("/addresses/0/district", "Bela ***"),
        ("/addresses/0/recipient", "João ***"),
        ("/lastOrder/cartId", "***"),
        ("/lastOrder/code", "ORD-***-***"),
    ] {
        assert_eq!(masked.pointer(pointer), Some(&json!(text)), "{pointer}");
    }
    assert_eq!((&masked["masked"], &masked["flags"]), (&json!(true), &Value::Null));
    assert_eq!(masked["lastOrder"]["values"]["totalValue"].to_string(), "0.00");
    for kept in ["birthdate", "gender", "orderValue", "walletAmount", "orderQuantity", "createdAt"] {
        assert_eq!(masked[kept], clear[kept], "{kept}");
    }
    for kept in ["city", "state", "stateCode", "countryCode"] {
        assert_eq!(masked["addresses"][0][kept], clear["addresses"][0][kept], "{kept}");
    }
    harness.set("uappi.asterisks", "each").await;
    assert_eq!(ok(get(&harness, "")).await["nameCorporateName"], "João *****");
    harness.set("uappi.asterisks", "html").await;
    assert_eq!(ok(get(&harness, "")).await["nameCorporateName"], "João <em></em>*");

    harness.set("uappi.masked", "never").await;
    assert_eq!(ok(get(&harness, "")).await["nameCorporateName"], "João Silva");
    harness.set("uappi.masked", "always").await;
    edit(&harness, &truth["id"], json!({"masked": false})).await;
    assert_eq!(ok(get(&harness, "")).await["masked"], true);
    let answered = ok(put(&harness, &body(json!({})))).await;
    assert_ne!(answered["phone"], "+5511987654321", "no write uncovers what a read hides");
    assert_eq!(first(&harness).await["nameCorporateName"], "João Silva", "the truth is not masked");
}

#[tokio::test]
async fn updates_six_fields_and_answers_less_than_it_shows() {
    let harness = Harness::start(12, &[]).await;
    let before = ok(get(&harness, "")).await;
    let answer = ok(put(&harness, &body(json!({"birthdate": "1950-01-01", "origin": "erp"})))).await;
    assert_eq!(
        (&answer["email"], &answer["tradeName"]),
        (&json!("joao.novo@correio.example"), &json!("Santos"))
    );
    assert_eq!(answer["phone"], "+5511987654321");
    assert_eq!(
        [&answer["lastOrder"], &answer["addresses"], &answer["documents"], &answer["flags"]],
        [&Value::Null, &json!([]), &json!([]), &Value::Null]
    );
    let after = ok(get(&harness, "")).await;
    assert_eq!(after["phone"], "11987654321", "what is read cannot be sent back");
    for kept in ["id", "birthdate", "origin", "addresses", "documents", "flags", "lastOrder", "createdAt"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    assert_eq!(first(&harness).await["phone"], "+5511987654321");
    harness.set("uappi.get_phone", "as_stored").await;
    assert_eq!(ok(get(&harness, "")).await["phone"], "+5511987654321");
    harness.set("uappi.put_answer", "full").await;
    assert_eq!(ok(put(&harness, &body(json!({})))).await["flags"], before["flags"]);

    let without = body(json!({"tradeName": "(absent)"}));
    assert_eq!(ok(put(&harness, &without)).await["tradeName"], "Santos");
    harness.set("uappi.absent_trade_name", "cleared").await;
    assert_eq!(ok(put(&harness, &without)).await["tradeName"], Value::Null);
    assert_eq!(ok(put(&harness, &body(json!({"tradeName": "X"})))).await["tradeName"], "X");
    assert_eq!(ok(put(&harness, &body(json!({"tradeName": null})))).await["tradeName"], Value::Null);

    harness.set("uappi.protected", "422").await;
    for field in ["id", "salesChannelId", "nationality", "birthdate", "origin", "active", "createdAt"] {
        let (status, refused) = told(put(&harness, &body(json!({field: "x"})))).await;
        assert_eq!(status, 422);
        assert!(refused["errors"][field].is_array(), "{refused}");
    }
    harness.set("uappi.stored_form", "tidied").await;
    let tidied = body(json!({"email": " JOAO@correio.example", "nameCorporateName": "  Ana   Rita "}));
    let tidied = ok(put(&harness, &tidied)).await;
    assert_eq!(
        (&tidied["email"], &tidied["nameCorporateName"]),
        (&json!("joao@correio.example"), &json!("Ana Rita"))
    );
}

#[tokio::test]
async fn refuses_bodies_in_portuguese_and_without_a_code() {
    let harness = Harness::start(5, &[]).await;
    let empty = json!({
        "message": "The given data was invalid.",
        "errors": {
            "email": ["O campo email é obrigatório."],
            "nameCorporateName": ["O campo name corporate name é obrigatório."],
            "isCorporate": ["O campo is corporate é obrigatório."],
            "gender": ["O campo gender é obrigatório."],
            "phone": ["O campo phone é obrigatório."],
        },
    });
    assert_eq!(told(put(&harness, &json!({}))).await, (422, empty));
    let long = "x".repeat(256);
    for (field, value) in [
        ("email", json!("no mail")),
        ("email", json!(7)),
        ("email", json!(format!("{long}@correio.example"))),
        ("nameCorporateName", json!(long)),
        ("nameCorporateName", json!("  ")),
        ("tradeName", json!(long)),
        ("isCorporate", json!("maybe")),
        ("gender", json!("other")),
        ("phone", json!("11999999999")),
        ("phone", json!("+55 11 99999")),
        ("phone", json!("+123456")),
        ("phone", json!("+1234567890123456")),
    ] {
        let (status, refused) = told(put(&harness, &body(json!({field: value})))).await;
        assert_eq!(status, 422, "{field}");
        let fields: Vec<&String> = refused["errors"].as_object().unwrap().keys().collect();
        assert_eq!(fields, [field], "{refused}");
    }
    assert_eq!(told(put(&harness, &body(json!({"nameCorporateName": "é".repeat(255)})))).await.0, 200);
    assert_eq!(told(put(&harness, &body(json!({"phone": "+1234567"})))).await.0, 200);

    let customers = harness.customers("uappi").await;
    let taken = body(json!({"email": customers[1]["email"]}));
    let refused = json!({
        "message": "The given data was invalid.",
        "errors": {"email": ["Este email já está sendo usado por outro cliente."]},
    });
    assert_eq!(told(put(&harness, &taken)).await, (422, refused));
    harness.set("uappi.put_refusal", "coded").await;
    assert_eq!(told(put(&harness, &taken)).await.1["errorCode"], "VALIDATION_ERROR");
    // Two who share an e-mail already may keep it: it is looked at when it changes.
    edit(&harness, &customers[0]["id"], json!({"email": customers[1]["email"]})).await;
    assert_eq!(told(put(&harness, &taken)).await.0, 200);
}

#[tokio::test]
async fn changes_a_password() {
    let harness = Harness::start(3, &[]).await;
    let account = async || {
        let accounts = harness.post("/accounts", json!({"platform": "uappi"})).await;
        accounts["accounts"][0]["password"].as_str().unwrap().to_owned()
    };
    let change = |path: &str, current: &str, new: &str, again: &str| {
        let body = json!({"currentPassword": current, "password": new, "confirmPassword": again});
        harness.uappi(Method::PUT, path).body(body.to_string())
    };
    let (prefixed, bare) = ("/api/v3/customer/password", "/customer/password");
    let old = account().await;
    let done = told(change(prefixed, &old, "muito longa", "muito longa")).await;
    assert_eq!(done, (200, json!({"status": true, "data": true})));
    assert_eq!(account().await, "muito longa");
    for (value, prefixed_is, bare_is) in [("prefixed", 422, 404), ("bare", 404, 422), ("both", 422, 422)] {
        harness.set("uappi.password_path", value).await;
        assert_eq!(told(change(prefixed, "wrong", "longa1", "longa1")).await.0, prefixed_is, "{value}");
        assert_eq!(told(change(bare, "wrong", "longa1", "longa1")).await.0, bare_is, "{value}");
    }
    for (current, new, again, field) in [
        ("wrong", "longa1", "longa1", "currentPassword"),
        ("muito longa", "curta", "curta", "password"),
        ("muito longa", "longa1", "longa2", "confirmPassword"),
        ("muito longa", "longa1", "", "confirmPassword"),
    ] {
        let (status, refused) = told(change(prefixed, current, new, again)).await;
        assert_eq!(status, 422);
        assert!(refused["errors"][field].is_array() && refused.get("code").is_none(), "{refused}");
    }
    for (value, status, key) in
        [("422_coded", 422, "errorCode"), ("400", 400, "errorCode"), ("200_false", 200, "status")]
    {
        harness.set("uappi.password_refusal", value).await;
        let (told_status, refused) = told(change(prefixed, "wrong", "longa1", "longa1")).await;
        assert_eq!(told_status, status);
        assert!(refused.get(key).is_some() && refused["status"] != true, "{refused}");
    }
    assert_eq!(account().await, "muito longa");
}

#[tokio::test]
async fn answers_for_the_inactive_the_deleted_and_the_erased() {
    let harness = Harness::start(8, &[]).await;
    let id = first(&harness).await["id"].clone();
    let statuses = async || (told(get(&harness, "")).await.0, told(put(&harness, &body(json!({})))).await.0);
    edit(&harness, &id, json!({"active": false})).await;
    let refused =
        json!({"code": 403, "errorCode": "CUSTOMER_INACTIVE", "message": "Conta do cliente está inativa."});
    assert_eq!(told(get(&harness, "")).await, (403, refused));
    assert_eq!(statuses().await, (403, 403));
    harness.set("uappi.inactive", "shown").await;
    assert_eq!(ok(get(&harness, "")).await["active"], false);
    edit(&harness, &id, json!({"active": true})).await;

    harness.post("/redact", json!({"platform": "uappi", "id": id})).await;
    for (value, expected) in [("404", (404, 404)), ("401", (401, 401))] {
        harness.set("uappi.redacted", value).await;
        assert_eq!(statuses().await, expected, "{value}");
    }
    harness.set("uappi.redacted", "blanked").await;
    let blanked = ok(get(&harness, "")).await;
    assert_eq!((&blanked["nameCorporateName"], &blanked["phone"]), (&Value::Null, &Value::Null));
    assert_eq!((&blanked["addresses"], &blanked["documents"]), (&json!([]), &json!([])));

    harness.post("/delete", json!({"platform": "uappi", "id": id})).await;
    let refused =
        json!({"code": 404, "errorCode": "CUSTOMER_NOT_FOUND", "message": "Cliente não encontrado."});
    assert_eq!(told(get(&harness, "")).await, (404, refused));
    harness.set("uappi.deleted", "401").await;
    assert_eq!(statuses().await, (401, 401));
    harness.set("uappi.deleted", "shown").await;
    assert_eq!(ok(get(&harness, "")).await["deleted"], true);
    assert_eq!(statuses().await, (200, 404));
}

#[tokio::test]
async fn shows_writes_after_a_while() {
    for (value, seconds) in [("5", 5), ("60", 60)] {
        let harness = Harness::start(3, &[("uappi.visibility_delay", value)]).await;
        let before = ok(get(&harness, "")).await;
        let answer = ok(put(&harness, &body(json!({})))).await;
        assert_eq!(answer["nameCorporateName"], "João Silva", "the writer is told");
        assert_eq!(ok(get(&harness, "")).await, before);
        harness.advance((seconds + 1) * 1_000).await;
        assert_eq!(ok(get(&harness, "")).await["nameCorporateName"], "João Silva");
    }
}

#[tokio::test]
async fn has_an_allowance_only_by_variant() {
    let harness = Harness::start(3, &[]).await;
    let ask = || get(&harness, "").send();
    for _ in 0..65 {
        assert_eq!(ask().await.unwrap().status(), 200);
    }
    harness.set("uappi.rate", "60").await;
    for (body_is, retry_after, headers) in
        [("coded", "absent", "absent"), ("message", "seconds", "present"), ("empty", "http_date", "present")]
    {
        harness.set("uappi.rate_body", body_is).await;
        harness.set("uappi.retry_after", retry_after).await;
        harness.set("uappi.rate_headers", headers).await;
        harness.advance(61_000).await;
        for left in (0..60).rev() {
            let answer = ask().await.unwrap();
            assert_eq!(answer.status(), 200);
            let told = header(&answer, "x-ratelimit-remaining");
            assert_eq!(told, if headers == "present" { left.to_string() } else { String::new() });
        }
        let refused = ask().await.unwrap();
        assert_eq!(refused.status(), 429);
        assert_eq!(header(&refused, "x-ratelimit-limit"), if headers == "present" { "60" } else { "" });
        let told = header(&refused, "retry-after");
        match retry_after {
            "seconds" => assert!(told.parse::<u32>().is_ok_and(|seconds| (1..=60).contains(&seconds))),
            "http_date" => assert!(told.ends_with(" GMT")),
            _ => assert_eq!(told, ""),
        }
        let text = refused.text().await.unwrap();
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        match body_is {
            "coded" => assert_eq!((&value["code"], value["errorCode"].is_string()), (&json!(429), true)),
            "message" => assert_eq!(value, json!({"message": "Too Many Attempts."})),
            _ => assert_eq!(text, ""),
        }
    }
}

#[tokio::test]
async fn is_edited_by_somebody_else_and_answers_for_another_shop() {
    let harness = Harness::start(20, &[]).await;
    let before = first(&harness).await;
    let id = &before["id"];
    harness.advance(2_000).await;
    let edited = edit(&harness, id, json!({"phone": "+5511911112222", "walletAmount": "12.50"})).await;
    assert_ne!(edited["updatedAt"], before["updatedAt"]);
    let seen = ok(get(&harness, "")).await;
    assert_eq!(
        (seen["phone"].as_str(), seen["walletAmount"].to_string()),
        (Some("11911112222"), "12.50".into())
    );
    harness.advance(2_000).await;
    let quiet =
        json!({"platform": "uappi", "id": id, "set": {"gender": "undefined"}, "keep_updated_at": true});
    assert_eq!(harness.post("/edit", quiet).await["updatedAt"], edited["updatedAt"]);
    for wrong in [json!({"colour": "red"}), json!({"gender": "king"}), json!({"flags": 7})] {
        let body = json!({"platform": "uappi", "id": id, "set": wrong});
        let url = format!("{}/edit", harness.sandbox.ready().control);
        assert_eq!(told(harness.client.post(url).json(&body)).await.0, 400);
    }
    let flags = json!({"flags": {"sendOrderSms": true, "sendPromotionalEmail": false}});
    edit(&harness, id, flags).await;
    assert_eq!(ok(get(&harness, "")).await["flags"]["sendOrderSms"], true);

    let created = harness.post("/create", json!({"platform": "uappi", "email": "c@mail.example"})).await;
    harness.post("/delete", json!({"platform": "uappi", "id": created["id"]})).await;
    let reused = json!({"platform": "uappi", "id": created["id"], "nameCorporateName": "Outra"});
    let reused = harness.post("/create", reused).await;
    assert_eq!((&reused["id"], &reused["deleted"]), (&created["id"], &json!(false)));

    let own = ok(get(&harness, "")).await;
    harness.post("/faults", json!({"platform": "uappi", "fault": {"kind": "wrong_store"}})).await;
    assert_ne!(ok(get(&harness, "")).await["email"], own["email"]);
    harness.control(Method::DELETE, "/faults", json!({})).await;
    harness.post("/faults", json!({"platform": "uappi", "fault": {"kind": "absurd_dates"}})).await;
    assert_ne!(ok(get(&harness, "")).await["createdAt"], own["createdAt"]);
    harness.control(Method::DELETE, "/faults", json!({})).await;
    assert_eq!(ok(get(&harness, "")).await, own);
}
