//! A store: its records with everything they ever were, and what it answers. It always knows the truth; what it shows depends on
//! its manners.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use clientela_domain::capability::Access;
use clientela_domain::{Address, CustomerRecord, Field, FieldValue, Presence, RemoteId};

use crate::scene::{Dated, Manners, Spelling, Total, WriteAnswer};

/// Who changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Author {
    /// The store's own people, or customers.
    Foreign,
    Desk(usize),
}

/// The newest change of one field.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    pub(crate) number: u64,
    pub(crate) author: Author,
    pub(crate) at: Duration,
}

/// A value that a field once had.
#[derive(Debug, Clone)]
pub(crate) struct Was {
    pub(crate) at: Duration,
    pub(crate) author: Author,
    pub(crate) value: FieldValue,
}

/// One state of a record; nothing in it: the record is deleted.
#[derive(Debug, Clone)]
struct Moment {
    at: Duration,
    /// From then on every copy of the store shows it.
    visible_at: Duration,
    record: Option<CustomerRecord>,
}

/// A record and its past.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    moments: Vec<Moment>,
    pub(crate) marks: BTreeMap<Field, Mark>,
    /// Everything that each field ever was.
    pub(crate) values: BTreeMap<Field, Vec<Was>>,
    /// The store answers for it with asterisks.
    pub(crate) masked: bool,
    pub(crate) was_ever_deleted: bool,
}

impl Kept {
    /// What it is now.
    pub(crate) fn truth(&self) -> Option<&CustomerRecord> {
        self.moments.last().and_then(|moment| moment.record.as_ref())
    }

    /// Whether it was changed more than once in this second, which is all that its date tells.
    pub(crate) fn changed_twice_in(&self, second: u64) -> bool {
        self.moments.iter().filter(|moment| moment.at.as_secs() == second).nth(1).is_some()
    }

    fn as_of(&self, now: Duration, lagging: bool) -> Option<&CustomerRecord> {
        let seen = self.moments.iter().rev().find(|moment| !lagging || moment.visible_at <= now);
        seen.and_then(|moment| moment.record.as_ref())
    }

    /// Every copy shows the newest state.
    pub(crate) fn has_settled(&self, now: Duration) -> bool {
        self.moments.iter().all(|moment| moment.visible_at <= now)
    }

    /// When the newest change was made.
    pub(crate) fn changed_at(&self) -> Duration {
        self.moments.last().map_or(Duration::ZERO, |moment| moment.at)
    }
}

/// One store.
pub(crate) struct Shop {
    pub(crate) manners: Manners,
    pub(crate) records: BTreeMap<u64, Kept>,
    /// How far its clock is from the true time.
    pub(crate) clock_off: TimeDelta,
    /// Its dates do not tell any more what came first.
    pub(crate) clock_was_set: bool,
    /// Nobody is let in until somebody signs in again.
    pub(crate) signed_out: bool,
    /// Until then somebody else's empty store answers in its place.
    elsewhere_until: Duration,
    began: DateTime<Utc>,
    next_id: u64,
    next_address: u64,
    /// What each address was called on the desk that made it.
    made_as: BTreeMap<Field, Field>,
    changes: u64,
}

impl Shop {
    pub(crate) fn new(manners: Manners, began: DateTime<Utc>, first_id: u64) -> Self {
        Self {
            manners,
            records: BTreeMap::new(),
            clock_off: TimeDelta::zero(),
            clock_was_set: false,
            signed_out: false,
            elsewhere_until: Duration::ZERO,
            began,
            next_id: first_id,
            next_address: 1,
            made_as: BTreeMap::new(),
            changes: 0,
        }
    }

    /// The time that its answers tell, in whole seconds.
    pub(crate) fn clock(&self, now: Duration) -> DateTime<Utc> {
        let true_time = self.began + TimeDelta::from_std(now).unwrap_or_default();
        (true_time + self.clock_off).trunc_subsecs(0)
    }

    pub(crate) fn send_elsewhere(&mut self, until: Duration) {
        self.elsewhere_until = until;
    }

    pub(crate) fn is_elsewhere(&self, now: Duration) -> bool {
        now < self.elsewhere_until
    }

    /// The name under which a desk made this address; any other field is its own.
    pub(crate) fn first_name_of<'a>(&'a self, field: &'a Field) -> &'a Field {
        self.made_as.get(field).unwrap_or(field)
    }

    /// What the store calls an address that a desk made.
    pub(crate) fn names_of(&self, field: &Field) -> Vec<&Field> {
        self.made_as.iter().filter(|(_, first)| *first == field).map(|(name, _)| name).collect()
    }

    /// The fields that the platform lets people write.
    pub(crate) fn writable(&self) -> Vec<Field> {
        let able = self.manners.able;
        let plain = able.fields.iter().filter(|(field, access)| access.is_writable() && is_played(field));
        let mut fields: Vec<Field> = plain.map(|(field, _)| field.clone()).collect();
        if able.extra.is_writable() {
            fields.push(Field::Extra("colour".to_owned()));
        }
        fields
    }

