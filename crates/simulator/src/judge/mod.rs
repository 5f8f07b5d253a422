//! The invariants, judged from what people did, what the stores truly hold and what every desk has. Names and numbers are those
//! of `docs/sync.md`.

mod rest;
mod step;
mod writes;

use std::sync::Arc;

use anyhow::{Context, Result};
use clientela_database::table::customer;
use clientela_database::table::edit::{self, Edit};

pub(crate) use rest::{at_rest, has_to_send};
pub(crate) use step::after_step;
pub(crate) use writes::{before_write, write};

use crate::desk::Desk;
use crate::line::number;
use crate::world::World;

/// After this long, every copy of a store shows what was changed.
pub(crate) const LONGEST_LAG: std::time::Duration = std::time::Duration::from_secs(61);

/// Every text tells the store that it was made for.
fn is_of_another_store(world: &World, shop: usize, words: &str) -> bool {
    let words = words.to_lowercase();
    let others = (0..world.shops.len()).filter(|other| *other != shop);
    others.map(|other| format!("s{other}")).any(|mark| {
        let mut found = words.match_indices(&mark).map(|(at, _)| &words[at + mark.len()..]);
        found.any(|rest| rest.starts_with(|next: char| next.is_ascii_lowercase()))
    })
}

/// Whether a desk can tell how much time has passed at a store. Where that tells no time, all that is left is a clock that somebody
/// may have set.
fn has_clock(world: &World, shop: usize) -> bool {
    world.shops[shop].manners.tells_time || !world.faults.contains_key("a wall clock set")
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
