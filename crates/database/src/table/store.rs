//! Connected stores.

use chrono::{DateTime, Utc};
use clientela_domain::StoreId;
use sqlx::SqliteConnection;

use super::{milliseconds, moment};
use crate::DatabaseError;

/// How a store stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreState {
    /// Never read whole yet.
    FirstPass,
    Ready,
    SignInNeeded,
    Offline,
    Refused,
}

impl StoreState {
    fn as_str(self) -> &'static str {
        match self {
            StoreState::FirstPass => "first_pass",
            StoreState::Ready => "ready",
            StoreState::SignInNeeded => "sign_in_needed",
            StoreState::Offline => "offline",
            StoreState::Refused => "refused",
        }
    }

    fn parse(word: &str) -> Result<Self, DatabaseError> {
        Ok(match word {
            "first_pass" => StoreState::FirstPass,
            "ready" => StoreState::Ready,
            "sign_in_needed" => StoreState::SignInNeeded,
            "offline" => StoreState::Offline,
            "refused" => StoreState::Refused,
            _ => return Err(DatabaseError::Unreadable { what: "store.state" }),
        })
    }
}

/// What a person says of a store when connecting it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStore {
    pub name: String,
    pub platform: String,
    pub url: String,
    pub alias: Option<String>,
    pub remote_store_id: Option<String>,
    pub email: Option<String>,
    pub auth_header: Option<String>,
    /// Whose store the credentials opened.
    pub account: String,
    /// The role of who is signed in, where the store says it.
    pub signed_in_role: Option<String>,
    pub sample: bool,
    pub customers_at_store: Option<i64>,
}

/// A connected store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    pub id: StoreId,
    pub name: String,
    pub platform: String,
    pub url: String,
    pub alias: Option<String>,
    pub remote_store_id: Option<String>,
    pub email: Option<String>,
    pub auth_header: Option<String>,
    pub account: String,
    pub signed_in_role: Option<String>,
    pub state: StoreState,
    pub state_reason: Option<String>,
    pub sample: bool,
    pub customers_at_store: Option<i64>,
    pub in_step_at: Option<DateTime<Utc>>,
    /// The store's clock at the start of the last complete pass.
    pub changes_since: Option<DateTime<Utc>>,
    pub last_pass_ms: i64,
    pub full_pass_at: Option<DateTime<Utc>>,
}

struct Row {
    id: i64,
    name: String,
    platform: String,
    url: String,
    alias: Option<String>,
    remote_store_id: Option<String>,
    email: Option<String>,
    auth_header: Option<String>,
    account: String,
    signed_in_role: Option<String>,
    state: String,
    state_reason: Option<String>,
    sample: i64,
    customers_at_store: Option<i64>,
    in_step_at: Option<i64>,
    changes_since: Option<i64>,
    last_pass_ms: i64,
    full_pass_at: Option<i64>,
}

impl TryFrom<Row> for Store {
    type Error = DatabaseError;

    fn try_from(row: Row) -> Result<Self, DatabaseError> {
        Ok(Store {
            id: StoreId(row.id),
            name: row.name,
            platform: row.platform,
            url: row.url,
            alias: row.alias,
            remote_store_id: row.remote_store_id,
            email: row.email,
            auth_header: row.auth_header,
            account: row.account,
            signed_in_role: row.signed_in_role,
            state: StoreState::parse(&row.state)?,
            state_reason: row.state_reason,
            sample: row.sample != 0,
            customers_at_store: row.customers_at_store,
            in_step_at: moment(row.in_step_at),
            changes_since: moment(row.changes_since),
            last_pass_ms: row.last_pass_ms,
            full_pass_at: moment(row.full_pass_at),
        })
    }
}

/// Adds a store. A taken name is [`DatabaseError::StoreNameTaken`].
pub async fn insert(
    connection: &mut SqliteConnection,
    store: &NewStore,
    now: DateTime<Utc>,
) -> Result<StoreId, DatabaseError> {
    let (sample, now) = (i64::from(store.sample), now.timestamp_millis());
    let id = sqlx::query_scalar!(
        r#"INSERT INTO store (name, platform, url, alias, remote_store_id, email, auth_header, account, state, sample,
                              customers_at_store, connected_at, signed_in_role)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'first_pass', ?, ?, ?, ?) RETURNING id AS "id!: i64""#,
        store.name,
        store.platform,
        store.url,
        store.alias,
        store.remote_store_id,
        store.email,
        store.auth_header,
        store.account,
        sample,
        store.customers_at_store,
        now,
        store.signed_in_role,
    )
    .fetch_one(connection)
    .await?;
    Ok(StoreId(id))
}

