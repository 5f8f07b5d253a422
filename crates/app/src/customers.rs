//! One customer: look, edit, change the role, addresses, journal, delete, erase.

use clientela_connectors::{ConnectorError, Deleted, Fetched, Urgency};
use clientela_database::old_files::{old_files, remove_copies};
use clientela_database::table::customer as customer_table;
use clientela_database::table::edit;
use clientela_database::table::store::Store;
use clientela_database::table::{history, journal, mirror, suppressed};
use clientela_database::view::whole;
use clientela_database::{WriteTransaction, commit};
use clientela_domain::capability::Deletion;
use clientela_domain::{
    Address, AddressKind, CustomerId, CustomerRecord, Field, FieldValue, RemoteId, StoreId,
};
use clientela_sync::outbox::{self, Change};
use secrecy::SecretString;

use crate::command::{
    AddressRef, AddressRequest, ConfirmedCustomer, CustomerPassword, CustomerRef, EditRequest,
    JournalRequest, Nothing, RoleRequest,
};
use crate::context::{App, Link, capabilities};
use crate::convert;
use crate::dto::customer::{CustomerPageDto, JournalEntryDto, TimelineEntryDto};
use crate::dto::edit::FieldChange;
use crate::dto::health::ErasedDto;
use crate::error::{ApiError, ApiResult, Code};
use crate::event::AppEvent;
use crate::{settings, stores, typed};

const TIMELINE: i64 = 200;

/// The customer page, from the copy alone.
pub async fn page(app: &App, request: CustomerRef) -> ApiResult<CustomerPageDto> {
    let id = CustomerId(request.id);
    let (store, ..) = whose(app, id).await?;
    let mut connection = app.inner.database.read().await?;
    let whole = whole::customers(&mut connection, &[id]).await?.pop().ok_or_else(|| not_found(id))?;
    let mirror = whole.mirror()?;
    let journal = journal::of_customer(&mut connection, id).await?;
    let timeline = history::newest(&mut connection, id, TIMELINE).await?;
    let (edits, state, phone_e164) = (&whole.edits, whole.state, whole.phone_e164.clone());
    let customer = convert::customer(id, &store.name, mirror.clone(), edits, state, phone_e164);
    let name = mirror.full_name();
    Ok(CustomerPageDto {
        customer,
        store_id: store.id.0,
        average_order: mirror.average_order.value().map(ToString::to_string),
        first_order_at: mirror.first_order_at.value().copied().map(convert::moment),
        orders: mirror.orders.value().map(|orders| orders.iter().map(convert::order).collect()),
        journal: journal
            .into_iter()
            .map(|entry| JournalEntryDto {
                id: entry.id,
                author: entry.author,
                text: entry.text,
                written_at: convert::moment(entry.written_at),
            })
            .collect(),
        timeline: timeline
            .into_iter()
            .map(|entry| TimelineEntryDto {
                id: entry.id,
                at: convert::moment(entry.at),
                source: entry.source,
                field: entry.field,
                before: convert::display(&entry.before),
                after: convert::display(&entry.after),
            })
            .collect(),
        edits: edits.iter().map(|edit| convert::edit(edit, &name, &store.name)).collect(),
        seen_at: whole.seen_at.map(convert::moment),
        detail_seen_at: whole.detail_seen_at.map(convert::moment),
        platform: store.platform,
    })
}

/// Asks the store for this customer now and shows the page. An unreachable store is an error of its own; the page from the copy
/// can be shown all the same.
pub async fn refresh(app: &App, request: CustomerRef) -> ApiResult<CustomerPageDto> {
    let id = CustomerId(request.id);
    let (store, _, _) = whose(app, id).await?;
    crate::sync::refresh(app, id, store).await?;
    page(app, request).await
}

/// Saves what a person typed. It is on disk when this returns; it is sent by itself soon after.
pub async fn save_edits(app: &App, request: EditRequest) -> ApiResult<CustomerPageDto> {
    let id = CustomerId(request.id);
    let (store, _, _) = whose(app, id).await?;
    let able = capabilities(&store.platform)?;
    let shown = shown(app, id).await?;
    let changes = request
        .changes
        .iter()
        .map(|change| typed::change(able, change, shown.country()))
        .collect::<ApiResult<Vec<_>>>()?;
    if changes.iter().any(|change| change.field == Field::Role) && changes.len() > 1 {
        return Err(ApiError::new(Code::InvalidInput, "a role is changed by itself").with("field", "role"));
    }
    refuse_unreadable(app, id).await?;
    if let [Change { field: Field::Role, value: FieldValue::Text(role), .. }] = changes.as_slice() {
        stores::refuse_ungrantable(app, &store, role).await?;
    }
    save(app, id, &store, &changes).await
}

