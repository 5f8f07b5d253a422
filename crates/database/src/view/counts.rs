//! Counting customers, for the status bar, the store page and the figures.

use clientela_domain::StoreId;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

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
    let customers = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM customer WHERE store_id = ? AND state <> 'gone'"#,
        store.0
    )
    .fetch_one(&mut *connection)
    .await?;
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
    let mut sql = QueryBuilder::<Sqlite>::new("SELECT ");
    let name = column.sql();
    sql.push(name)
        .push(", count(*) FROM customer WHERE state <> 'gone' AND ")
        .push(name)
        .push(" IS NOT NULL");
    if let Some(store) = store {
        sql.push(" AND store_id = ").push_bind(store.0);
    }
    sql.push(" GROUP BY 1 ORDER BY 2 DESC, 1");
    Ok(sql.build_query_as().fetch_all(connection).await?)
}

/// A column with few different values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedColumn {
    Role,
    Segment,
}

impl CountedColumn {
    fn sql(self) -> &'static str {
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
    let store = store.map(|store| store.0);
    let row = sqlx::query!(
        r#"SELECT count(*) AS "total!: i64", coalesce(sum(created_at >= ?1), 0) AS "created!: i64",
                  count(is_active) AS "known!: i64", coalesce(sum(is_active), 0) AS "active!: i64"
           FROM customer WHERE state <> 'gone' AND (?2 IS NULL OR store_id = ?2)"#,
        since,
        store
    )
    .fetch_one(connection)
    .await?;
    Ok(Figures { total: row.total, created_since: row.created, with_activity: row.known, active: row.active })
}
