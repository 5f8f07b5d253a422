//! Reading a store's list: the first time, what changed, or everything again.
//!
//! How far the pass has come is written with the last records of a page, in one transaction with the search index. A first or full pass that was
//! cut off goes on where it was; one that follows changes begins again from the old mark, because the mark moves only when a
//! pass ends.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use clientela_connectors::{ConnectorError, ListRequest, Page, Urgency};
use clientela_database::commit;
use clientela_database::table::pass::{self as pass_table, Pass, PassKind};
use clientela_database::table::store::{self as store_table, EndedPass};
use clientela_database::table::{familiar, mirror, store};
use clientela_domain::capability::ChangeFeed;
use clientela_domain::protection::{Protection, stands};
use clientela_domain::{Presence, RemoteId};

use crate::ahead::{List, Pages, ReadPage};
use crate::apply::Answer;
use crate::left_out::{self, Waiting};
use crate::page::{Newcomers, apply_page};
use crate::session::StoreSession;
use crate::{Phase, StoreReport, SyncStop, push, sweep};

/// A change is looked for again at least this far back: longer than any copy lags ([`crate::apply::LONGEST_LAG`]), and stores' clocks jump.
const SMALLEST_OVERLAP: TimeDelta = TimeDelta::minutes(12);
/// A list with page numbers shifts while it is read. It is read again until it is complete, at most this often.
const MOST_ROUNDS: u32 = 3;
/// After so many records of a page it is looked whether somebody waits to write.
const BEFORE_A_LOOK: usize = 50;
/// Where changes of addresses are not told, everything is read again after this long.
const FULL_PASS_EVERY: TimeDelta = TimeDelta::days(7);

/// Reads what there is to read. `full`: everything, although the store could tell what changed.
pub(crate) async fn pass(
    session: &StoreSession,
    report: &mut StoreReport,
    full: bool,
) -> Result<(), SyncStop> {
    let mut pass = begin(session, full).await?;
    let left_out_before = left_out::waiting(session).await?;
    let started = session.clock.elapsed();
    // A pass that goes on from a page has listed some already.
    let mut listed_before = 0;
    for round in 1..=MOST_ROUNDS {
        let mut end = read_list(session, report, &mut pass).await?;
        end.listed = pass.listed - std::mem::replace(&mut listed_before, pass.listed);
        if is_complete(session, &pass, &end).await? || round == MOST_ROUNDS {
            break;
        }
        pass.position = None;
    }
    if pass.kind == PassKind::Full {
        sweep::sweep(session, report, pass.number).await?;
    }
    sweep::confirm(session, report, pass.began_at_store).await?;
    left_out::ask(session, report, &left_out_before).await?;
    finish(session, &pass, started).await?;
    // Everybody is in the copy now; which segment each is in can be learnt while people work with them.
    if pass.kind.lists_everything() {
        read_segments(session, report).await?;
    }
    Ok(())
}

/// Which pass it is to be. One that lists everything is gone on with when it was cut off.
async fn begin(session: &StoreSession, full: bool) -> Result<Pass, SyncStop> {
    let now = session.clock.now();
    let mut transaction = session.database.write().await?;
    let left = pass_table::find(&mut transaction, session.id()).await?;
    let fresh_store =
        store::find(&mut transaction, session.id()).await?.unwrap_or_else(|| session.store.clone());
    let kind = kind_of(session, &fresh_store, full, now);
    // Before the store shows anybody else.
    if kind != PassKind::First {
        familiar::note(&mut transaction, session.id(), now).await?;
    }
    let pass = match left {
        Some(left) if left.kind.lists_everything() && (left.kind == kind || kind == PassKind::Changes) => {
            left
        }
        _ => pass_table::begin(&mut transaction, session.id(), kind, now).await?,
    };
    commit(transaction).await?;
    Ok(pass)
}

fn kind_of(session: &StoreSession, store: &store_table::Store, full: bool, now: DateTime<Utc>) -> PassKind {
    let capabilities = session.connector.capabilities();
    match store.full_pass_at {
        None => PassKind::First,
        Some(_)
            if full || capabilities.change_feed == ChangeFeed::FullPass || store.changes_since.is_none() =>
        {
            PassKind::Full
        }
        // A moment that has not come yet is none: somebody had set this machine's clock.
        Some(at) if capabilities.address_edits_are_silent && !(at <= now && now - at <= FULL_PASS_EVERY) => {
            PassKind::Full
        }
        Some(_) => PassKind::Changes,
    }
}

struct ListEnd {
    total: Option<u64>,
    /// Records of this round, each as often as it was listed.
    listed: i64,
    unseen: Unseen,
}

