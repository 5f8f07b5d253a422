//! Asking a store beside its passes: for one customer, who has facts that lists leave out, or for some that a person looks for.

use chrono::{DateTime, Utc};
use clientela_connectors::{Fetched, ListRequest, Urgency};
use clientela_database::commit;
use clientela_database::table::mirror;
use clientela_domain::{CustomerId, CustomerRecord, RemoteId};

use crate::apply::{Answer, apply};
use crate::missing::{Missed, miss};
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

    /// Reads a customer that the copy may not have yet.
    pub async fn take_in(&self, remote: &RemoteId) -> Result<(), SyncStop> {
        let _alone = self.one_customer.lock().await;
        let found = self.ask(self.connector.fetch(remote, Urgency::Opened)).await?;
        if let Fetched::Found { record, server_time } = found {
            take(self, &record, server_time).await?;
        }
        Ok(())
    }

    /// Takes in a customer whom the store just made: as it shows it when asked, else, while it does not show it yet, as it answered.
    pub async fn take_made(&self, made: &CustomerRecord) -> Result<(), SyncStop> {
        let _alone = self.one_customer.lock().await;
        take(self, made, None).await?;
        match self.ask(self.connector.fetch(&made.remote_id, Urgency::Opened)).await {
            Ok(Fetched::Found { record, server_time }) => take(self, &record, server_time).await.map(drop),
            Ok(Fetched::Missing { .. }) | Err(SyncStop::Store(_)) => Ok(()),
            Err(stop) => Err(stop),
        }
    }

    /// Asks the store for some of its customers and takes them in.
    pub async fn look_up(&self, mut request: ListRequest, most: u64) -> Result<LookedUp, SyncStop> {
        let mut found = LookedUp::default();
        loop {
            self.go_on()?;
            let page = self.ask(self.connector.list(&request, Urgency::Opened)).await?;
            let answer = Answer {
                store: self.id(),
                shown_at: page.server_time,
                now: self.clock.now(),
                pass: None,
                detail: false,
                beside: true,
                answers: &[],
            };
            found.skipped += page.rejected.len() as u64;
            let mut transaction = self.database.write().await?;
            let suppressed = self.suppressed(&mut transaction).await?;
            for record in &page.records {
                if found.customers.len() as u64 >= most {
                    found.more = true;
                    break;
                }
                let applied = apply(&mut transaction, answer, &suppressed, record).await?;
                found.new += u64::from(applied.inserted);
                found.customers.extend(applied.customer.filter(|id| !found.customers.contains(id)));
            }
            commit(transaction).await?;
            let is_enough = found.customers.len() as u64 >= most;
            found.more |= is_enough && page.next.is_some();
            if is_enough || page.next.is_none() {
                break;
            }
            request.position = page.next;
        }
        self.progress.customers_changed(self.id());
        Ok(found)
    }
}

/// What a store showed when it was asked for some customers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookedUp {
    /// In the store's order.
    pub customers: Vec<CustomerId>,
    pub new: u64,
    /// Records that could not be read.
    pub skipped: u64,
    /// The store has more than were asked for.
    pub more: bool,
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
                let error = report.bear(session, stop)?;
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
        Fetched::Missing { server_time } => {
            let missed = miss(session, customer, server_time, urgency).await?;
            Ok(matches!(missed, Missed::Buried { .. }))
        }
    }
}

/// Takes in what the store showed when it was asked for one customer.
pub(crate) async fn take(
    session: &StoreSession,
    record: &CustomerRecord,
    shown_at: Option<DateTime<Utc>>,
) -> Result<bool, SyncStop> {
    let answer = Answer {
        store: session.id(),
        shown_at,
        now: session.clock.now(),
        pass: None,
        detail: true,
        beside: false,
        answers: &[],
    };
    let mut transaction = session.database.write().await?;
    let suppressed = session.suppressed(&mut transaction).await?;
    let applied = apply(&mut transaction, answer, &suppressed, record).await?;
    commit(transaction).await?;
    Ok(applied.changed)
}
