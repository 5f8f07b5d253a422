//! What must never be printed: secrets, and what stores tell of people.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use clientela_app::command::{CustomerRef, Nothing, SignIn};
use clientela_app::dto::query::ListQuery;
use clientela_app::error::Code;
use clientela_app::{customers, stores};
use secrecy::ExposeSecret;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::desk::{Desk, refused};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_and_nobodys_data_is_logged_or_told_in_errors() {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    // This thread's runtime does all the work of the app.
    let _quiet = tracing::subscriber::set_default(subscriber);
    let desk = Desk::new(40).await;
    let mut hidden: Vec<String> = Vec::new();
    let mut told: Vec<String> = Vec::new();
    for platform in ["inallweb", "tiendanube"] {
        let how = desk.how(platform);
        hidden.push(how.secret.clone());
        stores::add(&desk.app, how).await.unwrap();
        for one in desk.truth(platform).await {
            hidden.extend(
                ["email", "phone", "identification"]
                    .iter()
                    .filter_map(|key| one[*key].as_str().map(str::to_owned)),
            );
        }
    }
    hidden.retain(|text| text.len() > 6);
    desk.synced().await;
    let id = std::fs::read_to_string(desk.path("book/clientela.id")).unwrap();
    let key = desk.secrets.read(&format!("book-key-{}", id.trim())).await.unwrap().unwrap();
    hidden.push(key.expose_secret().to_owned());

    // Everything that writes, and everything that goes wrong.
    let (person, remote) = desk.somebody("tiendanube", 1).await;
    hidden.push("Zélia Confidencial".to_owned());
    desk.edit(person, &[("name", "Zélia Confidencial"), ("phone", "+55 11 98765-4321")]).await.unwrap();
    hidden.push("98765-4321".to_owned());
    desk.control(
        "/edit",
        json!({"platform": "tiendanube", "id": remote, "set": {"name": "Outro Confidencial"}}),
    )
    .await;
    hidden.push("Outro Confidencial".to_owned());
    desk.sync().await;
    customers::refresh(&desk.app, CustomerRef { id: person }).await.unwrap();
    for fault in [
        json!({"kind": "wrong_types", "records": 5}),
        json!({"kind": "truncate_at", "bytes": 900}),
        json!({"kind": "status", "status": 500}),
        json!({"kind": "html_200"}),
        json!({"kind": "status", "status": 401, "body": {"detail": "no"}}),
    ] {
        desk.fault(json!({}), fault).await;
        told.push(format!("{:?}", desk.sync().await));
        told.push(format!("{:?}", customers::refresh(&desk.app, CustomerRef { id: person }).await.err()));
        desk.clear_faults().await;
    }
    for store in stores::list(&desk.app, Nothing {}).await.unwrap() {
        told.push(format!("{store:?}"));
        let wrong = SignIn { store_id: store.id, secret: "wrong-secret-123".to_owned(), second_secret: None };
        hidden.push("wrong-secret-123".to_owned());
        let error = refused(stores::sign_in(&desk.app, wrong).await, Code::SignInNeeded);
        told.push(format!("{error} {error:?} {}", serde_json::to_string(&error).unwrap()));
    }
    desk.names(ListQuery { text: "Confidencial".to_owned(), ..ListQuery::default() }).await;
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(text.len() > 10_000, "everything was logged: {} bytes", text.len());
    // The sandbox runs in this process too and has no such duty.
    let ours: Vec<&str> = text.lines().filter(|line| !line.contains("clientela_sandbox")).collect();
    for secret in &hidden {
        let line = ours.iter().find(|line| line.contains(secret.as_str()));
        assert!(line.is_none(), "{secret:?} is in the log: {line:?}");
        let line = told.iter().find(|line| line.contains(secret.as_str()));
        assert!(line.is_none(), "{secret:?} is told: {line:?}");
    }
}
