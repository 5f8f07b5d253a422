//! What people wait for, measured beside plain SQLite: `crates/bench`.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::program::run as run_program;
use crate::rust::workspace;
use crate::setup::{self, Purpose};
use crate::surroundings::Surroundings;

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// `--customers 10000,100000`, `--json`, names of work, and what `--help` tells
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(here: &Surroundings, options: &Options) -> Result<()> {
    setup::rust(here)?;
    setup::system(here, &[Purpose::Build, Purpose::Reference])?;
    run_program(&mut workspace(here, &["build", "--quiet", "--release", "--bin", "clientela-bench"]))?;
    run_program(Command::new(here.target.join("release/clientela-bench")).args(&options.arguments))
}
