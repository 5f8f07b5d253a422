//! What the simulator is worth: one rule after the other is taken away from the engine, and it has to notice.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use clientela_domain::protection::{Protection, take_away};
use clientela_simulator::{Tape, Telling, Template, tell};
use futures::{StreamExt, stream};
use tokio::runtime::Builder;

use crate::{Arguments, SIDE_BY_SIDE};

/// Which history showed it, and how.
type Caught = Option<(u64, String)>;

/// Prints for each rule how many histories it takes to miss it.
pub(crate) fn table(arguments: &Arguments, empty: &Template, scratch: &Path) -> Result<()> {
    let is_meant =
        |rule: &&Protection| arguments.rules.is_empty() || arguments.rules.contains(&format!("{rule:?}"));
    let rules: Vec<Protection> = Protection::ALL.iter().filter(is_meant).copied().collect();
    let next = AtomicUsize::new(0);
    let caught: Mutex<Vec<(Protection, Caught)>> = Mutex::default();
    std::thread::scope(|scope| {
        let work = || -> Result<()> {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            while let Some(protection) = rules.get(next.fetch_add(1, Ordering::Relaxed)) {
                take_away(Some(*protection));
                let first = runtime.block_on(first_caught(arguments, empty, scratch))?;
                let words = match &first {
                    Some((seed, words)) => format!("{:>6}  {words}", seed - arguments.from + 1),
                    None => "  NEVER".to_owned(),
                };
                println!("{words:<100} {protection:?}");
                caught
                    .lock()
                    .map_err(|_| anyhow::anyhow!("a thread ended early"))?
                    .push((*protection, first));
            }
            Ok(())
        };
        let threads: Vec<_> = (0..arguments.threads).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread.join().ok().context("a thread ended early")??;
        }
        anyhow::Ok(())
    })?;
    let caught = caught.into_inner().map_err(|_| anyhow::anyhow!("a thread ended early"))?;
    let missed: Vec<_> = caught.iter().filter(|(_, first)| first.is_none()).map(|(rule, _)| rule).collect();
    println!("{} rules taken away, {} noticed", caught.len(), caught.len() - missed.len());
    if !missed.is_empty() {
        bail!("nobody would miss {missed:?}");
    }
    Ok(())
}

async fn first_caught(arguments: &Arguments, empty: &Template, scratch: &Path) -> Result<Caught> {
    let seeds = arguments.from..arguments.from + arguments.seeds;
    let told = stream::iter(seeds).map(async |seed| {
        let told = tell(Tape::of_seed(seed), empty, scratch, Telling::default()).await;
        // An engine without one of its rules may end in ways that no history knows.
        let violation = match told {
            Ok(told) => told.violation.map(|violation| violation.of.to_owned()),
            Err(error) => Some(format!("it breaks: {error}")),
        };
        violation.map(|words| (seed, words))
    });
    let caught = told.buffered(SIDE_BY_SIDE).filter_map(std::future::ready);
    Ok(Box::pin(caught).next().await)
}
