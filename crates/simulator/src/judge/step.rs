//! What is judged after every step: nothing that was typed is lost, and nobody disappears or comes back who should not.

use std::sync::Arc;

use anyhow::{Context, Result};
use clientela_database::table::edit::{Edit, EditState};
use clientela_database::table::{history, mirror, store};
use clientela_domain::{Address, Field, FieldValue, RemoteId};

use super::{LONGEST_LAG, edits, has_clock};
use crate::desk::Desk;
use crate::ledger::{Chain, Place, holds, is_rest};
use crate::party::Party;
use crate::scene::Dated;
use crate::shop::{Author, Kept};

/// Looks at every desk that did something in a step.
pub(crate) async fn after_step(party: &Arc<Party>) -> Result<()> {
    for desk in party.desks().into_iter().filter(|desk| desk.take_changed()) {
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
        asked_about_own(party, &desk, &edits);
        records(party, &desk).await?;
    }
    Ok(())
}

/// I11: nobody is asked about a text of their own that has arrived. What a lagging copy shows may be older than it, and whoever began
/// anew has forgotten what left.
fn asked_about_own(party: &Arc<Party>, desk: &Arc<Desk>, edits: &[(usize, u64, Edit)]) {
    let mut world = party.world();
    for (shop, id, edit) in edits {
        let EditState::Conflict { theirs } = &edit.state else { continue };
        // Of some fields many texts are alike.
        let is_told_apart = matches!(
            edit.field,
            Field::FirstName | Field::LastName | Field::Company | Field::Email | Field::Note
        );
        // What was there before it left may have been put back.
        let is_begun_on = edit.base.identical(theirs);
        // And so may have been what a later text, which has left, had gone over.
        let another_has_left = edit.unanswered.as_ref().is_some_and(|sent| !sent.identical(theirs));
        if !is_told_apart
            || is_begun_on
            || another_has_left
            || world.shops[*shop].manners.lags
            || world.ledger.made_anew.contains(&desk.number)
        {
            continue;
        }
        let place = world.place(desk.number, *shop, *id, &edit.field);
        let went_on = world.ledger.chains.get(&place).is_some_and(|chain| chain.went_on_from(theirs));
        let Some(kept) = world.shops[*shop].records.get(id).filter(|_| went_on) else { continue };
        let past = kept.values.get(&edit.field).map(Vec::as_slice).unwrap_or_default();
        let mut same = past.iter().filter(|was| was.value.identical(theirs)).peekable();
        if same.peek().is_some() && same.all(|was| was.author == Author::Desk(desk.number)) {
            let words =
                format!("desk {} asks about {} of {id}: {:?}", desk.number, edit.field, theirs.display());
            world.violate("I11 no question about a text of one's own", words);
        }
    }
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
    // A new address that is asked about and what the person makes of the one at the store are two edits of one place.
    {
        let world = party.world();
        let is_this = |(shop, id, edit): &&(usize, u64, Edit)| {
            world.place(place.desk, *shop, *id, &edit.field) == *place
        };
        let of_note = world.shops[place.shop].records.get(&place.id).and_then(|kept| kept.values.get(field));
        let of_note = of_note.map(Vec::as_slice).unwrap_or_default();
        let keeps = |value: &FieldValue| {
            holds(field, typed, value) || is_rest(field, typed, value, &chain.typed, of_note)
        };
        if edits.iter().filter(is_this).any(|(_, _, edit)| keeps(&edit.mine)) {
            return Ok(Whereabouts::Here);
        }
        let kept = world.shops[place.shop].records.get(&place.id);
        let mut past = kept
            .into_iter()
            .flat_map(|kept| kept.values.iter())
            .filter(|(other, _)| *other == field || (is_new(field) && matches!(other, Field::Address(_))));
        // What was there when it was typed counts too: then there was nothing to send. So does what a lagging copy without dates
        // shows as there, or one whose age only a clock on a wall tells that somebody has set.
        let manners = &world.shops[place.shop].manners;
        let is_dated = manners.dated == Dated::EveryChange && has_clock(&world, place.shop);
        let is_blurred = manners.lags && !is_dated;
        // A lagging copy that is newer than what is known, and still from before the typing, shows that there is nothing to send.
        let from = if manners.lags { typed.at.saturating_sub(LONGEST_LAG) } else { typed.at };
        let since = |past: &[crate::shop::Was]| match is_blurred {
            true => 0,
            false => past.iter().rposition(|was| was.at <= from).unwrap_or(0),
        };
        // And before a new address was everywhere, such a copy shows that it is gone already.
        let names = match world.shops[place.shop].names_of(field) {
            names if names.is_empty() => vec![field],
            names => names,
        };
        let first = |name: &&Field| kept.and_then(|kept| kept.values.get(*name)?.first());
        let begins = names.iter().filter_map(first).map(|first| first.at).max();
        let was_young = begins.is_some_and(|at| typed.at <= at + LONGEST_LAG);
        let is_removal = typed.value == FieldValue::Null && matches!(field, Field::Address(_));
        if is_blurred && is_removal && was_young {
            return Ok(Whereabouts::There);
        }
        let is_typed = |was: &crate::shop::Was| match was.author {
            Author::Desk(desk) if desk == place.desk => keeps(&was.value),
            _ => holds(field, typed, &was.value),
        };
        if past.any(|(_, past)| past[since(past)..].iter().any(is_typed))
            || names.iter().all(|name| past_is_now(kept, name, typed))
        {
            return Ok(Whereabouts::There);
        }
        // Whoever goes back to what was there before their own texts wants none of them; what somebody else has put there is no question.
        let is_of_others = kept
            .and_then(|kept| kept.marks.get(field))
            .is_some_and(|mark| mark.author != Author::Desk(place.desk));
        if is_of_others && chain.has_gone_back() {
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
    // What was sent may have the store's own lines or parts in it. An address that was made here is told by the store's name later.
    let is_of_this = |line: &history::HistoryEntry| {
        let world = party.world();
        let names = world.shops[place.shop].names_of(field);
        names.into_iter().chain([field]).any(|name| line.field == name.to_string())
    };
    let altered = lines.iter().any(|line| {
        line.source == "altered_by_store" && is_of_this(line) && holds(field, typed, &line.before)
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
        let mut live = 0;
        for id in ids {
            let remote = RemoteId::new(id.to_string());
            let mirror = mirror::find_remote(&mut connection, desk.store(shop), &remote).await?;
            let mut world = party.world();
            let Some(mirror) = mirror else { continue };
            if world.ledger.erased.contains(&(desk.number, shop, id)) {
                world.violate("I19 erasure", format!("{id} came back to desk {}", desk.number));
            }
            let was_deleted = world.shops[shop].records.get(&id).is_some_and(|kept| kept.was_ever_deleted);
            live += usize::from(!mirror.gone);
            // A desk that began anew knows few, and cannot tell another store from a deletion.
            let cannot_tell = world.ledger.made_anew.contains(&desk.number)
                && world.faults.contains_key("another store answers");
            if mirror.gone && !was_deleted && !cannot_tell && has_clock(&world, shop) {
                world
                    .violate("I6 no false delete", format!("desk {} lost {id} of store {shop}", desk.number));
            }
        }
        let row = store::find(&mut connection, desk.store(shop)).await?.context("the store is connected")?;
        let mut world = party.world();
        let shown = world.ledger.shown(desk.number, shop);
        shown.live = live;
        let before = std::mem::replace(&mut shown.changes_since, row.changes_since);
        let latest = shown.read_to_the_end;
        if row.changes_since < before {
            world
                .violate("I8 the cursor", format!("it goes back from {before:?} to {:?}", row.changes_since));
        }
        if row.changes_since > latest {
            world.violate(
                "I8 the cursor",
                format!("{:?} is after every pass that has ended began", row.changes_since),
            );
        }
    }
    Ok(())
}