/// All stores, in the order they were connected.
pub async fn all(connection: &mut SqliteConnection) -> Result<Vec<Store>, DatabaseError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id!", name, platform, url, alias, remote_store_id, email, auth_header, account, signed_in_role, state,
                  state_reason, sample, customers_at_store, in_step_at, changes_since, last_pass_ms, full_pass_at
           FROM store ORDER BY id"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Store::try_from).collect()
}

/// The store with this id.
pub async fn find(connection: &mut SqliteConnection, id: StoreId) -> Result<Option<Store>, DatabaseError> {
    Ok(all(connection).await?.into_iter().find(|store| store.id == id))
}

/// Notes how the last try went. Reaching a store that was never read whole leaves it in its first pass.
pub async fn set_state(
    connection: &mut SqliteConnection,
    id: StoreId,
    state: StoreState,
    reason: Option<&str>,
) -> Result<(), DatabaseError> {
    let state = state.as_str();
    sqlx::query!(
        "UPDATE store SET
             state = CASE WHEN ?1 = 'ready' AND full_pass_at IS NULL THEN 'first_pass' ELSE ?1 END, state_reason = ?2
         WHERE id = ?3",
        state,
        reason,
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes the role of who is signed in.
pub async fn set_role(
    connection: &mut SqliteConnection,
    id: StoreId,
    role: Option<&str>,
) -> Result<(), DatabaseError> {
    sqlx::query!("UPDATE store SET signed_in_role = ? WHERE id = ?", role, id.0).execute(connection).await?;
    Ok(())
}

/// Notes that a store has moved: the embedded sample store has another address after every start.
pub async fn set_address(
    connection: &mut SqliteConnection,
    id: StoreId,
    url: &str,
    account: &str,
) -> Result<(), DatabaseError> {
    sqlx::query!("UPDATE store SET url = ?, account = ? WHERE id = ?", url, account, id.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes how many customers the store says it has.
pub async fn set_size(
    connection: &mut SqliteConnection,
    id: StoreId,
    size: i64,
) -> Result<(), DatabaseError> {
    sqlx::query!("UPDATE store SET customers_at_store = ? WHERE id = ?", size, id.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// A pass that has reached its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedPass {
    /// It listed everything, so what it did not list may be gone.
    pub full: bool,
    /// The store's clock when it began.
    pub began_at_store: Option<DateTime<Utc>>,
    pub took_ms: i64,
    pub now: DateTime<Utc>,
}

/// Notes the end of a pass: the next incremental one begins where this one began. After everything that the pass has to ask
/// for.
pub async fn end_pass(
    connection: &mut SqliteConnection,
    id: StoreId,
    pass: EndedPass,
) -> Result<(), DatabaseError> {
    let (since, now) = (milliseconds(pass.began_at_store), pass.now.timestamp_millis());
    let full = i64::from(pass.full);
    sqlx::query!(
        "UPDATE store SET
             state = 'ready', state_reason = NULL, in_step_at = ?1, last_pass_ms = ?2,
             changes_since = max(coalesce(changes_since, 0), coalesce(?3, changes_since, 0)),
             full_pass_at = CASE WHEN ?4 = 1 THEN ?1 ELSE full_pass_at END
         WHERE id = ?5",
        now,
        pass.took_ms,
        since,
        full,
        id.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("UPDATE store SET changes_since = NULL WHERE id = ? AND changes_since = 0", id.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes a store with its customers, edits, journal and history. The caller has asked the person.
pub async fn remove(connection: &mut SqliteConnection, id: StoreId) -> Result<(), DatabaseError> {
    sqlx::query!("DELETE FROM edit WHERE customer_id IN (SELECT id FROM customer WHERE store_id = ?)", id.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "DELETE FROM journal_entry WHERE customer_id IN (SELECT id FROM customer WHERE store_id = ?)",
        id.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM search_text WHERE customer_id IN (SELECT id FROM customer WHERE store_id = ?)",
        id.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM customer WHERE store_id = ?", id.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM store WHERE id = ?", id.0).execute(connection).await?;
    Ok(())
}
