//! Sending: one client a store, with every bound set.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clientela_domain::capability::Rate;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, redirect, retry as reqwest_retry};
use url::Url;

use crate::ConnectorError;
use crate::http::body::{self, LARGEST_ANSWER, Unread};
use crate::http::classify::lost;
use crate::http::retry::{self, Next, Trouble};
use crate::http::{Accept, Answer, BaseAddress, Call, Nature, RateGate, RateGates, RateReading, classify};
use crate::platform::Ports;

/// Who to write to about requests of this program, which Tiendanube demands in the `User-Agent`
/// (github.com/TiendaNube/api-docs, "Identify your app"). Whoever ships the program sets it when building.
const CONTACT: &str = match option_env!("CLIENTELA_CONTACT") {
    Some(contact) => contact,
    None => "support@clientela.example",
};

/// How long and how large. The defaults are right for every store; tests of slow servers make them short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub connect: Duration,
    /// Silence on an open connection.
    pub read: Duration,
    /// The whole of one try.
    pub total: Duration,
    /// Bytes of an answer after unpacking.
    pub answer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            total: Duration::from_secs(120),
            answer: LARGEST_ANSWER,
        }
    }
}

/// Speaks HTTP to one store.
pub struct HttpClient {
    client: Client,
    base: BaseAddress,
    gates: RateGates,
    counts_by_minute: bool,
    counts_alone: bool,
    ports: Ports,
    limits: Limits,
    sent: AtomicU64,
}

impl HttpClient {
    /// A client for the store at `base`, which never asks more often than `rate`.
    ///
    /// # Errors
    /// [`ConnectorError::Unreachable`] when this machine cannot speak TLS at all.
    pub fn new(base: BaseAddress, rate: Rate, ports: Ports, limits: Limits) -> Result<Self, ConnectorError> {
        let builder = Client::builder()
            // Headers with tokens would follow a redirection: reqwest knows only the usual names to leave out.
            .redirect(redirect::Policy::none())
            .retry(reqwest_retry::never())
            .referer(false)
            .gzip(true)
            .https_only(!base.is_loopback())
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            .timeout(limits.total)
            // Shorter than what servers keep, or a change may meet a connection that is just being closed.
            .pool_idle_timeout(Duration::from_secs(15))
            .user_agent(format!("Clientela/{} ({CONTACT})", env!("CARGO_PKG_VERSION")));
        // A proxy has no business with requests to this machine.
        let builder = if base.is_loopback() { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|_| ConnectorError::Unreachable {
            cause: "no secure connection can be made on this machine".to_owned(),
        })?;
        let gates = RateGates::new(rate, &ports.clock, &ports.sleep);
        let counts_by_minute = matches!(rate, Rate::PerMinute(_));
        let sent = AtomicU64::new(0);
        Ok(Self { client, base, gates, counts_by_minute, counts_alone: false, ports, limits, sent })
    }

    /// Keeps to the given pace whatever answers tell about an allowance: for platforms of which nobody says how it is told.
    #[must_use]
    pub fn counting_alone(mut self) -> Self {
        self.counts_alone = true;
        self
    }

    pub fn base(&self) -> &BaseAddress {
        &self.base
    }

