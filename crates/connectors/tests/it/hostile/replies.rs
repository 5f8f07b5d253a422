//! False answers, byte by byte, each with what of it can arrive.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::tape::Exchange;

/// What arrives of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Arrives {
    /// No head that anybody could read.
    Nothing,
    /// A head, and less of the body than was promised.
    Part,
    /// All of it: this body.
    Whole(Vec<u8>),
    /// Head and body contradict each other; what is made of them is the library's affair.
    Doubtful,
}

/// What is sent in place of an honest answer.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    /// The row of the table in which it is counted.
    pub(super) kind: &'static str,
    /// Which of its kind it is.
    pub(super) note: String,
    pub(super) bytes: Vec<u8>,
    /// The connection ends behind it.
    pub(super) ends: bool,
    pub(super) status: u16,
    pub(super) json: bool,
    pub(super) arrives: Arrives,
}

impl Reply {
    /// The connection ends without a byte.
    pub(super) fn silent() -> Self {
        Self::cut_head("head: nothing", "", b"")
    }

    fn cut_head(kind: &'static str, note: impl Into<String>, bytes: &[u8]) -> Self {
        Self {
            kind,
            note: note.into(),
            bytes: bytes.to_vec(),
            ends: true,
            status: 0,
            json: false,
            arrives: Arrives::Nothing,
        }
    }

    fn kind(self, kind: &'static str, note: impl Into<String>) -> Self {
        Self { kind, note: note.into(), ..self }
    }
}

type Headers = [(String, String)];

fn head(status: u16, headers: &Headers, more: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} X\r\n{more}");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// An answer that is well sent, whatever it says.
fn sent(status: u16, headers: &Headers, body: &[u8]) -> Reply {
    let length = format!("content-length: {}\r\n", body.len());
    let is_json = |(name, value): &(String, String)| {
        name.eq_ignore_ascii_case("content-type") && value.to_ascii_lowercase().contains("json")
    };
    let bodiless = matches!(status, 100..=199 | 204 | 304);
    Reply {
        kind: "",
        note: String::new(),
        bytes: [head(status, headers, &length), body.to_vec()].concat(),
        // What a status forbids to be there must not be taken for the next answer.
        ends: bodiless,
        status,
        json: headers.iter().any(is_json),
        arrives: match status {
            // Those in front of an answer are none.
            100 | 102..=199 => Arrives::Nothing,
            101 => Arrives::Doubtful,
            204 | 304 => Arrives::Whole(Vec::new()),
            _ => Arrives::Whole(body.to_vec()),
        },
    }
}

pub(super) fn honest(exchange: &Exchange) -> Reply {
    sent(exchange.status, &exchange.headers, &exchange.body)
}

/// The answer to a question that the tape does not know.
pub(super) fn nobody() -> Reply {
    sent(404, &json(), br#"{"code":404,"message":"Not Found"}"#)
}

fn json() -> Vec<(String, String)> {
    one("content-type", "application/json")
}

fn one(name: &str, value: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), value.to_owned())]
}

/// The honest answer with other text in it.
pub(super) fn saying(exchange: &Exchange, note: String, body: &[u8]) -> Reply {
    sent(exchange.status, &exchange.headers, body).kind("body spoilt", note)
}

/// The body cut behind so many bytes, in every way in which that can be sent.
pub(super) fn cut_body(exchange: &Exchange, at: usize) -> [Reply; 5] {
    let (Exchange { status, headers, body, .. }, part) = (exchange, &exchange.body[..at]);
    let whole = sent(*status, headers, part);
    let with = |kind, more: &str, body: Vec<u8>, ends, arrives| Reply {
        kind,
        note: format!("at {at} of {}", exchange.body.len()),
        bytes: [head(*status, headers, more), body].concat(),
        ends,
        arrives,
        ..whole.clone()
    };
    let chunk = |size: usize| format!("{size:x}\r\n").into_bytes();
    let ended = match part.is_empty() {
        true => b"0\r\n\r\n".to_vec(),
        false => [&chunk(at)[..], part, b"\r\n0\r\n\r\n"].concat(),
    };
    let broken = [&chunk(body.len())[..], part].concat();
    let chunked = "transfer-encoding: chunked\r\n";
    let stated = format!("content-length: {}\r\n", body.len());
    [
        whole.clone().kind("cut, right length", format!("at {at} of {}", body.len())),
        with("cut, wrong length", &stated, part.to_vec(), true, Arrives::Part),
        with("cut, chunks ended", chunked, ended, false, whole.arrives.clone()),
        with("cut, chunks broken", chunked, broken, true, Arrives::Part),
        with("cut, no length", "connection: close\r\n", part.to_vec(), true, whole.arrives.clone()),
    ]
}