/// Records of a round that were listed and are not in the copy.
#[derive(Default)]
struct Unseen {
    /// They could not be read.
    rejected: u64,
    /// Somebody has erased them here.
    suppressed: BTreeSet<RemoteId>,
}

impl Unseen {
    fn count(&self) -> u64 {
        self.rejected + self.suppressed.len() as u64
    }
}

async fn read_list(
    session: &StoreSession,
    report: &mut StoreReport,
    pass: &mut Pass,
) -> Result<ListEnd, SyncStop> {
    let (phase, urgency) = match pass.kind {
        PassKind::First => (Phase::FirstPass, Urgency::Changes),
        PassKind::Changes => (Phase::Changes, Urgency::Changes),
        PassKind::Full => (Phase::FullPass, Urgency::Sweep),
    };
    let updated_since = if pass.kind == PassKind::Changes { look_back(session).await? } else { None };
    let from = |position: Option<String>| {
        let request = ListRequest { position, updated_since, ..ListRequest::default() };
        Pages::of(session, List { request, urgency })
    };
    let mut pages = from(pass.position.clone());
    let (mut total, mut unseen) = (None, Unseen::default());
    loop {
        session.go_on()?;
        let ReadPage { page, newcomers } = pages.next(session).await?;
        total = page.total.or(total);
        unseen.rejected += page.rejected.len() as u64;
        let changed = commit_page(session, report, pass, &page, newcomers, &mut unseen.suppressed).await?;
        session.progress.reached(session.id(), phase, pass.listed.max(0) as u64, total);
        if changed {
            session.progress.customers_changed(session.id());
        }
        if page.next.is_none() {
            return Ok(ListEnd { total, listed: 0, unseen });
        }
        // An edit made meanwhile does not wait for the end of a long pass. What was read before it was sent is older than its answer.
        if push::push(session, report).await? {
            pages = from(pass.position.clone());
        }
    }
}

/// Applies one page in one transaction, or in a few where somebody else waits to write; with the last one the page is done. Tells whether
/// anything changed.
async fn commit_page(
    session: &StoreSession,
    report: &mut StoreReport,
    pass: &mut Pass,
    page: &Page,
    mut newcomers: Newcomers,
    erased: &mut BTreeSet<RemoteId>,
) -> Result<bool, SyncStop> {
    let answer = Answer {
        store: session.id(),
        shown_at: page.server_time,
        now: session.clock.now(),
        pass: pass.kind.lists_everything().then_some(pass.number),
        detail: false,
        beside: false,
        answers: &[],
    };
    let mut changed = false;
    if !stands(Protection::WholePage) {
        let mut early = session.database.write().await?;
        pass_table::advance(&mut early, session.id(), &Pass { position: page.next.clone(), ..pass.clone() })
            .await?;
        commit(early).await?;
    }
    let mut transaction = session.database.write().await?;
    let mut suppressed = session.suppressed(&mut transaction).await?;
    let mut waiting = Waiting::read(&mut transaction, session, page.server_time).await?;
    // Where every pass lists everything, the next one shows what an old copy did not.
    let tells_changes = session.connector.capabilities().change_feed == ChangeFeed::UpdatedSince;
    for (number, some) in page.records.chunks(BEFORE_A_LOOK).enumerate() {
        if number > 0 && session.database.is_awaited() {
            // A person saves something. What is written of the page stands, and the page is not done.
            commit(transaction).await?;
            transaction = session.database.write().await?;
            suppressed = session.suppressed(&mut transaction).await?;
            waiting = Waiting::read(&mut transaction, session, page.server_time).await?;
        }
        let applied = apply_page(&mut transaction, answer, &suppressed, some, &mut newcomers).await?;
        for (record, applied) in some.iter().zip(&applied) {
            report.seen += 1;
            if suppressed.contains(&record.remote_id) {
                erased.insert(record.remote_id.clone());
            }
            report.count(applied);
            if tells_changes || !applied.older {
                waiting.shown(&mut transaction, &suppressed, &record.remote_id, applied).await?;
            }
            changed |= applied.inserted || applied.changed;
        }
    }
    for rejected in &page.rejected {
        tracing::warn!(store = session.id().0, reason = %rejected.reason, "a record was left out");
        report.skip(&rejected.reason);
        if let Some(remote) = &rejected.remote_id {
            waiting.note(&mut transaction, &suppressed, &RemoteId::new(remote.clone())).await?;
        }
    }
    pass.listed += page.records.len() as i64;
    pass.began_at_store = match stands(Protection::Signpost) {
        true => pass.began_at_store.or(page.server_time),
        false => page.server_time,
    };
    pass.position.clone_from(&page.next);
    pass_table::advance(&mut transaction, session.id(), pass).await?;
    if !stands(Protection::CursorAtTheEnd) {
        store_table::end_pass(&mut transaction, session.id(), ended(session, pass, Duration::ZERO)).await?;
    }
    if pass.kind.lists_everything()
        && let Some(total) = page.total
    {
        store_table::set_size(&mut transaction, session.id(), total as i64).await?;
    }
    commit(transaction).await?;
    Ok(changed)
}

