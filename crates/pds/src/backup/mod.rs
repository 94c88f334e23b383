//! Copies of a server's data, taken while it runs, and starting again from one.
//!
//! A backup is a folder: the database as it was at one moment, the blobs it knows, the master key,
//! the directory of the accounts if it is kept on the same machine,
//! and `backup.json` that says what it is. It gets its name when it is whole. Blobs that are kept
//! in an S3-compatible store are not in it; that store has its own ways.

mod restore;
mod take;

use std::io;
use std::path::PathBuf;

use hypercerts_lexicon::{Cid, Datetime, Did};
use serde::{Deserialize, Serialize};

use crate::error::OpenError;
use crate::store::StoreError;

pub use restore::{Restored, restore};
pub use take::back_up;

const DATABASE: &str = "pds.sqlite";
/// The database of the did:plc directory, where that is kept on the same machine.
pub const DIRECTORY: &str = "plc.sqlite";
const BLOBS: &str = "blobs";
const MANIFEST: &str = "backup.json";
/// What a folder that is not whole yet is called.
const UNFINISHED: &str = "unfinished";

/// What a backup says of itself, as its `backup.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// 1; a program that knows less refuses to restore.
    pub version: u32,
    pub taken_at: Datetime,
    pub accounts: u64,
    /// The newest event of the stream when it was taken.
    pub newest_seq: i64,
    pub blobs: u64,
    pub blob_bytes: u64,
    /// Blobs that records refer to and whose bytes were not there, or were others.
    pub missing: Vec<MissingBlob>,
}

/// A blob that could not be copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingBlob {
    pub did: Did,
    pub cid: Cid,
    pub damaged: bool,
}

/// Why a backup was not taken or not restored. Nothing was put in its place.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("there is no PDS in {0}; name the folder that holds pds.sqlite")]
    NoServer(PathBuf),
    #[error("{0} exists already; name a folder that does not")]
    Occupied(PathBuf),
    #[error("{0} is no finished backup: it has no readable backup.json")]
    NoBackup(PathBuf),
    #[error("the backup is of version {0}, and this program knows 1; use a newer program")]
    Newer(u32),
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("the database could not be copied: {0}")]
    Database(#[from] StoreError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the repositories could not be announced again: {0}")]
    Announce(String),
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Names the path an error is about.
fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.into();
    move |source| BackupError::File { path, source }
}
