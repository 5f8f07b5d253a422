//! Taking one answer about one customer into the database: mirror, edits, what people see.

use chrono::{DateTime, TimeDelta, Utc};
use clientela_database::table::customer::CustomerState;
use clientela_database::table::edit::{Edit, EditState};
use clientela_database::table::history::Source;
use clientela_database::table::mirror::{Mirror, Seen};
use clientela_database::table::newcomers::{self, Newcomer};
use clientela_database::table::{customer, edit, history, journal, mirror};
use clientela_database::{Connection, DatabaseError};
use clientela_domain::protection::{Protection, stands};
use clientela_domain::reconcile::{KnownRecord, RecordAction, ToldRecord, plan_record};
use clientela_domain::{CustomerId, CustomerRecord, EditId, FieldValue, StoreId};

use crate::new_address;
use crate::session::Suppressed;
use crate::settle::settle;

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
    /// It is taken in while a push of the same customer may be under way: it says nothing of what is on its way, since a person who
    /// then decided would be overruled by the write that has left already.
    pub beside: bool,
    /// Edits that this is the answer to: it says what became of them.
    pub answers: &'a [EditId],
}

impl Answer<'_> {
    pub(crate) fn seen(&self) -> Seen {
        Seen { shown_at: self.shown_at, now: self.now, pass: self.pass, detail: self.detail }
    }
}

/// What an answer changed.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Applied {
    pub customer: Option<CustomerId>,
    pub inserted: bool,
    pub changed: bool,
    /// It was an older version than the one that is known, and nothing was done.
    pub older: bool,
    /// Edits that the store confirmed.
    pub confirmed: u64,
    pub conflicts: u64,
    pub parked: u64,
    /// Edits that can be sent now.
    pub to_send: Vec<EditId>,
}

/// What is to be done with an answer about one customer.
pub(crate) struct Planned {
    pub action: RecordAction,
    /// What will be known of it then.
    pub record: CustomerRecord,
    pub found: Option<Mirror>,
    changes: Vec<clientela_domain::customer::FieldChange>,
    is_suppressed: bool,
    is_older: bool,
}

/// Compares an answer with what is known.
pub(crate) fn plan(
    found: Option<Mirror>,
    answer: Answer<'_>,
    suppressed: &Suppressed,
    told: &CustomerRecord,
) -> Planned {
    let is_suppressed = suppressed.contains(&told.remote_id);
    let known = match &found {
        _ if is_suppressed => KnownRecord::Suppressed,
        None => KnownRecord::Nothing,
        Some(mirror) if mirror.gone => KnownRecord::Gone { edited: mirror.has_edits },
        Some(mirror) => KnownRecord::Live { edited: mirror.has_edits },
    };
    let mut record =
        found.as_ref().map_or_else(|| CustomerRecord::new(told.remote_id.clone()), |m| m.record.clone());
    let changes = if found.is_some() { record.changes_to(told) } else { Vec::new() };
    let is_of_before = |mirror: &Mirror| is_older(mirror, answer, told) || was_just_deleted(mirror, answer);
    let is_older = found.as_ref().is_some_and(is_of_before);
    let differs = !is_older && record.absorb(told);
    let version = match (is_older, differs) {
        (true, _) => ToldRecord::Older,
        (false, true) => ToldRecord::Changed,
        (false, false) => ToldRecord::Same,
    };
    Planned { action: plan_record(known, version), record, found, changes, is_suppressed, is_older }
}

/// Applies one answer inside the caller's transaction.
pub(crate) async fn apply(
    connection: &mut Connection,
    answer: Answer<'_>,
    suppressed: &Suppressed,
    told: &CustomerRecord,
) -> Result<Applied, DatabaseError> {
    let found = mirror::find_remote(connection, answer.store, &told.remote_id).await?;
    let kept;
    let told = match &found {
        Some(mirror) if answer.beside && mirror.has_edits => {
            kept = new_address::keep_for_push(connection, mirror.customer, told).await?;
            &kept
        }
        _ => told,
    };
    // What was planned is large, and many futures hold this one.
    Box::pin(carry_out(connection, answer, told, plan(found, answer, suppressed, told))).await
}

