//! A store that answers honestly from the tape, except for one request, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::replies::{self, Reply};
use super::tape::Exchange;

/// More requests than any question needs. Beyond, the connections end without a byte.
pub(super) const ENDLESS: usize = 400;

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) raw: String,
}

#[derive(Default)]
struct Script {
    exchanges: Vec<Exchange>,
    /// Which of them is answered falsely.
    at: usize,
    reply: Option<Reply>,
    asked: Vec<Asked>,
    /// How often the false answer was given.
    lied: usize,
}

pub(super) struct Liar {
    pub(super) origin: String,
    script: Arc<Mutex<Script>>,
    task: tokio::task::JoinHandle<()>,
}

impl Liar {
    pub(super) async fn start(exchanges: Vec<Exchange>, at: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script { exchanges, at, ..Script::default() }));
        let kept = Arc::clone(&script);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Self { origin, script, task }
    }

    /// From now on this is the false answer, and nothing has been asked.
    pub(super) fn tell(&self, reply: Reply) {
        let mut script = self.script.lock().unwrap();
        (script.reply, script.lied) = (Some(reply), 0);
        script.asked.clear();
    }

    /// What was asked since, and how often the false answer was given.
    pub(super) fn asked(&self) -> (Vec<Asked>, usize) {
        let script = self.script.lock().unwrap();
        (script.asked.clone(), script.lied)
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Script {
    fn answer(&mut self, asked: Asked) -> Reply {
        let path = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
        let same = |one: &&Exchange| one.method == asked.method && one.target == asked.target;
        let alike = |one: &&Exchange| one.method == asked.method && one.path() == path(&asked.target);
        let honest = self.exchanges.iter().find(same).or_else(|| self.exchanges.iter().find(alike));
        let target = &self.exchanges[self.at];
        let is_it = honest.is_some_and(|one| one.method == target.method && one.target == target.target);
        let reply = match (honest, &self.reply) {
            _ if self.asked.len() >= ENDLESS => Reply::silent(),
            (Some(_), Some(reply)) if is_it => {
                self.lied += 1;
                reply.clone()
            }
            (Some(honest), _) => replies::honest(honest),
            (None, _) => replies::nobody(),
        };
        self.asked.push(asked);
        reply
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    let mut rest = Vec::new();
    while let Some(asked) = read_request(&mut stream, &mut rest).await {
        let reply = script.lock().unwrap().answer(asked);
        if stream.write_all(&reply.bytes).await.is_err() || reply.ends {
            let _ = stream.shutdown().await;
            return;
        }
    }
}

/// The next request of a connection; `rest` is what came after the one before.
pub(super) async fn read_request(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Option<Asked> {
    let mut piece = [0; 8192];
    loop {
        if let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse().unwrap());
            let whole = end + 4 + length;
            if rest.len() >= whole {
                let raw = String::from_utf8_lossy(&rest[..whole]).into_owned();
                rest.drain(..whole);
                let mut words = head.lines().next()?.split(' ').map(str::to_owned);
                return Some(Asked { method: words.next()?, target: words.next()?, raw });
            }
        }
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        rest.extend_from_slice(&piece[..count]);
    }
}
