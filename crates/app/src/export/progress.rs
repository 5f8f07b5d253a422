//! An export under way: it tells how far it has come, and a person can end it.

use std::sync::PoisonError;

use tokio_util::sync::CancellationToken;

use crate::context::App;
use crate::error::{ApiError, ApiResult, Code};
use crate::event::AppEvent;

/// So many customers are written between one word and the next.
const TOLD_EVERY: usize = 5_000;

pub(super) struct Progress<'a> {
    app: &'a App,
    cancel: CancellationToken,
    done: usize,
    told: usize,
    total: usize,
}

impl<'a> Progress<'a> {
    /// From here on it can be ended.
    pub(super) fn begin(app: &'a App) -> Self {
        let cancel = app.inner.exports.read().unwrap_or_else(PoisonError::into_inner).child_token();
        Self { app, cancel, done: 0, told: 0, total: 0 }
    }

    /// It is known how many there are.
    pub(super) fn counted(&mut self, total: usize) {
        self.total = total;
    }

    /// So many more are written. An error: the person wants no file any more.
    pub(super) async fn go_on(&mut self, more: usize) -> ApiResult<()> {
        // What is read and written may never have to wait; whoever wants to end it has to get a word in.
        tokio::task::yield_now().await;
        if self.cancel.is_cancelled() {
            return Err(ApiError::new(Code::Cancelled, "it was cancelled"));
        }
        self.done += more;
        if self.done - self.told >= TOLD_EVERY {
            self.told = self.done;
            let (done, total) = (self.done as i64, self.total as i64);
            self.app.emit(AppEvent::ExportProgress { done, total });
        }
        Ok(())
    }
}
