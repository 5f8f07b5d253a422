//! Faults: everything a network, a proxy or a tired server does to a request.
//!
//! A rule says which requests a fault hits; the dice are seeded, so a failing run can be repeated.

mod bomb;
mod book;
mod damage;
mod profile;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use book::{FaultBook, Rule};
pub(crate) use damage::{damage, instead};
pub(crate) use profile::{PROFILES, profile};

/// One way to go wrong. The names are those of the control API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Fault {
    /// New connections are reset at once, open ones at the next request.
    Refuse {},
    /// The connection is reset before the request is processed.
    Reset {},
    /// The request is processed and its answer is lost with the connection.
    ResetAfter {},
    /// The request waits, in real time, before it is processed.
    DelayMs { ms: u64 },
    /// The body trickles.
    SlowByte {
        #[serde(default = "ten")]
        every_ms: u64,
        #[serde(default = "one")]
        bytes: usize,
    },
    /// A status of choice; with `applied` the request is processed all the same.
    Status {
        status: u16,
        #[serde(default)]
        body: Option<serde_json::Value>,
        #[serde(default)]
        html: Option<String>,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        #[serde(default)]
        applied: bool,
    },
    /// The body ends early and the connection with it.
    TruncateAt { bytes: usize },
    /// The length is right and the text is not JSON.
    MalformedJson {},
    /// A sign-in page of the network in place of the store.
    #[serde(rename = "html_200")]
    Html200 {},
    /// The store has moved, it says.
    Redirect {
        #[serde(default = "found")]
        status: u16,
        to: String,
    },
    /// A small answer that unpacks to so many bytes.
    GzipBomb { bytes: u64 },
    /// The stated length is off: a longer one never completes, a shorter one cuts the text.
    WrongLength {
        #[serde(default = "hundred")]
        difference: i64,
    },
    /// Bytes that are no text.
    InvalidUtf8 {},
    /// Brackets without end.
    DeepNesting {
        #[serde(default = "very_deep")]
        depth: usize,
    },
    /// Values of other types in some records; the ids stay unless they are named.
    WrongTypes {
        #[serde(default = "one")]
        records: usize,
        #[serde(default)]
        fields: Vec<String>,
    },
    /// Some records lose the named fields, or all but the id.
    MissingFields {
        #[serde(default = "one")]
        records: usize,
        #[serde(default)]
        fields: Vec<String>,
    },
    /// The named fields, or all but the id, are null in some records.
    NullFields {
        #[serde(default = "one")]
        records: usize,
        #[serde(default)]
        fields: Vec<String>,
    },
    /// Dates that no calendar has, and one that no shop lives to see, in some records.
    AbsurdDates {
        #[serde(default = "one")]
        records: usize,
    },
    /// Some records come twice on the page.
    DuplicateRecord {
        #[serde(default = "one")]
        records: usize,
    },
    /// Some records are left out of the page.
    DropRecord {
        #[serde(default = "one")]
        records: usize,
    },
    /// The answer is another store's.
    WrongStore {},
    /// The page is empty, whatever it should hold.
    EmptyList {},
}

impl Fault {
    /// The name it is asked for by.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Fault::Refuse {} => "refuse",
            Fault::Reset {} => "reset",
            Fault::ResetAfter {} => "reset_after",
            Fault::DelayMs { .. } => "delay_ms",
            Fault::SlowByte { .. } => "slow_byte",
            Fault::Status { .. } => "status",
            Fault::TruncateAt { .. } => "truncate_at",
            Fault::MalformedJson {} => "malformed_json",
            Fault::Html200 {} => "html_200",
            Fault::Redirect { .. } => "redirect",
            Fault::GzipBomb { .. } => "gzip_bomb",
            Fault::WrongLength { .. } => "wrong_length",
            Fault::InvalidUtf8 {} => "invalid_utf8",
            Fault::DeepNesting { .. } => "deep_nesting",
            Fault::WrongTypes { .. } => "wrong_types",
            Fault::MissingFields { .. } => "missing_fields",
            Fault::NullFields { .. } => "null_fields",
            Fault::AbsurdDates { .. } => "absurd_dates",
            Fault::DuplicateRecord { .. } => "duplicate_record",
            Fault::DropRecord { .. } => "drop_record",
            Fault::WrongStore {} => "wrong_store",
            Fault::EmptyList {} => "empty_list",
        }
    }

    pub(crate) fn loses_the_request(&self) -> bool {
        matches!(self, Fault::Refuse {} | Fault::Reset {})
    }

    pub(crate) fn loses_the_answer(&self) -> bool {
        matches!(self, Fault::ResetAfter {})
    }
}

fn one() -> usize {
    1
}

fn ten() -> u64 {
    10
}

fn hundred() -> i64 {
    100
}

fn found() -> u16 {
    302
}

fn very_deep() -> usize {
    100_000
}
