//! The invariants, judged from what people did, what the stores truly hold and what every desk has. Names and numbers are those
//! of `docs/sync.md`.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result};
use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::{customer, history, mirror, store};
use clientela_domain::{Address, CustomerRecord, Field, FieldValue, RemoteId};

use crate::desk::Desk;
use crate::ledger::{Chain, Place, holds};
use crate::line::{number, words_of_changes};
use crate::party::Party;
use crate::scene::{Dated, DeletedAnswer, Order, Total};
use crate::shop::{Author, Kept};
use crate::world::World;

/// A write is about to leave a desk.
pub(crate) fn before_write(
    world: &mut World,
    desk: usize,
    shop: usize,
    fresh: &CustomerRecord,
    changes: &[(Field, FieldValue)],
) {
    let id = number(&fresh.remote_id);
    let words = words_of_changes(changes);
    let shown = world.ledger.shown(desk, shop);
    let in_flight = shown.in_flight.replace(id);
    let is_unknown = shown.unknown.contains(&id);
    let is_read = shown.fetched.get(&id).is_some_and(|fetched| fetched.record == *fresh);
    if in_flight.is_some() {
        world.violate("I12 one writer per record", format!("two writes at once to {id}: {words}"));
    }
    if is_unknown {
        world.violate("I13 a read after an unknown outcome", format!("{id} is written unread: {words}"));
    }
    if !is_read {
        world.violate("I13 a read before a write", format!("{id} is not what was read: {words}"));
    }
    if fresh.masked {
        world.violate("I3 no invented value", format!("{id} is masked and is written: {words}"));
    }
    if world.ledger.erased.contains(&(desk, shop, id)) {
        world.violate("I19 erasure", format!("{id} was erased and is written: {words}"));
    }
    for (field, value) in changes {
        let place = Place { desk, shop, id, field: field.clone() };
        let is_known = match world.ledger.chains.get_mut(&place) {
            Some(chain) => {
                chain.sent += 1;
                chain.is_known(field, value)
            }
            None => false,
        };
        if !is_known {
            world.violate(
                "I3 no invented value",
                format!("nobody typed {field} of {id}: {:?}", value.display()),
            );
        }
    }
}

/// A write has reached its store and is about to replace what is there.
pub(crate) fn write(world: &mut World, desk: usize, shop: usize, id: u64, changes: &[(Field, FieldValue)]) {
    for (field, value) in changes {
        let Some(kept) = world.shops[shop].records.get(&id) else { continue };
        let Some(truth) = kept.truth() else { continue };
        let current = truth.field(field).into_value().unwrap_or(FieldValue::Null);
        let Some(mark) = kept.marks.get(field).cloned() else { continue };
        // Nobody can see what a hidden field has.
        let is_hidden = world.shops[shop].is_hidden(field);
        if is_hidden || current.equivalent(value, field) || mark.author == Author::Desk(desk) {
            continue;
        }
        let was_sent_before = was_undone(kept, desk, field, value, mark.at);
        let shown = world.ledger.shown(desk, shop);
        let Some(fetched) = shown.fetched.get(&id).cloned() else { continue };
        if fetched.marks.get(field) != Some(&mark.number) {
            world.ledger.window_overwrites += 1;
            world.say(|| format!("  goes over {field} in the window"));
            continue;
        }
        if fetched.lagging {
            world.ledger.lag_overwrites += 1;
            continue;
        }
        let place = Place { desk, shop, id, field: field.clone() };
        let Some(chain) = world.ledger.chains.get(&place) else { continue };
        let words = || format!("{field} of {id}: {:?} goes over {:?}", value.display(), current.display());
        if !chain.may_go_over(field, &current, value) {
            let words = words();
            world.violate("I2 no silent overwrite", words);
            continue;
        }
        // Ours had arrived, somebody put the old value back, and it is written again.
        let can_tell =
            tells_changes_of(world, shop, field) && world.shops[shop].clock(mark.at) > fetched.clock;
        if was_sent_before && can_tell && chain.acted_at < mark.at {
            let words = words();
            world.violate("I2 what was taken back stays", words);
        }
    }
}

