//! The outbox: fields changed by people that a store has not confirmed.

use chrono::{DateTime, Utc};
use clientela_domain::{CustomerId, EditId, Field, FieldValue, RemoteId, StoreId};
use sqlx::SqliteConnection;

use super::{from_json, milliseconds, moment, to_json};
use crate::DatabaseError;

/// Where an edit stands.
#[derive(Debug, Clone, PartialEq)]
pub enum EditState {
    /// Saved here.
    Pending,
    /// Marked before it was sent; until an answer is known it may or may not have arrived. `sent_at` is the store's word: how the
    /// record was dated from which the write began, or its clock at that moment where records have no date.
    Sending { generation: i64, sent: FieldValue, sent_at: Option<DateTime<Utc>> },
    /// The store has something else than the edit began from.
    Conflict { theirs: FieldValue },
    /// The store refused it, or cannot take it.
    Parked { code: String, words: Option<String> },
}

/// One edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    pub id: EditId,
    pub customer: CustomerId,
    pub field: Field,
    pub base: FieldValue,
    pub mine: FieldValue,
    pub state: EditState,
    /// What left this machine and may have arrived, whoever the edit waits for since: what a later answer shows of it is ours.
    pub unanswered: Option<FieldValue>,
    pub generation: i64,
    pub tries: u32,
    pub author: String,
    pub saved_at: DateTime<Utc>,
}

struct Row {
    id: i64,
    customer_id: i64,
    field: String,
    base: String,
    mine: String,
    theirs: Option<String>,
    state: String,
    generation: i64,
    sent_generation: Option<i64>,
    sent: Option<String>,
    sent_at: Option<i64>,
    tries: i64,
    reason_code: Option<String>,
    reason: Option<String>,
    author: String,
    saved_at: i64,
}

impl TryFrom<Row> for Edit {
    type Error = DatabaseError;

    fn try_from(row: Row) -> Result<Self, DatabaseError> {
        let broken = DatabaseError::Unreadable { what: "edit.state" };
        let unanswered: Option<FieldValue> =
            row.sent.map(|sent| from_json(&sent, "edit.sent")).transpose()?;
        let state = match (row.state.as_str(), row.sent_generation, &unanswered, row.theirs, row.reason_code)
        {
            ("pending", ..) => EditState::Pending,
            ("sending", Some(generation), Some(sent), ..) => {
                EditState::Sending { generation, sent: sent.clone(), sent_at: moment(row.sent_at) }
            }
            ("conflict", _, _, Some(theirs), _) => {
                EditState::Conflict { theirs: from_json(&theirs, "edit.theirs")? }
            }
            ("parked", _, _, _, Some(code)) => EditState::Parked { code, words: row.reason },
            _ => return Err(broken),
        };
        Ok(Edit {
            id: EditId(row.id),
            customer: CustomerId(row.customer_id),
            field: row.field.parse().map_err(|_| DatabaseError::Unreadable { what: "edit.field" })?,
            base: from_json(&row.base, "edit.base")?,
            mine: from_json(&row.mine, "edit.mine")?,
            state,
            unanswered,
            generation: row.generation,
            tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
            author: row.author,
            saved_at: moment(Some(row.saved_at)).unwrap_or_default(),
        })
    }
}

/// The edits of a customer, oldest first.
pub async fn of_customer(
    connection: &mut SqliteConnection,
    customer: CustomerId,
) -> Result<Vec<Edit>, DatabaseError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id!", customer_id, field, base, mine, theirs, state, generation, sent_generation, sent, sent_at,
                  tries, reason_code, reason, author, saved_at
           FROM edit WHERE customer_id = ? ORDER BY id"#,
        customer.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Edit::try_from).collect()
}

/// All edits of all stores, oldest first.
pub async fn all(connection: &mut SqliteConnection) -> Result<Vec<Edit>, DatabaseError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id!", customer_id, field, base, mine, theirs, state, generation, sent_generation, sent, sent_at,
                  tries, reason_code, reason, author, saved_at
           FROM edit ORDER BY id"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Edit::try_from).collect()
}

