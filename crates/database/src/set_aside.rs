//! Files that cannot be used are kept under another name. Only a person can have them removed (`old_files`).

use std::path::{Path, PathBuf};

/// Gives a database and what belongs to it (its log) a name that nothing opens: `clientela.db` becomes `clientela-set-aside-1.db`. Tells
/// the new places; nothing, where there was nothing.
pub(crate) fn set_aside(folder: &Path, file: &str) -> std::io::Result<Vec<PathBuf>> {
    let stem = file.trim_end_matches(".db");
    let free = (1..).map(|number| format!("{stem}-set-aside-{number}.db"));
    let mut free =
        free.filter(|name| ENDINGS.iter().all(|ending| !folder.join(format!("{name}{ending}")).exists()));
    let Some(name) = free.next() else { return Ok(Vec::new()) };
    let mut moved = Vec::new();
    // The log goes first: a database without its log is older, a log without its database is nothing.
    for ending in ENDINGS {
        let (from, to) = (folder.join(format!("{file}{ending}")), folder.join(format!("{name}{ending}")));
        match std::fs::rename(&from, &to) {
            Ok(()) => moved.push(to),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(moved)
}

const ENDINGS: [&str; 3] = ["-wal", "-shm", ""];
