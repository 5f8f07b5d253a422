//! The list of customers: ordered ids for a query, and rows by id.
//!
//! A query yields all its ids at once, eight bytes each, so that any position of any sort is one read away and stays where it
//! is while a sync writes.

use std::collections::HashMap;

use clientela_domain::{CustomerId, StoreId};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use crate::table::customer::CustomerState;
use crate::table::shown;
use crate::{DatabaseError, search};

/// What a list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortColumn {
    #[default]
    Name,
    Email,
    City,
    Role,
    Segment,
    OrdersCount,
    TotalSpent,
    LastOrderAt,
    CreatedAt,
    UpdatedAt,
}

impl SortColumn {
    fn sql(self) -> &'static str {
        match self {
            SortColumn::Name => "c.sort_name",
            SortColumn::Email => "c.email",
            SortColumn::City => "c.city",
            SortColumn::Role => "c.role",
            SortColumn::Segment => "c.segment",
            SortColumn::OrdersCount => "c.orders_count",
            SortColumn::TotalSpent => "c.total_spent_micro",
            SortColumn::LastOrderAt => "c.last_order_at",
            SortColumn::CreatedAt => "c.created_at",
            SortColumn::UpdatedAt => "c.updated_at",
        }
    }
}

/// A condition on one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    Role(String),
    Segment(String),
    City(String),
    Region(String),
    Country(String),
    Email(String),
    RemoteId(String),
    State(CustomerState),
    IsActive(bool),
    EmailVerified(bool),
    AcceptsMarketing(bool),
}

/// Which customers, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub text: String,
    pub stores: Vec<StoreId>,
    pub filters: Vec<Filter>,
    pub sort: SortColumn,
    pub descending: bool,
}

/// The ids of all customers that a query finds, in order. Customers that are gone at their store are left out unless asked
/// for by their state.
pub async fn ids(connection: &mut SqliteConnection, query: &Query) -> Result<Vec<CustomerId>, DatabaseError> {
    let mut sql = QueryBuilder::<Sqlite>::new("SELECT group_concat(place) FROM (");
    push_statement(&mut sql, query);
    sql.push(")");
    // All of them as one text: the driver hands row after row from thread to thread, which takes longer than finding them. The text
    // has the order of the query inside, which the database keeps where something as this is made of it.
    let found: Option<String> = sql.build_query_scalar().fetch_one(connection).await?;
    let found = found.unwrap_or_default();
    let broken = |_| DatabaseError::Unreadable { what: "customer.id" };
    let places = found.split(',').filter(|place| !place.is_empty()).map(str::parse);
    let places: Vec<i64> = places.collect::<Result<_, _>>().map_err(broken)?;
    let mut ids: Vec<_> = places.iter().map(|place| CustomerId(place.abs())).collect();
    if query.sort == SortColumn::Name && query.descending {
        // The name's index is read backwards, so that the nameless, who come last in it, come first.
        ids.rotate_left(places.iter().take_while(|place| **place < 0).count());
    }
    Ok(ids)
}

/// Ids in order, those of the nameless with a minus.
fn push_statement(sql: &mut QueryBuilder<Sqlite>, query: &Query) {
    sql.push("SELECT iif(c.sort_name >= ").push_bind(shown::NAMELESS.to_string());
    sql.push(", -c.id, c.id) AS place FROM customer c WHERE ");
    let wants_gone = query.filters.contains(&Filter::State(CustomerState::Gone));
    sql.push(if wants_gone { "1" } else { "c.state <> 'gone'" });
    push_search(sql, &query.text);
    if !query.stores.is_empty() {
        let mut list = sql.push(" AND c.store_id IN (").separated(", ");
        for store in &query.stores {
            list.push_bind(store.0);
        }
        list.push_unseparated(")");
    }
    for filter in &query.filters {
        push_filter(sql, filter);
    }
    let (column, direction) = (query.sort.sql(), if query.descending { "DESC" } else { "ASC" });
    // People without a value come last whichever way the list is turned.
    sql.push(" ORDER BY ");
    if query.sort != SortColumn::Name {
        sql.push(column).push(" IS NULL, ");
    }
    sql.push(column).push(" ").push(direction);
    if query.sort != SortColumn::Name {
        sql.push(", c.sort_name");
    }
    sql.push(", c.id ").push(direction);
}

fn push_search(sql: &mut QueryBuilder<Sqlite>, typed: &str) {
    for piece in search::pieces_of(typed) {
        sql.push(" AND c.id IN (");
        match (piece.words, piece.pieces) {
            (None, _) => {
                sql.push("SELECT customer_id FROM search_text WHERE instr(words, ")
                    .push_bind(piece.literal)
                    .push(") > 0");
            }
            (Some(words), pieces) => {
                sql.push("SELECT rowid FROM search_words WHERE search_words MATCH ").push_bind(words);
                if let Some(pieces) = pieces {
                    sql.push(" UNION SELECT rowid FROM search_pieces WHERE search_pieces MATCH ")
                        .push_bind(pieces);
                }
            }
        }
        sql.push(")");
    }
}

