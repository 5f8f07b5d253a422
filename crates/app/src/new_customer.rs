//! Making a customer at a store. Never queued and never sent twice blindly: it needs the store's answer, and where that is lost,
//! the store is asked who is there now.

use clientela_connectors::{ConnectorError, NewCustomer};
use clientela_database::table::mirror;
use clientela_database::table::store::Store;
use clientela_domain::capability::Creation;
use clientela_domain::{
    Address, AddressKind, Capabilities, CustomerId, CustomerRecord, Field, FieldValue, RemoteId, StoreId,
};
use secrecy::SecretString;

use crate::command::{CreateRequest, CustomerRef};
use crate::context::{App, Link, capabilities};
use crate::convert;
use crate::customers::{page, told};
use crate::dto::customer::CustomerPageDto;
use crate::dto::edit::FieldChange;
use crate::error::{ApiError, ApiResult, Code};
use crate::typed;

/// Makes a customer at the store and takes it into the copy. Somebody with the same e-mail or document is told first.
pub async fn create(app: &App, request: CreateRequest) -> ApiResult<CustomerPageDto> {
    let store = app.store(StoreId(request.store_id)).await?;
    let able = capabilities(&store.platform)?;
    let Some(creation) = &able.create else {
        return Err(ApiError::new(Code::Unsupported, "this platform cannot create customers")
            .with("store", store.name));
    };
    let customer = customer(able, creation, &request)?;
    let text = |wanted: &Field| {
        let value = customer.fields.iter().find(|(field, _)| field == wanted).map(|(_, value)| value);
        value.and_then(FieldValue::as_text).map(str::trim).filter(|text| !text.is_empty())
    };
    let (email, number) = (text(&Field::Email), text(&Field::Document));
    let about = |error: ConnectorError| ApiError::from(error).with("store", store.name.clone());
    let link = app.link(&store).await?;
    let twins = link.connector.find(email, number).await.map_err(about)?;
    if !request.although_duplicate
        && let Some(twin) = twins.first()
    {
        return Err(duplicate(app, &store, &twin.remote_id).await);
    }
    let record = match link.connector.create(&customer).await {
        Ok(created) => *created.record,
        // It may have arrived: whoever is there now with this e-mail or document and was not before is the one.
        Err(error @ ConnectorError::OutcomeUnknown { .. }) => {
            let mut found = link.connector.find(email, number).await.map_err(about)?;
            found.retain(|record| twins.iter().all(|twin| twin.remote_id != record.remote_id));
            found.into_iter().next().ok_or_else(|| about(error))?
        }
        Err(error) => return Err(about(error)),
    };
    let id = take_in(app, &store, &link, &record).await?;
    page(app, CustomerRef { id: id.0 }).await
}

/// What was typed, after the rules of the platform.
fn customer(able: &Capabilities, creation: &Creation, request: &CreateRequest) -> ApiResult<NewCustomer> {
    let addresses: Vec<Address> = request
        .addresses
        .iter()
        .enumerate()
        .map(|(at, dto)| {
            convert::address_from(dto, format!("{}{at}", Address::NEW_PREFIX), AddressKind::Shipping, at == 0)
        })
        .collect();
    let refused = |can: bool, name: &str| if can { Ok(()) } else { Err(typed::unwritable(able, name)) };
    refused(creation.addresses || addresses.is_empty(), "addresses")?;
    refused(creation.invite || !request.invite, "invite")?;
    let password = request.password.as_deref().filter(|password| !password.is_empty());
    refused(creation.password || password.is_none(), "password")?;
    let country = country(able, &request.fields, &addresses);
    let mut fields = Vec::with_capacity(request.fields.len());
    for change in &request.fields {
        refused(
            creation.fields.contains(&change.field.as_str()) || is_free(able, &change.field),
            &change.field,
        )?;
        let field = typed::field(able, &change.field)?;
        let value = typed::value(able, &field, change, country.as_deref())?;
        if !value.is_empty() {
            fields.push((field, value));
        }
    }
    for required in creation.required {
        let field = typed::field(able, required)?;
        if fields.iter().all(|(given, _)| *given != field) {
            return Err(ApiError::new(Code::InvalidInput, format!("{required}: it cannot be empty"))
                .with("field", *required)
                .with("rule", "required"));
        }
    }
    Ok(NewCustomer { fields, addresses, invite: request.invite, password: password.map(SecretString::from) })
}

/// Keys that the store's people make up need no place in the form.
fn is_free(able: &Capabilities, name: &str) -> bool {
    matches!(name.parse(), Ok(Field::Extra(key)) if able.own_field(&key).is_none() && able.extra.is_writable())
}

/// The country that addresses and document suggest, as for anybody else.
fn country(able: &Capabilities, fields: &[FieldChange], addresses: &[Address]) -> Option<String> {
    let mut record = CustomerRecord::default();
    for (field, text) in fields.iter().filter_map(|change| Some((&change.field, change.value.as_ref()?))) {
        if let Ok(field @ (Field::Document | Field::Extra(_))) = typed::field(able, field) {
            record.set_field(&field, &FieldValue::Text(text.clone()));
        }
    }
    for address in addresses {
        let value = FieldValue::Address(Box::new(address.clone()));
        record.set_field(&Field::Address(address.key.clone()), &value);
    }
    record.country().map(str::to_owned)
}

/// Reads a customer whom the store just made, and takes it into the copy. A store whose reads lag behind its writes does not show it
/// yet: then its answer is all there is, until the next pass.
async fn take_in(app: &App, store: &Store, link: &Link, made: &CustomerRecord) -> ApiResult<CustomerId> {
    let session = app.session(store.clone(), link);
    session.take_made(made).await?;
    let known = {
        let mut connection = app.inner.database.read().await?;
        mirror::find_remote(&mut connection, store.id, &made.remote_id).await?
    };
    told(app, store.id);
    known
        .map(|mirror| mirror.customer)
        .ok_or_else(|| ApiError::new(Code::NotFound, "the store made it and does not show it"))
}

async fn duplicate(app: &App, store: &Store, remote: &RemoteId) -> ApiError {
    let error =
        ApiError::new(Code::DuplicateCustomer, "somebody with this e-mail or document is there already")
            .with("remote_id", remote.as_str())
            .with("store", store.name.clone());
    let Ok(mut connection) = app.inner.database.read().await else { return error };
    match mirror::find_remote(&mut connection, store.id, remote).await {
        Ok(Some(mirror)) => error.with("customer", mirror.customer.to_string()),
        _ => error,
    }
}
