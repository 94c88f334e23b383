//! Files that hold secrets, and folders that one process holds.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;

/// Writes a file that only its owner can read, replacing it whole or not at all.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)
}

/// Makes a folder that only its owner can look into, unless it is there.
pub fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Whether people other than its owner may list a folder or pass through it.
pub fn is_open_to_others(folder: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&folder.metadata()?.permissions());
        Ok(mode & 0o077 != 0)
    }
    #[cfg(not(unix))]
    Ok(false)
}

/// Gives a file, or a folder with all that is in it, to whom `like` belongs: what root restores has to be usable by the
/// server, which is somebody else.
pub fn hand_over(path: &Path, like: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let owner = like.metadata()?;
        if path.metadata()?.uid() == owner.uid() {
            return Ok(());
        }
        chown(path, Some(owner.uid()), Some(owner.gid()))?;
        if path.is_dir() {
            for entry in std::fs::read_dir(path)? {
                hand_over(&entry?.path(), like)?;
            }
        }
    }
    Ok(())
}

/// Holds a folder, made when missing, for this process until the answer is dropped; `None` when another process
/// holds it.
pub fn hold(folder: &Path) -> io::Result<Option<File>> {
    make_private_folder(folder)?;
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
