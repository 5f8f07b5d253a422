//! One desk: a real encrypted book, the real engine, and a machine that can die at any moment.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use clientela_connectors::{Clock, Sleep};
use clientela_database::rebuild::{Origin, rebuild};
use clientela_database::table::store::{self, NewStore, Store};
use clientela_database::{
    CommitWatcher, Database, DatabaseError, DatabaseKey, LockedFolder, OpenError, commit,
};
use clientela_domain::StoreId;
use clientela_sync::ports::Unwatched;
use clientela_sync::{StoreSession, outbox};
use tempfile::TempDir;
use tokio::sync::{Mutex as Turn, Notify};
use tokio_util::sync::CancellationToken;

use crate::line::Line;
use crate::party::Party;
use crate::world::began;

const KEY: [u8; 32] = [0x42; 32];
const SALT: [u8; 16] = [0x17; 16];

/// An empty book that is ready for use, as files: making one takes longer than most histories.
pub type Template = Arc<BTreeMap<String, Vec<u8>>>;

pub(crate) struct Desk {
    pub(crate) number: usize,
    party: std::sync::Weak<Party>,
    machine: Mutex<Machine>,
    /// The stores of this desk, in the order of the world.
    stores: Vec<StoreId>,
    turns: Mutex<Vec<Arc<Turn<()>>>>,
    /// Something of the engine runs here.
    is_busy: AtomicBool,
    /// Its book is otherwise than when it was last judged.
    has_changed: AtomicBool,
    died: Notify,
    cancel: Mutex<CancellationToken>,
    /// How far the clock on the wall is off from the beginning, and how far it was set off since.
    wall_begins_off: TimeDelta,
    wall_off: Mutex<TimeDelta>,
}

struct Machine {
    database: Option<Arc<Database>>,
    folder: TempDir,
    /// What was on the disk when it died.
    remains: Option<TempDir>,
    /// The file that the next death spoils, with its log.
    spoilt: Option<&'static str>,
}

/// Makes the empty book.
pub async fn template(scratch: &Path) -> Result<Template> {
    let folder = TempDir::new_in(scratch)?;
    let database = Database::open(LockedFolder::take(folder.path())?, &key(), SALT).await?;
    database.close().await;
    Ok(Arc::new(files(folder.path())?))
}

fn key() -> DatabaseKey {
    DatabaseKey::from_bytes(&KEY)
}

fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.insert(name, std::fs::read(entry.path())?);
    }
    Ok(files)
}

impl Desk {
    /// A desk that has connected every store of the world and read none.
    pub(crate) async fn begin(
        number: usize,
        party: &Arc<Party>,
        template: &Template,
        wall_begins_off: TimeDelta,
    ) -> Result<Self> {
        let folder = TempDir::new_in(&party.scratch)?;
        for (name, bytes) in template.iter() {
            std::fs::write(folder.path().join(name), bytes)?;
        }
        let platforms: Vec<&'static str> =
            party.world().shops.iter().map(|shop| shop.manners.able.platform).collect();
        let mut desk = Self {
            number,
            party: Arc::downgrade(party),
            machine: Mutex::new(Machine { database: None, folder, remains: None, spoilt: None }),
            stores: Vec::new(),
            turns: Mutex::new(platforms.iter().map(|_| Arc::default()).collect()),
            is_busy: AtomicBool::new(false),
            has_changed: AtomicBool::new(true),
            died: Notify::new(),
            cancel: Mutex::new(CancellationToken::new()),
            wall_begins_off,
            wall_off: Mutex::new(TimeDelta::zero()),
        };
        desk.open().await?;
        let database = desk.database();
        for (place, platform) in platforms.into_iter().enumerate() {
            let new = NewStore {
                name: format!("store {place}"),
                platform: platform.to_owned(),
                url: "https://store.example".to_owned(),
                alias: None,
                remote_store_id: None,
                email: None,
                auth_header: None,
                account: format!("account {place}"),
                signed_in_role: None,
                sample: false,
                customers_at_store: None,
            };
            let mut transaction = database.write().await?;
            let id = store::insert(&mut transaction, &new, began()).await?;
            // The world begins when the stores are connected: nothing goes wrong before.
            drop(commit(transaction).await);
            desk.stores.push(id);
        }
        Ok(desk)
    }

    pub(crate) fn database(&self) -> Arc<Database> {
        let machine = self.machine();
        machine.database.clone().unwrap_or_else(|| unreachable!("a desk is open whenever it is asked"))
    }

    pub(crate) fn store(&self, shop: usize) -> StoreId {
        self.stores[shop]
    }

