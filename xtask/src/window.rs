//! The tests that steer the real window: the built app, on a real if invisible screen, beside a real keychain.

use anyhow::{Context, Result};

use crate::program::run as run_program;
use crate::rust::workspace;
use crate::session::{Screen, Session};
use crate::surroundings::Surroundings;
use crate::tools::TAURI_DRIVER;

pub(crate) fn run(here: &Surroundings) -> Result<()> {
    if !cfg!(target_os = "linux") {
        println!("the window tests run on Linux only");
        return Ok(());
    }
    let driver = TAURI_DRIVER.ready(here)?;
    let screenshots = here.target.join("screenshots");
    std::fs::create_dir_all(&screenshots).context("the folder for screenshots")?;

    // Built outside the session: what fails to compile should not look like a failing window.
    run_program(workspace(here, &["test"]).args(["--test", "window", "--no-run"]))?;

    let mut tests = workspace(here, &["test", "--quiet"]);
    tests.args(["--test", "window", "--", "--test-threads=1", "--nocapture"]);
    tests.env("CLIENTELA_TAURI_DRIVER", driver);
    tests.env("CLIENTELA_DESKTOP_BINARY", here.built("clientela-desktop"));
    tests.env("CLIENTELA_SCREENSHOTS", &screenshots);
    let screen = Screen::start(here)?;
    screen.lend_to(&mut tests);
    let outcome = run_program(&mut Session::throwaway(here)?.around(tests));
    println!("screenshots: {}", screenshots.display());
    outcome
}
