use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ok, told};
use crate::yampi::{call, get, unlimited};
use crate::yampi_records::{customer, put};

/// A CPF and a CNPJ whose check digits hold.
const CPF: &str = "52998224725";
const CNPJ: &str = "11222333000181";

/// Everything that a PUT may be asked to name, with some of it changed.
fn full(customer: &Value, changes: &[(&str, Value)]) -> Value {
    let mut body = json!({});
    for key in [
        "name",
        "first_name",
        "last_name",
        "email",
        "type",
        "cpf",
        "cnpj",
        "razao_social",
        "phone",
        "notes",
        "birthday",
    ] {
        body[key] = customer[key].clone();
    }
    for (key, value) in changes {
        body[*key] = value.clone();
    }
    body
}

#[tokio::test]
async fn creates_what_has_all_that_is_required() {
    let harness = unlimited(20).await;
    let post = |body: Value| call(&harness, Method::POST, "/customers").json(&body);
    let (status, refused) = told(post(json!({"notes": "x"}))).await;
    assert_eq!((status, &refused["message"]), (422, &json!("422 Unprocessable Entity")));
    assert_eq!(refused["errors"]["email"], json!(["O campo email é obrigatório."]));
    let missing: Vec<&String> = refused["errors"].as_object().unwrap().keys().collect();
    assert_eq!(missing, ["name", "email", "type", "cpf"]);
    let body = json!({"name": "Ana Peña Souza", "email": "ana@mail.example", "type": "f", "cpf": "529.982.247-25",
        "phone": {"area_code": "11", "number": "987654321"}, "birthday": "1990-02-28", "newsletter": true});
    let (status, created) = told(post(body.clone())).await;
    assert_eq!(status, 201);
    let record = &created["data"];
    assert_eq!((&record["first_name"], &record["last_name"]), (&json!("Ana"), &json!("Peña Souza")));
    assert_eq!((&record["cpf"], &record["phone"]["full_number"]), (&json!(CPF), &json!("11987654321")));
    assert!(record["token"].as_str().unwrap().starts_with("customer-token-"));
    ok(get(&harness, &format!("/customers/{}", record["id"]))).await;

    let (_, taken) = told(post(body.clone())).await;
    let fields: Vec<&String> = taken["errors"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["email", "cpf"]);
    harness.set("yampi.unprocessable", "with_code").await;
    assert_eq!(told(post(body.clone())).await.1["status_code"], 422);
    harness.set("yampi.unprocessable", "message_only").await;
    assert!(told(post(body.clone())).await.1.get("errors").is_none());
    harness.set("yampi.email_taken", "409").await;
    harness.set("yampi.document_taken", "allowed").await;
    assert_eq!(told(post(body.clone())).await.0, 409);
    harness.set("yampi.email_taken", "allowed").await;
    harness.set("yampi.create_status", "200").await;
    harness.set("yampi.write_data", "array").await;
    let (status, again) = told(post(body)).await;
    assert_eq!((status, again["data"].as_array().unwrap().len()), (200, 1));

    harness.set("yampi.unprocessable", "errors").await;
    let company = |cnpj: &str| json!({"name": "Loja", "email": "loja@mail.example", "type": "j", "cnpj": cnpj, "razao_social": "Loja Ltda."});
    assert_eq!(told(post(company("11222333000180"))).await.0, 422, "the check digit");
    let created = ok(post(company(CNPJ))).await;
    assert_eq!(created["data"][0]["generic_name"], "Loja Ltda.");
    harness.set("yampi.post_required", "name_email").await;
    ok(post(json!({"name": "Só", "email": "so@mail.example"}))).await;
    for wrong in [
        json!({"name": 7, "email": "a1@mail.example"}),
        json!({"name": "A", "email": "no mail"}),
        json!({"name": "A", "email": "a2@mail.example", "type": "x"}),
        json!({"name": "A", "email": "a3@mail.example", "birthday": "28/02/1990"}),
        json!({"name": "A", "email": "a4@mail.example", "phone": "12"}),
        json!({"name": "A", "email": "a5@mail.example", "cluster_id": 9}),
        json!({"name": "A", "email": "a6@mail.example", "newsletter": "yes"}),
    ] {
        assert_eq!(told(post(wrong.clone())).await.0, 422, "{wrong}");
    }
}

