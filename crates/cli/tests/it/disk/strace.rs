//! What `strace` is asked for, and what it tells.

use std::collections::BTreeMap;
use std::path::Path;

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

/// One call: the file relative to the folder, the call, and the how many-eth of its kind on this file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    file: String,
    call: String,
    number: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Ended by force before the call.
    Killed,
    FullOnce,
    FullForGood,
    BrokenOnce,
    BrokenForGood,
}

impl Fault {
    const FAILING: [Self; 4] = [Self::FullOnce, Self::BrokenForGood, Self::FullForGood, Self::BrokenOnce];

    /// By force, and one kind of failure in turn; all of them where a person asks for it.
    pub(super) fn chosen(place: usize) -> Vec<Self> {
        let failing = match every_fault() {
            true => Self::FAILING.to_vec(),
            false => vec![Self::FAILING[place % 4]],
        };
        [vec![Self::Killed], failing].concat()
    }

    fn words(self) -> &'static str {
        match self {
            Fault::Killed => "signal=KILL",
            Fault::FullOnce | Fault::FullForGood => "error=ENOSPC",
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

pub(super) fn breaking(point: &Point, fault: Fault, folder: &Path) -> Vec<String> {
    let from = match fault {
        Fault::FullForGood | Fault::BrokenForGood => "+",
        Fault::Killed | Fault::FullOnce | Fault::BrokenOnce => "",
    };
    let inject = format!("inject={}:{}:when={}{from}", point.call, fault.words(), point.number);
    let path = folder.join(&point.file).display().to_string();
    let call = format!("trace={}", point.call);
    let mut words = vec!["-f", "-qq", "-o", "/dev/null", "-P", &path, "-e", &call, "-e", &inject];
    if fault != Fault::Killed {
        // Other calls are not even looked at, which is far quicker; but then no signal can be put in the place of a call.
        words.push("--seccomp-bpf");
    }
    words.into_iter().map(str::to_owned).collect()
}

/// The calls on files inside the folder, in the order in which they were made. Names that are another every time cannot be met again,
/// and what processes share in memory (`-shm`) is made anew at every start.
pub(super) fn points(log: &str, folder: &Path) -> Vec<Point> {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut points = Vec::new();
    for line in log.lines() {
        let Some((call, arguments)) = line
            .split_once('(')
            .map(|(head, rest)| (head.split_whitespace().last().unwrap_or_default(), rest))
        else {
            continue;
        };
        let Some(path) = CALLS.contains(&call).then(|| path_of(call, arguments)).flatten() else { continue };
        let Ok(file) = Path::new(&path).strip_prefix(folder) else { continue };
        let file = file.display().to_string();
        if file.ends_with("-shm") || file.contains(".tmp") || file == "calls.log" || file.is_empty() {
            continue;
        }
        let number = counts.entry((file.clone(), call.to_owned())).or_default();
        *number += 1;
        points.push(Point { file, call: call.to_owned(), number: *number });
    }
    points
}

/// The file of an open descriptor stands in angle brackets, a path in quotes; a file that is moved is known by where it goes.
fn path_of(call: &str, arguments: &str) -> Option<String> {
    if call.starts_with("rename") {
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
