//! What is judged of every write: before it leaves, and as it arrives.

use clientela_domain::{CustomerRecord, Field, FieldValue};

use super::is_of_another_store;
use crate::line::{number, words_of_changes};
use crate::scene::Dated;
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
    if is_of_another_store(world, shop, &words) {
        world.violate("I18 no cross-store flow", format!("{id} of store {shop} is written: {words}"));
    }
    if world.ledger.erased.contains(&(desk, shop, id)) {
        world.violate("I19 erasure", format!("{id} was erased and is written: {words}"));
    }
    for (field, value) in changes {
        let place = world.place(desk, shop, id, field);
        let past = world.shops[shop].records.get(&id).and_then(|kept| kept.values.get(field));
        let past = past.map(Vec::as_slice).unwrap_or_default();
        let is_known = match world.ledger.chains.get_mut(&place) {
            Some(chain) => {
                chain.sent += 1;
                chain.is_known(field, value, past)
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

/// Whether records show by their date that this field was changed.
fn tells_changes_of(world: &World, shop: usize, field: &Field) -> bool {
    match world.shops[shop].manners.dated {
        Dated::EveryChange => true,
        Dated::NotAddresses => !matches!(field, Field::Address(_) | Field::Note),
        Dated::Never => false,
    }
}