fn push_filter(sql: &mut QueryBuilder<Sqlite>, filter: &Filter) {
    let text = |sql: &mut QueryBuilder<Sqlite>, column: &'static str, value: &str| {
        sql.push(" AND ").push(column).push(" = ").push_bind(value.to_owned()).push(" COLLATE NOCASE");
    };
    let flag = |sql: &mut QueryBuilder<Sqlite>, column: &'static str, value: bool| {
        sql.push(" AND ").push(column).push(" = ").push_bind(i64::from(value));
    };
    match filter {
        Filter::Role(value) => text(sql, "c.role", value),
        Filter::Segment(value) => text(sql, "c.segment", value),
        Filter::City(value) => text(sql, "c.city", value),
        Filter::Region(value) => text(sql, "c.region", value),
        Filter::Country(value) => text(sql, "c.country", value),
        Filter::Email(value) => text(sql, "c.email", value),
        Filter::RemoteId(value) => text(sql, "c.remote_id", value),
        Filter::State(value) => text(sql, "c.state", value.as_str()),
        Filter::IsActive(value) => flag(sql, "c.is_active", *value),
        Filter::EmailVerified(value) => flag(sql, "c.email_verified", *value),
        Filter::AcceptsMarketing(value) => flag(sql, "c.accepts_marketing", *value),
    }
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    pub id: CustomerId,
    pub store: StoreId,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub document: Option<String>,
    pub city: Option<String>,
    pub role: Option<String>,
    pub segment: Option<String>,
    pub orders_count: Option<i64>,
    pub total_spent: Option<String>,
    pub currency: Option<String>,
    pub last_order_at: Option<i64>,
    pub created_at: Option<i64>,
    pub is_active: Option<bool>,
    pub has_note: bool,
    pub state: CustomerState,
}

/// The rows of these customers, in this order. Customers that are not there any more are left out.
pub async fn rows(
    connection: &mut SqliteConnection,
    ids: &[CustomerId],
) -> Result<Vec<ListRow>, DatabaseError> {
    let mut rows = Vec::with_capacity(ids.len());
    for some in ids.chunks(MOST_AT_ONCE) {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "SELECT id, store_id, name, company, email, coalesce(phone_e164, phone) AS phone, document, city, role, segment,
                    orders_count, total_spent, currency, last_order_at, created_at, is_active, has_note, state
             FROM customer WHERE id IN (",
        );
        let mut list = sql.separated(", ");
        for id in some {
            list.push_bind(id.0);
        }
        list.push_unseparated(")");
        for row in sql.build().fetch_all(&mut *connection).await? {
            rows.push(list_row(&row)?);
        }
    }
    let place: HashMap<CustomerId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    rows.sort_by_key(|row| place.get(&row.id).copied().unwrap_or(usize::MAX));
    Ok(rows)
}

/// One statement takes 32,766 values.
const MOST_AT_ONCE: usize = 10_000;

fn list_row(row: &SqliteRow) -> Result<ListRow, DatabaseError> {
    let state: String = row.try_get("state")?;
    Ok(ListRow {
        id: CustomerId(row.try_get("id")?),
        store: StoreId(row.try_get("store_id")?),
        name: row.try_get("name")?,
        company: row.try_get("company")?,
        email: row.try_get("email")?,
        phone: row.try_get("phone")?,
        document: row.try_get("document")?,
        city: row.try_get("city")?,
        role: row.try_get("role")?,
        segment: row.try_get("segment")?,
        orders_count: row.try_get("orders_count")?,
        total_spent: row.try_get("total_spent")?,
        currency: row.try_get("currency")?,
        last_order_at: row.try_get("last_order_at")?,
        created_at: row.try_get("created_at")?,
        is_active: row.try_get("is_active")?,
        has_note: row.try_get("has_note")?,
        state: CustomerState::parse(&state)?,
    })
}

#[cfg(test)]
mod tests {
    use sqlx::Connection;

    use super::*;

    /// How the database finds a list, in its own words.
    async fn plan(query: &Query) -> Vec<String> {
        let mut connection =
            SqliteConnection::connect(":memory:").await.expect("a database in memory can be made");
        crate::open::MIGRATIONS.run(&mut connection).await.expect("the schema can be made");
        let mut sql = QueryBuilder::<Sqlite>::new("EXPLAIN QUERY PLAN ");
        push_statement(&mut sql, query);
        let rows = sql.build().fetch_all(&mut connection).await.expect("a statement can be explained");
        rows.iter().map(|row| row.get("detail")).collect()
    }

    #[tokio::test]
    async fn the_list_by_name_comes_from_the_index_without_sorting() {
        for descending in [false, true] {
            let plan = plan(&Query { descending, ..Query::default() }).await;
            assert_eq!(
                plan,
                ["SCAN c USING INDEX customer_by_name"],
                "first rows must not wait for a million others"
            );
        }
    }

    #[tokio::test]
    async fn a_search_asks_the_indexes() {
        let plan = plan(&Query { text: "ana".to_owned(), ..Query::default() }).await.join("; ");
        assert!(plan.contains("search_words VIRTUAL TABLE INDEX"), "{plan}");
        assert!(plan.contains("search_pieces VIRTUAL TABLE INDEX"), "{plan}");
        assert!(!plan.contains("SCAN search_text"), "{plan}");
    }
}
