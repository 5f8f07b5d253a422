//! A running sandbox and the least that is needed to talk to it.

use clientela_sandbox::{Sandbox, SandboxOptions};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

pub(crate) struct Harness {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
}

impl Harness {
    pub(crate) async fn start(customers: usize, variants: &[(&str, &str)]) -> Harness {
        let variants = variants.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Harness::with(SandboxOptions { customers, variants, ..SandboxOptions::default() }).await
    }

    pub(crate) async fn with(options: SandboxOptions) -> Harness {
        let sandbox = Sandbox::start(options).await.unwrap();
        let redirects = reqwest::redirect::Policy::none();
        let client = Client::builder().no_proxy().redirect(redirects).build().unwrap();
        Harness { sandbox, client }
    }

    pub(crate) fn store(&self, platform: &str) -> &clientela_sandbox::ReadyStore {
        self.sandbox.ready().stores.iter().find(|store| store.platform == platform).unwrap()
    }

    /// A request to In All Web as its admin.
    pub(crate) fn inallweb(&self, method: Method, path: &str) -> RequestBuilder {
        let store = self.store("inallweb");
        self.client.request(method, format!("{}{path}", store.url)).bearer_auth(&store.secrets[1])
    }

    /// A request to Tiendanube with everything it asks for.
    pub(crate) fn tiendanube(&self, method: Method, path: &str) -> RequestBuilder {
        let store = self.store("tiendanube");
        let url = format!("{}/{}{path}", store.url, store.store_id.as_deref().unwrap());
        self.client
            .request(method, url)
            .header("authentication", format!("bearer {}", store.secrets[0]))
            .header("user-agent", "Sandbox tests (tests@mail.example)")
    }

    /// A request to Tiendanegocio, its token bare as most public apps send it.
    pub(crate) fn tiendanegocio(&self, method: Method, path: &str) -> RequestBuilder {
        let store = self.store("tiendanegocio");
        let request = self.client.request(method, format!("{}{path}", store.url));
        request
            .header("authorization", &store.secrets[0])
            .header("user-agent", "Sandbox tests (tests@mail.example)")
    }

    /// A request to Uappi as its first customer, with the content type that even a GET needs.
    pub(crate) fn uappi(&self, method: Method, path: &str) -> RequestBuilder {
        let store = self.store("uappi");
        let request = self.client.request(method, format!("{}{path}", store.url));
        request.bearer_auth(&store.secrets[0]).header("content-type", "application/json")
    }

    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.sandbox.ready().control);
        let response = self.client.request(method, url).json(&body).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path} {body}");
        response.json().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.control(Method::POST, path, body).await
    }

    pub(crate) async fn set(&self, key: &str, value: &str) {
        self.post("/variant", json!({"key": key, "value": value})).await;
    }

    pub(crate) async fn advance(&self, milliseconds: i64) {
        self.post("/clock", json!({"advance_ms": milliseconds})).await;
    }

    pub(crate) async fn customers(&self, platform: &str) -> Vec<Value> {
        let state = self.control(Method::GET, &format!("/state?platform={platform}"), json!({})).await;
        state["customers"].as_array().unwrap().clone()
    }

    /// A token of one role of In All Web.
    pub(crate) async fn token(&self, role: &str) -> String {
        let accounts = self.post("/accounts", json!({"platform": "inallweb"})).await;
        let account = accounts["accounts"].as_array().unwrap().iter().find(|account| account["role"] == role);
        account.unwrap()["token"].as_str().unwrap().to_owned()
    }
}

/// Status and body of an answer.
pub(crate) async fn told(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

pub(crate) async fn ok(request: RequestBuilder) -> Value {
    let (status, body) = told(request).await;
    assert!(status == 200 || status == 201, "{status} {body}");
    body
}

pub(crate) fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

pub(crate) fn ids(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|record| record["id"].as_i64().unwrap()).collect()
}
