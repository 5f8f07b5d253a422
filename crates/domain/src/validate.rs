//! What is checked before anything is saved: what cannot be meant anywhere, and what the platform would refuse.

use crate::capability::{OwnKind, PhoneForm};
use crate::normalise::phone;
use crate::{Capabilities, Field, FieldValue};

/// Why a value cannot be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("an e-mail address has one @ with something on both sides and no spaces")]
    Email,
    #[error("a phone number has at least one digit")]
    Phone,
    #[error("a birthday is a day like 1990-12-31")]
    Birthday,
    #[error("the text is longer than {0} characters")]
    TooLong(usize),
    #[error("the value must be true or false")]
    NotAFlag,
    #[error("it cannot be empty")]
    Required,
    #[error("the value must be one of {}", .0.join(", "))]
    NotAChoice(&'static [&'static str]),
    #[error("the value must be a number")]
    NotANumber,
    #[error("the phone needs its country in front, like +5511987654321")]
    PhoneWithoutCountry,
}

impl Invalid {
    /// The name of the broken rule, for interfaces that say it in a person's language.
    pub fn rule(&self) -> &'static str {
        match self {
            Invalid::Email => "email",
            Invalid::Phone => "phone",
            Invalid::Birthday => "birthday",
            Invalid::TooLong(_) => "too_long",
            Invalid::NotAFlag => "flag",
            Invalid::Required => "required",
            Invalid::NotAChoice(_) => "choice",
            Invalid::NotANumber => "number",
            Invalid::PhoneWithoutCountry => "phone_country",
        }
    }

    /// What the rule is about: the greatest length, or the choices.
    pub fn limit(&self) -> Option<String> {
        match self {
            Invalid::TooLong(longest) => Some(longest.to_string()),
            Invalid::NotAChoice(choices) => Some(choices.join(", ")),
            _ => None,
        }
    }
}

const LONGEST_LINE: usize = 1_000;
const LONGEST_NOTE: usize = 100_000;

/// Reads what a person typed for a field. `None` empties it.
pub fn parse(field: &Field, typed: Option<&str>) -> Result<FieldValue, Invalid> {
    let Some(typed) = typed else { return Ok(FieldValue::Null) };
    if field.is_flag() {
        return match typed.trim() {
            "true" => Ok(FieldValue::Flag(true)),
            "false" => Ok(FieldValue::Flag(false)),
            _ => Err(Invalid::NotAFlag),
        };
    }
    let longest = if field.is_long_text() { LONGEST_NOTE } else { LONGEST_LINE };
    if typed.chars().count() > longest {
        return Err(Invalid::TooLong(longest));
    }
    if typed.trim().is_empty() {
        return Ok(FieldValue::Text(String::new()));
    }
    match field {
        Field::Email if !is_email(typed) => Err(Invalid::Email),
        Field::Phone if !typed.chars().any(|letter| letter.is_ascii_digit()) => Err(Invalid::Phone),
        Field::Birthday if typed.trim().parse::<chrono::NaiveDate>().is_err() => Err(Invalid::Birthday),
        _ => Ok(FieldValue::Text(typed.to_owned())),
    }
}

/// Holds a value against the platform's own rules. `country` is the customer's, ISO 3166 alpha-2, where it is known.
pub fn at_platform(
    able: &Capabilities,
    field: &Field,
    value: &FieldValue,
    country: Option<&str>,
) -> Result<(), Invalid> {
    if let Field::Extra(key) = field
        && let Some(own) = able.own_field(key)
    {
        return own_value(own.kind, value);
    }
    if let Some(rule) = able.rule(field) {
        if rule.required && value.is_empty() {
            return Err(Invalid::Required);
        }
        let length = value.as_text().map_or(0, |text| text.trim().chars().count());
        if let Some(longest) = rule.longest.filter(|longest| length > *longest) {
            return Err(Invalid::TooLong(longest));
        }
    }
    match (field, able.phone, value.as_text()) {
        (Field::Phone, PhoneForm::International, Some(text)) if !text.trim().is_empty() => {
            phone::international(text, country).map(drop).ok_or(Invalid::PhoneWithoutCountry)
        }
        _ => Ok(()),
    }
}

fn own_value(kind: OwnKind, value: &FieldValue) -> Result<(), Invalid> {
    let Some(text) = value.as_text().map(str::trim).filter(|text| !text.is_empty()) else {
        return match kind {
            OwnKind::Choice(_) | OwnKind::Flag => Err(Invalid::Required),
            OwnKind::Text | OwnKind::Number | OwnKind::Money | OwnKind::Date => Ok(()),
        };
    };
    match kind {
        OwnKind::Choice(choices) if !choices.contains(&text) => Err(Invalid::NotAChoice(choices)),
        OwnKind::Flag if !["true", "false"].contains(&text) => Err(Invalid::NotAFlag),
        OwnKind::Number | OwnKind::Money if text.parse::<rust_decimal::Decimal>().is_err() => {
            Err(Invalid::NotANumber)
        }
        OwnKind::Date if text.parse::<chrono::NaiveDate>().is_err() => Err(Invalid::Birthday),
        _ => Ok(()),
    }
}

fn is_email(text: &str) -> bool {
    let text = text.trim();
    let Some((name, host)) = text.split_once('@') else { return false };
    !name.is_empty()
        && !host.is_empty()
        && !host.contains('@')
        && !text.chars().any(char::is_whitespace)
        && text.len() <= 254
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_cannot_be_meant_are_told_why() {
        assert_eq!(parse(&Field::Email, Some("ana")), Err(Invalid::Email));
        assert_eq!(
            parse(&Field::Email, Some("ana@mail.com.br")),
            Ok(FieldValue::Text("ana@mail.com.br".into()))
        );
        assert_eq!(parse(&Field::Phone, Some("ligar")), Err(Invalid::Phone));
        assert_eq!(parse(&Field::IsActive, Some("yes")), Err(Invalid::NotAFlag));
        assert_eq!(parse(&Field::IsActive, Some("false")), Ok(FieldValue::Flag(false)));
        assert_eq!(parse(&Field::Note, Some("  ")), Ok(FieldValue::Text(String::new())));
        assert_eq!(parse(&Field::Note, None), Ok(FieldValue::Null));
        assert_eq!(parse(&Field::Birthday, Some("31/12/1990")), Err(Invalid::Birthday));
    }
}
