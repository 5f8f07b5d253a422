//! What people wait for, measured beside plain SQLite: `crates/bench`.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::interface;
use crate::program::run as run_program;
use crate::rust::workspace;
use crate::session::Screen;
use crate::setup::{self, Purpose};
use crate::surroundings::Surroundings;
use crate::tools::TAURI_DRIVER;

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// Measure the real window too, on an invisible screen
    #[arg(long)]
    window: bool,
    /// `--customers 10000,100000`, `--json`, names of work, and what `--help` tells
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(here: &Surroundings, options: &Options) -> Result<()> {
    setup::rust(here)?;
    setup::system(here, &[Purpose::Build, Purpose::Reference])?;
    let mut bench = Command::new(here.target.join("release/clientela-bench"));
    bench.args(&options.arguments);
    if !options.window {
        run_program(&mut workspace(here, &[RELEASE, &["--bin", "clientela-bench"]].concat()))?;
        return run_program(&mut bench);
    }
    setup::node(here)?;
    setup::system(here, &[Purpose::Screen, Purpose::Window])?;
    let driver = TAURI_DRIVER.ready(here)?;
    interface::install(here)?;
    interface::build(here)?;
    let programs = ["--bin", "clientela-bench", "--bin", "clientela-desktop", "--example", "empty_window"];
    run_program(&mut workspace(here, &[RELEASE, &programs].concat()))?;
    bench.env("CLIENTELA_TAURI_DRIVER", driver);
    bench.env("CLIENTELA_DESKTOP_BINARY", here.target.join("release/clientela-desktop"));
    bench.env("CLIENTELA_EMPTY_WINDOW", here.target.join("release/examples/empty_window"));
    let screen = Screen::start(here)?;
    screen.lend_to(&mut bench);
    run_program(&mut bench)
}

const RELEASE: &[&str] = &["build", "--quiet", "--release"];
