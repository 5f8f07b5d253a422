//! Edits that wait: list, try again, take back, decide.

use std::collections::HashMap;

use clientela_database::table::edit::{self, Edit};
use clientela_database::table::{mirror, store};
use clientela_database::{Connection, commit};
use clientela_domain::{EditId, StoreId, validate};
use clientela_sync::outbox::{self, Decided};

use crate::command::{DecisionRequest, EditRef, Nothing};
use crate::context::App;
use crate::convert;
use crate::customers::whose;
use crate::dto::edit::{Decision, EditDto};
use crate::error::{ApiError, ApiResult, Code};
use crate::event::AppEvent;

/// Every edit that a store has not confirmed, oldest first.
pub async fn list(app: &App, _request: Nothing) -> ApiResult<Vec<EditDto>> {
    let mut connection = app.inner.database.read().await?;
    let names: HashMap<StoreId, String> =
        store::all(&mut connection).await?.into_iter().map(|store| (store.id, store.name)).collect();
    let mut shown = Vec::new();
    for edit in edit::all(&mut connection).await? {
        let owner = clientela_database::table::customer::store_of(&mut connection, edit.customer).await?;
        let store = owner.and_then(|(store, ..)| names.get(&store).cloned()).unwrap_or_default();
        let name = mirror::find(&mut connection, edit.customer)
            .await?
            .map(|m| m.record.full_name())
            .unwrap_or_default();
        shown.push(convert::edit(&edit, &name, &store));
    }
    Ok(shown)
}

/// Sends a refused edit once more with the next push.
pub async fn retry(app: &App, request: EditRef) -> ApiResult<Nothing> {
    let mut transaction = app.inner.database.write().await?;
    let edit = find(&mut transaction, request.edit).await?;
    let is_parked = outbox::retry(&mut transaction, &edit).await?;
    commit(transaction).await?;
    if !is_parked {
        return Err(ApiError::new(Code::InvalidInput, "only a refused edit can be tried again"));
    }
    changed(app, &edit).await
}

/// Takes an edit back.
pub async fn discard(app: &App, request: EditRef) -> ApiResult<Nothing> {
    let mut transaction = app.inner.database.write().await?;
    let edit = find(&mut transaction, request.edit).await?;
    outbox::discard(&mut transaction, &edit, app.inner.outside.clock.now()).await?;
    commit(transaction).await?;
    changed(app, &edit).await
}

/// Settles a conflict, if it still is the one that the person has seen.
pub async fn resolve(app: &App, request: DecisionRequest) -> ApiResult<Nothing> {
    let mut transaction = app.inner.database.write().await?;
    let edit = find(&mut transaction, request.edit).await?;
    let now = convert::edit(&edit, "", "");
    if request.seen.is_some_and(|seen| (seen.mine, seen.theirs) != (now.mine, now.theirs)) {
        let why = "this edit is not what was decided about any more: look at it again";
        return Err(ApiError::new(Code::QuestionChanged, why).with("edit", request.edit.to_string()));
    }
    let decision = match &request.decision {
        Decision::Mine => outbox::Decision::Mine,
        Decision::Theirs => outbox::Decision::Theirs,
        Decision::Both => outbox::Decision::Both,
        Decision::Text { value } => outbox::Decision::Other(
            validate::parse(&edit.field, Some(value))
                .map_err(|invalid| ApiError::new(Code::InvalidInput, invalid.to_string()))?,
        ),
    };
    match outbox::decide(&mut transaction, &edit, &decision, app.inner.outside.clock.now()).await? {
        Decided::Done => commit(transaction).await?,
        Decided::Impossible => {
            let why = "this edit is not in conflict, or cannot end like this";
            return Err(ApiError::new(Code::InvalidInput, why));
        }
        Decided::NotYet => {
            let why =
                "the address that the store has is being changed here as well: decide when that has arrived";
            return Err(ApiError::new(Code::QuestionChanged, why).with("edit", request.edit.to_string()));
        }
    }
    changed(app, &edit).await
}

/// In the transaction that changes it: a push may be about to send it.
async fn find(connection: &mut Connection, id: i64) -> ApiResult<Edit> {
    edit::find(connection, EditId(id))
        .await?
        .ok_or_else(|| ApiError::new(Code::NotFound, "there is no such edit").with("edit", id.to_string()))
}

async fn changed(app: &App, edit: &Edit) -> ApiResult<Nothing> {
    let (store, ..) = whose(app, edit.customer).await?;
    app.emit(AppEvent::EditsChanged);
    app.emit(AppEvent::CustomersChanged { store_ids: vec![store.id.0] });
    app.emit(AppEvent::StoresChanged);
    app.inner.wake.notify_one();
    Ok(Nothing {})
}
