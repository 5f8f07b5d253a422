//! The desktop program. Everything is in the library, so that tests can start it too.
// No console window beside the real one.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    clientela_desktop::run()
}
