//! What happens while a request is on its way: people type, others change the store, time passes, another desk works.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use clientela_domain::{CustomerRecord, Field, FieldValue, Presence};
use clientela_sync::{StoreReport, SyncOptions, sync_store};

use crate::desk::Desk;
use crate::party::Party;
use crate::shop::Author;
use crate::world::World;
use crate::{people, texts};

/// A store does not grow by more than this: time in it passes by requests, and a larger one takes more of them.
const MOST_MORE: usize = 12;

/// Lets something happen now and then. Whatever it is, it has ended when this ends.
pub(crate) fn meanwhile(party: &Arc<Party>, desk: &Arc<Desk>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let (party, desk) = (party.clone(), desk.clone());
    Box::pin(async move {
        let what = {
            let mut world = party.world();
            let bustle = world.scene.bustle;
            if world.is_calm || !world.tape.chance(bustle) {
                return;
            }
            world.tape.below(8)
        };
        match what {
            0 | 1 => foreign(&mut party.world()),
            2 | 3 => people::work(&party, &desk).await,
            4 => people::look(&party, &desk).await,
            5 => other_desk(party.clone(), desk.number).await,
            6 => {
                let mut world = party.world();
                let wait = Duration::from_secs(u64::from(world.tape.below(90)));
                world.now += wait;
            }
            _ => clocks(&party),
        }
    })
}

/// A future of its own kind: the compiler cannot see through a world that stands inside itself.
fn other_desk(party: Arc<Party>, desk: usize) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        let others: Vec<Arc<Desk>> =
            party.desks().into_iter().filter(|other| other.number != desk && !other.is_busy()).collect();
        let Some(other) = others.first() else { return };
        let (shop, push_only) = {
            let mut world = party.world();
            let shops = world.shops.len() as u32;
            (world.tape.below(shops) as usize, world.tape.chance(60))
        };
        let Ok(session) = other.session(shop).await else { return };
        let options = SyncOptions { full: false, push_only };
        party.world().say(|| format!("desk {} works meanwhile", other.number));
        let work: Pin<Box<dyn Future<Output = StoreReport> + Send>> =
            Box::pin(async move { sync_store(&session, options).await });
        // How it ended is judged by what it left behind.
        drop(other.run(work).await);
    })
}

/// Clocks are set, at stores and on walls.
pub(crate) fn clocks(party: &Arc<Party>) {
    let desks = party.desks();
    let mut world = party.world();
    if world.tape.chance(50) {
        let place = world.tape.below(desks.len() as u32) as usize;
        let hours = i64::from(world.tape.below(49)) - 24;
        world.fault("a wall clock set");
        drop(world);
        if let Some(desk) = desks.get(place) {
            desk.set_wall_off(TimeDelta::hours(hours));
        }
    } else {
        let shops = world.shops.len() as u32;
        let place = world.tape.below(shops) as usize;
        let seconds = i64::from(world.tape.below(121)) - 60;
        world.fault("a store's clock set");
        world.shops[place].clock_off = TimeDelta::seconds(seconds);
        world.shops[place].clock_was_set = true;
    }
}

/// Somebody changes a store.
pub(crate) fn foreign(world: &mut World) {
    let at_hand = world.goes_on();
    let shops = world.shops.len() as u32;
    let shop = match &at_hand {
        Some(at_hand) => at_hand.shop,
        None => world.tape.below(shops) as usize,
    };
    let alive = world.shops[shop].alive();
    let lag = Duration::from_millis(u64::from(world.tape.below(60_000)));
    let now = world.now;
    let what = world.tape.below(20);
    let who = world.tape.below(alive.len() as u32) as usize;
    let Some(&id) = alive.get(who) else {
        create(world, shop, None, lag);
        return;
    };
    let id = at_hand.map(|at_hand| at_hand.id).filter(|id| alive.contains(id)).unwrap_or(id);
    match what {
        0..=10 => {
            let Some((field, value)) = texts::foreign(world, shop, id) else { return };
            world.say(|| format!("  store {shop} changes {id}: {field} to {:?}", value.display()));
            world.shops[shop].change(id, &[(field, value)], Author::Foreign, now, lag);
        }
        11 | 12 => {
            // Somebody takes a change back.
            let Some((field, value)) = texts::earlier(world, shop, id) else { return };
            world.say(|| format!("  store {shop} takes back {id}: {field} to {:?}", value.display()));
            world.shops[shop].change(id, &[(field, value)], Author::Foreign, now, lag);
        }
        // Every request of a pass lets somebody come; without an end to it, a pass over pages of one never had one.
        13 | 14 if alive.len() >= world.scene.shops[shop].customers as usize + MOST_MORE => {}
        13 | 14 => create(world, shop, None, lag),
        15 => {
            world.fault("a deletion");
            world.say(|| format!("  store {shop} deletes {id}"));
            world.shops[shop].delete(id, now, lag);
        }
        16 => {
            let gone: Vec<u64> =
                world.shops[shop].records.keys().copied().filter(|id| !alive.contains(id)).collect();
            if let Some(&id) = gone.first() {
                world.fault("an id used again");
                create(world, shop, Some(id), lag);
            }
        }
        17 => {
            world.fault("a date without a change");
            world.shops[shop].touch(id, now, lag);
        }
        _ => {
            if let Some(kept) = world.shops[shop].records.get_mut(&id) {
                kept.masked = !kept.masked;
                let masked = kept.masked;
                world.fault("asterisks");
                world.say(|| format!("  store {shop} shows {id} masked: {masked}"));
            }
        }
    }
}

/// A new customer of a store.
pub(crate) fn create(world: &mut World, shop: usize, reuse: Option<u64>, lag: Duration) {
    let now = world.now;
    world.texts += 1;
    let n = world.texts;
    let mut record = CustomerRecord::default();
    let able = world.shops[shop].manners.able;
    for (field, _) in able.fields {
        let value = match field {
            Field::FirstName | Field::LastName | Field::Company => FieldValue::Text(format!("s{shop}c{n}")),
            Field::Email => FieldValue::Text(format!("s{shop}c{n}@x.example")),
            Field::Phone => FieldValue::Text(texts::phone(n)),
            Field::Note => FieldValue::Text(format!("first s{shop}n{n}\nlast s{shop}n{n}")),
            Field::Role => FieldValue::Text(able.roles.last().copied().unwrap_or_default().to_owned()),
            Field::IsActive | Field::AcceptsMarketing => FieldValue::Flag(true),
            _ => continue,
        };
        record.set_field(field, &value);
    }
    if able.extra.is_writable() {
        record.set_field(&Field::Extra("colour".to_owned()), &FieldValue::Text(format!("s{shop}x{n}")));
    }
    if let Some(segment) = able.segments.first() {
        record.segment = Presence::Value((*segment).to_owned());
    }
    let id = world.shops[shop].create(record, reuse, now, lag);
    world.say(|| format!("  store {shop} has a new customer {id}"));
}
