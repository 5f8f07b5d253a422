//! What people do with edits: save, take back, try again, decide. Each is one transaction of the caller.

use chrono::{DateTime, Utc};
use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::history::{self, Source};
use clientela_database::table::{mirror, shown_anew};
use clientela_database::{Connection, DatabaseError};
use clientela_domain::protection::{Protection, stands};
use clientela_domain::reconcile::{
    FieldAction, FieldSituation, Merge, Progress, keep_unseen, merge, plan_field, undoes_unseen,
};
use clientela_domain::{CustomerId, Field, FieldValue, Presence};

use crate::apply::show;
use crate::new_address;

/// A value that a person typed for a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub field: Field,
    pub value: FieldValue,
    /// What the person had before their eyes. The store may have changed the field since: then this is where the edit began,
    /// and not what the store has now. `None`: they saw what there is.
    pub seen: Option<FieldValue>,
}

/// Saves typed values. A value that is what the store has anyway ends the edit; a value that was typed before is replaced.
pub async fn save(
    connection: &mut Connection,
    customer: CustomerId,
    changes: &[Change],
    author: &str,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let Some(mirror) = mirror::find(connection, customer).await? else { return Ok(()) };
    let edits = edit::of_customer(connection, customer).await?;
    for change in changes {
        let stored = mirror.record.field(&change.field).into_value().unwrap_or(FieldValue::Null);
        match edits.iter().find(|edit| edit.field == change.field) {
            Some(edit) => type_on(connection, edit, &stored, change, author, now).await?,
            None => begin(connection, customer, &stored, change, author, now).await?,
        }
    }
    show(connection, customer).await
}

/// A field without an edit gets one.
async fn begin(
    connection: &mut Connection,
    customer: CustomerId,
    stored: &FieldValue,
    change: &Change,
    author: &str,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let Change { field, value, seen } = change;
    if stored.identical(value) {
        return Ok(());
    }
    history::insert(connection, customer, now, Source::Here, field, stored, value).await?;
    let base = seen.as_ref().filter(|_| stands(Protection::BaseAsSeen)).unwrap_or(stored);
    let id = edit::save(connection, customer, field, base, value, author, now).await?;
    let situation = FieldSituation {
        field,
        base,
        mine: value,
        theirs: &Presence::Value(stored.clone()),
        progress: Progress::Waiting,
        tries: 0,
        moved: false,
    };
    match plan_field(situation) {
        FieldAction::Conflict => edit::set_conflict(connection, id, stored).await,
        FieldAction::SendMerged(joined) => {
            history::insert(connection, customer, now, Source::Merged, field, stored, &joined).await?;
            edit::rebase(connection, id, stored, Some(&joined)).await
        }
        _ => Ok(()),
    }
}

/// A field with an edit gets another value; where the edit began stays.
async fn type_on(
    connection: &mut Connection,
    edit: &Edit,
    stored: &FieldValue,
    change: &Change,
    author: &str,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let Change { field, value, seen } = change;
    if &edit.mine == value {
        return Ok(());
    }
    history::insert(connection, edit.customer, now, Source::Here, field, &edit.mine, value).await?;
    if let Some(seen) = seen
        && !matches!(edit.state, EditState::Conflict { .. })
        && undoes_unseen(field, seen, value, &edit.mine, stored)
        && stands(Protection::BaseAsSeen)
    {
        return meet_unseen(connection, edit, stored, (seen, value), author, now).await;
    }
    // In a conflict, too: whoever types what the store has has chosen it.
    let has_not_gone_out = edit.unanswered.is_none();
    if has_not_gone_out && stored.identical(value) {
        // Back to what the store has: there is no edit any more.
        return edit::remove(connection, edit.id).await;
    }
    // What is on its way will stand there, and is cleared after it.
    let is_on_its_way = matches!(edit.state, EditState::Sending { .. });
    if value.is_empty() && !is_on_its_way && was_never_shown(connection, edit).await? {
        return edit::remove(connection, edit.id).await;
    }
    let id = edit::save(connection, edit.customer, &edit.field, stored, value, author, now).await?;
    // Going back to where the edit began is no answer to what came since and the page did not show.
    let is_ours = |sent: &FieldValue| sent.equivalent(stored, field);
    let is_hidden = value.identical(&edit.base)
        && !stored.equivalent(&edit.base, field)
        && !edit.unanswered.as_ref().is_some_and(is_ours);
    match edit.state {
        EditState::Pending | EditState::Parked { .. } if is_hidden => {
            edit::set_conflict(connection, id, stored).await
        }
        _ => Ok(()),
    }
}

