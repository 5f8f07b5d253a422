//! The `clientela` command: a thin front on `clientela_app`. It reads arguments and standard input, calls one use case, and
//! prints what it answers; whatever it decides by itself is a matter of words and exit codes.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program talks to its terminal"
)]

mod arguments;
mod commands;
mod exit;
mod input;
mod opening;
mod output;
mod progress;
mod sandbox;
mod words;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return arguments::refuse(&error),
    };
    let environment = opening::Environment::read();
    opening::start_log(&environment);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("clientela: {error}");
            return exit::FAILED.into();
        }
    };
    runtime.block_on(commands::run(arguments, environment))
}
