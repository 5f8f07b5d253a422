//! Starting other programs, with one way of showing and one way of judging them.

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

use crate::surroundings::Surroundings;

/// Cargo in the workspace's folder.
pub(crate) fn cargo(here: &Surroundings) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(&here.root);
    command
}

/// npm in the interface's folder.
pub(crate) fn npm(here: &Surroundings) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(here.interface());
    command
}

/// Shows the command, runs it with no input, and fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command.stdin(Stdio::null()).status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Whether the command can be started and ends well; shows nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What the command writes when it ends well.
pub(crate) fn answer(command: &mut Command) -> Result<String> {
    let Output { status, stdout, stderr } =
        command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` ended with {status}: {}", shown(command), String::from_utf8_lossy(&stderr).trim());
    }
    Ok(String::from_utf8_lossy(&stdout).trim().to_owned())
}

pub(crate) fn cannot_start(command: &Command) -> String {
    format!("`{}` cannot be started", command.get_program().to_string_lossy())
}

/// The command as a person would type it, quoting apart.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
