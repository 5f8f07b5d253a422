//! Installing packages on Debian and its relatives.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::program::{answer, run, succeeds};
use crate::surroundings::Surroundings;

pub(super) fn is_here(here: &Surroundings) -> bool {
    Path::new("/etc/debian_version").exists() && here.find("apt-get").is_some()
}

/// Installs with the rights at hand; without any it names the one line that a person has to run.
pub(super) fn install(here: &Surroundings, packages: &[&str]) -> Result<()> {
    let rights: &[&str] = if answer(Command::new("id").arg("-u")).is_ok_and(|user| user == "0") {
        &["env"]
    } else if here.find("sudo").is_some() && succeeds(Command::new("sudo").args(["-n", "true"])) {
        &["sudo", "-n", "env"]
    } else {
        bail!(
            "missing packages, please run: sudo apt-get update && sudo apt-get install {}",
            packages.join(" ")
        );
    };
    println!("installing with apt-get: {}", packages.join(" "));
    run(&mut apt_get(rights, &["update", "--quiet"]))?;
    let options = ["install", "--yes", "--quiet", "--no-install-recommends"];
    run(apt_get(rights, &options).args(packages))
}

fn apt_get(rights: &[&str], arguments: &[&str]) -> Command {
    let mut words = rights.iter();
    let mut command = Command::new(words.next().unwrap_or(&"env"));
    command.args(words).args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments);
    command
}
