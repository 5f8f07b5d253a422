//! Values for properties. Texts are drawn from a small set of pieces, so that base, mine and theirs meet often.

use chrono::{DateTime, NaiveDate, Utc};
use clientela_domain::reconcile::Progress;
use clientela_domain::{
    Address, AddressKind, CustomField, CustomerRecord, Document, Field, FieldValue, Order, Presence, RemoteId,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// What two people would write into the same field: close to each other, often the same, sometimes anything at all.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(vec![
            "", " ", "Ana", "ana", "Ana ", "Jos\u{e9}", "Jose\u{301}", "11999999999", "(11) 99999-9999", "+55 11 99999-9999",
            "ana@mail.com", "ANA@mail.com", "529.982.247-25", "52998224725", "a\nb", "a\r\nb\r\n", "a\nb\nc", "x\na\nb", "b",
        ])
        .prop_map(str::to_owned),
        2 => "[a-c\n]{0,8}",
        1 => "\\PC{0,8}",
    ]
}

pub(crate) fn address(key: &str) -> impl Strategy<Value = Address> + use<> {
    let key = key.to_owned();
    let part =
        || option::of(prop_oneof![Just(String::new()), Just("10".to_owned()), Just("12".to_owned()), text()]);
    let place = (part(), part(), part(), part(), part(), part());
    (place, any::<bool>(), any::<bool>()).prop_map(
        move |((street, number, city, region, postal_code, phone), main, billing)| Address {
            key: key.clone(),
            kind: if billing { AddressKind::Billing } else { AddressKind::Shipping },
            is_default: main,
            street,
            number,
            city,
            region,
            postal_code,
            phone,
            country: Some("BR".to_owned()),
            ..Address::default()
        },
    )
}

pub(crate) fn field() -> impl Strategy<Value = Field> {
    prop_oneof![
        4 => prop::sample::select(Field::PLAIN),
        1 => Just(Field::Extra("vip.level".to_owned())),
        2 => Just(Field::Address("7".to_owned())),
    ]
}

/// A value that this field can have.
pub(crate) fn value_for(field: &Field) -> BoxedStrategy<FieldValue> {
    let set = match field {
        Field::IsActive | Field::AcceptsMarketing => any::<bool>().prop_map(FieldValue::Flag).boxed(),
        Field::Birthday => birthday().prop_map(|day| FieldValue::Text(day.to_string())).boxed(),
        Field::Address(key) => {
            address(key).prop_map(|address| FieldValue::Address(Box::new(address))).boxed()
        }
        _ => text().prop_map(FieldValue::Text).boxed(),
    };
    prop_oneof![1 => Just(FieldValue::Null), 5 => set].boxed()
}

pub(crate) fn presence<T: Clone + std::fmt::Debug>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Presence<T>> {
    prop_oneof![2 => Just(Presence::Absent), 1 => Just(Presence::Null), 4 => value.prop_map(Presence::Value)]
}

/// A field with everything that is known of an edit of it.
#[derive(Debug, Clone)]
pub(crate) struct Situation {
    pub(crate) field: Field,
    pub(crate) base: FieldValue,
    pub(crate) mine: FieldValue,
    pub(crate) theirs: Presence<FieldValue>,
    pub(crate) progress: Progress,
    pub(crate) tries: u32,
    pub(crate) moved: bool,
}

pub(crate) fn situation() -> impl Strategy<Value = Situation> {
    use Progress::{Answered, InConflict, Parked, Sent, Waiting};
    let progress = prop::sample::select(vec![Waiting, Sent, Answered, InConflict, Parked]);
    field().prop_flat_map(move |field| {
        let value = || value_for(&field);
        (value(), value(), presence(value()), progress.clone(), 0..6_u32, any::<bool>()).prop_map({
            let field = field.clone();
            move |(base, mine, theirs, progress, tries, moved)| Situation {
                field: field.clone(),
                base,
                mine,
                theirs,
                progress,
                tries,
                moved,
            }
        })
    })
}

fn birthday() -> impl Strategy<Value = NaiveDate> {
    (0..40_000_i32).prop_map(|days| NaiveDate::from_num_days_from_ce_opt(700_000 + days).unwrap_or_default())
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    (0..4_000_000_000_000_i64)
        .prop_map(|milliseconds| DateTime::from_timestamp_millis(milliseconds).unwrap_or_default())
}

fn amount() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0..6_u32).prop_map(|(number, scale)| Decimal::new(number, scale))
}

fn order() -> impl Strategy<Value = Order> {
    (text(), option::of(text()), option::of(moment()), option::of(amount()), option::of(0..9_i64)).prop_map(
        |(remote_id, number, placed_at, total, items)| Order {
            remote_id,
            number,
            placed_at,
            total,
            items,
            ..Order::default()
        },
    )
}

/// An answer of a store: any facts, said or not.
pub(crate) fn record() -> impl Strategy<Value = CustomerRecord> {
    let texts = vec(presence(text()), 9);
    let flags = vec(presence(any::<bool>()), 3);
    let moments = vec(presence(moment()), 4);
    let amounts = vec(presence(amount()), 2);
    let lists = (
        presence(vec(text().prop_map(|number| Document::guess(&number)), 0..3)),
        presence(vec(text(), 0..3)),
        presence(vec(order(), 0..3)),
        presence(
            (vec(address("7"), 0..2), vec(address("8"), 0..2))
                .prop_map(|(ours, others)| [ours, others].concat()),
        ),
        presence(btree_map("[a-c]{1,2}", text(), 0..3)),
    );
    let rest = (
        presence(birthday()),
        presence(any::<i64>()),
        any::<bool>(),
        any::<bool>(),
        btree_map("[a-c]", any::<i64>(), 0..3),
        btree_map("[x-z]", option::of(text()), 0..3),
        presence(vec((option::of(text()), text(), text()), 0..2)),
    );
    (texts, flags, moments, amounts, lists, rest).prop_map(|(texts, flags, moments, amounts, lists, rest)| {
        let mut record = CustomerRecord::new(RemoteId::new("9007199254740993"));
        let mut texts = texts.into_iter();
        for field in [
            &mut record.first_name,
            &mut record.last_name,
            &mut record.company,
            &mut record.email,
            &mut record.phone,
            &mut record.note,
            &mut record.role,
            &mut record.segment,
            &mut record.currency,
        ] {
            *field = texts.next().unwrap_or_default();
        }
        [record.is_active, record.email_verified, record.accepts_marketing] = [flags[0], flags[1], flags[2]];
        record.created_at = moments[0];
        record.updated_at = moments[1];
        record.first_order_at = moments[2];
        record.last_order_at = moments[3];
        (record.total_spent, record.average_order) = (amounts[0], amounts[1]);
        (record.documents, record.groups, record.orders, record.addresses, record.extra) = lists;
        (record.birthday, record.orders_count, record.masked, record.anonymized) =
            (rest.0, rest.1, rest.2, rest.3);
        record.own = rest.5;
        record.custom_fields = rest.6.map(|list| {
            list.into_iter().map(|(namespace, name, value)| CustomField { namespace, name, value }).collect()
        });
        record.remainder = rest.4.into_iter().map(|(key, number)| (key, number.into())).collect();
        record
    })
}
