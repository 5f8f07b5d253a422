//! Taking one answer about one customer into the database: mirror, edits, what people see.

use chrono::{DateTime, TimeDelta, Utc};
use clientela_database::table::customer::CustomerState;
use clientela_database::table::edit::{Edit, EditState};
use clientela_database::table::history::Source;
use clientela_database::table::mirror::{Mirror, Seen};
use clientela_database::table::{customer, edit, history, journal, mirror};
use clientela_database::{Connection, DatabaseError};
use clientela_domain::protection::{Protection, stands};
use clientela_domain::reconcile::{
    FieldAction, FieldSituation, KnownRecord, ParkReason, Progress as EditProgress, RecordAction, ToldRecord,
    plan_field, plan_record,
};
use clientela_domain::{Address, CustomerId, CustomerRecord, EditId, FieldValue, Presence, StoreId};

use crate::session::Suppressed;

/// No copy of a store lags behind longer than this.
pub(crate) const LONGEST_LAG: TimeDelta = TimeDelta::minutes(10);

/// Where an answer comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub store: StoreId,
    pub shown_at: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
    pub pass: Option<i64>,
    /// It was about this customer alone.
    pub detail: bool,
    /// Edits that this is the answer to: it says what became of them.
    pub answers: &'a [EditId],
}

/// What an answer changed.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Applied {
    pub customer: Option<CustomerId>,
    pub inserted: bool,
    pub changed: bool,
    /// Edits that the store confirmed.
    pub confirmed: u64,
    pub conflicts: u64,
    pub parked: u64,
    /// Edits that can be sent now.
    pub to_send: Vec<EditId>,
}

/// Applies one answer inside the caller's transaction.
pub(crate) async fn apply(
    connection: &mut Connection,
    answer: Answer<'_>,
    suppressed: &Suppressed,
    told: &CustomerRecord,
) -> Result<Applied, DatabaseError> {
    let found = mirror::find_remote(connection, answer.store, &told.remote_id).await?;
    let known = match &found {
        _ if suppressed.contains(&told.remote_id) => KnownRecord::Suppressed,
        None => KnownRecord::Nothing,
        Some(mirror) if mirror.gone => KnownRecord::Gone { edited: mirror.has_edits },
        Some(mirror) => KnownRecord::Live { edited: mirror.has_edits },
    };
    let mut record =
        found.as_ref().map_or_else(|| CustomerRecord::new(told.remote_id.clone()), |m| m.record.clone());
    let changes = if found.is_some() { record.changes_to(told) } else { Vec::new() };
    let is_older = found.as_ref().is_some_and(|mirror| is_older(mirror, answer, told));
    let differs = !is_older && record.absorb(told);
    let version = match (is_older, differs) {
        (true, _) => ToldRecord::Older,
        (false, true) => ToldRecord::Changed,
        (false, false) => ToldRecord::Same,
    };
    let seen = Seen { shown_at: answer.shown_at, now: answer.now, pass: answer.pass, detail: answer.detail };
    match (plan_record(known, version), found) {
        (RecordAction::Insert, _) => {
            let id = customer::insert(connection, answer.store, &record.remote_id).await?;
            mirror::write(connection, id, &record, seen).await?;
            customer::write_shown(connection, id, &record, CustomerState::Clean, &[]).await?;
            Ok(Applied { customer: Some(id), inserted: true, ..Applied::default() })
        }
        (RecordAction::Touch, Some(mirror)) if mirror.has_edits => {
            mirror::touch(connection, mirror.customer, seen).await?;
            settle(connection, &mirror, told, answer, false).await
        }
        (RecordAction::Touch, Some(mirror)) => {
            mirror::touch(connection, mirror.customer, seen).await?;
            Ok(Applied { customer: Some(mirror.customer), ..Applied::default() })
        }
        (RecordAction::Update | RecordAction::Revive | RecordAction::ReviveAndPlan, Some(mirror)) => {
            mirror::write(connection, mirror.customer, &record, seen).await?;
            if told.anonymized {
                // The timeline would tell what the store was asked to forget.
                history::remove_of(connection, mirror.customer).await?;
            } else {
                note_changes(connection, &mirror, &changes, answer).await?;
            }
            settle(connection, &mirror, told, answer, true).await
        }
        // An old copy of the store answered; it still lists the customer.
        (RecordAction::Ignore, Some(mirror)) if known != KnownRecord::Suppressed => {
            if let Some(pass) = answer.pass {
                mirror::note_listed(connection, mirror.customer, pass).await?;
            }
            Ok(Applied { customer: Some(mirror.customer), ..Applied::default() })
        }
        _ => Ok(Applied::default()),
    }
}

