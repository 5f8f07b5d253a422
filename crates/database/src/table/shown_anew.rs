//! Customers whose shown columns are to be written anew after an upgrade, because an older version wrote them otherwise: everybody
//! after one number. A migration that asks for it sets that to zero.

use clientela_domain::CustomerId;
use sqlx::SqliteConnection;

use crate::DatabaseError;

/// The next customers to write anew, in order. None: nobody has to be.
pub async fn next(
    connection: &mut SqliteConnection,
    most: u32,
) -> Result<Option<Vec<CustomerId>>, DatabaseError> {
    let until = sqlx::query_scalar!("SELECT until FROM shown_anew").fetch_optional(&mut *connection).await?;
    let Some(until) = until else { return Ok(None) };
    let ids: Vec<i64> = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM customer WHERE id > ? ORDER BY id LIMIT ?"#,
        until,
        most
    )
    .fetch_all(connection)
    .await?;
    Ok(Some(ids.into_iter().map(CustomerId).collect()))
}

/// These were written anew. None of them: that was everybody.
pub async fn done(connection: &mut SqliteConnection, written: &[CustomerId]) -> Result<(), DatabaseError> {
    match written.last() {
        Some(last) => sqlx::query!("UPDATE shown_anew SET until = ?", last.0).execute(connection).await?,
        None => sqlx::query!("DELETE FROM shown_anew").execute(connection).await?,
    };
    Ok(())
}
