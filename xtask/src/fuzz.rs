//! Fuzzing of what reads the platforms' answers. Not part of `test`: it looks for what nobody thought of, as long as it is let.

use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::program::run as run_program;
use crate::surroundings::Surroundings;
use crate::tools::CARGO_FUZZ;

/// One target a platform: the files in `fuzz/fuzz_targets`.
const TARGETS: &[&str] = &["inallweb", "tiendanegocio", "tiendanube", "uappi", "yampi"];

#[derive(Args)]
pub(crate) struct Options {
    /// The readers of these platforms; all without any
    platforms: Vec<String>,
    /// How long each is fuzzed
    #[arg(long, default_value_t = 600)]
    seconds: u32,
}

pub(crate) fn run(here: &Surroundings, options: &Options) -> Result<()> {
    let fuzz = CARGO_FUZZ.ready(here)?;
    let chosen: Vec<&str> = match options.platforms.is_empty() {
        true => TARGETS.to_vec(),
        false => options.platforms.iter().map(String::as_str).collect(),
    };
    for target in chosen {
        // What was found before is gone on from; it belongs to the machine, not to the project.
        let corpus = here.target.join("fuzz-corpus").join(target);
        std::fs::create_dir_all(&corpus).with_context(|| format!("making {}", corpus.display()))?;
        let mut command = Command::new(&fuzz);
        command
            .args(["fuzz", "run", "--sanitizer", "none", "--target-dir"])
            .arg(here.target.join("fuzz"))
            .arg(target)
            .arg(&corpus)
            .arg(here.root.join("crates/connectors/tests/documents"))
            .args(["--", "-max_len=65536", "-timeout=10", "-print_final_stats=1"])
            .arg(format!("-max_total_time={}", options.seconds))
            .current_dir(&here.root)
            // The fuzzer counts edges by an option of the compiler that is not stable; without a sanitizer (there is no unsafe
            // code to watch) any compiler has it.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO", "cargo");
        run_program(&mut command).with_context(|| format!("the reader of {target} has a fault"))?;
    }
    Ok(())
}
