//! Files beside the book that nothing opens any more: books that were set aside, and copies from before an upgrade. They hold what the
//! book held then, people among it who were erased since.

use std::path::{Path, PathBuf};

use crate::DatabaseError;

/// Beginning of the name of a copy that an upgrade makes.
pub(crate) const BEFORE_UPGRADE: &str = "clientela-before-upgrade-";

/// Databases that were set aside, and copies from before an upgrade.
pub fn old_files(folder: &Path) -> Result<Vec<PathBuf>, DatabaseError> {
    let databases = |name: &str| name.ends_with(".db") && (is_set_aside(name) || is_copy(name));
    find(folder, databases).map_err(failed)
}

/// Removes the copies from before an upgrade: the book has long been used since.
pub fn remove_copies(folder: &Path) -> Result<(), DatabaseError> {
    remove(folder, is_copy)
}

/// Removes everything that [`old_files`] tells, on a person's word.
pub fn remove_old_files(folder: &Path) -> Result<(), DatabaseError> {
    remove(folder, |name| is_set_aside(name) || is_copy(name))
}

/// With its log.
fn is_set_aside(name: &str) -> bool {
    name.starts_with("clientela") && name.contains("-set-aside-")
}

/// Unfinished ones too.
fn is_copy(name: &str) -> bool {
    name.starts_with(BEFORE_UPGRADE)
}

fn remove(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<(), DatabaseError> {
    find(folder, wanted).and_then(|paths| paths.iter().try_for_each(std::fs::remove_file)).map_err(failed)
}

fn find(folder: &Path, wanted: impl Fn(&str) -> bool) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if wanted(&entry.file_name().to_string_lossy()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn failed(error: std::io::Error) -> DatabaseError {
    DatabaseError::from(sqlx::Error::Io(error))
}
