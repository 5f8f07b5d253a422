//! `clientela sync`.

use clientela_app::App;
use clientela_app::command::{Nothing, SyncRequest};
use clientela_app::error::ApiResult;
use clientela_app::{stores, sync};

use super::named;
use crate::exit::{self, Exit};
use crate::output::{Output, table};

pub(super) async fn run(app: &App, names: &[String], full: bool, output: Output) -> ApiResult<Exit> {
    let mut store_ids = Vec::with_capacity(names.len());
    for name in names {
        store_ids.push(named(app, name).await?.id);
    }
    let done = sync::start(app, SyncRequest { store_ids: store_ids.clone(), full }).await?;
    output.answer(&done, || {
        let rows: Vec<Vec<String>> = done
            .stores
            .iter()
            .map(|store| {
                let counts = [
                    store.seen,
                    store.new,
                    store.changed,
                    store.gone,
                    store.pushed,
                    store.conflicts,
                    store.parked,
                ];
                let mut row = vec![store.name.clone()];
                row.extend(counts.iter().map(ToString::to_string));
                row.push(format!("{:.1}", store.seconds));
                row
            })
            .collect();
        table(&["store", "seen", "new", "changed", "gone", "pushed", "conflicts", "parked", "seconds"], &rows)
    });
    for store in &done.stores {
        if store.skipped > 0 {
            eprintln!(
                "clientela: {}: {} records could not be read and were left out",
                store.name, store.skipped
            );
        }
        if store.held_back > 0 {
            eprintln!(
                "clientela: {}: {} customers were not listed by the store; so many at once look like its mistake, so they \
                 are kept",
                store.name, store.held_back
            );
        }
        if let Some(error) = &store.error {
            eprintln!("clientela: {}", crate::words::sentence(error, output.language));
        }
    }
    // The worst that happened to any store is what a script has to know.
    let errors =
        done.stores.iter().filter_map(|store| store.error.as_ref()).map(|error| exit::of(error.code));
    if let Some(worst) = errors.min_by_key(|exit| rank(*exit)) {
        return Ok(worst);
    }
    let synced = stores::list(app, Nothing {}).await?;
    let wait = synced
        .iter()
        .filter(|store| store_ids.is_empty() || store_ids.contains(&store.id))
        .any(|store| store.conflicts + store.parked > 0);
    Ok(if wait { exit::WAITING } else { exit::DONE })
}

/// A sign-in needs a person, an unreachable store only time.
fn rank(exit: Exit) -> u8 {
    match exit {
        exit::SIGN_IN => 0,
        exit::UNREACHABLE => 2,
        _ => 1,
    }
}