/// One edit.
pub async fn find(connection: &mut SqliteConnection, id: EditId) -> Result<Option<Edit>, DatabaseError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id!", customer_id, field, base, mine, theirs, state, generation, sent_generation, sent, sent_at,
                  tries, reason_code, reason, author, saved_at
           FROM edit WHERE id = ?"#,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    row.map(Edit::try_from).transpose()
}

/// Customers of a store with edits that can be sent or whose outcome is unknown, in the order of their oldest edit.
pub async fn customers_to_push(
    connection: &mut SqliteConnection,
    store: StoreId,
) -> Result<Vec<(CustomerId, RemoteId)>, DatabaseError> {
    let rows = sqlx::query!(
        r#"SELECT c.id AS "id!", c.remote_id AS "remote_id!" FROM customer c JOIN edit e ON e.customer_id = c.id
           WHERE c.store_id = ? AND e.state IN ('pending', 'sending')
           GROUP BY c.id ORDER BY min(e.id)"#,
        store.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (CustomerId(row.id), RemoteId::new(row.remote_id))).collect())
}

/// Saves what a person typed. A field that has an edit already keeps its base; the new value goes on from there with a new
/// generation. A refused edit is tried again with its new value, a conflict stays one until a person settles it: what has left before
/// the question was asked counts until then.
pub async fn save(
    connection: &mut SqliteConnection,
    customer: CustomerId,
    field: &Field,
    base: &FieldValue,
    mine: &FieldValue,
    author: &str,
    now: DateTime<Utc>,
) -> Result<EditId, DatabaseError> {
    let field = field.to_string();
    let (base, mine) = (to_json(base, "edit.base")?, to_json(mine, "edit.mine")?);
    let now = now.timestamp_millis();
    let id = sqlx::query_scalar!(
        r#"INSERT INTO edit (customer_id, field, base, mine, state, author, saved_at)
           VALUES (?, ?, ?, ?, 'pending', ?, ?)
           ON CONFLICT (customer_id, field) DO UPDATE SET
               mine = excluded.mine, generation = generation + 1, author = excluded.author, saved_at = excluded.saved_at,
               tries = CASE WHEN state = 'conflict' THEN tries ELSE 0 END, state = CASE WHEN state = 'parked' THEN 'pending' ELSE state END,
               reason_code = NULL, reason = NULL
           RETURNING id AS "id!: i64""#,
        customer.0,
        field,
        base,
        mine,
        author,
        now
    )
    .fetch_one(connection)
    .await?;
    Ok(EditId(id))
}

