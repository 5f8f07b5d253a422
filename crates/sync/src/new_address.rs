//! Addresses that were made here. The store gives each an id of its own, so where one has arrived is known by its place only.

use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::mirror::Mirror;
use clientela_database::{Connection, DatabaseError};
use clientela_domain::protection::{Protection, stands};
use clientela_domain::{Address, CustomerId, CustomerRecord, Field, FieldValue, Presence};

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
    /// It is an address that was not there before and reads otherwise. Ours may have arrived and been changed by somebody before the
    /// store was looked at again, or it is another one: only a person can tell.
    pub(crate) is_unsure: bool,
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

    /// Looks for it among what the store shows. `new`: the texts of all new addresses of this customer. `is_answer`: to the very
    /// write that carried it. Null: it is not there.
    pub(crate) fn arrived(
        &self,
        told: &CustomerRecord,
        new: &[Address],
        before: &Mirror,
        is_answer: bool,
    ) -> Presence<Arrived> {
        if told.addresses.is_absent() {
            return Presence::Absent;
        }
        let list = told.addresses.value().map(Vec::as_slice).unwrap_or_default();
        let others = || list.iter().filter(|address| address.key != self.key);
        for text in self.texts() {
            if let Some(shown) = others().find(|address| address.same_place(text)) {
                let text = FieldValue::Address(Box::new(shown.clone()));
                return Presence::Value(Arrived { shown: shown.clone(), text, is_unsure: false });
            }
        }
        let known = before.record.addresses.value().map(Vec::as_slice).unwrap_or_default();
        // A store may give all of them new ids with every write.
        let is_known = |address: &Address| {
            known.iter().any(|known| known.key == address.key || known.same_place(address))
        };
        let unknown: Vec<&Address> = others().filter(|address| !is_known(address)).collect();
        if let EditState::Sending { sent, .. } = &self.edit.state
            && let Some(text) = sent.as_address()
            && let Some(shown) = unknown.iter().find(|address| is_part_of(address, text))
        {
            let shown = Address::clone(shown);
            return Presence::Value(Arrived { shown, text: sent.clone(), is_unsure: false });
        }
        let is_of_another =
            |shown: &Address| new.iter().any(|text| text.key != self.key && is_part_of(shown, text));
        let mut others = unknown.iter().copied().filter(|address| !is_of_another(address));
        let Some(shown) = self.asked_about(list).or(others.next()) else { return Presence::Null };
        if !self.may_have_arrived() || !stands(Protection::UnknownAddressAsks) {
            return Presence::Null;
        }
        // The store made it of ours where nothing else is new in its answer.
        let is_unsure = !is_answer || others.next().is_some();
        let text = FieldValue::Address(Box::new(shown.clone()));
        Presence::Value(Arrived { shown: shown.clone(), text, is_unsure })
    }

    /// It left this machine, nobody knows what became of it, and it is still wanted.
    fn may_have_arrived(&self) -> bool {
        let waits = !matches!(self.edit.state, EditState::Parked { .. });
        waits && self.edit.unanswered.is_some() && self.edit.mine.as_address().is_some()
    }

    /// The address that a person has to tell apart from this one, as the store shows it now.
    fn asked_about<'l>(&self, list: &'l [Address]) -> Option<&'l Address> {
        let EditState::Conflict { theirs } = &self.edit.state else { return None };
        let asked = theirs.as_address()?;
        list.iter().find(|address| address.key == asked.key)
    }

    /// What it may stand there as: what was sent, while the answer to that is awaited; else what the person wants, and then what was
    /// sent before.
    fn texts(&self) -> impl Iterator<Item = &'a Address> + use<'a> {
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
        let mine = at_place(&self.edit.mine, &arrived.shown);
        edit::move_to(connection, self.edit.id, &field, &base, &mine).await
    }
}

/// The same text, as one of the address that the store has.
pub(crate) fn at_place(text: &FieldValue, shown: &Address) -> FieldValue {
    match text.as_address() {
        Some(text) => {
            let text = Address { key: shown.key.clone(), is_default: shown.is_default, ..text.clone() };
            FieldValue::Address(Box::new(text))
        }
        None => text.clone(),
    }
}

/// What a new address may stand at the store as, if the edit is of one.
pub(crate) fn texts(edit: &Edit) -> impl Iterator<Item = &Address> {
    NewAddress::of(edit).into_iter().flat_map(|new| new.texts())
}

/// The address at the store that a person has decided to be the new one, where they were asked that.
pub(crate) fn found_again(edit: &Edit) -> Option<&Address> {
    let EditState::Conflict { theirs } = &edit.state else { return None };
    let theirs = theirs.as_address()?;
    NewAddress::of(edit).filter(|new| new.key != theirs.key).map(|_| theirs)
}

/// Takes the addresses out of an answer that came beside a push which carries a new one: that push has to see what is new with it.
pub(crate) async fn keep_for_push(
    connection: &mut Connection,
    customer: CustomerId,
    told: &CustomerRecord,
) -> Result<CustomerRecord, DatabaseError> {
    let edits = edit::of_customer(connection, customer).await?;
    let mut told = told.clone();
    if edits.iter().filter_map(NewAddress::of).any(|new| matches!(new.edit.state, EditState::Sending { .. }))
    {
        told.addresses = Presence::Absent;
    }
    Ok(told)
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
