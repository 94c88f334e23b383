//! The Merkle search tree: a sorted map from repository paths to record CIDs in which every state
//! has exactly one root, whatever the order in which it came about.
//!
//! - The *layer* of a key is the number of leading zero bits of its SHA-256, halved. About every
//!   fourth key of a layer reaches the next.
//! - A *node* holds all the keys of one layer between two neighbouring keys of the layers above:
//!   its *leaves*, and left and right of each leaf perhaps a *child*, a node one layer below.
//!   A node without leaves is kept as long as there is something below it.
//! - The *root* is the node of the topmost layer that has leaves. The empty tree is one empty node.
//! - A *stub* is a child of which only the CID is known, since nobody needed to look inside yet.
//!
//! [`Tree`] changes a tree, loading only the nodes around the keys it touches; [`Walk`] goes
//! through one in order. Both check every node they load: its encoding, the order and the layer of
//! its keys, and that it belongs where it hangs. That a node's bytes hash to its CID is left to
//! whoever fills the [`BlockStore`](crate::BlockStore).

mod codec;
mod key;
mod node;
mod traversal;
mod tree;
mod walk;

pub use codec::{MAX_NODE_LEN, NodeError};
pub use key::{Key, KeyTextError, MAX_KEY_LEN, layer_of};
pub use tree::{Tree, TreeChanges};
pub use walk::{Visit, Walk};

pub(crate) use traversal::{Step, Traversal};

use hypercerts_lexicon::Cid;

use crate::blocks::StoreError;

/// Why a tree could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MstError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A node that is needed is not in the store.
    #[error("the tree node {0} is missing")]
    MissingNode(Cid),
    /// A node breaks the rules of the tree.
    #[error("the tree node {cid} is malformed: {reason}")]
    BadNode {
        /// The node.
        cid: Cid,
        /// The rule it breaks.
        reason: NodeError,
    },
}

/// The root of a tree without any key.
pub fn empty_root() -> Cid {
    Cid::of_drisl(&codec::encode(&[], &[None]))
}