/// Whether this value of ours had arrived when somebody else changed the field.
fn was_undone(kept: &Kept, desk: usize, field: &Field, value: &FieldValue, at: std::time::Duration) -> bool {
    let past = kept.values.get(field).into_iter().flatten();
    let mut ours = past.filter(|was| was.author == Author::Desk(desk) && was.at <= at);
    ours.any(|was| was.value.equivalent(value, field))
}

/// Whether records show by their date that this field was changed.
fn tells_changes_of(world: &World, shop: usize, field: &Field) -> bool {
    match world.shops[shop].manners.dated {
        Dated::EveryChange => true,
        Dated::NotAddresses => !matches!(field, Field::Address(_) | Field::Note),
        Dated::Never => false,
    }
}

/// Looks at every desk after a step.
pub(crate) async fn after_step(party: &Arc<Party>) -> Result<()> {
    for desk in party.desks() {
        let edits = edits(&desk).await?;
        let open: Vec<(Place, Chain)> = {
            let world = party.world();
            let chains = world.ledger.chains.iter();
            let open = chains.filter(|(place, chain)| place.desk == desk.number && chain.is_open);
            open.map(|(place, chain)| (place.clone(), chain.clone())).collect()
        };
        for (place, chain) in open {
            match whereabouts(party, &desk, &edits, &place, &chain).await? {
                Whereabouts::Here => {}
                Whereabouts::There => party.world().ledger.acknowledge(&place, false),
                Whereabouts::Nowhere => {
                    let typed = chain.typed.last().map(|typed| typed.value.display());
                    let words =
                        format!("desk {} lost {} of {}: {typed:?}", desk.number, place.field, place.id);
                    party.world().violate("I1 no lost edit", words);
                }
            }
        }
        records(party, &desk).await?;
    }
    Ok(())
}

async fn edits(desk: &Arc<Desk>) -> Result<Vec<(usize, u64, Edit)>> {
    let database = desk.database();
    let mut connection = database.read().await?;
    let mut edits = Vec::new();
    for edit in edit::all(&mut connection).await? {
        let (store, remote, _) =
            customer::store_of(&mut connection, edit.customer).await?.context("an edit is a customer's")?;
        let shop = desk.shop_of(store).context("a store is the world's")?;
        edits.push((shop, number(&remote), edit));
    }
    Ok(edits)
}

enum Whereabouts {
    /// The desk has it.
    Here,
    /// The store took it: from now on it is the store's.
    There,
    Nowhere,
}

/// Where the last text of a chain is.
async fn whereabouts(
    party: &Arc<Party>,
    desk: &Arc<Desk>,
    edits: &[(usize, u64, Edit)],
    place: &Place,
    chain: &Chain,
) -> Result<Whereabouts> {
    let Some(typed) = chain.typed.last() else { return Ok(Whereabouts::There) };
    let field = &place.field;
    let is_this =
        |(shop, id, edit): &&(usize, u64, Edit)| (*shop, *id, &edit.field) == (place.shop, place.id, field);
    if let Some((_, _, edit)) = edits.iter().find(is_this)
        && holds(field, typed, &edit.mine)
    {
        return Ok(Whereabouts::Here);
    }
    {
        let world = party.world();
        let kept = world.shops[place.shop].records.get(&place.id);
        let mut past = kept
            .into_iter()
            .flat_map(|kept| kept.values.iter())
            .filter(|(other, _)| *other == field || (is_new(field) && matches!(other, Field::Address(_))));
        // What was there when it was typed counts too: then there was nothing to send. So does what a lagging copy without dates
        // shows as there.
        let manners = &world.shops[place.shop].manners;
        let is_blurred = manners.lags && manners.dated != Dated::EveryChange;
        let since = |past: &[crate::shop::Was]| match is_blurred {
            true => 0,
            false => past.iter().rposition(|was| was.at <= typed.at).unwrap_or(0),
        };
        if past.any(|(_, past)| past[since(past)..].iter().any(|was| holds(field, typed, &was.value)))
            || past_is_now(kept, field, typed)
        {
            return Ok(Whereabouts::There);
        }
    }
    // The store made something else of it and the person can see what.
    let database = desk.database();
    let mut connection = database.read().await?;
    let remote = RemoteId::new(place.id.to_string());
    let Some(mirror) = mirror::find_remote(&mut connection, desk.store(place.shop), &remote).await? else {
        return Ok(Whereabouts::Nowhere);
    };
    let lines = history::newest(&mut connection, mirror.customer, 500).await?;
    let name = field.to_string();
    let altered = lines.iter().any(|line| {
        line.source == "altered_by_store" && line.field == name && line.before.identical(&typed.value)
    });
    Ok(if altered { Whereabouts::There } else { Whereabouts::Nowhere })
}

