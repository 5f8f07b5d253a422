//! Customers with everything that is known of them, one or many at once: what pages and files are made from.

use chrono::{DateTime, Utc};
use clientela_domain::{CustomerId, CustomerRecord, StoreId};
use serde_json::Value;
use sqlx::SqliteConnection;

use crate::table::customer::CustomerState;
use crate::table::edit::{self, Edit};
use crate::table::moment;
use crate::{DatabaseError, packed_record};

/// A customer as the store last showed it, and what people changed since.
#[derive(Debug, Clone)]
pub struct WholeCustomer {
    pub id: CustomerId,
    pub store: StoreId,
    pub state: CustomerState,
    /// Of the phone that people see, edits included.
    pub phone_e164: Option<String>,
    pub edits: Vec<Edit>,
    /// By this machine's clock, for people only: when the store last showed it at all, and when with everything.
    pub seen_at: Option<DateTime<Utc>>,
    pub detail_seen_at: Option<DateTime<Utc>>,
    record: Vec<u8>,
}

impl WholeCustomer {
    /// The mirror. Reading it takes longer than finding it, so whoever needs many does it beside.
    pub fn mirror(&self) -> Result<CustomerRecord, DatabaseError> {
        packed_record::read(&self.record)
    }
}

/// What stands between two rows, and between two columns. Neither is ever inside of one: a record is written in hex.
const ROW: char = '\u{1e}';
const COLUMN: char = '\u{1f}';

/// These customers, in this order. Those that are not there any more are left out.
pub async fn customers(
    connection: &mut SqliteConnection,
    ids: &[CustomerId],
) -> Result<Vec<WholeCustomer>, DatabaseError> {
    let wanted = Value::from_iter(ids.iter().map(|id| id.0)).to_string();
    // All rows as one: the driver hands each over from thread to thread, which takes longer than finding it.
    let rows = sqlx::query_scalar!(
        r#"SELECT group_concat(j.key || char(31) || c.id || char(31) || c.store_id || char(31) || c.state || char(31)
                      || coalesce(c.phone_e164, '') || char(31) || m.seen_at || char(31) || coalesce(m.detail_seen_at, '')
                      || char(31) || EXISTS (SELECT 1 FROM edit e WHERE e.customer_id = c.id) || char(31) || hex(m.record),
                  char(30)) AS "rows: String"
           FROM json_each(?) j CROSS JOIN customer c ON c.id = j.value CROSS JOIN mirror m ON m.customer_id = c.id"#,
        wanted
    )
    .fetch_one(&mut *connection)
    .await?;
    let rows = rows.unwrap_or_default();
    let mut customers = Vec::with_capacity(ids.len());
    for row in rows.split(ROW).filter(|row| !row.is_empty()) {
        let (place, mut customer, is_edited) = read(row).ok_or(BROKEN)?;
        if is_edited {
            customer.edits = edit::of_customer(&mut *connection, customer.id).await?;
        }
        customers.push((place, customer));
    }
    customers.sort_by_key(|(place, _)| *place);
    Ok(customers.into_iter().map(|(_, customer)| customer).collect())
}

const BROKEN: DatabaseError = DatabaseError::Unreadable { what: "customer" };

fn read(row: &str) -> Option<(usize, WholeCustomer, bool)> {
    let mut columns = row.splitn(9, COLUMN);
    let mut next = || columns.next();
    let place = next()?.parse().ok()?;
    let id = CustomerId(next()?.parse().ok()?);
    let store = StoreId(next()?.parse().ok()?);
    let state = CustomerState::parse(next()?).ok()?;
    let phone_e164 = Some(next()?.to_owned()).filter(|phone| !phone.is_empty());
    let seen_at = moment(next()?.parse().ok());
    let detail_seen_at = moment(next()?.parse().ok());
    let is_edited = next()? == "1";
    let record = faster_hex::hex_decode_vec(next()?.as_bytes()).ok()?;
    let customer =
        WholeCustomer { id, store, state, phone_e164, edits: Vec::new(), seen_at, detail_seen_at, record };
    Some((place, customer, is_edited))
}