    /// Fields that are written and never shown.
    pub(crate) fn is_hidden(&self, field: &Field) -> bool {
        self.manners.able.access(field) == Access::WriteOnly
    }

    pub(crate) fn alive(&self) -> Vec<u64> {
        self.records.iter().filter(|(_, kept)| kept.truth().is_some()).map(|(id, _)| *id).collect()
    }

    pub(crate) fn truth(&self, id: u64) -> Option<&CustomerRecord> {
        self.records.get(&id).and_then(Kept::truth)
    }

    /// A new record, with an id of its own or one that was free.
    pub(crate) fn create(
        &mut self,
        mut record: CustomerRecord,
        reuse: Option<u64>,
        now: Duration,
        lag: Duration,
    ) -> u64 {
        let id = reuse.unwrap_or(self.next_id);
        if reuse.is_none() {
            self.next_id += 1;
        }
        record.remote_id = RemoteId::new(id.to_string());
        record.created_at = Presence::Value(self.clock(now));
        if self.manners.able.addresses.show {
            record.addresses = Presence::Value(vec![self.address()]);
        }
        self.keep(id, Some(record), true, Author::Foreign, now, lag);
        id
    }

    pub(crate) fn delete(&mut self, id: u64, now: Duration, lag: Duration) {
        self.keep(id, None, true, Author::Foreign, now, lag);
    }

    /// Somebody changes fields of a record, as the store keeps them. Tells which of them it kept.
    pub(crate) fn change(
        &mut self,
        id: u64,
        changes: &[(Field, FieldValue)],
        author: Author,
        now: Duration,
        lag: Duration,
    ) {
        let Some(mut record) = self.truth(id).cloned() else { return };
        let before = record.clone();
        for (field, value) in changes {
            let ignored = self.manners.ignores_notes && *field == Field::Note && author != Author::Foreign;
            if ignored {
                continue;
            }
            self.put(&mut record, field, value);
        }
        let quiet = |field: &Field| matches!(field, Field::Address(_) | Field::Note);
        let moves = match self.manners.dated {
            Dated::EveryChange => true,
            Dated::NotAddresses => changes.iter().any(|(field, _)| !quiet(field)),
            Dated::Never => false,
        };
        // Some stores date a write that changes nothing.
        if record != before || author != Author::Foreign {
            self.keep(id, Some(record), moves, author, now, lag);
        }
    }

    /// The store dates a record anew and changes nothing.
    pub(crate) fn touch(&mut self, id: u64, now: Duration, lag: Duration) {
        if let Some(record) = self.truth(id).cloned() {
            self.keep(id, Some(record), true, Author::Foreign, now, lag);
        }
    }

    fn put(&mut self, record: &mut CustomerRecord, field: &Field, value: &FieldValue) {
        match (field, value) {
            (Field::Address(key), FieldValue::Address(address)) if key.starts_with(Address::NEW_PREFIX) => {
                let mut address = (**address).clone();
                address.key = self.next_address.to_string();
                self.next_address += 1;
                let made = Field::Address(address.key.clone());
                record.set_field(&made, &FieldValue::Address(Box::new(address)));
                self.made_as.insert(made, field.clone());
            }
            // An address that is not there any more is not brought back.
            (Field::Address(_), _) if record.field(field).value().is_none() => {}
            (_, FieldValue::Text(text)) => {
                record.set_field(field, &FieldValue::Text(spelled(self.manners.spelling, field, text)));
            }
            _ => record.set_field(field, value),
        }
    }

    /// Nobody lives where somebody else does.
    fn address(&mut self) -> Address {
        let key = self.next_address.to_string();
        self.next_address += 1;
        let street = Some(format!("Rua do Sol {key}"));
        Address { key, is_default: true, street, city: Some("Olinda".to_owned()), ..Address::default() }
    }

    fn keep(
        &mut self,
        id: u64,
        record: Option<CustomerRecord>,
        moves: bool,
        author: Author,
        now: Duration,
        lag: Duration,
    ) {
        let clock = self.clock(now);
        let mut record = record;
        if let Some(record) = &mut record
            && moves
            && self.manners.dated != Dated::Never
        {
            record.updated_at = Presence::Value(clock);
        }
        let kept = self.records.entry(id).or_insert_with(|| Kept {
            moments: Vec::new(),
            marks: BTreeMap::new(),
            values: BTreeMap::new(),
            masked: false,
            was_ever_deleted: false,
        });
        let before = kept.truth().cloned();
        kept.was_ever_deleted |= record.is_none();
        if let Some(record) = &record {
            for field in fields_of(before.as_ref(), record) {
                let value =
                    |record: &CustomerRecord| record.field(&field).into_value().unwrap_or(FieldValue::Null);
                let (old, new) = (before.as_ref().map(value), value(record));
                if old.as_ref() != Some(&new) {
                    self.changes += 1;
                    kept.marks.insert(field.clone(), Mark { number: self.changes, author, at: now });
                    kept.values.entry(field).or_default().push(Was { at: now, author, value: new });
                }
            }
        }
        // No copy shows a later change before an earlier one.
        let earlier = kept.moments.last().map_or(Duration::ZERO, |moment| moment.visible_at);
        let visible_at = if self.manners.lags { (now + lag).max(earlier) } else { now };
        kept.moments.push(Moment { at: now, visible_at, record });
    }

