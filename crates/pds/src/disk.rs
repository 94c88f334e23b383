//! What the server assumes about disks: a file's bytes are safe after `fsync` of the file, and its
//! name is safe after `fsync` of the directory that holds it.

use std::fs::File;
use std::io;
use std::path::Path;

/// Makes the name of `path` durable. Its bytes must have been synced before.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        // A name alone is in the current directory.
        Some(parent) if parent.as_os_str().is_empty() => sync_directory(Path::new(".")),
        Some(parent) => sync_directory(parent),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Windows cannot open directories as files; NTFS journals names on its own.
#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether an error says that there is no room left.
pub fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
