//! One file a blob: `blobs/<account>/<cid>`.

use std::io;
use std::path::{Path, PathBuf};

use futures_util::{Stream, StreamExt, stream};
use hypercerts_lexicon::Cid;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::{Bytes, Pieces, Received};
use crate::disk;
use crate::error::Error;
use crate::store::AccountId;

/// Bytes read from a file at once.
const READ_BYTES: usize = 64 * 1024;

/// The directory of blobs.
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let root = data_dir.join("blobs");
        std::fs::create_dir_all(&root)?;
        Ok(Self { root })
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

    pub async fn read(&self, account: AccountId, cid: &Cid) -> io::Result<Option<Pieces>> {
        match File::open(self.path(account, cid)).await {
            Ok(file) => Ok(Some(pieces(file).boxed())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

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

fn create_durably(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    disk::sync_parent(folder)
}

/// The bytes of a file from where it stands.
pub fn pieces(file: File) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold(file, |mut file| async move {
        let mut piece = bytes::BytesMut::with_capacity(READ_BYTES);
        let read = file.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| (piece.freeze(), file)))
    })
}
