//! A node in memory, below which only those children are present that were looked at, and the
//! four changes it knows: insert, remove, and what they do to the children they touch, split and
//! merge.
//!
//! Changing is done in two steps. First everything around the key is loaded, which can fail and
//! changes nothing; then the change is made, which needs nothing from a store and cannot fail.
//! What is loaded for a key is the way down to it and, from there, the ways down along both sides
//! of it to the lowest layer. These are exactly the nodes that splitting at the key, or merging
//! what it separated, goes through. They are also exactly the nodes that lead to its left and right
//! neighbour, whence the covering proof of Sync 1.1.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use hypercerts_lexicon::Cid;

use super::MstError;
use super::codec::{self, Leaf, Place, RawNode};
use super::key::Key;
use crate::blocks::{Block, BlockStore};

/// What hangs below a node.
#[derive(Debug)]
pub(super) enum Child {
    /// A node nobody looked at.
    Stub(Cid),
    Loaded(Box<Node>),
}

/// A loaded node. `children[i]` lies left of `leaves[i]`, the last child right of all.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) layer: u32,
    pub(super) leaves: Vec<Leaf>,
    pub(super) children: Vec<Option<Child>>,
    /// The encoded node; `None` once the node or anything below it was changed.
    sealed: Option<Block>,
}

/// The difference between the tree as it was loaded and as it is sealed. A node occurs in a tree
/// once at most, so a set for each side is enough.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub(super) created: BTreeMap<Cid, Bytes>,
    pub(super) removed: BTreeSet<Cid>,
}

impl Difference {
    fn create(&mut self, cid: Cid, bytes: Bytes) {
        if !self.removed.remove(&cid) {
            self.created.insert(cid, bytes);
        }
    }

    fn remove(&mut self, cid: Cid) {
        if self.created.remove(&cid).is_none() {
            self.removed.insert(cid);
        }
    }
}

impl Child {
    /// The node, read from the store and checked if it was a stub.
    pub(super) fn load(
        &mut self,
        store: &dyn BlockStore,
        place: &Place,
    ) -> Result<&mut Node, MstError> {
        if let Child::Stub(cid) = *self {
            *self = Child::Loaded(Box::new(Node::read(store, cid, place)?));
        }
        Ok(self.loaded())
    }

    /// The node, which an earlier step has loaded.
    pub(super) fn loaded(&mut self) -> &mut Node {
        match self {
            Child::Loaded(node) => Some(node),
            Child::Stub(_) => None,
        }
        .expect("invariant: nodes around a key are loaded before the key is changed")
    }

    fn into_node(mut self) -> Node {
        std::mem::replace(self.loaded(), Node::new(0))
    }

    pub(super) fn seal(&mut self, difference: &mut Difference) -> Cid {
        match self {
            Child::Stub(cid) => *cid,
            Child::Loaded(node) => node.seal(difference),
        }
    }

    /// Loads the nodes around `key` and shows each to `visit`, upper ones first.
    pub(super) fn load_around(
        &mut self,
        store: &dyn BlockStore,
        place: &Place,
        key: &Key,
        visit: &mut dyn FnMut(&Node),
    ) -> Result<(), MstError> {
        let node = self.load(store, place)?;
        visit(node);
        let (at, found) = node.position(key);
        for at in at..=at + usize::from(found) {
            let below = place.below(node.layer, &node.leaves, at);
            if let Some(child) = &mut node.children[at] {
                child.load_around(store, &below, key, visit)?;
            }
        }
        Ok(())
    }
}

impl Node {
    pub(super) fn new(layer: u32) -> Self {
        Node { layer, leaves: Vec::new(), children: vec![None], sealed: None }
    }

    fn read(store: &dyn BlockStore, cid: Cid, place: &Place) -> Result<Self, MstError> {
        let bytes = store.get(&cid)?.ok_or(MstError::MissingNode(cid))?;
        let bad = |reason| MstError::BadNode { cid, reason };
        let raw = RawNode::decode(&bytes).map_err(bad)?;
        let layer = raw.check(place).map_err(bad)?;
        let children = raw.children.into_iter().map(|cid| cid.map(Child::Stub)).collect();
        Ok(Node { layer, leaves: raw.leaves, children, sealed: Some((cid, bytes)) })
    }

