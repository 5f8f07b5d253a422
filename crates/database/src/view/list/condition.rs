//! Which customers a list has, as conditions of a statement on `customer c`.

use clientela_domain::StoreId;
use sqlx::{QueryBuilder, Sqlite};

use super::Query;
use crate::search::Piece;
use crate::table::customer::CustomerState;

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
    Group(String),
    /// Changes of a person that the store has not confirmed, or none.
    HasEdits(bool),
    /// This or more, or later.
    From(Measure, i64),
    /// This or less, or earlier.
    To(Measure, i64),
}

/// What customers can be measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// In milliseconds.
    CreatedAt,
    /// In milliseconds.
    LastOrderAt,
    /// In millionths, of whatever currency.
    TotalSpent,
    OrdersCount,
}

impl Measure {
    fn sql(self) -> &'static str {
        match self {
            Measure::CreatedAt => "c.created_at",
            Measure::LastOrderAt => "c.last_order_at",
            Measure::TotalSpent => "c.total_spent_micro",
            Measure::OrdersCount => "c.orders_count",
        }
    }
}

/// Everything that is asked beside the text. Customers that are gone at their store are left out unless they are asked for.
pub(super) fn push(sql: &mut QueryBuilder<Sqlite>, query: &Query) {
    let wants_gone = query.filters.contains(&Filter::State(CustomerState::Gone));
    sql.push(if wants_gone { "1" } else { "c.is_gone = 0" });
    push_stores(sql, &query.stores);
    for filter in &query.filters {
        push_filter(sql, filter);
    }
}

/// That every piece of a typed text is found. The sign keeps the database from looking up one found customer after the other: this is
/// for texts that find very many, where reading an index from end to end is quicker.
pub(super) fn push_text(sql: &mut QueryBuilder<Sqlite>, pieces: &[Piece]) {
    for piece in pieces {
        sql.push(" AND +c.id IN (");
        match (&piece.words, &piece.pieces) {
            (None, _) => {
                sql.push("SELECT customer_id FROM search_words_text WHERE instr(words, ")
                    .push_bind(piece.literal.clone())
                    .push(") > 0");
            }
            (Some(words), pieces) => {
                sql.push("SELECT rowid FROM search_words WHERE search_words MATCH ").push_bind(words.clone());
                if let Some(pieces) = pieces {
                    sql.push(" UNION ALL SELECT rowid FROM search_pieces WHERE search_pieces MATCH ")
                        .push_bind(pieces.clone());
                }
            }
        }
        sql.push(")");
    }
}

/// The sign keeps the database from collecting a store's customers and sorting them: the index that has the order has the store, too.
fn push_stores(sql: &mut QueryBuilder<Sqlite>, stores: &[StoreId]) {
    if stores.is_empty() {
        return;
    }
    let mut list = sql.push(" AND +c.store_id IN (").separated(", ");
    for store in stores {
        list.push_bind(store.0);
    }
    list.push_unseparated(")");
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
        Filter::Group(name) => {
            sql.push(" AND c.id IN (SELECT customer_id FROM customer_group WHERE name = ");
            sql.push_bind(name.clone()).push(")");
        }
        Filter::HasEdits(true) => {
            sql.push(" AND c.id IN (SELECT customer_id FROM edit)");
        }
        Filter::HasEdits(false) => {
            sql.push(" AND c.id NOT IN (SELECT customer_id FROM edit)");
        }
        Filter::From(measure, value) => {
            sql.push(" AND ").push(measure.sql()).push(" >= ").push_bind(*value);
        }
        Filter::To(measure, value) => {
            sql.push(" AND ").push(measure.sql()).push(" <= ").push_bind(*value);
        }
    }
}
