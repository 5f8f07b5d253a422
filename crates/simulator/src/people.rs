//! What people do at a desk, through the same functions as the window.

use std::sync::Arc;

use anyhow::Result;
use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::{customer, mirror, suppressed};
use clientela_database::{DatabaseKey, commit};
use clientela_domain::{Address, CustomerId, Field, FieldValue, RemoteId};
use clientela_sync::outbox::{self, Change, Decided, Decision};

use crate::desk::Desk;
use crate::ledger::Place;
use crate::party::Party;
use crate::texts;
use crate::world::{AtHand, GOES_ON};

/// Does one thing at a desk.
pub(crate) async fn work(party: &Arc<Party>, desk: &Arc<Desk>) {
    let what = party.world().tape.below(10);
    let done = match what {
        0..=6 => type_something(party, desk).await,
        _ => settle_something(party, desk).await,
    };
    if let Err(error) = done {
        // A full disk or a failing one: the person is told, and nothing was saved.
        party.world().say(|| format!("  desk {} cannot: {error}", desk.number));
    }
}

/// Opens a customer, unless the desk has that store's turn already.
pub(crate) async fn look(party: &Arc<Party>, desk: &Arc<Desk>) {
    let looked = async {
        let Some((shop, id, mirror)) = somebody(party, desk).await? else { return Ok(()) };
        if desk.has_turn(shop) {
            return Ok(());
        }
        let session = desk.session_beside(shop).await?;
        party.world().say(|| format!("desk {} opens {id} of store {shop}", desk.number));
        let remote = RemoteId::new(id.to_string());
        drop(session.refresh(mirror.customer, &remote).await);
        anyhow::Ok(())
    };
    drop(looked.await);
}

/// Somebody whom this desk knows.
async fn somebody(party: &Arc<Party>, desk: &Arc<Desk>) -> Result<Option<(usize, u64, mirror::Mirror)>> {
    let (shop, id) = {
        let mut world = party.world();
        match world.goes_on() {
            Some(at_hand) => (at_hand.shop, at_hand.id),
            None => {
                let shops = world.shops.len() as u32;
                let shop = world.tape.below(shops) as usize;
                let ids: Vec<u64> = world.shops[shop].records.keys().copied().collect();
                let place = world.tape.below(ids.len() as u32) as usize;
                let Some(id) = ids.get(place) else { return Ok(None) };
                (shop, *id)
            }
        }
    };
    let database = desk.database();
    let mut connection = database.read().await?;
    let remote = RemoteId::new(id.to_string());
    let found = mirror::find_remote(&mut connection, desk.store(shop), &remote).await?;
    Ok(found.map(|mirror| (shop, id, mirror)))
}

/// Types into a field or two of a customer and saves.
async fn type_something(party: &Arc<Party>, desk: &Arc<Desk>) -> Result<()> {
    let Some((shop, id, mirror)) = somebody(party, desk).await? else { return Ok(()) };
    if mirror.gone || mirror.record.masked || mirror.record.anonymized {
        // The window does not let anybody type here.
        return Ok(());
    }
    let database = desk.database();
    let edits = {
        let mut connection = database.read().await?;
        edit::of_customer(&mut connection, mirror.customer).await?
    };
    let mut shown = mirror.record.clone();
    for edit in &edits {
        shown.set_field(&edit.field, &edit.mine);
    }
    let count = 1 + party.world().tape.below(2);
    let mut changes: Vec<Change> = Vec::new();
    for _ in 0..count {
        let typed = texts::typed(&mut party.world(), shop, &shown);
        changes.extend(typed.filter(|typed| changes.iter().all(|change| change.field != typed.field)));
    }
    save(party, desk, shop, id, mirror.customer, &changes).await
}

async fn save(
    party: &Arc<Party>,
    desk: &Arc<Desk>,
    shop: usize,
    id: u64,
    customer: CustomerId,
    changes: &[Change],
) -> Result<()> {
    let now = party.world().now;
    {
        let mut world = party.world();
        world.say(|| {
            let typed: Vec<String> =
                changes.iter().map(|one| format!("{}={:?}", one.field, one.value.display())).collect();
            format!("desk {} types into {id} of store {shop}: {}", desk.number, typed.join(" "))
        });
        if let Some(change) = changes.first() {
            world.at_hand = Some(AtHand { shop, id, field: change.field.clone() });
        }
        for change in changes {
            let seen = change.seen.clone().unwrap_or(FieldValue::Null);
            let place = world.place(desk.number, shop, id, &change.field);
            world.ledger.type_in(place, change.value.clone(), seen, now);
        }
    }
    let database = desk.database();
    let mut transaction = database.write().await?;
    let clock = desk.clock();
    let moment = clientela_connectors::Clock::now(&*clock);
    outbox::save(&mut transaction, customer, changes, "Ana", moment).await?;
    let kept = edit::of_customer(&mut transaction, customer).await?;
    let known = mirror::find(&mut transaction, customer).await?;
    for change in changes.iter().filter(|change| !kept.iter().any(|edit| edit.field == change.field)) {
        let known = known.as_ref().and_then(|known| known.record.field(&change.field).into_value());
        if !known.unwrap_or(FieldValue::Null).identical(&change.value) {
            let words = format!("desk {} took {} of {id} and kept nothing", desk.number, change.field);
            party.world().violate("I1 no lost edit", words);
        }
    }
    commit(transaction).await?;
    // Only now has the person been told that it is saved. What was saved and changed nothing asks for nothing.
    let mut world = party.world();
    for change in changes {
        let is_open = kept.iter().any(|edit| edit.field == change.field);
        let place = world.place(desk.number, shop, id, &change.field);
        world.ledger.acknowledge(&place, is_open);
    }
    Ok(())
}

