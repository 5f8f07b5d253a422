//! The screen that the session gives: pictures of it, its keyboard, and waiting for what is on it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Long: the machine may be building something beside.
const PATIENCE: Duration = Duration::from_secs(40);
const PAUSE: Duration = Duration::from_millis(120);

/// What `cargo xtask test window` hands over.
pub(crate) struct Surroundings {
    pub(crate) driver: PathBuf,
    pub(crate) app: PathBuf,
    pictures: PathBuf,
}

pub(crate) fn surroundings() -> &'static Surroundings {
    static READ: OnceLock<Surroundings> = OnceLock::new();
    READ.get_or_init(|| {
        let path = |name: &str| {
            let path = std::env::var_os(name).map(PathBuf::from);
            path.unwrap_or_else(|| panic!("{name} is not set: start these by `cargo xtask test window`"))
        };
        Surroundings {
            driver: path("CLIENTELA_TAURI_DRIVER"),
            app: path("CLIENTELA_DESKTOP_BINARY"),
            pictures: path("CLIENTELA_SCREENSHOTS"),
        }
    })
}

/// A picture of the whole screen, for people to look at.
pub(crate) fn picture(name: &str) {
    let file = surroundings().pictures.join(format!("{name}.png"));
    let taken = Command::new("import").args(["-window", "root"]).arg(&file).status();
    assert!(taken.is_ok_and(|status| status.success()), "no picture {}", file.display());
}

/// Keys and texts for whatever has the focus; a native dialog is no part of the page.
pub(crate) fn keyboard(arguments: &[&str]) {
    let done = Command::new("xdotool").args(arguments).status();
    assert!(done.is_ok_and(|status| status.success()), "xdotool {arguments:?}");
}

/// Titles of the windows on the screen.
pub(crate) fn titles() -> Vec<String> {
    let found = Command::new("xdotool").args(["search", "--onlyvisible", "--name", "."]).output().unwrap();
    let ids = String::from_utf8_lossy(&found.stdout).into_owned();
    let title = |id: &str| {
        let name = Command::new("xdotool").args(["getwindowname", id]).output().unwrap();
        String::from_utf8_lossy(&name.stdout).trim().to_owned()
    };
    ids.lines().map(title).collect()
}

/// Title of the window that has the keyboard.
pub(crate) fn focused_title() -> String {
    let name = Command::new("xdotool").args(["getactivewindow", "getwindowname"]).output().unwrap();
    String::from_utf8_lossy(&name.stdout).trim().to_owned()
}

/// Closes the window of a program as a person does: to the front with it, and its closing key.
pub(crate) async fn close_window_of(program: u32) {
    let wanted = ["search", "--all", "--onlyvisible", "--pid", &program.to_string(), "--name", "^Clientela$"];
    let found = Command::new("xdotool").args(wanted).output().unwrap();
    let window = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    assert!(!window.is_empty(), "the program {program} has no window");
    keyboard(&["windowactivate", "--sync", &window]);
    keyboard(&["key", "alt+F4"]);
}

/// Between two looks at something that takes its time.
#[expect(clippy::disallowed_methods, reason = "a real window takes real time")]
pub(crate) async fn pause() {
    tokio::time::sleep(PAUSE).await;
}

/// Looks again and again until there is something to see; `None` when patience ends.
pub(crate) async fn patiently<T>(look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    within(PATIENCE, look).await
}

/// The same for so long.
pub(crate) async fn within<T>(patience: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    while start.elapsed() < patience {
        if let Some(seen) = look().await {
            return Some(seen);
        }
        pause().await;
    }
    None
}

/// Waits until something outside the page is so.
pub(crate) async fn eventually(what: &str, mut look: impl FnMut() -> bool) {
    let seen = patiently(async || look().then_some(())).await;
    if seen.is_none() {
        picture(&format!("failed-{}", file_name(what)));
        panic!("never seen: {what}");
    }
}

/// Letters and digits of a sentence, for the name of a picture.
pub(crate) fn file_name(sentence: &str) -> String {
    sentence
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .take(60)
        .collect()
}
