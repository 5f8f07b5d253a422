//! The invariants, judged from what people did, what the stores truly hold and what every desk has. Names and numbers are those
//! of `docs/sync.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::{customer, history, mirror, store};
use clientela_domain::{Address, CustomerRecord, Field, FieldValue, RemoteId};

use crate::desk::Desk;
use crate::heard::difference;
use crate::ledger::{Chain, Place, holds};
use crate::line::{number, words_of_changes};
use crate::party::Party;
use crate::scene::{Dated, DeletedAnswer};
use crate::shop::{Author, Kept};
use crate::world::World;

/// After this long, every copy of a store shows what was changed.
pub(crate) const LONGEST_LAG: std::time::Duration = std::time::Duration::from_secs(61);

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
    if is_of_another_store(world, shop, &words) {
        world.violate("I18 no cross-store flow", format!("{id} of store {shop} is written: {words}"));
    }
    if world.ledger.erased.contains(&(desk, shop, id)) {
        world.violate("I19 erasure", format!("{id} was erased and is written: {words}"));
    }
    for (field, value) in changes {
        let place = world.place(desk, shop, id, field);
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
        let arrivals = arrivals(kept, desk, field, value);
        let shown = world.ledger.shown(desk, shop);
        let written_on = shown.written_on.get(&(id, field.clone())).copied().flatten();
        let Some(fetched) = shown.fetched.get(&id).cloned() else { continue };
        if fetched.marks.get(field) != Some(&mark.number) {
            world.ledger.window_overwrites += 1;
            world.say(|| format!("  goes over {field} in the window"));
            continue;
        }
        let place = world.place(desk, shop, id, field);
        if fetched.lagging {
            world.ledger.lag_overwrites += 1;
            world.ledger.lag_overwritten.insert(place);
            continue;
        }
        let Some(chain) = world.ledger.chains.get(&place) else { continue };
        let words = || format!("{field} of {id}: {:?} goes over {:?}", value.display(), current.display());
        if !chain.may_go_over(field, &current, value) {
            let words = words();
            world.violate("I2 no silent overwrite", words);
            continue;
        }
        // Ours had arrived, somebody put the old value back, and it is written again.
        let can_tell = tells_changes_of(world, shop, field)
            && fetched.dated.zip(written_on).is_some_and(|(shown, written)| shown > written);
        if can_tell && arrivals.iter().any(|at| (chain.acted_at..=mark.at).contains(at)) {
            let words = words();
            world.violate("I2 what was taken back stays", words);
        }
    }
    if world.shops[shop].records.get(&id).is_none_or(|kept| kept.truth().is_none()) {
        return;
    }
    let shown = world.ledger.shown(desk, shop);
    let dated = shown.fetched.get(&id).and_then(|fetched| fetched.dated);
    shown.written_on.extend(changes.iter().map(|(field, _)| ((id, field.clone()), dated)));
}

/// When this value of ours arrived.
fn arrivals(kept: &Kept, desk: usize, field: &Field, value: &FieldValue) -> Vec<std::time::Duration> {
    let past = kept.values.get(field).into_iter().flatten();
    let ours = past.filter(|was| was.author == Author::Desk(desk) && was.value.equivalent(value, field));
    ours.map(|was| was.at).collect()
}

/// Every text tells the store that it was made for.
fn is_of_another_store(world: &World, shop: usize, words: &str) -> bool {
    let words = words.to_lowercase();
    let others = (0..world.shops.len()).filter(|other| *other != shop);
    others.map(|other| format!("s{other}")).any(|mark| {
        let mut found = words.match_indices(&mark).map(|(at, _)| &words[at + mark.len()..]);
        found.any(|rest| rest.starts_with(|next: char| next.is_ascii_lowercase()))
    })
}

/// Whether records show by their date that this field was changed.
fn tells_changes_of(world: &World, shop: usize, field: &Field) -> bool {
    match world.shops[shop].manners.dated {
        Dated::EveryChange => true,
        Dated::NotAddresses => !matches!(field, Field::Address(_) | Field::Note),
        Dated::Never => false,
    }
}

