//! Rules that hold on every platform, checked before anything is saved. A platform's own rules are the connector's.

use crate::{Field, FieldValue};

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
    #[error("the name cannot be empty")]
    EmptyName,
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
