//! Secrets and personal values must not be found where people or programs look: logs, errors, addresses.

use std::io;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use clientela_connectors::{ConnectorError, ListRequest, Urgency};
use clientela_domain::Field;
use clientela_sandbox::RateMode;
use secrecy::SecretString;
use tracing_subscriber::fmt::MakeWriter;

use crate::stores::{fetched, read_all, text};
use crate::world::World;

/// Keeps what the thread of one test logs.
#[derive(Clone)]
struct Kept {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: ThreadId,
}

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if thread::current().id() == self.thread {
            self.bytes.lock().unwrap().extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_holds_no_secret_and_nobodys_values() {
    let kept = Kept { bytes: Arc::default(), thread: thread::current().id() };
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::level_filters::LevelFilter::TRACE)
        .with_writer(kept.clone())
        .finish();
    // For the whole process: a subscriber of one thread may miss what other threads met first.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let mut forbidden = Vec::new();
    for platform in ["inallweb", "tiendanegocio", "tiendanube", "yampi"] {
        let world = World::start(platform, 30, RateMode::Off).await;
        let connector = world.connector();
        forbidden.extend(world.sandbox.ready().stores[0].secrets.clone());
        // What signs a customer in at the shop.
        let own = |customer: &serde_json::Value| {
            ["token", "login_url"].map(|key| customer[key].as_str().map(str::to_owned))
        };
        forbidden.extend(world.truth().await.iter().flat_map(own).flatten());
        connector.identify().await.unwrap();
        let (found, _) = read_all(&*connector, ListRequest::default()).await.unwrap();
        let person = found.values().find(|record| record.email.value().is_some()).unwrap();
        let email = person.email.value().unwrap().clone();
        let search = ListRequest { search: Some(email.clone()), ..ListRequest::default() };
        connector.list(&search, Urgency::Opened).await.unwrap();
        let fresh = fetched(&*connector, &person.remote_id).await;
        connector.update(&fresh, &[(Field::Phone, text("+5511912340987"))]).await.unwrap();
        forbidden.extend([email, "5511912340987".to_owned(), fresh.full_name()]);
    }
    let log = String::from_utf8_lossy(&kept.bytes.lock().unwrap()).into_owned();
    assert!(log.contains("customers/{id}"), "the log shows paths by their template");
    for text in forbidden {
        assert!(!log.contains(&text), "the log holds {text:?}");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_told_without_showing_it() {
    for platform in ["inallweb", "tiendanegocio", "tiendanube", "yampi"] {
        let world = World::start(platform, 5, RateMode::Off).await;
        let mut credentials = world.credentials();
        credentials.secret = SecretString::from("wrong-s3cret");
        assert!(!format!("{credentials:?}").contains("s3cret"));
        let connector = world.connect(world.address(), credentials);
        let error = connector.identify().await.unwrap_err();
        assert!(matches!(error, ConnectorError::SignIn { .. }), "{platform} {error:?}");
        assert!(!format!("{error:?} {error}").contains("s3cret"));
        for request in world.log().await {
            assert!(!request["query"].as_str().unwrap().contains("s3cret"));
            assert!(!request["path"].as_str().unwrap().contains("s3cret"));
        }
    }
}

#[tokio::test]
async fn requests_and_answers_are_printed_without_what_they_hold() {
    use clientela_connectors::http::Call;
    use reqwest::Method;
    let call = Call::write(Method::POST, "login/{id}", &["p3rson"])
        .query("q", "p3rson")
        .body(serde_json::json!({"password": "p3rson"}));
    assert_eq!(format!("{call:?}"), r#"Call { method: POST, path: "login/{id}", .. }"#);
}
