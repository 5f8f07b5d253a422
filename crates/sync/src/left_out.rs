//! Records that a list had and that could not be taken in: nobody could read them, or a copy of the store showed an older version.
//! Where a store tells what has changed it tells it once, so they are remembered and asked for by their ids until they have been.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clientela_connectors::{Fetched, Urgency};
use clientela_database::table::left_out::{self, LeftOut};
use clientela_database::{Connection, DatabaseError, commit};
use clientela_domain::RemoteId;
use clientela_domain::protection::{Protection, stands};

use crate::apply::{Answer, Applied, LONGEST_LAG, apply};
use crate::report::{MOST_IN_A_ROW, is_about_one};
use crate::session::{StoreSession, Suppressed};
use crate::{StoreReport, SyncStop};

/// So many are asked for in one pass.
const MOST_IN_A_PASS: usize = 20;

/// What was left out so far, as known inside one transaction.
pub(crate) struct Waiting<'a> {
    session: &'a StoreSession,
    known: BTreeMap<RemoteId, LeftOut>,
    at: DateTime<Utc>,
}

impl<'a> Waiting<'a> {
    pub(crate) async fn read(
        connection: &mut Connection,
        session: &'a StoreSession,
        told_at: Option<DateTime<Utc>>,
    ) -> Result<Self, DatabaseError> {
        let known = left_out::all(connection, session.id()).await?;
        let known = known.into_iter().map(|one| (one.remote.clone(), one)).collect();
        Ok(Self { session, known, at: told_at.unwrap_or_else(|| session.clock.now()) })
    }

    /// A record could not be read. Who was erased here is not remembered.
    pub(crate) async fn note(
        &self,
        connection: &mut Connection,
        suppressed: &Suppressed,
        remote: &RemoteId,
    ) -> Result<(), DatabaseError> {
        // Where everybody has a sign-in, every list is a question for each.
        let asks_each = self.session.connector.capabilities().sign_in_per_customer;
        if asks_each || suppressed.contains(remote) || !stands(Protection::LeftOutIsKept) {
            return Ok(());
        }
        left_out::note(connection, self.session.id(), remote, self.at).await
    }

    /// A record was shown.
    pub(crate) async fn shown(
        &self,
        connection: &mut Connection,
        suppressed: &Suppressed,
        remote: &RemoteId,
        applied: &Applied,
    ) -> Result<(), DatabaseError> {
        if applied.older {
            return self.note(connection, suppressed, remote).await;
        }
        match self.known.contains_key(remote) {
            true => left_out::remove(connection, self.session.id(), remote).await,
            false => Ok(()),
        }
    }

    /// Asked for by its id, it is not there. It was listed, so that is believed a while later.
    async fn missed(
        &self,
        connection: &mut Connection,
        suppressed: &Suppressed,
        remote: &RemoteId,
    ) -> Result<(), DatabaseError> {
        let is_certain = self.known.get(remote).is_none_or(|one| self.at - one.since >= LONGEST_LAG);
        match is_certain {
            true => left_out::remove(connection, self.session.id(), remote).await,
            false => self.note(connection, suppressed, remote).await,
        }
    }
}

/// What waits now.
pub(crate) async fn waiting(session: &StoreSession) -> Result<Vec<LeftOut>, SyncStop> {
    let mut connection = session.database.read().await?;
    Ok(left_out::all(&mut connection, session.id()).await?)
}

/// Asks for those who waited when this pass began and have not been asked for in it, a few at a time.
pub(crate) async fn ask(
    session: &StoreSession,
    report: &mut StoreReport,
    before: &[LeftOut],
) -> Result<(), SyncStop> {
    let mut left = waiting(session).await?;
    left.retain(|one| before.contains(one));
    let mut in_a_row = 0;
    for one in left.into_iter().take(MOST_IN_A_PASS) {
        session.go_on()?;
        let told = match session.ask(session.connector.fetch(&one.remote, Urgency::Changes)).await {
            Ok(told) => Some(told),
            Err(SyncStop::Store(error)) if is_about_one(&error) => {
                report.skip(&error.to_string());
                None
            }
            Err(stop) => return Err(stop),
        };
        in_a_row = if told.is_some() { 0 } else { in_a_row + 1 };
        take(session, report, &one.remote, told).await?;
        if in_a_row == MOST_IN_A_ROW {
            break;
        }
    }
    Ok(())
}

async fn take(
    session: &StoreSession,
    report: &mut StoreReport,
    remote: &RemoteId,
    told: Option<Fetched>,
) -> Result<(), SyncStop> {
    let told_at = match &told {
        Some(Fetched::Found { server_time, .. } | Fetched::Missing { server_time }) => *server_time,
        None => None,
    };
    let mut transaction = session.database.write().await?;
    let suppressed = session.suppressed(&mut transaction).await?;
    let waiting = Waiting::read(&mut transaction, session, told_at).await?;
    match told {
        Some(Fetched::Found { record, .. }) => {
            let answer = Answer {
                store: session.id(),
                shown_at: told_at,
                now: session.clock.now(),
                pass: None,
                detail: true,
                beside: false,
                answers: &[],
            };
            let applied = apply(&mut transaction, answer, &suppressed, &record).await?;
            waiting.shown(&mut transaction, &suppressed, remote, &applied).await?;
            report.count(&applied);
        }
        Some(Fetched::Missing { .. }) => waiting.missed(&mut transaction, &suppressed, remote).await?,
        None => waiting.note(&mut transaction, &suppressed, remote).await?,
    }
    commit(transaction).await?;
    Ok(())
}
