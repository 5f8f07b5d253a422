//! Taking a page of a list into the database. Most of its customers are new, or are as they were: those are written together, since
//! each statement costs more than what it writes. All others are taken in one by one.

use std::collections::{BTreeMap, BTreeSet};

use clientela_database::table::mirror;
use clientela_database::table::newcomers::{self, Newcomer};
use clientela_database::{Connection, DatabaseError};
use clientela_domain::reconcile::RecordAction;
use clientela_domain::{CustomerRecord, RemoteId};

use crate::apply::{Answer, Applied, apply, carry_out, plan};
use crate::session::{StoreSession, Suppressed};

/// What is written of those on a page who are not known yet. It is made while the page before is being written.
pub(crate) type Newcomers = BTreeMap<RemoteId, Newcomer>;

/// Which of these are known. Whoever becomes known after is found out by [`apply_page`].
pub(crate) async fn known_of(
    session: &StoreSession,
    records: &[CustomerRecord],
) -> Result<BTreeSet<RemoteId>, DatabaseError> {
    let remotes = records.iter().map(|record| &record.remote_id);
    let mut connection = session.database.read().await?;
    mirror::known(&mut connection, session.id(), remotes).await
}

/// Makes what is to be written of those who are not known yet.
pub(crate) fn make(
    records: &[CustomerRecord],
    known: &BTreeSet<RemoteId>,
) -> Result<Newcomers, DatabaseError> {
    let new = records.iter().filter(|record| !known.contains(&record.remote_id));
    // The first of two is the one that is new.
    let made = new.rev().map(|record| {
        let mut whole = CustomerRecord::new(record.remote_id.clone());
        whole.absorb(record);
        Ok((record.remote_id.clone(), Newcomer::of(&whole)?))
    });
    made.collect()
}

/// Applies the records of a page inside the caller's transaction, and tells what each of them changed, in their order.
pub(crate) async fn apply_page(
    connection: &mut Connection,
    answer: Answer<'_>,
    suppressed: &Suppressed,
    records: &[CustomerRecord],
    prepared: &mut Newcomers,
) -> Result<Vec<Applied>, DatabaseError> {
    let remotes = records.iter().map(|record| &record.remote_id);
    let mut known = mirror::find_remotes(connection, answer.store, remotes).await?;
    let mut applied = vec![Applied::default(); records.len()];
    let mut seen = BTreeSet::new();
    let (mut new, mut new_places, mut same, mut again) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (place, told) in records.iter().enumerate() {
        // A list that shifts has somebody twice: the second time meets what the first one left.
        if !seen.insert(&told.remote_id) {
            again.push(place);
            continue;
        }
        let planned = plan(known.remove(&told.remote_id), answer, suppressed, told);
        match (planned.action, &planned.found) {
            (RecordAction::Insert, _) => {
                let made = prepared.remove(&told.remote_id);
                new.push(made.map_or_else(|| Newcomer::of(&planned.record), Ok)?);
                new_places.push(place);
            }
            (RecordAction::Touch, Some(mirror)) if !mirror.has_edits => {
                applied[place].customer = Some(mirror.customer);
                same.push(mirror.customer);
            }
            _ => applied[place] = Box::pin(carry_out(connection, answer, told, planned)).await?,
        }
    }
    mirror::touch(connection, &same, answer.seen()).await?;
    let ids = newcomers::insert(connection, answer.store, new, answer.seen()).await?;
    for (place, id) in new_places.into_iter().zip(ids) {
        applied[place] = Applied { customer: Some(id), inserted: true, ..Applied::default() };
    }
    for place in again {
        applied[place] = apply(connection, answer, suppressed, &records[place]).await?;
    }
    Ok(applied)
}