/// The head cut behind so many bytes; nothing where that is behind it.
pub(super) fn cut_head(exchange: &Exchange, at: usize) -> Option<Reply> {
    let length = format!("content-length: {}\r\n", exchange.body.len());
    let head = head(exchange.status, &exchange.headers, &length);
    (at < head.len()).then(|| Reply::cut_head("head cut", format!("at {at}"), &head[..at]))
}

/// Every status, with the honest body and with none.
pub(super) fn statuses(exchange: &Exchange) -> Vec<Reply> {
    let of = |status: u16| {
        let with = sent(status, &exchange.headers, &exchange.body).kind("status, body", status.to_string());
        [with, sent(status, &[], b"").kind("status, no body", status.to_string())]
    };
    (100..=599).chain([600, 999]).flat_map(of).collect()
}

/// Redirections to another host, to other paths of this one, and in a circle.
pub(super) fn redirections(exchange: &Exchange, elsewhere: &str, here: &str, most: usize) -> Vec<Reply> {
    let bare = elsewhere.trim_start_matches("http:");
    let places = [
        format!("{elsewhere}/elsewhere"),
        format!("{elsewhere}{}", exchange.target),
        format!("{bare}/elsewhere"),
        format!("HTTP:{bare}"),
        format!("http://user:word@{}/", bare.trim_start_matches('/')),
        "/elsewhere".to_owned(),
        "elsewhere?x=1#y".to_owned(),
        format!("{here}{}", exchange.target),
        "https://".to_owned(),
        "javascript:alert(1)".to_owned(),
        String::new(),
        format!("{elsewhere}/{}", "x".repeat(8_000)),
    ];
    let of = |status: u16| {
        places.clone().into_iter().take(most).map(move |place| {
            let note = format!("{status} {}", place.chars().take(60).collect::<String>());
            sent(status, &one("location", &place), b"").kind("redirection", note)
        })
    };
    let mut all: Vec<Reply> = [301, 302, 303, 307, 308].into_iter().flat_map(of).collect();
    // Other headers by which a page leads elsewhere.
    for (name, value) in [
        ("refresh", format!("0; url={elsewhere}/")),
        ("content-location", format!("{elsewhere}/elsewhere")),
        ("link", format!("<{elsewhere}/elsewhere?page=2>; rel=\"next\"")),
        ("alt-svc", format!("h2=\"{}\"", bare.trim_start_matches('/'))),
    ] {
        let headers = [exchange.headers.clone(), one(name, &value)].concat();
        all.push(sent(exchange.status, &headers, &exchange.body).kind("led elsewhere", name));
    }
    all
}

