//! Licences, origins and known defects of the dependencies; the rules are in `deny.toml`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::program::{run as run_program, succeeds};
use crate::suite::Unchecked;
use crate::surroundings::Surroundings;
use crate::tools::CARGO_DENY;

pub(crate) fn rules(here: &Surroundings) -> Result<()> {
    let program = CARGO_DENY.ready(here)?;
    let rules = ["check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    run_program(&mut deny(here, &program, &rules))
}

/// The list of known defects comes from outside and changes daily. Not reaching it is no fault of the change under
/// test, but nobody may take silence for "none known".
pub(crate) fn defects(here: &Surroundings) -> Result<()> {
    let program = CARGO_DENY.ready(here)?;
    let mut fetch = deny(here, &program, &["fetch", "db"]);
    if !succeeds(fetch.env("GIT_TERMINAL_PROMPT", "0")) {
        return Err(Unchecked("the list of known defects cannot be fetched here").into());
    }
    run_program(&mut deny(here, &program, &["--offline", "check", "advisories"]))
        .context("a dependency has a known defect")
}

fn deny(here: &Surroundings, program: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).current_dir(&here.root);
    command
}
