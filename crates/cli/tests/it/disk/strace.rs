//! What `strace` is asked for, and what it tells.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Where `strace` writes, inside the folder.
pub(super) const LOG: &str = "calls.log";

/// Calls after which something on the disk is otherwise.
const CALLS: [&str; 10] = [
    "pwrite64",
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
];

/// One call: the file relative to the folder, the call, and the how many-eth of its kind. Each thread counts for itself, as `strace` does
/// when it waits for one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Point {
    file: String,
    call: String,
    number: usize,
}

impl Point {
    /// Some thread always makes it.
    pub(super) fn is_first(&self) -> bool {
        self.number == 1
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Ended by force before the call.
    Killed,
    FullOnce,
    FullForGood,
    /// For every file, from the call of this number on any of them.
    FullEverywhere,
    BrokenOnce,
    BrokenForGood,
}

impl Fault {
    const FAILING: [Self; 5] =
        [Self::FullOnce, Self::BrokenForGood, Self::FullEverywhere, Self::BrokenOnce, Self::FullForGood];

    /// By force, and one kind of failure in turn; all of them where a person asks for it.
    pub(super) fn chosen(place: usize) -> Vec<Self> {
        let failing = match every_fault() {
            true => Self::FAILING.to_vec(),
            false => vec![Self::FAILING[place % Self::FAILING.len()]],
        };
        [vec![Self::Killed], failing].concat()
    }

    fn words(self) -> &'static str {
        match self {
            Fault::Killed => "signal=KILL",
            Fault::FullOnce | Fault::FullForGood | Fault::FullEverywhere => "error=ENOSPC",
            Fault::BrokenOnce | Fault::BrokenForGood => "error=EIO",
        }
    }
}

/// Whether a person has hours for it.
fn every_fault() -> bool {
    std::env::var_os("CLIENTELA_EVERY_FAULT").is_some()
}

pub(super) fn listing(log: &Path) -> Vec<String> {
    let calls = format!("trace={}", CALLS.join(","));
    let words = ["-f", "-qq", "-y", "-s", "8", "-e", &calls, "-o"];
    words.into_iter().map(str::to_owned).chain([log.display().to_string()]).collect()
}

/// `points`: all of the flow, with every file that it writes to.
pub(super) fn breaking(
    point: &Point,
    fault: Fault,
    points: &[Point],
    folder: &Path,
    log: &Path,
) -> Vec<String> {
    let from = match fault {
        Fault::FullForGood | Fault::FullEverywhere | Fault::BrokenForGood => "+",
        Fault::Killed | Fault::FullOnce | Fault::BrokenOnce => "",
    };
    let files: BTreeSet<&str> = match fault {
        _ if moves(&point.call) => BTreeSet::new(),
        Fault::FullEverywhere => points.iter().map(|point| point.file.as_str()).collect(),
        _ => [point.file.as_str()].into(),
    };
    let inject = format!("inject={}:{}:when={}{from}", point.call, fault.words(), point.number);
    let call = format!("trace={}", point.call);
    let mut words: Vec<String> =
        ["-f", "-qqq", "-s", "8", "-e", &call, "-e", &inject, "-o"].map(str::to_owned).to_vec();
    words.push(log.display().to_string());
    words.extend(files.iter().flat_map(|file| ["-P".to_owned(), folder.join(file).display().to_string()]));
    if fault != Fault::Killed {
        // Other calls are not even looked at, which is far quicker; but then no signal can be put in the place of a call.
        words.push("--seccomp-bpf".to_owned());
    }
    words
}

/// Whether a call failed as it was to.
pub(super) fn has_failed(log: &str) -> bool {
    log.contains("(INJECTED)")
}

/// The calls on files inside the folder. Names that are another every time cannot be met again, and what processes share in memory
/// (`-shm`) is made anew at every start. Two threads that come to the same number are met by the same words.
pub(super) fn points(log: &str, folder: &Path) -> Vec<Point> {
    let mut counts: BTreeMap<(&str, &str, String), usize> = BTreeMap::new();
    let mut points = BTreeSet::new();
    for line in log.lines() {
        let Some((head, arguments)) = line.split_once('(') else { continue };
        let mut head = head.split_whitespace();
        let (Some(thread), Some(call)) = (head.next(), head.next()) else { continue };
        let Some(path) = CALLS.contains(&call).then(|| path_of(call, arguments)).flatten() else { continue };
        let Ok(file) = Path::new(&path).strip_prefix(folder) else { continue };
        let file = file.display().to_string();
        let mut count = |file: String| {
            let number = counts.entry((thread, call, file)).or_default();
            *number += 1;
            *number
        };
        // Where a file is moved to cannot be waited for by its name: every move counts.
        let moved = moves(call).then(|| count(String::new()));
        if file.ends_with("-shm") || file.contains(".tmp") || file == LOG || file.is_empty() {
            continue;
        }
        let number = moved.unwrap_or_else(|| count(file.clone()));
        points.insert(Point { file, call: call.to_owned(), number });
    }
    points.into_iter().collect()
}

fn moves(call: &str) -> bool {
    call.starts_with("rename")
}

/// The file of an open descriptor stands in angle brackets, a path in quotes; a file that is moved is known by where it goes.
fn path_of(call: &str, arguments: &str) -> Option<String> {
    if moves(call) {
        let end = arguments.rfind('"')?;
        let start = arguments[..end].rfind('"')? + 1;
        return Some(arguments[start..end].to_owned());
    }
    if call.starts_with("unlink") {
        let start = arguments.find('"')? + 1;
        let end = arguments[start..].find('"')? + start;
        return Some(arguments[start..end].to_owned());
    }
    let start = arguments.find('<')? + 1;
    let end = arguments[start..].find('>')? + start;
    Some(arguments[start..end].to_owned())
}