/// Gives a customer another role.
pub async fn change_role(app: &App, request: RoleRequest) -> ApiResult<CustomerPageDto> {
    let change =
        FieldChange { field: Field::Role.to_string(), value: Some(request.role), seen: request.seen };
    save_edits(app, EditRequest { id: request.id, changes: vec![change] }).await
}

/// Adds an address, or changes one.
pub async fn save_address(app: &App, request: AddressRequest) -> ApiResult<CustomerPageDto> {
    let id = CustomerId(request.id);
    let (store, _, _) = whose(app, id).await?;
    let able = capabilities(&store.platform)?;
    let there = known_address(app, id, &request.address.id).await?;
    let may = match &there {
        // An address that was not sent yet is still being added.
        Some(there) if there.is_new() => able.addresses.add,
        Some(_) => able.addresses.edit,
        None => able.addresses.add,
    };
    if !may {
        return Err(typed::unwritable(able, "addresses"));
    }
    refuse_unreadable(app, id).await?;
    let is_going_on = there.as_ref().is_some_and(Address::is_new);
    let address = match there {
        Some(there) => convert::address_from(&request.address, there.key, there.kind, there.is_default),
        None if request.address.id.is_empty() => {
            let key = format!(
                "{}{}-{}",
                Address::NEW_PREFIX,
                app.inner.outside.clock.now().timestamp_millis(),
                app.next_number()
            );
            convert::address_from(&request.address, key, AddressKind::Shipping, false)
        }
        None => return Err(unknown_address(&request.address.id)),
    };
    let absent =
        |(name, part): &(&str, &Option<String>)| part.is_some() && able.addresses.absent_parts.contains(name);
    if let Some((name, _)) = address.parts().into_iter().find(absent) {
        return Err(typed::unwritable(able, name));
    }
    if address.parts().iter().all(|(_, part)| part.is_none()) {
        return Err(
            ApiError::new(Code::InvalidInput, "an address needs at least one line").with("field", "street")
        );
    }
    let seen = request.seen.filter(|_| !address.is_new()).map(|seen| {
        let seen = convert::address_from(&seen, address.key.clone(), address.kind, address.is_default);
        FieldValue::Address(Box::new(seen))
    });
    let field = Field::Address(address.key.clone());
    let change = Change { field, value: FieldValue::Address(Box::new(address)), seen };
    save_address_change(app, id, &store, change, is_going_on).await
}

/// Removes an address.
pub async fn remove_address(app: &App, request: AddressRef) -> ApiResult<CustomerPageDto> {
    let id = CustomerId(request.id);
    let (store, _, _) = whose(app, id).await?;
    let able = capabilities(&store.platform)?;
    let there = known_address(app, id, &request.address_id)
        .await?
        .ok_or_else(|| unknown_address(&request.address_id))?;
    if !able.addresses.remove && !there.is_new() {
        return Err(typed::unwritable(able, "addresses"));
    }
    refuse_unreadable(app, id).await?;
    let seen = request.seen.filter(|_| !there.is_new()).map(|seen| {
        let seen = convert::address_from(&seen, there.key.clone(), there.kind, there.is_default);
        FieldValue::Address(Box::new(seen))
    });
    let is_going_on = there.is_new();
    let change = Change { field: Field::Address(there.key), value: FieldValue::Null, seen };
    save_address_change(app, id, &store, change, is_going_on).await
}

/// Writes a dated note that stays here.
pub async fn add_journal_entry(app: &App, request: JournalRequest) -> ApiResult<CustomerPageDto> {
    let id = CustomerId(request.id);
    let (store, _, _) = whose(app, id).await?;
    let text = request.text.trim_end();
    if text.trim().is_empty() {
        return Err(ApiError::new(Code::InvalidInput, "there is no text").with("field", "journal"));
    }
    let author = settings::clerk(app).await?;
    let mut transaction = app.inner.database.write().await?;
    journal::insert(&mut transaction, id, &author, text, app.inner.outside.clock.now()).await?;
    outbox::refresh_shown(&mut transaction, id).await?;
    commit(transaction).await?;
    app.emit(AppEvent::CustomersChanged { store_ids: vec![store.id.0] });
    page(app, CustomerRef { id: request.id }).await
}

