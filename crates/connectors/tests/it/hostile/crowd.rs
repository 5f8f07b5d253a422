//! Thousands of false answers, at every request of every platform.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clientela_connectors::Connector;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::chance::Chance;
use super::liar::Liar;
use super::replies::{self, Reply};
use super::spoil::spoil;
use super::tape::{PLATFORMS, QUESTIONS, Question, Tape};
use super::verdict::{self, Case};
use crate::server::{Server, json};

/// Spoilt bodies for each request of each platform.
const SPOILT: usize = 40;
/// False answers after which a connector begins anew, even where nothing was learnt from them.
const AGE: usize = 200;
/// A body up to this long is cut at every byte.
const LONGEST_WHOLE: usize = 3_000;
const FEWEST: usize = 5_000;

#[expect(clippy::disallowed_methods, reason = "there is no program whose top could read it")]
fn seed() -> u64 {
    std::env::var("CLIENTELA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_260_101)
}

/// What came of all false answers to one request.
#[derive(Default)]
struct Tally {
    counts: BTreeMap<&'static str, usize>,
    faults: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_false_answers_end_in_a_typed_outcome() {
    let seed = seed();
    let elsewhere = Server::start(vec![json(200, "[]")]).await;
    let mut recordings = JoinSet::new();
    for platform in PLATFORMS {
        recordings.spawn(Tape::record_all(platform, &QUESTIONS));
    }
    let tapes: Vec<Tape> = recordings.join_all().await.into_iter().flatten().collect();

    let at_once = Arc::new(Semaphore::new(4));
    let mut work = JoinSet::new();
    let mut known: BTreeSet<(usize, String)> = BTreeSet::new();
    for (number, tape) in tapes.into_iter().enumerate() {
        for at in 0..tape.exchanges.len() {
            // The same question twice is told falsely once.
            let exchange = &tape.exchanges[at];
            // Signing in is the same whatever is asked afterwards.
            let asked_for = if exchange.path().ends_with("/auth/login") { usize::MAX } else { number };
            if !known.insert((asked_for, exchange.name())) {
                continue;
            }
            let (tape, elsewhere, at_once) = (tape.clone(), elsewhere.address.clone(), Arc::clone(&at_once));
            work.spawn(async move {
                let _turn = at_once.acquire_owned().await.unwrap();
                lie(&tape, at, &elsewhere, seed).await
            });
        }
    }
    let mut all = Tally::default();
    let mut requests = 0;
    for tally in work.join_all().await {
        requests += 1;
        for (kind, count) in tally.counts {
            *all.counts.entry(kind).or_default() += count;
        }
        all.faults.extend(tally.faults);
    }
    let total: usize = all.counts.values().sum();
    for (kind, count) in &all.counts {
        println!("{count:>8}  {kind}");
    }
    println!("{total:>8}  false answers at {requests} requests, seed {seed}");
    let shown: Vec<&String> = all.faults.iter().take(40).collect();
    assert!(all.faults.is_empty(), "{} of {total}, CLIENTELA_SEED={seed}: {shown:#?}", all.faults.len());
    assert_eq!(elsewhere.requests(), Vec::<String>::new(), "nothing is ever sent to another host");
    assert!(total >= FEWEST, "{total} are too few");
}

/// Answers one request of a tape falsely in every way.
async fn lie(tape: &Tape, at: usize, elsewhere: &str, seed: u64) -> Tally {
    let mut tally = Tally::default();
    let liar = Liar::start(tape.exchanges.clone(), at).await;
    let target = &tape.exchanges[at];
    let mut connector: Option<Arc<dyn Connector>> = None;
    let mut age = 0;
    let mut chance = Chance::of(seed, &[tape.platform, &format!("{:?}", tape.question), &target.name()]);
    for reply in all(tape, at, elsewhere, &liar.origin, &mut chance) {
        let label = format!(
            "{} {:?} {}: {} ({})",
            tape.platform,
            tape.question,
            target.name(),
            reply.kind,
            reply.note
        );
        let (mut outcome, mut asked, mut lied) = (None, Vec::new(), 0);
        // One that has learnt something from a lie may not come to this question any more.
        for _ in 0..2 {
            age += 1;
            let ours =
                connector.take().filter(|_| age % AGE != 0).unwrap_or_else(|| tape.connector(&liar.origin));
            liar.tell(reply.clone());
            let (asking, of_it) = (tape.clone(), Arc::clone(&ours));
            // A task of its own, so that one that panics is a fault among others.
            outcome = tokio::spawn(async move { asking.ask(&*of_it).await }).await.ok();
            (asked, lied) = liar.asked();
            if lied > 0 {
                connector = Some(ours);
                break;
            }
        }
        let Some(outcome) = outcome else {
            tally.faults.push(format!("{label}: it panics"));
            continue;
        };
        *tally.counts.entry(reply.kind).or_default() += 1;
        if lied == 0 {
            tally.faults.push(format!("{label}: it was not asked: {outcome:?}"));
            continue;
        }
        let case = Case { tape, target, reply: &reply, asked: &asked, outcome: &outcome };
        tally.faults.extend(verdict::faults(&case).into_iter().map(|fault| format!("{label}: {fault}")));
    }
    tally
}

fn all(tape: &Tape, at: usize, elsewhere: &str, here: &str, chance: &mut Chance) -> Vec<Reply> {
    let target = &tape.exchanges[at];
    let chief = tape.is_chief(at);
    let mut all = vec![Reply::silent()];
    // What is not cut at every byte is cut in steps that meet every part of it.
    let step = if chief { 3 } else { 23 };
    all.extend((0..).map_while(|at| replies::cut_head(target, at)).step_by(step));
    // What a sync asks is cut at every byte; what a person asks for now and then, and long lists beside a record, at hundreds.
    let synced = matches!(tape.question, Question::List | Question::Fetch | Question::Update);
    let every = match target.body.len() {
        length if synced && length <= LONGEST_WHOLE => 1,
        length => 1 + length / 300,
    };
    for at in (0..target.body.len()).filter(|at| at % every == 0 || at + 1 == target.body.len()) {
        let [in_whole, others @ ..] = replies::cut_body(target, at);
        all.push(in_whole);
        // The other four ways in turn.
        if chief || at % step == 0 {
            let turn = if chief { at } else { at / step };
            let count = others.len();
            all.extend(others.into_iter().nth(turn % count));
        }
    }
    for number in 0..SPOILT {
        let (note, body) = spoil(&target.body, chance);
        all.push(replies::saying(target, format!("number {number}: {note}"), &body));
    }
    all.extend(replies::redirections(target, elsewhere, here, if chief { usize::MAX } else { 3 }));
    all.extend(replies::echoes(target, &tape.secrets));
    if chief {
        all.extend(replies::mischief(target));
        all.extend(replies::statuses(target));
    }
    all
}
