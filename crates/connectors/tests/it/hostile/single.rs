//! Answers that no store should give, and what must not come of them.

use std::io::Write;
use std::time::Duration;

use clientela_connectors::http::{BaseAddress, Call, HttpClient, Limits};
use clientela_connectors::{Connector, ConnectorError, StoreAddress, StoreCredentials, Urgency, platform};
use clientela_domain::capability::Rate;
use clientela_domain::{CustomerRecord, Field, Presence, RemoteId};
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use secrecy::SecretString;

use crate::server::{Reply, Server, answer, json};
use crate::stores::text;
use crate::world::Time;

fn client(server: &Server, time: &std::sync::Arc<Time>, limits: Limits) -> HttpClient {
    let base = BaseAddress::new(&server.address.parse().unwrap()).unwrap();
    HttpClient::new(base, Rate::Bucket { burst: 1_000, per_second: 1_000.0 }, time.ports(), limits).unwrap()
}

fn read() -> Call {
    Call::get("customers", &[], Urgency::Sweep)
}

fn write() -> Call {
    Call::write(Method::PUT, "customers/{id}", &["7"]).body(serde_json::json!({"name": "Ana"}))
}

/// Sends a question and a change to a server with this one reply, and gives both errors and the tries of each.
async fn errors(reply: Reply, limits: Limits) -> ((ConnectorError, usize), (ConnectorError, usize)) {
    let mut both = Vec::new();
    for call in [read(), write()] {
        let server = Server::start(vec![reply.clone()]).await;
        let client = client(&server, &Time::new(None), limits);
        let error = match client.send(&call).await {
            Err(error) => error,
            Ok(answer) => answer.json().unwrap_err(),
        };
        both.push((error, server.requests().len()));
    }
    let written = both.remove(1);
    (both.remove(0), written)
}

fn is_unreadable(error: &ConnectorError) -> bool {
    matches!(error, ConnectorError::Unreadable { .. })
}

fn is_unknown(error: &ConnectorError) -> bool {
    matches!(error, ConnectorError::OutcomeUnknown { .. })
}

fn store(platform_key: &str, server: &Server) -> std::sync::Arc<dyn Connector> {
    let address = StoreAddress {
        url: server.address.parse().unwrap(),
        alias: None,
        store_id: Some("789".to_owned()),
        auth_header: None,
    };
    let credentials = StoreCredentials {
        email: None,
        secret: SecretString::from("s3cret-token"),
        second_secret: None,
        more_secrets: Vec::new(),
    };
    (platform(platform_key).unwrap().connect)(address, credentials, Time::new(None).ports()).ok().unwrap()
}

#[tokio::test]
async fn a_redirection_is_never_followed_and_no_secret_leaves() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Server::start(vec![json(200, "[]")]).await;
        let server = Server::start(vec![answer(status, &[("location", &elsewhere.address)], b"")]).await;
        for platform in ["inallweb", "tiendanube"] {
            let store = store(platform, &server);
            let record = CustomerRecord {
                addresses: Presence::Value(Vec::new()),
                ..CustomerRecord::new(RemoteId::new("7"))
            };
            let read = store.identify().await.unwrap_err();
            let written = store.update(&record, &[(Field::FirstName, text("Ana"))]).await.unwrap_err();
            assert_eq!(read, ConnectorError::Redirected { status }, "{platform}");
            match status {
                // Many servers mean by it that the change is done, and where to look at it.
                302 | 303 => assert!(is_unknown(&written), "{platform} {written:?}"),
                _ => assert_eq!(written, ConnectorError::Redirected { status }, "{platform}"),
            }
        }
        assert_eq!(elsewhere.requests(), Vec::<String>::new(), "{status}");
        assert_eq!(server.requests().len(), 4, "a redirection is not asked for again");
    }
}