/// Marks an edit as on its way. Committed before the request goes out, so that a crash leaves "maybe arrived" behind.
pub async fn mark_sending(
    connection: &mut SqliteConnection,
    id: EditId,
    sent_at: Option<DateTime<Utc>>,
) -> Result<(), DatabaseError> {
    let sent_at = milliseconds(sent_at);
    sqlx::query!(
        "UPDATE edit SET state = 'sending', sent_generation = generation, sent = mine, sent_at = ?, tries = tries + 1,
             theirs = NULL WHERE id = ?",
        sent_at,
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes how the store dated the record in its answer to the write of these edits; those that it has ended are gone.
pub async fn note_written_on(
    connection: &mut SqliteConnection,
    ids: &[EditId],
    dated: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let dated = dated.timestamp_millis();
    for id in ids {
        sqlx::query!("UPDATE edit SET sent_at = ? WHERE id = ? AND state = 'sending'", dated, id.0)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Takes the mark away: the request surely did not arrive. What stood before the mark stands again, since an earlier request may
/// have arrived all the same. The try does not count.
pub async fn unmark_sending(connection: &mut SqliteConnection, before: &Edit) -> Result<(), DatabaseError> {
    let (state, generation, sent_at) = match &before.state {
        EditState::Sending { generation, sent_at, .. } => ("sending", Some(*generation), *sent_at),
        EditState::Pending | EditState::Conflict { .. } | EditState::Parked { .. } => ("pending", None, None),
    };
    let sent = before.unanswered.as_ref().map(|sent| to_json(sent, "edit.sent")).transpose()?;
    let sent_at = milliseconds(sent_at);
    sqlx::query!(
        "UPDATE edit SET state = ?, sent_generation = ?, sent = ?, sent_at = ?, tries = max(tries - 1, 0)
         WHERE id = ? AND state = 'sending'",
        state,
        generation,
        sent,
        sent_at,
        before.id.0
    )
    .execute(&mut *connection)
    .await?;
    // A question that came up meanwhile has kept what was marked.
    let marked = to_json(&before.mine, "edit.sent")?;
    sqlx::query!(
        "UPDATE edit SET sent = ? WHERE id = ? AND state <> 'sending' AND sent = ?",
        sent,
        before.id.0,
        marked
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What may have arrived has been answered. `base`: it did arrive, and the edit goes on from there.
pub async fn note_answered(
    connection: &mut SqliteConnection,
    id: EditId,
    base: Option<&FieldValue>,
) -> Result<(), DatabaseError> {
    let base = base.map(|base| to_json(base, "edit.base")).transpose()?;
    sqlx::query!(
        "UPDATE edit SET base = coalesce(?, base), sent = NULL WHERE id = ? AND state <> 'sending'",
        base,
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets an edit go on from another base: what the store has now. `mine` is replaced where texts were joined.
pub async fn rebase(
    connection: &mut SqliteConnection,
    id: EditId,
    base: &FieldValue,
    mine: Option<&FieldValue>,
) -> Result<(), DatabaseError> {
    let base = to_json(base, "edit.base")?;
    let mine = mine.map(|mine| to_json(mine, "edit.mine")).transpose()?;
    sqlx::query!(
        "UPDATE edit SET base = ?1, mine = coalesce(?2, mine), generation = generation + (?2 IS NOT NULL), state = 'pending',
             theirs = NULL, sent_generation = NULL, sent_at = NULL, tries = 0, reason_code = NULL, reason = NULL
         WHERE id = ?3",
        base,
        mine,
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets an edit go on as one of another field of the same customer, from where that stands. Nothing happens where that field has an
/// edit of its own.
pub async fn move_to(
    connection: &mut SqliteConnection,
    id: EditId,
    field: &Field,
    base: &FieldValue,
    mine: &FieldValue,
) -> Result<(), DatabaseError> {
    let field = field.to_string();
    let (base, mine) = (to_json(base, "edit.base")?, to_json(mine, "edit.mine")?);
    sqlx::query!(
        "UPDATE OR IGNORE edit SET field = ?, base = ?, mine = ? WHERE id = ?",
        field,
        base,
        mine,
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Asks a person to choose.
pub async fn set_conflict(
    connection: &mut SqliteConnection,
    id: EditId,
    theirs: &FieldValue,
) -> Result<(), DatabaseError> {
    let theirs = to_json(theirs, "edit.theirs")?;
    sqlx::query!(
        "UPDATE edit SET state = 'conflict', theirs = ?, sent_generation = NULL, sent_at = NULL WHERE id = ?",
        theirs,
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives an edit to a person with a reason.
pub async fn park(
    connection: &mut SqliteConnection,
    id: EditId,
    code: &str,
    words: Option<&str>,
) -> Result<(), DatabaseError> {
    sqlx::query!(
        "UPDATE edit SET state = 'parked', reason_code = ?, reason = ?, theirs = NULL, sent_generation = NULL, sent_at = NULL
         WHERE id = ?",
        code,
        words,
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Tries a parked edit again.
pub async fn reopen(connection: &mut SqliteConnection, id: EditId) -> Result<(), DatabaseError> {
    sqlx::query!(
        "UPDATE edit SET state = 'pending', tries = 0, reason_code = NULL, reason = NULL WHERE id = ? AND state = 'parked'",
        id.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends an edit: confirmed, decided or discarded. The caller writes into the history what became of it.
pub async fn remove(connection: &mut SqliteConnection, id: EditId) -> Result<(), DatabaseError> {
    sqlx::query!("DELETE FROM edit WHERE id = ?", id.0).execute(connection).await?;
    Ok(())
}