/// Somebody's words were joined with the edit while the person typed on over the page as it was.
async fn meet_unseen(
    connection: &mut Connection,
    edit: &Edit,
    stored: &FieldValue,
    (seen, value): (&FieldValue, &FieldValue),
    author: &str,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let (customer, field) = (edit.customer, &edit.field);
    let joined = match merge(field, seen, value, Some(&edit.mine)) {
        Merge::Joined(joined) => joined,
        Merge::Clash if field.is_long_text() => keep_unseen(seen, value, &edit.mine),
        Merge::Clash => {
            let id = edit::save(connection, customer, field, seen, value, author, now).await?;
            edit::rebase(connection, id, seen, None).await?;
            // What has left already will stand there, and the decision has to be about that.
            let theirs = match &edit.state {
                EditState::Sending { sent, .. } => sent,
                _ => stored,
            };
            return edit::set_conflict(connection, id, theirs).await;
        }
    };
    if !joined.identical(value) {
        history::insert(connection, customer, now, Source::Merged, field, value, &joined).await?;
    }
    edit::save(connection, customer, field, stored, &joined, author, now).await.map(drop)
}

/// How a person settles a conflict.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    Mine,
    Theirs,
    Other(FieldValue),
    /// What the store has is another address than the new one.
    Both,
}

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    Done,
    /// The edit is not in conflict (any more), or cannot end like this.
    Impossible,
    /// The place at the store that it is about is being changed here to something else. When that has arrived, or was taken back, the
    /// question is what stands there then.
    NotYet,
}

/// Settles a conflict. `edit` was read in this transaction, and the person has seen it as it is.
pub async fn decide(
    connection: &mut Connection,
    edit: &Edit,
    decision: &Decision,
    now: DateTime<Utc>,
) -> Result<Decided, DatabaseError> {
    let EditState::Conflict { theirs } = &edit.state else { return Ok(Decided::Impossible) };
    let (before, after) = match decision {
        Decision::Mine => (theirs, &edit.mine),
        Decision::Theirs => (&edit.mine, theirs),
        Decision::Other(value) => (&edit.mine, value),
        Decision::Both => (&FieldValue::Null, &edit.mine),
    };
    let found = new_address::found_again(edit);
    if matches!(decision, Decision::Both) && found.is_none() {
        return Ok(Decided::Impossible);
    }
    // The new address stands there already, and what the person wants of it is a change of that one.
    let in_place = found.filter(|_| !after.identical(theirs) && !matches!(decision, Decision::Both));
    if let Some(found) = in_place
        && is_edited(connection, edit.customer, &found.key).await?
    {
        return Ok(Decided::NotYet);
    }
    history::insert(connection, edit.customer, now, Source::Decided, &edit.field, before, after).await?;
    if let Some(found) = in_place {
        let field = Field::Address(found.key.clone());
        let mine = new_address::at_place(after, found);
        edit::save(connection, edit.customer, &field, theirs, &mine, &edit.author, now).await?;
        edit::remove(connection, edit.id).await?;
        show(connection, edit.customer).await?;
        return Ok(Decided::Done);
    }
    let stands_there = what_stands_there(connection, edit, theirs).await?;
    match decision {
        Decision::Mine => edit::rebase(connection, edit.id, &stands_there, None).await?,
        Decision::Theirs | Decision::Other(_) => go_on_with(connection, edit, &stands_there, after).await?,
        Decision::Both => {
            edit::rebase(connection, edit.id, &FieldValue::Null, None).await?;
            edit::note_answered(connection, edit.id, None).await?;
        }
    }
    show(connection, edit.customer).await?;
    Ok(Decided::Done)
}

async fn is_edited(
    connection: &mut Connection,
    customer: CustomerId,
    address: &str,
) -> Result<bool, DatabaseError> {
    let edits = edit::of_customer(connection, customer).await?;
    Ok(edits.iter().any(|edit| matches!(&edit.field, Field::Address(key) if key == address)))
}

/// What the store is known to have where a person was asked about `theirs`. That may be a text of ours which has left and is not known
/// to have arrived.
async fn what_stands_there(
    connection: &mut Connection,
    edit: &Edit,
    theirs: &FieldValue,
) -> Result<FieldValue, DatabaseError> {
    let is_ours = edit.unanswered.as_ref().is_some_and(|sent| sent.identical(theirs));
    let known = mirror::find(connection, edit.customer).await?.filter(|_| is_ours);
    let known = known.map(|known| known.record.field(&edit.field).into_value().unwrap_or(FieldValue::Null));
    Ok(known.unwrap_or_else(|| theirs.clone()))
}

