//! Histories in which everything goes wrong: `crates/simulator`.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::program::run as run_program;
use crate::rust::workspace;
use crate::surroundings::Surroundings;

/// Histories of a run of all tests beside the known ones; each run has seeds that were never tried.
const FRESH: u64 = 2_000;

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// `--seeds N --from S`, and what `--help` tells
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(here: &Surroundings, options: &Options) -> Result<()> {
    simulate(here, &options.arguments)
}

/// The step of the whole suite.
pub(crate) fn fresh(here: &Surroundings) -> Result<()> {
    let from = u64::from(RandomState::new().build_hasher().finish() as u32) * FRESH;
    let number = |flag: &str, value: u64| [flag.to_owned(), value.to_string()];
    let known = vec!["--known".to_owned()];
    let fresh = [number("--seeds", FRESH), number("--from", from), number("--pairs", 200)].concat();
    simulate(here, &[known, fresh].concat())
}

fn simulate(here: &Surroundings, arguments: &[String]) -> Result<()> {
    run_program(&mut workspace(here, &["build", "--quiet", "--bin", "clientela-simulator"]))?;
    run_program(
        Command::new(here.target.join("debug/clientela-simulator"))
            .args(arguments)
            .env("RUST_BACKTRACE", "0"),
    )
}