#[tokio::test]
async fn an_unpacked_answer_is_cut_at_the_limit() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..64 {
        packed.write_all(&zeros).unwrap();
    }
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 100_000);
    let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
    let ((error, tries), (written, written_tries)) =
        errors(answer(200, &headers, &packed), Limits::default()).await;
    assert_eq!((error, tries), (ConnectorError::TooLarge { limit: 32 << 20 }, 1));
    assert!(is_unknown(&written), "{written:?}");
    assert_eq!(written_tries, 1);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again_and_a_change_is_not() {
    let bytes =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n[{\"id\": 1,"
            .to_vec();
    let ((error, tries), (written, written_tries)) = errors(Reply::Bytes(bytes), Limits::default()).await;
    assert!(is_unreadable(&error), "{error:?}");
    assert!(is_unknown(&written), "{written:?}");
    assert_eq!((tries, written_tries), (4, 1));
}

#[tokio::test]
async fn a_connection_that_ends_without_a_byte_is_no_answer() {
    let ((error, tries), (written, written_tries)) = errors(Reply::Hangup, Limits::default()).await;
    assert!(matches!(error, ConnectorError::Unreachable { .. }), "{error:?}");
    assert!(is_unknown(&written), "{written:?}");
    assert_eq!((tries, written_tries), (4, 1));
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let time = Time::new(None);
    let base = BaseAddress::new(&address.parse().unwrap()).unwrap();
    let client =
        HttpClient::new(base, Rate::Bucket { burst: 9, per_second: 9.0 }, time.ports(), Limits::default())
            .unwrap();
    for call in [read(), write()] {
        let error = client.send(&call).await.unwrap_err();
        assert_eq!(error, ConnectorError::Unreachable { cause: "nobody listens there".to_owned() });
    }
    assert_eq!(time.slept(), [1, 2, 4].map(Duration::from_secs), "half of each bound, for the question only");
}

#[tokio::test]
async fn a_connection_that_is_not_secure_is_not_tried_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let accepted = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&accepted);
    let server = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let _ =
                tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let base = BaseAddress::new(&address.parse().unwrap()).unwrap();
    let rate = Rate::Bucket { burst: 9, per_second: 9.0 };
    let client = HttpClient::new(base, rate, Time::new(None).ports(), Limits::default()).unwrap();
    for call in [read(), write()] {
        let error = client.send(&call).await.unwrap_err();
        assert_eq!(error, ConnectorError::Unreachable { cause: "the connection is not secure".to_owned() });
    }
    assert_eq!(accepted.load(std::sync::atomic::Ordering::SeqCst), 2);
    server.abort();
}

#[tokio::test]
async fn silence_and_single_bytes_end_in_time() {
    let limits =
        Limits { read: Duration::from_millis(150), total: Duration::from_millis(400), ..Limits::default() };
    let trickle = |first: &[u8], then: &[u8], pause| Reply::Trickle {
        first: first.to_vec(),
        then: then.to_vec(),
        pause: Duration::from_millis(pause),
    };
    for reply in [Reply::Silence, trickle(b"", b"HTTP/1.1 200", 50)] {
        let began = std::time::Instant::now();
        let ((error, _), (written, _)) = errors(reply, limits).await;
        assert!(matches!(error, ConnectorError::Unreachable { .. }), "{error:?}");
        assert!(is_unknown(&written), "{written:?}");
        assert!(began.elapsed() < Duration::from_secs(5));
    }
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let ((error, _), (written, _)) = errors(trickle(head, b"1\r\n \r\n", 5), limits).await;
    assert!(is_unreadable(&error) && is_unknown(&written), "{error:?} {written:?}");
}

