//! A progress line on standard error, when it is a terminal.

use std::io::IsTerminal;

use clientela_app::event::{AppEvent, EventSink};
use indicatif::{ProgressBar, ProgressStyle};

/// Shows how a sync goes; silent where nobody watches.
pub(crate) struct ProgressLine(Option<ProgressBar>);

impl ProgressLine {
    pub(crate) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::no_length();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {pos}/{len} {wide_bar}") {
            bar.set_style(style);
        }
        Self(Some(bar))
    }
}

impl EventSink for ProgressLine {
    fn emit(&self, event: AppEvent) {
        let Some(bar) = &self.0 else { return };
        match event {
            AppEvent::SyncProgress { progress } => {
                bar.set_message(progress.phase);
                bar.set_position(u64::try_from(progress.done).unwrap_or(0));
                if let Some(total) = progress.total.and_then(|total| u64::try_from(total).ok()) {
                    bar.set_length(total);
                }
            }
            AppEvent::SyncEnded { .. } => bar.finish_and_clear(),
            AppEvent::CustomersChanged { .. }
            | AppEvent::ListCounted { .. }
            | AppEvent::ListUncounted { .. }
            | AppEvent::ExportProgress { .. }
            | AppEvent::StoresChanged
            | AppEvent::EditsChanged => {}
        }
    }
}
