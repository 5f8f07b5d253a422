//! Addresses that were made here. The store gives each an id of its own, so where one has arrived is known by its place only.

use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::mirror::Mirror;
use clientela_database::{Connection, DatabaseError};
use clientela_domain::protection::{Protection, stands};
use clientela_domain::{Address, CustomerRecord, Field, FieldValue, Presence};

/// The edit of an address that the store had no id for when it was typed.
#[derive(Clone, Copy)]
pub(crate) struct NewAddress<'a> {
    edit: &'a Edit,
    key: &'a str,
}

/// Where a text of a new address stands at the store.
pub(crate) struct Arrived {
    /// As the store shows it, with its id.
    shown: Address,
    /// What it is to be compared as: a store may keep some parts only, and has taken the text all the same.
    pub(crate) text: FieldValue,
}

impl<'a> NewAddress<'a> {
    pub(crate) fn of(edit: &'a Edit) -> Option<Self> {
        match &edit.field {
            Field::Address(key)
                if key.starts_with(Address::NEW_PREFIX) && stands(Protection::AddressArrives) =>
            {
                Some(Self { edit, key })
            }
            _ => None,
        }
    }

    /// Looks for it among what the store shows. Null: it is not there.
    pub(crate) fn arrived(&self, told: &CustomerRecord, before: &Mirror) -> Presence<Arrived> {
        if told.addresses.is_absent() {
            return Presence::Absent;
        }
        let list = told.addresses.value().map(Vec::as_slice).unwrap_or_default();
        let others = || list.iter().filter(|address| address.key != self.key);
        for text in self.texts() {
            if let Some(shown) = others().find(|address| address.same_place(text)) {
                let text = FieldValue::Address(Box::new(shown.clone()));
                return Presence::Value(Arrived { shown: shown.clone(), text });
            }
        }
        let EditState::Sending { sent, .. } = &self.edit.state else { return Presence::Null };
        let Some(text) = sent.as_address() else { return Presence::Null };
        let known = before.record.addresses.value().map(Vec::as_slice).unwrap_or_default();
        let is_known = |address: &Address| known.iter().any(|known| known.key == address.key);
        match others().find(|address| !is_known(address) && is_part_of(address, text)) {
            Some(shown) => Presence::Value(Arrived { shown: shown.clone(), text: sent.clone() }),
            None => Presence::Null,
        }
    }

    /// What it may stand there as: what was sent, while the answer to that is awaited; else what the person wants, and then what was
    /// sent before.
    fn texts(&self) -> impl Iterator<Item = &'a Address> {
        let texts = match &self.edit.state {
            EditState::Sending { sent, .. } => [Some(sent), Some(&self.edit.mine)],
            _ => [Some(&self.edit.mine), self.edit.unanswered.as_ref()],
        };
        texts.into_iter().flatten().filter_map(FieldValue::as_address)
    }

    /// A person has typed on, or taken it back, while an earlier text arrived. The edit goes on as one of the address that the store
    /// has now, or it would be added a second time.
    pub(crate) async fn goes_on_at(
        &self,
        connection: &mut Connection,
        arrived: &Arrived,
    ) -> Result<(), DatabaseError> {
        if !stands(Protection::AddressGoesOn) {
            return Ok(());
        }
        let field = Field::Address(arrived.shown.key.clone());
        let base = FieldValue::Address(Box::new(arrived.shown.clone()));
        let mine = match self.edit.mine.as_address() {
            Some(mine) => {
                let shown = &arrived.shown;
                let mine = Address { key: shown.key.clone(), is_default: shown.is_default, ..mine.clone() };
                FieldValue::Address(Box::new(mine))
            }
            None => self.edit.mine.clone(),
        };
        edit::move_to(connection, self.edit.id, &field, &base, &mine).await
    }
}

/// Whether a place is what a store keeps of this one: some do not have every part, and what they have was ours.
fn is_part_of(shown: &Address, mine: &Address) -> bool {
    let mut filled = shown.clone();
    for ((_, part), (_, ours)) in filled.parts_mut().into_iter().zip(mine.parts()) {
        if part.is_none() {
            part.clone_from(ours);
        }
    }
    shown.street.is_some() && filled.same_place(mine)
}