/// Does what was planned for one answer.
pub(crate) async fn carry_out(
    connection: &mut Connection,
    answer: Answer<'_>,
    told: &CustomerRecord,
    planned: Planned,
) -> Result<Applied, DatabaseError> {
    let seen = answer.seen();
    let Planned { action, record, found, changes, is_suppressed, is_older } = planned;
    match (action, found) {
        (RecordAction::Insert, _) => {
            let new = vec![Newcomer::of(&record)?];
            let ids = newcomers::insert(connection, answer.store, new, seen).await?;
            Ok(Applied { customer: ids.first().copied(), inserted: true, ..Applied::default() })
        }
        (RecordAction::Touch, Some(mirror)) if mirror.has_edits => {
            mirror::touch(connection, &[mirror.customer], seen).await?;
            settle(connection, &mirror, told, answer, false).await
        }
        (RecordAction::Touch, Some(mirror)) => {
            mirror::touch(connection, &[mirror.customer], seen).await?;
            Ok(Applied { customer: Some(mirror.customer), ..Applied::default() })
        }
        (RecordAction::Update | RecordAction::Revive | RecordAction::ReviveAndPlan, Some(mirror)) => {
            mirror::write(connection, mirror.customer, &record, seen).await?;
            if told.anonymized {
                // The timeline would tell what the store was asked to forget.
                history::remove_of(connection, mirror.customer).await?;
            } else {
                note_changes(connection, &mirror, &changes, answer, told.masked).await?;
            }
            settle(connection, &mirror, told, answer, true).await
        }
        // An old copy of the store answered; it still lists the customer.
        (RecordAction::Ignore, Some(mirror)) if !is_suppressed => {
            if let Some(pass) = answer.pass {
                mirror::note_listed(connection, mirror.customer, pass).await?;
            }
            Ok(Applied { customer: Some(mirror.customer), older: is_older, ..Applied::default() })
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

/// Gives every edit of a customer to a person.
pub(crate) async fn park_all(
    connection: &mut Connection,
    id: CustomerId,
    code: &str,
) -> Result<u64, DatabaseError> {
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

/// A person has deleted it, and what shows it may have left the store before, or come from a copy that lags behind. A while later the
/// store is asked for it.
fn was_just_deleted(mirror: &Mirror, answer: Answer<'_>) -> bool {
    mirror.gone && mirror.missed_at.is_some_and(|at| (answer.now - at).abs() < LONGEST_LAG)
}

async fn note_changes(
    connection: &mut Connection,
    mirror: &Mirror,
    changes: &[clientela_domain::customer::FieldChange],
    answer: Answer<'_>,
    masked: bool,
) -> Result<(), DatabaseError> {
    // What we wrote ourselves is told as sent, not as the store's change.
    let ours = edit::of_customer(connection, mirror.customer).await?;
    for change in changes {
        let is_outcome = |edit: &Edit| match edit.field == change.field {
            true => is_outcome_of(edit, &change.after, answer, masked),
            // The store calls an address that was made here otherwise.
            false => change.before == FieldValue::Null && new_address::is_place_of(edit, &change.after),
        };
        let is_ours = ours.iter().any(is_outcome);
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

/// Whether a value that the store shows now came from this edit, which then tells it: it is what was typed, what was sent before the
/// person typed on or took it back, or whatever the store made of it in its answer. Beside asterisks no edit is looked at.
fn is_outcome_of(edit: &Edit, shown: &FieldValue, answer: Answer<'_>, masked: bool) -> bool {
    let may_be = |sent: &FieldValue| sent.equivalent(shown, &edit.field);
    let is_sent = edit.unanswered.as_ref().is_some_and(may_be);
    let is_typed = !masked && may_be(&edit.mine);
    let is_ours = is_sent || is_typed || answer.answers.contains(&edit.id);
    is_ours && stands(Protection::EchoByContent)
}
