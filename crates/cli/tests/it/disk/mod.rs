//! The real program on a disk that fails, or with its life taken, at every single write.
//!
//! A flow is played once under `strace` to see what it writes to which file. Then it is played again for every one of those calls: ended
//! by force just before it, and with one kind of failure. With `CLIENTELA_EVERY_FAULT` set, with every kind. That each was met is looked
//! at. Whatever happens, the book is whole afterwards, what was acknowledged is there, and the next sync comes to its end.

#![expect(clippy::print_stdout, reason = "a test tells how much it went through")]

mod flows;
mod strace;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::desk::{Desk, Ran, finish, program};
use strace::{Fault, Point};

/// A folder with a book and its secrets, for one run.
pub(crate) struct Scratch {
    folder: TempDir,
}

impl Scratch {
    /// A copy of what lies in `of`.
    fn copy(of: &Path) -> Self {
        let folder = TempDir::new_in(memory()).unwrap();
        copy_all(of, folder.path());
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    fn arguments(&self, words: &[&str]) -> Vec<String> {
        let mut arguments =
            vec!["--data-dir".to_owned(), self.path("book").display().to_string(), "--json".to_owned()];
        arguments.extend(words.iter().map(|word| word.replace("HERE", &self.path("").display().to_string())));
        arguments
    }

    fn prepare(&self, mut command: Command) -> Command {
        command
            .env("CLIENTELA_SECRETS", format!("file:{}", self.path("secrets.json").display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, words: &[&str]) -> Ran {
        let mut command = program();
        command.args(self.arguments(words));
        finish(self.prepare(command).spawn().unwrap()).await
    }

    async fn ok(&self, words: &[&str]) -> Value {
        self.run(words).await.ended(0)
    }

    async fn run_traced(&self, options: &[String], words: &[&str]) -> Ran {
        let mut command = Command::new("strace");
        command.env_remove("CLIENTELA_LOG").env("LC_ALL", "C.UTF-8");
        command.args(options).arg(env!("CARGO_BIN_EXE_clientela")).args(self.arguments(words));
        let child = self.prepare(command).spawn();
        finish(child.expect("strace is installed; `cargo xtask test` does that")).await
    }
}

/// Failures are made and not waited for: thousands of real flushes would only take time.
fn memory() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

fn copy_all(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Something that a person or the program does, and what has to hold after it was broken off.
pub(crate) trait Flow {
    /// The words of the command line; `HERE` is the folder.
    fn words(&self) -> Vec<String>;
    /// Puts the store back to where every run begins.
    async fn begin(&self) {}
    /// How the book is looked at afterwards, before anything else.
    fn look(&self) -> &'static [&'static str] {
        &["doctor"]
    }
    /// `acknowledged`: the program had told that it was done.
    async fn holds(&self, scratch: &Scratch, acknowledged: bool);
}

/// Threads take turns otherwise from run to run: a call may be another thread's.
const TRIES: usize = 5;
/// A fault of so many may be met in no run at all.
const ONE_OF: usize = 20;

/// Plays the flow for every call.
pub(crate) async fn at_every_call<F: Flow>(name: &str, base: &Path, flow: &F) {
    let words = flow.words();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    flow.begin().await;
    let seen = Scratch::copy(base);
    let log = seen.path(strace::LOG);
    let ran = seen.run_traced(&strace::listing(&log), &words).await;
    assert!(matches!(ran.code, Some(0 | 3)), "{name} works where nothing fails: {ran:?}");
    let points = strace::points(&std::fs::read_to_string(&log).unwrap(), &seen.path(""));
    assert!(points.len() > 10, "{name}: there is something to break: {points:?}");
    let (mut runs, mut faults, mut missed) = (0, 0, Vec::new());
    for (place, point) in points.iter().enumerate() {
        for fault in Fault::chosen(place) {
            let mut is_met = false;
            for _ in 0..TRIES {
                is_met = play(name, base, flow, &words, (point, &points), fault).await;
                runs += 1;
                if is_met {
                    break;
                }
            }
            faults += 1;
            if !is_met {
                assert!(!point.is_first(), "{name}: {fault:?} at {point:?} was never met");
                missed.push((fault, point));
            }
        }
    }
    assert!(missed.len() * ONE_OF <= faults, "{name}: of {faults} faults these were never met: {missed:?}");
    println!("{name}: {} calls, {faults} faults, {runs} runs, not met: {missed:?}", points.len());
}

/// Tells whether the fault was met.
async fn play<F: Flow>(
    name: &str,
    base: &Path,
    flow: &F,
    words: &[&str],
    (point, points): (&Point, &[Point]),
    fault: Fault,
) -> bool {
    flow.begin().await;
    let scratch = Scratch::copy(base);
    let log = scratch.path(strace::LOG);
    let ran =
        scratch.run_traced(&strace::breaking(point, fault, points, &scratch.path(""), &log), words).await;
    let told = format!("{name}, {fault:?} at {point:?}: {ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{told}");
    let acknowledged = !ran.stdout.is_empty() && ran.json().get("error").is_none();
    let is_met = match fault {
        Fault::Killed => ran.code.is_none(),
        _ => strace::has_failed(&std::fs::read_to_string(&log).unwrap()),
    };
    if fault != Fault::Killed {
        assert!(ran.code.is_some(), "the program ends by itself: {told}");
        if !acknowledged {
            let code = ran.json()["error"]["code"].as_str().unwrap_or_default().to_owned();
            let plain = ["disk_full", "database", "file_damaged", "target_failed", "keychain_unavailable"];
            assert!(plain.contains(&code.as_str()), "it is said what is wrong: {told}");
        }
    }
    let health = scratch.run(flow.look()).await;
    assert_eq!(health.code, Some(0), "the book is whole, or was never begun: {health:?} after {told}");
    assert_eq!(health.json()["problems"], json!([]), "{health:?} after {told}");
    flow.holds(&scratch, acknowledged).await;
    let synced = scratch.run(&["sync"]).await;
    // An edit may wait for a person: the store's answer to it was lost, and the store shows another text by now.
    assert!(matches!(synced.code, Some(0 | 3)), "the next sync works: {synced:?} after {told}");
    for store in synced.json()["stores"].as_array().unwrap() {
        assert_eq!(store["complete"], true, "the next sync comes to its end: {synced:?} after {told}");
    }
    is_met
}

/// A store with so many customers, connected and read.
pub(crate) async fn ready(customers: usize) -> Desk {
    let desk = Desk::new(customers).await;
    desk.connect("tiendanube").await;
    desk.synced().await;
    desk
}