/// A store that repeats in its answer what it was sent.
pub(super) fn echoes(exchange: &Exchange, secrets: &[String]) -> Vec<Reply> {
    let sent_there = |secret: &&String| exchange.asked.contains(secret.as_str());
    let secrets: Vec<&String> = secrets.iter().filter(sent_there).collect();
    let told = secrets.iter().map(|secret| secret.as_str()).collect::<Vec<_>>().join(" ");
    let fields =
        secrets.iter().map(|secret| format!("{secret:?}:[{secret:?}]")).collect::<Vec<_>>().join(",");
    let words = format!("{:?}", format!("not known: {told}"));
    let mut all = Vec::new();
    for status in [400, 401, 402, 403, 404, 409, 410, 413, 415, 422, 429, 500, 503] {
        for body in [
            format!(r#"{{"message":{words},"errors":{{{fields}}}}}"#),
            format!(r#"{{"detail":[{{"loc":["body",{:?}],"msg":{words}}}],{fields}}}"#, secrets[0]),
            format!(r#"{{"error":"invalid_token","error_description":{words}}}"#),
            words.clone(),
        ] {
            all.push(sent(status, &json(), body.as_bytes()).kind("echo of secrets", status.to_string()));
        }
        let plain = sent(status, &one("content-type", "text/plain"), told.as_bytes());
        all.push(plain.kind("echo of secrets", format!("{status} text")));
    }
    let error = format!(r#"{{"error":"invalid_token","error_description":{words}}}"#);
    all.push(sent(200, &json(), error.as_bytes()).kind("echo of secrets", "200"));
    let error = format!(r#"{{"status":false,"data":{words}}}"#);
    all.push(sent(200, &json(), error.as_bytes()).kind("echo of secrets", "200 no"));
    all
}

/// Heads that lie about the body, and bodies that are not what the head says.
pub(super) fn mischief(exchange: &Exchange) -> Vec<Reply> {
    let (honest, status, body) = (&exchange.headers, exchange.status, &exchange.body);
    let mut all = Vec::new();
    let without: Vec<(String, String)> =
        honest.iter().filter(|(name, _)| name != "content-type").cloned().collect();
    let with = |name: &str, value: &str| [honest.clone(), one(name, value)].concat();

    for kind in
        ["text/html", "text/html; charset=utf-8", "text/plain", "application/xml", "image/png", "json", ""]
    {
        let headers = [without.clone(), one("content-type", kind)].concat();
        all.push(sent(status, &headers, body).kind("content type", kind));
    }
    all.push(sent(status, &without, body).kind("content type", "none"));
    let twice = [without.clone(), one("content-type", "text/html"), json()].concat();
    all.push(Reply { json: false, ..sent(status, &twice, body).kind("content type", "two") });
    let page = b"<!DOCTYPE html><html><body><form action=\"/login\">Wi-Fi</form></body></html>";
    for (status, kind) in
        [(200, "text/html"), (200, "TEXT/HTML"), (200, "application/json"), (201, "text/html; x")]
    {
        all.push(
            sent(status, &one("content-type", kind), page)
                .kind("page for people", format!("{status} {kind}")),
        );
    }
    for (status, headers) in [(200, json()), (200, vec![]), (204, vec![]), (205, json()), (202, json())] {
        all.push(sent(status, &headers, b"").kind("nothing in it", status.to_string()));
    }
    for text in ["null", "[]", "{}", "0", "\"\"", "true", " \n", "{\"data\":null}", "{\"data\":[]}", "\u{0}"]
    {
        all.push(sent(200, &json(), text.as_bytes()).kind("nothing in it", text));
    }

    let packed = gzip(body);
    let in_gzip = with("content-encoding", "gzip");
    let gzipped = |body: &[u8], note: &str, arrives| {
        Reply { ends: true, arrives, ..sent(status, &in_gzip, body) }.kind("gzip", note)
    };
    let doubtful = || Arrives::Doubtful;
    all.push(gzipped(body, "on plain bytes", doubtful()));
    all.push(gzipped(b"", "on nothing", doubtful()));
    all.push(gzipped(&packed, "honest", Arrives::Whole(body.clone())));
    all.push(gzipped(&gzip(&packed), "twice", doubtful()));
    all.push(gzipped(&[&packed[..], b"more"].concat(), "with more behind", doubtful()));
    for at in (0..packed.len()).step_by(7) {
        all.push(gzipped(
            &packed[..at],
            &format!("cut at {at}"),
            if at == 0 { doubtful() } else { Arrives::Part },
        ));
        let mut flipped = packed.clone();
        flipped[at] ^= 1 << (at % 8);
        all.push(gzipped(&flipped, &format!("flipped at {at}"), doubtful()));
    }
    for encoding in ["br", "deflate", "zstd", "gzip, gzip", "identity, gzip", "x"] {
        all.push(sent(status, &with("content-encoding", encoding), body).kind("content encoding", encoding));
    }

    for lengths in [
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: -1\r\n",
        "content-length: 99999999999999999999999\r\n",
        "content-length: 18446744073709551615\r\n",
        "content-length: 40000000\r\n",
        "content-length: 0x10\r\n",
        "content-length:\r\n",
        "content-length: 1\r\n",
        "content-length: +3\r\n",
        "content-length: 3\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\n",
        "transfer-encoding: gzip, chunked\r\n",
        "transfer-encoding: chunked, chunked\r\n",
        "transfer-encoding: nonsense\r\n",
        "connection: upgrade\r\nupgrade: h2c\r\n",
    ] {
        let bytes = [head(status, honest, lengths), body.clone()].concat();
        let reply = Reply { bytes, ends: true, arrives: doubtful(), ..sent(status, honest, body) };
        all.push(reply.kind("length", lengths.trim()));
    }
    for chunks in [
        "ffffffffffffffff\r\n[",
        "-1\r\n[",
        "zz\r\n",
        "5\r\n[]",
        "5;x=\"\r\n[]\r\n0\r\n\r\n",
        "0\r\nx: y\r\n",
        "1\r\n[X",
    ] {
        let bytes =
            [head(status, honest, "transfer-encoding: chunked\r\n"), chunks.as_bytes().to_vec()].concat();
        let reply = Reply { bytes, ends: true, arrives: doubtful(), ..sent(status, honest, body) };
        all.push(reply.kind("chunks", chunks));
    }
    for raw in [
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "HTTP/1.1 200 OK\nx: y\n\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: empty\r\n\r\n",
        "HTTP/1.1 200 OK\r\nx: \u{0}\r\n\r\n",
        "\u{16}\u{3}\u{1}",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let reply =
            Reply { arrives: Arrives::Doubtful, ..Reply::cut_head("head spoilt", raw, raw.as_bytes()) };
        all.push(reply);
    }
    let many = "x-more: 1\r\n".repeat(200);
    let long = format!("x-long: {}\r\n", "x".repeat(600_000));
    for (note, more) in [("many headers", many), ("a long header", long)] {
        let bytes = head(200, &json(), &more);
        all.push(Reply { arrives: Arrives::Doubtful, ..Reply::cut_head("head spoilt", note, &bytes) });
    }

    for wish in [
        "0",
        "1",
        "-1",
        "+1",
        "1.5",
        "1e9",
        "99999999999999999999",
        "18446744073709551615",
        "86400",
        "soon",
        "",
        "Thu, 01 Jan 1970 00:00:05 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Thu, 30 Feb 2024 00:00:00 GMT",
        "Sun, 06 Nov 1994 25:61:61 GMT",
        "\u{7f}1",
        "NaN",
        "inf",
    ] {
        // No header may hold that.
        let arrives = |whole| if wish.contains('\u{7f}') { Arrives::Doubtful } else { whole };
        for (status, date) in [(429, None), (503, None), (429, Some("Fri, 31 Dec 9999 23:59:59 GMT"))] {
            let mut headers = one("retry-after", wish);
            headers.extend(date.into_iter().flat_map(|date| one("date", date)));
            let reply = sent(status, &headers, b"").kind("retry-after", format!("{status} {wish}"));
            all.push(Reply { arrives: arrives(reply.arrives.clone()), ..reply });
        }
    }
    for date in [
        "",
        "yesterday",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Sun, 06 Nov -262144 08:49:37 GMT",
        "Sun, 06 Nov +262142 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun, 06 Nov 1994 23:59:60 GMT",
        "\u{7f}",
    ] {
        let reply = sent(status, &with("date", date), body).kind("date", date);
        let arrives = if date.contains('\u{7f}') { doubtful() } else { reply.arrives.clone() };
        all.push(Reply { arrives, ..reply });
    }
    for value in
        ["0", "-5", "1e308", "-1e308", "NaN", "inf", "-inf", "1e-308", "abc", "", "18446744073709551616"]
    {
        for names in [
            ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"],
            ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"],
        ] {
            for (at, name) in names.iter().enumerate() {
                let mut headers = honest.clone();
                headers.retain(|(known, _)| !names.contains(&known.as_str()));
                for other in names {
                    headers.extend(one(other, if other == *name { value } else { "40" }));
                }
                all.push(sent(status, &headers, body).kind("allowance", format!("{at} {value}")));
            }
        }
        all.push(
            sent(status, &with("x-total-count", value), body).kind("allowance", format!("total {value}")),
        );
    }
    all
}

/// A text of blanks that unpacks to more than any answer may have.
pub(super) fn bomb(exchange: &Exchange) -> Reply {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(b"[\"").unwrap();
    for _ in 0..40 {
        packed.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    packed.write_all(b"\"]").unwrap();
    let headers = [exchange.headers.clone(), one("content-encoding", "gzip")].concat();
    let reply = sent(exchange.status, &headers, &packed.finish().unwrap());
    Reply { ends: true, arrives: Arrives::Part, ..reply.kind("gzip bomb", "") }
}

/// A text of so many blanks, of which no length is told.
pub(super) fn endless(exchange: &Exchange, bytes: usize) -> Reply {
    let head = head(exchange.status, &exchange.headers, "connection: close\r\n");
    let reply = sent(exchange.status, &exchange.headers, b"");
    Reply { bytes: [head, vec![b' '; bytes]].concat(), ends: true, arrives: Arrives::Part, ..reply }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}
