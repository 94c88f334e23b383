//! Everything that can keep the index from doing what it was asked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hypercerts_lexicon::Did;
use rusqlite::ErrorCode;

/// Why the index could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    #[error(
        "the index's database is damaged. Delete the folder {}: all of it is built anew from the PDSs and relays it follows",
        .folder.display()
    )]
    Damaged { folder: PathBuf },
    #[error("the index's database failed: {0}")]
    Database(#[from] rusqlite::Error),
    #[error("the index's files could not be read or written: {0}")]
    Io(#[from] std::io::Error),
    #[error(
        "the database was written by a newer version of this program (schema {found}, this one knows {known}); \
         use that version, or give another data directory"
    )]
    NewerSchema { found: i64, known: i64 },
    #[error(
        "the database holds {what} that cannot be read; the index can be rebuilt from its sources"
    )]
    Corrupt { what: String },
    #[error("the question took longer than {} s to answer; ask for less", .0.as_secs())]
    TooSlow(Duration),
    #[error("the index is stopping")]
    Stopped,
    #[error("the identity of {did} could not be resolved: {reason}")]
    Identity { did: Did, reason: String },
    #[error("the repository of {did} could not be taken in: {reason}")]
    Repository { did: Did, reason: String },
    #[error("the file is not a repository that can be taken in: {reason}")]
    NotARepository { reason: String },
}

impl IndexError {
    /// Whether asking again later may help without anybody mending anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::TooSlow(_) | Self::Stopped | Self::Identity { .. })
    }

    /// Whether the repository itself, or what speaks for it, is at fault.
    #[must_use]
    pub fn is_repository(&self) -> bool {
        matches!(self, Self::Repository { .. } | Self::NotARepository { .. })
    }

    /// Names the folder of a database that SQLite cannot read.
    pub(crate) fn in_folder(self, folder: &Path) -> Self {
        match &self {
            Self::Database(error)
                if matches!(
                    error.sqlite_error_code(),
                    Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
                ) =>
            {
                Self::Damaged { folder: folder.to_path_buf() }
            }
            _ => self,
        }
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }
}
