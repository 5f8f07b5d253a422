//! Building and checking the workspace, always with the same features.
//!
//! Cargo builds a dependency anew for every set of features asked of it, and the set follows from which packages are
//! selected. So every task selects the whole workspace and only narrows the targets: then the web view, the cipher
//! and the database driver are compiled once for all of them.

use std::process::Command;

use anyhow::Result;

use crate::program::{cargo, run};
use crate::session::Session;
use crate::surroundings::Surroundings;

/// Makes the shell serve the built interface instead of asking for a development server.
const FEATURES: &str = "clientela-desktop/custom-protocol";

pub(crate) fn format(here: &Surroundings) -> Result<()> {
    run(cargo(here).args(["fmt", "--all", "--check"]))
}

/// The window tests are named by themselves: they are left out of "all targets", so that no plain test run starts them.
pub(crate) fn clippy(here: &Surroundings) -> Result<()> {
    let targets = ["--all-targets", "--test", "window", "--", "--deny", "warnings"];
    run(workspace(here, &["clippy"]).args(targets))
}

/// Every test without a window, but for the conformance suite, which is a step of its own. They run beside a throwaway
/// keychain, never with that of the person at the desk.
pub(crate) fn test(here: &Surroundings) -> Result<()> {
    let mut tests = workspace(here, &["test", "--quiet", "--no-fail-fast"]);
    tests.args(["--", "--skip", CONFORMANCE]);
    run(&mut Session::throwaway(here)?.around(tests))
}

/// Every platform under every variant and under combinations of them; prints what was played and how it ended.
pub(crate) fn conformance(here: &Surroundings) -> Result<()> {
    let mut tests = workspace(here, &["test", "--quiet", "--no-fail-fast"]);
    run(tests.args(["--test", "it", "--", CONFORMANCE, "--nocapture"]))
}

/// The module of the conformance suite, in the tests of `sync`.
const CONFORMANCE: &str = "conformance::";

/// A Cargo subcommand over the whole workspace, with the features that all tasks share.
pub(crate) fn workspace(here: &Surroundings, subcommand: &[&str]) -> Command {
    let mut command = cargo(here);
    command.args(subcommand).args(["--workspace", "--features", FEATURES]);
    if here.ci {
        command.arg("--locked");
    }
    command
}