/// Settles an edit that waits for a person, or takes one back, or erases somebody.
async fn settle_something(party: &Arc<Party>, desk: &Arc<Desk>) -> Result<()> {
    let database = desk.database();
    let edits = {
        let mut connection = database.read().await?;
        edit::all(&mut connection).await?
    };
    let (place, what) = {
        let mut world = party.world();
        // Who has just typed something takes that back rather than anything else.
        let newest = edits.iter().enumerate().max_by_key(|(_, edit)| edit.saved_at).map(|(place, _)| place);
        let any = world.tape.below(edits.len() as u32) as usize;
        let place = newest.filter(|_| world.tape.chance(GOES_ON)).unwrap_or(any);
        (place, world.tape.below(10))
    };
    if what == 9 {
        return erase(party, desk).await;
    }
    let Some(edit) = edits.get(place) else { return Ok(()) };
    let Some((shop, id)) = whose(desk, edit.customer).await? else { return Ok(()) };
    settle(party, desk, shop, id, edit, what).await
}

async fn settle(
    party: &Arc<Party>,
    desk: &Arc<Desk>,
    shop: usize,
    id: u64,
    edit: &Edit,
    what: u32,
) -> Result<()> {
    let place = party.world().place(desk.number, shop, id, &edit.field);
    let now = party.world().now;
    let moment = clientela_connectors::Clock::now(&*desk.clock());
    let database = desk.database();
    let mut transaction = database.write().await?;
    // Decided on what the person sees; by now it may be something else, and then nothing is done.
    let Some(edit) = edit::find(&mut transaction, edit.id).await? else { return Ok(()) };
    party.world().say(|| format!("desk {} settles {} of {id}, {:?}", desk.number, edit.field, edit.state));
    match (&edit.state, what) {
        (EditState::Conflict { theirs }, 0..=2 | 6)
            if is_changed_itself(&mut transaction, &edit, theirs).await? =>
        {
            let decided = outbox::decide(&mut transaction, &edit, &Decision::Mine, moment).await?;
            if decided != Decided::NotYet {
                let words = format!("desk {} replaces another edit of {id}: {decided:?}", desk.number);
                party.world().violate("I1 no lost edit", words);
            }
        }
        (EditState::Conflict { theirs }, 0..=2) => {
            let other = in_place_of(party, &place, theirs, &edit.mine);
            {
                let mut world = party.world();
                world.ledger.decide(&place, Some(theirs.clone()), other.as_ref().map(|_| false), now);
                if let Some((other, mine)) = other.clone() {
                    world.ledger.type_in(other, mine, theirs.clone(), now);
                }
            }
            outbox::decide(&mut transaction, &edit, &Decision::Mine, moment).await?;
            commit(transaction).await?;
            if let Some((other, mine)) = other {
                party.world().ledger.acknowledge(&other, !mine.identical(theirs));
            }
        }
        (EditState::Conflict { theirs }, 3..=5) => {
            party.world().ledger.type_in(place.clone(), theirs.clone(), edit.mine.clone(), now);
            outbox::decide(&mut transaction, &edit, &Decision::Theirs, moment).await?;
            commit_ended(party, &place, transaction, now).await?;
        }
        (EditState::Conflict { theirs }, 7) if in_place_of(party, &place, theirs, &edit.mine).is_some() => {
            party.world().ledger.decide(&place, Some(theirs.clone()), None, now);
            outbox::decide(&mut transaction, &edit, &Decision::Both, moment).await?;
            commit(transaction).await?;
        }
        (EditState::Conflict { theirs }, 8) => {
            party.world().ledger.type_in(place.clone(), theirs.clone(), edit.mine.clone(), now);
            outbox::discard(&mut transaction, &edit, moment).await?;
            commit_ended(party, &place, transaction, now).await?;
        }
        (EditState::Conflict { theirs }, _) => {
            let (place, mine) = in_place_of(party, &place, theirs, &edit.mine)
                .inspect(|_| party.world().ledger.decide(&place, None, Some(false), now))
                .unwrap_or((place, edit.mine.clone()));
            let other = match (&mine, theirs) {
                (FieldValue::Text(mine), FieldValue::Text(theirs)) => {
                    FieldValue::Text(format!("{mine} {theirs}"))
                }
                _ => mine,
            };
            {
                let mut world = party.world();
                world.ledger.type_in(place.clone(), other.clone(), theirs.clone(), now);
                world.ledger.decide(&place, Some(theirs.clone()), None, now);
            }
            outbox::decide(&mut transaction, &edit, &Decision::Other(other.clone()), moment).await?;
            commit(transaction).await?;
            let is_open = !other.identical(theirs);
            party.world().ledger.acknowledge(&place, is_open);
        }
        (EditState::Parked { .. }, 0..=5) => {
            outbox::retry(&mut transaction, &edit).await?;
            commit(transaction).await?;
            party.world().ledger.decide(&place, None, None, now);
        }
        (EditState::Sending { .. } | EditState::Pending | EditState::Parked { .. }, _) => {
            outbox::discard(&mut transaction, &edit, moment).await?;
            // Of what may have arrived, the opposite is sent after it: the person wants what was there before.
            let is_turned_round = edit::find(&mut transaction, edit.id).await?.is_some();
            if let Some(sent) = edit.unanswered.as_ref().filter(|_| is_turned_round) {
                let mut world = party.world();
                world.ledger.type_in(place.clone(), edit.base.clone(), sent.clone(), now);
            }
            party.world().ledger.decide(&place, Some(edit.base.clone()), None, now);
            commit_ended(party, &place, transaction, now).await?;
            // Who is gone cannot be written to, and what was refused once is given up for good.
            match edit.state {
                EditState::Parked { .. } => party.world().ledger.give_up(&place),
                _ => party.world().ledger.take_back(&place, &edit.base),
            }
        }
    }
    Ok(())
}

