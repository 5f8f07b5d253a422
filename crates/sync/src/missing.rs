//! Somebody whom the store says it does not have. That is believed when it is said again a while later, by a store that still has the
//! others: nobody is gone because somebody else's store answers at its address. Nothing here looks for who is missing; see `sweep`.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clientela_connectors::{ConnectorError, Fetched, Urgency};
use clientela_database::table::familiar;
use clientela_database::table::mirror::{self, Place};
use clientela_database::{Connection, DatabaseError, commit};
use clientela_domain::protection::{Protection, stands};
use clientela_domain::reconcile::{KnownRecord, RecordAction, ToldRecord, plan_record};
use clientela_domain::{CustomerId, CustomerRecord};

use crate::apply::{LONGEST_LAG, park_all, show};
use crate::detail::take;
use crate::report::is_about_one;
use crate::session::StoreSession;
use crate::sweep::MOST_AT_ONCE;
use crate::{StoreReport, SyncStop};

/// So many of the others tell that a store is another one: some of them may be gone as well.
const WITNESSES: u32 = 3;
/// So many are asked for until they have told: some may be seen by nobody.
const MOST_ASKED: u32 = 12;
const EVERYBODY: CustomerId = CustomerId(i64::MAX);

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
    if stands(Protection::Witnesses) {
        match look_of(session, customer, urgency).await? {
            Look::Few => {}
            Look::Itself if is_missed_still(session, customer, urgency).await? => {}
            Look::Itself => return Ok(Missed::Noted),
            Look::Another => {
                let store = session.id().0;
                tracing::warn!(store, "a store without anybody that is known; nobody is taken for gone");
                return Ok(Missed::Unbelieved);
            }
        }
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

/// What a store that misses somebody looks like.
enum Look {
    /// So few are known there that all of them may be gone.
    Few,
    /// It has somebody else who is known.
    Itself,
    Another,
}

/// Whether the store still has somebody else who is known, and whose number means the same person there. Who cannot be asked for tells
/// nothing.
async fn look_of(session: &StoreSession, missed: CustomerId, urgency: Urgency) -> Result<Look, SyncStop> {
    let until = {
        let mut connection = session.database.read().await?;
        let store = session.id();
        if !mirror::has_more_live(&mut connection, store, EVERYBODY, MOST_AT_ONCE).await? {
            return Ok(Look::Few);
        }
        // Another store that answers meanwhile brings in customers of its own.
        match familiar::known_for_long(&mut connection, store, session.clock.now()).await? {
            Some(known) if mirror::has_more_live(&mut connection, store, known, MOST_AT_ONCE).await? => known,
            // A store that was connected before it had customers: all of so few may be gone, and then nobody would ever tell.
            _ => EVERYBODY,
        }
    };
    let one_sign_in_each = session.connector.capabilities().sign_in_per_customer;
    let mut asked = BTreeSet::from([missed]);
    let mut strangers = 0;
    for attempt in 0..MOST_ASKED {
        let Some((other, known)) = a_witness(session, until, attempt).await? else { continue };
        if !asked.insert(other) {
            continue;
        }
        match session.ask(session.connector.fetch(&known.remote_id, urgency)).await {
            Ok(Fetched::Found { record, .. }) if record.may_be_same_person(&known) => {
                return Ok(Look::Itself);
            }
            Ok(Fetched::Found { .. } | Fetched::Missing { .. }) => strangers += 1,
            Err(SyncStop::Store(error)) if is_about_one(&error) => {}
            Err(SyncStop::Store(ConnectorError::SignIn { .. })) if one_sign_in_each => {}
            Err(stop) => return Err(stop),
        }
        if strangers == WITNESSES {
            break;
        }
    }
    Ok(Look::Another)
}

/// Asks once more, now that the store is known to be itself: the answers before may have been another's. Whoever is there is taken in.
async fn is_missed_still(
    session: &StoreSession,
    customer: CustomerId,
    urgency: Urgency,
) -> Result<bool, SyncStop> {
    let known = {
        let mut connection = session.database.read().await?;
        mirror::find(&mut connection, customer).await?
    };
    let Some(known) = known else { return Ok(false) };
    match session.ask(session.connector.fetch(&known.record.remote_id, urgency)).await {
        Ok(Fetched::Missing { .. }) => Ok(true),
        Ok(Fetched::Found { record, server_time }) => {
            take(session, &record, server_time).await?;
            Ok(false)
        }
        // It is asked again a while later.
        Err(SyncStop::Store(error)) if is_about_one(&error) => Ok(false),
        Err(stop) => Err(stop),
    }
}

/// Somebody of those whose own numbers go up to `until`. Every attempt looks somewhere else, from both ends and farther and farther away
/// from them: whoever stands together may be gone together, or be seen by nobody.
async fn a_witness(
    session: &StoreSession,
    until: CustomerId,
    attempt: u32,
) -> Result<Option<(CustomerId, CustomerRecord)>, SyncStop> {
    let place = spread(session.clock.elapsed(), attempt, 20 << (attempt / 2));
    let place = match attempt.is_multiple_of(2) {
        true => Place::FromTheBeginning(place),
        false => Place::FromTheEnd(place),
    };
    let mut connection = session.database.read().await?;
    Ok(mirror::live_at(&mut connection, session.id(), until, place).await?)
}

/// A number from 0 to before `among`, another one at every moment and attempt. `elapsed`: not what the wall shows, which people set.
pub(crate) fn spread(elapsed: Duration, attempt: u32, among: i64) -> i64 {
    const MULTIPLIER: u64 = 0x5851_F42D_4C95_7F2D;
    let moment = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    let mixed = moment.wrapping_add(u64::from(attempt) << 40).wrapping_add(1).wrapping_mul(MULTIPLIER);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(MULTIPLIER) >> 1;
    i64::try_from(mixed).unwrap_or_default() % among.max(1)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::spread;

    #[test]
    fn whoever_is_asked_for_next_stands_somewhere_else() {
        for among in [1, 7, 1_000_000] {
            let moments = (0..60).map(|minute| Duration::from_secs(60 * minute));
            let places =
                moments.flat_map(|moment| (0..12).map(move |attempt| spread(moment, attempt, among)));
            assert!(places.clone().all(|place| (0..among).contains(&place)), "{among}");
            let different = places.collect::<BTreeSet<i64>>().len();
            assert!(different >= usize::min(700, usize::try_from(among).unwrap()), "{different} of {among}");
        }
    }
}
