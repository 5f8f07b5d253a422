//! The columns of an export and their exact values.

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
    pub(super) fn exact(self, customer: &CustomerDto) -> String {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let flag = |value: Option<bool>| value.map(|flag| flag.to_string()).unwrap_or_default();
        let place = |part: fn(&AddressDto) -> &Option<String>| {
            main(customer).map(|a| text(part(a))).unwrap_or_default()
        };
        match self {
            Column::Id => customer.id.to_string(),
            Column::Store => customer.store.clone(),
            Column::RemoteId => customer.remote_id.clone(),
            Column::FirstName => text(&customer.first_name),
            Column::LastName => text(&customer.last_name),
            Column::Company => text(&customer.company),
            Column::Email => text(&customer.email),
            Column::Phone => text(&customer.phone),
            Column::PhoneE164 => text(&customer.phone_e164),
            Column::Document => {
                customer.documents.first().map(|main| main.number.clone()).unwrap_or_default()
            }
            Column::DocumentKind => {
                customer.documents.first().map(|main| main.kind.clone()).unwrap_or_default()
            }
            Column::Note => text(&customer.note),
            Column::Role => text(&customer.role),
            Column::Segment => text(&customer.segment),
            Column::Groups if customer.groups.is_empty() => String::new(),
            Column::Groups => serde_json::to_string(&customer.groups).unwrap_or_default(),
            Column::IsActive => flag(customer.is_active),
            Column::EmailVerified => flag(customer.email_verified),
            Column::AcceptsMarketing => flag(customer.accepts_marketing),
            Column::Birthday => text(&customer.birthday),
            Column::CreatedAt => text(&customer.created_at),
            Column::UpdatedAt => text(&customer.updated_at),
            Column::TotalSpent => text(&customer.total_spent),
            Column::Currency => text(&customer.currency),
            Column::OrdersCount => customer.orders_count.map(|count| count.to_string()).unwrap_or_default(),
            Column::LastOrderAt => text(&customer.last_order_at),
            Column::Street => place(|address| &address.street),
            Column::Number => place(|address| &address.number),
            Column::Complement => place(|address| &address.complement),
            Column::District => place(|address| &address.district),
            Column::City => place(|address| &address.city),
            Column::Region => place(|address| &address.region),
            Column::PostalCode => place(|address| &address.postal_code),
            Column::Country => place(|address| &address.country),
            Column::Addresses if customer.addresses.is_empty() => String::new(),
            Column::Addresses => serde_json::to_string(&customer.addresses).unwrap_or_default(),
            Column::Extra if customer.extra.is_empty() => String::new(),
            Column::Extra => serde_json::to_string(&customer.extra).unwrap_or_default(),
            Column::State => serde_json::to_value(customer.state)
                .ok()
                .and_then(|value| value.as_str().map(str::to_owned))
                .unwrap_or_default(),
        }
    }
}

/// The address that the flat columns show.
pub(super) fn main(customer: &CustomerDto) -> Option<&AddressDto> {
    customer.addresses.iter().find(|address| address.is_default).or_else(|| customer.addresses.first())
}