/// Deletes a customer at the store. The confirmation is the customer's e-mail, or name where there is none.
pub async fn delete(app: &App, request: ConfirmedCustomer) -> ApiResult<Nothing> {
    let id = CustomerId(request.id);
    let (store, remote, _) = whose(app, id).await?;
    if capabilities(&store.platform)?.delete == Deletion::No {
        return Err(ApiError::new(Code::Unsupported, "this platform cannot delete customers")
            .with("store", store.name));
    }
    confirm(app, id, &request.confirmation).await?;
    let link = app.link(&store).await?;
    let _alone = link.turns.one_customer.lock().await;
    delete_at_store(&link, &remote)
        .await
        .map_err(|error| ApiError::from(error).with("store", store.name.clone()))?;
    let mut transaction = app.inner.database.write().await?;
    for edit in edit::of_customer(&mut transaction, id).await? {
        outbox::discard_gone(&mut transaction, &edit, app.inner.outside.clock.now()).await?;
    }
    mirror::note_gone(&mut transaction, id, app.inner.outside.clock.now()).await?;
    // A page that was on its way may still show it. The store is asked for it a while later.
    mirror::note_missed(&mut transaction, id, app.inner.outside.clock.now()).await?;
    outbox::refresh_shown(&mut transaction, id).await?;
    commit(transaction).await?;
    told(app, store.id);
    Ok(Nothing {})
}

/// An answer that never came is asked for: whoever is not there any more was deleted.
async fn delete_at_store(link: &Link, remote: &RemoteId) -> Result<(), ConnectorError> {
    match link.connector.delete(remote).await {
        Ok(Deleted::Done | Deleted::Missing) => Ok(()),
        Err(ConnectorError::OutcomeUnknown { cause }) => {
            match link.connector.fetch(remote, Urgency::Push).await? {
                Fetched::Missing { .. } => Ok(()),
                Fetched::Found { .. } => Err(ConnectorError::OutcomeUnknown { cause }),
            }
        }
        Err(error) => Err(error),
    }
}

/// Gives a customer a new password at the shop. It is sent now or not at all, and kept nowhere.
pub async fn set_password(app: &App, request: CustomerPassword) -> ApiResult<Nothing> {
    let id = CustomerId(request.id);
    let (store, remote, _) = whose(app, id).await?;
    if !capabilities(&store.platform)?.customer_password {
        return Err(ApiError::new(Code::Unsupported, "this platform takes no passwords of customers")
            .with("store", store.name));
    }
    if request.new.trim().is_empty() {
        return Err(ApiError::new(Code::InvalidInput, "the password is missing")
            .with("field", "password")
            .with("rule", "required"));
    }
    refuse_unreadable(app, id).await?;
    let link = app.link(&store).await?;
    let _alone = link.turns.one_customer.lock().await;
    let about = |error| ApiError::from(error).with("store", store.name.clone());
    let Fetched::Found { record, .. } = link.connector.fetch(&remote, Urgency::Push).await.map_err(about)?
    else {
        return Err(not_found(id));
    };
    let new = SecretString::from(request.new);
    link.connector.set_customer_password(&record, &new).await.map_err(about)?;
    Ok(Nothing {})
}

/// Removes everything of a person from this machine: copy, edits, journal, history, search. The store is not touched, and the
/// person does not come back with the next pass.
pub async fn erase(app: &App, request: ConfirmedCustomer) -> ApiResult<ErasedDto> {
    let id = CustomerId(request.id);
    let (store, remote, _) = whose(app, id).await?;
    confirm(app, id, &request.confirmation).await?;
    let hash = app.suppression_hash(store.id, &remote);
    let mut transaction = app.inner.database.write().await?;
    suppressed::insert(&mut transaction, store.id, &hash).await?;
    for edit in edit::of_customer(&mut transaction, id).await? {
        edit::remove(&mut transaction, edit.id).await?;
    }
    customer_table::remove(&mut transaction, id).await?;
    commit(transaction).await?;
    // Deleted pages are overwritten, but the log still holds the old ones until it is emptied.
    app.empty_logs().await?;
    let folder = app.inner.database.folder();
    remove_copies(folder)?;
    let set_aside = old_files(folder)?.iter().map(|path| path.display().to_string()).collect();
    told(app, store.id);
    Ok(ErasedDto { set_aside })
}

/// The store of a customer, the store's id of it, and where it stands.
pub(crate) async fn whose(
    app: &App,
    id: CustomerId,
) -> ApiResult<(Store, RemoteId, customer_table::CustomerState)> {
    let found = {
        let mut connection = app.inner.database.read().await?;
        customer_table::store_of(&mut connection, id).await?
    };
    let (store, remote, stands) = found.ok_or_else(|| not_found(id))?;
    Ok((app.store(store).await?, remote, stands))
}

