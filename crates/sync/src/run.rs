//! One sync of one store: send, read, and write down how the store stands.

use clientela_connectors::ConnectorError;
use clientela_database::table::store::{self, StoreState};
use clientela_database::{DatabaseError, commit};

use crate::session::StoreSession;
use crate::{StoreReport, SyncStop, pass, push};

/// What a sync is to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncOptions {
    /// Read everything again and look for who is gone.
    pub full: bool,
    /// Only send edits.
    pub push_only: bool,
}

/// Brings a store and its copy in step. What went wrong is in the report; what was done before it stands.
pub async fn sync_store(session: &StoreSession, options: SyncOptions) -> StoreReport {
    let mut report = StoreReport::default();
    let started = session.clock.elapsed();
    let requests_before = session.connector.requests();
    report.stop = both_ways(session, options, &mut report).await.err();
    if let Err(error) = note_state(session, report.stop.as_ref()).await {
        tracing::error!(store = session.store.id.0, %error, "the state of a store could not be written down");
        report.stop.get_or_insert(SyncStop::Database(error));
    }
    report.requests = session.connector.requests() - requests_before;
    let took = session.clock.elapsed().saturating_sub(started);
    report.milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        store = session.store.id.0,
        seen = report.seen,
        new = report.new,
        changed = report.changed,
        gone = report.gone,
        pushed = report.pushed,
        skipped = report.skipped,
        requests = report.requests,
        milliseconds = report.milliseconds,
        complete = report.stop.is_none(),
        "synced"
    );
    report
}

async fn both_ways(
    session: &StoreSession,
    options: SyncOptions,
    report: &mut StoreReport,
) -> Result<(), SyncStop> {
    push::push(session, report).await?;
    if !options.push_only {
        pass::pass(session, report, options.full).await?;
    }
    Ok(())
}

async fn note_state(session: &StoreSession, stop: Option<&SyncStop>) -> Result<(), DatabaseError> {
    let (state, reason) = match stop {
        None => (StoreState::Ready, None),
        Some(SyncStop::Store(error)) => standing(error),
        // The store had no part in it.
        Some(SyncStop::Database(_) | SyncStop::Cancelled) => return Ok(()),
    };
    let mut transaction = session.database.write().await?;
    store::set_state(&mut transaction, session.store.id, state, reason.as_deref()).await?;
    commit(transaction).await
}

/// How a store stands after this error.
fn standing(error: &ConnectorError) -> (StoreState, Option<String>) {
    match error {
        ConnectorError::SignIn { message } => (StoreState::SignInNeeded, Some(message.clone())),
        ConnectorError::Unreachable { .. }
        | ConnectorError::OutcomeUnknown { .. }
        | ConnectorError::RateLimited { .. }
        | ConnectorError::ServerFault { .. } => (StoreState::Offline, None),
        ConnectorError::Forbidden { message } | ConnectorError::Unpaid { message } => {
            (StoreState::Refused, Some(message.clone()))
        }
        other => (StoreState::Refused, Some(other.to_string())),
    }
}
