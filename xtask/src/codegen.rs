//! The types and command names that the interface shares with the Rust side, and the page of what platforms can do.
//!
//! They are always made in a folder of their own first, so that a failure leaves the committed files whole and a
//! file that is no longer made is seen.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::program::run as run_program;
use crate::rust::workspace;
use crate::surroundings::Surroundings;

/// A folder whose every file is generated, and single files beside others.
const GENERATED_FOLDER: &str = "ui/src/api/generated";
const GENERATED_FILES: &[&str] = &["src-tauri/command_names.rs", "docs/platforms/README.md"];

const EXAMPLE: &str = "export_types";

pub(crate) fn check(here: &Surroundings) -> Result<()> {
    run(here, true)
}

pub(crate) fn run(here: &Surroundings, check: bool) -> Result<()> {
    let fresh = generate(here)?;
    let committed = read(&here.root)?;
    let stale = differences(&fresh, &committed);
    if stale.is_empty() {
        println!("generated files are up to date");
        return Ok(());
    }
    if check {
        bail!("stale: {}; run `cargo xtask codegen` and commit the result", stale.join(", "));
    }
    for name in &stale {
        let file = here.root.join(name);
        match fresh.get(name) {
            Some(text) => {
                fs::create_dir_all(file.parent().unwrap_or(&here.root))?;
                fs::write(&file, text).with_context(|| format!("writing {name}"))?;
                println!("wrote {name}");
            }
            None => {
                fs::remove_file(&file).with_context(|| format!("removing {name}"))?;
                println!("removed {name}");
            }
        }
    }
    Ok(())
}

fn generate(here: &Surroundings) -> Result<BTreeMap<String, String>> {
    let folder = here.target.join("codegen");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("emptying the folder for generated files")?;
    }
    fs::create_dir_all(folder.join(GENERATED_FOLDER))?;
    fs::create_dir_all(folder.join("src-tauri"))?;
    run_program(workspace(here, &["build", "--quiet"]).args(["--example", EXAMPLE]))?;
    let example = here.built(&format!("examples/{EXAMPLE}"));
    run_program(Command::new(example).arg(&folder).current_dir(&here.root))?;
    let fresh = read(&folder)?;
    if fresh.is_empty() {
        bail!("the example {EXAMPLE} wrote nothing into {}", folder.display());
    }
    Ok(fresh)
}

/// Every generated file below `root`, by its path from there.
fn read(root: &Path) -> Result<BTreeMap<String, String>> {
    let mut names = Vec::new();
    let folder = root.join(GENERATED_FOLDER);
    if folder.is_dir() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            names.push(format!("{GENERATED_FOLDER}/{}", entry?.file_name().to_string_lossy()));
        }
    }
    names.extend(
        GENERATED_FILES.iter().filter(|name| root.join(name).is_file()).map(|name| (*name).to_owned()),
    );
    names
        .into_iter()
        .map(|name| {
            let text = fs::read_to_string(root.join(&name)).with_context(|| format!("reading {name}"))?;
            Ok((name, text))
        })
        .collect()
}

fn differences(fresh: &BTreeMap<String, String>, committed: &BTreeMap<String, String>) -> Vec<String> {
    let mut names: Vec<_> = fresh.keys().chain(committed.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| fresh.get(name) != committed.get(name));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_new_and_left_over_files_are_stale() {
        let of = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let fresh = of(&[("same", "1"), ("changed", "new"), ("added", "1")]);
        let committed = of(&[("same", "1"), ("changed", "old"), ("left over", "1")]);
        assert_eq!(differences(&fresh, &committed), ["added", "changed", "left over"]);
    }
}
