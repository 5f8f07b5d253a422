//! What a caller may ask for before the sandbox starts, and what can be wrong with it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use thiserror::Error;

/// Whether the stores hold callers to their request allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateMode {
    /// No allowance at all; nothing is ever answered with 429 unless a fault says so.
    Off,
    /// What the platform states, or what the variant of that platform says where it states nothing.
    Documented,
}

/// How a sandbox is to be started.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// Address of the control listener. With a port other than 0 the stores take the ports that follow it.
    pub listen: SocketAddr,
    /// How many customers each store begins with.
    pub customers: usize,
    /// The same seed gives the same people, and the same rolls of the dice in faults.
    pub seed: u64,
    /// Values of variants by their key (`platform.name`); all others keep their default.
    pub variants: BTreeMap<String, String>,
    /// A named profile of faults that is armed from the start.
    pub faults: Option<String>,
    /// Whether request allowances are enforced.
    pub rate: RateMode,
    /// Keys of the platforms to start.
    pub platforms: Vec<String>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        SandboxOptions {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            customers: 500,
            seed: 1,
            variants: BTreeMap::new(),
            faults: None,
            rate: RateMode::Documented,
            platforms: crate::platform::KINDS.iter().map(|kind| kind.key.to_owned()).collect(),
        }
    }
}

/// Why a sandbox could not be started or changed.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// A stand-in with fixed passwords has no business on a network.
    #[error("the sandbox listens on loopback addresses only, not on {0}")]
    NotLoopback(SocketAddr),
    /// No platform has this key.
    #[error("there is no platform `{0}`")]
    UnknownPlatform(String),
    /// No variant has this key.
    #[error("there is no variant `{0}`")]
    UnknownVariant(String),
    /// The variant exists, the value does not.
    #[error("variant `{key}` takes {allowed}, not `{value}`")]
    VariantValue {
        /// The variant that was set.
        key: String,
        /// The value that was refused.
        value: String,
        /// The values it takes.
        allowed: String,
    },
    /// No fault profile has this name.
    #[error("there is no fault profile `{0}`; there are {1}")]
    UnknownFaults(String, String),
    /// The address could not be taken.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}
