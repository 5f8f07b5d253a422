//! Bringing stores in step: on a person's word, and by itself while the app is open.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use clientela_connectors::ConnectorError;
use clientela_database::table::edit;
use clientela_database::table::store::{self, Store, StoreState};
use clientela_database::{DatabaseError, commit};
use clientela_domain::capability::{ChangeFeed, Detail};
use clientela_domain::{CustomerId, StoreId};
use clientela_sync::{Phase, Progress, StoreReport, SyncOptions, SyncStop, fill_details, outbox, sync_store};
use tokio::task::{AbortHandle, JoinSet};

use crate::command::{Nothing, SyncRequest};
use crate::context::{App, Link, capabilities};
use crate::dto::sync::{StoreSyncDto, SyncDto, SyncProgressDto};
use crate::error::{ApiError, ApiResult, Code};
use crate::event::{AppEvent, EventSink};
use crate::schedule::Schedule;

/// After an edit, more edits are waited for this long before anything is sent.
const DEBOUNCE: Duration = Duration::from_secs(2);
/// How often stores are asked what changed.
const EVERY: Duration = Duration::from_secs(180);
/// How soon a store that could not be reached is looked for again.
const AGAIN: Duration = Duration::from_secs(30);
/// However large a store is, it is read this often.
const SELDOMEST: Duration = Duration::from_secs(6 * 60 * 60);
/// Customers whose own facts are filled in between two looks for something more urgent.
const DETAILS_AT_ONCE: u32 = 25;
/// Between some customers who are written anew after an upgrade and the next.
const BETWEEN_SOME: Duration = Duration::from_millis(20);

/// Syncs these stores side by side and tells what was done. A store's trouble is in its row and does not hold
/// the others up.
pub async fn start(app: &App, request: SyncRequest) -> ApiResult<SyncDto> {
    let stores = chosen(app, &request.store_ids).await?;
    let options = SyncOptions { full: request.full, push_only: false };
    let sync = move |app, store| async move { sync_one(app, store, options).await.row };
    Ok(SyncDto { stores: side_by_side(app, stores, sync).await })
}

/// Ends running syncs after the request they are in. What was committed stays, and they can be gone on with.
pub async fn cancel(app: &App, _request: Nothing) -> ApiResult<Nothing> {
    app.cancel_syncs();
    Ok(Nothing {})
}

/// Works by itself as long as the app is open: sends edits soon after they are saved, asks for changes every few minutes, fills
/// in what stores tell only customer by customer. Ends when the app is closed.
pub async fn keep_in_step(app: App) {
    let closing = app.inner.closing.clone();
    closing.run_until_cancelled(look_after_all(app)).await;
}

async fn look_after_all(app: App) {
    let clock = app.inner.outside.clock.clone();
    let mut tasks = JoinSet::new();
    let mut running: HashMap<StoreId, AbortHandle> = HashMap::new();
    let mut schedule = Schedule::default();
    let shows_anew = app.clone();
    tasks.spawn(async {
        show_anew(shows_anew).await;
        None
    });
    // Somebody has just saved, connected or decided something: then even a store that was not reached is tried again. So often that
    // happened, and how much of it each store has answered to.
    let mut calls = 1;
    let mut answered: HashMap<StoreId, u64> = HashMap::new();
    loop {
        while let Some(ended) = tasks.try_join_next() {
            if let Ok(Some((store, somebody_waits))) = ended {
                schedule.ended(store, clock.elapsed(), somebody_waits);
            }
        }
        let random = &app.inner.outside.random;
        schedule.look(clock.elapsed(), clock.now(), || random.chance());
        for store in chosen(&app, &[]).await.unwrap_or_default() {
            // A store in a long first pass must not hold up the edits of the others.
            let is_busy = running.get(&store.id).is_some_and(|task| !task.is_finished());
            if is_busy || store.state == StoreState::SignInNeeded {
                continue;
            }
            let now = clock.elapsed();
            if store.state == StoreState::Offline {
                schedule.hurry(store.id, now, AGAIN);
            }
            let due = schedule.is_due(store.id, now, between_passes(&store), random.chance());
            let woken = answered.insert(store.id, calls) != Some(calls);
            let sends = woken || is_reachable(&store) && schedule.may_send_again(store.id, now);
            running
                .insert(store.id, tasks.spawn(look_after(app.clone(), store, Needs { due, woken, sends })));
        }
        let is_called = tokio::select! {
            () = app.inner.wake.notified() => true,
            () = app.inner.outside.sleep.sleep(DEBOUNCE) => false,
        };
        if is_called {
            calls += 1;
            // Edits typed one after the other go out together.
            app.inner.outside.sleep.sleep(DEBOUNCE).await;
        }
    }
}