#[tokio::test]
async fn puts_demand_merge_or_replace() {
    let harness = unlimited(80).await;
    let person = customer(&harness).await;
    let path = format!("/customers/{}", person["id"]);
    let (status, refused) = told(put(&harness, &person, json!({"notes": "n"}))).await;
    let missing: Vec<&String> = refused["errors"].as_object().unwrap().keys().collect();
    assert_eq!(
        (status, missing),
        (422, vec![&"name".to_owned(), &"email".to_owned(), &"type".to_owned(), &"cpf".to_owned()])
    );
    let changed = ok(put(&harness, &person, full(&person, &[("notes", json!("n"))]))).await;
    assert_eq!((&changed["data"]["notes"], &changed["data"]["cpf"]), (&json!("n"), &person["cpf"]));
    assert_eq!(ok(get(&harness, &path)).await["data"][0]["notes"], "n");

    let customers = harness.customers("yampi").await;
    let without = customers
        .iter()
        .find(|one| {
            one["cpf"].is_null()
                && one["type"] == "f"
                && one["email"].is_string()
                && one["last_name"].is_string()
        })
        .unwrap();
    let three = json!({"name": without["name"], "email": without["email"], "type": "f", "notes": "n"});
    ok(put(&harness, without, three.clone())).await;
    harness.set("yampi.put", "demands_document").await;
    assert_eq!(told(put(&harness, without, three)).await.0, 422);

    harness.set("yampi.put", "merge").await;
    let merged = ok(put(&harness, &person, json!({"birthday": "1980-01-02"}))).await["data"].clone();
    assert_eq!((&merged["birthday"], &merged["notes"]), (&json!("1980-01-02"), &json!("n")));
    assert_eq!(told(put(&harness, &person, json!({"name": ""}))).await.0, 422, "never emptied");
    assert_eq!(told(put(&harness, &person, json!({"email": null}))).await.0, 422);

    assert_eq!(ok(put(&harness, &person, json!({"notes": null}))).await["data"]["notes"], Value::Null);
    assert_eq!(ok(put(&harness, &person, json!({"notes": ""}))).await["data"]["notes"], Value::Null);
    ok(put(&harness, &person, json!({"notes": "m"}))).await;
    harness.set("yampi.null_write", "ignored").await;
    assert_eq!(ok(put(&harness, &person, json!({"notes": null}))).await["data"]["notes"], "m");
    harness.set("yampi.null_write", "422").await;
    assert_eq!(told(put(&harness, &person, json!({"notes": null}))).await.0, 422);
    harness.set("yampi.empty_text", "kept").await;
    assert_eq!(ok(put(&harness, &person, json!({"notes": ""}))).await["data"]["notes"], "");

    harness.set("yampi.put", "replace").await;
    let replaced = ok(put(&harness, &person, json!({"notes": "r"}))).await["data"].clone();
    assert_eq!(
        (&replaced["notes"], &replaced["birthday"], &replaced["cpf"]),
        (&json!("r"), &Value::Null, &Value::Null)
    );
    assert_eq!((&replaced["name"], &replaced["email"]), (&person["name"], &person["email"]));
}

