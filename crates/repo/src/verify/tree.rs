//! Many records of one signed state, proven from blocks at hand.

use hypercerts_lexicon::{Cid, Did};

use super::{VerifiedHead, VerifiedRecord, VerifyError};
use crate::blocks::BlockStore;
use crate::keys::PublicKey;
use crate::mst::Tree;
use crate::path::RepoPath;

/// The tree of a signed commit, of which as much is read as is asked for, each node once.
///
/// The store has to give bytes that hash to the CID they are asked by, as every [`BlockStore`] must.
#[derive(Debug)]
pub struct VerifiedTree {
    head: VerifiedHead,
    tree: Tree,
}

impl VerifiedTree {
    /// The tree of `commit`, which has to be by `did` and signed with `key`.
    pub fn open(
        store: &dyn BlockStore,
        commit: Cid,
        did: &Did,
        key: &PublicKey,
    ) -> Result<Self, VerifyError> {
        let bytes = fetch(store, commit, "commit")?;
        let head = VerifiedHead::from_commit(commit, &bytes, did, key)?;
        let tree = Tree::at(head.head.data);
        Ok(VerifiedTree { head, tree })
    }

    /// The commit, its signature checked.
    pub fn head(&self) -> &VerifiedHead {
        &self.head
    }

    /// The record at `path`; `None` when the tree proves that there is none.
    pub fn record(
        &mut self,
        store: &dyn BlockStore,
        path: &RepoPath,
    ) -> Result<Option<VerifiedRecord>, VerifyError> {
        let Some(cid) = self.tree.get(store, path.key())? else { return Ok(None) };
        let bytes = fetch(store, cid, "record")?;
        Ok(Some(self.head.record(path.clone(), cid, bytes)))
    }
}

fn fetch(
    store: &dyn BlockStore,
    cid: Cid,
    what: &'static str,
) -> Result<bytes::Bytes, VerifyError> {
    let found = store.get(&cid).map_err(crate::mst::MstError::Store)?;
    found.ok_or(VerifyError::MissingBlock { cid, what })
}
