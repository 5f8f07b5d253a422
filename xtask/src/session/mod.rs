//! A place to run the app in: an invisible screen, and a message bus with an unlocked keychain on it.
//!
//! Only Linux needs one. There the keychain is a service on the session's bus, and a fresh machine, a container or a
//! build server has neither; the app itself knows nothing of this and meets a real Secret Service.

pub(crate) mod inside;
mod screen;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

pub(crate) use screen::Screen;

use crate::program::answer;
use crate::surroundings::Surroundings;

/// Wraps a command so that it runs beside a keychain of ours, if one is wanted.
pub(crate) struct Session {
    program: PathBuf,
    keychain: Option<PathBuf>,
}

impl Session {
    /// No bus, no keychain: the command meets what the machine has.
    pub(crate) fn none(here: &Surroundings) -> Self {
        Self { program: here.itself.clone(), keychain: None }
    }

    /// A keychain kept in a folder, to be found again by the next run.
    pub(crate) fn kept(here: &Surroundings, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        Ok(Self { program: here.itself.clone(), keychain: Some(folder.to_path_buf()) })
    }

    /// An empty keychain, for tests. Elsewhere than on Linux none can be had.
    pub(crate) fn throwaway(here: &Surroundings) -> Result<Self> {
        if !cfg!(target_os = "linux") {
            return Ok(Self::none(here));
        }
        let folder = here.target.join("test-keychain");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
        }
        Self::kept(here, &folder)
    }

    pub(crate) fn around(&self, inner: Command) -> Command {
        let Some(keychain) = &self.keychain else { return inner };
        let mut outer = Command::new("dbus-run-session");
        outer.arg("--").arg(&self.program).args(["in-session", "--keychain"]).arg(keychain).arg("--");
        outer.arg(inner.get_program()).args(inner.get_args());
        if let Some(folder) = inner.get_current_dir() {
            outer.current_dir(folder);
        }
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => outer.env(name, value),
                None => outer.env_remove(name),
            };
        }
        outer
    }
}

/// Whether an app started here would meet a Secret Service without our help.
pub(crate) fn keychain_is_here(here: &Surroundings) -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    // One that is merely installed would be started locked, and needs a desktop session to ask for its password.
    here.has_session_bus
        && (secret_service_runs() || here.in_desktop_session && secret_service_can_be_started())
}

const SECRET_SERVICE: &str = "org.freedesktop.secrets";

fn secret_service_runs() -> bool {
    ask_the_bus("NameHasOwner", &[&format!("string:{SECRET_SERVICE}")])
        .is_some_and(|answer| answer.contains("true"))
}

fn secret_service_can_be_started() -> bool {
    ask_the_bus("ListActivatableNames", &[]).is_some_and(|answer| answer.contains(SECRET_SERVICE))
}

fn ask_the_bus(method: &str, arguments: &[&str]) -> Option<String> {
    let mut question = Command::new("dbus-send");
    question.args(["--session", "--print-reply=literal", "--reply-timeout=5000"]);
    question.args(["--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
    question.arg(format!("org.freedesktop.DBus.{method}")).args(arguments);
    answer(&mut question).ok()
}
