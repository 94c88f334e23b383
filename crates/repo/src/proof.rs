//! Proofs of presence and absence, as `com.atproto.sync.getRecord` gives them.

use crate::blocks::{Block, BlockStore};
use crate::mst::{MstError, Tree};
use crate::path::RepoPath;

use hypercerts_lexicon::Cid;

/// The tree nodes that prove what is at `path` in the tree `data`, and the CID of the record if
/// there is one. Commit and record complete the CAR. Reads O(log n) nodes.
pub fn proof_blocks(
    store: &dyn BlockStore,
    data: Cid,
    path: &RepoPath,
) -> Result<(Option<Cid>, Vec<Block>), MstError> {
    let mut tree = Tree::at(data);
    let record = tree.get(store, path.key())?;
    Ok((record, tree.path(store, path.key())?))
}
