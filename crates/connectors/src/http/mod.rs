//! One HTTP client for all platforms: what may be sent where, how often, how long it may take, how large an answer may be,
//! and what its status means.
//!
//! Nothing here knows a platform. A platform says what to send ([`Call`]) and reads what came ([`Answer`]); waiting,
//! repeating, counting and refusing to be led elsewhere happen here once, so that no connector can forget them.

mod answer;
mod base;
mod body;
mod call;
mod classify;
mod client;
mod rate;
mod refusal;
mod retry;
mod secret;

pub use answer::Answer;
pub use base::BaseAddress;
pub use body::LARGEST_ANSWER;
pub use call::{Accept, Call, Nature};
pub use classify::classify;
pub use client::{HttpClient, Limits};
pub use rate::{RateGate, RateGates, RateReading};
pub use refusal::Refusal;
pub use secret::secret_header;
