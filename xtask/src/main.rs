//! The tasks of the project itself: `cargo xtask --help` lists them.
//!
//! This program must compile on a machine that has nothing but Rust and a linker, because it is the one that looks
//! for everything else. So it depends on no crate of the workspace.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program talks to its terminal"
)]

mod bench;
mod codegen;
mod demo;
mod deny;
mod fuzz;
mod interface;
mod prepare;
mod program;
mod rust;
mod session;
mod setup;
mod simulate;
mod suite;
mod surroundings;
mod tidy;
mod tools;
mod window;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::suite::Suite;
use crate::surroundings::Surroundings;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The tasks of the Clientela project")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Set everything up, build the app and open it on embedded sample stores of every platform
    Demo(demo::Options),
    /// Everything that must hold before a change is merged; CI runs just this
    Test {
        #[arg(value_enum, default_value_t = Suite::All)]
        suite: Suite,
        /// Run the remaining steps after one has failed
        #[arg(long)]
        keep_going: bool,
    },
    /// The quick part of `test`, for while you work
    Check,
    /// Write the interface's types and command names from the Rust side
    Codegen {
        /// Change nothing; fail if a written file is stale
        #[arg(long)]
        check: bool,
    },
    /// Write `.sqlx`, the query data that lets the workspace build without a database
    Prepare {
        /// Change nothing; fail if `.sqlx` is stale
        #[arg(long)]
        check: bool,
    },
    /// Measure what people wait for, beside plain SQLite on the same customers
    Bench(bench::Options),
    /// Give the readers of the platforms' answers whatever a fuzzer thinks of
    Fuzz(fuzz::Options),
    /// Tell histories in which everything goes wrong, by their seeds
    Simulate(simulate::Options),
    /// Check the dependency arrows, names and texts that no compiler checks
    Tidy,
    /// Look for what the machine lacks and install it where that is possible
    Setup,
    /// Runs a program beside a throwaway keychain; started inside `dbus-run-session` by the tasks above
    #[command(hide = true)]
    InSession {
        #[arg(long)]
        keychain: PathBuf,
        #[arg(last = true, required = true)]
        program: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<ExitCode> {
    let here = Surroundings::read()?;
    match task {
        Task::Demo(options) => demo::run(&here, &options)?,
        Task::Test { suite, keep_going } => suite::run(&here, suite, keep_going)?,
        Task::Check => suite::run(&here, Suite::Check, false)?,
        Task::Codegen { check } => codegen::run(&here, check)?,
        Task::Prepare { check } => prepare::run(&here, check)?,
        Task::Bench(options) => bench::run(&here, &options)?,
        Task::Fuzz(options) => fuzz::run(&here, &options)?,
        Task::Simulate(options) => simulate::run(&here, &options)?,
        Task::Tidy => tidy::run(&here)?,
        Task::Setup => setup::everything(&here)?,
        Task::InSession { keychain, program } => return session::inside::run(&here, &keychain, &program),
    }
    Ok(ExitCode::SUCCESS)
}
