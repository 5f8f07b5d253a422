//! `cargo xtask demo`: from a fresh clone to the open app.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::interface;
use crate::program::run as run_program;
use crate::rust::workspace;
use crate::session::{self, Screen, Session};
use crate::setup::{self, Purpose};
use crate::surroundings::Surroundings;

#[derive(Args)]
pub(crate) struct Options {
    /// Where the demo keeps its customer book [default: demo in the target folder]
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Open the window on an invisible screen
    #[arg(long)]
    headless: bool,
    /// Use a keychain of the demo's own even where the desktop session has one
    #[arg(long)]
    own_keychain: bool,
}

pub(crate) fn run(here: &Surroundings, options: &Options) -> Result<()> {
    if !here.has_display && !options.headless {
        bail!(
            "this machine shows no display; start the demo from a desktop, or with --headless to run it unseen"
        );
    }
    setup::system(here, &[Purpose::Build])?;
    setup::node(here)?;
    let own_keychain =
        cfg!(target_os = "linux") && (options.own_keychain || !session::keychain_is_here(here));
    if own_keychain {
        setup::system(here, &[Purpose::Keychain])?;
    }
    if options.headless {
        setup::system(here, &[Purpose::Screen])?;
    }

    interface::install(here)?;
    interface::build(here)?;
    run_program(workspace(here, &["build"]).args(["--bin", "clientela-desktop"]))?;

    let data = match &options.data_dir {
        Some(folder) => std::path::absolute(folder).context("the data folder")?,
        None => here.target.join("demo"),
    };
    let mut app = Command::new(here.built("clientela-desktop"));
    app.arg("--demo").arg("--data-dir").arg(&data).current_dir(&here.root);

    let session = if own_keychain {
        println!("no keychain is running here: the demo brings its own");
        Session::kept(here, &beside(&data))?
    } else {
        Session::none(here)
    };
    // Alive until the app has ended.
    let screen = if options.headless { Some(Screen::start(here)?) } else { None };
    if let Some(screen) = &screen {
        screen.lend_to(&mut app);
        println!("the window opens on the invisible screen {}", screen.display());
    }
    println!("customer book: {}", data.display());
    run_program(&mut session.around(app))
}

/// The key must be found again by the next run, and must not lie inside the folder it opens.
fn beside(data: &Path) -> PathBuf {
    let mut name = data.file_name().map_or_else(|| OsString::from("demo"), OsString::from);
    name.push("-keychain");
    data.with_file_name(name)
}