async fn save(app: &App, id: CustomerId, store: &Store, changes: &[Change]) -> ApiResult<CustomerPageDto> {
    let author = settings::clerk(app).await?;
    let transaction = app.inner.database.write().await?;
    save_in(app, transaction, (id, store), changes, &author).await
}

/// `is_going_on`: the address was made here and is not at the store yet. If it has arrived since it was looked at, it has another name,
/// and saving it under this one would add it once more.
async fn save_address_change(
    app: &App,
    id: CustomerId,
    store: &Store,
    change: Change,
    is_going_on: bool,
) -> ApiResult<CustomerPageDto> {
    let author = settings::clerk(app).await?;
    let mut transaction = app.inner.database.write().await?;
    if is_going_on {
        let edits = edit::of_customer(&mut transaction, id).await?;
        if edits.iter().all(|edit| edit.field != change.field) {
            return Err(unknown_address(&change.field.to_string()));
        }
    }
    save_in(app, transaction, (id, store), &[change], &author).await
}

/// Asks no reader while it writes: where all readers wait for the writer, neither would go on.
async fn save_in(
    app: &App,
    mut transaction: WriteTransaction,
    (id, store): (CustomerId, &Store),
    changes: &[Change],
    author: &str,
) -> ApiResult<CustomerPageDto> {
    outbox::save(&mut transaction, id, changes, author, app.inner.outside.clock.now()).await?;
    commit(transaction).await?;
    told(app, store.id);
    app.inner.wake.notify_one();
    page(app, CustomerRef { id: id.0 }).await
}

pub(crate) fn told(app: &App, store: StoreId) {
    app.emit(AppEvent::EditsChanged);
    app.emit(AppEvent::CustomersChanged { store_ids: vec![store.0] });
    app.emit(AppEvent::StoresChanged);
}

/// A record that the store shows with asterisks, or has emptied, must not be written: the write would carry the asterisks.
async fn refuse_unreadable(app: &App, id: CustomerId) -> ApiResult<()> {
    let mut connection = app.inner.database.read().await?;
    let mirror = mirror::find(&mut connection, id).await?.ok_or_else(|| not_found(id))?;
    if mirror.record.masked || mirror.record.anonymized {
        return Err(ApiError::new(
            Code::UnwritableField,
            "the store hides this customer's data; it can only be read",
        )
        .with("reason", if mirror.record.masked { "masked" } else { "anonymized" }));
    }
    Ok(())
}

/// The address as people see it.
async fn known_address(app: &App, id: CustomerId, key: &str) -> ApiResult<Option<Address>> {
    let addresses = shown(app, id).await?.addresses.into_value().unwrap_or_default();
    Ok(addresses.into_iter().find(|address| address.key == key))
}

/// The record as people see it: the mirror's, with edits laid over.
async fn shown(app: &App, id: CustomerId) -> ApiResult<CustomerRecord> {
    let mut connection = app.inner.database.read().await?;
    let mut shown = mirror::find(&mut connection, id).await?.ok_or_else(|| not_found(id))?.record;
    for edit in edit::of_customer(&mut connection, id).await? {
        shown.set_field(&edit.field, &edit.mine);
    }
    Ok(shown)
}

async fn confirm(app: &App, id: CustomerId, typed: &str) -> ApiResult<()> {
    let mut connection = app.inner.database.read().await?;
    let mirror = mirror::find(&mut connection, id).await?.ok_or_else(|| not_found(id))?;
    let wanted = [
        mirror.record.email.value().cloned().unwrap_or_default(),
        mirror.record.full_name(),
        mirror.record.remote_id.to_string(),
    ];
    // Who has neither e-mail nor name still has a number.
    let wanted = wanted.iter().find(|word| !word.trim().is_empty()).map_or("", String::as_str);
    if wanted.trim().to_lowercase() == typed.trim().to_lowercase() {
        return Ok(());
    }
    Err(ApiError::new(
        Code::ConfirmationNeeded,
        "the customer's e-mail has to be typed, or what stands in its place",
    ))
}

fn unknown_address(key: &str) -> ApiError {
    ApiError::new(Code::NotFound, "the customer has no such address").with("address", key)
}

fn not_found(id: CustomerId) -> ApiError {
    ApiError::new(Code::NotFound, "there is no such customer").with("customer", id.to_string())
}
