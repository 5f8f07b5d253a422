//! One history: a world is drawn, steps are taken in it, everything calms down, and what is left is judged.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use chrono::TimeDelta;
use clientela_sync::{StoreReport, SyncOptions, fill_details, sync_store};

use crate::desk::{Desk, Template};
use crate::party::Party;
use crate::tape::Tape;
use crate::world::{Violation, World};
use crate::{bustle, heard, judge, people, remains};

/// Longer than any copy of a store lags behind, and than anybody takes "not there" for a hiccup.
const A_WHILE: Duration = Duration::from_secs(15 * 60);

/// How a history is to be told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Telling {
    /// Keep every line of what happened.
    pub keeps_lines: bool,
    /// All wall clocks are off by this from the beginning.
    pub wall_off: TimeDelta,
}

/// A history that was told.
#[derive(Debug)]
pub struct Told {
    pub violation: Option<Violation>,
    /// The same history has the same fingerprint.
    pub trace: u64,
    pub lines: Vec<String>,
    /// The choices that were made.
    pub choices: Vec<u32>,
    pub faults: BTreeMap<&'static str, u64>,
    pub calls: u64,
    pub window_overwrites: u64,
    pub lag_overwrites: u64,
}

/// Tells one history.
pub async fn tell(tape: Tape, template: &Template, scratch: &Path, telling: Telling) -> Result<Told> {
    let party = Party::new(World::new(tape, telling.keeps_lines), scratch.to_owned());
    let desks = party.world().scene.desks;
    people_shops(&party);
    for number in 0..desks {
        party.seat(Desk::begin(number, &party, template, telling.wall_off).await?);
    }
    let steps = party.world().scene.steps;
    for number in 0..steps {
        step(&party, number).await?;
        judge::after_step(&party).await?;
        if party.world().violation.is_some() {
            break;
        }
    }
    if party.world().violation.is_none() {
        rest(&party).await?;
    }
    remains::say(&party).await?;
    party.close().await;
    let mut world = party.world();
    Ok(Told {
        violation: world.violation.clone(),
        trace: world.trace(),
        lines: world.lines(),
        choices: world.tape.drawn().to_vec(),
        faults: std::mem::take(&mut world.faults),
        calls: world.calls,
        window_overwrites: world.ledger.window_overwrites,
        lag_overwrites: world.ledger.lag_overwrites,
    })
}

/// Everybody who is there from the beginning.
fn people_shops(party: &Arc<Party>) {
    let mut world = party.world();
    for shop in 0..world.shops.len() {
        for _ in 0..world.shops[shop].manners.customers {
            bustle::create(&mut world, shop, None, Duration::ZERO);
        }
    }
    world.now += A_WHILE;
}

async fn step(party: &Arc<Party>, number: u32) -> Result<()> {
    let (what, desk, shop) = {
        let mut world = party.world();
        let what = world.tape.below(24);
        let (desks, shops) = (world.scene.desks as u32, world.shops.len() as u32);
        let (desk, shop) = (world.tape.below(desks), world.tape.below(shops));
        world.say(|| format!("step {number}: {what} at desk {desk}, store {shop}"));
        (what, desk as usize, shop as usize)
    };
    let desks = party.desks();
    let desk = &desks[desk];
    match what {
        0..=4 => sync(party, desk, shop, SyncOptions::default()).await?,
        5..=9 => drop(desk.run(people::work(party, desk)).await?),
        10 | 11 => sync(party, desk, shop, SyncOptions { full: false, push_only: true }).await?,
        12 => sync(party, desk, shop, SyncOptions { full: true, push_only: false }).await?,
        13 => drop(desk.run(people::look(party, desk)).await?),
        14 => {
            let session = desk.session(shop).await?;
            let mut report = StoreReport::default();
            drop(desk.run(fill_details(&session, &mut report, 3)).await?);
        }
        15..=18 => bustle::foreign(&mut party.world()),
        19 | 20 => {
            let mut world = party.world();
            let longest = world.tape.pick(&[60_u32, 600, 7_200, 86_400 * 2, 86_400 * 90]);
            let wait = Duration::from_secs(u64::from(world.tape.below(longest)));
            world.say(|| format!("  {} s pass", wait.as_secs()));
            world.now += wait;
        }
        21 => bustle::clocks(party),
        22 => {
            let mut world = party.world();
            world.shops[shop].signed_out = false;
            world.say(|| format!("  somebody signs in to store {shop}"));
        }
        _ => {
            let spoilt = {
                let mut world = party.world();
                let kind = world.tape.pick(&["death at rest", "death at rest", BOOK_SPOILT, SECOND_SPOILT]);
                world.fault(kind);
                match kind {
                    BOOK_SPOILT => Some("clientela.db"),
                    SECOND_SPOILT => Some("clientela-second.db"),
                    _ => None,
                }
            };
            desk.spoil_at_death(spoilt);
            desk.run(desk.die()).await?;
        }
    }
    Ok(())
}

const BOOK_SPOILT: &str = "death that spoils the book";
const SECOND_SPOILT: &str = "death that spoils the second file";

async fn sync(party: &Arc<Party>, desk: &Arc<Desk>, shop: usize, options: SyncOptions) -> Result<()> {
    let session = desk.session(shop).await?;
    party.world().say(|| format!("desk {} syncs store {shop}, {options:?}", desk.number));
    let report = desk.run(Box::pin(sync_store(&session, options))).await?;
    let is_whole = report.as_ref().is_some_and(|report| report.stop.is_none());
    party.world().say(|| match &report {
        None => "  it died".to_owned(),
        Some(report) => format!(
            "  seen {} new {} changed {} gone {} pushed {} conflicts {} parked {} held back {} stop {:?}",
            report.seen,
            report.new,
            report.changed,
            report.gone,
            report.pushed,
            report.conflicts,
            report.parked,
            report.held_back,
            report.stop
        ),
    });
    if is_whole && !options.push_only {
        heard::after_pass(party, desk, shop).await?;
    }
    Ok(())
}

/// Nothing goes wrong any more: everything has to come to its end.
async fn rest(party: &Arc<Party>) -> Result<()> {
    {
        let mut world = party.world();
        world.is_calm = true;
        world.say(|| "everything calms down".to_owned());
        for shop in &mut world.shops {
            shop.signed_out = false;
            shop.send_elsewhere(Duration::ZERO);
        }
    }
    let full = SyncOptions { full: true, push_only: false };
    for options in [SyncOptions::default(), full, full, SyncOptions::default(), full] {
        all_sync(party, options).await?;
    }
    // A question that the last look at a customer has answered by itself.
    if judge::has_to_send(party).await? {
        all_sync(party, SyncOptions::default()).await?;
        all_sync(party, full).await?;
    }
    judge::at_rest(party).await
}

async fn all_sync(party: &Arc<Party>, options: SyncOptions) -> Result<()> {
    for desk in party.desks() {
        let shops = party.world().shops.len();
        for shop in 0..shops {
            party.world().now += A_WHILE;
            sync(party, &desk, shop, options).await?;
            judge::after_step(party).await?;
        }
    }
    Ok(())
}
