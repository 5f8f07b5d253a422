//! The list of customers: ordered ids for a query, and rows by id.
//!
//! A query yields all its ids at once, eight bytes each, so that any position of any sort is one read away and stays where it
//! is while a sync writes. Its beginning can be had before, without waiting for the rest.

mod condition;
mod found;
mod order;
mod row;

use clientela_domain::{CustomerId, StoreId};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

pub use self::condition::{Filter, Measure};
pub use self::order::SortColumn;
use self::order::Stretch;
pub use self::row::{ListRow, rows};
use crate::{DatabaseError, search};

/// Which customers, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub text: String,
    pub stores: Vec<StoreId>,
    pub filters: Vec<Filter>,
    pub sort: SortColumn,
    pub descending: bool,
}

/// How many customers of a list are found at once. A list of no more than these is whole from its beginning.
const FEW: usize = 1_000;

/// The customers at the top of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    pub ids: Vec<CustomerId>,
    /// There are no others.
    pub is_all: bool,
}

/// The beginning of what [`ids`] finds, as soon as it can be known.
pub async fn first(connection: &mut SqliteConnection, query: &Query) -> Result<Beginning, DatabaseError> {
    first_of(connection, query, FEW).await
}

/// All of whom [`first`] told only the beginning. They begin as that did, where both are asked of one moment of the book.
pub async fn whole(
    connection: &mut SqliteConnection,
    query: &Query,
) -> Result<Vec<CustomerId>, DatabaseError> {
    let pieces = search::pieces_of(&query.text);
    if !pieces.is_empty() {
        return found::best_of_many(connection, query, &pieces).await;
    }
    let mut ids = Vec::new();
    for stretch in query.sort.stretches(query.descending) {
        ids.extend(read(connection, |sql| push_stretch(sql, query, &stretch, None)).await?);
    }
    Ok(ids)
}

/// The ids of all customers that a query finds, in order. Customers that are gone at their store are left out unless asked
/// for by their state.
pub async fn ids(connection: &mut SqliteConnection, query: &Query) -> Result<Vec<CustomerId>, DatabaseError> {
    ids_of(connection, query, FEW).await
}

async fn first_of(
    connection: &mut SqliteConnection,
    query: &Query,
    few: usize,
) -> Result<Beginning, DatabaseError> {
    let pieces = search::pieces_of(&query.text);
    if !pieces.is_empty() {
        return found::first(connection, query, &pieces, few).await;
    }
    let mut ids = Vec::new();
    for stretch in query.sort.stretches(query.descending) {
        let wanted = few + 1 - ids.len();
        ids.extend(read(connection, |sql| push_stretch(sql, query, &stretch, Some(wanted))).await?);
        if ids.len() > few {
            break;
        }
    }
    Ok(Beginning::of(ids, few))
}

async fn ids_of(
    connection: &mut SqliteConnection,
    query: &Query,
    few: usize,
) -> Result<Vec<CustomerId>, DatabaseError> {
    let beginning = first_of(connection, query, few).await?;
    if beginning.is_all { Ok(beginning.ids) } else { whole(connection, query).await }
}

impl Beginning {
    fn of(mut ids: Vec<CustomerId>, few: usize) -> Self {
        let is_all = ids.len() <= few;
        ids.truncate(few);
        Self { ids, is_all }
    }
}

/// Pushes a statement for one stretch of a list without a text.
fn push_stretch(sql: &mut QueryBuilder<Sqlite>, query: &Query, stretch: &Stretch, most: Option<usize>) {
    sql.push("SELECT c.id AS id FROM customer c WHERE ");
    condition::push(sql, query);
    sql.push(format!(" AND {} ORDER BY {}", stretch.condition, stretch.order));
    push_limit(sql, most);
}

fn push_limit(sql: &mut QueryBuilder<Sqlite>, most: Option<usize>) {
    if let Some(most) = most {
        sql.push(" LIMIT ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
    }
}

/// All ids that a statement finds, in its order. `push` pushes one that has them in a column `id`.
///
/// They come as one text: the driver hands row after row from thread to thread, which takes longer than finding them. The text has the
/// order of the statement inside, which the database keeps where something as this is made of it.
async fn read(
    connection: &mut SqliteConnection,
    push: impl FnOnce(&mut QueryBuilder<Sqlite>),
) -> Result<Vec<CustomerId>, DatabaseError> {
    let mut sql = QueryBuilder::<Sqlite>::new("SELECT group_concat(id) FROM (");
    push(&mut sql);
    sql.push(")");
    let found: Option<String> = sql.build_query_scalar().fetch_one(connection).await?;
    let found = found.unwrap_or_default();
    let ids = found.split(',').filter(|id| !id.is_empty()).map(|id| id.parse().map(CustomerId));
    ids.collect::<Result<_, _>>().map_err(|_| DatabaseError::Unreadable { what: "customer.id" })
}

#[cfg(test)]
mod tests;