    /// Requests sent so far, repeated ones included.
    pub fn requests(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Sends a request, with every wait and repetition that it may have.
    ///
    /// The answer has a 2xx or a 4xx other than 408 and 429: a caller decides what those mean to it, or leaves it to
    /// [`Answer::success`].
    ///
    /// # Errors
    /// What [`classify`] gives for every other status; [`ConnectorError::Unreachable`], [`ConnectorError::OutcomeUnknown`],
    /// [`ConnectorError::TooLarge`] and [`ConnectorError::Unreadable`] where there is no whole answer.
    pub async fn send(&self, call: &Call) -> Result<Answer, ConnectorError> {
        let url = self.base.join(call.segments.iter().map(String::as_str), &call.query)?;
        let gate = self.gates.of(call.route);
        let mut tries = 0;
        loop {
            gate.admit(call.urgency).await;
            tries += 1;
            let outcome = self.send_once(call, url.clone(), tries).await;
            self.count(gate, &outcome);
            match retry::next(call.nature, tries, &outcome, (self.ports.chance)(), self.ports.clock.now()) {
                Next::Tell => return self.tell(call, gate, outcome),
                Next::Again(wait) => self.ports.sleep.sleep(wait).await,
                Next::AgainAfterPause(wait) => gate.close_for(wait),
            }
        }
    }

    async fn send_once(&self, call: &Call, url: Url, tries: u32) -> Result<Answer, Trouble> {
        let began = self.ports.clock.elapsed();
        self.sent.fetch_add(1, Ordering::Relaxed);
        let outcome = self.exchange(call, url).await;
        let milliseconds = self.ports.clock.elapsed().saturating_sub(began).as_millis();
        let (method, path) = (call.method.as_str(), call.template);
        match &outcome {
            Ok(answer) => {
                let (status, bytes) = (answer.status, answer.bytes.len());
                tracing::debug!(method, path, status, ms = milliseconds, bytes, tries, "answered");
            }
            Err(trouble) => tracing::debug!(method, path, ms = milliseconds, tries, ?trouble, "not answered"),
        }
        outcome
    }

    async fn exchange(&self, call: &Call, url: Url) -> Result<Answer, Trouble> {
        let mut request = self.client.request(call.method.clone(), url).headers(call.headers.clone());
        request = request.header(
            ACCEPT,
            match call.accept {
                Accept::Json => HeaderValue::from_static("application/json"),
                Accept::File => HeaderValue::from_static("*/*"),
            },
        );
        if let Some(body) = &call.body {
            request = request
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))
                .body(body.to_string());
        } else if let Some(form) = &call.form {
            request = request
                .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
                .body(form.clone());
        }
        let response = request.send().await.map_err(|error| no_answer(&error))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = match body::read(response, self.limits.answer).await {
            Ok(bytes) => bytes,
            // The status of a refusal says enough when its words are lost.
            Err(_) if call.nature == Nature::Write && (400..500).contains(&status) => Vec::new(),
            Err(Unread::TooLarge) => return Err(Trouble::TooLarge),
            Err(Unread::Broken(error)) => {
                return Err(Trouble::CutOff { cause: cause_of(&error) });
            }
        };
        let secrets = call.secrets();
        Ok(Answer { status, headers, bytes, nature: call.nature, accept: call.accept, secrets })
    }

    /// Keeps the allowance as the answer tells it.
    fn count(&self, gate: &RateGate, outcome: &Result<Answer, Trouble>) {
        let Ok(answer) = outcome else { return };
        if self.counts_alone {
            match answer.status {
                429 => gate.slow_down(),
                _ => gate.recover(),
            }
            return;
        }
        let bucket = || rate_reading(&answer.headers).filter(|_| !self.counts_by_minute);
        match (bucket(), minute_reading(&answer.headers)) {
            (Some(reading), _) => gate.learn(reading),
            (None, Some(reading)) => gate.learn_minute(reading),
            (None, None) if answer.status == 429 => gate.slow_down(),
            (None, None) => gate.recover(),
        }
    }

    fn tell(
        &self,
        call: &Call,
        gate: &RateGate,
        outcome: Result<Answer, Trouble>,
    ) -> Result<Answer, ConnectorError> {
        let trouble = match outcome {
            Ok(answer) if answer.status == 429 => {
                let wish = retry::retry_after(&answer, self.ports.clock.now());
                let retry_after = wish.map(|wish| wish.min(clientela_domain::backoff::LONGEST_WISH));
                // Whoever asks next has to respect it too.
                gate.close_for(retry_after.unwrap_or_default());
                return Err(ConnectorError::RateLimited { retry_after });
            }
            Ok(answer) if matches!(answer.status, 200..=299) || is_for_the_caller(answer.status) => {
                return Ok(answer);
            }
            Ok(answer) => return Err(classify(answer.status, answer.refusal(), call.nature)),
            Err(trouble) => trouble,
        };
        Err(match (trouble, call.nature) {
            (Trouble::NotSent { cause, .. }, _) => ConnectorError::Unreachable { cause: cause.to_owned() },
            (Trouble::NoAnswer { cause }, nature) => lost(cause, nature),
            (Trouble::CutOff { cause }, Nature::Write) => lost(cause, Nature::Write),
            (Trouble::CutOff { cause }, Nature::Read) => {
                ConnectorError::Unreadable { detail: format!("it breaks off: {cause}") }
            }
            (Trouble::TooLarge, Nature::Read) => ConnectorError::TooLarge { limit: self.limits.answer },
            (Trouble::TooLarge, Nature::Write) => lost("the answer is too large", Nature::Write),
        })
    }
}

