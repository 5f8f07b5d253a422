//! Sending edits, one customer at a time: read fresh, plan, mark, write, take the answer in.
//!
//! The mark is on disk before a request goes out. Whatever happens after it (a crash, a lost answer), the next thing is to read,
//! never to send blindly again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clientela_connectors::{ConnectorError, Fetched, Urgency, Written};
use clientela_database::commit;
use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::history::{self, Source};
use clientela_database::table::mirror;
use clientela_domain::protection::{Protection, stands};
use clientela_domain::reconcile::MOST_TRIES;
use clientela_domain::{CustomerId, CustomerRecord, Field, FieldValue, RemoteId};

use crate::apply::{Answer, Applied, apply, show};
use crate::missing::miss;
use crate::session::StoreSession;
use crate::{Phase, StoreReport, SyncStop};

/// Sends what waits, and tells whether anything did. Ends early only when the store as a whole cannot be used; a refused edit is parked
/// and blocks nobody.
pub(crate) async fn push(session: &StoreSession, report: &mut StoreReport) -> Result<bool, SyncStop> {
    let mut waiting = {
        let mut connection = session.database.read().await?;
        edit::customers_to_push(&mut connection, session.id()).await?
    };
    waiting.retain(|(customer, _)| !report.set_aside.contains(customer));
    let total = waiting.len() as u64;
    for (done, (customer, remote)) in waiting.into_iter().enumerate() {
        session.go_on()?;
        session.progress.reached(session.id(), Phase::Push, done as u64, Some(total));
        match push_customer(session, report, customer, &remote).await {
            Ok(()) => report.in_a_row = 0,
            Err(stop) => {
                let error = report.bear(session, stop)?;
                set_aside(session, report, customer, &error).await?;
            }
        }
        session.progress.edits_changed(session.id(), customer);
    }
    if total > 0 {
        session.progress.reached(session.id(), Phase::Push, total, Some(total));
        session.progress.customers_changed(session.id());
    }
    Ok(total > 0)
}

/// A customer that the store does not show keeps its edits and blocks nobody. Where the store forbids it, a person is asked.
async fn set_aside(
    session: &StoreSession,
    report: &mut StoreReport,
    customer: CustomerId,
    error: &ConnectorError,
) -> Result<(), SyncStop> {
    if let ConnectorError::Forbidden { message } = error {
        let edits = waiting_edits(session, customer).await?;
        return park(session, report, customer, &edits, "forbidden", Some(message.clone())).await;
    }
    tracing::warn!(store = session.id().0, customer = customer.0, %error, "a customer could not be read");
    report.skip(&error.to_string());
    report.set_aside.insert(customer);
    Ok(())
}

/// The edits of a customer that can be sent, or whose outcome is unknown.
async fn waiting_edits(session: &StoreSession, customer: CustomerId) -> Result<Vec<Edit>, SyncStop> {
    let mut connection = session.database.read().await?;
    let mut edits = edit::of_customer(&mut connection, customer).await?;
    edits.retain(|edit| matches!(edit.state, EditState::Pending | EditState::Sending { .. }));
    Ok(edits)
}

async fn park_waiting(
    session: &StoreSession,
    report: &mut StoreReport,
    customer: CustomerId,
    code: &str,
) -> Result<(), SyncStop> {
    let edits = waiting_edits(session, customer).await?;
    park(session, report, customer, &edits, code, None).await
}