#[tokio::test]
async fn pages_for_people_and_other_texts_are_not_read() {
    let html =
        |status| answer(status, &[("content-type", "text/html; charset=utf-8")], b"<html>Wi-Fi</html>");
    for reply in [
        html(200),
        answer(200, &[("content-type", "text/plain")], b"{}"),
        answer(200, &[], b"{}"),
        answer(200, &[("content-type", "application/json")], b"{\"id\": \"\xC3\xFF\"}"),
        json(200, &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
        json(200, &format!("[{}0]", "0,".repeat(1_100_000))),
        json(200, ""),
    ] {
        let ((error, tries), (written, written_tries)) = errors(reply, Limits::default()).await;
        assert!(is_unreadable(&error), "{error:?}");
        assert!(is_unknown(&written), "{written:?}");
        assert_eq!((tries, written_tries), (1, 1));
    }
    for platform in ["inallweb", "tiendanegocio", "tiendanube"] {
        let server = Server::start(vec![html(404)]).await;
        let id = RemoteId::new("7");
        let fetched = store(platform, &server).fetch(&id, Urgency::Opened).await;
        assert_eq!(
            fetched,
            Err(ConnectorError::WrongAddress),
            "a page for people does not say that somebody is gone"
        );
    }
}

#[tokio::test]
async fn trouble_of_the_store_is_waited_out_for_a_question() {
    let replies = vec![json(503, "{}"), json(500, "{}"), Reply::Hangup, json(200, "[1]")];
    let server = Server::start(replies).await;
    let time = Time::new(None);
    let client = client(&server, &time, Limits::default());
    let answer = client.send(&read()).await.unwrap();
    assert_eq!(answer.json().unwrap(), serde_json::json!([1]));
    assert_eq!((client.requests(), server.requests().len()), (4, 4));
    assert_eq!(time.slept().len(), 3);

    let ((error, tries), (written, written_tries)) = errors(json(502, "{}"), Limits::default()).await;
    assert_eq!((error, tries), (ConnectorError::ServerFault { status: 502 }, 4));
    assert!(is_unknown(&written));
    assert_eq!(written_tries, 1);
}

#[tokio::test]
async fn a_refused_change_is_sent_again_only_after_the_pause_that_the_store_wants() {
    let limited = |wish| answer(429, &[("content-type", "application/json"), ("retry-after", wish)], b"{}");
    for call in [read(), write()] {
        let server =
            Server::start(vec![limited("7"), limited("Thu, 01 Jan 1970 00:00:20 GMT"), json(200, "{}")])
                .await;
        let time = Time::new(None);
        let client = client(&server, &time, Limits::default());
        assert_eq!(client.send(&call).await.unwrap().status(), 200);
        assert_eq!(server.requests().len(), 3);
        assert_eq!(time.slept(), [Duration::from_secs(7), Duration::from_secs(13)]);
    }
    let server = Server::start(vec![limited("86400")]).await;
    let client = client(&server, &Time::new(None), Limits::default());
    let error = client.send(&write()).await.unwrap_err();
    assert_eq!(error, ConnectorError::RateLimited { retry_after: Some(Duration::from_secs(900)) });
    assert_eq!(server.requests().len(), 1, "a wish beyond the bound ends the pass instead of holding it");

    let ((error, tries), (_, written_tries)) = errors(json(429, "{}"), Limits::default()).await;
    assert_eq!((error, tries, written_tries), (ConnectorError::RateLimited { retry_after: None }, 4, 4));
}

#[tokio::test]
async fn a_refusal_counts_although_its_words_are_lost() {
    let bytes = b"HTTP/1.1 422 X\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{".to_vec();
    let server = Server::start(vec![Reply::Bytes(bytes)]).await;
    let client = client(&server, &Time::new(None), Limits::default());
    let error = client.send(&write()).await.unwrap().success().unwrap_err();
    assert_eq!(error, ConnectorError::Refused { status: 422, message: String::new(), fields: Vec::new() });
}

#[tokio::test]
async fn addresses_that_would_carry_the_secret_in_the_clear_are_refused() {
    for url in
        ["http://192.168.1.10/v1", "http://api.example/v1", "ftp://127.0.0.1/", "https://a:b@api.example/"]
    {
        for key in ["inallweb", "tiendanegocio", "tiendanube"] {
            let address = StoreAddress {
                url: url.parse().unwrap(),
                alias: None,
                store_id: Some("1".to_owned()),
                auth_header: None,
            };
            let credentials = StoreCredentials {
                email: None,
                secret: SecretString::from("x"),
                second_secret: None,
                more_secrets: Vec::new(),
            };
            let made = (platform(key).unwrap().connect)(address, credentials, Time::new(None).ports());
            assert!(matches!(made.err(), Some(ConnectorError::BadAddress { .. })), "{key} {url}");
        }
    }
}

#[tokio::test]
async fn a_dropped_request_gives_its_place_up() {
    let server = Server::start(vec![Reply::Silence]).await;
    let time = Time::new(None);
    let client = client(&server, &time, Limits::default());
    let call = read();
    let asking = client.send(&call);
    let gone = tokio::time::timeout(Duration::from_millis(50), asking).await;
    assert!(gone.is_err());
    let server = Server::start(vec![json(200, "{}")]).await;
    let fresh = self::client(&server, &time, Limits::default());
    assert!(fresh.send(&read()).await.is_ok());
}
