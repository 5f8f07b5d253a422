//! Which room may depend on which, and which libraries have a room of their own. `ARCHITECTURE.md` says why.

use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

/// A crate of the workspace and the crates it may depend on.
struct Room {
    name: &'static str,
    may_use: &'static [&'static str],
}

const ROOMS: &[Room] = &[
    Room { name: "clientela-domain", may_use: &[] },
    Room { name: "clientela-connectors", may_use: &["clientela-domain"] },
    Room { name: "clientela-database", may_use: &["clientela-domain"] },
    Room {
        name: "clientela-sync",
        may_use: &["clientela-domain", "clientela-connectors", "clientela-database"],
    },
    Room {
        name: "clientela-app",
        may_use: &["clientela-domain", "clientela-connectors", "clientela-database", "clientela-sync"],
    },
    Room { name: "clientela-desktop", may_use: &["clientela-app", "clientela-sandbox"] },
    Room { name: "clientela-cli", may_use: &["clientela-app", "clientela-sandbox"] },
    // Two misreadings of one document must stay two, so the stand-in shares nothing with what it stands against.
    Room { name: SANDBOX, may_use: &[] },
    Room {
        name: TESTKIT,
        may_use: &["clientela-domain", "clientela-connectors", "clientela-database", "clientela-sync"],
    },
    Room {
        name: "clientela-simulator",
        may_use: &["clientela-domain", "clientela-connectors", "clientela-database", "clientela-sync"],
    },
    Room { name: "clientela-bench", may_use: &["clientela-app", "clientela-sandbox", WEBDRIVER] },
    // It steers windows and knows nothing of what is in them.
    Room { name: WEBDRIVER, may_use: &[] },
    Room { name: "xtask", may_use: &[] },
];

const SANDBOX: &str = "clientela-sandbox";
const TESTKIT: &str = "clientela-testkit";
const WEBDRIVER: &str = "clientela-webdriver";

/// A library, or a family of them, that only one room may use.
struct Reserved {
    library: &'static str,
    room: &'static str,
    tests_are_free: bool,
}

const RESERVED: &[Reserved] = &[
    Reserved { library: "sqlx", room: "clientela-database", tests_are_free: false },
    Reserved { library: "libsqlite3-sys", room: "clientela-database", tests_are_free: false },
    Reserved { library: "openssl-sys", room: "clientela-database", tests_are_free: false },
    Reserved { library: "tauri", room: "clientela-desktop", tests_are_free: false },
    Reserved { library: "rfd", room: "clientela-desktop", tests_are_free: false },
    Reserved { library: "keyring", room: "clientela-app", tests_are_free: false },
    Reserved { library: "reqwest", room: "clientela-connectors", tests_are_free: true },
];

#[derive(Clone, Debug)]
pub(super) struct Arrow {
    from: String,
    to: String,
    to_a_room: bool,
    only_for_tests: bool,
}

/// Every dependency that a crate of the workspace declares.
pub(super) fn drawn(root: &Path) -> Result<Vec<Arrow>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("reading the workspace's manifests")?;
    let rooms: Vec<_> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    Ok(metadata
        .packages
        .iter()
        .flat_map(|package| package.dependencies.iter().map(move |dependency| (package, dependency)))
        .map(|(package, dependency)| Arrow {
            from: package.name.to_string(),
            to: dependency.name.clone(),
            to_a_room: rooms.contains(&dependency.name),
            only_for_tests: dependency.kind == DependencyKind::Development,
        })
        .collect())
}

pub(super) fn broken(arrows: &[Arrow]) -> Vec<String> {
    arrows
        .iter()
        .filter_map(|arrow| if arrow.to_a_room { between_rooms(arrow) } else { to_a_library(arrow) })
        .collect()
}

fn between_rooms(arrow: &Arrow) -> Option<String> {
    let Arrow { from, to, only_for_tests, .. } = arrow;
    let Some(room) = ROOMS.iter().find(|room| room.name == from) else {
        return Some(format!("{from}: a crate without a place in the list of arrows"));
    };
    let for_tests =
        *only_for_tests && from != SANDBOX && [SANDBOX, TESTKIT, WEBDRIVER].contains(&to.as_str());
    if room.may_use.contains(&to.as_str()) || for_tests {
        return None;
    }
    Some(format!("{from}: must not depend on {to}"))
}

