//! Which steps make up a suite, in which order, and what the end of a run shows.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::setup::{self, Purpose};
use crate::surroundings::Surroundings;
use crate::{codegen, deny, interface, prepare, rust, simulate, tidy, window};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Suite {
    /// Everything
    All,
    /// Format, arrows, dependencies, lints, generated files
    Rules,
    /// The interface's own checks and tests
    Ui,
    /// The tests of every crate
    Rust,
    /// The same stories for every platform under every variant, with a table of what was played
    Conformance,
    /// Histories in which everything goes wrong, with seeds that were never tried
    Simulation,
    /// The tests that steer the real window
    Window,
    /// What `cargo xtask check` runs
    #[value(skip)]
    Check,
}

type Step = (&'static str, fn(&Surroundings) -> Result<()>);

const SET_UP_BUILD: Step = ("set-up", set_up_build);
const SET_UP_WINDOW: Step = ("set-up", set_up_window);
const FORMAT: Step = ("format", rust::format);
const TIDY: Step = ("tidy", tidy::run);
const RULES: Step = ("dependencies: rules", deny::rules);
const DEFECTS: Step = ("dependencies: known defects", deny::defects);
const UI_INSTALL: Step = ("interface: packages", interface::install);
const UI_CHECK: Step = ("interface: check", interface::check);
const UI_TEST: Step = ("interface: test", interface::test);
const UI_BUILD: Step = ("interface: build", interface::build);
const CLIPPY: Step = ("clippy", rust::clippy);
const CODEGEN: Step = ("generated files", codegen::check);
const PREPARE: Step = ("query data", prepare::check);
const TESTS: Step = ("tests", rust::test);
const CONFORMANCE: Step = ("conformance", rust::conformance);
const SIMULATION: Step = ("simulation", simulate::fresh);
const WINDOW: Step = ("window tests", window::run);

/// What is quick to fail comes first, except that the interface is built before the shell, which embeds it.
fn steps(suite: Suite) -> &'static [Step] {
    match suite {
        Suite::All => &[
            SET_UP_WINDOW,
            FORMAT,
            TIDY,
            RULES,
            DEFECTS,
            UI_INSTALL,
            UI_CHECK,
            UI_TEST,
            UI_BUILD,
            CLIPPY,
            CODEGEN,
            PREPARE,
            TESTS,
            CONFORMANCE,
            SIMULATION,
            WINDOW,
        ],
        Suite::Rules => {
            &[SET_UP_BUILD, FORMAT, TIDY, RULES, DEFECTS, UI_INSTALL, UI_BUILD, CLIPPY, CODEGEN, PREPARE]
        }
        Suite::Ui => &[("set-up", setup::node), UI_INSTALL, UI_CHECK, UI_TEST],
        Suite::Rust => &[SET_UP_BUILD, UI_INSTALL, UI_BUILD, TESTS, CONFORMANCE, SIMULATION],
        Suite::Conformance => &[SET_UP_BUILD, CONFORMANCE],
        Suite::Simulation => &[SET_UP_BUILD, SIMULATION],
        Suite::Window => &[SET_UP_WINDOW, UI_INSTALL, UI_BUILD, WINDOW],
        Suite::Check => &[SET_UP_BUILD, FORMAT, TIDY, UI_INSTALL, UI_CHECK, UI_BUILD, CLIPPY, CODEGEN],
    }
}

/// Every test runs beside a keychain of ours, and some on a disk that fails, so what that takes belongs to the building.
fn set_up_build(here: &Surroundings) -> Result<()> {
    setup::rust(here)?;
    setup::node(here)?;
    setup::system(here, &[Purpose::Build, Purpose::Keychain, Purpose::DiskTrouble])
}

fn set_up_window(here: &Surroundings) -> Result<()> {
    setup::rust(here)?;
    setup::node(here)?;
    setup::system(here, &Purpose::ALL)
}

/// A step that could not look, for a reason outside the project. It fails nothing, and the end of the run says it.
#[derive(Debug)]
pub(crate) struct Unchecked(pub(crate) &'static str);

impl std::fmt::Display for Unchecked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Unchecked {}

enum Outcome {
    Done,
    Unchecked(anyhow::Error),
    Failed(anyhow::Error),
    NotRun,
}

pub(crate) fn run(here: &Surroundings, suite: Suite, keep_going: bool) -> Result<()> {
    let steps = steps(suite);
    let mut results: Vec<(&str, Duration, Outcome)> = Vec::new();
    let mut failures = 0;
    for (number, (name, step)) in steps.iter().enumerate() {
        if failures > 0 && !keep_going {
            results.push((name, Duration::ZERO, Outcome::NotRun));
            continue;
        }
        println!("\n=== {} of {}: {name} ===", number + 1, steps.len());
        let start = Instant::now();
        let outcome = match step(here) {
            Ok(()) => Outcome::Done,
            Err(reason) if reason.is::<Unchecked>() => {
                eprintln!("WARNING, NOT CHECKED: {reason}");
                Outcome::Unchecked(reason)
            }
            Err(error) => {
                eprintln!("error: {error:#}");
                failures += 1;
                Outcome::Failed(error)
            }
        };
        results.push((name, start.elapsed(), outcome));
    }
    report(&results);
    if failures > 0 {
        bail!("{failures} of {} steps failed", steps.len());
    }
    Ok(())
}

fn report(results: &[(&str, Duration, Outcome)]) {
    println!();
    for (name, time, outcome) in results {
        match outcome {
            Outcome::Done => println!("{:>7}  {name}", shown(*time)),
            Outcome::Unchecked(reason) => println!("{:>7}  {name}: NOT CHECKED: {reason}", shown(*time)),
            Outcome::Failed(error) => println!("{:>7}  {name}: FAILED: {error}", shown(*time)),
            Outcome::NotRun => println!("{:>7}  {name}: not run", "-"),
        }
    }
    println!("{:>7}  in all", shown(results.iter().map(|(_, time, _)| *time).sum()));
}

fn shown(time: Duration) -> String {
    let tenths = time.as_millis() / 100;
    if tenths < 600 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        format!("{}:{:02}", tenths / 600, tenths / 10 % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_suite_leaves_no_step_of_the_others_out() {
        let all: Vec<_> = steps(Suite::All).iter().map(|(name, _)| *name).collect();
        let others = [
            Suite::Rules,
            Suite::Ui,
            Suite::Rust,
            Suite::Conformance,
            Suite::Simulation,
            Suite::Window,
            Suite::Check,
        ];
        for suite in others {
            for (name, _) in steps(suite) {
                assert!(all.contains(name), "{name} would never run in CI");
            }
        }
    }

    #[test]
    fn times_read_as_seconds_then_minutes() {
        assert_eq!(shown(Duration::from_millis(4_250)), "4.2 s");
        assert_eq!(shown(Duration::from_secs(754)), "12:34");
    }
}
