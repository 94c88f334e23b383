//! The bytes of blobs, one file each: `blobs/<account>/<cid>`.
//!
//! An upload streams into a file of its own, is hashed on the way, synced, and only then gets its
//! name: a file under its CID is always whole. The books (who uploaded what, which record refers
//! to it) are kept in the database.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use hypercerts_lexicon::{Cid, Codec};
use sha2::{Digest, Sha256};
use tempfile::TempPath;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::disk;
use crate::error::{Error, Refusal};
use crate::store::AccountId;

/// How long an upload may pause.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an upload may take in all.
const DEADLINE: Duration = Duration::from_secs(15 * 60);
/// Bytes looked at to recognise a format.
const SNIFFED_BYTES: usize = 8 * 1024;
/// Bytes read from a file at once.
const READ_BYTES: usize = 64 * 1024;

/// The directory of blobs.
pub struct BlobFiles {
    root: PathBuf,
    unfinished: PathBuf,
    /// Shared by uploads while they name a file and enter it into the books, exclusive while
    /// collection strikes blobs from the books and deletes their files.
    naming: RwLock<()>,
}

/// An upload that has arrived whole, is on disk, and has no name yet. Deleted when dropped.
pub struct Received {
    pub cid: Cid,
    pub size: u64,
    /// The beginning, for recognising the format.
    pub beginning: Vec<u8>,
    path: TempPath,
}

impl BlobFiles {
    /// Uses `data_dir`, and clears away uploads that a crash cut off.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let (root, unfinished) = (data_dir.join("blobs"), data_dir.join("uploads"));
        if unfinished.exists() {
            std::fs::remove_dir_all(&unfinished)?;
        }
        std::fs::create_dir_all(&root)?;
        std::fs::create_dir_all(&unfinished)?;
        Ok(Self { root, unfinished, naming: RwLock::new(()) })
    }

    /// Takes in a body of at most `limit` bytes.
    pub async fn receive(&self, body: Body, limit: u64) -> Result<Received, Error> {
        let (file, path) = tempfile::NamedTempFile::new_in(&self.unfinished)?.into_parts();
        let writing = write(body, File::from_std(file), limit);
        let written = tokio::time::timeout(DEADLINE, writing).await;
        let (cid, size, beginning) =
            written.map_err(|_| Refusal::invalid("The upload took too long."))??;
        Ok(Received { cid, size, beginning, path })
    }

    /// Held while a file gets its name and is entered into the books.
    pub async fn hold_names(&self) -> RwLockReadGuard<'_, ()> {
        self.naming.read().await
    }

    /// Held while blobs are collected.
    pub async fn hold_collection(&self) -> RwLockWriteGuard<'_, ()> {
        self.naming.write().await
    }

    /// Gives a received file its durable name.
    pub async fn name(&self, account: AccountId, received: Received) -> Result<(), Error> {
        let path = self.path(account, &received.cid);
        let naming = move || -> io::Result<()> {
            if let Some(folder) = path.parent() {
                create_durably(folder)?;
            }
            received.path.persist(&path).map_err(|refused| refused.error)?;
            disk::sync_parent(&path)
        };
        let named = tokio::task::spawn_blocking(naming).await;
        Ok(named.map_err(|error| Error::Internal(error.to_string()))??)
    }

    /// The bytes of a blob, piece by piece; `None` if there is no such file.
    pub async fn read(
        &self,
        account: AccountId,
        cid: &Cid,
    ) -> io::Result<Option<impl Stream<Item = io::Result<Bytes>> + use<>>> {
        match File::open(self.path(account, cid)).await {
            Ok(file) => Ok(Some(pieces(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes a file; one that is not there is as good as deleted.
    pub async fn delete(&self, account: AccountId, cid: &Cid) -> io::Result<()> {
        match tokio::fs::remove_file(self.path(account, cid)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn path(&self, account: AccountId, cid: &Cid) -> PathBuf {
        self.root.join(account.0.to_string()).join(cid.to_string())
    }
}

/// Writes a body to a file and syncs it: its CID, its size, its beginning.
async fn write(body: Body, mut file: File, limit: u64) -> Result<(Cid, u64, Vec<u8>), Error> {
    let mut hash = Sha256::new();
    let (mut size, mut beginning) = (0, Vec::new());
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = next_chunk(&mut chunks).await? {
        size += chunk.len() as u64;
        check_size(size, limit)?;
        hash.update(&chunk);
        keep_beginning(&mut beginning, &chunk);
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    file.sync_all().await?;
    Ok((Cid::new(Codec::Raw, hash.finalize().into()), size, beginning))
}

async fn next_chunk(
    chunks: &mut (impl Stream<Item = Result<Bytes, axum::Error>> + Unpin),
) -> Result<Option<Bytes>, Refusal> {
    let next = tokio::time::timeout(PATIENCE, chunks.next()).await;
    let next =
        next.map_err(|_| Refusal::invalid("The upload paused for too long; start again."))?;
    next.transpose()
        .map_err(|_| Refusal::invalid("The upload broke off before its end; start again."))
}

fn check_size(size: u64, limit: u64) -> Result<(), Refusal> {
    if size > limit {
        return Err(Refusal::BlobTooLarge(format!(
            "The upload is larger than the {limit} bytes this server takes."
        )));
    }
    Ok(())
}

fn keep_beginning(beginning: &mut Vec<u8>, chunk: &[u8]) {
    let missing = SNIFFED_BYTES - beginning.len();
    beginning.extend_from_slice(&chunk[..missing.min(chunk.len())]);
}

fn create_durably(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    disk::sync_parent(folder)
}

fn pieces(file: File) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let mut piece = bytes::BytesMut::with_capacity(READ_BYTES);
        let read = file.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| (piece.freeze(), file)))
    })
}
