//! Whole repositories, read from a CAR as a stream.

use std::io::Read;

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Did};

use super::buffer::Buffer;
use super::{VerifiedHead, VerifiedRecord, VerifyError};
use crate::car::{CarLimits, CarReader};
use crate::keys::PublicKey;
use crate::mst::{Key, MstError, Step, Traversal};
use crate::path::RepoPath;

/// What reading a repository may cost.
#[derive(Debug, Clone, Copy)]
pub struct RepoLimits {
    /// Bytes of blocks held in memory: blocks that come before their turn, and records that might
    /// be referred to once more. A CAR in streamable order that repeats repeated records needs
    /// none; any other needs up to its own size.
    pub buffer: usize,
    /// Limits of the CAR.
    pub car: CarLimits,
}

impl Default for RepoLimits {
    fn default() -> Self {
        RepoLimits { buffer: 64 * 1024 * 1024, car: CarLimits::default() }
    }
}

/// A repository under verification: an iterator over its records in the order of their paths.
///
/// The commit's signature is checked already. Each record that comes is proven to be in the tree
/// of that commit. That these are *all* records is proven when the iterator ends without an error.
#[derive(Debug)]
pub struct VerifiedRepo<R> {
    car: CarReader<R>,
    buffer: Buffer,
    head: VerifiedHead,
    /// `None` after an error.
    traversal: Option<Traversal>,
}

/// Begins to verify a repository from a CAR: reads up to its commit and checks the signature.
///
/// Blocks may come in any order, with extras and repetitions. In streamable order (commit, then
/// the tree depth first with records where they occur) memory is one node a layer plus what
/// `limits.buffer` grants; otherwise blocks wait in memory within that budget. One pass over the
/// input, one hash for each block, one signature.
pub fn verify_repo<R: Read>(
    car: R,
    did: &Did,
    key: &PublicKey,
    limits: RepoLimits,
) -> Result<VerifiedRepo<R>, VerifyError> {
    let mut car = CarReader::new(car, limits.car)?;
    let mut buffer = Buffer::new(limits.buffer);
    let root = car.root()?;
    let commit = find(&mut car, &mut buffer, &root)?;
    let commit = commit.ok_or(VerifyError::MissingBlock { cid: root, what: "commit" })?;
    let head = VerifiedHead::from_commit(root, &commit, did, key)?;
    let traversal = Some(Traversal::new(head.head.data));
    Ok(VerifiedRepo { car, buffer, head, traversal })
}

impl<R: Read> VerifiedRepo<R> {
    /// The head, its signature checked.
    pub fn head(&self) -> &VerifiedHead {
        &self.head
    }

    fn read_next(&mut self) -> Result<Option<VerifiedRecord>, VerifyError> {
        while let Some(traversal) = &mut self.traversal {
            match traversal.next() {
                None => return Ok(None),
                Some(Step::Leaf(key, cid)) => return self.read_record(key, cid).map(Some),
                Some(Step::Node(cid)) => {
                    let node = find(&mut self.car, &mut self.buffer, &cid)?
                        .ok_or(MstError::MissingNode(cid))?;
                    traversal.enter(&node).map_err(|reason| MstError::BadNode { cid, reason })?;
                }
            }
        }
        Ok(None)
    }

    fn read_record(&mut self, key: Key, cid: Cid) -> Result<VerifiedRecord, VerifyError> {
        let path = RepoPath::from_key(key)?;
        let bytes = match self.buffer.reuse(&cid) {
            Some(bytes) => bytes,
            None => self.read_new_record(cid)?,
        };
        Ok(self.head.record(path, cid, bytes))
    }

    fn read_new_record(&mut self, cid: Cid) -> Result<Bytes, VerifyError> {
        let bytes = find(&mut self.car, &mut self.buffer, &cid)?
            .ok_or(VerifyError::MissingBlock { cid, what: "record" })?;
        self.buffer.keep(cid, bytes.clone());
        Ok(bytes)
    }
}

impl<R: Read> Iterator for VerifiedRepo<R> {
    type Item = Result<VerifiedRecord, VerifyError>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.read_next();
        if record.is_err() {
            self.traversal = None;
        }
        record.transpose()
    }
}

/// The block, from the buffer or from further on in the CAR; what comes before it is held.
fn find<R: Read>(
    car: &mut CarReader<R>,
    buffer: &mut Buffer,
    wanted: &Cid,
) -> Result<Option<Bytes>, VerifyError> {
    if let Some(bytes) = buffer.take(wanted) {
        return Ok(Some(bytes));
    }
    for block in car {
        let (cid, bytes) = block?;
        if cid == *wanted {
            return Ok(Some(bytes));
        }
        buffer.hold(cid, bytes)?;
    }
    Ok(None)
}