/// Writes what people see of a customer, after its mirror or its edits changed.
pub(crate) async fn show(connection: &mut Connection, id: CustomerId) -> Result<(), DatabaseError> {
    let Some(mirror) = mirror::find(connection, id).await? else { return Ok(()) };
    let edits = edit::of_customer(connection, id).await?;
    let mut shown = mirror.record;
    for edit in &edits {
        shown.set_field(&edit.field, &edit.mine);
    }
    let texts = journal::texts(connection, id).await?;
    customer::write_shown(connection, id, &shown, state_of(&edits, mirror.gone), &texts).await
}

/// The store says that a customer does not exist. Once is a hiccup: a copy that lags behind, a store that is being restored, somebody
/// else's store at its address. After a while it is an answer, and the customer is buried; then this is how many edits were given
/// to a person.
pub(crate) async fn miss(
    connection: &mut Connection,
    id: CustomerId,
    told_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Option<u64>, DatabaseError> {
    let at = told_at.unwrap_or(now);
    let since = mirror::note_missed(connection, id, at).await?;
    if at - since < LONGEST_LAG && stands(Protection::SecondQuestion) {
        return Ok(None);
    }
    bury(connection, id, now).await.map(Some)
}

/// Marks a customer as gone at its store. Edits are given to a person with their text.
pub(crate) async fn bury(
    connection: &mut Connection,
    id: CustomerId,
    now: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    mirror::note_gone(connection, id, now).await?;
    let parked = match stands(Protection::GoneParksEdits) {
        true => park_all(connection, id, "gone").await?,
        false => 0,
    };
    show(connection, id).await?;
    Ok(parked)
}

/// Gives every edit of a customer to a person.
async fn park_all(connection: &mut Connection, id: CustomerId, code: &str) -> Result<u64, DatabaseError> {
    let mut parked = 0;
    for edit in edit::of_customer(connection, id).await? {
        if !matches!(edit.state, EditState::Parked { .. }) {
            edit::park(connection, edit.id, code, None).await?;
            parked += 1;
        }
    }
    Ok(parked)
}

/// Where a customer stands, from its edits. What needs a person comes before what is on its way.
fn state_of(edits: &[Edit], gone: bool) -> CustomerState {
    let any = |wanted: fn(&EditState) -> bool| edits.iter().any(|edit| wanted(&edit.state));
    if any(|state| matches!(state, EditState::Conflict { .. })) {
        CustomerState::Conflict
    } else if any(|state| matches!(state, EditState::Parked { .. })) {
        CustomerState::Parked
    } else if any(|state| matches!(state, EditState::Sending { .. })) {
        CustomerState::Sending
    } else if !edits.is_empty() {
        CustomerState::Edited
    } else if gone {
        CustomerState::Gone
    } else {
        CustomerState::Clean
    }
}

/// A version from before what the mirror has. The store's own date decides; where it has none, the time of the answer does. A
/// store that still shows the older version when every copy must have caught up was set back, and is believed.
fn is_older(mirror: &Mirror, answer: Answer<'_>, told: &CustomerRecord) -> bool {
    if !stands(Protection::StaleGuard) {
        return false;
    }
    if let (Some(ours), Some(theirs)) = (mirror.record.updated_at.value(), told.updated_at.value())
        && ours != theirs
    {
        // A store that tells no time leaves nothing but this machine's clock.
        let passed = match (mirror.shown_at, answer.shown_at) {
            (Some(ours), Some(theirs)) => Some(theirs - ours),
            _ => mirror.seen_at.map(|seen_at| (answer.now - seen_at).abs()),
        };
        let has_caught_up = passed.is_some_and(|passed| passed > LONGEST_LAG);
        return theirs < ours && !has_caught_up;
    }
    matches!((mirror.shown_at, answer.shown_at), (Some(ours), Some(theirs)) if theirs < ours)
}

async fn note_changes(
    connection: &mut Connection,
    mirror: &Mirror,
    changes: &[clientela_domain::customer::FieldChange],
    answer: Answer<'_>,
) -> Result<(), DatabaseError> {
    // What we wrote ourselves is told as sent, not as the store's change.
    let ours = edit::of_customer(connection, mirror.customer).await?;
    for change in changes {
        let is_ours =
            ours.iter().any(|edit| edit.field == change.field && is_outcome_of(edit, &change.after, answer));
        if !is_ours {
            history::insert(
                connection,
                mirror.customer,
                answer.now,
                Source::Store,
                &change.field,
                &change.before,
                &change.after,
            )
            .await?;
        }
    }
    Ok(())
}

/// Whether a value that the store shows now came from this edit: it is what was typed, what was sent before the person typed on or
/// took it back, or whatever the store made of it in its answer.
fn is_outcome_of(edit: &Edit, shown: &FieldValue, answer: Answer<'_>) -> bool {
    let is_sent = match &edit.state {
        EditState::Sending { sent, .. } => sent.equivalent(shown, &edit.field),
        EditState::Pending | EditState::Conflict { .. } | EditState::Parked { .. } => false,
    };
    let is_ours = is_sent || edit.mine.equivalent(shown, &edit.field) || answer.answers.contains(&edit.id);
    is_ours && stands(Protection::EchoByContent)
}

/// Plans every edit of a customer against what this answer says, not against what earlier ones said: a field that it leaves out
/// proves nothing. An answer with asterisks says nothing of anybody's text.
async fn settle(
    connection: &mut Connection,
    mirror: &Mirror,
    told: &CustomerRecord,
    answer: Answer<'_>,
    changed: bool,
) -> Result<Applied, DatabaseError> {
    let id = mirror.customer;
    let mut applied = Applied { customer: Some(id), changed, ..Applied::default() };
    if told.anonymized {
        applied.parked = park_all(connection, id, "anonymized").await?;
    }
    if told.masked || told.anonymized {
        show(connection, id).await?;
        return Ok(applied);
    }
    for edit in edit::of_customer(connection, id).await? {
        settle_one(connection, &edit, mirror, told, answer, &mut applied).await?;
    }
    show(connection, id).await?;
    Ok(applied)
}

async fn settle_one(
    connection: &mut Connection,
    edit: &Edit,
    before: &Mirror,
    told: &CustomerRecord,
    answer: Answer<'_>,
    applied: &mut Applied,
) -> Result<(), DatabaseError> {
    let theirs = match theirs(told, before, edit) {
        Presence::Absent if !stands(Protection::AbsentIsNotEmpty) => Presence::Null,
        theirs => theirs,
    };
    let is_answer = answer.answers.contains(&edit.id);
    // A list that leaves a field out is no reason to do anything; only the customer's own answer is.
    if theirs.is_absent() && !answer.detail && !is_answer {
        return Ok(());
    }
    // What was sent may be older than what the person has typed since.
    let (progress, mine, sent_at) = match &edit.state {
        EditState::Pending => (EditProgress::Waiting, &edit.mine, None),
        EditState::Sending { sent, sent_at, .. } if is_answer => (EditProgress::Answered, sent, *sent_at),
        EditState::Sending { sent, sent_at, .. } => (EditProgress::Sent, sent, *sent_at),
        EditState::Conflict { .. } => (EditProgress::InConflict, &edit.mine, None),
        EditState::Parked { .. } => (EditProgress::Parked, &edit.mine, None),
    };
    let is_newest = match &edit.state {
        EditState::Sending { generation, .. } => {
            *generation == edit.generation || !stands(Protection::Generation)
        }
        EditState::Pending | EditState::Conflict { .. } | EditState::Parked { .. } => true,
    };
    let moved = match (&edit.state, sent_at, told.updated_at.value()) {
        (EditState::Conflict { theirs: asked }, ..) => {
            theirs.value().is_none_or(|theirs| !theirs.equivalent(asked, &edit.field))
        }
        (_, Some(sent_at), Some(updated_at)) => *updated_at > sent_at,
        _ => false,
    };
    let situation = FieldSituation {
        field: &edit.field,
        base: &edit.base,
        mine,
        theirs: &theirs,
        progress,
        tries: edit.tries,
        moved,
    };
    let their_value = theirs.value().cloned().unwrap_or(FieldValue::Null);
    let note = |source| (source, edit.field.clone());
    match plan_field(situation) {
        FieldAction::Send => {
            if matches!(edit.state, EditState::Conflict { .. }) {
                edit::rebase(connection, edit.id, &their_value, None).await?;
            }
            applied.to_send.push(edit.id);
        }
        FieldAction::Confirm => {
            applied.confirmed += 1;
            let sent = matches!(edit.state, EditState::Sending { .. });
            let (source, field) = note(if sent { Source::Sent } else { Source::Store });
            history::insert(connection, edit.customer, answer.now, source, &field, &edit.base, mine).await?;
            if is_newest {
                edit::remove(connection, edit.id).await?;
            } else {
                // The person typed on while this was on its way: the rest goes on from what the store has now.
                edit::rebase(connection, edit.id, &their_value, None).await?;
                applied.to_send.push(edit.id);
            }
        }
        FieldAction::SendMerged(joined) if is_newest => {
            let (source, field) = note(Source::Merged);
            history::insert(connection, edit.customer, answer.now, source, &field, &their_value, &joined)
                .await?;
            edit::rebase(connection, edit.id, &their_value, Some(&joined)).await?;
            applied.to_send.push(edit.id);
        }
        FieldAction::SendMerged(_) | FieldAction::Conflict => {
            if !matches!(edit.state, EditState::Conflict { .. }) {
                applied.conflicts += 1;
            }
            edit::set_conflict(connection, edit.id, &their_value).await?;
        }
        FieldAction::Altered => {
            applied.confirmed += 1;
            let (source, field) = note(Source::AlteredByStore);
            history::insert(connection, edit.customer, answer.now, source, &field, mine, &their_value)
                .await?;
            if is_newest {
                edit::remove(connection, edit.id).await?;
            } else {
                // What the person typed meanwhile knows nothing of this value, and nobody can tell whether the store made it of ours
                // or somebody else changed it.
                applied.conflicts += 1;
                edit::set_conflict(connection, edit.id, &their_value).await?;
            }
        }
        FieldAction::Park(ParkReason::Ignored) => {
            applied.parked += 1;
            edit::park(connection, edit.id, "ignored", None).await?;
        }
        FieldAction::ReadAgain | FieldAction::Stay => {}
    }
    Ok(())
}

/// What the store has for an edit. A new address has no id there: it has arrived when the store shows that place.
fn theirs(told: &CustomerRecord, before: &Mirror, edit: &Edit) -> Presence<FieldValue> {
    if let (clientela_domain::Field::Address(key), FieldValue::Address(mine)) = (&edit.field, &edit.mine)
        && key.starts_with(Address::NEW_PREFIX)
        && stands(Protection::AddressArrives)
    {
        if told.addresses.is_absent() {
            return Presence::Absent;
        }
        let list = told.addresses.value().map(Vec::as_slice).unwrap_or_default();
        let arrived = list.iter().find(|address| address.key != *key && address.same_place(mine));
        let in_part = || {
            let known = before.record.addresses.value().map(Vec::as_slice).unwrap_or_default();
            let is_known = |address: &Address| known.iter().any(|known| known.key == address.key);
            let was_sent = matches!(edit.state, EditState::Sending { .. });
            was_sent && list.iter().any(|address| !is_known(address) && is_part_of(address, mine))
        };
        return match arrived {
            Some(address) => Presence::Value(FieldValue::Address(Box::new(address.clone()))),
            None if in_part() => Presence::Value(edit.mine.clone()),
            None => Presence::Null,
        };
    }
    told.field(&edit.field)
}

/// Whether a place is what a store keeps of this one: some do not have every part, and what they have was ours.
fn is_part_of(shown: &Address, mine: &Address) -> bool {
    let mut filled = shown.clone();
    for ((_, part), (_, ours)) in filled.parts_mut().into_iter().zip(mine.parts()) {
        if part.is_none() {
            part.clone_from(ours);
        }
    }
    shown.street.is_some() && filled.same_place(mine)
}
