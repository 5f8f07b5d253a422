//! Bytes that come one by one and never end.

use std::time::Duration;

use clientela_connectors::http::{Accept, BaseAddress, Call, HttpClient, Limits};
use clientela_connectors::{ConnectorError, Urgency};
use clientela_domain::capability::Rate;
use reqwest::Method;

use crate::server::{Reply, Server};
use crate::world::Time;

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/// Where the trickle begins: all before it comes at once.
fn trickles() -> Vec<(&'static str, String, &'static str)> {
    let of = |more: &str| format!("{HEAD}{more}");
    vec![
        ("before the head", String::new(), "HTTP/1.1 200 OK"),
        ("in the status", "HTTP/1.1 2".to_owned(), "0"),
        ("in a name", of(""), "x"),
        ("in a value", of("x-slow: "), "y"),
        ("in more and more headers", of(""), "a: b\r\n"),
        ("of answers before the answer", String::new(), "HTTP/1.1 100 Continue\r\n\r\n"),
        ("in a body with a length", of("content-length: 100000\r\n\r\n["), " "),
        ("in a body without one", of("connection: close\r\n\r\n["), " "),
        ("in chunks", of("transfer-encoding: chunked\r\n\r\n"), "1\r\n \r\n"),
        ("in the size of a chunk", of("transfer-encoding: chunked\r\n\r\n"), "0"),
        ("in what belongs to a chunk", of("transfer-encoding: chunked\r\n\r\n1;x="), "x"),
        ("behind the last chunk", of("transfer-encoding: chunked\r\n\r\n0\r\n"), "x: y\r\n"),
        ("in a packed body", of("content-encoding: gzip\r\ncontent-length: 9000\r\n\r\n\u{1f}"), "\u{8}"),
    ]
}

#[tokio::test]
async fn a_trickle_ends_in_a_typed_error_wherever_it_begins() {
    let limits =
        Limits { read: Duration::from_millis(150), total: Duration::from_millis(300), ..Limits::default() };
    let mut all = tokio::task::JoinSet::new();
    for (place, first, then) in trickles() {
        for call in [
            Call::get("customers", &[], Urgency::Sweep),
            Call::get("customers/export", &[], Urgency::Opened).accept(Accept::File),
            Call::write(Method::PUT, "customers/{id}", &["7"]).body(serde_json::json!({"name": "Ana"})),
        ] {
            let first = first.clone().into_bytes();
            all.spawn(async move {
                let pause = Duration::from_millis(10);
                let reply = Reply::Trickle { first, then: then.as_bytes().to_vec(), pause };
                let server = Server::start(vec![reply]).await;
                let base = BaseAddress::new(&server.address.parse().unwrap()).unwrap();
                let rate = Rate::Bucket { burst: 9, per_second: 9.0 };
                let client = HttpClient::new(base, rate, Time::new(None).ports(), limits).unwrap();
                let error = client.send(&call).await.unwrap_err();
                (place, format!("{call:?}").contains("PUT"), error, server.requests().len())
            });
        }
    }
    let outcomes = all.join_all().await;
    println!("{:>8}  trickles", outcomes.len());
    for (place, is_write, error, sent) in outcomes {
        match error {
            ConnectorError::OutcomeUnknown { .. } => assert!(is_write && sent <= 1, "{place}: {sent}"),
            // A change that did not even leave is one only of a machine that is very busy.
            ConnectorError::Unreachable { .. } if is_write => assert_eq!(sent, 0, "{place}"),
            ConnectorError::Unreachable { .. } | ConnectorError::Unreadable { .. } => {
                assert!(!is_write && sent <= 4, "{place}: {sent}");
            }
            other => panic!("{place}: {other:?}"),
        }
    }
}
