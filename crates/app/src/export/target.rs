//! The file that an export becomes: written beside its place, synced, then renamed over. Until then the old file stays.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use crate::error::{ApiError, ApiResult, Code};

/// A file on its way. Dropped before its end, nothing is left of it.
pub(super) struct Target {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl Target {
    /// Begins a file in the folder of its place: a rename over is whole only within one disk.
    pub(super) fn beside(path: &Path) -> ApiResult<Self> {
        if path.file_name().is_none() || path.is_dir() {
            return Err(ApiError::new(Code::TargetFailed, "this is a folder, not a file")
                .with("path", path.display().to_string()));
        }
        let file = unfinished(path).map_err(|error| failure(&error, path))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::with_capacity(1 << 20, file) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file with these bytes at its end. Writing may wait for the disk, and nothing else waits with it.
    pub(super) async fn after(mut self, bytes: Vec<u8>) -> ApiResult<Self> {
        let written = spawn_blocking(move || match self.file.write_all(&bytes) {
            Ok(()) => Ok(self),
            Err(error) => Err(failure(&error, &self.path)),
        });
        written.await.map_err(|_| ApiError::new(Code::Internal, "the writing of a file broke off"))?
    }

    /// Brings everything to the disk and puts the file in its place. When the place cannot be taken (a spreadsheet holds the
    /// old file open), the new one is kept beside it, and the error names it.
    pub(super) fn finish(self) -> ApiResult<()> {
        let path = self.path;
        let file = self.file.into_inner().map_err(|error| failure(error.error(), &path))?;
        file.as_file().sync_all().map_err(|error| failure(&error, &path))?;
        if let Err(refused) = file.persist(&path) {
            let error = failure(&refused.error, &path);
            return Err(match refused.file.keep() {
                Ok((_, kept)) => error.with("kept", kept.display().to_string()),
                Err(_) => error,
            });
        }
        sync_folder(&path);
        Ok(())
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Target {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}

/// A file with a name of its own, by which a person can tell what was left behind where the machine lost its power. When that is
/// there already, whether left behind or under way, it stays as it is.
fn unfinished(path: &Path) -> io::Result<NamedTempFile> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!(".clientela-{name}");
    let mut named = tempfile::Builder::new();
    named.prefix(&prefix).suffix(".part").rand_bytes(0);
    match named.tempfile_in(folder(path)) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            named.rand_bytes(6).tempfile_in(folder(path))
        }
        made => made,
    }
}

/// What a person is told of a file that cannot be written.
pub(super) fn failure(error: &io::Error, path: &Path) -> ApiError {
    // 5 and 32 are what Windows says while another program holds the file.
    let is_held = cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32));
    let code = match error.kind() {
        _ if is_held => Code::TargetLocked,
        io::ErrorKind::ResourceBusy | io::ErrorKind::ExecutableFileBusy => Code::TargetLocked,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::DiskFull,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Code::TargetDenied,
        _ => Code::TargetFailed,
    };
    ApiError::new(code, format!("the file could not be written: {error}"))
        .with("path", path.display().to_string())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The new name itself has to reach the disk. Where a folder cannot be synced (Windows), the rename already is.
fn sync_folder(path: &Path) {
    if let Ok(folder) = std::fs::File::open(folder(path)) {
        folder.sync_all().ok();
    }
}