fn is_new(field: &Field) -> bool {
    matches!(field, Field::Address(key) if key.starts_with(Address::NEW_PREFIX))
}

/// The store had it all along, or the removal of an address is all there is to see.
fn past_is_now(kept: Option<&Kept>, field: &Field, typed: &crate::ledger::Typed) -> bool {
    let Some(truth) = kept.and_then(Kept::truth) else { return false };
    let now = truth.field(field).into_value().unwrap_or(FieldValue::Null);
    now.identical(&typed.value) || now.equivalent(&typed.value, field)
}

/// I6, I8, I19: nobody disappears who is there, time does not run ahead, the erased stay away.
async fn records(party: &Arc<Party>, desk: &Arc<Desk>) -> Result<()> {
    let shops = party.world().shops.len();
    for shop in 0..shops {
        let database = desk.database();
        let mut connection = database.read().await?;
        let ids: Vec<u64> = party.world().shops[shop].records.keys().copied().collect();
        for id in ids {
            let remote = RemoteId::new(id.to_string());
            let mirror = mirror::find_remote(&mut connection, desk.store(shop), &remote).await?;
            let mut world = party.world();
            let Some(mirror) = mirror else { continue };
            if world.ledger.erased.contains(&(desk.number, shop, id)) {
                world.violate("I19 erasure", format!("{id} came back to desk {}", desk.number));
            }
            let was_deleted = world.shops[shop].records.get(&id).is_some_and(|kept| kept.was_ever_deleted);
            // Where a store tells no time, all that is left is a clock that somebody may have set.
            let has_clock =
                world.shops[shop].manners.tells_time || !world.faults.contains_key("a wall clock set");
            if mirror.gone && !was_deleted && has_clock {
                world
                    .violate("I6 no false delete", format!("desk {} lost {id} of store {shop}", desk.number));
            }
        }
        let row = store::find(&mut connection, desk.store(shop)).await?.context("the store is connected")?;
        let mut world = party.world();
        let shown = world.ledger.shown(desk.number, shop);
        let before = std::mem::replace(&mut shown.changes_since, row.changes_since);
        let latest = shown.first_pages.iter().max().copied();
        if row.changes_since < before {
            world
                .violate("I8 the cursor", format!("it goes back from {before:?} to {:?}", row.changes_since));
        }
        if row.changes_since > latest {
            world.violate("I8 the cursor", format!("{:?} is after every pass began", row.changes_since));
        }
    }
    Ok(())
}

