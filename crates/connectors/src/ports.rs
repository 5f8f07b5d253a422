//! What the outside gives to connectors: time and waiting. Tests give a clock that they move themselves.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Tells the time of this machine.
pub trait Clock: Send + Sync {
    /// For showing and for dating what is saved here. Never for deciding what is newer at a store.
    fn now(&self) -> DateTime<Utc>;
    /// Time since some fixed moment; never goes back.
    fn elapsed(&self) -> Duration;
}

/// Waits.
#[async_trait]
pub trait Sleep: Send + Sync {
    async fn sleep(&self, duration: Duration);
}
