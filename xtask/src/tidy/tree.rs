//! The files of the project as people write them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Made by a program or brought by a package manager.
const NOT_OURS: &[&str] =
    &[".git", "target", "node_modules", "dist", "paraglide", "generated", ".sqlx", "gen"];

pub(super) struct SourceFile {
    /// From the workspace's folder, with `/` on every system.
    pub(super) path: String,
    place: PathBuf,
}

impl SourceFile {
    /// None for what is no text.
    pub(super) fn text(&self) -> Result<Option<String>> {
        let bytes = fs::read(&self.place).with_context(|| format!("reading {}", self.path))?;
        Ok(String::from_utf8(bytes).ok())
    }
}

pub(super) fn files(root: &Path) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut folders = vec![(root.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() && !NOT_OURS.contains(&name.as_str()) {
                folders.push((entry.path(), format!("{path}/")));
            } else if kind.is_file() {
                files.push(SourceFile { path, place: entry.path() });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
