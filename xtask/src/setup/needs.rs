//! What each purpose needs on Linux, and how to see that it is there.
//!
//! A need is proved by the thing itself and not by asking the package manager, so that a library from elsewhere
//! counts and the same list serves every distribution.

use std::fmt;
use std::process::Command;

use crate::program::succeeds;
use crate::surroundings::Surroundings;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Compiling the workspace.
    Build,
    /// A Secret Service of our own, where no desktop session offers one.
    Keychain,
    /// A disk that fails where a test wants it.
    DiskTrouble,
    /// An invisible screen with a window manager.
    Screen,
    /// Steering the real window.
    Window,
    /// What the app is measured beside.
    Reference,
}

impl Purpose {
    pub(crate) const ALL: [Self; 6] =
        [Self::Build, Self::Keychain, Self::DiskTrouble, Self::Screen, Self::Window, Self::Reference];
}

pub(super) struct Need {
    purpose: Purpose,
    pub(super) debian_package: &'static str,
    pub(super) proof: Proof,
}

pub(super) enum Proof {
    Program(&'static str),
    /// A development library known to pkg-config.
    Library(&'static str),
    /// Modules that a bare Perl lacks; OpenSSL's build, part of the cipher, uses them.
    PerlModules(&'static [&'static str]),
}

const NEEDS: &[Need] = &[
    need(Purpose::Build, "build-essential", Proof::Program("cc")),
    need(Purpose::Build, "build-essential", Proof::Program("make")),
    need(Purpose::Build, "perl", Proof::PerlModules(&["FindBin", "IPC::Cmd", "File::Compare"])),
    need(Purpose::Build, "pkg-config", Proof::Program("pkg-config")),
    need(Purpose::Build, "libwebkit2gtk-4.1-dev", Proof::Library("webkit2gtk-4.1")),
    need(Purpose::Keychain, "dbus", Proof::Program("dbus-run-session")),
    need(Purpose::Keychain, "dbus", Proof::Program("dbus-send")),
    need(Purpose::Keychain, "gnome-keyring", Proof::Program("gnome-keyring-daemon")),
    need(Purpose::DiskTrouble, "strace", Proof::Program("strace")),
    need(Purpose::Screen, "xvfb", Proof::Program("Xvfb")),
    need(Purpose::Screen, "openbox", Proof::Program("openbox")),
    need(Purpose::Window, "webkit2gtk-driver", Proof::Program("WebKitWebDriver")),
    need(Purpose::Window, "imagemagick", Proof::Program("import")),
    need(Purpose::Window, "xdotool", Proof::Program("xdotool")),
    need(Purpose::Reference, "sqlite3", Proof::Program("sqlite3")),
];

const fn need(purpose: Purpose, debian_package: &'static str, proof: Proof) -> Need {
    Need { purpose, debian_package, proof }
}

pub(super) fn missing(here: &Surroundings, purposes: &[Purpose]) -> Vec<&'static Need> {
    NEEDS
        .iter()
        .filter(|need| purposes.contains(&need.purpose))
        .filter(|need| !need.proof.holds(here))
        .collect()
}

impl Proof {
    fn holds(&self, here: &Surroundings) -> bool {
        match self {
            Self::Program(name) => here.find(name).is_some(),
            Self::Library(name) => succeeds(Command::new("pkg-config").args(["--exists", name])),
            Self::PerlModules(names) => succeeds(
                Command::new("perl").args(names.iter().map(|name| format!("-M{name}"))).args(["-e", "1"]),
            ),
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(name) => write!(f, "the program {name}"),
            Self::Library(name) => write!(f, "the development files of {name}"),
            Self::PerlModules(names) => write!(f, "Perl with {}", names.join(" and ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_the_thing_itself() {
        let here = Surroundings::read().expect("surroundings");
        assert!(Proof::Program("cargo").holds(&here), "cargo runs this test, so it is on the path");
        assert!(!Proof::Program("no-such-program-anywhere").holds(&here));
        assert!(!Proof::Library("no-such-library-anywhere").holds(&here));
    }
}
