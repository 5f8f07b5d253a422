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

/// The other new addresses of the same customer.
pub(crate) struct Others {
    /// What all of them may stand at the store as.
    texts: Vec<Address>,
    /// Places at the store that one of them is compared with already, and those that somebody makes something else of.
    taken: Vec<String>,
    edited: Vec<String>,
}

impl Others {
    pub(crate) fn of(edits: &[Edit]) -> Self {
        let new: Vec<NewAddress<'_>> = edits.iter().filter_map(NewAddress::of).collect();
        let asked = |new: &NewAddress<'_>| found_again(new.edit).map(|asked| asked.key.clone());
        let edited = edits.iter().filter(|edit| NewAddress::of(edit).is_none());
        let key = |edit: &Edit| match &edit.field {
            Field::Address(key) => Some(key.clone()),
            _ => None,
        };
        Self {
            texts: new.iter().flat_map(NewAddress::texts).cloned().collect(),
            taken: new.iter().filter_map(asked).collect(),
            edited: edited.filter_map(key).collect(),
        }
    }

    pub(crate) fn take(&mut self, place: &Arrived) {
        self.taken.push(place.shown.key.clone());
    }
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

    /// Looks for it among what the store shows. `is_answer`: to the very write that carried it. Null: it is not there.
    pub(crate) fn arrived(
        &self,
        told: &CustomerRecord,
        others: &Others,
        before: &Mirror,
        is_answer: bool,
    ) -> Presence<Arrived> {
        if told.addresses.is_absent() {
            return Presence::Absent;
        }
        let list = told.addresses.value().map(Vec::as_slice).unwrap_or_default();
        let shown = || list.iter().filter(|address| address.key != self.key);
        // One that reads the same and is to read otherwise soon is not this one, nor is one for the bill.
        let is_it = |address: &Address, text: &Address| {
            address.same_place(text) && address.kind == text.kind && !others.edited.contains(&address.key)
        };
        let known = before.record.addresses.value().map(Vec::as_slice).unwrap_or_default();
        for text in self.texts() {
            let here: Vec<&Address> = shown().filter(|address| is_it(address, text)).collect();
            let is_new = |address: &&&Address| known.iter().all(|known| known.key != address.key);
            let has_come = here.len() > known.iter().filter(|address| is_it(address, text)).count();
            // One that was there before is as good as this one to who wants it, and nothing to take away or to change.
            let is_wanted = self.edit.mine.as_address().is_some_and(|mine| mine.same_place(text));
            let place = here.iter().find(is_new).or(here.last()).filter(|_| has_come || is_wanted);
            if let Some(shown) = place {
                let text = FieldValue::Address(Box::new(Address::clone(shown)));
                return Presence::Value(Arrived { shown: Address::clone(shown), text, is_unsure: false });
            }
        }
        // A store may give all of them new ids with every write.
        let is_known = |address: &Address| {
            known.iter().any(|known| known.key == address.key || known.same_place(address))
        };
        let unknown: Vec<&Address> = shown().filter(|address| !is_known(address)).collect();
        if let EditState::Sending { sent, .. } = &self.edit.state
            && let Some(text) = sent.as_address()
            && let Some(shown) = unknown.iter().find(|address| is_part_of(address, text))
        {
            let shown = Address::clone(shown);
            return Presence::Value(Arrived { shown, text: sent.clone(), is_unsure: false });
        }
        // One that is in question already is, whatever has become known of the edit since.
        if let Some(shown) = self.asked_about(list) {
            return Presence::Value(unsure(shown, true));
        }
        if !self.may_have_arrived() || !stands(Protection::UnknownAddressAsks) {
            return Presence::Null;
        }
        let like = |address: &&&Address| self.texts().any(|text| text.kind == address.kind);
        let is_another = |address: &&Address| {
            others.texts.iter().any(|text| text.key != self.key && is_part_of(address, text))
        };
        let unknown: Vec<&&Address> = unknown.iter().filter(like).filter(|one| !is_another(one)).collect();
        let free = unknown.iter().find(|address| !others.taken.contains(&address.key));
        // The store made it of ours where nothing else is new in its answer.
        free.map_or(Presence::Null, |shown| Presence::Value(unsure(shown, !is_answer || unknown.len() > 1)))
    }

    /// It left this machine, nobody knows what became of it, and it is still wanted.
    fn may_have_arrived(&self) -> bool {
        self.edit.unanswered.is_some() && self.edit.mine.as_address().is_some()
    }

    /// The address that a person has to tell apart from this one, as the store shows it now.
    fn asked_about<'l>(&self, list: &'l [Address]) -> Option<&'l Address> {
        let EditState::Conflict { theirs } = &self.edit.state else { return None };
        let asked = theirs.as_address()?;
        list.iter()
            .find(|address| address.key == asked.key)
            .or_else(|| list.iter().find(|address| address.same_place(asked)))
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

/// Whether a place at the store is where a text of this new address stands. Of what is on its way just now, a store may have kept a part.
pub(crate) fn is_place_of(edit: &Edit, shown: &FieldValue) -> bool {
    let (Some(new), Some(shown)) = (NewAddress::of(edit), shown.as_address()) else { return false };
    let sent = match &edit.state {
        EditState::Sending { sent, .. } => sent.as_address(),
        _ => None,
    };
    let is_it = |text: &Address| shown.kind == text.kind && shown.same_place(text);
    new.texts().any(is_it) || sent.is_some_and(|text| shown.kind == text.kind && is_part_of(shown, text))
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

fn unsure(shown: &Address, is_unsure: bool) -> Arrived {
    let text = FieldValue::Address(Box::new(shown.clone()));
    Arrived { shown: shown.clone(), text, is_unsure }
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