    /// What a copy of the store shows of a record when asked for it.
    pub(crate) fn show(&self, id: u64, now: Duration, lagging: bool) -> Option<CustomerRecord> {
        let kept = self.records.get(&id)?;
        kept.as_of(now, lagging).map(|record| self.as_shown(kept, record))
    }

    /// What it shows of it in a list.
    pub(crate) fn show_in_list(&self, id: u64, now: Duration, lagging: bool) -> Option<CustomerRecord> {
        let mut record = self.show(id, now, lagging)?;
        if self.manners.thin_lists {
            record.note = Presence::Absent;
            record.addresses = Presence::Absent;
        }
        Some(record)
    }

    /// What it answers to a write: `None` is a yes without a word.
    pub(crate) fn answer_to_write(&self, id: u64, changes: &[(Field, FieldValue)]) -> Option<CustomerRecord> {
        let whole = self.records.get(&id).and_then(|kept| Some(self.as_shown(kept, kept.truth()?)))?;
        match self.manners.answers {
            WriteAnswer::Whole => Some(whole),
            WriteAnswer::Nothing => None,
            WriteAnswer::Part => {
                let mut part = CustomerRecord::new(whole.remote_id.clone());
                part.updated_at = whole.updated_at;
                part.masked = whole.masked;
                for (field, _) in changes {
                    match field {
                        Field::Address(_) => part.addresses.clone_from(&whole.addresses),
                        Field::Extra(_) => part.extra.clone_from(&whole.extra),
                        plain if !self.is_hidden(plain) => {
                            let value = whole.field(plain).into_value().unwrap_or(FieldValue::Null);
                            part.set_field(plain, &value);
                        }
                        _ => {}
                    }
                }
                Some(part)
            }
        }
    }

    fn as_shown(&self, kept: &Kept, record: &CustomerRecord) -> CustomerRecord {
        let mut shown = record.clone();
        let able = self.manners.able;
        let is_told = |field: &Field| matches!(able.access(field), Access::Write | Access::Read);
        macro_rules! hide {
            ($($name:ident: $field:expr),* $(,)?) => {$(
                if !is_told(&$field) {
                    shown.$name = Presence::Absent;
                }
            )*};
        }
        hide!(
            first_name: Field::FirstName,
            last_name: Field::LastName,
            company: Field::Company,
            email: Field::Email,
            phone: Field::Phone,
            note: Field::Note,
            role: Field::Role,
            is_active: Field::IsActive,
            accepts_marketing: Field::AcceptsMarketing,
            extra: Field::Extra("colour".to_owned()),
        );
        if kept.masked {
            shown.masked = true;
            for name in [&mut shown.first_name, &mut shown.last_name, &mut shown.email, &mut shown.phone] {
                if let Presence::Value(text) = name {
                    *text = format!("{}***", text.chars().take(1).collect::<String>());
                }
            }
            shown.note = Presence::Absent;
            shown.addresses = Presence::Absent;
        }
        shown
    }

    /// How many customers the store says that there are.
    pub(crate) fn total(&self, listed: usize, slip: u32) -> Option<u64> {
        match self.manners.total {
            Total::Told => Some(listed as u64),
            Total::Untold => None,
            Total::Wrong => Some((listed as u64 + u64::from(slip)).saturating_sub(1)),
        }
    }
}

/// Plain fields that histories play with.
fn is_played(field: &Field) -> bool {
    !matches!(field, Field::Birthday | Field::Document)
}

fn fields_of(before: Option<&CustomerRecord>, after: &CustomerRecord) -> Vec<Field> {
    let mut fields: Vec<Field> = Field::PLAIN.to_vec();
    for record in before.into_iter().chain([after]) {
        fields.extend(record.extra.value().into_iter().flat_map(|map| map.keys().cloned().map(Field::Extra)));
        let addresses = record.addresses.value().into_iter().flatten();
        fields.extend(addresses.map(|address| Field::Address(address.key.clone())));
    }
    fields.sort();
    fields.dedup();
    fields
}

/// What the store makes of a text.
fn spelled(spelling: Spelling, field: &Field, text: &str) -> String {
    match (spelling, field) {
        (Spelling::AsSent, _) => text.to_owned(),
        (_, Field::Email) => text.trim().to_lowercase(),
        (_, Field::Phone) => text.chars().filter(char::is_ascii_digit).collect(),
        (Spelling::Cut, Field::FirstName | Field::LastName) => text.trim().chars().take(9).collect(),
        (_, Field::Note) => text.trim().replace("\r\n", "\n"),
        (_, Field::Role) => text.to_owned(),
        _ => text.trim().to_owned(),
    }
}
