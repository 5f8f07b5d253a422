//! `.sqlx`: what the database said about every checked query, so that nobody needs a database to compile.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::program::run as run_program;
use crate::surroundings::Surroundings;
use crate::tools::SQLX;

pub(crate) fn check(here: &Surroundings) -> Result<()> {
    run(here, true)
}

pub(crate) fn run(here: &Surroundings, check: bool) -> Result<()> {
    let sqlx = SQLX.ready(here)?;
    let database = here.target.join("prepare.db");
    for ending in ["", "-wal", "-shm", "-journal"] {
        let file = here.target.join(format!("prepare.db{ending}"));
        if file.exists() {
            fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
        }
    }
    // A plain file: the cipher changes how pages are stored, not what a query means.
    let address = format!("sqlite://{}", database.display());
    let sqlx = |words: &[&str]| {
        let mut command = Command::new(&sqlx);
        command.arg("sqlx").args(words).current_dir(&here.root);
        command.env("DATABASE_URL", &address).env("SQLX_OFFLINE", "false");
        // It expects to be started by Cargo, and to be told which.
        command.env("CARGO", "cargo");
        command
    };
    run_program(&mut sqlx(&["database", "create"]))?;
    run_program(&mut sqlx(&["migrate", "run", "--source", "migrations"]))?;
    let mut prepare = sqlx(&["prepare"]);
    if check {
        prepare.arg("--check");
    }
    // One `.sqlx` for the workspace, but only one room has queries; the others need not even compile.
    prepare.args(["--workspace", "--", "--package", "clientela-database", "--all-targets", "--quiet"]);
    run_program(&mut prepare).context(ADVICE)?;
    if check {
        // What a removed query left behind is only a warning to the program.
        let left_over: Vec<_> = names(&here.root.join(".sqlx"))?
            .difference(&names(&here.target.join("sqlx-prepare-check"))?)
            .cloned()
            .collect();
        if !left_over.is_empty() {
            bail!("no query needs {}; {ADVICE}", left_over.join(", "));
        }
    }
    Ok(())
}

const ADVICE: &str = "if `.sqlx` is stale: run `cargo xtask prepare` and commit the result";

fn names(folder: &Path) -> Result<BTreeSet<String>> {
    if !folder.exists() {
        return Ok(BTreeSet::new());
    }
    fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}
