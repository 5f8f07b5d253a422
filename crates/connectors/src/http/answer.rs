//! One answer of a store, complete and within bounds, and the first questions about it.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, Utc};
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap};
use secrecy::SecretString;
use serde_json::Value;

use crate::ConnectorError;
use crate::http::{Accept, Nature, Refusal, classify, refusal};

/// An answer that arrived whole. Redirections, 408, 429 and 5xx never become one: the client has dealt with them.
pub struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Vec<u8>,
    pub(super) nature: Nature,
    pub(super) accept: Accept,
    /// What the request proved itself with. A store may repeat it in its words.
    pub(super) secrets: Vec<SecretString>,
}

impl Answer {
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The store's clock when it answered, from the `Date` header.
    pub fn server_time(&self) -> Option<DateTime<Utc>> {
        self.header(DATE.as_str()).and_then(http_date)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn content_type(&self) -> Option<&str> {
        self.header(CONTENT_TYPE.as_str())
    }

    /// Whether the store says that the thing asked for is not there. A page for people with such a status comes from
    /// something that is not the store, and proves nothing about a customer.
    pub fn is_missing(&self) -> bool {
        matches!(self.status, 404 | 410) && (self.bytes.is_empty() || self.is_json())
    }

    /// Whether nothing is in it but perhaps space.
    pub fn is_empty(&self) -> bool {
        self.bytes.iter().all(u8::is_ascii_whitespace)
    }

    /// Whether its text begins as an object does, told without reading it.
    pub fn is_object(&self) -> bool {
        self.bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
    }

    /// The store's words where it refused.
    pub fn refusal(&self) -> Refusal {
        Refusal::read(self.content_type(), &self.bytes, &self.secrets)
    }

    /// A text of the store that stands elsewhere than refusals do, cut and without our secrets as theirs are.
    pub fn words(&self, text: &str) -> String {
        refusal::shown(text, &self.secrets)
    }

    /// The end of a change of which the store has nothing to show: deleting, a new password.
    ///
    /// # Errors
    /// Those of [`Answer::success`]; [`ConnectorError::OutcomeUnknown`] where something else than nothing and JSON came, because
    /// whoever answered may not have been the store.
    pub fn done(self) -> Result<(), ConnectorError> {
        let answer = self.success()?;
        match answer.is_empty() || answer.is_json() {
            true => Ok(()),
            false => Err(answer.unreadable("not JSON by its content type")),
        }
    }

    /// This answer if it is a success, the error behind its status otherwise.
    ///
    /// # Errors
    /// Everything that [`classify`] gives.
    pub fn success(self) -> Result<Self, ConnectorError> {
        match self.status {
            200..=299 => Ok(self),
            status => Err(classify(status, self.refusal(), self.nature)),
        }
    }

    /// The JSON of a success.
    ///
    /// # Errors
    /// [`ConnectorError::Unreadable`] when it is not JSON by its type or its text; for a change
    /// [`ConnectorError::OutcomeUnknown`], because whoever answered may not have been the store.
    pub fn json(&self) -> Result<Value, ConnectorError> {
        if !self.is_json() {
            return Err(self.unreadable(match self.content_type() {
                Some(kind) if kind.starts_with("text/html") => "a page for people in place of JSON",
                Some(_) => "not JSON by its content type",
                None => "no content type",
            }));
        }
        super::body::parse(&self.bytes).map_err(|detail| self.unreadable(&detail))
    }

    /// The body as it came and its content type, for files.
    ///
    /// # Errors
    /// [`ConnectorError::Unreadable`] for a page for people.
    pub fn file(self) -> Result<(Vec<u8>, Option<String>), ConnectorError> {
        let kind = self.content_type().map(str::to_owned);
        if self.accept == Accept::File && kind.as_deref().is_some_and(|kind| kind.starts_with("text/html")) {
            return Err(self.unreadable("a page for people in place of a file"));
        }
        Ok((self.bytes, kind))
    }

    /// The error for an answer of another shape than the platform's.
    pub fn unreadable(&self, detail: &str) -> ConnectorError {
        let detail = detail.to_owned();
        match self.nature {
            Nature::Read => ConnectorError::Unreadable { detail },
            Nature::Write => ConnectorError::OutcomeUnknown { cause: detail },
        }
    }

    fn is_json(&self) -> bool {
        let Some(kind) = self.content_type() else { return false };
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
    }
}

/// Shows what the log may show: bodies hold people, and the answer to a sign-in holds a token.
impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Answer");
        shown.field("status", &self.status).field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// The moment in a header, in any of the three spellings that RFC 9110 §5.6.7 lets a server use.
pub(super) fn http_date(text: &str) -> Option<DateTime<Utc>> {
    ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|shape| NaiveDateTime::parse_from_str(text.trim(), shape).ok())
        .map(|moment| moment.and_utc())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn answer(status: u16, kind: Option<&'static str>, body: &str, nature: Nature) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        let bytes = body.as_bytes().to_vec();
        Answer { status, headers, bytes, nature, accept: Accept::Json, secrets: Vec::new() }
    }

    #[test]
    fn the_three_spellings_of_a_date_are_one_moment() {
        let expected = DateTime::from_timestamp(784_111_777, 0);
        for text in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(http_date(text), expected, "{text}");
        }
        assert_eq!(http_date("yesterday"), None);
    }

    #[test]
    fn only_json_is_read_as_json() {
        for kind in
            ["application/json", "application/json; charset=utf-8", "application/problem+json", "text/json"]
        {
            assert!(answer(200, Some(kind), "{}", Nature::Read).json().is_ok(), "{kind}");
        }
        for (kind, body) in [
            (Some("text/html"), "{}"),
            (Some("text/plain"), "{}"),
            (None, "{}"),
            (Some("application/json"), ""),
        ] {
            let read = answer(200, kind, body, Nature::Read).json();
            assert!(matches!(read, Err(ConnectorError::Unreadable { .. })), "{kind:?} {body}");
            let written = answer(200, kind, body, Nature::Write).json();
            assert!(matches!(written, Err(ConnectorError::OutcomeUnknown { .. })), "{kind:?} {body}");
        }
    }

    #[test]
    fn a_page_for_people_does_not_say_that_a_change_is_done() {
        let write = |status, kind, body| answer(status, kind, body, Nature::Write).done();
        for (kind, body) in [(Some("application/json"), "{}"), (Some("text/html"), ""), (None, "")] {
            assert_eq!(write(200, kind, body), Ok(()), "{kind:?} {body}");
        }
        for kind in [Some("text/html"), Some("text/plain"), None] {
            let done = write(200, kind, "<h1>");
            assert!(matches!(done, Err(ConnectorError::OutcomeUnknown { .. })), "{kind:?} {done:?}");
        }
        assert!(matches!(write(403, Some("text/html"), "<h1>"), Err(ConnectorError::Forbidden { .. })));
    }

    #[test]
    fn a_page_for_people_does_not_say_that_a_customer_is_gone() {
        assert!(answer(404, Some("application/json"), "{}", Nature::Read).is_missing());
        assert!(answer(410, None, "", Nature::Read).is_missing());
        assert!(!answer(404, Some("text/html"), "<h1>", Nature::Read).is_missing());
        assert!(!answer(403, Some("application/json"), "{}", Nature::Read).is_missing());
    }
}
