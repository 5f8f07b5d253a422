//! What an answer about a customer means for each of its edits.

use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::history::{self, Source};
use clientela_database::table::mirror::Mirror;
use clientela_database::{Connection, DatabaseError};
use clientela_domain::protection::{Protection, stands};
use clientela_domain::reconcile::{
    FieldAction, FieldSituation, ParkReason, Progress as EditProgress, plan_field,
};
use clientela_domain::{CustomerRecord, FieldValue, Presence};

use crate::apply::{Answer, Applied, park_all, show};
use crate::new_address::{NewAddress, Others};

/// Plans every edit of a customer against what this answer says, not against what earlier ones said: a field that it leaves out
/// proves nothing. An answer with asterisks says nothing of anybody's text, unless it shows what was sent.
pub(crate) async fn settle(
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
    let mut edits = edit::of_customer(connection, id).await?;
    if told.anonymized {
        edits.clear();
    } else if told.masked {
        let mut now = mirror.record.clone();
        now.absorb(told);
        edits.retain(|edit| shows_what_was_sent(edit, told, &now));
    }
    let mut others = Others::of(&edits);
    for edit in edits {
        settle_one(connection, &edit, mirror, (told, &mut others), answer, &mut applied).await?;
    }
    show(connection, id).await?;
    Ok(applied)
}

/// Empty is not enough: it may be how the store hides a text. Nor is what the copy does not take from such an answer: without the
/// edit, people would see the old text.
fn shows_what_was_sent(edit: &Edit, told: &CustomerRecord, now: &CustomerRecord) -> bool {
    let Some(sent) = &edit.unanswered else { return false };
    let is_sent = |record: &CustomerRecord| match record.field(&edit.field) {
        Presence::Value(shown) => shown.equivalent(sent, &edit.field),
        Presence::Null | Presence::Absent => false,
    };
    is_sent(told) && is_sent(now)
}

