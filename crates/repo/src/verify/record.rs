//! Proofs that one record is, or is not, in a repository.

use hypercerts_lexicon::Did;

use super::{Slice, VerifiedHead, VerifiedRecord, VerifyError};
use crate::keys::PublicKey;
use crate::mst::Tree;
use crate::path::RepoPath;

/// What a proof proves.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The record is in the repository.
    Present(VerifiedRecord),
    /// There is no record at the path in the repository at this head.
    Absent(VerifiedHead),
}

/// Verifies a proof as `com.atproto.sync.getRecord` answers it: a CAR with the commit, the nodes
/// on the way to the path, and the record, if there is one.
///
/// A proof says nothing about its age: a host can withhold later commits.
pub fn verify_record(
    proof_car: &[u8],
    did: &Did,
    path: &RepoPath,
    key: &PublicKey,
) -> Result<Proof, VerifyError> {
    let slice = Slice::read(proof_car)?;
    let head = slice.head(did, key)?;
    match Tree::at(head.head.data).get(&slice.blocks, path.key())? {
        None => Ok(Proof::Absent(head)),
        Some(cid) => {
            let bytes = slice.block(&cid, "record")?;
            Ok(Proof::Present(head.record(path.clone(), cid, bytes)))
        }
    }
}