/// After an upgrade: writes anew what an older version wrote otherwise, between all other work.
async fn show_anew(app: App) {
    let some = async || -> Result<bool, DatabaseError> {
        let mut transaction = app.inner.database.write().await?;
        let are_others_left = outbox::refresh_some(&mut transaction).await?;
        commit(transaction).await?;
        Ok(are_others_left)
    };
    let mut is_any_done = false;
    loop {
        match some().await {
            Ok(true) => is_any_done = true,
            Ok(false) => break,
            // It is gone on with at the next start.
            Err(error) => {
                tracing::warn!(%error, "what is shown could not be written anew");
                break;
            }
        }
        app.inner.outside.sleep.sleep(BETWEEN_SOME).await;
    }
    if is_any_done {
        let stores = chosen(&app, &[]).await.unwrap_or_default();
        app.emit(AppEvent::CustomersChanged { store_ids: stores.iter().map(|store| store.id.0).collect() });
    }
}

/// A store that cannot tell what changed is read whole every time: the larger it is, the seldomer, so that reading takes a
/// twentieth of the time at most.
fn between_passes(store: &Store) -> Duration {
    let tells = capabilities(&store.platform).is_ok_and(|able| able.change_feed == ChangeFeed::UpdatedSince);
    let took = Duration::from_millis(u64::try_from(store.last_pass_ms).unwrap_or(0));
    if tells { EVERY } else { EVERY.max(took.saturating_mul(20)).min(SELDOMEST) }
}

fn is_reachable(store: &Store) -> bool {
    matches!(store.state, StoreState::FirstPass | StoreState::Ready)
}

/// What it is time for at a store.
struct Needs {
    due: bool,
    woken: bool,
    sends: bool,
}

/// Does what a store needs now: a pass, its edits sent, or a few more of its customers' own facts. Tells, where edits were sent, whether
/// somebody's wait.
async fn look_after(app: App, store: Store, needs: Needs) -> Option<(StoreId, bool)> {
    let id = store.id;
    let options = if needs.due || (needs.woken && store.full_pass_at.is_none()) {
        SyncOptions::default()
    } else if needs.sends && has_edits(&app, id).await {
        SyncOptions { push_only: true, ..SyncOptions::default() }
    } else {
        fill(&app, store).await;
        return None;
    };
    Some((id, sync_one(app, store, options).await.somebody_waits))
}

/// Works for several stores at once, each in a task of its own, and gives the answers in the order of the stores. Dropped, it
/// ends them all.
async fn side_by_side<T, Work>(app: &App, stores: Vec<Store>, work: impl Fn(App, Store) -> Work) -> Vec<T>
where
    T: Send + 'static,
    Work: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for (place, store) in stores.into_iter().enumerate() {
        let task = work(app.clone(), store);
        tasks.spawn(async move { (place, task.await) });
    }
    let mut answers = tasks.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

async fn chosen(app: &App, ids: &[i64]) -> ApiResult<Vec<Store>> {
    let stores = {
        let mut connection = app.inner.database.read().await?;
        store::all(&mut connection).await?
    };
    if let Some(unknown) = ids.iter().find(|id| !stores.iter().any(|store| store.id.0 == **id)) {
        return Err(
            ApiError::new(Code::UnknownStore, "there is no such store").with("store", unknown.to_string())
        );
    }
    Ok(stores.into_iter().filter(|store| ids.is_empty() || ids.contains(&store.id.0)).collect())
}

struct Synced {
    row: StoreSyncDto,
    somebody_waits: bool,
}

async fn sync_one(app: App, store: Store, options: SyncOptions) -> Synced {
    let (id, name) = (store.id, store.name.clone());
    let synced = match sync_in_turn(&app, id, options).await {
        Ok(report) => Synced { somebody_waits: report.somebody_waits(), row: row(name, report) },
        Err(error) => {
            let row = StoreSyncDto { name, error: Some(error), ..StoreSyncDto::default() };
            Synced { row, somebody_waits: true }
        }
    };
    let row = &synced.row;
    app.emit(AppEvent::SyncEnded { result: row.clone() });
    app.emit(AppEvent::StoresChanged);
    if row.pushed + row.conflicts + row.parked > 0 {
        app.emit(AppEvent::EditsChanged);
        app.emit(AppEvent::CustomersChanged { store_ids: vec![id.0] });
    }
    synced
}

