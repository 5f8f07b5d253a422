//! The web interface: everything that npm does.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::Result;

use crate::program::{npm, run};
use crate::surroundings::Surroundings;

/// Installs the packages of the lock file. A person's own folder is kept while it is newer than the lock.
pub(crate) fn install(here: &Surroundings) -> Result<()> {
    let lock = changed(&here.interface().join("package-lock.json"));
    let installed = changed(&here.interface().join("node_modules/.package-lock.json"));
    if !here.ci && lock.is_some() && installed >= lock {
        return Ok(());
    }
    run(npm(here).args(["ci", "--no-audit", "--no-fund"]))
}

pub(crate) fn check(here: &Surroundings) -> Result<()> {
    script(here, "check")
}

pub(crate) fn test(here: &Surroundings) -> Result<()> {
    script(here, "test")
}

/// Makes `ui/dist`, which the desktop shell embeds and cannot be compiled without.
pub(crate) fn build(here: &Surroundings) -> Result<()> {
    script(here, "build")
}

fn script(here: &Surroundings, name: &str) -> Result<()> {
    run(npm(here).args(["run", name]))
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|data| data.modified()).ok()
}
