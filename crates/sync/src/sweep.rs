//! Finding out who is gone. A list that somebody is not on proves nothing: lists shift while they are read. The store is asked
//! for each by name, and once more a while later; a great many at once are believed to be the store's mistake.

use chrono::{DateTime, Utc};
use clientela_connectors::{ConnectorError, Fetched, Urgency};
use clientela_database::commit;
use clientela_database::table::mirror;
use clientela_domain::protection::{Protection, stands};
use clientela_domain::{CustomerId, RemoteId};

use crate::apply::{Answer, LONGEST_LAG, apply};
use crate::missing::{bury, miss, spread};
use crate::report::{MOST_IN_A_ROW, is_about_one};
use crate::session::StoreSession;
use crate::{Phase, StoreReport, SyncStop};

/// Never more than this many, or a hundredth of the customers, go in one sweep.
pub(crate) const MOST_AT_ONCE: u64 = 20;

/// Looks at everybody whom the full pass with this number did not list.
pub(crate) async fn sweep(
    session: &StoreSession,
    report: &mut StoreReport,
    pass: i64,
) -> Result<(), SyncStop> {
    let candidates = {
        let mut connection = session.database.read().await?;
        mirror::not_listed(&mut connection, session.id(), pass).await?
    };
    ask_for_few(session, report, candidates).await
}

/// Asks again for everybody who the store said a while ago is not there. Who was deleted here is no mistake of the store's, however
/// many they are. `began`: the store's time at the start of this pass.
pub(crate) async fn confirm(
    session: &StoreSession,
    report: &mut StoreReport,
    began: Option<DateTime<Utc>>,
) -> Result<(), SyncStop> {
    let until = began.unwrap_or_else(|| session.clock.now()) - LONGEST_LAG;
    let (missed, deleted) = {
        let mut connection = session.database.read().await?;
        (
            mirror::missed_until(&mut connection, session.id(), until, false).await?,
            mirror::missed_until(&mut connection, session.id(), until, true).await?,
        )
    };
    ask_for_each(session, report, deleted, Absence::Counts).await?;
    ask_for_few(session, report, missed).await
}

/// Asks for each, unless they are so many that the store must be wrong. Then nobody is taken for gone; some are asked for all the same,
/// so that those who are there again are not counted the next time.
async fn ask_for_few(
    session: &StoreSession,
    report: &mut StoreReport,
    mut candidates: Vec<(CustomerId, RemoteId)>,
) -> Result<(), SyncStop> {
    let count = candidates.len() as u64;
    // Others first each time: those who stand at the beginning may be gone, or be shown in no way that can be read.
    let begin = spread(session.clock.elapsed(), 0, i64::try_from(count).unwrap_or(i64::MAX));
    candidates.rotate_left(usize::try_from(begin).unwrap_or(0));
    if count > MOST_AT_ONCE {
        let live = {
            let mut connection = session.database.read().await?;
            mirror::count_live(&mut connection, session.id()).await?
        };
        let most = MOST_AT_ONCE.max(u64::try_from(live).unwrap_or(0) / 100);
        if count > most && stands(Protection::MassGuard) {
            let store = session.id().0;
            tracing::warn!(store, count, most, "too many customers are missing at once; all are kept");
            report.held_back += count;
            candidates.truncate(MOST_AT_ONCE as usize);
            return ask_for_each(session, report, candidates, Absence::IsDoubted).await;
        }
    }
    ask_for_each(session, report, candidates, Absence::Counts).await
}

/// What is made of somebody whom the store does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absence {
    Counts,
    IsDoubted,
}

/// Asks for each by name. Who is not there is noted, and gone when that was noted before; the others are taken in as the store
/// shows them.
async fn ask_for_each(
    session: &StoreSession,
    report: &mut StoreReport,
    candidates: Vec<(CustomerId, RemoteId)>,
    absence: Absence,
) -> Result<(), SyncStop> {
    let total = candidates.len() as u64;
    let mut in_a_row = 0;
    for (done, (customer, remote)) in candidates.into_iter().enumerate() {
        session.go_on()?;
        if !stands(Protection::SweepAsks) {
            let mut transaction = session.database.write().await?;
            bury(&mut transaction, customer, session.clock.now()).await?;
            commit(transaction).await?;
            continue;
        }
        session.progress.reached(session.id(), Phase::Sweep, done as u64, Some(total));
        let told = match session.ask(session.connector.fetch(&remote, Urgency::Sweep)).await {
            Ok(told) => told,
            // A refusal is not a no: they stay.
            Err(SyncStop::Store(ConnectorError::Forbidden { .. })) => continue,
            // Nobody knows of them, and they stay. That ends no pass: the next one would end here too.
            Err(SyncStop::Store(error)) if is_about_one(&error) => {
                report.skip(&error.to_string());
                in_a_row += 1;
                if in_a_row == MOST_IN_A_ROW || absence == Absence::IsDoubted {
                    break;
                }
                continue;
            }
            Err(stop) => {
                let error = report.bear(session, stop)?;
                report.skip(&error.to_string());
                continue;
            }
        };
        in_a_row = 0;
        match told {
            Fetched::Missing { .. } if absence == Absence::IsDoubted => {}
            Fetched::Missing { server_time } => {
                miss(session, customer, server_time, Urgency::Sweep).await?.count(report);
            }
            Fetched::Found { record, server_time } => {
                let answer = Answer {
                    store: session.id(),
                    shown_at: server_time,
                    now: session.clock.now(),
                    pass: None,
                    detail: true,
                    beside: false,
                    answers: &[],
                };
                let mut transaction = session.database.write().await?;
                let suppressed = session.suppressed(&mut transaction).await?;
                let applied = apply(&mut transaction, answer, &suppressed, &record).await?;
                commit(transaction).await?;
                report.changed += u64::from(applied.changed);
            }
        }
    }
    if total > 0 {
        session.progress.customers_changed(session.id());
    }
    Ok(())
}
