//! Verification: from bytes that a stranger sent to types that say how much of them is proven.
//!
//! - [`verify_commit_event`]: one commit of the event stream. Its signature holds, and undoing its
//!   operations on its tree gives the tree before (*inversion*, Sync 1.1), so that a consumer that
//!   held the state before holds the state after, by induction.
//! - [`verify_repo`]: a whole repository from a CAR, in bounded memory.
//! - [`verify_record`]: that one record is, or is not, in a repository.
//! - [`VerifiedTree`]: records of one commit, from blocks that are at hand.
//! - [`verify_sync_event`]: only that a head is signed by the account.
//!
//! A [`VerifiedRecord`], [`VerifiedCommit`] or [`VerifiedHead`] comes from here and nowhere else.
//! All of it is relative to the key handed in; whether that is the account's key is for the
//! identity layer to find out.

mod buffer;
mod error;
mod event;
mod record;
mod repo;
mod tree;

use std::sync::Arc;

use bytes::Bytes;
use hypercerts_lexicon::{Cid, DataError, Did, Tid, Value, drisl};

pub use error::{VerifyError, VerifyErrorKind};
pub use event::{CommitEventParts, VerifiedChange, VerifiedCommit, verify_commit_event};
pub use event::{MAX_CLOCK_SKEW_MICROS, verify_sync_event};
pub use record::{Proof, verify_record};
pub use repo::{RepoLimits, VerifiedRepo, verify_repo};
pub use tree::VerifiedTree;

use crate::blocks::MemoryBlocks;
use crate::car::{self, CarError, CarLimits};
use crate::commit::{Commit, Head};
use crate::keys::PublicKey;
use crate::path::RepoPath;

/// A head that is signed by the account it names.
#[derive(Debug, Clone)]
pub struct VerifiedHead {
    did: Arc<Did>,
    head: Head,
}

/// A record that is in the tree of a commit its account signed.
#[derive(Debug, Clone)]
pub struct VerifiedRecord {
    head: VerifiedHead,
    path: RepoPath,
    cid: Cid,
    bytes: Bytes,
}

impl VerifiedHead {
    /// Decodes a commit, checks that it is by `did`, and its signature.
    fn from_commit(
        cid: Cid,
        bytes: &[u8],
        did: &Did,
        key: &PublicKey,
    ) -> Result<Self, VerifyError> {
        let commit = Commit::decode(bytes)?;
        if commit.did() != did {
            let (expected, found) = (did.clone(), commit.did().clone());
            return Err(VerifyError::WrongAccount { expected, found });
        }
        commit.verify(key)?;
        let head = Head { commit: cid, rev: commit.rev(), data: commit.data() };
        Ok(VerifiedHead { did: Arc::new(did.clone()), head })
    }

    /// The account.
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// Where its repository stands.
    pub fn head(&self) -> &Head {
        &self.head
    }

    fn record(&self, path: RepoPath, cid: Cid, bytes: Bytes) -> VerifiedRecord {
        VerifiedRecord { head: self.clone(), path, cid, bytes }
    }
}

impl VerifiedRecord {
    /// The account that signed it.
    pub fn did(&self) -> &Did {
        &self.head.did
    }

    /// Its path in the repository.
    pub fn path(&self) -> &RepoPath {
        &self.path
    }

    /// Its CID.
    pub fn cid(&self) -> Cid {
        self.cid
    }

    /// The revision of the commit that proves it; the record itself may be older.
    pub fn rev(&self) -> Tid {
        self.head.head.rev
    }

    /// The commit that proves it.
    pub fn commit(&self) -> Cid {
        self.head.head.commit
    }

    /// Its bytes, which hash to its CID. What they say is not looked at here.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Decodes it. An account can sign bytes that are no data at all.
    pub fn value(&self) -> Result<Value, DataError> {
        drisl::decode(&self.bytes)
    }
}

/// The blocks of a CAR that is in memory, and the commit it begins with.
struct Slice {
    root: Cid,
    blocks: MemoryBlocks,
}

impl Slice {
    fn read(car: &[u8]) -> Result<Self, VerifyError> {
        let (roots, blocks) = car::read_all(car, CarLimits::default())?;
        let root = *roots.first().ok_or(CarError::NoRoot)?;
        Ok(Slice { root, blocks: blocks.into_iter().collect() })
    }

    fn block(&self, cid: &Cid, what: &'static str) -> Result<Bytes, VerifyError> {
        self.blocks.block(cid).cloned().ok_or(VerifyError::MissingBlock { cid: *cid, what })
    }

    fn head(&self, did: &Did, key: &PublicKey) -> Result<VerifiedHead, VerifyError> {
        let commit = self.block(&self.root, "commit")?;
        VerifiedHead::from_commit(self.root, &commit, did, key)
    }
}
