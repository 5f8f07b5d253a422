//! What is written over a field is what the field then says.

use clientela_domain::customer::DocumentKind;
use clientela_domain::{CustomerRecord, Document, Field, FieldValue, Presence, RemoteId};
use proptest::prelude::*;

use crate::arbitrary::{field, record, value_for};

fn field_and_value() -> impl Strategy<Value = (Field, FieldValue)> {
    field().prop_flat_map(|field| {
        let value = value_for(&field);
        (Just(field), value)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_field_says_what_was_written_over_it((field, value) in field_and_value(), record in record()) {
        let mut shown = record;
        shown.set_field(&field, &value);
        let said = shown.field(&field).into_value().unwrap_or(FieldValue::Null);
        prop_assert!(said.identical(&value), "{field}: {said:?} instead of {value:?}");
    }

    #[test]
    fn writing_over_one_field_leaves_the_others((field, value) in field_and_value(), record in record()) {
        let mut shown = record.clone();
        shown.set_field(&field, &value);
        for other in Field::PLAIN.iter().filter(|other| **other != field) {
            prop_assert_eq!(shown.field(other), record.field(other), "{} moved with {}", other, &field);
        }
        let other = Field::Address("8".to_owned());
        // An unsaid list becomes a said one with the first address written over it.
        if !record.addresses.is_absent() {
            prop_assert_eq!(shown.field(&other).into_value(), record.field(&other).into_value());
        }
    }

    #[test]
    fn a_field_is_read_back_from_its_word(field in field()) {
        prop_assert_eq!(field.to_string().parse::<Field>(), Ok(field));
    }
}

#[test]
fn words_that_are_no_field_are_refused() {
    for word in ["", "extra.", "address.", "First_Name", "name", "extra", "email "] {
        assert!(word.parse::<Field>().is_err(), "{word:?} is not a field");
    }
}

#[test]
fn keys_keep_their_dots() {
    let field = Field::Extra("address.1.x".to_owned());
    assert_eq!(field.to_string(), "extra.address.1.x");
    assert_eq!("extra.address.1.x".parse(), Ok(field));
}

/// Emptying the main document once brought the second one forward in its place.
#[test]
fn an_emptied_main_document_does_not_bring_the_second_forward() {
    let mut record = CustomerRecord::new(RemoteId::new("1"));
    record.documents = Presence::Value(vec![
        Document { kind: DocumentKind::Cpf, number: "52998224725".to_owned() },
        Document { kind: DocumentKind::Other("rg".to_owned()), number: "123".to_owned() },
    ]);
    record.set_field(&Field::Document, &FieldValue::Null);
    let said = record.field(&Field::Document).into_value().unwrap_or(FieldValue::Null);
    assert!(said.is_empty(), "the person emptied it, and the list shows {said:?}");
    assert_eq!(record.documents.value().map(Vec::len), Some(2), "the second document is still the second");
}