#[tokio::test]
async fn reads_names_phones_and_documents_as_its_variants_say() {
    let harness = unlimited(60).await;
    harness.set("yampi.put", "merge").await;
    let person = customer(&harness).await;
    let write = |body: Value| put(&harness, &person, body);
    let name = async |body: Value| ok(write(body)).await["data"]["name"].clone();
    assert_eq!(name(json!({"first_name": "Bia", "last_name": "Luz"})).await, "Bia Luz");
    assert_eq!(name(json!({"name": "Caio Luz", "first_name": "Bia", "last_name": "Luz"})).await, "Caio Luz");
    harness.set("yampi.name_write", "name").await;
    assert_eq!(name(json!({"first_name": "Bia"})).await, "Caio Luz");
    harness.set("yampi.name_write", "parts").await;
    assert_eq!(name(json!({"name": "Davi"})).await, "Caio Luz");
    assert_eq!(name(json!({"first_name": "Davi"})).await, "Davi Luz");

    let text = json!({"phone": "+55 (11) 98765-4321"});
    let parts = json!({"phone": {"full_number": "5511987654321"}});
    let phone = async |body: &Value| told(write(body.clone())).await;
    assert_eq!(phone(&text).await.1["data"]["phone"]["full_number"], "5511987654321");
    assert_eq!(phone(&parts).await.1["data"]["phone"]["formated_number"], "(11) 98765-4321");
    harness.set("yampi.phone_write", "text").await;
    assert_eq!((phone(&text).await.0, phone(&parts).await.0), (200, 422));
    harness.set("yampi.phone_write", "parts").await;
    assert_eq!((phone(&text).await.0, phone(&parts).await.0), (422, 200));
    harness.set("yampi.stored_form", "tidied").await;
    assert_eq!(phone(&parts).await.1["data"]["phone"]["full_number"], "11987654321");
    assert_eq!(phone(&json!({"phone": null})).await.1["data"]["phone"], Value::Null);

    let document = async |text: &str| told(write(json!({"cpf": text}))).await;
    assert_eq!(document("529.982.247-25").await.1["data"]["cpf"], CPF);
    assert_eq!(document("11111111111").await.0, 422);
    harness.set("yampi.document_check", "unchecked").await;
    assert_eq!(document("12345678900").await.0, 200);
    harness.set("yampi.document_punctuation", "422").await;
    assert_eq!(document("529.982.247-25").await.0, 422);
    assert_eq!(ok(write(json!({"type": "j", "cnpj": CNPJ}))).await["data"]["type"], "j");

    // Whatever the store began with has check digits that hold: another's is taken, and nothing else is wrong.
    harness.set("yampi.document_check", "checked").await;
    let mut tried = 0;
    for one in harness.customers("yampi").await.iter().filter(|one| one["id"] != person["id"]) {
        for key in ["cpf", "cnpj"].into_iter().filter(|key| one[key].is_string()) {
            let (status, told) = told(put(&harness, &person, json!({key: one[key]}))).await;
            let taken = format!("O campo {key} já está sendo utilizado.");
            assert_eq!((status, &told["errors"]), (422, &json!({key: [taken]})), "{one}");
            tried += 1;
        }
    }
    assert!(tried > 30);
}

