//! What a history leaves behind on every disk, said as a fingerprint: two tellings of one seed have to leave the same. Moments by
//! the clock on the wall are left out; they differ where somebody had set it.

use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use anyhow::{Context, Result};
use clientela_database::table::{edit, history, mirror, store};
use clientela_domain::RemoteId;

use crate::desk::Desk;
use crate::party::Party;

const ALL: i64 = 100_000;

/// Says what every desk has.
pub(crate) async fn say(party: &Arc<Party>) -> Result<()> {
    for desk in party.desks() {
        let fingerprint = fingerprint(party, &desk).await?;
        party.world().say(|| format!("desk {} is left with {fingerprint:016x}", desk.number));
    }
    Ok(())
}

async fn fingerprint(party: &Arc<Party>, desk: &Arc<Desk>) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    let mut add = |words: String| hasher.write(words.as_bytes());
    let database = desk.database();
    let mut connection = database.read().await?;
    let shops = party.world().shops.len();
    for shop in 0..shops {
        let id = desk.store(shop);
        let row = store::find(&mut connection, id).await?.context("the store is connected")?;
        add(format!("{:?} {:?}", row.changes_since, row.customers_at_store));
        let everybody: Vec<u64> = party.world().shops[shop].records.keys().copied().collect();
        for remote in everybody {
            let remote = RemoteId::new(remote.to_string());
            let Some(known) = mirror::find_remote(&mut connection, id, &remote).await? else { continue };
            add(format!("{:?} {} {:?}", known.record, known.gone, known.shown_at));
            for line in history::newest(&mut connection, known.customer, ALL).await? {
                add(format!("{} {} {:?} {:?}", line.source, line.field, line.before, line.after));
            }
        }
    }
    for edit in edit::all(&mut connection).await? {
        add(format!("{} {:?} {:?} {:?} {:?}", edit.field, edit.base, edit.mine, edit.state, edit.unanswered));
    }
    Ok(hasher.finish())
}