/// Waits until nobody else syncs this store. Only then is the way to it taken: somebody may sign in, or remove the store, meanwhile. Who
/// signs in during a sync that is refused is not asked to do it again.
async fn sync_in_turn(app: &App, id: StoreId, options: SyncOptions) -> ApiResult<StoreReport> {
    let turns = app.turns(id);
    let _turn = turns.sync.lock().await;
    loop {
        let store = app.store(id).await?;
        let link = app.link(&store).await?;
        app.emit(AppEvent::StoresChanged);
        let report = sync_store(&app.session(store, &link), options).await;
        app.keep_renewed(id, &link).await;
        let is_refused = matches!(report.stop, Some(SyncStop::Store(ConnectorError::SignIn { .. })));
        if !is_refused || app.is_in_use(id, &link).await {
            return Ok(report);
        }
    }
}

fn row(name: String, report: StoreReport) -> StoreSyncDto {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    StoreSyncDto {
        seen: count(report.seen),
        new: count(report.new),
        changed: count(report.changed),
        gone: count(report.gone),
        pushed: count(report.pushed),
        conflicts: count(report.conflicts),
        parked: count(report.parked),
        skipped: count(report.skipped),
        held_back: count(report.held_back),
        requests: count(report.requests),
        seconds: report.milliseconds as f64 / 1000.0,
        complete: report.stop.is_none(),
        error: report.stop.map(|stop| ApiError::from(stop).with("store", name.clone())),
        name,
    }
}

async fn has_edits(app: &App, store: StoreId) -> bool {
    let Ok(mut connection) = app.inner.database.read().await else { return false };
    edit::customers_to_push(&mut connection, store).await.is_ok_and(|waiting| !waiting.is_empty())
}

/// Fills in a few customers' own facts, where lists leave out what the list of customers shows.
async fn fill(app: &App, store: Store) {
    let lists_lack_figures = capabilities(&store.platform).is_ok_and(|able| able.detail == Detail::FilledIn);
    if !lists_lack_figures || store.state != StoreState::Ready {
        return;
    }
    let turns = app.turns(store.id);
    let Ok(_turn) = turns.sync.try_lock() else { return };
    let Ok(link) = app.link(&store).await else { return };
    let mut report = StoreReport::default();
    let session = app.session(store, &link);
    if let Err(stop) = fill_details(&session, &mut report, DETAILS_AT_ONCE).await {
        // The next pass meets the same trouble and tells people of it.
        tracing::debug!(%stop, "filling in stopped");
    }
}

/// Asks for one customer now. Being offline is no error here: the copy is shown as it is.
pub(crate) async fn refresh(app: &App, customer: CustomerId, store: Store) -> ApiResult<()> {
    let remote = {
        let mut connection = app.inner.database.read().await?;
        clientela_database::table::customer::store_of(&mut connection, customer).await?
    };
    let Some((_, remote, _)) = remote else { return Ok(()) };
    let link: Arc<Link> = app.link(&store).await?;
    match app.session(store, &link).refresh(customer, &remote).await {
        Ok(()) => Ok(()),
        Err(SyncStop::Store(error)) => Err(error.into()),
        Err(stop) => Err(stop.into()),
    }
}

/// Turns the engine's progress into events.
pub(crate) struct Watcher {
    events: Arc<dyn EventSink>,
}

impl Watcher {
    pub(crate) fn new(events: Arc<dyn EventSink>) -> Self {
        Self { events }
    }
}

impl Progress for Watcher {
    fn reached(&self, store: StoreId, phase: Phase, done: u64, total: Option<u64>) {
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.events.emit(AppEvent::SyncProgress {
            progress: SyncProgressDto {
                store_id: store.0,
                phase: phase.as_str().to_owned(),
                done: count(done),
                total: total.map(count),
            },
        });
    }

    fn customers_changed(&self, store: StoreId) {
        self.events.emit(AppEvent::CustomersChanged { store_ids: vec![store.0] });
    }

    fn edits_changed(&self, _store: StoreId, _customer: CustomerId) {
        self.events.emit(AppEvent::EditsChanged);
    }
}
