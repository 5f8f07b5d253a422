//! Plausible customers, made from a number: the same number is the same person in every test.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clientela_domain::customer::DocumentKind;
use clientela_domain::normalise::document::{display, is_valid};
use clientela_domain::normalise::fold::fold;
use clientela_domain::{Address, CustomerRecord, Document, Field, FieldValue, Presence, RemoteId};
use rust_decimal::Decimal;

const FIRST_NAMES: [&str; 12] = [
    "Ana",
    "João",
    "Martín",
    "Conceição",
    "Lucía",
    "Rafael",
    "Íris",
    "Sofía",
    "Caetano",
    "Begoña",
    "Luís",
    "Zoé",
];
const LAST_NAMES: [&str; 13] = [
    "da Silva",
    "D'Ávila",
    "González",
    "Souza",
    "Muñoz",
    "Pereira",
    "Fernández",
    "Araújo",
    "Güemes",
    "dos Santos",
    "Peña",
    "Lima",
    "Álvarez",
];
const PLACES: [(&str, &str, &str, &str); 5] = [
    ("BR", "São Paulo", "SP", "01310-100"),
    ("AR", "Buenos Aires", "C", "C1043"),
    ("BR", "Maringá", "PR", "87013-000"),
    ("AR", "Córdoba", "X", "X5000"),
    ("BR", "Florianópolis", "SC", "88010-000"),
];

/// A customer to be changed until it is the one that a test needs.
#[derive(Debug, Clone)]
pub struct Customer(CustomerRecord);

/// The customer with this number: a name, an e-mail of their own, a phone and a document of their country, an address, some
/// history.
pub fn customer(number: u64) -> Customer {
    let first = pick(&FIRST_NAMES, number);
    let last = pick(&LAST_NAMES, number);
    let (country, city, region, postal_code) = *pick(&PLACES, number);
    let mut record = CustomerRecord::new(RemoteId::new(number.to_string()));
    record.first_name = said(first);
    record.last_name = said(last);
    record.email = said(&format!("{}.{}{number}@correio.example", plain(first), plain(last)));
    record.phone = said(&phone(country, number));
    record.documents = Presence::Value(vec![document(country, number)]);
    record.is_active = Presence::Value(!number.is_multiple_of(10));
    record.accepts_marketing = Presence::Value(number.is_multiple_of(3));
    record.birthday =
        NaiveDate::from_ymd_opt(1950 + remainder(number, 55), 1 + number as u32 % 12, 1 + number as u32 % 28)
            .into();
    let created = DateTime::from_timestamp(1_600_000_000, 0).unwrap_or_default()
        + TimeDelta::hours(remainder(number, 40_000).into());
    record.created_at = Presence::Value(created);
    record.updated_at = Presence::Value(created + TimeDelta::days(30));
    record.currency = said(if country == "BR" { "BRL" } else { "ARS" });
    record.orders_count = Presence::Value(i64::from(remainder(number, 7)));
    record.total_spent = Presence::Value(Decimal::new(i64::from(remainder(number, 7)) * 12_990, 2));
    record.last_order_at = last_order(number, created);
    record.note = if number.is_multiple_of(4) {
        said(&format!("prefere retirar na loja {}", number % 9))
    } else {
        Presence::Null
    };
    record.addresses = Presence::Value(vec![Address {
        key: format!("{number}01"),
        is_default: true,
        recipient: Some(format!("{first} {last}")),
        street: Some("Rua das Laranjeiras".to_owned()),
        number: Some((1 + number % 900).to_string()),
        city: Some(city.to_owned()),
        region: Some(region.to_owned()),
        postal_code: Some(postal_code.to_owned()),
        country: Some(country.to_owned()),
        ..Address::default()
    }]);
    Customer(record)
}

impl Customer {
    /// With another value in a field.
    #[must_use]
    pub fn with(mut self, field: Field, value: &str) -> Self {
        self.0.set_field(&field, &FieldValue::Text(value.to_owned()));
        self
    }

    /// With nothing in a field.
    #[must_use]
    pub fn without(mut self, field: Field) -> Self {
        self.0.set_field(&field, &FieldValue::Null);
        self
    }

    /// With anything else changed.
    #[must_use]
    pub fn but(mut self, change: impl FnOnce(&mut CustomerRecord)) -> Self {
        change(&mut self.0);
        self
    }

    /// The record.
    pub fn record(self) -> CustomerRecord {
        self.0
    }
}

fn pick<T>(list: &[T], number: u64) -> &T {
    // The lists have lengths without a common divisor, so names and places mix.
    &list[number as usize % list.len()]
}

fn said(text: &str) -> Presence<String> {
    Presence::Value(text.to_owned())
}

fn remainder(number: u64, of: i32) -> i32 {
    (number % of.unsigned_abs() as u64) as i32
}

fn plain(name: &str) -> String {
    fold(name).chars().filter(char::is_ascii_alphanumeric).collect()
}

fn phone(country: &str, number: u64) -> String {
    let subscriber = number % 1_000_000;
    match country {
        "BR" => format!("(11) 98{:03}-{:04}", subscriber / 1_000 % 1_000, 1_000 + subscriber % 1_000),
        _ => format!("+54 9 11 4{:03}-{:04}", subscriber / 1_000 % 1_000, 1_000 + subscriber % 1_000),
    }
}

fn document(country: &str, number: u64) -> Document {
    if country != "BR" {
        return Document { kind: DocumentKind::Dni, number: (20_000_000 + number % 20_000_000).to_string() };
    }
    let nine = 100_000_000 + number % 899_999_999;
    let valid = (0..100)
        .map(|check| format!("{nine}{check:02}"))
        .find(|cpf| is_valid(&DocumentKind::Cpf, cpf) == Some(true));
    Document { kind: DocumentKind::Cpf, number: display(&DocumentKind::Cpf, &valid.unwrap_or_default()) }
}

fn last_order(number: u64, created: DateTime<Utc>) -> Presence<DateTime<Utc>> {
    if number.is_multiple_of(7) {
        Presence::Null
    } else {
        Presence::Value(created + TimeDelta::days(remainder(number, 300).into()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_customer_is_somebody_else() {
        let records: Vec<_> = (1..=2_000).map(|number| customer(number).record()).collect();
        let emails: BTreeSet<_> = records.iter().filter_map(|record| record.email.value()).collect();
        let documents: BTreeSet<_> = records
            .iter()
            .filter_map(|record| record.documents.value()?.first().map(|main| &main.number))
            .collect();
        assert_eq!(emails.len(), 2_000, "each has an e-mail of their own");
        assert_eq!(documents.len(), 2_000, "each has a document of their own");
    }

    #[test]
    fn documents_hold() {
        for number in 1..200 {
            let record = customer(number).record();
            for document in record.documents.into_value().unwrap_or_default() {
                assert_eq!(is_valid(&document.kind, &document.number), Some(true), "{document:?}");
            }
        }
    }
}