    /// The place in the world of a store of this desk.
    pub(crate) fn shop_of(&self, store: StoreId) -> Option<usize> {
        self.stores.iter().position(|own| *own == store)
    }

    pub(crate) fn key(&self) -> DatabaseKey {
        key()
    }

    /// Whether a customer of this store is being read and written just now.
    pub(crate) fn has_turn(&self, shop: usize) -> bool {
        self.turn(shop).try_lock().is_err()
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.is_busy.load(Ordering::Relaxed)
    }

    /// Whether its book has changed since this was last asked; asking takes notice of it.
    pub(crate) fn take_changed(&self) -> bool {
        self.has_changed.swap(false, Ordering::Relaxed)
    }

    /// Asks what runs here to end.
    pub(crate) fn cancel(&self) {
        lock(&self.cancel).cancel();
    }

    pub(crate) fn set_wall_off(&self, by: TimeDelta) {
        *lock(&self.wall_off) = by;
    }

    pub(crate) fn clock(self: &Arc<Self>) -> Arc<DeskClock> {
        Arc::new(DeskClock { desk: self.clone() })
    }

    /// Everything that a run of the engine over one store needs.
    pub(crate) async fn session(self: &Arc<Self>, shop: usize) -> Result<StoreSession> {
        let party = self.party();
        {
            let mut world = party.world();
            world.calls_of_run = 0;
            let shown = world.ledger.shown(self.number, shop);
            shown.turned_away = false;
            shown.in_flight = None;
            shown.answering = None;
            shown.turned_down.clear();
        }
        *lock(&self.cancel) = CancellationToken::new();
        self.way(shop, false).await
    }

    /// The same beside one that runs already.
    pub(crate) async fn session_beside(self: &Arc<Self>, shop: usize) -> Result<StoreSession> {
        self.way(shop, true).await
    }

    async fn way(self: &Arc<Self>, shop: usize, is_beside: bool) -> Result<StoreSession> {
        let party = self.party();
        let database = self.database();
        let id = self.store(shop);
        let store: Store = {
            let mut connection = database.read().await?;
            store::find(&mut connection, id).await?.context("the store is connected")?
        };
        let token = lock(&self.cancel).clone();
        let clock = self.clock();
        Ok(StoreSession {
            store,
            connector: Arc::new(Line { party, desk: self.clone(), shop, is_beside }),
            database,
            key: key(),
            clock: clock.clone(),
            sleep: clock,
            progress: Arc::new(Unwatched),
            cancel: token,
            one_customer: self.turn(shop),
            reads_ahead: false,
        })
    }

    /// Runs something of the engine to its end or to the death of the machine (`None`); then the program is started again.
    pub(crate) async fn run<T>(self: &Arc<Self>, work: impl Future<Output = T>) -> Result<Option<T>> {
        self.is_busy.store(true, Ordering::Relaxed);
        let ended = tokio::select! {
            biased;
            () = self.died.notified() => None,
            ended = work => Some(ended),
        };
        if ended.is_none() {
            self.start_again().await?;
        }
        self.is_busy.store(false, Ordering::Relaxed);
        Ok(ended)
    }

    /// The machine dies here and now. What is on its disk stays as it is at this moment.
    pub(crate) async fn die(&self) {
        {
            let mut machine = self.machine();
            let party = self.party();
            // A disk that cannot be copied makes no simulation.
            machine.remains = copy(machine.folder.path(), &party.scratch).ok();
        }
        self.died.notify_one();
        std::future::pending::<()>().await;
    }

    /// The next death leaves this file unreadable.
    pub(crate) fn spoil_at_death(&self, file: Option<&'static str>) {
        self.machine().spoilt = file;
    }

    async fn start_again(&self) -> Result<()> {
        let (old, remains, spoilt) = {
            let mut machine = self.machine();
            (machine.database.take(), machine.remains.take(), machine.spoilt.take())
        };
        if let Some(old) = old {
            old.close().await;
        }
        let remains = remains.context("a machine that died left its disk")?;
        if let Some(file) = spoilt {
            spoil(&remains.path().join(file))?;
            spoil(&remains.path().join(format!("{file}-wal")))?;
        }
        self.machine().folder = remains;
        for turn in lock(&self.turns).iter_mut() {
            *turn = Arc::default();
        }
        self.open().await
    }

    async fn open(&self) -> Result<()> {
        self.has_changed.store(true, Ordering::Relaxed);
        let path = self.machine().folder.path().to_owned();
        let database = match Database::open(LockedFolder::take(&path)?, &key(), SALT).await {
            Err(OpenError::Damaged { .. }) => self.made_anew(&path).await?,
            opened => opened?,
        };
        let watcher = Watcher { party: self.party.clone(), desk: self.number };
        self.machine().database = Some(Arc::new(database.watched_by(Arc::new(watcher))));
        Ok(())
    }

