//! How many customers there are, for the status bar, the store page and the figures. Nobody is counted when this is asked: the schema
//! keeps the counts.

use clientela_domain::StoreId;
use sqlx::SqliteConnection;

use crate::DatabaseError;

/// What waits at a store, and how many customers it has here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreCounts {
    pub customers: i64,
    pub waiting: i64,
    pub conflicts: i64,
    pub parked: i64,
}

/// Counts of one store.
pub async fn of_store(
    connection: &mut SqliteConnection,
    store: StoreId,
) -> Result<StoreCounts, DatabaseError> {
    let customers = count(&mut *connection, "", "", Some(store)).await?;
    let edits = sqlx::query!(
        r#"SELECT coalesce(sum(e.state IN ('pending', 'sending')), 0) AS "waiting!: i64",
                  coalesce(sum(e.state = 'conflict'), 0) AS "conflicts!: i64",
                  coalesce(sum(e.state = 'parked'), 0) AS "parked!: i64"
           FROM edit e JOIN customer c ON c.id = e.customer_id WHERE c.store_id = ?"#,
        store.0
    )
    .fetch_one(connection)
    .await?;
    Ok(StoreCounts { customers, waiting: edits.waiting, conflicts: edits.conflicts, parked: edits.parked })
}

/// The values of a column with the number of customers that have them, most frequent first.
pub async fn by_column(
    connection: &mut SqliteConnection,
    column: CountedColumn,
    store: Option<StoreId>,
) -> Result<Vec<(String, i64)>, DatabaseError> {
    let (field, store) = (column.field(), store.map(|store| store.0));
    let rows = sqlx::query!(
        r#"SELECT value AS "value!", sum(customers) AS "customers!: i64" FROM customer_count
           WHERE field = ?1 AND customers > 0 AND (?2 IS NULL OR store_id = ?2) GROUP BY value ORDER BY 2 DESC, 1"#,
        field,
        store
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.value, row.customers)).collect())
}

async fn count(
    connection: &mut SqliteConnection,
    field: &str,
    value: &str,
    store: Option<StoreId>,
) -> Result<i64, DatabaseError> {
    let store = store.map(|store| store.0);
    Ok(sqlx::query_scalar!(
        r#"SELECT coalesce(sum(customers), 0) AS "count!: i64" FROM customer_count
           WHERE field = ?1 AND value = ?2 AND (?3 IS NULL OR store_id = ?3)"#,
        field,
        value,
        store
    )
    .fetch_one(connection)
    .await?)
}

/// A column with few different values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedColumn {
    Role,
    Segment,
}

impl CountedColumn {
    fn field(self) -> &'static str {
        match self {
            CountedColumn::Role => "role",
            CountedColumn::Segment => "segment",
        }
    }
}

/// Figures over the copy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    pub total: i64,
    pub created_since: i64,
    /// Customers of whom the store says whether they are active, and those who are.
    pub with_activity: i64,
    pub active: i64,
}

/// Computes figures; `since` is in milliseconds.
pub async fn figures(
    connection: &mut SqliteConnection,
    store: Option<StoreId>,
    since: i64,
) -> Result<Figures, DatabaseError> {
    let total = count(&mut *connection, "", "", store).await?;
    let active = count(&mut *connection, "is_active", "1", store).await?;
    let inactive = count(&mut *connection, "is_active", "0", store).await?;
    let store = store.map(|store| store.0);
    let created_since = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM customer
           WHERE created_at >= ?1 AND is_gone = 0 AND (?2 IS NULL OR +store_id = ?2)"#,
        since,
        store
    )
    .fetch_one(connection)
    .await?;
    Ok(Figures { total, created_since, with_activity: active + inactive, active })
}