/// Sends the edits of one customer.
pub(crate) async fn push_customer(
    session: &StoreSession,
    report: &mut StoreReport,
    customer: CustomerId,
    remote: &RemoteId,
) -> Result<(), SyncStop> {
    let _alone = session.one_customer.lock().await;
    // Each round reads, sends once and takes the answer; a refused set of fields is sent one by one in the rounds after.
    let mut one_by_one = false;
    for round in 0..=MOST_TRIES + 16 {
        if report.set_aside.contains(&customer) {
            return Ok(());
        }
        // Looking once more at somebody with nothing left to send costs a request, and a lagging copy would bring the old values.
        if round > 0 && waiting_edits(session, customer).await?.is_empty() {
            return Ok(());
        }
        let Some((fresh, shown_at, to_send)) = read(session, report, customer, remote).await? else {
            return Ok(());
        };
        let Some(batch) = next_batch(session, report, customer, &to_send, one_by_one).await? else {
            return Ok(());
        };
        // A record that is dated later when it is read again was changed after this: no clock tells that more exactly.
        let written_on = fresh.updated_at.value().copied().or(shown_at);
        let batch = mark(session, batch, written_on).await?;
        if batch.is_empty() {
            continue;
        }
        let changes: Vec<(Field, FieldValue)> =
            batch.iter().map(|edit| (edit.field.clone(), edit.mine.clone())).collect();
        match session.ask(session.connector.update(&fresh, &changes)).await {
            Ok(written) => take_answer(session, report, customer, remote, &batch, written).await?,
            Err(SyncStop::Store(error)) => match consequence(&error, batch.len()) {
                Consequence::OneByOne => {
                    unmark(session, &batch).await?;
                    one_by_one = true;
                }
                Consequence::Park { code, words } => {
                    park(session, report, customer, &batch, code, words).await?
                }
                Consequence::Stop => {
                    unmark(session, &batch).await?;
                    return Err(SyncStop::Store(error));
                }
                // The mark stays: reading tells whether it arrived.
                Consequence::ReadAgain => session.sleep.sleep(pause(round)).await,
            },
            // Cancelled while a write was on its way: the mark stays.
            Err(stop) => return Err(stop),
        }
    }
    Ok(())
}

/// Reads the customer and plans its edits. `None`: nothing is left to do for it.
async fn read(
    session: &StoreSession,
    report: &mut StoreReport,
    customer: CustomerId,
    remote: &RemoteId,
) -> Result<Option<(CustomerRecord, Option<DateTime<Utc>>, Vec<Edit>)>, SyncStop> {
    if !stands(Protection::ReadFirst) {
        let to_send = waiting_edits(session, customer).await?;
        let mut connection = session.database.read().await?;
        let known = mirror::find(&mut connection, customer).await?;
        return Ok(known.map(|known| (known.record, known.shown_at, to_send)));
    }
    match session.ask(session.connector.fetch(remote, Urgency::Push)).await? {
        Fetched::Found { record, server_time } => {
            let (applied, to_send) = take(session, report, &record, server_time, true, &[]).await?;
            if applied.older {
                // Asked again at once, the same copy would answer.
                report.set_aside.insert(customer);
            }
            if (record.masked || record.anonymized) && stands(Protection::MaskIsNotSent) {
                // A write would carry the asterisks, or bring back what the store has removed.
                park_waiting(session, report, customer, if record.masked { "masked" } else { "anonymized" })
                    .await?;
                return Ok(None);
            }
            Ok((!to_send.is_empty()).then_some((*record, server_time, to_send)))
        }
        Fetched::Missing { server_time } => {
            missed(session, report, customer, server_time).await?;
            Ok(None)
        }
    }
}

/// The edits that go out together: a role alone, since it has a request of its own, and an address too where it has one;
/// everything else in one write. Fields that the platform cannot take are parked.
async fn next_batch(
    session: &StoreSession,
    report: &mut StoreReport,
    customer: CustomerId,
    to_send: &[Edit],
    one_by_one: bool,
) -> Result<Option<Vec<Edit>>, SyncStop> {
    let capabilities = session.connector.capabilities();
    let (writable, unwritable): (Vec<&Edit>, Vec<&Edit>) =
        to_send.iter().partition(|edit| capabilities.access(&edit.field).is_writable());
    if !unwritable.is_empty() {
        let unwritable: Vec<Edit> = unwritable.into_iter().cloned().collect();
        park(session, report, customer, &unwritable, "unwritable", None).await?;
    }
    let travels_alone = |edit: &&Edit| match &edit.field {
        Field::Role => true,
        Field::Address(_) => capabilities.addresses.apart,
        _ => false,
    };
    let (alone, together): (Vec<&Edit>, Vec<&Edit>) = writable.into_iter().partition(travels_alone);
    let (batch, size) = match together.len() {
        0 => (alone, 1),
        _ if one_by_one => (together, 1),
        all => (together, all),
    };
    let batch: Vec<Edit> = batch.into_iter().take(size).cloned().collect();
    Ok((!batch.is_empty()).then_some(batch))
}