/// From when on changes are asked for: the last pass's beginning by the store's clock, less an overlap that grows with how long
/// that pass took.
async fn look_back(session: &StoreSession) -> Result<Option<DateTime<Utc>>, SyncStop> {
    let mut connection = session.database.read().await?;
    let store = store::find(&mut connection, session.id()).await?;
    Ok(store.and_then(|store| {
        let overlap = match stands(Protection::Overlap) {
            true => SMALLEST_OVERLAP.max(TimeDelta::milliseconds(store.last_pass_ms.saturating_mul(2))),
            false => TimeDelta::zero(),
        };
        store.changes_since.map(|since| since - overlap)
    }))
}

/// Whether a pass that lists everything has listed as many different customers as the store says it has. A pass by ids cannot
/// skip anybody. A store without a total has as many as it listed: who is listed twice has taken the place of somebody else.
async fn is_complete(session: &StoreSession, pass: &Pass, end: &ListEnd) -> Result<bool, SyncStop> {
    let by_pages = session.connector.capabilities().change_feed == ChangeFeed::FullPass;
    if !by_pages || !pass.kind.lists_everything() {
        return Ok(true);
    }
    let places = u64::try_from(end.listed).unwrap_or(0) + end.unseen.rejected;
    let total = match end.total {
        None if stands(Protection::RepeatsAreGaps) => places,
        told => told.unwrap_or(0),
    };
    let mut connection = session.database.read().await?;
    let listed = mirror::listed_by(&mut connection, session.id(), pass.number).await?;
    Ok(u64::try_from(listed).unwrap_or(0) + end.unseen.count() >= total)
}

/// Learns the segment of every customer from one list a segment, instead of asking for each customer.
async fn read_segments(session: &StoreSession, report: &mut StoreReport) -> Result<(), SyncStop> {
    let segments = session.connector.capabilities().segments;
    for (done, segment) in segments.iter().enumerate() {
        session.progress.reached(session.id(), Phase::Segments, done as u64, Some(segments.len() as u64));
        let mut position = None;
        loop {
            session.go_on()?;
            let request =
                ListRequest { position, segment: Some((*segment).to_owned()), ..ListRequest::default() };
            let mut page = match session.ask(session.connector.list(&request, Urgency::Sweep)).await {
                Ok(page) => page,
                // A store that does not know the segment has shown everybody all the same.
                Err(SyncStop::Store(error @ ConnectorError::Refused { .. })) => {
                    tracing::warn!(store = session.id().0, segment, %error, "a segment could not be read");
                    break;
                }
                Err(stop) => return Err(stop),
            };
            let answer = Answer {
                store: session.id(),
                shown_at: page.server_time,
                now: session.clock.now(),
                pass: None,
                detail: false,
                beside: false,
                answers: &[],
            };
            let mut transaction = session.database.write().await?;
            let suppressed = session.suppressed(&mut transaction).await?;
            for record in &mut page.records {
                record.segment = Presence::Value((*segment).to_owned());
            }
            apply_page(&mut transaction, answer, &suppressed, &page.records, &mut Newcomers::new()).await?;
            commit(transaction).await?;
            push::push(session, report).await?;
            position = page.next;
            if position.is_none() {
                break;
            }
        }
        session.progress.customers_changed(session.id());
    }
    Ok(())
}

async fn finish(session: &StoreSession, pass: &Pass, started: Duration) -> Result<(), SyncStop> {
    let ended = ended(session, pass, session.clock.elapsed().saturating_sub(started));
    let mut transaction = session.database.write().await?;
    store_table::end_pass(&mut transaction, session.id(), ended).await?;
    pass_table::remove(&mut transaction, session.id()).await?;
    commit(transaction).await?;
    Ok(())
}

fn ended(session: &StoreSession, pass: &Pass, took: Duration) -> EndedPass {
    EndedPass {
        full: pass.kind.lists_everything(),
        began_at_store: pass.began_at_store,
        took_ms: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
        now: session.clock.now(),
    }
}
