//! How the bytes of an answer reach the other side: as a whole, or in one of the ways networks break.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, DATE};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use futures::stream::{self, Stream};
use tokio::sync::watch;

use crate::clock::{Moment, http_date, wait};
use crate::server::Answer;

/// What happens to the body on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    /// So many bytes at a time, with a pause before each.
    Slow {
        bytes: usize,
        every: u64,
    },
    /// The connection ends after so many bytes of a body whose length promised more.
    CutAfter(usize),
    /// The stated length is off by so much.
    LengthOff(i64),
}

/// Time for written bytes to leave before the connection is torn down after them.
const FLUSH: u64 = 20;

pub(crate) fn respond(answer: Answer, now: Moment, stopping: watch::Receiver<bool>) -> Response<Body> {
    let body = Bytes::from(answer.body);
    let length = body.len();
    let (body, stated) = match answer.delivery {
        Delivery::Whole => (Body::from(body), None),
        Delivery::Slow { bytes, every } => {
            (Body::from_stream(slowly(body, bytes.max(1), every, stopping)), Some(length))
        }
        Delivery::CutAfter(bytes) => {
            (Body::from_stream(cut_short(body.slice(..bytes.min(length)), true)), Some(length.max(bytes + 1)))
        }
        Delivery::LengthOff(difference) => {
            let stated = (length as i64 + difference).max(0) as usize;
            (Body::from_stream(cut_short(body, false)), Some(stated))
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in &answer.headers {
        // A fault may ask for a header that cannot be sent; the rest of it still can.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes()))
        {
            headers.append(name, value);
        }
    }
    if let Ok(date) = HeaderValue::try_from(http_date(now)) {
        headers.entry(DATE).or_insert(date);
    }
    if let Some(stated) = stated {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(stated));
    }
    response
}

fn slowly(
    body: Bytes,
    step: usize,
    every: u64,
    stopping: watch::Receiver<bool>,
) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold((body, stopping), move |(mut rest, mut stopping)| async move {
        if rest.is_empty() {
            return None;
        }
        let stopped = tokio::select! {
            () = wait(every) => false,
            _ = stopping.wait_for(|stop| *stop) => true,
        };
        if stopped {
            return Some((Err(broken()), (Bytes::new(), stopping)));
        }
        let piece = rest.split_to(step.min(rest.len()));
        Some((Ok(piece), (rest, stopping)))
    })
}

fn cut_short(body: Bytes, failing: bool) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some(body), move |state| async move {
        match state {
            Some(body) if !body.is_empty() => Some((Ok(body), Some(Bytes::new()))),
            Some(_) => {
                wait(FLUSH).await;
                failing.then(|| (Err(broken()), None))
            }
            None => None,
        }
    })
}

fn broken() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}
