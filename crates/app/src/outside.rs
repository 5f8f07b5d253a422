//! The outside as it is on a real machine: its clock, its sleep, its chance. The one place that asks for them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clientela_connectors::platform::Ports;
use clientela_sync::{Clock, Sleep};

/// This machine's clock.
#[derive(Debug)]
pub struct SystemClock(Instant);

impl SystemClock {
    pub fn new() -> Self {
        Self(Instant::now())
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Waits for real.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealSleep;

#[async_trait]
impl Sleep for RealSleep {
    #[expect(clippy::disallowed_methods, reason = "the one place that waits for real")]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// What the app is given from outside.
#[derive(Clone)]
pub struct Outside {
    pub clock: Arc<dyn Clock>,
    pub sleep: Arc<dyn Sleep>,
    pub random: Arc<dyn Random>,
    /// Where exports go until a person has chosen a folder.
    pub export_folder: PathBuf,
}

impl Outside {
    /// A real machine.
    pub fn real(export_folder: PathBuf) -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            sleep: Arc::new(RealSleep),
            random: Arc::new(SystemRandom),
            export_folder,
        }
    }

    pub(crate) fn ports(&self) -> Ports {
        let random = self.random.clone();
        Ports {
            clock: self.clock.clone(),
            sleep: self.sleep.clone(),
            chance: Arc::new(move || random.chance()),
        }
    }
}

/// Random bytes, good enough for keys.
pub trait Random: Send + Sync {
    /// Fails only where the system has no random source; a key must never be made without one.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandom>;

    /// A number in 0..=1.
    fn chance(&self) -> f64 {
        let mut bytes = [0_u8; 4];
        match self.fill(&mut bytes) {
            Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
            Err(NoRandom) => 0.5,
        }
    }
}

/// The system has no random source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system has no random source")]
pub struct NoRandom;

/// The system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandom> {
        getrandom::fill(bytes).map_err(|_| NoRandom)
    }
}
