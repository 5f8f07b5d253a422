//! Getting a machine ready: what is looked for is in [`needs`], how Debian gets it in [`debian`].

mod debian;
mod needs;

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::program::{answer, npm, succeeds};
use crate::surroundings::Surroundings;
use needs::Need;
pub(crate) use needs::Purpose;

/// The Node that the interface's tools ask for.
const NODE: (u64, u64) = (20, 19);

/// All that any task needs, for `cargo xtask setup`.
pub(crate) fn everything(here: &Surroundings) -> Result<()> {
    rust(here)?;
    node(here)?;
    system(here, &Purpose::ALL)?;
    println!("everything is here");
    Ok(())
}

/// Rust's own tools; the compiler's version is checked by Cargo against `rust-version`.
pub(crate) fn rust(here: &Surroundings) -> Result<()> {
    for component in ["fmt", "clippy"] {
        if !succeeds(crate::program::cargo(here).args([component, "--version"])) {
            bail!("`cargo {component}` is missing: run `rustup component add rustfmt clippy`");
        }
    }
    Ok(())
}

pub(crate) fn node(here: &Surroundings) -> Result<()> {
    let (major, minor) = NODE;
    let advice = format!("install Node.js {major}.{minor} or newer, npm included, and try again");
    let version = answer(Command::new("node").arg("--version")).with_context(|| advice.clone())?;
    if node_version(&version).is_none_or(|found| found < NODE) {
        bail!("Node.js {version} is too old: {advice}");
    }
    answer(npm(here).arg("--version")).with_context(|| advice)?;
    Ok(())
}

/// System libraries and programs; only Linux has any, the other systems bring a web view and a keychain along.
pub(crate) fn system(here: &Surroundings, purposes: &[Purpose]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let missing = needs::missing(here, purposes);
    if missing.is_empty() {
        return Ok(());
    }
    if debian::is_here(here) {
        debian::install(here, &packages(&missing))?;
        let still_missing = needs::missing(here, purposes);
        if !still_missing.is_empty() {
            bail!("still missing after the installation: {}", proofs(&still_missing));
        }
        return Ok(());
    }
    bail!("missing, install it with this system's own package manager: {}", proofs(&missing));
}

fn packages(needs: &[&Need]) -> Vec<&'static str> {
    let mut packages: Vec<_> = needs.iter().map(|need| need.debian_package).collect();
    packages.dedup();
    packages
}

fn proofs(needs: &[&Need]) -> String {
    needs.iter().map(|need| need.proof.to_string()).collect::<Vec<_>>().join(", ")
}

fn node_version(text: &str) -> Option<(u64, u64)> {
    let mut numbers = text.trim().trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::{NODE, node_version};

    #[test]
    fn node_versions_compare_as_numbers() {
        assert_eq!(node_version("v20.20.2"), Some((20, 20)));
        assert!(node_version("v9.11.0").expect("a version") < NODE, "9 is older than 20");
        assert!(node_version("v20.9.0").expect("a version") < NODE, "20.9 is older than 20.19");
        assert_eq!(node_version("nightly"), None);
    }
}