#[tokio::test]
async fn keeps_addresses_behind_calls_of_their_own() {
    let harness = unlimited(60).await;
    let person = customer(&harness).await;
    let path = format!("/customers/{}/addresses", person["id"]);
    let post = |body: &Value| call(&harness, Method::POST, &path).json(body);
    let mut place = json!({"receiver": "Ana", "zip_code": "05653-070", "street": "Rua A", "number": "1", "neighborhood": "Sé", "city": "São Paulo", "uf": "SP"});
    let created = ok(post(&place)).await["data"].clone();
    assert_eq!((&created["zip_code"], &created["customer_id"]), (&json!("05653070"), &person["id"]));
    assert!(
        created["full_address"].as_str().unwrap().starts_with("Rua A, 1")
            && created["created_at"]["date"].is_string()
    );
    assert_eq!(ok(get(&harness, &path)).await["data"].as_array().unwrap().len(), 2);

    let one = format!("{path}/{}", created["id"]);
    let put = |body: Value| call(&harness, Method::PUT, &one).json(&body);
    let (status, refused) = told(put(json!({"city": "Xapuri"}))).await;
    assert_eq!((status, &refused["errors"]["street"]), (422, &json!(["O campo street é obrigatório."])));
    harness.set("yampi.put", "merge").await;
    let merged = ok(put(json!({"city": "Xapuri", "uf": "AC", "complement": "ap. 2"}))).await["data"].clone();
    assert_eq!((&merged["city"], &merged["street"]), (&json!("Xapuri"), &json!("Rua A")));
    harness.set("yampi.put", "replace").await;
    place["city"] = json!("Natal");
    assert_eq!(ok(put(place.clone())).await["data"]["complement"], Value::Null);
    assert_eq!(told(put(json!({"city": "Natal"}))).await.0, 422);
    for wrong in [json!({"uf": "XX"}), json!({"zip_code": "123"}), json!({"street": 7})] {
        let mut body = place.clone();
        body.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        assert_eq!(told(put(body)).await.0, 422, "{wrong}");
    }
    place.as_object_mut().unwrap().shift_remove("receiver");
    assert_eq!(told(post(&place)).await.0, 422);
    harness.set("yampi.address_required", "place").await;
    ok(post(&place)).await;
    harness.set("yampi.address_key", "zipcode").await;
    assert!(ok(get(&harness, &path)).await["data"][0]["zipcode"].is_string());
    assert_eq!(told(post(&place)).await.1["errors"]["zipcode"], json!(["O campo zipcode é obrigatório."]));
    let elsewhere = call(&harness, Method::PUT, &format!("{path}/1")).json(&place);
    assert_eq!(told(elsewhere).await.0, 404);
}

#[tokio::test]
async fn deletes_as_its_variants_say_and_answers_for_the_gone() {
    let harness = unlimited(20).await;
    let customers = harness.customers("yampi").await;
    let path = |at: usize| format!("/customers/{}", customers[at]["id"]);
    let delete = async |at: usize| told(call(&harness, Method::DELETE, &path(at))).await;
    for (value, status) in [("405", 405), ("404", 404)] {
        harness.set("yampi.delete", value).await;
        assert_eq!(delete(0).await.0, status);
        ok(get(&harness, &path(0))).await;
    }
    harness.set("yampi.delete", "200").await;
    assert_eq!(delete(0).await.0, 200);
    harness.set("yampi.delete", "204").await;
    assert_eq!(delete(1).await, (204, json!("")));
    assert_eq!(delete(1).await.0, 404);
    assert_eq!(ok(get(&harness, "/customers?limit=100")).await["meta"]["pagination"]["total"], 18);
    for (value, answer) in [("404", 404), ("410", 410), ("200_empty", 200)] {
        harness.set("yampi.deleted_answer", value).await;
        let (status, body) = told(get(&harness, &path(0))).await;
        assert_eq!(status, answer);
        assert!(status != 200 || body == json!({"data": []}));
    }
}

#[tokio::test]
async fn anonymizes_in_four_ways() {
    let harness = unlimited(20).await;
    let person = customer(&harness).await;
    let path = format!("/customers/{}", person["id"]);
    let redacted = harness.post("/redact", json!({"platform": "yampi", "id": person["id"]})).await;
    assert_eq!(
        (&redacted["anonymized"], &redacted["email"], &redacted["token"]),
        (&json!(true), &Value::Null, &Value::Null)
    );
    for (form, email, name) in [
        ("null", Value::Null, Value::Null),
        ("word", json!("Anonimizado"), json!("Anonimizado")),
        ("empty", json!(""), json!("")),
    ] {
        harness.set("yampi.anonymized_form", form).await;
        let shown = ok(get(&harness, &path)).await["data"][0].clone();
        assert_eq!(
            (&shown["anonymized"], &shown["email"], &shown["name"]),
            (&json!(true), &email, &name),
            "{form}"
        );
    }
    harness.set("yampi.anonymized_form", "placeholder").await;
    let shown = ok(get(&harness, &path)).await["data"][0].clone();
    assert!(shown["email"].as_str().unwrap().ends_with("@anonimizado.example"));
    assert_eq!(told(put(&harness, &person, full(&person, &[]))).await.0, 422);
}
