//! Whether a desk has heard of what happened at a store, judged after a pass that reached its end.

use std::cmp::Ordering;
use std::sync::Arc;

use anyhow::Result;
use chrono::TimeDelta;
use clientela_database::table::mirror::{self, Mirror};
use clientela_domain::capability::ChangeFeed;
use clientela_domain::{CustomerRecord, Field, FieldValue, RemoteId};

use crate::desk::Desk;
use crate::judge::LONGEST_LAG;
use crate::party::Party;
use crate::scene::{Dated, Order, Total};
use crate::world::World;

/// I5: a pass over changes that reached its end has brought everything that had happened before it began.
pub(crate) async fn after_pass(party: &Arc<Party>, desk: &Arc<Desk>, shop: usize) -> Result<()> {
    let database = desk.database();
    let mut connection = database.read().await?;
    let (began, ids): (std::time::Duration, Vec<u64>) = {
        let mut world = party.world();
        let manners = &world.shops[shop].manners;
        let may_miss = manners.order != Order::ById
            || manners.able.change_feed != ChangeFeed::UpdatedSince
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
        let is_due = kept.changed_at() + LONGEST_LAG < began && !kept.masked;
        // Nothing tells when asterisks go: the change behind them was listed as it is told here, and no later list of changes has
        // it. Only a list of everybody brings it, and that is judged at rest.
        let shown = world.ledger.shown.get(&(desk.number, shop));
        let was_hidden = shown.is_some_and(|shown| shown.saw_only_asterisks(id, truth));
        // It was asked for by its id and was not shown: the next pass asks again.
        let was_turned_down = shown.is_some_and(|shown| shown.cannot_read(id));
        if !is_due
            || was_hidden
            || was_turned_down
            || world.ledger.maybe_erased.contains(&(desk.number, shop, id))
        {
            continue;
        }
        let differs = match &mirror {
            None => Some("nobody".to_owned()),
            Some(mirror) if looks_older(&world, desk.number, shop, truth, mirror) => None,
            Some(mirror) => difference(&world, shop, truth, &mirror.record),
        };
        if let Some(differs) = differs {
            let words = format!("desk {} has not heard of {id} after a pass: {differs}", desk.number);
            world.violate("I5 no missed update", words);
        }
    }
    Ok(())
}

/// The store's clock was set back: what it shows now is taken for older than what is known, and nobody can tell it from a copy that
/// lags behind before so long has passed that none does.
fn looks_older(world: &World, desk: usize, shop: usize, truth: &CustomerRecord, mirror: &Mirror) -> bool {
    let began = world.ledger.shown.get(&(desk, shop)).and_then(|shown| shown.first_pages.last().copied());
    let (Some(shown_at), Some(began)) = (mirror.shown_at, began) else {
        // A store that tells no time leaves nothing but a clock that somebody may have set.
        return mirror.record.updated_at.value() > truth.updated_at.value();
    };
    world.shops[shop].clock_was_set
        && match mirror.record.updated_at.value().cmp(&truth.updated_at.value()) {
            Ordering::Greater => began - shown_at <= TimeDelta::minutes(11),
            Ordering::Equal => began < shown_at,
            Ordering::Less => false,
        }
}

/// What a mirror shows otherwise than the truth.
pub(crate) fn difference(
    world: &World,
    shop: usize,
    truth: &CustomerRecord,
    mirror: &CustomerRecord,
) -> Option<String> {
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