fn is_for_the_caller(status: u16) -> bool {
    matches!(status, 400..=499) && !matches!(status, 407 | 408)
}

/// Tells what was sent before it failed.
fn no_answer(error: &reqwest::Error) -> Trouble {
    if !error.is_connect() {
        return Trouble::NoAnswer { cause: cause_of(error) };
    }
    // TLS reports a certificate or a protocol that it does not accept as invalid data.
    let hopeless = io_kind(error) == Some(std::io::ErrorKind::InvalidData);
    let cause = if hopeless { "the connection is not secure" } else { cause_of(error) };
    Trouble::NotSent { cause, hopeless }
}

/// A cause in a few words of ours. The library's words may hold addresses.
fn cause_of(error: &reqwest::Error) -> &'static str {
    use std::io::ErrorKind;
    if error.is_timeout() {
        return "no answer in time";
    }
    if error.is_dns() {
        return "the name of the store is not known";
    }
    match io_kind(error) {
        Some(ErrorKind::ConnectionRefused) => "nobody listens there",
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe) => {
            "the connection was reset"
        }
        Some(ErrorKind::UnexpectedEof) => "the connection ended early",
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown) => {
            "there is no network"
        }
        _ if error.is_connect() => "no connection",
        _ => "the connection broke",
    }
}

/// The kind of the innermost I/O error. An I/O error that wraps another hides it from `source`, so it is looked into.
fn io_kind(error: &reqwest::Error) -> Option<std::io::ErrorKind> {
    let mut next = std::error::Error::source(error);
    let mut kind = None;
    while let Some(inner) = next {
        next = match inner.downcast_ref::<std::io::Error>() {
            Some(io) => {
                kind = Some(io.kind());
                io.get_ref().map(|wrapped| wrapped as &(dyn std::error::Error + 'static))
            }
            None => inner.source(),
        };
    }
    kind
}

/// The bucket as Tiendanube tells it: places, places left, milliseconds until it is empty.
fn rate_reading(headers: &HeaderMap) -> Option<RateReading> {
    Some(RateReading {
        limit: number(headers, "x-rate-limit-limit")?,
        remaining: number(headers, "x-rate-limit-remaining")?,
        reset: number(headers, "x-rate-limit-reset")
            .filter(|milliseconds| (0.0..1e9).contains(milliseconds))
            .map(|milliseconds| Duration::from_secs_f64(milliseconds / 1_000.0)),
    })
}

/// The minute as Yampi tells it (docs.yampi.com.br, "rate limit"): requests that fit and those that are left, and nothing
/// about when it ends.
fn minute_reading(headers: &HeaderMap) -> Option<RateReading> {
    Some(RateReading {
        limit: number(headers, "x-ratelimit-limit")?,
        remaining: number(headers, "x-ratelimit-remaining")?,
        reset: None,
    })
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}
