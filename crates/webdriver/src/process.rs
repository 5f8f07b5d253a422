//! What the system tells about processes, and how they are ended.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

/// `/proc` counts in hundredths of a second, whatever the kernel does.
const TICKS_A_SECOND: f64 = 100.0;
/// Words of `/proc/<id>/stat` after the name of the program.
const GROUP: usize = 2;
const STARTED: usize = 19;

/// When a process was started, to a hundredth of a second.
///
/// # Errors
/// When there is no such process.
#[expect(clippy::disallowed_methods, reason = "measures real time")]
pub fn started_at(id: u32) -> Result<SystemTime> {
    let after_boot: f64 = word_of(id, STARTED).context("no such process")?.parse()?;
    let (now, uptime) = (SystemTime::now(), std::fs::read_to_string("/proc/uptime")?);
    let uptime: f64 = uptime.split_whitespace().next().context("how long the machine runs")?.parse()?;
    let age = (uptime - after_boot / TICKS_A_SECOND).max(0.0);
    Ok(now - Duration::from_secs_f64(age))
}

/// Bytes of memory that a process has for itself, with its share of what it has together with others.
///
/// # Errors
/// When there is no such process, or it is somebody else's.
pub fn memory_of(id: u32) -> Result<u64> {
    let summary = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
    let line =
        summary.lines().find_map(|line| line.strip_prefix("Pss:")).context("its share of the memory")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024)
}

/// Ids of everything that belongs to a group of processes.
pub(crate) fn of_group(leader: u32) -> Vec<u32> {
    let group = leader.to_string();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| word_of(*id, GROUP).is_some_and(|of| of == group)).collect()
}

/// The program that a process runs.
pub(crate) fn program_of(id: u32) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{id}/exe")).ok()
}

/// Ends a group of processes, as the power going out would.
pub(crate) fn end_group(leader: u32) {
    Command::new("kill").args(["-KILL", "--", &format!("-{leader}")]).status().ok();
}

/// A word of what the system says of a process, after its name, which may hold blanks itself.
fn word_of(id: u32, place: usize) -> Option<String> {
    let line = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    line.rsplit(')').next()?.split_whitespace().nth(place).map(str::to_owned)
}
