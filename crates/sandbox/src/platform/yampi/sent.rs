//! Reading the fields of a body: what is absent, what is emptied, and what a value is worth.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::platform::yampi::choices::{Choices, EmptyText, NullWrite, PhoneWrite, StoredForm};
use crate::platform::yampi::refusal::Complaints;
use crate::platform::yampi::seed::digits;

/// A field of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent<T> {
    Absent,
    Emptied,
    Value(T),
}

impl<T> Sent<T> {
    /// Writes what was sent; what was not stays, or is emptied by a body that replaces.
    pub(super) fn write(self, slot: &mut Option<T>, replacing: bool) {
        match self {
            Sent::Absent if replacing => *slot = None,
            Sent::Absent => {}
            Sent::Emptied => *slot = None,
            Sent::Value(value) => *slot = Some(value),
        }
    }
}

/// One body with the rules that hold for it.
pub(super) struct Body<'a> {
    pub(super) fields: &'a Map<String, Value>,
    pub(super) choices: &'a Choices,
}

impl Body<'_> {
    pub(super) fn text(&self, field: &str, complaints: &mut Complaints) -> Sent<String> {
        match self.fields.get(field) {
            None => Sent::Absent,
            Some(Value::Null) => self.null(field, complaints),
            Some(Value::String(text)) if text.trim().is_empty() => match self.choices.empty_text {
                EmptyText::Null => Sent::Emptied,
                EmptyText::Kept => Sent::Value(text.clone()),
            },
            Some(Value::String(text)) => Sent::Value(self.stored(field, text)),
            Some(_) => {
                complaints.not_a("uma string", field);
                Sent::Absent
            }
        }
    }

    fn null<T>(&self, field: &str, complaints: &mut Complaints) -> Sent<T> {
        match self.choices.null_write {
            NullWrite::Clears => Sent::Emptied,
            NullWrite::Ignored => Sent::Absent,
            NullWrite::Refused => {
                complaints.add(field, &format!("O campo {field} não pode ser nulo."));
                Sent::Absent
            }
        }
    }

    /// The form in which the store keeps a text.
    fn stored(&self, field: &str, text: &str) -> String {
        match (self.choices.stored_form, field) {
            (StoredForm::AsSent, _) => text.to_owned(),
            (StoredForm::Tidied, "email") => text.trim().to_lowercase(),
            (StoredForm::Tidied, "notes") => text.trim().replace("\r\n", "\n"),
            (StoredForm::Tidied, _) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }

    pub(super) fn truth(&self, field: &str, complaints: &mut Complaints) -> Option<bool> {
        match self.fields.get(field)? {
            Value::Bool(value) => Some(*value),
            Value::Number(number) if matches!(number.as_i64(), Some(0 | 1)) => {
                Some(number.as_i64() == Some(1))
            }
            Value::Null => match self.null::<bool>(field, complaints) {
                Sent::Emptied => Some(false),
                _ => None,
            },
            _ => {
                complaints.not_a("verdadeiro ou falso", field);
                None
            }
        }
    }

    /// A day, `YYYY-MM-DD`.
    pub(super) fn day(&self, field: &str, complaints: &mut Complaints) -> Sent<String> {
        match self.text(field, complaints) {
            Sent::Value(text) if text.trim().is_empty() => Sent::Emptied,
            Sent::Value(text) if NaiveDate::parse_from_str(&text, "%Y-%m-%d").is_err() => {
                complaints.add(field, &format!("O campo {field} não corresponde ao formato Y-m-d."));
                Sent::Absent
            }
            sent => sent,
        }
    }

    /// A number that may be a text.
    pub(super) fn number(&self, field: &str, complaints: &mut Complaints) -> Sent<i64> {
        let number = match self.fields.get(field) {
            None => return Sent::Absent,
            Some(Value::Null) => return self.null(field, complaints),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        number.map_or_else(
            || {
                complaints.not_a("um número inteiro", field);
                Sent::Absent
            },
            Sent::Value,
        )
    }

    /// A phone as one text or as an object of its parts.
    pub(super) fn phone(&self, complaints: &mut Complaints) -> Sent<String> {
        const FIELD: &str = "phone";
        let manner = self.choices.phone_write;
        let part = |parts: &Map<String, Value>, name: &str| match parts.get(name) {
            Some(Value::String(text)) => digits(text),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let number = match self.fields.get(FIELD) {
            None => return Sent::Absent,
            Some(Value::Null) => return self.null(FIELD, complaints),
            Some(Value::String(text)) if manner != PhoneWrite::Parts => {
                if text.trim().is_empty() {
                    return Sent::Emptied;
                }
                digits(text)
            }
            Some(Value::Object(parts)) if manner != PhoneWrite::Text => {
                let whole = part(parts, "full_number");
                if whole.is_empty() { part(parts, "area_code") + &part(parts, "number") } else { whole }
            }
            Some(_) => {
                let kind = if manner == PhoneWrite::Parts { "um objeto" } else { "uma string" };
                complaints.not_a(kind, FIELD);
                return Sent::Absent;
            }
        };
        if (8..=15).contains(&number.len()) {
            return Sent::Value(number);
        }
        complaints.not_a("um telefone válido", FIELD);
        Sent::Absent
    }

    pub(super) fn is_blank(&self, field: &str) -> bool {
        match self.fields.get(field) {
            None | Some(Value::Null) => true,
            Some(Value::String(text)) => text.trim().is_empty(),
            Some(_) => false,
        }
    }
}

pub(super) fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace) && !domain.contains('@')
}

/// Whether the last two digits of a CPF follow from the others.
pub(super) fn is_cpf(text: &str) -> bool {
    let places: Vec<u32> = text.chars().filter_map(|letter| letter.to_digit(10)).collect();
    let same = places.iter().all(|place| Some(place) == places.first());
    text.len() == 11
        && places.len() == 11
        && !same
        && (9..11).all(|at| check_digit(&places[..at], |from_right| 2 + from_right) == places[at])
}

/// Whether the last two digits of a CNPJ follow from the others, which may be letters since 2026.
pub(super) fn is_cnpj(text: &str) -> bool {
    let worth = |byte: u8| u32::from(byte).wrapping_sub(u32::from(b'0'));
    let valid = text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let places: Vec<u32> = text.bytes().map(worth).collect();
    valid
        && places.len() == 14
        && (12..14).all(|at| check_digit(&places[..at], |from_right| 2 + from_right % 8) == places[at])
}

/// Eleven less the remainder, and zero where that has two digits; weights are told by the place from the right.
fn check_digit(places: &[u32], weight: impl Fn(u32) -> u32) -> u32 {
    let sum: u32 = places.iter().rev().zip(0..).map(|(place, at)| place * weight(at)).sum();
    if sum % 11 < 2 { 0 } else { 11 - sum % 11 }
}