/// An edit that a person was asked about goes on with this value, or ends where that stands already. It does not end while another text
/// of ours may still arrive: that one would overrule the person.
async fn go_on_with(
    connection: &mut Connection,
    edit: &Edit,
    stands_there: &FieldValue,
    value: &FieldValue,
) -> Result<(), DatabaseError> {
    // A new address has no place of its own before it has arrived: what arrives of it is another one.
    let has_place = new_address::NewAddress::of(edit).is_none();
    let may_still_arrive = edit.unanswered.as_ref().is_some_and(|sent| has_place && !sent.identical(value));
    match value.identical(stands_there) && !may_still_arrive {
        true => edit::remove(connection, edit.id).await,
        false => edit::rebase(connection, edit.id, stands_there, Some(value)).await,
    }
}

/// Takes an edit back. One that may have arrived already is turned round instead: the old value is sent after it. `edit` was read in this
/// transaction: it may have left since a person saw it.
pub async fn discard(
    connection: &mut Connection,
    edit: &Edit,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let after = match &edit.state {
        EditState::Conflict { theirs } => theirs,
        _ => &edit.base,
    };
    history::insert(connection, edit.customer, now, Source::Discarded, &edit.field, &edit.mine, after)
        .await?;
    match &edit.state {
        EditState::Conflict { theirs } => {
            let stands_there = what_stands_there(connection, edit, theirs).await?;
            go_on_with(connection, edit, &stands_there, theirs).await?;
        }
        _ if is_turned_round(edit)
            && !was_never_shown(connection, edit).await?
            && stands(Protection::DiscardTurnsRound) =>
        {
            let (base, author) = (&edit.base, &edit.author);
            edit::save(connection, edit.customer, &edit.field, base, base, author, now).await.map(drop)?;
        }
        _ => edit::remove(connection, edit.id).await?,
    }
    show(connection, edit.customer).await
}

/// Nobody knows what was there before: sending nothing would take away what nobody has seen.
async fn was_never_shown(connection: &mut Connection, edit: &Edit) -> Result<bool, DatabaseError> {
    let known = mirror::find(connection, edit.customer).await?;
    let is_absent = known.is_some_and(|known| known.record.field(&edit.field).is_absent());
    Ok(is_absent && edit.base == FieldValue::Null && !matches!(edit.field, Field::Address(_)))
}

fn is_turned_round(edit: &Edit) -> bool {
    let can_be_sent = match &edit.state {
        EditState::Pending | EditState::Sending { .. } => true,
        // The store has answered with something else, and that stays.
        EditState::Conflict { .. } => false,
        // Nobody is there any more to send the old value to, or the store has refused that too.
        EditState::Parked { code, .. } => {
            code != "gone" && code != "anonymized" && !edit.mine.identical(&edit.base)
        }
    };
    edit.unanswered.is_some() && can_be_sent
}

/// Tries a refused edit again with the next push. False: it is not parked.
pub async fn retry(connection: &mut Connection, edit: &Edit) -> Result<bool, DatabaseError> {
    if !matches!(edit.state, EditState::Parked { .. }) {
        return Ok(false);
    }
    edit::reopen(connection, edit.id).await?;
    show(connection, edit.customer).await?;
    Ok(true)
}

/// Writes what people see of a customer again, after something beside its edits changed (a journal entry).
pub async fn refresh_shown(connection: &mut Connection, customer: CustomerId) -> Result<(), DatabaseError> {
    show(connection, customer).await
}

/// Writes what people see of some more customers again, who were written by an older version. False: nobody is left.
pub async fn refresh_some(connection: &mut Connection) -> Result<bool, DatabaseError> {
    let Some(some) = shown_anew::next(connection, REFRESHED_AT_ONCE).await? else { return Ok(false) };
    for customer in &some {
        match show(connection, *customer).await {
            // One that cannot be read is told where it is opened, and holds nobody else up.
            Err(error @ (DatabaseError::Unreadable { .. } | DatabaseError::Damaged)) => {
                tracing::warn!(customer = customer.0, %error, "what is shown could not be written anew");
            }
            shown => shown?,
        }
    }
    shown_anew::done(connection, &some).await?;
    Ok(!some.is_empty())
}

/// So few that a person's edit does not wait for them.
const REFRESHED_AT_ONCE: u32 = 20;

/// Ends an edit of a customer whom a person has just deleted at the store.
pub async fn discard_gone(
    connection: &mut Connection,
    edit: &Edit,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    history::insert(connection, edit.customer, now, Source::Discarded, &edit.field, &edit.mine, &edit.base)
        .await?;
    edit::remove(connection, edit.id).await
}
