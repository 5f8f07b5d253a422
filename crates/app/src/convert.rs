//! From the domain's shapes to those of the boundary.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use clientela_connectors::PlatformEntry;
use clientela_database::table::customer::CustomerState as StoredState;
use clientela_database::table::edit::{Edit, EditState as StoredEditState};
use clientela_domain::capability::{
    Access, Capabilities, ChangeFeed, ConnectInput as DomainInput, Deletion, FieldRule, OwnField, OwnKind,
    PhoneForm, StoreFilter,
};
use clientela_domain::normalise::document;
use clientela_domain::{
    Address, AddressKind, CustomField, CustomerId, CustomerRecord, Document, Field, FieldValue, Order,
};

use crate::dto::customer::{AddressDto, CustomFieldDto, CustomerDto, CustomerState, DocumentDto, OrderDto};
use crate::dto::edit::{EditDto, EditState};
use crate::dto::store::{
    AddressAccessDto, ConnectInput, CreationDto, DeletionDto, FieldAccess, FieldRuleDto, OwnAccountDto,
    OwnFieldDto, OwnFieldKind, PlatformDto, StoreFilterDto,
};

pub(crate) fn moment(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(crate) fn moment_ms(milliseconds: Option<i64>) -> Option<String> {
    milliseconds.and_then(DateTime::from_timestamp_millis).map(moment)
}

pub(crate) fn state(state: StoredState) -> CustomerState {
    match state {
        StoredState::Clean => CustomerState::Clean,
        StoredState::Edited => CustomerState::Edited,
        StoredState::Sending => CustomerState::Sending,
        StoredState::Conflict => CustomerState::Conflict,
        StoredState::Parked => CustomerState::Parked,
        StoredState::Gone => CustomerState::Gone,
    }
}

/// The customer as people see it: mirror with edits laid over.
pub(crate) fn customer(
    id: CustomerId,
    store: &str,
    mirror: CustomerRecord,
    edits: &[Edit],
    stands: StoredState,
    phone_e164: Option<String>,
) -> CustomerDto {
    let mut shown = mirror;
    for edit in edits {
        shown.set_field(&edit.field, &edit.mine);
    }
    let is_pending = |key: &str| edits.iter().any(|edit| edit.field == Field::Address(key.to_owned()));
    let extra = extra(&shown);
    CustomerDto {
        id: id.0,
        store: store.to_owned(),
        remote_id: shown.remote_id.to_string(),
        first_name: shown.first_name.into_value(),
        last_name: shown.last_name.into_value(),
        company: shown.company.into_value(),
        email: shown.email.into_value(),
        phone: shown.phone.into_value(),
        phone_e164,
        documents: shown.documents.into_value().into_iter().flatten().map(document_dto).collect(),
        note: shown.note.into_value(),
        role: shown.role.into_value(),
        segment: shown.segment.into_value(),
        groups: shown.groups.into_value().unwrap_or_default(),
        is_active: shown.is_active.value().copied(),
        email_verified: shown.email_verified.value().copied(),
        accepts_marketing: shown.accepts_marketing.value().copied(),
        birthday: shown.birthday.value().map(ToString::to_string),
        created_at: shown.created_at.value().copied().map(moment),
        updated_at: shown.updated_at.value().copied().map(moment),
        total_spent: shown.total_spent.value().map(ToString::to_string),
        currency: shown.currency.into_value(),
        orders_count: shown.orders_count.value().copied(),
        last_order_at: shown.last_order_at.value().copied().map(moment),
        addresses: shown
            .addresses
            .into_value()
            .into_iter()
            .flatten()
            .map(|address| AddressDto { pending: is_pending(&address.key), ..address_dto(address) })
            .collect(),
        extra,
        custom_fields: shown.custom_fields.into_value().into_iter().flatten().map(custom_field).collect(),
        masked: shown.masked,
        anonymized: shown.anonymized,
        pending: edits.iter().map(|edit| edit.field.to_string()).collect(),
        state: state(stands),
    }
}

/// The store's own keys, whoever made them up. What is null is left out.
pub(crate) fn extra(record: &CustomerRecord) -> BTreeMap<String, String> {
    let mut extra = record.extra.value().cloned().unwrap_or_default();
    extra.extend(record.own.iter().filter_map(|(key, value)| Some((key.clone(), value.clone()?))));
    extra
}

fn custom_field(field: CustomField) -> CustomFieldDto {
    CustomFieldDto { namespace: field.namespace, name: field.name, value: field.value }
}

fn document_dto(document: Document) -> DocumentDto {
    DocumentDto {
        kind: document.kind.as_str().to_owned(),
        formatted: document::display(&document.kind, &document.number),
        valid: document::is_valid(&document.kind, &document.number),
        number: document.number,
    }
}

pub(crate) fn address_dto(address: Address) -> AddressDto {
    AddressDto {
        id: address.key,
        kind: match address.kind {
            AddressKind::Shipping => "shipping".to_owned(),
            AddressKind::Billing => "billing".to_owned(),
        },
        is_default: address.is_default,
        recipient: address.recipient,
        street: address.street,
        number: address.number,
        complement: address.complement,
        district: address.district,
        city: address.city,
        region: address.region,
        postal_code: address.postal_code,
        country: address.country,
        phone: address.phone,
        pending: false,
    }
}

/// What a person typed of an address, over the address as it was: parts that the form does not show stay.
pub(crate) fn address_from(dto: &AddressDto, key: String, kind: AddressKind, is_default: bool) -> Address {
    let part = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Address {
        key,
        kind,
        is_default,
        recipient: part(&dto.recipient),
        street: part(&dto.street),
        number: part(&dto.number),
        complement: part(&dto.complement),
        district: part(&dto.district),
        city: part(&dto.city),
        region: part(&dto.region),
        postal_code: part(&dto.postal_code),
        country: part(&dto.country).map(|code| code.to_uppercase()),
        phone: part(&dto.phone),
    }
}

pub(crate) fn order(order: &Order) -> OrderDto {
    OrderDto {
        id: order.remote_id.clone(),
        number: order.number.clone(),
        placed_at: order.placed_at.map(moment),
        status: order.status.clone(),
        total: order.total.map(|total| total.to_string()),
        currency: order.currency.clone(),
        items: order.items,
    }
}

/// An edit with the names that people know it by.
pub(crate) fn edit(edit: &Edit, customer_name: &str, store: &str) -> EditDto {
    let (state, theirs, reason) = match &edit.state {
        StoredEditState::Pending => (EditState::Pending, None, None),
        StoredEditState::Sending { .. } => (EditState::Sending, None, None),
        StoredEditState::Conflict { theirs } => (EditState::Conflict, theirs.display(), None),
        StoredEditState::Parked { code, words } => {
            (EditState::Parked, None, Some(words.clone().unwrap_or_else(|| code.clone())))
        }
    };
    EditDto {
        id: edit.id.0,
        customer: edit.customer.0,
        customer_name: customer_name.to_owned(),
        store: store.to_owned(),
        field: edit.field.to_string(),
        base: edit.base.display(),
        mine: edit.mine.display(),
        theirs,
        state,
        reason,
        saved_at: moment(edit.saved_at),
    }
}

pub(crate) fn display(value: &FieldValue) -> Option<String> {
    value.display()
}

pub(crate) fn platform(entry: &PlatformEntry) -> PlatformDto {
    let able = entry.capabilities;
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    PlatformDto {
        key: able.platform.to_owned(),
        title: able.title.to_owned(),
        inputs: able.inputs.iter().map(|input| connect_input(*input)).collect(),
        default_url: able.default_url.map(str::to_owned),
        single_name: able.single_name,
        fields: Field::PLAIN.iter().map(|field| (field.to_string(), access(able.access(field)))).collect(),
        own_fields: able.own_fields.iter().map(own_field).collect(),
        rules: able.rules.iter().map(|rule| field_rule(able, rule)).collect(),
        phone_international: able.phone == PhoneForm::International,
        roles: texts(able.roles),
        segments: texts(able.segments),
        has_groups: able.groups,
        addresses: AddressAccessDto {
            show: able.addresses.show,
            add: able.addresses.add,
            edit: able.addresses.edit,
            remove: able.addresses.remove,
            absent_parts: texts(able.addresses.absent_parts),
        },
        extra: access(able.extra),
        has_custom_fields: able.custom_fields,
        creation: able.create.as_ref().map(|create| CreationDto {
            fields: texts(create.fields),
            required: texts(create.required),
            addresses: create.addresses,
            invite: create.invite,
            password: create.password,
        }),
        deletion: match able.delete {
            Deletion::No => DeletionDto::No,
            Deletion::Yes => DeletionDto::Yes,
            Deletion::WithoutOrders => DeletionDto::WithoutOrders,
        },
        sets_customer_password: able.customer_password,
        has_store_csv: able.store_csv,
        has_analytics: able.analytics,
        account: able.account.as_ref().map(|account| OwnAccountDto {
            fields: texts(account.fields),
            password: account.password,
            preferences: account.preferences,
            data_export: account.data_export,
            deletion: account.deletion,
        }),
        sign_in_per_customer: able.sign_in_per_customer,
        filters: able.filters.iter().map(|filter| store_filter(*filter)).collect(),
        has_change_feed: able.change_feed == ChangeFeed::UpdatedSince,
        has_orders: able.orders,
    }
}

fn access(access: Access) -> FieldAccess {
    match access {
        Access::Write => FieldAccess::Write,
        Access::WriteOnly => FieldAccess::WriteOnly,
        Access::Read => FieldAccess::Read,
        Access::Absent => FieldAccess::Absent,
    }
}

fn own_field(own: &OwnField) -> OwnFieldDto {
    let (kind, choices): (_, &[&str]) = match own.kind {
        OwnKind::Text => (OwnFieldKind::Text, &[]),
        OwnKind::Number => (OwnFieldKind::Number, &[]),
        OwnKind::Money => (OwnFieldKind::Money, &[]),
        OwnKind::Flag => (OwnFieldKind::Flag, &[]),
        OwnKind::Date => (OwnFieldKind::Date, &[]),
        OwnKind::Choice(choices) => (OwnFieldKind::Choice, choices),
    };
    OwnFieldDto {
        key: own.key.to_owned(),
        access: access(own.access),
        kind,
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
    }
}

fn field_rule(able: &Capabilities, rule: &FieldRule) -> FieldRuleDto {
    let field = match &rule.field {
        Field::FirstName if able.single_name => "name".to_owned(),
        field => field.to_string(),
    };
    FieldRuleDto {
        field,
        required: rule.required,
        longest: rule.longest.and_then(|longest| u32::try_from(longest).ok()),
    }
}

fn store_filter(filter: StoreFilter) -> StoreFilterDto {
    match filter {
        StoreFilter::Search => StoreFilterDto::Search,
        StoreFilter::Ids => StoreFilterDto::Ids,
        StoreFilter::SinceId => StoreFilterDto::SinceId,
        StoreFilter::Created => StoreFilterDto::Created,
        StoreFilter::Updated => StoreFilterDto::Updated,
        StoreFilter::Segment => StoreFilterDto::Segment,
        StoreFilter::Group => StoreFilterDto::Group,
    }
}

fn connect_input(input: DomainInput) -> ConnectInput {
    match input {
        DomainInput::Url => ConnectInput::Url,
        DomainInput::Alias => ConnectInput::Alias,
        DomainInput::StoreId => ConnectInput::StoreId,
        DomainInput::Email => ConnectInput::Email,
        DomainInput::Password => ConnectInput::Password,
        DomainInput::Token => ConnectInput::Token,
        DomainInput::SecretKey => ConnectInput::SecretKey,
        DomainInput::AuthHeader => ConnectInput::AuthHeader,
    }
}
