//! `simulate`: tells histories by their seeds and prints what went wrong.

#![expect(clippy::print_stdout, reason = "the figures are for people")]

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use chrono::TimeDelta;
use clap::Parser;
use clientela_simulator::{KNOWN, Tape, Telling, Template, Told, smallest, tell, template};
use futures::future::try_join_all;
use tokio::runtime::Builder;

#[derive(Parser)]
struct Arguments {
    /// How many histories
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Tell those first that once showed something
    #[arg(long)]
    known: bool,
    /// Histories at the same time
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// So many of them are told a second time with every clock on every wall a day off, and have to be the same
    #[arg(long, default_value_t = 0)]
    pairs: u64,
    /// Take one rule after the other away from the engine, and tell histories until one shows it
    #[cfg(feature = "mutants")]
    #[arg(long)]
    mutants: bool,
    /// Only these rules
    #[cfg(feature = "mutants")]
    #[arg(long, requires = "mutants", value_delimiter = ',')]
    rules: Vec<String>,
    /// Tell one history with every line
    #[arg(long)]
    tell: Option<u64>,
    /// Tell it with every clock on every wall a day off
    #[arg(long, requires = "tell")]
    day_off: bool,
    /// How many failing histories are made small
    #[arg(long, default_value_t = 3)]
    shrink: usize,
}

#[cfg(feature = "mutants")]
mod mutants;

/// Histories that one thread tells by turns: while the database of one works, another goes on.
const SIDE_BY_SIDE: usize = 6;

#[derive(Default)]
struct Sum {
    histories: u64,
    pairs: u64,
    calls: u64,
    window_overwrites: u64,
    lag_overwrites: u64,
    faults: BTreeMap<&'static str, u64>,
    failed: BTreeMap<u64, String>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let scratch = tempfile::Builder::new().prefix("clientela-simulate").tempdir_in(fast_folder())?;
    let path = scratch.path().to_owned();
    let single = Builder::new_current_thread().enable_all().build()?;
    let empty = single.block_on(template(&path))?;
    if let Some(seed) = arguments.tell {
        let wall_off = TimeDelta::days(i64::from(arguments.day_off));
        let telling = Telling { keeps_lines: true, wall_off };
        let told = single.block_on(tell(Tape::of_seed(seed), &empty, &path, telling))?;
        print(&told);
        return Ok(());
    }
    #[cfg(feature = "mutants")]
    if arguments.mutants {
        return mutants::table(&arguments, &empty, &path);
    }
    let began = Instant::now();
    let seeds = Arc::new(Seeds {
        known: if arguments.known { KNOWN } else { &[] },
        fresh: arguments.from..arguments.from + arguments.seeds,
        told: AtomicUsize::new(0),
    });
    let sum = Arc::new(Mutex::new(Sum::default()));
    let threads: Vec<_> = (0..arguments.threads)
        .map(|_| {
            let (seeds, sum, empty, path) = (seeds.clone(), sum.clone(), empty.clone(), path.clone());
            let pairs = arguments.from..arguments.from + arguments.pairs;
            std::thread::spawn(move || tell_all(&seeds, &pairs, &sum, &empty, &path))
        })
        .collect();
    for thread in threads {
        thread.join().ok().context("a thread of histories ended early")??;
    }
    let sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
    report(&sum, began.elapsed().as_secs_f64());
    for seed in sum.failed.keys().take(arguments.shrink) {
        single.block_on(make_small(*seed, &empty, &path))?;
    }
    if !sum.failed.is_empty() {
        bail!("{} of {} histories went wrong", sum.failed.len(), sum.histories);
    }
    Ok(())
}

/// Books that only last for a history need no disk.
fn fast_folder() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

/// Seeds are told in order, by whoever has time.
struct Seeds {
    known: &'static [u64],
    fresh: Range<u64>,
    told: AtomicUsize,
}

