//! Starting and stopping: one listener for each store, one for the control API.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::control;
use crate::fault::{FaultBook, PROFILES, profile};
use crate::options::{SandboxError, SandboxOptions};
use crate::platform::{KINDS, Kind, Opening, variants};
use crate::server::{CuttableListener, RequestLog, Store, World, hold, serve_store};

/// How long an orderly stop waits for answers that are under way.
const PATIENCE: Duration = Duration::from_secs(2);

/// A running sandbox. It stops when it is dropped, or in an orderly way by [`Sandbox::shutdown`].
pub struct Sandbox {
    ready: Ready,
    // The listeners stop when this says so, and also when it is gone.
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Where everything is, once the sandbox runs.
#[derive(Serialize, Clone, Debug)]
pub struct Ready {
    /// Base of the control API.
    pub control: String,
    /// The stores, in the order in which they were asked for.
    pub stores: Vec<ReadyStore>,
}

/// How to connect to one store.
#[derive(Serialize, Clone, Debug)]
pub struct ReadyStore {
    /// Key of the platform.
    pub platform: String,
    /// Base as the platform's document prints it, version included.
    pub url: String,
    /// The store's name in paths, where the platform has one.
    pub alias: Option<String>,
    /// The store's number, where the platform has one.
    pub store_id: Option<String>,
    /// Whom to sign in as, where the platform signs people in.
    pub email: Option<String>,
    /// What to sign in with: what the platform asks for first, first.
    pub secrets: Vec<String>,
}

impl Sandbox {
    /// Seeds the stores and listens.
    pub async fn start(options: SandboxOptions) -> Result<Sandbox, SandboxError> {
        if !options.listen.ip().is_loopback() {
            return Err(SandboxError::NotLoopback(options.listen));
        }
        let kinds = options.platforms.iter().map(|key| kind(key)).collect::<Result<Vec<_>, _>>()?;
        let faults = options.faults.as_deref().unwrap_or("none");
        let rules = profile(faults)
            .ok_or_else(|| SandboxError::UnknownFaults(faults.to_owned(), PROFILES.join(", ")))?;

        let control = listen(options.listen).await?;
        let control_address = local_address(&control)?;
        let mut listeners = Vec::with_capacity(kinds.len());
        for place in 1..=kinds.len() as u16 {
            let port = if options.listen.port() == 0 { 0 } else { options.listen.port().wrapping_add(place) };
            listeners.push(listen(SocketAddr::new(options.listen.ip(), port)).await?);
        }

        let clock = Clock::start();
        let opening = Opening {
            seed: options.seed,
            customers: options.customers,
            rate: options.rate,
            now: clock.now(),
        };
        let mut stores = Vec::with_capacity(kinds.len());
        for (kind, listener) in kinds.iter().zip(&listeners) {
            let origin = format!("http://{}", local_address(listener)?);
            stores.push(Store { kind, origin, platform: Mutex::new((kind.open)(&opening)) });
        }
        for (key, value) in &options.variants {
            choose(&stores, key, value)?;
        }
        let ready = Ready {
            control: format!("http://{control_address}{}", control::PREFIX),
            stores: stores.iter().map(|store| hold(&store.platform).ready(&store.origin)).collect(),
        };

        let (stop, stopping) = watch::channel(false);
        let world = Arc::new(World {
            clock,
            stores,
            faults: Mutex::new(FaultBook::new(options.seed, rules)),
            log: Mutex::new(RequestLog::default()),
            stopping,
        });
        let mut tasks = vec![tokio::spawn(control::serve(control, Arc::clone(&world)))];
        for (at, listener) in listeners.into_iter().enumerate() {
            let listener = CuttableListener::new(listener, Arc::clone(&world), at);
            tasks.push(tokio::spawn(serve_store(listener, Arc::clone(&world), at)));
        }
        Ok(Sandbox { ready, stop, tasks })
    }

    /// Where everything is.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Stops listening and waits a little for answers that are under way.
    pub async fn shutdown(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            let ending = task.abort_handle();
            if tokio::time::timeout(PATIENCE, task).await.is_err() {
                ending.abort();
            }
        }
    }
}

/// Sets a variant by its full key. A variant of a platform that does not run is known all the same.
pub(crate) fn choose(stores: &[Store], key: &str, value: &str) -> Result<(), SandboxError> {
    let variant = variants().iter().find(|variant| variant.key == key);
    let variant = variant.ok_or_else(|| SandboxError::UnknownVariant(key.to_owned()))?;
    if !variant.values.contains(&value) {
        return Err(SandboxError::VariantValue {
            key: key.to_owned(),
            value: value.to_owned(),
            allowed: variant.values.join(", "),
        });
    }
    let name = key.split_once('.').map_or(key, |(_, name)| name);
    for store in stores.iter().filter(|store| store.kind.key == variant.platform) {
        hold(&store.platform).choose(name, value);
    }
    Ok(())
}

fn kind(key: &str) -> Result<&'static Kind, SandboxError> {
    KINDS.iter().find(|kind| kind.key == key).ok_or_else(|| SandboxError::UnknownPlatform(key.to_owned()))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, SandboxError> {
    TcpListener::bind(address).await.map_err(|source| SandboxError::Listen { address, source })
}

fn local_address(listener: &TcpListener) -> Result<SocketAddr, SandboxError> {
    let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
    listener.local_addr().map_err(|source| SandboxError::Listen { address: unknown, source })
}
