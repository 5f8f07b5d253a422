//! Where this run takes place: folders, and the few environment variables that matter, read once.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub(crate) struct Surroundings {
    /// The folder of the workspace.
    pub(crate) root: PathBuf,
    /// Cargo's target folder; everything that the tasks make goes below it.
    pub(crate) target: PathBuf,
    /// This program, to start it again inside a session. Read at the start: a test run may replace the file later.
    pub(crate) itself: PathBuf,
    pub(crate) path: OsString,
    /// No person is watching: nothing is reused that a fresh clone would not have, and the lock file is law.
    pub(crate) ci: bool,
    pub(crate) has_display: bool,
    /// A graphical session of a person, whose keychain may ask that person to unlock it.
    pub(crate) in_desktop_session: bool,
    pub(crate) runtime_folder: Option<PathBuf>,
    pub(crate) has_session_bus: bool,
}

impl Surroundings {
    pub(crate) fn read() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("the workspace folder is above xtask")?
            .to_path_buf();
        let target = set("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
        let runtime_folder = set("XDG_RUNTIME_DIR").map(PathBuf::from);
        Ok(Self {
            target,
            itself: env::current_exe().context("where this program lies")?,
            path: set("PATH").unwrap_or_default(),
            ci: set("CI").is_some_and(|value| value != "false" && value != "0"),
            has_display: !cfg!(target_os = "linux")
                || set("DISPLAY").is_some()
                || set("WAYLAND_DISPLAY").is_some(),
            in_desktop_session: set("XDG_CURRENT_DESKTOP").is_some(),
            has_session_bus: set("DBUS_SESSION_BUS_ADDRESS").is_some()
                || runtime_folder.as_ref().is_some_and(|folder| folder.join("bus").exists()),
            runtime_folder,
            root,
        })
    }

    /// A program of that name on the search path.
    pub(crate) fn find(&self, program: &str) -> Option<PathBuf> {
        let file = format!("{program}{}", env::consts::EXE_SUFFIX);
        env::split_paths(&self.path).map(|folder| folder.join(&file)).find(|candidate| candidate.is_file())
    }

    /// What Cargo built under that name in the profile that all tasks share.
    pub(crate) fn built(&self, binary: &str) -> PathBuf {
        self.target.join("debug").join(format!("{binary}{}", env::consts::EXE_SUFFIX))
    }

    pub(crate) fn interface(&self) -> PathBuf {
        self.root.join("ui")
    }
}

fn set(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
