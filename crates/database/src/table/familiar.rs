//! Which customers were known at which time, by their numbers: those who come later have higher ones.

use chrono::{DateTime, TimeDelta, Utc};
use clientela_domain::{CustomerId, StoreId};
use sqlx::SqliteConnection;

use crate::DatabaseError;

const BETWEEN: TimeDelta = TimeDelta::days(1);
/// Whoever was known so long before something happened has nothing to do with it.
const LONG: TimeDelta = TimeDelta::days(7);

/// Notes who is known now, once a day.
pub async fn note(
    connection: &mut SqliteConnection,
    store: StoreId,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let (lately, long_ago) = ((now - BETWEEN).timestamp_millis(), (now - LONG).timestamp_millis());
    let now = now.timestamp_millis();
    // A clock that was set back begins anew; of what is long ago, the newest is enough.
    sqlx::query!(
        "DELETE FROM familiar WHERE store_id = ?1 AND (at > ?2 OR at < (
             SELECT max(older.at) FROM familiar older WHERE older.store_id = ?1 AND older.at <= ?3))",
        store.0,
        now,
        long_ago
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO familiar (store_id, at, until)
         SELECT ?1, ?2, coalesce((SELECT max(id) FROM customer), 0)
         WHERE NOT EXISTS (SELECT 1 FROM familiar WHERE store_id = ?1 AND at > ?3)",
        store.0,
        now,
        lately
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The highest number that anybody had long ago, or as early as is known. `None`: nothing is known.
pub async fn known_for_long(
    connection: &mut SqliteConnection,
    store: StoreId,
    now: DateTime<Utc>,
) -> Result<Option<CustomerId>, DatabaseError> {
    let long_ago = (now - LONG).timestamp_millis();
    let until = sqlx::query_scalar!(
        "SELECT until FROM familiar WHERE store_id = ?1 ORDER BY at <= ?2 DESC, abs(?2 - at) LIMIT 1",
        store.0,
        long_ago
    );
    Ok(until.fetch_optional(connection).await?.map(CustomerId))
}
