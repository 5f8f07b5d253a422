//! The open connections of a book: taken, and given back at once.
//!
//! The driver's own pool gives a connection back in a task of its own. A program or test that ends before that task has run closes
//! the connection on the driver's thread while the process goes down, and the cipher's memory is taken away under it. It also
//! asks the connection whether it is alive before every use, which a file always is.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// No honest use of a connection takes longer: whoever waits is told, instead of standing still with a disk that does.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Connections of one kind. Later ones are opened when they are first needed.
pub(crate) struct Connections {
    options: SqliteConnectOptions,
    free: Mutex<Vec<Lent>>,
    places: Arc<Semaphore>,
    most: u32,
    waiting: AtomicUsize,
}

/// Somebody who waits, or does not wait any more once this is dropped.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn of(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Lent {
    connection: SqliteConnection,
    /// It was given back inside a transaction, which nobody wants any more.
    is_inside: bool,
    /// It ends what it does when its last owner does not want it any more.
    is_watched: bool,
}

impl Lent {
    fn new(connection: SqliteConnection) -> Self {
        Self { connection, is_inside: false, is_watched: false }
    }
}

/// How often a watched connection looks whether it is wanted, in steps of the database's machine: well under a millisecond.
const STEPS: i32 = 1_000;

impl Connections {
    /// Opens the first of at most so many.
    pub(crate) async fn open(options: SqliteConnectOptions, most: u32) -> Result<Arc<Self>, sqlx::Error> {
        let first = Lent::new(options.connect().await?);
        let places = Arc::new(Semaphore::new(most as usize));
        let free = Mutex::new(vec![first]);
        Ok(Arc::new(Self { options, free, places, most, waiting: AtomicUsize::new(0) }))
    }

    /// Waits for a connection that nobody else has.
    pub(crate) async fn take(self: &Arc<Self>) -> Result<Taken, sqlx::Error> {
        let waits = Waits::of(&self.waiting);
        let place = timeout(LONGEST_WAIT, self.places.clone().acquire_owned()).await;
        drop(waits);
        let place = place.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let free = self.free().pop();
        let lent = match free {
            Some(lent) => lent,
            None => Lent::new(self.options.connect().await?),
        };
        let mut taken = Taken { lent: Some(lent), home: self.clone(), _place: place };
        taken.leave_transaction().await;
        taken.leave_watch().await?;
        Ok(taken)
    }

    /// Whether somebody waits for a connection.
    pub(crate) fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Waits until nobody has a connection, and closes them.
    pub(crate) async fn close(&self) {
        let Ok(all) = self.places.clone().acquire_many_owned(self.most).await else { return };
        self.places.close();
        drop(all);
        let free = std::mem::take(&mut *self.free());
        for lent in free {
            // A file that cannot be closed is as good as closed; what was committed is in it.
            drop(lent.connection.close().await);
        }
    }

    fn free(&self) -> MutexGuard<'_, Vec<Lent>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A book that was not closed is left standing as it is.
///
/// Connections close on threads of the driver. When the process ends meanwhile, the cipher's memory is taken away under them
/// and the process crashes after its work was done. Left alone they stand still, and the log is read again at the next start.
impl Drop for Connections {
    fn drop(&mut self) {
        std::mem::forget(std::mem::take(&mut *self.free()));
    }
}

/// A connection that is somebody's; dropped, it is free again.
pub(crate) struct Taken {
    lent: Option<Lent>,
    home: Arc<Connections>,
    _place: OwnedSemaphorePermit,
}

impl Taken {
    /// Begins a transaction. Whoever lets go of the connection without [`Taken::commit`] has changed nothing.
    pub(crate) async fn begin(&mut self) -> Result<(), sqlx::Error> {
        self.lent().is_inside = true;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut **self).await.map(drop)
    }

    /// From the next question on, everything that is read is of one moment, until [`Taken::commit`].
    pub(crate) async fn begin_reading(&mut self) -> Result<(), sqlx::Error> {
        self.lent().is_inside = true;
        sqlx::query("BEGIN").execute(&mut **self).await.map(drop)
    }

    pub(crate) async fn commit(&mut self) -> Result<(), sqlx::Error> {
        sqlx::query("COMMIT").execute(&mut **self).await?;
        self.lent().is_inside = false;
        Ok(())
    }

    /// Lets this connection end what it does with an error when it is not wanted any more, until it is given back.
    pub(crate) async fn watch(&mut self, is_unwanted: Arc<AtomicBool>) -> Result<(), sqlx::Error> {
        self.lent().is_watched = true;
        let mut handle = self.lock_handle().await?;
        handle.set_progress_handler(STEPS, move || !is_unwanted.load(Ordering::Relaxed));
        Ok(())
    }

    async fn leave_watch(&mut self) -> Result<(), sqlx::Error> {
        if self.lent().is_watched {
            self.lock_handle().await?.remove_progress_handler();
            self.lent().is_watched = false;
        }
        Ok(())
    }

    async fn leave_transaction(&mut self) {
        if self.lent().is_inside {
            // An error says that the database has gone out of it by itself.
            drop(sqlx::query("ROLLBACK").execute(&mut **self).await);
            self.lent().is_inside = false;
        }
    }

    #[expect(clippy::expect_used, reason = "it is there until it is dropped")]
    fn lent(&mut self) -> &mut Lent {
        self.lent.as_mut().expect("a connection that was taken is there")
    }
}

impl Deref for Taken {
    type Target = SqliteConnection;

    #[expect(clippy::expect_used, reason = "it is there until it is dropped")]
    fn deref(&self) -> &SqliteConnection {
        &self.lent.as_ref().expect("a connection that was taken is there").connection
    }
}

impl DerefMut for Taken {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.lent().connection
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(lent) = self.lent.take() {
            self.home.free().push(lent);
        }
    }
}