async fn settle_one(
    connection: &mut Connection,
    edit: &Edit,
    before: &Mirror,
    (told, others): (&CustomerRecord, &mut Others),
    answer: Answer<'_>,
    applied: &mut Applied,
) -> Result<(), DatabaseError> {
    let new_address = NewAddress::of(edit);
    let is_answer = answer.answers.contains(&edit.id);
    let arrived = new_address.map(|new| new.arrived(told, others, before, is_answer));
    let theirs = match &arrived {
        Some(arrived) => arrived.as_ref().map(|arrived| arrived.text.clone()),
        None => told.field(&edit.field),
    };
    let theirs = match theirs {
        Presence::Absent if !stands(Protection::AbsentIsNotEmpty) => Presence::Null,
        theirs => theirs,
    };
    let place = arrived.as_ref().and_then(Presence::value);
    if let Some(place) = place {
        others.take(place);
    }
    let is_unsure = place.is_some_and(|place| place.is_unsure);
    let is_answer = is_answer && !is_unsure;
    // A list that leaves a field out is no reason to do anything; only the customer's own answer is.
    if theirs.is_absent() && !answer.detail && !is_answer {
        return Ok(());
    }
    if answer.beside && matches!(edit.state, EditState::Sending { .. }) {
        return Ok(());
    }
    // When it is tried again, what is new there now would look as if it had always been there.
    if is_unsure && matches!(edit.state, EditState::Parked { .. }) {
        applied.conflicts += 1;
        let theirs = theirs.value().cloned().unwrap_or(FieldValue::Null);
        return edit::set_conflict(connection, edit.id, &theirs).await;
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
    let their_value = theirs.value().cloned().unwrap_or(FieldValue::Null);
    let moved = match (&edit.state, sent_at, told.updated_at.value()) {
        (EditState::Conflict { theirs: asked }, ..) => !their_value.equivalent(asked, &edit.field),
        // Moments are kept in milliseconds; a date may be finer.
        (_, Some(sent_at), Some(updated_at)) => updated_at.timestamp_millis() > sent_at.timestamp_millis(),
        _ => false,
    };
    let known = before.record.field(&edit.field).into_value().unwrap_or(FieldValue::Null);
    // The person typed on while this was on its way, and the store has come to the same without it.
    let has_come_to_it = !is_newest && edit.mine.identical(&their_value);
    // A person wants what the store had, and at most a text of ours was waited for. What the store has now is no question.
    let is_agreed = matches!(edit.state, EditState::Pending)
        && edit.mine.identical(&edit.base)
        && !stands_among(edit, &their_value);
    let another_has_left =
        edit.unanswered.as_ref().is_some_and(|sent| !sent.equivalent(&their_value, &edit.field));
    let mut base = &edit.base;
    if has_arrived_earlier(edit, &theirs) {
        let (sent, at) = (edit.unanswered.as_ref().unwrap_or(&their_value), answer.now);
        let was = where_it_was(base, sent, &known);
        if !was.identical(sent) {
            history::insert(connection, edit.customer, at, Source::Sent, &edit.field, was, sent).await?;
        }
        edit::note_answered(connection, edit.id, Some(&their_value)).await?;
        if let (Some(new), Some(place)) = (new_address, place) {
            new.goes_on_at(connection, place).await?;
        }
        base = &their_value;
    }
    if let Some(sent) = sent_before_the_question(edit, &theirs)
        && !known.identical(&their_value)
    {
        let at = answer.now;
        history::insert(connection, edit.customer, at, Source::Sent, &edit.field, &known, sent).await?;
    }
    let situation = FieldSituation {
        field: &edit.field,
        base,
        mine,
        theirs: &theirs,
        progress,
        // Typing anew counts the tries from the start; what has left before a question has left all the same.
        tries: match edit.state {
            EditState::Conflict { .. } => edit.tries.max(u32::from(another_has_left)),
            _ => edit.tries,
        },
        moved,
    };
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
            let is_ours = |sent: &FieldValue| sent.equivalent(&their_value, &edit.field);
            let sent = matches!(edit.state, EditState::Sending { .. })
                || edit.unanswered.as_ref().is_some_and(is_ours);
            // What the store had all along is no change of anybody's.
            let (source, was, is) = match sent {
                true => (Source::Sent, where_it_was(base, mine, &known), mine),
                false => (Source::Store, &known, &their_value),
            };
            if !was.identical(is) {
                let (source, field) = note(source);
                history::insert(connection, edit.customer, answer.now, source, &field, was, is).await?;
            }
            if is_newest {
                edit::remove(connection, edit.id).await?;
            } else {
                // The person typed on while this was on its way: the rest goes on from what the store has now.
                edit::rebase(connection, edit.id, &their_value, None).await?;
                edit::note_answered(connection, edit.id, None).await?;
                if let (Some(new), Some(place)) = (new_address, place) {
                    new.goes_on_at(connection, place).await?;
                }
                applied.to_send.push(edit.id);
            }
        }
        FieldAction::SendMerged(joined)
            if is_newest && joined.identical(&their_value) && !stands_among(edit, &their_value) =>
        {
            // Whatever was still wanted is there already, among what came since and was told as the store's.
            applied.confirmed += 1;
            edit::remove(connection, edit.id).await?;
        }
        FieldAction::SendMerged(joined) if is_newest && !joined.identical(&their_value) => {
            let (source, field) = note(Source::Merged);
            history::insert(connection, edit.customer, answer.now, source, &field, &their_value, &joined)
                .await?;
            edit::rebase(connection, edit.id, &their_value, Some(&joined)).await?;
            applied.to_send.push(edit.id);
        }
        // The store's change was told when it came in.
        FieldAction::SendMerged(_) | FieldAction::Conflict if is_agreed => {
            applied.confirmed += 1;
            edit::remove(connection, edit.id).await?;
        }
        FieldAction::SendMerged(_) | FieldAction::Conflict if has_come_to_it => {
            applied.confirmed += 1;
            if !known.identical(&their_value) {
                let (source, field) = note(Source::Store);
                history::insert(connection, edit.customer, answer.now, source, &field, &known, &their_value)
                    .await?;
            }
            edit::remove(connection, edit.id).await?;
        }
        FieldAction::SendMerged(_) | FieldAction::Conflict => {
            if !matches!(edit.state, EditState::Conflict { .. }) {
                applied.conflicts += 1;
            }
            go_on_from_what_was_sent(connection, edit, is_newest).await?;
            edit::set_conflict(connection, edit.id, &their_value).await?;
        }
        FieldAction::Altered => {
            applied.confirmed += 1;
            let (source, field) = note(Source::AlteredByStore);
            history::insert(connection, edit.customer, answer.now, source, &field, mine, &their_value)
                .await?;
            if is_newest || has_come_to_it {
                edit::remove(connection, edit.id).await?;
            } else {
                // What the person typed meanwhile knows nothing of this value, and nobody can tell whether the store made it of ours
                // or somebody else changed it.
                applied.conflicts += 1;
                go_on_from_what_was_sent(connection, edit, is_newest).await?;
                edit::set_conflict(connection, edit.id, &their_value).await?;
                edit::note_answered(connection, edit.id, None).await?;
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

/// Whether lines that were taken back stand at the store all the same, among others': then a person looks.
fn stands_among(edit: &Edit, theirs: &FieldValue) -> bool {
    let lines = |value: &FieldValue| -> Vec<String> {
        let text = value.as_text().unwrap_or_default();
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let Some(sent) = &edit.unanswered else { return false };
    let (wanted, theirs) = (lines(&edit.mine), lines(theirs));
    lines(sent).iter().any(|line| !wanted.contains(line) && theirs.contains(line))
}

/// What stood there before a text arrived. An edit that went on from that very text, before anybody knew that it had arrived, has
/// forgotten it.
fn where_it_was<'a>(base: &'a FieldValue, sent: &FieldValue, known: &'a FieldValue) -> &'a FieldValue {
    if base.identical(sent) { known } else { base }
}

/// A person who has typed on while a text was on its way went on from that text. A store that shows again what was there before it
/// has changed it, and not gone back to where this edit began.
async fn go_on_from_what_was_sent(
    connection: &mut Connection,
    edit: &Edit,
    is_newest: bool,
) -> Result<(), DatabaseError> {
    match &edit.state {
        EditState::Sending { sent, .. } if !is_newest => edit::rebase(connection, edit.id, sent, None).await,
        _ => Ok(()),
    }
}

/// What left this machine before a person was asked, where that is what the store shows now: nobody else made this change, so it is
/// told as ours. What the person types is looked at when it is decided.
fn sent_before_the_question<'a>(edit: &'a Edit, theirs: &Presence<FieldValue>) -> Option<&'a FieldValue> {
    let is_asked = matches!(edit.state, EditState::Conflict { .. }) && NewAddress::of(edit).is_none();
    let (sent, theirs) = (edit.unanswered.as_ref()?, said(theirs)?);
    let like = |text: &FieldValue| text.equivalent(theirs, &edit.field);
    (is_asked && like(sent) && !like(&edit.mine)).then_some(sent)
}

/// Whether the store shows an earlier text of this edit, which left this machine and was never answered, and not what the person
/// typed since. Nobody else changed anything then, and nobody has to be asked about a text of one's own.
fn has_arrived_earlier(edit: &Edit, theirs: &Presence<FieldValue>) -> bool {
    let (Some(sent), Some(theirs)) = (&edit.unanswered, said(theirs)) else { return false };
    let is_at_rest = matches!(edit.state, EditState::Pending | EditState::Parked { .. });
    let like = |text: &FieldValue| text.equivalent(theirs, &edit.field);
    is_at_rest && like(sent) && !like(&edit.mine) && stands(Protection::EarlierTextIsOurs)
}

/// What an answer says of a field, which can be that it is empty.
fn said(theirs: &Presence<FieldValue>) -> Option<&FieldValue> {
    match theirs {
        Presence::Absent => None,
        Presence::Null => Some(&FieldValue::Null),
        Presence::Value(value) => Some(value),
    }
}
