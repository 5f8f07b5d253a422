//! Somebody whom the store says it does not have. That is believed when it is said again a while later, by a store that still has the
//! others: nobody is gone because somebody else's store answers at its address. Nothing here looks for who is missing; see `sweep`.

use chrono::{DateTime, Utc};
use clientela_connectors::{ConnectorError, Fetched, Urgency};
use clientela_database::table::mirror;
use clientela_database::{Connection, DatabaseError, commit};
use clientela_domain::CustomerId;
use clientela_domain::protection::{Protection, stands};
use clientela_domain::reconcile::{KnownRecord, RecordAction, ToldRecord, plan_record};

use crate::apply::{LONGEST_LAG, park_all, show};
use crate::report::is_about_one;
use crate::session::StoreSession;
use crate::sweep::MOST_AT_ONCE;
use crate::{StoreReport, SyncStop};

/// So many of the others are asked for before a store is taken for another one: some of them may be gone as well.
const WITNESSES: u32 = 3;

/// What is made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missed {
    /// It is asked again a while later.
    Noted,
    /// The store does not seem to be itself, and nothing that it says of anybody counts.
    Unbelieved,
    /// It is gone; so many edits were given to a person.
    Buried { parked: u64 },
}

impl Missed {
    pub(crate) fn count(self, report: &mut StoreReport) {
        match self {
            Missed::Noted => {}
            Missed::Unbelieved => report.held_back += 1,
            Missed::Buried { parked } => {
                report.gone += 1;
                report.parked += parked;
            }
        }
    }
}

/// The store has just said that it does not have this customer. Once is a hiccup: a copy that lags behind, a store that is being
/// restored. After a while it is an answer, and the customer is buried.
pub(crate) async fn miss(
    session: &StoreSession,
    customer: CustomerId,
    told_at: Option<DateTime<Utc>>,
    urgency: Urgency,
) -> Result<Missed, SyncStop> {
    let at = told_at.unwrap_or_else(|| session.clock.now());
    let mut transaction = session.database.write().await?;
    let since = mirror::note_missed(&mut transaction, customer, at).await?;
    commit(transaction).await?;
    if at - since < LONGEST_LAG && stands(Protection::SecondQuestion) {
        return Ok(Missed::Noted);
    }
    if stands(Protection::Witnesses) && !is_itself(session, customer, at, urgency).await? {
        tracing::warn!(
            store = session.id().0,
            "a store without anybody that is known; nobody is taken for gone"
        );
        return Ok(Missed::Unbelieved);
    }
    let mut transaction = session.database.write().await?;
    // Somebody may have been shown it while the others were asked for; then it was not missed since.
    if mirror::note_missed(&mut transaction, customer, at).await? != since {
        return Ok(Missed::Noted);
    }
    let parked = bury(&mut transaction, customer, session.clock.now()).await?;
    commit(transaction).await?;
    Ok(Missed::Buried { parked })
}

/// Whether the store still has somebody else who is known. Where they are few, all of them may be gone. Who is asked for in vain is noted
/// as missed, so that others are asked for the next time; who cannot be asked for tells nothing.
async fn is_itself(
    session: &StoreSession,
    customer: CustomerId,
    at: DateTime<Utc>,
    urgency: Urgency,
) -> Result<bool, SyncStop> {
    let others = {
        let mut connection = session.database.read().await?;
        if !mirror::has_more_live(&mut connection, session.id(), MOST_AT_ONCE).await? {
            return Ok(true);
        }
        mirror::some_live(&mut connection, session.id(), customer, WITNESSES).await?
    };
    let one_sign_in_each = session.connector.capabilities().sign_in_per_customer;
    for (other, remote) in others {
        match session.ask(session.connector.fetch(&remote, urgency)).await {
            Ok(Fetched::Found { .. }) => return Ok(true),
            Ok(Fetched::Missing { .. }) => {
                let mut transaction = session.database.write().await?;
                mirror::note_missed(&mut transaction, other, at).await?;
                commit(transaction).await?;
            }
            Err(SyncStop::Store(error)) if is_about_one(&error) => {}
            Err(SyncStop::Store(ConnectorError::SignIn { .. })) if one_sign_in_each => {}
            Err(stop) => return Err(stop),
        }
    }
    Ok(false)
}

/// Marks a customer as gone at its store. Edits are given to a person with their text.
pub(crate) async fn bury(
    connection: &mut Connection,
    id: CustomerId,
    now: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    let known = match mirror::find(connection, id).await? {
        None => KnownRecord::Nothing,
        Some(mirror) if mirror.gone => KnownRecord::Gone { edited: mirror.has_edits },
        Some(mirror) => KnownRecord::Live { edited: mirror.has_edits },
    };
    mirror::note_gone(connection, id, now).await?;
    let parked = match plan_record(known, ToldRecord::NotFound) {
        RecordAction::BuryAndPark if stands(Protection::GoneParksEdits) => {
            park_all(connection, id, "gone").await?
        }
        _ => 0,
    };
    show(connection, id).await?;
    Ok(parked)
}
