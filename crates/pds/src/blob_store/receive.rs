//! Uploads on their way in.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use hypercerts_lexicon::{Cid, Codec};
use sha2::{Digest, Sha256};
use tempfile::TempPath;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::error::{Error, Refusal};

/// How long an upload may pause.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an upload may take in all.
const DEADLINE: Duration = Duration::from_secs(15 * 60);
/// Bytes looked at to recognise a format.
const SNIFFED_BYTES: usize = 8 * 1024;

/// The directory of uploads under way.
pub struct Uploads {
    unfinished: PathBuf,
}

/// An upload that has arrived whole, is on disk, and has no name yet. Deleted when dropped.
pub struct Received {
    pub cid: Cid,
    pub size: u64,
    /// The beginning, for recognising the format.
    pub beginning: Vec<u8>,
    pub(super) path: TempPath,
}

impl Received {
    /// Where the bytes are, until this is dropped.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Uploads {
    /// Uses `data_dir`, and clears away uploads that a crash cut off.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let unfinished = data_dir.join("uploads");
        if unfinished.exists() {
            std::fs::remove_dir_all(&unfinished)?;
        }
        std::fs::create_dir_all(&unfinished)?;
        Ok(Self { unfinished })
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
