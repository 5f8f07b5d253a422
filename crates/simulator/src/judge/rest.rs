//! What is judged when everything is quiet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;
use clientela_database::table::edit::{self, Edit, EditState};
use clientela_database::table::{history, mirror};
use clientela_domain::{CustomerRecord, Field, FieldValue, RemoteId};

use super::{edits, has_clock, is_of_another_store};
use crate::desk::Desk;
use crate::heard::difference;
use crate::ledger::{Place, holds};
use crate::party::Party;
use crate::scene::{Dated, DeletedAnswer};
use crate::shop::{Author, Kept};
use crate::world::World;

/// When everything is quiet: what is there is here, and nothing is on its way.
pub(crate) async fn at_rest(party: &Arc<Party>) -> Result<()> {
    for desk in party.desks() {
        let edits = edits(&desk).await?;
        for (_, id, edit) in &edits {
            if is_to_send(edit) {
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
        taken_back(party, &desk, &edits);
    }
    Ok(())
}

/// Whether anything is still to be sent by anybody.
pub(crate) async fn has_to_send(party: &Arc<Party>) -> Result<bool> {
    for desk in party.desks() {
        if edits(&desk).await?.iter().any(|(_, _, edit)| is_to_send(edit)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_to_send(edit: &Edit) -> bool {
    matches!(edit.state, EditState::Pending | EditState::Sending { .. })
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
            let is_it = |at: &usize| past[*at].value.identical(value);
            // When it came and when something else came after it.
            let moments = (0..past.len()).filter(is_it).flat_map(|at| past[at..].iter().take(2));
            moments.into_iter().any(|was| kept.changed_twice_in(was.at.as_secs()))
        };
        // A change that an old copy hid from us and our own text went over: a copy that shows just that change in answer seems to say
        // what the store made of our text, and then ours comes after it.
        let was_hidden =
            |field: &Field| world.ledger.lag_overwritten.contains(&world.place(desk.number, shop, id, field));
        // Two texts of one person, one soon after the other: an edit knows the last one that left, and a lagging copy may show the
        // one before it in answer.
        let is_one_before = |field: &Field, value: &FieldValue| {
            let place = world.place(desk.number, shop, id, field);
            world.ledger.chains.get(&place).is_some_and(|chain| chain.was_typed_before_the_last(value))
        };
        let told = echo(kept, desk.number, &lines, |field, value| {
            was_unanswered && is_another(field, value)
                || lags && (is_of_one_second(field, value) || is_one_before(field, value))
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
            for line in lines.iter().rev() {
                world.say(|| told_line(line));
            }
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

/// I1: what a person took back before it was answered is not at the store, or they are told. A lagging copy shows what was there before
/// as if it had never arrived.
fn taken_back(party: &Arc<Party>, desk: &Arc<Desk>, edits: &[(usize, u64, Edit)]) {
    let mut world = party.world();
    let is_told = |place: &Place| {
        let is_this = |(shop, id, edit): &(usize, u64, Edit)| {
            world.place(desk.number, *shop, *id, &edit.field) == *place
        };
        edits.iter().any(is_this)
    };
    let stays = world.ledger.chains.iter().find_map(|(place, chain)| {
        let wanted = chain.wanted_back.as_ref().filter(|_| place.desk == desk.number)?;
        let shop = &world.shops[place.shop];
        if shop.manners.lags || shop.is_hidden(&place.field) || is_told(place) {
            return None;
        }
        let kept = shop.records.get(&place.id)?;
        let truth = kept.truth()?;
        let names = match shop.names_of(&place.field) {
            names if names.is_empty() => vec![&place.field],
            names => names,
        };
        names.into_iter().find_map(|name| {
            let value = truth.field(name).into_value().unwrap_or(FieldValue::Null);
            let is_ours = kept.marks.get(name).is_some_and(|mark| mark.author == Author::Desk(desk.number));
            let is_back = value.identical(wanted) || value.equivalent(wanted, name);
            // The text that was wanted back may be joined with what others wrote meanwhile; any other text of the person's has to go.
            let typed = chain.typed.iter().skip(chain.given_up);
            let mut others = typed.filter(|typed| !typed.value.identical(wanted));
            let is_still_typed = others.any(|typed| holds(name, typed, &value));
            // Somebody else may have written the very same, and a write of other fields brought it back over what came after.
            let past = kept.values.get(name).map(Vec::as_slice).unwrap_or_default();
            let is_of_others =
                past.iter().any(|was| was.author != Author::Desk(desk.number) && was.value.identical(&value));
            (is_ours && !is_back && is_still_typed && !is_of_others)
                .then(|| format!("{name} of {} is still {:?}", place.id, value.display()))
        })
    });
    if let Some(words) = stays {
        world.violate("I1 what was taken back goes", format!("desk {}: {words}", desk.number));
    }
}