/// Whether the address that is in question is changed here by an edit of its own: that has to be settled first.
async fn is_changed_itself(
    transaction: &mut clientela_database::WriteTransaction,
    edit: &Edit,
    theirs: &FieldValue,
) -> Result<bool> {
    let Some(theirs) = theirs.as_address() else { return Ok(false) };
    let field = Field::Address(theirs.key.clone());
    let edits = edit::of_customer(transaction, edit.customer).await?;
    Ok(field != edit.field && edits.iter().any(|edit| edit.field == field))
}

/// Where a decided text goes, and as what, if not where it was typed: a new address in place of another one that the store has.
fn in_place_of(
    party: &Arc<Party>,
    place: &Place,
    theirs: &FieldValue,
    mine: &FieldValue,
) -> Option<(Place, FieldValue)> {
    let (theirs, mine) = (theirs.as_address()?, mine.as_address()?);
    let field = Field::Address(theirs.key.clone());
    let other = party.world().place(place.desk, place.shop, place.id, &field);
    let mine = Address { key: theirs.key.clone(), is_default: theirs.is_default, ..mine.clone() };
    (other != *place).then(|| (other, FieldValue::Address(Box::new(mine))))
}

/// From here on the person does not want the text any more.
async fn commit_ended(
    party: &Arc<Party>,
    place: &Place,
    transaction: clientela_database::WriteTransaction,
    now: std::time::Duration,
) -> Result<()> {
    // Whether it was told or not, the text may be gone from now on.
    party.world().ledger.decide(place, None, Some(false), now);
    Ok(commit(transaction).await?)
}

async fn whose(desk: &Arc<Desk>, customer: CustomerId) -> Result<Option<(usize, u64)>> {
    let database = desk.database();
    let mut connection = database.read().await?;
    let found = customer::store_of(&mut connection, customer).await?;
    Ok(found.and_then(|(store, remote, _)| Some((desk.shop_of(store)?, crate::line::number(&remote)))))
}

/// Removes a person from this machine, as the law wants it.
async fn erase(party: &Arc<Party>, desk: &Arc<Desk>) -> Result<()> {
    let Some((shop, id, mirror)) = somebody(party, desk).await? else { return Ok(()) };
    let key: DatabaseKey = desk.key();
    let hash = suppressed::hash(&key, desk.store(shop), &RemoteId::new(id.to_string()));
    let database = desk.database();
    let mut transaction = database.write().await?;
    suppressed::insert(&mut transaction, desk.store(shop), &hash).await?;
    for edit in edit::of_customer(&mut transaction, mirror.customer).await? {
        edit::remove(&mut transaction, edit.id).await?;
    }
    customer::remove(&mut transaction, mirror.customer).await?;
    {
        let mut world = party.world();
        world.fault("an erasure");
        world.say(|| format!("desk {} erases {id} of store {shop}", desk.number));
        world.ledger.erase(desk.number, shop, id);
    }
    commit(transaction).await?;
    party.world().ledger.erased.insert((desk.number, shop, id));
    Ok(())
}