/// Whether a desk can tell how much time has passed at a store. Where that tells no time, all that is left is a clock that somebody
/// may have set.
fn has_clock(world: &World, shop: usize) -> bool {
    world.shops[shop].manners.tells_time || !world.faults.contains_key("a wall clock set")
}

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
    let is_this = |(shop, id, edit): &&(usize, u64, Edit)| {
        party.world().place(place.desk, *shop, *id, &edit.field) == *place
    };
    // A new address that is asked about and what the person makes of the one at the store are two edits of one place.
    if edits.iter().filter(is_this).any(|(_, _, edit)| holds(field, typed, &edit.mine)) {
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
        // shows as there, or one whose age only a clock on a wall tells that somebody has set.
        let manners = &world.shops[place.shop].manners;
        let is_dated = manners.dated == Dated::EveryChange && has_clock(&world, place.shop);
        let is_blurred = manners.lags && !is_dated;
        let since = |past: &[crate::shop::Was]| match is_blurred {
            true => 0,
            false => past.iter().rposition(|was| was.at <= typed.at).unwrap_or(0),
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
        if past.any(|(_, past)| past[since(past)..].iter().any(|was| holds(field, typed, &was.value)))
            || names.iter().all(|name| past_is_now(kept, name, typed))
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
    // What was sent may have the store's own lines or parts in it.
    let altered = lines.iter().any(|line| {
        line.source == "altered_by_store" && line.field == name && holds(field, typed, &line.before)
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
            if mirror.gone && !was_deleted && has_clock(&world, shop) {
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
            made_once(&mut party.world(), shop);
        }
        let problems = desk.database().check().await?;
        if !problems.is_empty() {
            let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
            party.world().violate("I20 index and table", words.join("; "));
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
        let edits = match &mirror {
            Some(mirror) => edit::of_customer(&mut connection, mirror.customer).await?,
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
        if let Some(mirror) = &mirror
            && is_of_another_store(&world, shop, &format!("{:?}", mirror.record))
        {
            let words = format!("desk {} has {id} of store {shop} with another's texts", desk.number);
            world.violate("I18 no cross-store flow", words);
        }
        if !world.ledger.made_anew.contains(&desk.number)
            && let Some(mirror) = &mirror
            && let Some(words) = untold(&lines, &mirror.record, |field| {
                // What an edit of ours did to it is told when the edit ends.
                let is_open = edits.iter().any(|edit| edit.field == *field);
                is_open || world.shops[shop].is_hidden(field)
            })
        {
            for line in lines.iter().rev() {
                world.say(|| told_line(line));
            }
            world.violate("I21 one line each", format!("{id} at desk {}: {words}", desk.number));
        }
        let Some(kept) = world.shops[shop].records.get(&id) else { continue };
        // From a lagging copy without dates, or with dates of a clock that was set, a change and its undoing look alike.
        // How long ago that was, where a store tells no time, only a clock on a wall says, and somebody may have set it.
        let dates_tell = world.shops[shop].manners.dated == Dated::EveryChange
            && !world.shops[shop].clock_was_set
            && has_clock(&world, shop);
        let is_certain = dates_tell || !world.shops[shop].manners.lags && !world.shops[shop].clock_was_set;
        let was_unanswered =
            world.ledger.shown.get(&(desk.number, shop)).is_some_and(|shown| shown.unanswered.contains(&id));
        // What a store made of a text, and the answer that said so was lost or an old copy gave it: it is neither what was there nor
        // what was sent, and looks like somebody else's.
        let is_another = |field: &Field, value: &FieldValue| {
            let place = world.place(desk.number, shop, id, field);
            world.ledger.chains.get(&place).is_some_and(|chain| !chain.was_typed(field, value))
        };
        // Dates are whole seconds: of two versions of one second, a lagging copy shows the first one as if it came last, and then
        // the last one comes again.
        let lags = world.shops[shop].manners.lags;
        let is_of_one_second = |field: &Field, value: &FieldValue| {
            let past = kept.values.get(field).map(Vec::as_slice).unwrap_or_default();
            let mut same = past.iter().filter(|was| was.value.identical(value));
            same.any(|was| kept.changed_twice_in(was.at.as_secs()))
        };
        // A change that an old copy hid from us and our own text went over: a copy that shows just that change in answer seems to say
        // what the store made of our text, and then ours comes after it.
        let was_hidden =
            |field: &Field| world.ledger.lag_overwritten.contains(&world.place(desk.number, shop, id, field));
        let told = echo(kept, desk.number, &lines, |field, value| {
            was_unanswered && is_another(field, value)
                || lags && is_of_one_second(field, value)
                || was_hidden(field)
        });
        // Whoever began anew may be shown by an old copy what was there before the own change, and the change as a new one after it.
        let has_begun_on_old = lags && world.ledger.made_anew.contains(&desk.number);
        let told = told.filter(|_| is_certain && !has_begun_on_old);
        let told = told.filter(|(field, _)| {
            let place = world.place(desk.number, shop, id, field);
            // What a person let go of after it had arrived is the store's.
            world.ledger.chains.get(&place).is_some_and(|chain| chain.acts as usize == chain.typed.len())
        });
        if let Some((_, words)) = told {
            world.violate("I11 echo silence", format!("{id} at desk {}: {words}", desk.number));
        }
    }
    Ok(())
}

/// A change of a field that the timeline tells twice, or not at all.
fn untold(
    lines: &[history::HistoryEntry],
    record: &CustomerRecord,
    is_excused: impl Fn(&Field) -> bool,
) -> Option<String> {
    let mut last: BTreeMap<&str, &history::HistoryEntry> = BTreeMap::new();
    let is_of_store =
        |line: &&history::HistoryEntry| ["store", "sent", "altered_by_store"].contains(&line.source.as_str());
    // The newest is the first.
    for line in lines.iter().rev().filter(is_of_store) {
        let is_address = matches!(line.field.parse::<Field>(), Ok(Field::Address(_)));
        if !is_address && line.before.identical(&line.after) {
            return Some(format!(
                "{} is told as changed and was not: {:?}",
                line.field,
                line.after.display()
            ));
        }
        let before = last.insert(&line.field, line);
        let is_again = before.is_some_and(|before| before.after.identical(&line.after));
        if !is_address && is_again && line.source == "store" {
            return Some(format!("{} is told twice: {:?}", line.field, line.after.display()));
        }
    }
    last.into_values().find_map(|line| {
        let field = line.field.parse::<Field>().ok();
        let field = field.filter(|field| !matches!(field, Field::Address(_)) && !is_excused(field))?;
        let now = record.field(&field).into_value().unwrap_or(FieldValue::Null);
        let is_told = now.identical(&line.after) || now.equivalent(&line.after, &field);
        (!is_told).then(|| {
            let (told, now) = (line.after.display(), now.display());
            format!("{field} is {now:?} and was last told as {told:?} ({})", line.source)
        })
    })
}

fn told_line(line: &history::HistoryEntry) -> String {
    let (before, after) = (line.before.display(), line.after.display());
    format!("  {} {} {}: {before:?} to {after:?}", line.at, line.source, line.field)
}

/// A line that tells as the store's change what only this desk ever wrote.
fn echo(
    kept: &Kept,
    desk: usize,
    lines: &[history::HistoryEntry],
    is_excused: impl Fn(&Field, &FieldValue) -> bool,
) -> Option<(Field, String)> {
    let told = lines.iter().filter(|line| line.source == "store");
    told.filter_map(|line| Some((line, line.field.parse::<Field>().ok()?))).find_map(|(line, field)| {
        if matches!(field, Field::Address(_)) || is_excused(&field, &line.after) {
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

/// I11: an address that somebody made once is at the store once. A copy that lags behind and does not show it leads to a second one.
fn made_once(world: &mut World, shop: usize) {
    let of = &world.shops[shop];
    if of.manners.lags {
        return;
    }
    for (id, kept) in &of.records {
        let list =
            kept.truth().and_then(|truth| truth.addresses.value()).map(Vec::as_slice).unwrap_or_default();
        let mut made = BTreeSet::new();
        for address in list {
            let name = Field::Address(address.key.clone());
            let first = of.first_name_of(&name);
            if *first != name && !made.insert(first.clone()) {
                let words = format!("{first} of {id} is there twice");
                world.violate("I11 made once", words);
                return;
            }
        }
    }
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
