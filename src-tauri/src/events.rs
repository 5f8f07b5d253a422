//! Events of the app, sent to the window.

use clientela_app::event::{AppEvent, CHANNEL, EventSink};
use tauri::{AppHandle, Emitter, Runtime};

pub(crate) struct WindowEvents<R: Runtime>(AppHandle<R>);

impl<R: Runtime> WindowEvents<R> {
    pub(crate) fn new(handle: AppHandle<R>) -> Self {
        Self(handle)
    }
}

impl<R: Runtime> EventSink for WindowEvents<R> {
    fn emit(&self, event: AppEvent) {
        // Before the window is there and after it is gone, nobody listens.
        self.0.emit(CHANNEL, event).ok();
    }
}