    /// Where `key` is among the leaves, or where it would be; and whether it is there.
    pub(super) fn position(&self, key: &Key) -> (usize, bool) {
        match self.leaves.binary_search_by(|leaf| leaf.key.cmp(key)) {
            Ok(at) => (at, true),
            Err(at) => (at, false),
        }
    }

    /// Whether there is nothing in it or below it.
    pub(super) fn is_void(&self) -> bool {
        self.leaves.is_empty() && self.children[0].is_none()
    }

    /// The encoded node, if nothing was changed since it was read or sealed.
    pub(super) fn sealed(&self) -> Option<&Block> {
        self.sealed.as_ref()
    }

    /// Encodes what was changed in this node and below it, each node once.
    pub(super) fn seal(&mut self, difference: &mut Difference) -> Cid {
        if let Some((cid, _)) = self.sealed {
            return cid;
        }
        let children: Vec<_> = self
            .children
            .iter_mut()
            .map(|child| child.as_mut().map(|child| child.seal(difference)))
            .collect();
        let bytes = Bytes::from(codec::encode(&self.leaves, &children));
        let cid = Cid::of_drisl(&bytes);
        difference.create(cid, bytes.clone());
        self.sealed = Some((cid, bytes));
        cid
    }

    /// Notes that the node is about to change. If it comes out the same after all, sealing it
    /// cancels the note.
    pub(super) fn unseal(&mut self, difference: &mut Difference) {
        if let Some((cid, _)) = self.sealed.take() {
            difference.remove(cid);
        }
    }

    /// Sets a leaf whose key belongs to `layer`, at most the layer of this node.
    pub(super) fn insert(&mut self, leaf: Leaf, layer: u32, difference: &mut Difference) {
        self.unseal(difference);
        let (at, found) = self.position(&leaf.key);
        if found {
            self.leaves[at].value = leaf.value;
        } else if self.layer > layer {
            let empty = || Child::Loaded(Box::new(Node::new(self.layer - 1)));
            let child = self.children[at].get_or_insert_with(empty);
            child.loaded().insert(leaf, layer, difference);
        } else {
            let (left, right) = split(self.children[at].take(), &leaf.key, difference);
            self.leaves.insert(at, leaf);
            self.children[at] = left;
            self.children.insert(at + 1, right);
        }
    }

    /// Takes out a key that is in this node or below it.
    pub(super) fn remove(&mut self, key: &Key, difference: &mut Difference) {
        self.unseal(difference);
        let (at, found) = self.position(key);
        if found {
            self.leaves.remove(at);
            let right = self.children.remove(at + 1);
            let left = self.children[at].take();
            self.children[at] = merge(left, right, difference);
        } else if let Some(child) = &mut self.children[at] {
            let node = child.loaded();
            node.remove(key, difference);
            if node.is_void() {
                self.children[at] = None;
            }
        }
    }

    fn into_child(self) -> Option<Child> {
        if self.is_void() { None } else { Some(Child::Loaded(Box::new(self))) }
    }
}

/// Parts what is below a node into what lies left and what lies right of a new key.
fn split(
    child: Option<Child>,
    key: &Key,
    difference: &mut Difference,
) -> (Option<Child>, Option<Child>) {
    let Some(child) = child else { return (None, None) };
    let mut left = child.into_node();
    left.unseal(difference);
    let (at, _) = left.position(key);
    let mut right = Node::new(left.layer);
    right.leaves = left.leaves.split_off(at);
    right.children.extend(left.children.drain(at + 1..));
    (left.children[at], right.children[0]) = split(left.children[at].take(), key, difference);
    (left.into_child(), right.into_child())
}

/// Joins what was left and what was right of a key that is gone.
fn merge(left: Option<Child>, right: Option<Child>, difference: &mut Difference) -> Option<Child> {
    let (left, right) = match (left, right) {
        (Some(left), Some(right)) => (left, right),
        (one, other) => return one.or(other),
    };
    let (mut left, mut right) = (left.into_node(), right.into_node());
    left.unseal(difference);
    right.unseal(difference);
    let inner = merge(left.children.pop().flatten(), right.children[0].take(), difference);
    left.children.push(inner);
    left.children.extend(right.children.drain(1..));
    left.leaves.append(&mut right.leaves);
    left.into_child()
}