fn to_a_library(arrow: &Arrow) -> Option<String> {
    let reserved = RESERVED.iter().find(|reserved| belongs_to(&arrow.to, reserved.library))?;
    // The test kit makes books of older versions, whose tables nothing else knows any more. A window's driver is asked over HTTP.
    let is_excused =
        [(TESTKIT, "sqlx"), (WEBDRIVER, "reqwest")].contains(&(arrow.from.as_str(), reserved.library));
    if reserved.room == arrow.from || is_excused || arrow.only_for_tests && reserved.tests_are_free {
        return None;
    }
    Some(format!("{}: {} belongs to {} alone", arrow.from, arrow.to, reserved.room))
}

/// `tauri-build` and `sqlx-core` are of the family too.
fn belongs_to(name: &str, library: &str) -> bool {
    name.strip_prefix(library).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrow(from: &str, to: &str) -> Arrow {
        let to_a_room = ROOMS.iter().any(|room| room.name == to);
        Arrow { from: from.to_owned(), to: to.to_owned(), to_a_room, only_for_tests: false }
    }

    fn test_arrow(from: &str, to: &str) -> Arrow {
        Arrow { only_for_tests: true, ..arrow(from, to) }
    }

    fn is_broken(arrow: Arrow) -> bool {
        !broken(&[arrow]).is_empty()
    }

    #[test]
    fn arrows_point_inwards_only() {
        assert!(!is_broken(arrow("clientela-sync", "clientela-database")));
        assert!(!is_broken(arrow("clientela-desktop", "clientela-app")));
        assert!(is_broken(arrow("clientela-database", "clientela-sync")));
        assert!(is_broken(arrow("clientela-database", "clientela-connectors")));
        assert!(is_broken(arrow("clientela-desktop", "clientela-database")));
        assert!(is_broken(arrow("clientela-cli", "clientela-sync")));
        assert!(is_broken(arrow("clientela-domain", "clientela-app")));
        assert!(is_broken(arrow("clientela-new", "clientela-app")), "a new crate must be placed first");
    }

    #[test]
    fn the_sandbox_shares_nothing_and_serves_every_test() {
        assert!(is_broken(arrow(SANDBOX, "clientela-domain")));
        assert!(is_broken(test_arrow(SANDBOX, "clientela-connectors")));
        assert!(is_broken(test_arrow(SANDBOX, TESTKIT)), "the test kit would bring the domain along");
        assert!(!is_broken(test_arrow("clientela-connectors", SANDBOX)));
        assert!(is_broken(arrow("clientela-connectors", SANDBOX)));
    }

    #[test]
    fn the_test_kit_is_for_tests() {
        assert!(!is_broken(test_arrow("clientela-sync", TESTKIT)));
        assert!(is_broken(arrow("clientela-sync", TESTKIT)));
    }

    #[test]
    fn some_libraries_have_one_room() {
        assert!(!is_broken(arrow("clientela-database", "sqlx")));
        assert!(is_broken(arrow("clientela-app", "sqlx")));
        assert!(is_broken(test_arrow("clientela-sync", "sqlx-core")));
        assert!(!is_broken(arrow(TESTKIT, "sqlx")));
        assert!(is_broken(arrow(TESTKIT, "keyring")));
        assert!(!is_broken(arrow(WEBDRIVER, "reqwest")));
        assert!(is_broken(arrow(WEBDRIVER, "sqlx")));
        assert!(is_broken(arrow("clientela-app", "tauri-plugin-single-instance")));
        assert!(is_broken(arrow("clientela-desktop", "keyring")));
        assert!(is_broken(arrow("clientela-app", "rfd")));
        assert!(is_broken(arrow("clientela-sync", "reqwest")));
        assert!(!is_broken(test_arrow("clientela-sandbox", "reqwest")));
        assert!(!is_broken(arrow("clientela-app", "sqlx4")), "another library");
    }
}