/// I5: a pass over changes that reached its end has brought everything that had happened before it began.
pub(crate) async fn after_pass(party: &Arc<Party>, desk: &Arc<Desk>, shop: usize) -> Result<()> {
    let database = desk.database();
    let mut connection = database.read().await?;
    let (began, ids): (std::time::Duration, Vec<u64>) = {
        let mut world = party.world();
        let manners = &world.shops[shop].manners;
        let may_miss = manners.order != Order::ById
            || manners.able.change_feed != clientela_domain::capability::ChangeFeed::UpdatedSince
            || manners.dated != Dated::EveryChange
            || manners.thin_lists
            || manners.total == Total::Wrong
            || manners.customers > 20;
        if may_miss {
            return Ok(());
        }
        let ids = world.shops[shop].records.keys().copied().collect();
        (world.ledger.shown(desk.number, shop).list_began, ids)
    };
    for id in ids {
        let remote = RemoteId::new(id.to_string());
        let mirror = mirror::find_remote(&mut connection, desk.store(shop), &remote).await?;
        let mut world = party.world();
        let Some(kept) = world.shops[shop].records.get(&id) else { continue };
        let Some(truth) = kept.truth() else { continue };
        let is_due = kept.changed_at() + std::time::Duration::from_secs(61) < began && !kept.masked;
        if !is_due || world.ledger.maybe_erased.contains(&(desk.number, shop, id)) {
            continue;
        }
        let differs = match &mirror {
            None => Some("nobody".to_owned()),
            // The store's clock was set back, and what it shows is taken for older.
            Some(mirror) if mirror.record.updated_at.value() > truth.updated_at.value() => None,
            // Asterisks come and go without a date.
            Some(mirror) if mirror.record.masked => None,
            Some(mirror) => difference(&world, shop, truth, &mirror.record),
        };
        if let Some(differs) = differs {
            let words = format!("desk {} has not heard of {id} after a pass: {differs}", desk.number);
            world.violate("I5 no missed update", words);
        }
    }
    Ok(())
}

/// What a mirror shows otherwise than the truth.
fn difference(world: &World, shop: usize, truth: &CustomerRecord, mirror: &CustomerRecord) -> Option<String> {
    let shop = &world.shops[shop];
    let mut fields = shop.writable();
    for record in [truth, mirror] {
        let addresses = record.addresses.value().into_iter().flatten();
        fields.extend(addresses.map(|address| Field::Address(address.key.clone())));
    }
    // What lists leave out is known when somebody asked for it, and no better than then.
    let is_told =
        |field: &Field| !shop.manners.thin_lists || !matches!(field, Field::Note | Field::Address(_));
    fields.retain(|field| !shop.is_hidden(field) && is_told(field));
    fields.into_iter().find_map(|field| {
        let value = |record: &CustomerRecord| record.field(&field).into_value().unwrap_or(FieldValue::Null);
        let (there, here) = (value(truth), value(mirror));
        (!there.identical(&here))
            .then(|| format!("{field} is {:?} and not {:?}", there.display(), here.display()))
    })
}

/// When everything is quiet: what is there is here, and nothing is on its way.
pub(crate) async fn at_rest(party: &Arc<Party>) -> Result<()> {
    for desk in party.desks() {
        let edits = edits(&desk).await?;
        for (_, id, edit) in &edits {
            if matches!(edit.state, EditState::Pending | EditState::Sending { .. }) {
                let words =
                    format!("{} of {id} is still {:?} at desk {}", edit.field, edit.state, desk.number);
                party.world().violate("I22 the outbox empties", words);
            }
        }
        let shops = party.world().shops.len();
        for shop in 0..shops {
            converged(party, &desk, shop).await?;
        }
        let problems = desk.database().check().await?;
        if !problems.is_empty() {
            party.world().violate("I20 index and table", problems.join("; "));
        }
        sent_often(party, &desk);
    }
    Ok(())
}

