//! Finding out who is gone. A list that somebody is not on proves nothing: lists shift while they are read. The store is asked
//! for each by name, twice, and a great many at once are believed to be the store's mistake.

use clientela_connectors::{ConnectorError, Fetched, Urgency};
use clientela_database::commit;
use clientela_database::table::mirror;
use clientela_domain::{CustomerId, RemoteId};

use crate::apply::{Answer, apply, bury};
use crate::session::StoreSession;
use crate::{Phase, StoreReport, SyncStop};

/// Never more than this many, or a hundredth of the customers, go in one sweep.
const MOST_AT_ONCE: u64 = 20;

/// Looks at everybody whom the full pass with this number did not list.
pub(crate) async fn sweep(
    session: &StoreSession,
    report: &mut StoreReport,
    pass: i64,
) -> Result<(), SyncStop> {
    let (candidates, listed) = {
        let mut connection = session.database.read().await?;
        let candidates = mirror::not_listed(&mut connection, session.id(), pass).await?;
        (candidates, mirror::listed_by(&mut connection, session.id(), pass).await?)
    };
    let count = candidates.len() as u64;
    let most = MOST_AT_ONCE.max(u64::try_from(listed).unwrap_or(0) / 100);
    if count > most {
        tracing::warn!(
            store = session.id().0,
            count,
            most,
            "too many customers are missing at once; all are kept"
        );
        report.held_back += count;
        return Ok(());
    }
    let missing = ask_for_each(session, report, candidates).await?;
    let missing = ask_for_each(session, report, missing).await?;
    for (customer, _) in missing {
        let mut transaction = session.database.write().await?;
        report.parked += bury(&mut transaction, customer, session.clock.now()).await?;
        commit(transaction).await?;
        report.gone += 1;
    }
    if count > 0 {
        session.progress.customers_changed(session.id());
    }
    Ok(())
}

/// Asks by name and tells who is not there; the others are taken in as the store shows them.
async fn ask_for_each(
    session: &StoreSession,
    report: &mut StoreReport,
    candidates: Vec<(CustomerId, RemoteId)>,
) -> Result<Vec<(CustomerId, RemoteId)>, SyncStop> {
    let suppressed = session.suppressed().await?;
    let total = candidates.len() as u64;
    let mut missing = Vec::new();
    for (done, (customer, remote)) in candidates.into_iter().enumerate() {
        session.go_on()?;
        session.progress.reached(session.id(), Phase::Sweep, done as u64, Some(total));
        let told = match session.ask(session.connector.fetch(&remote, Urgency::Sweep)).await {
            Ok(told) => told,
            // A refusal is not a no: they stay.
            Err(SyncStop::Store(ConnectorError::Forbidden { .. })) => continue,
            Err(stop) => {
                let error = report.bear(session, stop)?;
                report.skip(&error.to_string());
                continue;
            }
        };
        report.in_a_row = 0;
        match told {
            Fetched::Missing => missing.push((customer, remote)),
            Fetched::Found { record, server_time } => {
                let answer = Answer {
                    store: session.id(),
                    shown_at: server_time,
                    now: session.clock.now(),
                    pass: None,
                    detail: true,
                    answers: &[],
                };
                let mut transaction = session.database.write().await?;
                let applied = apply(&mut transaction, answer, &suppressed, &record).await?;
                commit(transaction).await?;
                report.changed += u64::from(applied.changed);
            }
        }
    }
    Ok(missing)
}
