//! The world and its desks, together: whoever stands in a request can see all of it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::desk::Desk;
use crate::world::World;

pub(crate) struct Party {
    pub(crate) scratch: PathBuf,
    world: Mutex<World>,
    desks: Mutex<Vec<Arc<Desk>>>,
}

impl Party {
    pub(crate) fn new(world: World, scratch: PathBuf) -> Arc<Self> {
        Arc::new(Self { scratch, world: Mutex::new(world), desks: Mutex::default() })
    }

    /// Never held while anything is waited for.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn desks(&self) -> Vec<Arc<Desk>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn seat(&self, desk: Desk) {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(desk));
    }

    /// Everybody goes home.
    pub(crate) async fn close(&self) {
        let desks = std::mem::take(&mut *self.desks.lock().unwrap_or_else(PoisonError::into_inner));
        for desk in desks {
            desk.close().await;
        }
    }
}
