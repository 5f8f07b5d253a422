//! One process owns a data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::OpenError;

/// A data folder that nobody else can open now. Taken before anything in the folder is looked at; the system lets go of it when
/// the process ends, however it ends.
#[derive(Debug)]
pub struct LockedFolder {
    path: PathBuf,
    #[expect(dead_code, reason = "held for its lock")]
    lock: File,
}

impl LockedFolder {
    /// Makes the folder where it is not there, readable by its owner only, and takes it.
    pub fn take(path: &Path) -> Result<Self, OpenError> {
        create_private_folder(path).map_err(OpenError::Folder)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("clientela.lock"))
            .map_err(OpenError::Folder)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), lock }),
            Err(TryLockError::WouldBlock) => Err(OpenError::FolderInUse),
            Err(TryLockError::Error(error)) => Err(OpenError::Folder(error)),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a book lies in it, or what is left of one. A key is made only where there is none.
    pub fn has_book(&self) -> bool {
        [crate::open::FILE, crate::second_copy::FILE].iter().any(|file| self.path.join(file).exists())
    }
}

fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
