//! Programs that come from Cargo. They are kept below the target folder, so no machine's own set of tools changes
//! and every checkout has the versions it was written for.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::program::{cargo, run};
use crate::surroundings::Surroundings;

pub(crate) struct Tool {
    package: &'static str,
    binary: &'static str,
    /// What Cargo is asked for; part of the folder's name, so another version means another folder.
    version: &'static str,
    options: &'static [&'static str],
}

/// 3.0 is an alpha for the next major version of Tauri.
pub(crate) const TAURI_DRIVER: Tool =
    Tool { package: "tauri-driver", binary: "tauri-driver", version: "^2.1", options: &[] };

/// The same minor version as `sqlx` in the workspace: the format of `.sqlx` belongs to it.
pub(crate) const SQLX: Tool = Tool {
    package: "sqlx-cli",
    binary: "cargo-sqlx",
    version: "^0.9.0",
    options: &["--no-default-features", "--features", "sqlite"],
};

pub(crate) const CARGO_DENY: Tool =
    Tool { package: "cargo-deny", binary: "cargo-deny", version: "^0.20.2", options: &[] };

pub(crate) const CARGO_FUZZ: Tool =
    Tool { package: "cargo-fuzz", binary: "cargo-fuzz", version: "^0.13.2", options: &[] };

impl Tool {
    /// The program, installed first if it is not there yet.
    pub(crate) fn ready(&self, here: &Surroundings) -> Result<PathBuf> {
        let home = here.target.join("tools").join(format!(
            "{}-{}",
            self.package,
            self.version.trim_start_matches('^')
        ));
        let binary = home.join("bin").join(format!("{}{}", self.binary, std::env::consts::EXE_SUFFIX));
        if binary.is_file() {
            return Ok(binary);
        }
        println!("installing {} {} into {}", self.package, self.version, home.display());
        let workshop = here.target.join("tools").join("build");
        run(cargo(here)
            .args(["install", self.package, "--locked", "--version", self.version, "--root"])
            .arg(&home)
            // These run for seconds; compiling them optimised takes minutes.
            .args(["--debug", "--quiet"])
            .args(self.options)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_TARGET_DIR", &workshop))
        .with_context(|| format!("{} {} could not be installed", self.package, self.version))?;
        std::fs::remove_dir_all(&workshop).context("clearing up after the installation")?;
        Ok(binary)
    }
}
