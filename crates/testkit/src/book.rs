//! A real, encrypted book in a folder that goes away with it.

use std::ops::Deref;
use std::path::Path;

use chrono::{DateTime, Utc};
use clientela_database::table::mirror::Seen;
use clientela_database::table::newcomers::{self, Newcomer};
use clientela_database::table::store::{self, NewStore};
use clientela_database::{Database, DatabaseKey, LockedFolder, OpenError, commit};
use clientela_domain::{CustomerId, CustomerRecord, StoreId};
use tempfile::TempDir;

/// The random bytes of a test are the same every time.
const KEY: [u8; 32] = [0xA7; 32];
const SALT: [u8; 16] = [0x51; 16];

/// An open book. Use it as the [`Database`] that it holds.
#[derive(Debug)]
pub struct TempBook {
    database: Database,
    key: DatabaseKey,
    folder: TempDir,
}

/// Begins a book in a folder of its own.
pub async fn temp_book() -> TempBook {
    let folder = TempDir::new().expect("a temporary folder can be made");
    open(folder).await.expect("a book can begin in an empty folder")
}

impl TempBook {
    /// The key that the book was made with.
    pub fn key(&self) -> &DatabaseKey {
        &self.key
    }

    /// The folder, which outlives the open book.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Closes the book and opens it again, as a new start of the program does.
    pub async fn reopen(self) -> Result<Self, OpenError> {
        open(self.close().await).await
    }

    /// Closes the book and leaves its folder, unlocked.
    pub async fn close(self) -> TempDir {
        self.database.close().await;
        self.folder
    }

    /// Connects a store with this name.
    pub async fn store(&self, name: &str) -> StoreId {
        let new = NewStore {
            name: name.to_owned(),
            platform: "tiendanube".to_owned(),
            url: "https://api.example".to_owned(),
            alias: None,
            remote_store_id: None,
            email: None,
            auth_header: None,
            account: format!("account of {name}"),
            signed_in_role: None,
            sample: false,
            customers_at_store: None,
        };
        let mut transaction = self.database.write().await.expect("nobody else writes for ever");
        let id = store::insert(&mut transaction, &new, day()).await.expect("the name of the store is free");
        commit(transaction).await.expect("the book can be written");
        id
    }

    /// Keeps customers as a store shows them, without edits, in one transaction.
    pub async fn keep(&self, store: StoreId, records: &[CustomerRecord]) -> Vec<CustomerId> {
        let mut transaction = self.database.write().await.expect("nobody else writes for ever");
        let seen = Seen { shown_at: None, now: day(), pass: None, detail: false };
        let people = records.iter().map(|record| Newcomer::of(record).expect("a record can be kept"));
        let ids = newcomers::insert(&mut transaction, store, people.collect(), seen).await;
        let ids = ids.expect("the customers are new");
        commit(transaction).await.expect("the book can be written");
        ids
    }
}

async fn open(folder: TempDir) -> Result<TempBook, OpenError> {
    let key = DatabaseKey::from_bytes(&KEY);
    let database = Database::open(LockedFolder::take(folder.path())?, &key, SALT).await?;
    Ok(TempBook { database, key, folder })
}

impl Deref for TempBook {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

fn day() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_767_258_000_000).unwrap_or_default()
}
