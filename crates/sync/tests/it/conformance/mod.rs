//! One set of stories for every platform, under every value of every variant and under combinations of them: the real engine,
//! a real encrypted book and the real connectors, over HTTP, against the sandbox.
//!
//! What a story expects follows from the platform's capabilities; where a variant makes it otherwise, a line of [`rules`] says
//! so and why. A failing combination is told by its seed and made as small as its cause. `cargo xtask test conformance` prints
//! the tables. With `CONFORMANCE="seed 17"` or `CONFORMANCE="put=replace blank=empty"` only that store is played.

#![expect(clippy::print_stdout, reason = "the tables are for people")]

mod check;
mod draw;
mod rules;
mod stage;
mod stories;

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clientela_connectors::platform;
use reqwest::Client;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use check::Told;
use draw::Choices;
use rules::Expected;
use stage::Stage;
use stories::{READ_ONLY, SHUT_OUT, STORIES, Story};

use crate::world::control_client;

/// Combinations of each platform; their seeds are 1 to this.
const COMBINATIONS: u64 = 200;
/// Stores of one platform that are played at once.
const AT_ONCE: usize = 3;
/// Failing combinations that are made smaller; the others are told as they are.
const MADE_SMALLER: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inallweb_conforms() {
    conforms("inallweb").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tiendanegocio_conforms() {
    conforms("tiendanegocio").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tiendanube_conforms() {
    conforms("tiendanube").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uappi_conforms() {
    conforms("uappi").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn yampi_conforms() {
    conforms("yampi").await;
}

#[test]
fn every_rule_is_about_a_variant_that_there_is() {
    let known = |when: &str| match when.split_once('=') {
        None => platform(when).is_some(),
        Some((key, value)) => {
            let variant = clientela_sandbox::variants().iter().find(|variant| variant.key == key);
            variant.is_some_and(|variant| variant.values.contains(&value))
        }
    };
    for rule in rules::RULES {
        assert!(rule.when.split(" and ").all(known), "{} is nothing", rule.when);
        assert!(!rule.because.is_empty(), "{} has no reason", rule.when);
        for name in rule.stories {
            assert!(STORIES.iter().any(|story| story.name == *name), "there is no story {name:?}");
        }
    }
}

/// One store to be played.
#[derive(Clone)]
struct Play {
    seed: Option<u64>,
    choices: Choices,
    client: Client,
}

impl Play {
    /// One that `CONFORMANCE` names is told every story.
    fn is_combination(&self) -> bool {
        self.seed.is_some()
    }
}

/// How a story of one store ended.
struct End {
    story: &'static str,
    told: Told,
    /// Making the world counts to the first one.
    took: Duration,
}

/// In the order in which the stories were told.
type Ends = Vec<End>;

async fn conforms(platform: &'static str) {
    let began = Instant::now();
    let wanted = std::env::var_os("CONFORMANCE").map(|wanted| wanted.to_string_lossy().into_owned());
    let plays = plays(platform, wanted.as_deref());
    let gate = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for play in plays {
        let gate = Arc::clone(&gate);
        tasks.spawn(async move {
            let _place = gate.acquire_owned().await;
            let ends = played(platform, &play).await;
            (play, ends)
        });
    }
    let mut ended: Vec<(Play, Ends)> = tasks.join_all().await;
    ended.sort_by(|(one, _), (other, _)| (one.seed, &one.choices).cmp(&(other.seed, &other.choices)));
    let table = table(platform, &ended);
    let failures = failures(platform, &ended).await;
    println!("{table}{platform}: {} stores in {} s\n", ended.len(), began.elapsed().as_secs());
    assert!(failures.is_empty(), "{failures}");
}

fn plays(platform: &'static str, wanted: Option<&str>) -> Vec<Play> {
    let client = control_client();
    let play = |seed, choices| Play { seed, choices, client: client.clone() };
    let drawn = |seed| play(Some(seed), draw::combination(platform, seed));
    let singles = || draw::singles(platform).into_iter().map(|choices| play(None, choices));
    match wanted.map(str::trim) {
        None => singles().chain((1..=COMBINATIONS).map(drawn)).collect(),
        Some("singles") => singles().collect(),
        Some("combinations") => (1..=COMBINATIONS).map(drawn).collect(),
        Some(wanted) => match wanted.strip_prefix("seed ") {
            Some(seed) => vec![drawn(seed.parse().unwrap())],
            None => vec![play(None, draw::read(platform, wanted))],
        },
    }
}

/// Tells the stories of one store, one after the other in one world; after one that failed the world begins anew.
async fn played(platform: &'static str, play: &Play) -> Ends {
    let mut ends = Ends::new();
    let mut stage: Option<Stage> = None;
    for story in told(platform, play) {
        let began = Instant::now();
        let mut here = match stage.take() {
            Some(stage) => stage,
            None => begun(platform, play, ends.is_empty()).await,
        };
        // A task of its own, so that a panic ends the story and not the run.
        let telling = tokio::spawn(async move {
            here.open(story.name).await;
            let mut told = (story.tell)(&mut here).await;
            if told.is_ok() {
                told = here.close().await;
            }
            (here, told)
        });
        let told = match telling.await {
            Ok((here, Ok(()))) => {
                stage = Some(here);
                Ok(())
            }
            Ok((here, told)) => {
                here.end().await;
                told
            }
            Err(panic) => Err(words_of(panic.into_panic())),
        };
        ends.push(End { story: story.name, told, took: began.elapsed() });
    }
    if let Some(stage) = stage {
        stage.end().await;
    }
    ends
}

/// The stories that are told of a store with these choices.
fn told(platform: &'static str, play: &Play) -> Vec<&'static Story> {
    let capabilities = clientela_connectors::platform(platform).unwrap().capabilities;
    let all = draw::all_choices(platform, &play.choices);
    let rules = rules::of(platform, &all);
    let expects = |expected: Expected| rules.iter().any(|rule| rule.expected == expected);
    if expects(Expected::ShutOut) || expects(Expected::Unpaid) {
        return vec![&SHUT_OUT];
    }
    let left_out = |story: &Story| {
        rules.iter().any(|rule| {
            rule.expected == Expected::LeftOut
                && (rule.stories.is_empty() || rule.stories.contains(&story.name))
        })
    };
    let fitting = STORIES.iter().filter(|story| {
        let is_beside = |story: &Story| {
            let named = |name: &&str| story.beside.iter().any(|beginning| name.starts_with(beginning));
            story.beside.is_empty() || play.choices.is_empty() || play.choices.keys().any(named)
        };
        (story.fits)(capabilities)
            && (story.combined || !play.is_combination())
            && is_beside(story)
            && !left_out(story)
    });
    if expects(Expected::ReadOnly) {
        return fitting.filter(|story| story.name == "list").chain([&READ_ONLY]).collect();
    }
    fitting.collect()
}

async fn begun(platform: &'static str, play: &Play, is_first: bool) -> Stage {
    let stage = Stage::begin(platform, &play.choices, &play.client).await;
    if !is_first {
        stage.sync().await;
        stage.clear_log().await;
    }
    stage
}

fn words_of(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(words) => *words,
        Err(panic) => {
            panic.downcast::<&str>().map_or_else(|_| "a panic".to_owned(), |words| words.to_string())
        }
    }
}

/// How often each story was told, and how often it failed.
fn table(platform: &str, ended: &[(Play, Ends)]) -> String {
    #[derive(Default)]
    struct Line {
        singles: usize,
        combinations: usize,
        failures: usize,
        took: Duration,
    }
    let mut lines: BTreeMap<usize, (&str, Line)> = BTreeMap::new();
    for (play, ends) in ended {
        for End { story, told, took } in ends {
            let rank = STORIES.iter().position(|one| one.name == *story).unwrap_or(STORIES.len());
            let (_, line) = lines.entry(rank).or_insert((story, Line::default()));
            match play.is_combination() {
                true => line.combinations += 1,
                false => line.singles += 1,
            }
            line.failures += usize::from(told.is_err());
            line.took += *took;
        }
    }
    let mut table =
        format!("\n{:<44} {:>8} {:>13} {:>9}\n", "platform: story", "singles", "combinations", "failures");
    for (name, line) in lines.values() {
        let title = format!("{platform}: {name}");
        let Line { singles, combinations, failures, took } = line;
        let seconds = took.as_secs_f32();
        writeln!(table, "{title:<44} {singles:>8} {combinations:>13} {failures:>9} {seconds:>8.1}").unwrap();
    }
    table
}

/// What failed, in words; the first combinations with the smallest part of them that still fails.
async fn failures(platform: &'static str, ended: &[(Play, Ends)]) -> String {
    let mut words = String::new();
    let mut made_smaller = 0;
    for (play, ends) in ended {
        for End { story, told, .. } in ends {
            let Err(why) = told else { continue };
            let label = draw::label(platform, play.seed, &play.choices);
            writeln!(words, "\n{story:?} fails at {label}\n{why}").unwrap();
            if play.is_combination() && made_smaller < MADE_SMALLER {
                made_smaller += 1;
                let story = *story;
                let smallest = draw::smallest(play.choices.clone(), |choices| async move {
                    let play = Play { choices, ..play.clone() };
                    played(platform, &play).await.iter().any(|end| end.story == story && end.told.is_err())
                })
                .await;
                writeln!(words, "It takes no more than: {}", draw::label(platform, None, &smallest)).unwrap();
            }
        }
    }
    words
}
