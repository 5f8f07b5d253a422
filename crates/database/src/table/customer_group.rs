//! The groups that customers are in, for lists of everybody in one. What people see of a customer's groups comes from its record.

use clientela_domain::CustomerId;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use crate::DatabaseError;

/// One statement takes 32,766 values.
const AT_ONCE: usize = 10_000;

/// Writes the groups of customers who had none.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    rows: Vec<(CustomerId, String)>,
) -> Result<(), DatabaseError> {
    for some in rows.chunks(AT_ONCE) {
        // A store may name a group twice, or with other capitals.
        let mut statement =
            QueryBuilder::<Sqlite>::new("INSERT OR IGNORE INTO customer_group (customer_id, name) ");
        statement.push_values(some, |mut row, (id, name)| {
            row.push_bind(id.0).push_bind(name.clone());
        });
        statement.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Writes the groups of a customer in place of those before.
pub(super) async fn replace(
    connection: &mut SqliteConnection,
    id: CustomerId,
    groups: Vec<String>,
) -> Result<(), DatabaseError> {
    sqlx::query!("DELETE FROM customer_group WHERE customer_id = ?", id.0).execute(&mut *connection).await?;
    insert(connection, groups.into_iter().map(|name| (id, name)).collect()).await
}

/// All names of groups, in order.
pub async fn names(connection: &mut SqliteConnection) -> Result<Vec<String>, DatabaseError> {
    // From each name to the next one, without looking at everybody who is in a group.
    Ok(sqlx::query_scalar(
        "WITH RECURSIVE following (name) AS (
             SELECT min(name) FROM customer_group
             UNION ALL
             SELECT (SELECT min(name) FROM customer_group g WHERE g.name > following.name) FROM following
             WHERE following.name IS NOT NULL)
         SELECT name FROM following WHERE name IS NOT NULL",
    )
    .fetch_all(connection)
    .await?)
}
