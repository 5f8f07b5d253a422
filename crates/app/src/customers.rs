//! One customer: look, edit, change the role, addresses, journal, create, delete, erase.

use clientela_connectors::NewCustomer;
use clientela_database::commit;
use clientela_database::table::customer as customer_table;
use clientela_database::table::edit::{self, Edit};
use clientela_database::table::store::Store;
use clientela_database::table::{history, journal, mirror, suppressed};
use clientela_domain::capability::Access;
use clientela_domain::{
    Address, AddressKind, Capabilities, CustomerId, Field, FieldValue, RemoteId, StoreId, validate,
};
use clientela_sync::outbox::{self, Change};

use crate::command::{
    AddressRef, AddressRequest, ConfirmedCustomer, CreateRequest, CustomerRef, EditRequest, JournalRequest,
    Nothing, RoleRequest,
};
use crate::context::{App, capabilities};
use crate::convert;
use crate::dto::customer::{CustomerPageDto, JournalEntryDto, TimelineEntryDto};
use crate::dto::edit::FieldChange;
use crate::error::{ApiError, ApiResult, Code};
use crate::event::AppEvent;
use crate::settings;

const TIMELINE: i64 = 200;

/// The customer page, from the copy alone.
pub async fn page(app: &App, request: CustomerRef) -> ApiResult<CustomerPageDto> {
    let id = CustomerId(request.id);
    let (store, _, stands) = whose(app, id).await?;
    let mut connection = app.inner.database.read().await?;
    let mirror = mirror::find(&mut connection, id).await?.ok_or_else(|| not_found(id))?;
    let edits = edit::of_customer(&mut connection, id).await?;
    let journal = journal::of_customer(&mut connection, id).await?;
    let timeline = history::newest(&mut connection, id, TIMELINE).await?;
    let customer = convert::customer(id, &store.name, &mirror.record, &edits, stands);
    let name = mirror.record.full_name();
    Ok(CustomerPageDto {
        customer,
        store_id: store.id.0,
        average_order: mirror.record.average_order.value().map(ToString::to_string),
        first_order_at: mirror.record.first_order_at.value().copied().map(convert::moment),
        orders: mirror.record.orders.value().map(|orders| orders.iter().map(convert::order).collect()),
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
        seen_at: mirror.seen_at.map(convert::moment),
        detail_seen_at: mirror.detail_seen_at.map(convert::moment),
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
    let changes =
        request.changes.iter().map(|change| parse_change(able, change)).collect::<ApiResult<Vec<_>>>()?;
    if changes.iter().any(|change| change.field == Field::Role) && changes.len() > 1 {
        return Err(ApiError::new(Code::InvalidInput, "a role is changed by itself").with("field", "role"));
    }
    refuse_unreadable(app, id).await?;
    save(app, id, &store, &changes).await
}

/// Gives a customer another role.
pub async fn change_role(app: &App, request: RoleRequest) -> ApiResult<CustomerPageDto> {
    let change = FieldChange { field: Field::Role.to_string(), value: Some(request.role), seen: None };
    save_edits(app, EditRequest { id: request.id, changes: vec![change] }).await
}

/// Adds an address, or changes one.
pub async fn save_address(app: &App, request: AddressRequest) -> ApiResult<CustomerPageDto> {
    let id = CustomerId(request.id);
    let (store, _, _) = whose(app, id).await?;
    require_addresses(capabilities(&store.platform)?)?;
    let there = known_address(app, id, &request.address.id).await?;
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
    save(app, id, &store, &[Change { field, value: FieldValue::Address(Box::new(address)), seen }]).await
}

/// Removes an address.
pub async fn remove_address(app: &App, request: AddressRef) -> ApiResult<CustomerPageDto> {
    let id = CustomerId(request.id);
    let (store, _, _) = whose(app, id).await?;
    require_addresses(capabilities(&store.platform)?)?;
    let there = known_address(app, id, &request.address_id)
        .await?
        .ok_or_else(|| unknown_address(&request.address_id))?;
    save(app, id, &store, &[Change { field: Field::Address(there.key), value: FieldValue::Null, seen: None }])
        .await
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

/// Makes a customer at the store and takes it into the copy. Not queued: it needs the store's answer, and is never sent twice
/// blindly. Somebody with the same e-mail or document is told first.
pub async fn create(app: &App, request: CreateRequest) -> ApiResult<CustomerPageDto> {
    let store = app.store(StoreId(request.store_id)).await?;
    let able = capabilities(&store.platform)?;
    if !able.create {
        return Err(ApiError::new(Code::Unsupported, "this platform cannot create customers")
            .with("store", store.name));
    }
    let fields = request
        .fields
        .iter()
        .map(|change| parse_change(able, change).map(|change| (change.field, change.value)))
        .collect::<ApiResult<Vec<_>>>()?;
    let addresses: Vec<Address> = request
        .addresses
        .iter()
        .enumerate()
        .map(|(at, dto)| {
            convert::address_from(dto, format!("{}{at}", Address::NEW_PREFIX), AddressKind::Shipping, at == 0)
        })
        .collect();
    let text = |wanted: &Field| {
        fields.iter().find(|(field, _)| field == wanted).and_then(|(_, value)| value.as_text())
    };
    let (email, number) = (text(&Field::Email), text(&Field::Document));
    let link = app.link(&store).await?;
    let twins = link.connector.find(email, number).await?;
    if !request.although_duplicate
        && let Some(twin) = twins.first()
    {
        return Err(duplicate(app, &store, &twin.remote_id).await);
    }
    let customer = NewCustomer { fields: fields.clone(), addresses, invite: request.invite };
    let record = match link.connector.create(&customer).await {
        Ok(created) => *created.record,
        // It may have arrived: whoever is there now with this e-mail or document and was not before is the one.
        Err(error @ clientela_connectors::ConnectorError::OutcomeUnknown { .. }) => {
            let mut found = link.connector.find(email, number).await?;
            found.retain(|record| twins.iter().all(|twin| twin.remote_id != record.remote_id));
            match found.into_iter().next() {
                Some(found) => found,
                None => return Err(error.into()),
            }
        }
        Err(error) => return Err(error.into()),
    };
    let id = take_in(app, &store, &link, &record.remote_id).await?;
    page(app, CustomerRef { id: id.0 }).await
}

/// Deletes a customer at the store. The confirmation is the customer's e-mail, or name where there is none.
pub async fn delete(app: &App, request: ConfirmedCustomer) -> ApiResult<Nothing> {
    let id = CustomerId(request.id);
    let (store, remote, _) = whose(app, id).await?;
    if !capabilities(&store.platform)?.delete {
        return Err(ApiError::new(Code::Unsupported, "this platform cannot delete customers")
            .with("store", store.name));
    }
    confirm(app, id, &request.confirmation).await?;
    let link = app.link(&store).await?;
    link.connector
        .delete(&remote)
        .await
        .map_err(|error| ApiError::from(error).with("store", store.name.clone()))?;
    let mut transaction = app.inner.database.write().await?;
    for edit in edit::of_customer(&mut transaction, id).await? {
        outbox::discard_gone(&mut transaction, &edit, app.inner.outside.clock.now()).await?;
    }
    mirror::note_missing(&mut transaction, id, app.inner.outside.clock.now()).await?;
    outbox::refresh_shown(&mut transaction, id).await?;
    commit(transaction).await?;
    told(app, store.id);
    Ok(Nothing {})
}

/// Removes everything of a person from this machine: copy, edits, journal, history, search. The store is not touched, and the
/// person does not come back with the next pass.
pub async fn erase(app: &App, request: ConfirmedCustomer) -> ApiResult<Nothing> {
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
    app.inner.database.checkpoint().await?;
    told(app, store.id);
    Ok(Nothing {})
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
    let mut transaction = app.inner.database.write().await?;
    outbox::save(&mut transaction, id, changes, &author, app.inner.outside.clock.now()).await?;
    commit(transaction).await?;
    told(app, store.id);
    app.inner.wake.notify_one();
    page(app, CustomerRef { id: id.0 }).await
}

fn told(app: &App, store: StoreId) {
    app.emit(AppEvent::EditsChanged);
    app.emit(AppEvent::CustomersChanged { store_ids: vec![store.0] });
    app.emit(AppEvent::StoresChanged);
}

/// Reads a change as a person wrote it: field names of the customer object, `name` where the platform has one name.
fn parse_change(able: &Capabilities, change: &FieldChange) -> ApiResult<Change> {
    let field: Field = match change.field.as_str() {
        "name" if able.single_name => Field::FirstName,
        other => other.parse()?,
    };
    if matches!(field, Field::Address(_)) {
        return Err(ApiError::new(Code::UnknownField, "addresses have commands of their own")
            .with("field", &change.field));
    }
    if able.access(&field) != Access::Write {
        return Err(ApiError::new(
            Code::UnwritableField,
            format!("{} cannot be written at {}", change.field, able.title),
        )
        .with("field", &change.field)
        .with("platform", able.title));
    }
    let value = validate::parse(&field, change.value.as_deref()).map_err(|invalid| {
        ApiError::new(Code::InvalidInput, format!("{}: {invalid}", change.field)).with("field", &change.field)
    })?;
    if field == Field::Role {
        let role = value.as_text().unwrap_or_default().trim().to_lowercase();
        let Some(known) = able.roles.iter().find(|known| known.to_lowercase() == role) else {
            return Err(ApiError::new(
                Code::UnknownRole,
                format!("{role:?} is not a role of {}", able.title),
            )
            .with("role", role)
            .with("roles", able.roles.join(", ")));
        };
        return Ok(Change { field, value: FieldValue::Text((*known).to_owned()), seen: None });
    }
    let seen = change.seen.as_deref().map(|text| as_shown(&field, text));
    Ok(Change { field, value, seen })
}

/// A value as an interface showed it. It came from here, so it is not checked again.
fn as_shown(field: &Field, text: &str) -> FieldValue {
    match text {
        "" => FieldValue::Null,
        flag if field.is_flag() => FieldValue::Flag(flag == "true"),
        text => FieldValue::Text(text.to_owned()),
    }
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

fn require_addresses(able: &Capabilities) -> ApiResult<()> {
    if able.addresses == Access::Write {
        return Ok(());
    }
    Err(ApiError::new(Code::UnwritableField, format!("addresses cannot be written at {}", able.title))
        .with("field", "addresses")
        .with("platform", able.title))
}

/// The address as people see it: the mirror's, with an edit laid over.
async fn known_address(app: &App, id: CustomerId, key: &str) -> ApiResult<Option<Address>> {
    let mut connection = app.inner.database.read().await?;
    let mirror = mirror::find(&mut connection, id).await?.ok_or_else(|| not_found(id))?;
    let edits: Vec<Edit> = edit::of_customer(&mut connection, id).await?;
    let mut shown = mirror.record;
    for edit in &edits {
        shown.set_field(&edit.field, &edit.mine);
    }
    Ok(shown.addresses.into_value().unwrap_or_default().into_iter().find(|address| address.key == key))
}

async fn confirm(app: &App, id: CustomerId, typed: &str) -> ApiResult<()> {
    let mut connection = app.inner.database.read().await?;
    let mirror = mirror::find(&mut connection, id).await?.ok_or_else(|| not_found(id))?;
    let name = mirror.record.full_name();
    let wanted = mirror.record.email.value().cloned().filter(|email| !email.is_empty()).unwrap_or(name);
    if wanted.trim().to_lowercase() == typed.trim().to_lowercase() {
        return Ok(());
    }
    Err(ApiError::new(Code::ConfirmationNeeded, "the customer's e-mail has to be typed"))
}

/// Reads a customer whom the store just made, and takes it into the copy.
async fn take_in(
    app: &App,
    store: &Store,
    link: &crate::context::Link,
    remote: &RemoteId,
) -> ApiResult<CustomerId> {
    app.session(store.clone(), link).take_in(remote).await?;
    let mut connection = app.inner.database.read().await?;
    let found = mirror::find_remote(&mut connection, store.id, remote).await?;
    told(app, store.id);
    found
        .map(|mirror| mirror.customer)
        .ok_or_else(|| ApiError::new(Code::NotFound, "the store made it and does not show it"))
}

async fn duplicate(app: &App, store: &Store, remote: &RemoteId) -> ApiError {
    let error =
        ApiError::new(Code::DuplicateCustomer, "somebody with this e-mail or document is there already")
            .with("remote_id", remote.as_str());
    let Ok(mut connection) = app.inner.database.read().await else { return error };
    match mirror::find_remote(&mut connection, store.id, remote).await {
        Ok(Some(mirror)) => error.with("customer", mirror.customer.to_string()),
        _ => error,
    }
}

fn unknown_address(key: &str) -> ApiError {
    ApiError::new(Code::NotFound, "the customer has no such address").with("address", key)
}

fn not_found(id: CustomerId) -> ApiError {
    ApiError::new(Code::NotFound, "there is no such customer").with("customer", id.to_string())
}
