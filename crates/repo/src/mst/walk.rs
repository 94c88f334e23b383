//! Going through a whole tree in order.

use bytes::Bytes;
use hypercerts_lexicon::Cid;

use super::MstError;
use super::key::Key;
use super::traversal::{Step, Traversal};
use crate::blocks::BlockStore;

/// What a walk comes by.
#[derive(Debug)]
pub enum Visit {
    /// A node, before anything that is below it.
    Node(Cid, Bytes),
    /// A record: its path and its CID.
    Leaf(Key, Cid),
}

/// Goes through a tree depth first: nodes before what is below them, keys in ascending order.
///
/// Emitting each node, and for each leaf its record, gives a CAR in streamable order. Reads each
/// node once when it comes to it; memory is one node a layer. Ends after the first error.
pub struct Walk<'a> {
    store: &'a dyn BlockStore,
    traversal: Option<Traversal>,
}

impl<'a> Walk<'a> {
    /// A walk through the tree with this root.
    pub fn new(store: &'a dyn BlockStore, root: Cid) -> Self {
        Walk { store, traversal: Some(Traversal::new(root)) }
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<Visit, MstError>;

    fn next(&mut self) -> Option<Self::Item> {
        let traversal = self.traversal.as_mut()?;
        let visit = match traversal.next()? {
            Step::Leaf(key, cid) => Ok(Visit::Leaf(key, cid)),
            Step::Node(cid) => enter(self.store, traversal, cid),
        };
        if visit.is_err() {
            self.traversal = None;
        }
        Some(visit)
    }
}

fn enter(store: &dyn BlockStore, traversal: &mut Traversal, cid: Cid) -> Result<Visit, MstError> {
    let bytes = store.get(&cid)?.ok_or(MstError::MissingNode(cid))?;
    traversal.enter(&bytes).map_err(|reason| MstError::BadNode { cid, reason })?;
    Ok(Visit::Node(cid, bytes))
}
