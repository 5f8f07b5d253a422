//! What lists show, filter and sort of a customer, as columns.

use clientela_domain::CustomerRecord;
use clientela_domain::normalise::{document, fold, phone};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::milliseconds;

/// The columns of `customer` that are made from what people see: the mirror with edits laid over.
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) sort_name: String,
    pub(super) company: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) phone_e164: Option<String>,
    pub(super) document: Option<String>,
    pub(super) city: Option<String>,
    pub(super) region: Option<String>,
    pub(super) country: Option<String>,
    pub(super) role: Option<String>,
    pub(super) segment: Option<String>,
    pub(super) is_active: Option<bool>,
    pub(super) email_verified: Option<bool>,
    pub(super) accepts_marketing: Option<bool>,
    pub(super) orders_count: Option<i64>,
    pub(super) total_spent: Option<String>,
    pub(super) total_spent_micro: Option<i64>,
    pub(super) currency: Option<String>,
    pub(super) last_order_at: Option<i64>,
    pub(super) created_at: Option<i64>,
    pub(super) updated_at: Option<i64>,
    pub(super) has_note: bool,
    pub(super) groups: Vec<String>,
}

impl Shown {
    pub(super) fn of(record: &CustomerRecord, has_journal: bool) -> Self {
        let name = record.full_name();
        let country = record.country();
        let address = record.main_address();
        let main_document = record.documents.value().and_then(|list| list.first());
        // A store can say any number; one that is too large to be counted in millionths sorts as if it were unknown.
        let micro = |total: &Decimal| total.checked_mul(Decimal::from(1_000_000))?.trunc().to_i64();
        Self {
            sort_name: sort_name(record, &name),
            name,
            company: record.company.value().cloned(),
            email: record.email.value().cloned(),
            phone: record.phone.value().cloned(),
            phone_e164: record.phone.value().and_then(|number| phone::to_e164(number, country)),
            document: main_document.map(|main| document::display(&main.kind, &main.number)),
            city: address.and_then(|address| address.city.clone()),
            region: address.and_then(|address| address.region.clone()),
            country: country.map(str::to_owned),
            role: record.role.value().cloned(),
            segment: record.segment.value().cloned(),
            is_active: record.is_active.value().copied(),
            email_verified: record.email_verified.value().copied(),
            accepts_marketing: record.accepts_marketing.value().copied(),
            orders_count: record.orders_count.value().copied(),
            total_spent: record.total_spent.value().map(Decimal::to_string),
            total_spent_micro: record.total_spent.value().and_then(micro),
            currency: record.currency.value().cloned(),
            last_order_at: milliseconds(record.last_order_at.value().copied()),
            created_at: milliseconds(record.created_at.value().copied()),
            updated_at: milliseconds(record.updated_at.value().copied()),
            has_note: record.note.value().is_some_and(|note| !note.trim().is_empty()) || has_journal,
            groups: groups(record),
        }
    }
}

fn groups(record: &CustomerRecord) -> Vec<String> {
    let named = record.groups.value().into_iter().flatten().filter(|name| !name.is_empty());
    named.cloned().collect()
}

/// The first letter of the sort key of people without a name: behind every letter of a name.
const NAMELESS: char = '\u{10ffff}';

/// People without a name sort by what else there is, behind everybody with one.
fn sort_name(record: &CustomerRecord, name: &str) -> String {
    let key = fold::sort_key(name);
    if !key.is_empty() {
        return key;
    }
    let other =
        record.company.value().or(record.email.value()).map(|text| fold::sort_key(text)).unwrap_or_default();
    format!("{NAMELESS}{other}")
}
