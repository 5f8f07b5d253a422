//! Customers as people see them.

use clientela_domain::{CustomerId, CustomerRecord, RemoteId, StoreId};
use sqlx::SqliteConnection;

use super::customer_group;
use super::shown::Shown;
use crate::{DatabaseError, search};

/// Where a customer stands between here and the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerState {
    Clean,
    Edited,
    Sending,
    Conflict,
    Parked,
    Gone,
}

impl CustomerState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            CustomerState::Clean => "clean",
            CustomerState::Edited => "edited",
            CustomerState::Sending => "sending",
            CustomerState::Conflict => "conflict",
            CustomerState::Parked => "parked",
            CustomerState::Gone => "gone",
        }
    }

    pub(crate) fn parse(word: &str) -> Result<Self, DatabaseError> {
        Ok(match word {
            "clean" => CustomerState::Clean,
            "edited" => CustomerState::Edited,
            "sending" => CustomerState::Sending,
            "conflict" => CustomerState::Conflict,
            "parked" => CustomerState::Parked,
            "gone" => CustomerState::Gone,
            _ => return Err(DatabaseError::Unreadable { what: "customer.state" }),
        })
    }
}

/// Whose customer this is, and the store's id of it.
pub async fn store_of(
    connection: &mut SqliteConnection,
    id: CustomerId,
) -> Result<Option<(StoreId, RemoteId, CustomerState)>, DatabaseError> {
    let row = sqlx::query!("SELECT store_id, remote_id, state FROM customer WHERE id = ?", id.0)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok((StoreId(row.store_id), RemoteId::new(row.remote_id), CustomerState::parse(&row.state)?))
    })
    .transpose()
}

/// Writes what people see of a customer (the mirror with edits laid over) and what it is found by.
pub async fn write_shown(
    connection: &mut SqliteConnection,
    id: CustomerId,
    shown: &CustomerRecord,
    state: CustomerState,
    journal: &[String],
) -> Result<(), DatabaseError> {
    let state = state.as_str();
    let columns = Shown::of(shown, !journal.is_empty());
    let phone_e164 = columns.phone_e164.clone();
    sqlx::query!(
        "UPDATE customer SET state = ?, name = ?, sort_name = ?, company = ?, email = ?, phone = ?, phone_e164 = ?,
             document = ?, city = ?, region = ?, country = ?, role = ?, segment = ?, is_active = ?, email_verified = ?,
             accepts_marketing = ?, orders_count = ?, total_spent = ?, total_spent_micro = ?, currency = ?,
             last_order_at = ?, created_at = ?, updated_at = ?, has_note = ?
         WHERE id = ?",
        state,
        columns.name,
        columns.sort_name,
        columns.company,
        columns.email,
        columns.phone,
        columns.phone_e164,
        columns.document,
        columns.city,
        columns.region,
        columns.country,
        columns.role,
        columns.segment,
        columns.is_active,
        columns.email_verified,
        columns.accepts_marketing,
        columns.orders_count,
        columns.total_spent,
        columns.total_spent_micro,
        columns.currency,
        columns.last_order_at,
        columns.created_at,
        columns.updated_at,
        columns.has_note,
        id.0
    )
    .execute(&mut *connection)
    .await?;
    customer_group::replace(connection, id, columns.groups).await?;
    let text = search::text_of(shown, journal, phone_e164.as_deref());
    // An update that changes nothing would still rewrite both indexes.
    sqlx::query!(
        "INSERT INTO search_text (customer_id, words, pieces, phones) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (customer_id) DO UPDATE SET words = excluded.words, pieces = excluded.pieces, phones = excluded.phones
         WHERE words <> excluded.words OR pieces <> excluded.pieces OR phones <> excluded.phones",
        id.0,
        text.words,
        text.pieces,
        text.phones
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes a customer from the copy with mirror, history and index. Fails while it has edits. Nor is the store asked for it again.
pub async fn remove(connection: &mut SqliteConnection, id: CustomerId) -> Result<(), DatabaseError> {
    sqlx::query!("DELETE FROM journal_entry WHERE customer_id = ?", id.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM search_text WHERE customer_id = ?", id.0).execute(&mut *connection).await?;
    sqlx::query!(
        "DELETE FROM left_out WHERE (store_id, remote_id) = (SELECT store_id, remote_id FROM customer WHERE id = ?)",
        id.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM customer WHERE id = ?", id.0).execute(connection).await?;
    Ok(())
}
