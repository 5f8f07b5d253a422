//! A server that answers exactly the bytes it is told to, and remembers what it was sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to one request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// These bytes, then the connection ends.
    Bytes(Vec<u8>),
    /// The first bytes at once, then others one by one with a pause before each, for ever beginning again.
    Trickle { first: Vec<u8>, then: Vec<u8>, pause: Duration },
    /// Nothing, while the connection stays open.
    Silence,
    /// The connection ends without a byte.
    Hangup,
}

pub(crate) struct Server {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Answers the requests in this order; the last reply stays for all that follow.
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&seen), replies.clone()));
            }
        });
        Self { address, requests, task }
    }

    /// The requests so far, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer with its head.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let mut bytes = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        bytes.push_str(&format!("{name}: {value}\r\n"));
    }
    bytes.push_str("\r\n");
    Reply::Bytes([bytes.as_bytes(), body].concat())
}

pub(crate) fn json(status: u16, body: &str) -> Reply {
    answer(status, &[("content-type", "application/json")], body.as_bytes())
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Vec<String>>>, replies: Vec<Reply>) {
    let Some(request) = read_request(&mut stream).await else { return };
    let place = {
        let mut seen = seen.lock().unwrap();
        seen.push(request);
        seen.len() - 1
    };
    match replies.get(place).or(replies.last()) {
        Some(Reply::Bytes(bytes)) => {
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
        }
        Some(Reply::Trickle { first, then, pause }) => {
            let _ = stream.write_all(first).await;
            for byte in then.iter().cycle() {
                tokio::time::timeout(*pause, std::future::pending::<()>()).await.unwrap_err();
                if stream.write_all(&[*byte]).await.is_err() {
                    return;
                }
            }
        }
        Some(Reply::Silence) => std::future::pending().await,
        Some(Reply::Hangup) | None => {}
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(0, |(_, value)| value.trim().parse().unwrap());
        if body.len() >= length {
            return Some(text);
        }
    }
}