async fn take_answer(
    session: &StoreSession,
    report: &mut StoreReport,
    customer: CustomerId,
    remote: &RemoteId,
    batch: &[Edit],
    written: Written,
) -> Result<(), SyncStop> {
    let ids: Vec<_> = batch.iter().map(|edit| edit.id).collect();
    let is_its_own_answer = matches!(written, Written::Shown { .. });
    let (record, server_time) = match written {
        Written::Shown { record, server_time } => (record, server_time),
        Written::Missing => {
            // Nothing arrived. The next read tells more.
            unmark(session, batch).await?;
            report.set_aside.insert(customer);
            return Ok(());
        }
        Written::Accepted => match session.ask(session.connector.fetch(remote, Urgency::Push)).await? {
            Fetched::Found { record, server_time } => (record, server_time),
            Fetched::Missing { server_time } => {
                return missed(session, report, customer, server_time).await;
            }
        },
    };
    let (applied, _) = take(session, report, &record, server_time, false, &ids).await?;
    // The date that our own write gave the record is no sign of somebody else's change. What was read after it may be.
    let dated = record.updated_at.value().copied().or(server_time);
    if let Some(dated) = dated
        && is_its_own_answer
        && applied.confirmed < ids.len() as u64
    {
        let mut transaction = session.database.write().await?;
        edit::note_written_on(&mut transaction, &ids, dated).await?;
        commit(transaction).await?;
    }
    Ok(())
}

/// Takes an answer in, and gives back the edits that it lets leave, as they were planned: whatever is typed from here on is not among
/// them.
async fn take(
    session: &StoreSession,
    report: &mut StoreReport,
    record: &CustomerRecord,
    shown_at: Option<DateTime<Utc>>,
    detail: bool,
    answers: &[clientela_domain::EditId],
) -> Result<(Applied, Vec<Edit>), SyncStop> {
    let answer = Answer {
        store: session.id(),
        shown_at,
        now: session.clock.now(),
        pass: None,
        detail,
        beside: false,
        answers,
    };
    let mut transaction = session.database.write().await?;
    let suppressed = session.suppressed(&mut transaction).await?;
    let applied = apply(&mut transaction, answer, &suppressed, record).await?;
    let mut to_send = Vec::with_capacity(applied.to_send.len());
    for id in &applied.to_send {
        to_send.extend(edit::find(&mut transaction, *id).await?);
    }
    commit(transaction).await?;
    report.pushed += applied.confirmed;
    report.conflicts += applied.conflicts;
    report.parked += applied.parked;
    Ok((applied, to_send))
}

