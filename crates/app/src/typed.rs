//! Reading what a person typed for a field: which field it is, whether the platform takes it, what the value means.

use clientela_domain::capability::Access;
use clientela_domain::validate::{self, Invalid};
use clientela_domain::{Capabilities, Field, FieldValue};
use clientela_sync::outbox::Change;

use crate::dto::edit::FieldChange;
use crate::error::{ApiError, ApiResult, Code};

/// Reads a change as a person wrote it: field names of the customer object, `name` where the platform has one name. `country`
/// is the customer's, where it is known.
pub(crate) fn change(able: &Capabilities, typed: &FieldChange, country: Option<&str>) -> ApiResult<Change> {
    let field = field(able, &typed.field)?;
    if matches!(field, Field::Address(_)) {
        return Err(ApiError::new(Code::UnknownField, "addresses have commands of their own")
            .with("field", &typed.field));
    }
    if !able.access(&field).is_writable() {
        return Err(unwritable(able, &typed.field));
    }
    let value = value(able, &field, typed, country)?;
    let seen = match able.access(&field) {
        // What the store has is not known, so there is nothing to have seen.
        Access::WriteOnly => None,
        _ => typed.seen.as_deref().map(|text| as_shown(&field, text)),
    };
    Ok(Change { field, value, seen })
}

/// The field that a name means at this platform.
pub(crate) fn field(able: &Capabilities, name: &str) -> ApiResult<Field> {
    match name {
        "name" if able.single_name => Ok(Field::FirstName),
        other => Ok(other.parse()?),
    }
}

/// The value that was typed, after the rules of the field and of the platform.
pub(crate) fn value(
    able: &Capabilities,
    field: &Field,
    typed: &FieldChange,
    country: Option<&str>,
) -> ApiResult<FieldValue> {
    let refused = |invalid: Invalid| {
        let error = ApiError::new(Code::InvalidInput, format!("{}: {invalid}", typed.field))
            .with("field", &typed.field)
            .with("rule", invalid.rule());
        match invalid.limit() {
            Some(limit) => error.with("limit", limit),
            None => error,
        }
    };
    let value = validate::parse(field, typed.value.as_deref()).map_err(refused)?;
    if *field == Field::Role {
        return role(able, &value);
    }
    validate::at_platform(able, field, &value, country).map_err(refused)?;
    Ok(value)
}

fn role(able: &Capabilities, value: &FieldValue) -> ApiResult<FieldValue> {
    let role = value.as_text().unwrap_or_default().trim().to_lowercase();
    match able.roles.iter().find(|known| known.to_lowercase() == role) {
        Some(known) => Ok(FieldValue::Text((*known).to_owned())),
        None => Err(ApiError::new(Code::UnknownRole, format!("{role:?} is not a role of {}", able.title))
            .with("role", role)
            .with("roles", able.roles.join(", "))),
    }
}

/// A value as an interface showed it. It came from here, so it is not checked again.
fn as_shown(field: &Field, text: &str) -> FieldValue {
    match text {
        "" => FieldValue::Null,
        flag if field.is_flag() => FieldValue::Flag(flag == "true"),
        text => FieldValue::Text(text.to_owned()),
    }
}

pub(crate) fn unwritable(able: &Capabilities, name: &str) -> ApiError {
    ApiError::new(Code::UnwritableField, format!("{name} cannot be written at {}", able.title))
        .with("field", name)
        .with("platform", able.title)
}
