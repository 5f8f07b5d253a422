//! The columns of an export and their exact values.

use std::borrow::Cow;

use serde::Serialize;

use crate::dto::customer::{AddressDto, CustomerDto};
use crate::error::{ApiError, ApiResult, Code};

/// A column. Its name is the customer object's, so that a file can be read back by another program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Store,
    RemoteId,
    FirstName,
    LastName,
    Company,
    Email,
    Phone,
    PhoneE164,
    Document,
    DocumentKind,
    Note,
    Role,
    Segment,
    Groups,
    IsActive,
    EmailVerified,
    AcceptsMarketing,
    Birthday,
    CreatedAt,
    UpdatedAt,
    TotalSpent,
    Currency,
    OrdersCount,
    LastOrderAt,
    Street,
    Number,
    Complement,
    District,
    City,
    Region,
    PostalCode,
    Country,
    Addresses,
    Extra,
    State,
}

const ALL: &[(Column, &str)] = &[
    (Column::Id, "id"),
    (Column::Store, "store"),
    (Column::RemoteId, "remote_id"),
    (Column::FirstName, "first_name"),
    (Column::LastName, "last_name"),
    (Column::Company, "company"),
    (Column::Email, "email"),
    (Column::Phone, "phone"),
    (Column::PhoneE164, "phone_e164"),
    (Column::Document, "document"),
    (Column::DocumentKind, "document_kind"),
    (Column::Note, "note"),
    (Column::Role, "role"),
    (Column::Segment, "segment"),
    (Column::Groups, "groups"),
    (Column::IsActive, "is_active"),
    (Column::EmailVerified, "email_verified"),
    (Column::AcceptsMarketing, "accepts_marketing"),
    (Column::Birthday, "birthday"),
    (Column::CreatedAt, "created_at"),
    (Column::UpdatedAt, "updated_at"),
    (Column::TotalSpent, "total_spent"),
    (Column::Currency, "currency"),
    (Column::OrdersCount, "orders_count"),
    (Column::LastOrderAt, "last_order_at"),
    (Column::Street, "street"),
    (Column::Number, "number"),
    (Column::Complement, "complement"),
    (Column::District, "district"),
    (Column::City, "city"),
    (Column::Region, "region"),
    (Column::PostalCode, "postal_code"),
    (Column::Country, "country"),
    (Column::Addresses, "addresses"),
    (Column::Extra, "extra"),
    (Column::State, "state"),
];

/// The columns with these names, in this order; all of them when there is no name.
pub(super) fn chosen(names: &[String]) -> ApiResult<Vec<Column>> {
    if names.is_empty() {
        return Ok(ALL.iter().map(|(column, _)| *column).collect());
    }
    names
        .iter()
        .map(|name| {
            ALL.iter().find(|(_, known)| known == name).map(|(column, _)| *column).ok_or_else(|| {
                ApiError::new(Code::UnknownField, format!("{name:?} is not a column"))
                    .with("field", name.clone())
            })
        })
        .collect()
}

impl Column {
    pub(super) fn name(self) -> &'static str {
        ALL.iter().find(|(column, _)| *column == self).map_or("", |(_, name)| name)
    }

    /// Whether a spreadsheet may count with it.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Column::TotalSpent | Column::OrdersCount)
    }

    pub(super) fn is_moment(self) -> bool {
        matches!(self, Column::CreatedAt | Column::UpdatedAt | Column::LastOrderAt)
    }

    /// The value as it is; nothing is an empty text. Lists are JSON.
    pub(super) fn exact(self, customer: &CustomerDto) -> Cow<'_, str> {
        let place = |part: fn(&AddressDto) -> &Option<String>| {
            main(customer).and_then(|address| part(address).as_deref()).unwrap_or_default().into()
        };
        let document = customer.documents.first();
        match self {
            Column::Id => customer.id.to_string().into(),
            Column::Store => customer.store.as_str().into(),
            Column::RemoteId => customer.remote_id.as_str().into(),
            Column::FirstName => text(&customer.first_name),
            Column::LastName => text(&customer.last_name),
            Column::Company => text(&customer.company),
            Column::Email => text(&customer.email),
            Column::Phone => text(&customer.phone),
            Column::PhoneE164 => text(&customer.phone_e164),
            Column::Document => document.map(|main| main.number.as_str()).unwrap_or_default().into(),
            Column::DocumentKind => document.map(|main| main.kind.as_str()).unwrap_or_default().into(),
            Column::Note => text(&customer.note),
            Column::Role => text(&customer.role),
            Column::Segment => text(&customer.segment),
            Column::Groups if customer.groups.is_empty() => Cow::default(),
            Column::Groups => json(&customer.groups),
            Column::IsActive => flag(customer.is_active),
            Column::EmailVerified => flag(customer.email_verified),
            Column::AcceptsMarketing => flag(customer.accepts_marketing),
            Column::Birthday => text(&customer.birthday),
            Column::CreatedAt => text(&customer.created_at),
            Column::UpdatedAt => text(&customer.updated_at),
            Column::TotalSpent => text(&customer.total_spent),
            Column::Currency => text(&customer.currency),
            Column::OrdersCount => {
                customer.orders_count.map(|count| count.to_string()).unwrap_or_default().into()
            }
            Column::LastOrderAt => text(&customer.last_order_at),
            Column::Street => place(|address| &address.street),
            Column::Number => place(|address| &address.number),
            Column::Complement => place(|address| &address.complement),
            Column::District => place(|address| &address.district),
            Column::City => place(|address| &address.city),
            Column::Region => place(|address| &address.region),
            Column::PostalCode => place(|address| &address.postal_code),
            Column::Country => place(|address| &address.country),
            Column::Addresses if customer.addresses.is_empty() => Cow::default(),
            Column::Addresses => json(&customer.addresses),
            Column::Extra if customer.extra.is_empty() => Cow::default(),
            Column::Extra => json(&customer.extra),
            Column::State => json(&customer.state).trim_matches('"').to_owned().into(),
        }
    }
}

fn text(value: &Option<String>) -> Cow<'_, str> {
    value.as_deref().unwrap_or_default().into()
}

fn flag(value: Option<bool>) -> Cow<'static, str> {
    match value {
        None => "",
        Some(true) => "true",
        Some(false) => "false",
    }
    .into()
}

fn json(value: &impl Serialize) -> Cow<'static, str> {
    serde_json::to_string(value).unwrap_or_default().into()
}

/// The address that the flat columns show.
pub(super) fn main(customer: &CustomerDto) -> Option<&AddressDto> {
    customer.addresses.iter().find(|address| address.is_default).or_else(|| customer.addresses.first())
}
