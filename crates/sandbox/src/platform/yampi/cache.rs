//! Answers to a GET, kept for half an hour by their address, whatever is written in between.

use std::collections::VecDeque;

use axum::http::Method;

use crate::clock::{MINUTE, Moment};
use crate::server::{Answer, Call, Delivery};

const LIFE: i64 = 30 * MINUTE;
/// Enough for a client that reads a page twice; a walk through a large store must not fill the memory.
const ENTRIES: usize = 400;

#[derive(Default)]
pub(super) struct Cache {
    /// Oldest first.
    kept: VecDeque<Kept>,
}

struct Kept {
    address: String,
    at: Moment,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// The address that answers are kept by, if this request may be answered from what is kept. `side` tells apart
/// stores that take turns behind one address. A scroll goes on at one address, so it cannot be kept.
pub(super) fn address(call: &Call, side: &str) -> Option<String> {
    let fresh = ["skipCache", "scroll"].iter().any(|name| call.parameter(name) == Some("true"));
    (call.method == Method::GET && !fresh).then(|| format!("{side} {}?{}", call.path, call.query))
}

impl Cache {
    pub(super) fn get(&self, address: &str, now: Moment) -> Option<Answer> {
        let kept = self.kept.iter().rev().find(|kept| kept.address == address)?;
        (0..LIFE).contains(&(now - kept.at)).then(|| Answer {
            status: 200,
            headers: kept.headers.clone(),
            body: kept.body.clone(),
            delivery: Delivery::Whole,
        })
    }

    /// Keeps what worked.
    pub(super) fn keep(&mut self, address: String, answer: &Answer, now: Moment) {
        if answer.status != 200 {
            return;
        }
        self.kept.retain(|kept| kept.address != address);
        if self.kept.len() == ENTRIES {
            self.kept.pop_front();
        }
        let (headers, body) = (answer.headers.clone(), answer.body.clone());
        self.kept.push_back(Kept { address, at: now, headers, body });
    }

    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }
}