async fn converged(party: &Arc<Party>, desk: &Arc<Desk>, shop: usize) -> Result<()> {
    let database = desk.database();
    let mut connection = database.read().await?;
    let ids: BTreeSet<u64> = party.world().shops[shop].records.keys().copied().collect();
    for id in ids {
        let remote = RemoteId::new(id.to_string());
        let mirror = mirror::find_remote(&mut connection, desk.store(shop), &remote).await?;
        let lines = match &mirror {
            Some(mirror) => history::newest(&mut connection, mirror.customer, 500).await?,
            None => Vec::new(),
        };
        let mut world = party.world();
        if world.ledger.maybe_erased.contains(&(desk.number, shop, id)) {
            continue;
        }
        let manners = &world.shops[shop].manners;
        let proves_deletions = manners.deleted == DeletedAnswer::Missing;
        let Some(kept) = world.shops[shop].records.get(&id) else { continue };
        match (kept.truth(), &mirror) {
            (Some(_), None) => {
                let words = format!("desk {} never heard of {id} of store {shop}", desk.number);
                world.violate("I4 convergence", words);
            }
            (Some(truth), Some(mirror)) => {
                let differs = match mirror.gone {
                    true => Some("it is gone".to_owned()),
                    false if kept.masked => None,
                    false => difference(&world, shop, truth, &mirror.record),
                };
                if let Some(differs) = differs {
                    let words = format!("desk {} has {id} of store {shop} otherwise: {differs}", desk.number);
                    world.violate("I4 convergence", words);
                }
            }
            (None, Some(mirror)) if !mirror.gone && proves_deletions => {
                let words = format!("desk {} still has {id} of store {shop}", desk.number);
                world.violate("I7 true deletes are found", words);
            }
            _ => {}
        }
        let Some(kept) = world.shops[shop].records.get(&id) else { continue };
        // From a lagging copy without dates, or with dates of a clock that was set, a change and its undoing look alike.
        let dates_tell =
            world.shops[shop].manners.dated == Dated::EveryChange && !world.shops[shop].clock_was_set;
        let is_certain = dates_tell || !world.shops[shop].manners.lags && !world.shops[shop].clock_was_set;
        // A 403 after a write gives it to a person while it may have arrived.
        let was_given_up = world.faults.contains_key("a 403 to a read");
        let told = echo(kept, desk.number, &lines).filter(|_| is_certain && !was_given_up);
        let told = told.filter(|(field, _)| {
            let place = Place { desk: desk.number, shop, id, field: field.clone() };
            // What a person let go of after it had arrived is the store's.
            world.ledger.chains.get(&place).is_some_and(|chain| chain.acts as usize == chain.typed.len())
        });
        if let Some((_, words)) = told {
            world.violate("I11 echo silence", format!("{id} at desk {}: {words}", desk.number));
        }
    }
    Ok(())
}

/// A line that tells as the store's change what only this desk ever wrote.
fn echo(kept: &Kept, desk: usize, lines: &[history::HistoryEntry]) -> Option<(Field, String)> {
    let told = lines.iter().filter(|line| line.source == "store");
    told.filter_map(|line| Some((line, line.field.parse::<Field>().ok()?))).find_map(|(line, field)| {
        if matches!(field, Field::Address(_)) {
            return None;
        }
        let past = kept.values.get(&field)?;
        let mut same = past.iter().filter(|was| was.value.identical(&line.after)).peekable();
        same.peek()?;
        let is_ours = same.all(|was| was.author == Author::Desk(desk));
        is_ours.then(|| {
            let words = format!("{} is told as the store's: {:?}", line.field, line.after.display());
            (field, words)
        })
    })
}

/// I11: nothing is sent again and again.
fn sent_often(party: &Arc<Party>, desk: &Arc<Desk>) {
    let mut world = party.world();
    let often = world
        .ledger
        .chains
        .iter()
        .find(|(place, chain)| place.desk == desk.number && chain.sent > 6 * (chain.acts + 2));
    if let Some((place, chain)) = often {
        let words =
            format!("{} of {} went out {} times for {} acts", place.field, place.id, chain.sent, chain.acts);
        world.violate("I11 no ping-pong", words);
    }
}