    /// The repair that a person is offered.
    async fn made_anew(&self, path: &Path) -> Result<Database> {
        let (folder, key) = (LockedFolder::take(path)?, key());
        let made = rebuild(&folder, &key, SALT, false, async |book, customers| {
            let mut transaction = book.write().await?;
            for customer in customers {
                outbox::refresh_shown(&mut transaction, *customer).await?;
            }
            commit(transaction).await
        });
        let made = made.await?;
        ensure!(made.origin == Origin::SecondCopy && made.left_out == 0, "not everything is back: {made:?}");
        {
            let party = self.party();
            let mut world = party.world();
            world.say(|| format!("  desk {} is made anew: {} edits", self.number, made.edits));
            world.ledger.begin_anew(self.number);
        }
        Ok(Database::open(folder, &key, SALT).await?)
    }

    /// Ends the desk in an orderly way.
    pub(crate) async fn close(&self) {
        let database = self.machine().database.take();
        if let Some(database) = database {
            database.close().await;
        }
    }

    pub(crate) fn party(&self) -> Arc<Party> {
        self.party.upgrade().unwrap_or_else(|| unreachable!("desks end before their party"))
    }

    fn turn(&self, shop: usize) -> Arc<Turn<()>> {
        lock(&self.turns)[shop].clone()
    }

    fn machine(&self) -> MutexGuard<'_, Machine> {
        lock(&self.machine)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Nothing but its beginning is left. (Bytes that are otherwise would be told by the cipher, in lines that nobody reads.)
fn spoil(path: &Path) -> Result<()> {
    if path.exists() {
        std::fs::OpenOptions::new().write(true).open(path)?.set_len(1_000)?;
    }
    Ok(())
}

fn copy(from: &Path, scratch: &Path) -> Result<TempDir> {
    let to = TempDir::new_in(scratch)?;
    for (name, bytes) in files(from)? {
        // What the readers share in memory does not outlive the machine.
        if !name.ends_with("-shm") {
            std::fs::write(to.path().join(name), bytes)?;
        }
    }
    Ok(to)
}

/// The clock of a desk: time passes as it truly does, and what the wall shows is set by people.
pub(crate) struct DeskClock {
    desk: Arc<Desk>,
}

impl Clock for DeskClock {
    fn now(&self) -> DateTime<Utc> {
        let elapsed = TimeDelta::from_std(self.elapsed()).unwrap_or_default();
        began() + elapsed + self.desk.wall_begins_off + *lock(&self.desk.wall_off)
    }

    fn elapsed(&self) -> Duration {
        self.desk.party().world().now
    }
}

#[async_trait]
impl Sleep for DeskClock {
    async fn sleep(&self, duration: Duration) {
        self.desk.party().world().now += duration;
    }
}

/// Stands beside every commit of a desk, where machines die and disks are full.
struct Watcher {
    party: std::sync::Weak<Party>,
    desk: usize,
}

impl Watcher {
    fn mishap(&self, kinds: &[&'static str]) -> Option<(Arc<Party>, Arc<Desk>, &'static str)> {
        let party = self.party.upgrade()?;
        let desk = party.desks().get(self.desk)?.clone();
        let kind = {
            let mut world = party.world();
            let mishaps = world.scene.mishaps;
            let due = !world.is_calm && desk.is_busy() && world.tape.below(1000) >= 1000 - mishaps;
            if !due {
                return None;
            }
            let kind = world.tape.pick(kinds);
            world.fault(kind);
            world.ledger.lose_answers(self.desk);
            kind
        };
        Some((party, desk, kind))
    }
}

#[async_trait]
impl CommitWatcher for Watcher {
    async fn before(&self) -> Result<(), DatabaseError> {
        if let Some(desk) = self.party.upgrade().and_then(|party| party.desks().get(self.desk).cloned()) {
            desk.has_changed.store(true, Ordering::Relaxed);
        }
        match self.mishap(&["full disk", "failing disk", "death before a commit"]) {
            None => Ok(()),
            Some((_, _, "full disk")) => Err(DatabaseError::DiskFull),
            Some((_, _, "failing disk")) => Err(DatabaseError::Damaged),
            Some((_, desk, _)) => {
                desk.die().await;
                Ok(())
            }
        }
    }

    async fn between(&self) {
        if let Some((_, desk, _)) = self.mishap(&["death between the two files"]) {
            desk.die().await;
        }
    }

    async fn after(&self) {
        if let Some((_, desk, _)) = self.mishap(&["death after a commit"]) {
            desk.die().await;
        }
    }
}