/// Marks what is to leave, and gives back what was marked. Whatever a person has changed or taken back since it was planned is left
/// for the next round: what leaves this machine has to be what stands in the mark, or its answer is taken for that of another text.
async fn mark(
    session: &StoreSession,
    batch: Vec<Edit>,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Edit>, SyncStop> {
    if !stands(Protection::MarkFirst) {
        return Ok(batch);
    }
    let mut transaction = session.database.write().await?;
    let mut marked = Vec::with_capacity(batch.len());
    for edit in batch {
        if edit::find(&mut transaction, edit.id).await?.as_ref() == Some(&edit) {
            edit::mark_sending(&mut transaction, edit.id, at).await?;
            marked.push(edit);
        }
    }
    show_first(&mut transaction, &marked).await?;
    commit(transaction).await?;
    tell(session, &marked);
    Ok(marked)
}

async fn unmark(session: &StoreSession, batch: &[Edit]) -> Result<(), SyncStop> {
    let mut transaction = session.database.write().await?;
    for edit in batch {
        take_mark_away(&mut transaction, edit).await?;
    }
    show_first(&mut transaction, batch).await?;
    commit(transaction).await?;
    tell(session, batch);
    Ok(())
}

/// What was to leave surely did not arrive. A person who was asked meanwhile about what would stand there is asked about what does.
async fn take_mark_away(
    connection: &mut clientela_database::Connection,
    before: &Edit,
) -> Result<(), clientela_database::DatabaseError> {
    edit::unmark_sending(connection, before).await?;
    let Some(now) = edit::find(connection, before.id).await? else { return Ok(()) };
    let is_about_ours =
        matches!(&now.state, EditState::Conflict { theirs } if theirs.identical(&before.mine));
    let may_have_arrived = now.unanswered.is_some_and(|sent| sent.identical(&before.mine));
    if is_about_ours && !may_have_arrived {
        let known = mirror::find(connection, before.customer).await?;
        let known = known.and_then(|known| known.record.field(&before.field).into_value());
        edit::set_conflict(connection, before.id, &known.unwrap_or(FieldValue::Null)).await?;
    }
    Ok(())
}

/// People see that an edit is on its way, or waits again.
fn tell(session: &StoreSession, batch: &[Edit]) {
    if let Some(edit) = batch.first() {
        session.progress.edits_changed(session.id(), edit.customer);
        session.progress.customers_changed(session.id());
    }
}

/// All edits of a batch are of one customer.
async fn show_first(
    connection: &mut clientela_database::Connection,
    batch: &[Edit],
) -> Result<(), clientela_database::DatabaseError> {
    match batch.first() {
        Some(edit) => show(connection, edit.customer).await,
        None => Ok(()),
    }
}

async fn park(
    session: &StoreSession,
    report: &mut StoreReport,
    customer: CustomerId,
    batch: &[Edit],
    code: &str,
    words: Option<String>,
) -> Result<(), SyncStop> {
    let mut transaction = session.database.write().await?;
    for edit in batch {
        take_mark_away(&mut transaction, edit).await?;
        // Typed on while it was on its way: the newer text has not been refused.
        let now = edit::find(&mut transaction, edit.id).await?;
        if now.is_some_and(|now| now.generation == edit.generation) {
            edit::park(&mut transaction, edit.id, code, words.as_deref()).await?;
            let (before, after) = (&edit.mine, FieldValue::Null);
            let at = session.clock.now();
            history::insert(&mut transaction, customer, at, Source::Refused, &edit.field, before, &after)
                .await?;
            report.parked += 1;
        }
    }
    show(&mut transaction, customer).await?;
    commit(transaction).await?;
    Ok(())
}

/// The store does not have the customer. Its edits wait until that is certain, and then for a person.
async fn missed(
    session: &StoreSession,
    report: &mut StoreReport,
    customer: CustomerId,
    told_at: Option<DateTime<Utc>>,
) -> Result<(), SyncStop> {
    report.set_aside.insert(customer);
    miss(session, customer, told_at, Urgency::Push).await?.count(report);
    Ok(())
}

enum Consequence {
    /// Somebody among several was refused: send each alone to learn who.
    OneByOne,
    Park {
        code: &'static str,
        words: Option<String>,
    },
    /// The whole store cannot be used now, and nothing arrived.
    Stop,
    ReadAgain,
}

/// What an error on a write means for its edits.
fn consequence(error: &ConnectorError, size: usize) -> Consequence {
    match error {
        ConnectorError::Refused { .. } | ConnectorError::Unwritable { .. } if size > 1 => {
            Consequence::OneByOne
        }
        ConnectorError::Refused { message, fields, .. } => {
            Consequence::Park { code: "refused", words: Some(words(message, fields)) }
        }
        ConnectorError::Unwritable { message, .. } => {
            Consequence::Park { code: "unwritable", words: Some(message.clone()) }
        }
        ConnectorError::Forbidden { message } => {
            Consequence::Park { code: "forbidden", words: Some(message.clone()) }
        }
        ConnectorError::Unsupported => Consequence::Park { code: "unwritable", words: None },
        ConnectorError::OutcomeUnknown { .. }
        | ConnectorError::ServerFault { .. }
        | ConnectorError::TooLarge { .. }
        | ConnectorError::Unreadable { .. } => Consequence::ReadAgain,
        ConnectorError::SignIn { .. }
        | ConnectorError::Unpaid { .. }
        | ConnectorError::WrongAddress
        | ConnectorError::RateLimited { .. }
        | ConnectorError::Unreachable { .. }
        | ConnectorError::Redirected { .. }
        | ConnectorError::BadAddress { .. } => Consequence::Stop,
    }
}

/// The store's own words, with the fields it names.
fn words(message: &str, fields: &[clientela_connectors::FieldRefusal]) -> String {
    let named = fields
        .iter()
        .map(|field| format!("{}: {}", field.field, field.message))
        .collect::<Vec<_>>()
        .join("; ");
    if named.is_empty() { message.to_owned() } else { named }
}

fn pause(round: u32) -> Duration {
    Duration::from_millis(500 * u64::from(round + 1))
}
