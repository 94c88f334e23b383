//! The bytes of blobs: in files, or in an S3-compatible store.
//!
//! An upload streams into a file of its own, is hashed on the way, synced, and only then gets its
//! name, `<account>/<cid>`: what has a name is always whole. The books (who uploaded what, which
//! record refers to it) are kept in the database.
//!
//! * [`receive`]: uploads on their way in.
//! * [`disk`] and [`s3`]: where they stay.

mod disk;
mod receive;
mod s3;

use std::io;
use std::path::Path;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use hypercerts_lexicon::Cid;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::error::{Error, OpenError};
use crate::store::AccountId;
use disk::Disk;
pub use receive::Received;
use receive::Uploads;
use s3::S3;
pub use s3::S3Config;

/// Where the bytes of blobs are kept.
#[derive(Clone, Debug, Default)]
pub enum BlobPlace {
    /// The folder `blobs` in the data directory.
    #[default]
    Disk,
    S3(S3Config),
}

/// The bytes of a blob, piece by piece.
pub type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// All blobs of the server.
pub struct BlobStore {
    uploads: Uploads,
    kept: Kept,
    /// Shared by uploads while they name a blob and enter it into the books, exclusive while
    /// collection strikes blobs from the books and deletes their bytes.
    naming: RwLock<()>,
}

enum Kept {
    Disk(Disk),
    S3(Box<S3>),
}

impl BlobStore {
    /// Uses `data_dir`, for uploads under way even where blobs are kept elsewhere.
    pub fn open(data_dir: &Path, place: &BlobPlace) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::DataDirectory { path: data_dir.to_owned(), source };
        let kept = match place {
            BlobPlace::Disk => Kept::Disk(Disk::open(data_dir).map_err(unusable)?),
            BlobPlace::S3(config) => Kept::S3(Box::new(S3::open(config)?)),
        };
        let uploads = Uploads::open(data_dir).map_err(unusable)?;
        Ok(Self { uploads, kept, naming: RwLock::new(()) })
    }

    /// Takes in a body of at most `limit` bytes.
    pub async fn receive(&self, body: Body, limit: u64) -> Result<Received, Error> {
        self.uploads.receive(body, limit).await
    }

    /// Held while a blob gets its name and is entered into the books.
    pub async fn hold_names(&self) -> RwLockReadGuard<'_, ()> {
        self.naming.read().await
    }

    /// Held while blobs are collected.
    pub async fn hold_collection(&self) -> RwLockWriteGuard<'_, ()> {
        self.naming.write().await
    }

    /// Keeps what was received under its name, for good.
    pub async fn name(&self, account: AccountId, received: Received) -> Result<(), Error> {
        match &self.kept {
            Kept::Disk(disk) => disk.name(account, received).await,
            Kept::S3(s3) => s3.put(&name(account, &received.cid), received).await,
        }
    }

    /// The bytes of a blob; `None` if they are not there.
    pub async fn read(&self, account: AccountId, cid: &Cid) -> Result<Option<Pieces>, Error> {
        match &self.kept {
            Kept::Disk(disk) => Ok(disk.read(account, cid).await?),
            Kept::S3(s3) => s3.get(&name(account, cid)).await,
        }
    }

    /// Deletes the bytes of a blob; those that are not there are as good as deleted.
    pub async fn delete(&self, account: AccountId, cid: &Cid) -> Result<(), Error> {
        match &self.kept {
            Kept::Disk(disk) => Ok(disk.delete(account, cid).await?),
            Kept::S3(s3) => s3.delete(&name(account, cid)).await,
        }
    }
}

fn name(account: AccountId, cid: &Cid) -> String {
    format!("{}/{cid}", account.0)
}
