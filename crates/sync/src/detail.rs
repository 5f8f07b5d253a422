//! What a store tells only when asked for one customer: orders, figures, segment.

use chrono::{DateTime, Utc};
use clientela_connectors::{Fetched, Urgency};
use clientela_database::commit;
use clientela_database::table::mirror;
use clientela_domain::{CustomerId, CustomerRecord, RemoteId};

use crate::apply::{Answer, apply, bury};
use crate::session::StoreSession;
use crate::{StoreReport, SyncStop};

impl StoreSession {
    /// Reads one customer now, because a person looks at it.
    pub async fn refresh(&self, customer: CustomerId, remote: &RemoteId) -> Result<(), SyncStop> {
        let _alone = self.one_customer.lock().await;
        read_one(self, customer, remote, Urgency::Opened).await?;
        self.progress.customers_changed(self.id());
        Ok(())
    }

    /// Reads a customer that the copy may not have yet: one that was just made at the store.
    pub async fn take_in(&self, remote: &RemoteId) -> Result<(), SyncStop> {
        let _alone = self.one_customer.lock().await;
        let found = self.ask(self.connector.fetch(remote, Urgency::Opened)).await?;
        if let Fetched::Found { record, server_time } = found {
            take(self, &record, server_time).await?;
        }
        Ok(())
    }
}

/// Asks for customers whose own facts were never read, at most `most`, behind everything else and without a word: nobody waits
/// for it. Tells how many are left to ask
/// for: zero when this was all.
pub async fn fill_details(
    session: &StoreSession,
    report: &mut StoreReport,
    most: u32,
) -> Result<u32, SyncStop> {
    let waiting = {
        let mut connection = session.database.read().await?;
        mirror::without_detail(&mut connection, session.id(), i64::from(most) + 1).await?
    };
    let left = waiting.len().saturating_sub(most as usize);
    let total = waiting.len() - left;
    for (customer, remote) in waiting.into_iter().take(total) {
        session.go_on()?;
        match read_one(session, customer, &remote, Urgency::Sweep).await {
            Ok(changed) => {
                report.in_a_row = 0;
                report.changed += u64::from(changed);
            }
            Err(stop) => {
                let error = report.bear(stop)?;
                report.skip(&error.to_string());
            }
        }
    }
    if total > 0 {
        session.progress.customers_changed(session.id());
    }
    Ok(u32::try_from(left).unwrap_or(u32::MAX))
}

async fn read_one(
    session: &StoreSession,
    customer: CustomerId,
    remote: &RemoteId,
    urgency: Urgency,
) -> Result<bool, SyncStop> {
    let found = session.ask(session.connector.fetch(remote, urgency)).await?;
    match found {
        Fetched::Found { record, server_time } => take(session, &record, server_time).await,
        Fetched::Missing => {
            if let Fetched::Missing = session.ask(session.connector.fetch(remote, urgency)).await? {
                let mut transaction = session.database.write().await?;
                bury(&mut transaction, customer, session.clock.now()).await?;
                commit(transaction).await?;
            }
            Ok(true)
        }
    }
}

async fn take(
    session: &StoreSession,
    record: &CustomerRecord,
    shown_at: Option<DateTime<Utc>>,
) -> Result<bool, SyncStop> {
    let suppressed = session.suppressed().await?;
    let answer = Answer {
        store: session.id(),
        shown_at,
        now: session.clock.now(),
        pass: None,
        detail: true,
        answers: &[],
    };
    let mut transaction = session.database.write().await?;
    let applied = apply(&mut transaction, answer, &suppressed, record).await?;
    commit(transaction).await?;
    Ok(applied.changed)
}