impl Seeds {
    fn next(&self) -> Option<u64> {
        let place = self.told.fetch_add(1, Ordering::Relaxed);
        let fresh = || self.fresh.clone().nth(place - self.known.len());
        self.known.get(place).copied().or_else(fresh)
    }
}

fn tell_all(
    seeds: &Seeds,
    pairs: &Range<u64>,
    sum: &Mutex<Sum>,
    empty: &Template,
    scratch: &std::path::Path,
) -> Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let tellers = (0..SIDE_BY_SIDE).map(|_| tell_on(seeds, pairs, sum, empty, scratch));
    runtime.block_on(try_join_all(tellers))?;
    Ok(())
}

async fn tell_on(
    seeds: &Seeds,
    pairs: &Range<u64>,
    sum: &Mutex<Sum>,
    empty: &Template,
    scratch: &std::path::Path,
) -> Result<()> {
    while let Some(seed) = seeds.next() {
        let told = tell(Tape::of_seed(seed), empty, scratch, Telling::default())
            .await
            .with_context(|| format!("seed {seed}"))?;
        let again = match pairs.contains(&seed) {
            true => {
                let telling = Telling { wall_off: TimeDelta::days(1), ..Telling::default() };
                Some(tell(Tape::of_seed(seed), empty, scratch, telling).await?)
            }
            false => None,
        };
        let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(again) = again {
            sum.pairs += 1;
            if again.trace != told.trace {
                println!("seed {seed}: I23, I25: told twice, a day later on the wall, and not the same");
                sum.failed.insert(seed, "I23 determinism, I25 wall clocks".to_owned());
            }
        }
        sum.histories += 1;
        sum.calls += told.calls;
        sum.window_overwrites += told.window_overwrites;
        sum.lag_overwrites += told.lag_overwrites;
        for (kind, count) in told.faults {
            *sum.faults.entry(kind).or_default() += count;
        }
        if let Some(violation) = told.violation {
            println!("seed {seed}: {violation}");
            sum.failed.insert(seed, violation.of.to_owned());
        }
    }
    Ok(())
}

fn report(sum: &Sum, seconds: f64) {
    println!("\nfaults by kind");
    for (kind, count) in &sum.faults {
        println!("{count:>9}  {kind}");
    }
    println!("\n{:>9}  histories, {:.1} a second", sum.histories, sum.histories as f64 / seconds);
    println!("{:>9}  of them told twice, a day later on every wall, and the same", sum.pairs);
    println!("{:>9}  requests", sum.calls);
    println!("{:>9}  changes of others overwritten in the one round trip", sum.window_overwrites);
    println!("{:>9}  changes of others that a lagging copy hid", sum.lag_overwrites);
    println!("{:>9}  violations", sum.failed.len());
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    for kind in sum.failed.values() {
        *kinds.entry(kind).or_default() += 1;
    }
    for (kind, count) in kinds {
        println!("{count:>9}  {kind}");
    }
}

async fn make_small(seed: u64, empty: &Template, scratch: &std::path::Path) -> Result<()> {
    let first = tell(Tape::of_seed(seed), empty, scratch, Telling::default()).await?;
    let Some(violation) = first.violation else {
        bail!("seed {seed} went wrong once and not again: something depends on the machine");
    };
    let of = violation.of;
    let choices = smallest(first.choices, |choices| async move {
        let told = tell(Tape::of_choices(choices), empty, scratch, Telling::default()).await.ok()?;
        (told.violation.as_ref()?.of == of).then_some(told.choices)
    })
    .await;
    let telling = Telling { keeps_lines: true, ..Telling::default() };
    let told = tell(Tape::of_choices(choices.clone()), empty, scratch, telling).await?;
    println!("\nseed {seed} made small: {} choices", choices.len());
    print(&told);
    println!("{choices:?}");
    Ok(())
}

fn print(told: &Told) {
    for line in &told.lines {
        println!("{line}");
    }
    match &told.violation {
        Some(violation) => println!("{violation}"),
        None => println!("nothing went wrong; {} requests, fingerprint {:016x}", told.calls, told.trace),
    }
}
