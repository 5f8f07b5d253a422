//! The listeners of the stores: sockets that can be cut, the path every request takes, and the request log.
//!
//! Platforms know nothing of this room. They get a [`Call`] and give an [`Answer`]; what a network may do to
//! either happens here.

mod call;
mod delivery;
mod front;
mod listener;
mod log;

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

pub(crate) use call::{Answer, Call};
pub(crate) use delivery::{Delivery, respond};
pub(crate) use front::serve_store;
pub(crate) use listener::CuttableListener;
pub(crate) use log::RequestLog;

use crate::clock::Clock;
use crate::fault::FaultBook;
use crate::platform::{Kind, Platform};

/// Everything that the listeners and the control API share.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) stores: Vec<Store>,
    pub(crate) faults: Mutex<FaultBook>,
    pub(crate) log: Mutex<RequestLog>,
    /// Turns true when the sandbox stops, so that slow answers do not outlive it.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// One store behind one listener.
pub(crate) struct Store {
    pub(crate) kind: &'static Kind,
    /// Scheme, host and port it listens on.
    pub(crate) origin: String,
    pub(crate) platform: Mutex<Box<dyn Platform>>,
}

/// Locks, whatever a panicking test thread left behind: the state is only a test's own.
pub(crate) fn hold<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
