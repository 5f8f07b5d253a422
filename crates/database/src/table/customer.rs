//! Customers as people see them.

use clientela_domain::normalise::{document, fold, phone};
use clientela_domain::{CustomerId, CustomerRecord, RemoteId, StoreId};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sqlx::SqliteConnection;

use super::milliseconds;
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

/// Makes room for a record that was not known. Its columns are empty until [`write_shown`].
pub async fn insert(
    connection: &mut SqliteConnection,
    store: StoreId,
    remote: &RemoteId,
) -> Result<CustomerId, DatabaseError> {
    let remote = remote.as_str();
    let id = sqlx::query_scalar!(
        r#"INSERT INTO customer (store_id, remote_id, state, name, sort_name) VALUES (?, ?, 'clean', '', '')
           RETURNING id AS "id!: i64""#,
        store.0,
        remote
    )
    .fetch_one(connection)
    .await?;
    Ok(CustomerId(id))
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
    let name = shown.full_name();
    let sort_name = sort_name(shown, &name);
    let country = shown.country();
    let phone_e164 = shown.phone.value().and_then(|number| phone::to_e164(number, country));
    let document = shown
        .documents
        .value()
        .and_then(|list| list.first())
        .map(|main| document::display(&main.kind, &main.number));
    let address = shown.main_address();
    let (city, region) =
        (address.and_then(|address| address.city.clone()), address.and_then(|a| a.region.clone()));
    let (company, email, phone) = (shown.company.value(), shown.email.value(), shown.phone.value());
    let (role, segment, currency) = (shown.role.value(), shown.segment.value(), shown.currency.value());
    let flag = |flag: Option<&bool>| flag.map(|flag| i64::from(*flag));
    let (is_active, email_verified) = (flag(shown.is_active.value()), flag(shown.email_verified.value()));
    let accepts_marketing = flag(shown.accepts_marketing.value());
    let orders_count = shown.orders_count.value().copied();
    let spent = shown.total_spent.value().map(Decimal::to_string);
    // A store can say any number; one that is too large to be counted in millionths sorts as if it were unknown.
    let micro = |total: &Decimal| total.checked_mul(Decimal::from(1_000_000))?.trunc().to_i64();
    let spent_micro = shown.total_spent.value().and_then(micro);
    let last_order_at = milliseconds(shown.last_order_at.value().copied());
    let created_at = milliseconds(shown.created_at.value().copied());
    let updated_at = milliseconds(shown.updated_at.value().copied());
    let has_note =
        i64::from(shown.note.value().is_some_and(|note| !note.trim().is_empty()) || !journal.is_empty());
    sqlx::query!(
        "UPDATE customer SET state = ?, name = ?, sort_name = ?, company = ?, email = ?, phone = ?, phone_e164 = ?,
             document = ?, city = ?, region = ?, country = ?, role = ?, segment = ?, is_active = ?, email_verified = ?,
             accepts_marketing = ?, orders_count = ?, total_spent = ?, total_spent_micro = ?, currency = ?,
             last_order_at = ?, created_at = ?, updated_at = ?, has_note = ?
         WHERE id = ?",
        state,
        name,
        sort_name,
        company,
        email,
        phone,
        phone_e164,
        document,
        city,
        region,
        country,
        role,
        segment,
        is_active,
        email_verified,
        accepts_marketing,
        orders_count,
        spent,
        spent_micro,
        currency,
        last_order_at,
        created_at,
        updated_at,
        has_note,
        id.0
    )
    .execute(&mut *connection)
    .await?;
    let text = search::text_of(shown, journal);
    // An update that changes nothing would still rewrite both indexes.
    sqlx::query!(
        "INSERT INTO search_text (customer_id, words, pieces) VALUES (?1, ?2, ?3)
         ON CONFLICT (customer_id) DO UPDATE SET words = excluded.words, pieces = excluded.pieces
         WHERE words <> excluded.words OR pieces <> excluded.pieces",
        id.0,
        text.words,
        text.pieces
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes a customer from the copy with mirror, history and index. Fails while it has edits.
pub async fn remove(connection: &mut SqliteConnection, id: CustomerId) -> Result<(), DatabaseError> {
    sqlx::query!("DELETE FROM journal_entry WHERE customer_id = ?", id.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM search_text WHERE customer_id = ?", id.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM customer WHERE id = ?", id.0).execute(connection).await?;
    Ok(())
}

/// The first letter of the sort key of people without a name: behind every letter of a name.
pub(crate) const NAMELESS: char = '\u{10ffff}';

/// People without a name sort by what else there is, behind everybody with one.
fn sort_name(shown: &CustomerRecord, name: &str) -> String {
    let key = fold::sort_key(name);
    if !key.is_empty() {
        return key;
    }
    let other =
        shown.company.value().or(shown.email.value()).map(|text| fold::sort_key(text)).unwrap_or_default();
    format!("{NAMELESS}{other}")
}
