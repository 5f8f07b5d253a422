//! Taking a newer answer into what is known.

use super::CustomerRecord;
use crate::protection::{Protection, stands};
use crate::{Field, FieldValue, Presence};

/// A field that staff can see changing, with both values.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    pub field: Field,
    pub before: FieldValue,
    pub after: FieldValue,
}

impl CustomerRecord {
    /// Takes over everything that `newer` says, keeps what it does not say, and tells whether anything at all differs.
    ///
    /// An anonymised answer is the last word on a person: clear values that it does not repeat are forgotten.
    ///
    /// A masked answer never replaces a clear value: it only adds facts that were unknown, and a null in it is one more
    /// asterisk. What a masked or anonymised answer means for edits is the caller's business.
    pub fn absorb(&mut self, newer: &CustomerRecord) -> bool {
        let before = self.clone();
        let masked = newer.masked && !newer.anonymized && stands(Protection::MaskHidesNothing);
        let guard = masked && !before.masked;
        macro_rules! take {
            ($($field:ident),* $(,)?) => {$(
                let hidden = masked && matches!(newer.$field, Presence::Null);
                if !newer.$field.is_absent() && !(hidden && matches!(self.$field, Presence::Value(_))) {
                    self.$field = newer.$field.clone();
                }
            )*};
        }
        // A mirror with clear values stays clear; it is masked only while masked answers are all there is.
        let mut has_clear_values = false;
        macro_rules! take_unless_masked {
            ($($field:ident),* $(,)?) => {$(
                let is_clear = guard && self.$field.value().is_some_and(|value| !value.is_empty());
                has_clear_values |= is_clear;
                if !newer.$field.is_absent() && !is_clear {
                    self.$field = newer.$field.clone();
                }
            )*};
        }
        take_unless_masked!(
            first_name, last_name, company, email, phone, documents, note, addresses, orders, extra
        );
        take!(
            role,
            segment,
            groups,
            is_active,
            email_verified,
            accepts_marketing,
            birthday,
            created_at,
            updated_at,
            total_spent,
            currency,
            average_order,
            orders_count,
            first_order_at,
            last_order_at,
        );
        take!(custom_fields);
        for (key, value) in &newer.own {
            let hidden = masked && value.is_none();
            if !(hidden && self.own.get(key).is_some_and(Option::is_some)) {
                self.own.insert(key.clone(), value.clone());
            }
        }
        if newer.anonymized {
            self.forget_what_is_not_in(newer);
        }
        if !newer.remainder.is_empty() {
            self.remainder.extend(newer.remainder.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        self.masked = newer.masked && !has_clear_values;
        self.anonymized = newer.anonymized;
        *self != before
    }

    /// The store has removed this person's data: what it still shows is all that may be left of it here. Figures about orders are
    /// the shop's own and stay.
    fn forget_what_is_not_in(&mut self, newer: &CustomerRecord) {
        macro_rules! forget {
            ($($field:ident),* $(,)?) => {$(
                if newer.$field.is_absent() && !self.$field.is_absent() {
                    self.$field = Presence::Null;
                }
            )*};
        }
        forget!(
            first_name,
            last_name,
            company,
            email,
            phone,
            documents,
            note,
            birthday,
            addresses,
            extra,
            custom_fields
        );
        self.own.retain(|key, _| newer.own.contains_key(key));
        self.remainder.retain(|key, _| newer.remainder.contains_key(key));
    }

    /// The editable fields in which `self` and `newer` differ, before `newer` is absorbed. Addresses and extra keys count
    /// one by one.
    pub fn changes_to(&self, newer: &CustomerRecord) -> Vec<FieldChange> {
        let mut after = self.clone();
        after.absorb(newer);
        let mut fields: Vec<Field> = Field::PLAIN.to_vec();
        for record in [self, &after] {
            if let Presence::Value(map) = &record.extra {
                fields.extend(map.keys().map(|key| Field::Extra(key.clone())));
            }
            fields.extend(record.own.keys().map(|key| Field::Extra(key.clone())));
            if let Presence::Value(list) = &record.addresses {
                fields.extend(list.iter().map(|address| Field::Address(address.key.clone())));
            }
        }
        fields.sort();
        fields.dedup();
        fields
            .into_iter()
            .filter_map(|field| {
                let value =
                    |record: &CustomerRecord| record.field(&field).into_value().unwrap_or(FieldValue::Null);
                let (before, after) = (value(self), value(&after));
                (!before.equivalent(&after, &field)).then_some(FieldChange { field, before, after })
            })
            .collect()
    }
}
