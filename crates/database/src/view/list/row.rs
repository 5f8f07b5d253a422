//! What a list shows of each customer.

use std::collections::HashMap;

use clientela_domain::{CustomerId, StoreId};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use crate::DatabaseError;
use crate::table::customer::CustomerState;

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
