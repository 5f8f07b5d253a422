//! What people do with edits: save, take back, try again, decide. Each is one transaction of the caller.

use chrono::{DateTime, Utc};
use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::history::{self, Source};
use clientela_database::table::mirror;
use clientela_database::{Connection, DatabaseError};
use clientela_domain::{CustomerId, CustomerRecord, Field, FieldValue};

use crate::apply::show;

/// Saves typed values. A value that is what the store has anyway ends the edit; a value that was typed before is replaced.
pub async fn save(
    connection: &mut Connection,
    customer: CustomerId,
    changes: &[(Field, FieldValue)],
    author: &str,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let Some(mirror) = mirror::find(connection, customer).await? else { return Ok(()) };
    let edits = edit::of_customer(connection, customer).await?;
    for (field, value) in changes {
        let there = edits.iter().find(|edit| edit.field == *field);
        save_one(connection, customer, &mirror.record, there, field, value, author, now).await?;
    }
    show(connection, customer).await
}

#[expect(clippy::too_many_arguments, reason = "one row's worth of facts; a struct would only name them again")]
async fn save_one(
    connection: &mut Connection,
    customer: CustomerId,
    mirror: &CustomerRecord,
    there: Option<&Edit>,
    field: &Field,
    value: &FieldValue,
    author: &str,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let base = mirror.field(field).into_value().unwrap_or(FieldValue::Null);
    let shown = there.map_or(&base, |edit| &edit.mine);
    if shown == value {
        return Ok(());
    }
    history::insert(connection, customer, now, Source::Here, field, shown, value).await?;
    match there {
        None if base.identical(value) => Ok(()),
        // Back to where it began, and nothing has gone out: there is no edit any more.
        Some(edit) if matches!(edit.state, EditState::Pending | EditState::Parked { .. }) && base.identical(value) => {
            edit::remove(connection, edit.id).await
        }
        _ => edit::save(connection, customer, field, &base, value, author, now).await.map(drop),
    }
}

/// How a person settles a conflict.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    Mine,
    Theirs,
    Other(FieldValue),
}

/// Settles a conflict. False: the edit is not in conflict (any more).
pub async fn decide(
    connection: &mut Connection,
    edit: &Edit,
    decision: &Decision,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let EditState::Conflict { theirs } = &edit.state else { return Ok(false) };
    let (before, after) = match decision {
        Decision::Mine => (theirs, &edit.mine),
        Decision::Theirs => (&edit.mine, theirs),
        Decision::Other(value) => (&edit.mine, value),
    };
    history::insert(connection, edit.customer, now, Source::Decided, &edit.field, before, after).await?;
    match decision {
        Decision::Mine => edit::rebase(connection, edit.id, theirs, None).await?,
        Decision::Theirs => edit::remove(connection, edit.id).await?,
        Decision::Other(value) if value.identical(theirs) => edit::remove(connection, edit.id).await?,
        Decision::Other(value) => edit::rebase(connection, edit.id, theirs, Some(value)).await?,
    }
    show(connection, edit.customer).await?;
    Ok(true)
}

/// Takes an edit back. One that may have arrived already is turned round instead: the old value is sent after it.
pub async fn discard(connection: &mut Connection, edit: &Edit, now: DateTime<Utc>) -> Result<(), DatabaseError> {
    let after = match &edit.state {
        EditState::Conflict { theirs } => theirs,
        _ => &edit.base,
    };
    history::insert(connection, edit.customer, now, Source::Discarded, &edit.field, &edit.mine, after).await?;
    match &edit.state {
        EditState::Sending { .. } => {
            edit::save(connection, edit.customer, &edit.field, &edit.base, &edit.base, &edit.author, now).await?;
        }
        EditState::Pending | EditState::Conflict { .. } | EditState::Parked { .. } => {
            edit::remove(connection, edit.id).await?;
        }
    }
    show(connection, edit.customer).await
}

/// Tries a refused edit again with the next push. False: it is not parked.
pub async fn retry(connection: &mut Connection, edit: &Edit) -> Result<bool, DatabaseError> {
    if !matches!(edit.state, EditState::Parked { .. }) {
        return Ok(false);
    }
    edit::reopen(connection, edit.id).await?;
    show(connection, edit.customer).await?;
    Ok(true)
}

/// Writes what people see of a customer again, after something beside its edits changed (a journal entry).
pub async fn refresh_shown(connection: &mut Connection, customer: CustomerId) -> Result<(), DatabaseError> {
    show(connection, customer).await
}

/// Ends an edit of a customer whom a person has just deleted at the store.
pub async fn discard_gone(connection: &mut Connection, edit: &Edit, now: DateTime<Utc>) -> Result<(), DatabaseError> {
    history::insert(connection, edit.customer, now, Source::Discarded, &edit.field, &edit.mine, &edit.base).await?;
    edit::remove(connection, edit.id).await
}
