//! The tree as a map that is read and changed.

use std::collections::BTreeMap;

use bytes::Bytes;
use hypercerts_lexicon::Cid;

use super::MstError;
use super::codec::{Leaf, Place};
use super::key::Key;
use super::node::{Child, Difference, Node};
use crate::blocks::{Block, BlockStore};

/// A Merkle search tree, of which only what was needed so far is in memory.
///
/// Every operation takes the store the nodes come from, loads O(log n) nodes (about 8 at 50,000
/// keys) at its first visit to a region of the tree, and keeps them. Nodes that change are encoded
/// once, when [`root`](Self::root) or [`take_changes`](Self::take_changes) asks for them. An
/// operation that fails leaves the tree as it was.
#[derive(Debug)]
pub struct Tree {
    root: Child,
    difference: Difference,
}

/// What became of the nodes of a tree.
#[derive(Debug, Clone)]
pub struct TreeChanges {
    /// The root now.
    pub root: Cid,
    /// Nodes that are in the tree now and were not, in the order of their CIDs.
    pub created: Vec<Block>,
    /// Nodes that were in the tree and are not any more, in order.
    pub removed: Vec<Cid>,
}

impl Tree {
    /// A tree without keys. Its one empty node counts as created.
    pub fn empty() -> Self {
        Tree { root: Child::Loaded(Box::new(Node::new(0))), difference: Difference::default() }
    }

    /// The tree with this root. Nothing is read yet.
    pub fn at(root: Cid) -> Self {
        Tree { root: Child::Stub(root), difference: Difference::default() }
    }

    /// The value of `key`.
    pub fn get(&mut self, store: &dyn BlockStore, key: &Key) -> Result<Option<Cid>, MstError> {
        let layer = key.layer();
        let mut child = &mut self.root;
        let mut place = Place::default();
        loop {
            let node = child.load(store, &place)?;
            let (at, found) = node.position(key);
            if found {
                return Ok(Some(node.leaves[at].value));
            }
            // Only a node of the key's own layer can hold it.
            if node.layer <= layer {
                return Ok(None);
            }
            place = place.below(node.layer, &node.leaves, at);
            match &mut node.children[at] {
                Some(below) => child = below,
                None => return Ok(None),
            }
        }
    }

    /// Sets the value of `key`; returns the one it had.
    pub fn put(
        &mut self,
        store: &dyn BlockStore,
        key: &Key,
        value: Cid,
    ) -> Result<Option<Cid>, MstError> {
        let previous = self.get(store, key)?;
        if previous == Some(value) {
            return Ok(previous);
        }
        let layer = key.layer();
        if previous.is_none() {
            self.load_around(store, key, &mut |_| {})?;
            self.raise(layer);
        }
        let leaf = Leaf { key: key.clone(), value };
        self.root.loaded().insert(leaf, layer, &mut self.difference);
        Ok(previous)
    }

    /// Takes out `key`; returns the value it had.
    pub fn remove(&mut self, store: &dyn BlockStore, key: &Key) -> Result<Option<Cid>, MstError> {
        let previous = self.get(store, key)?;
        if previous.is_some() {
            self.load_around(store, key, &mut |_| {})?;
            self.root.loaded().remove(key, &mut self.difference);
            self.trim();
        }
        Ok(previous)
    }

    /// The CID of the root, after encoding what changed.
    pub fn root(&mut self) -> Cid {
        self.root.seal(&mut self.difference)
    }

    /// The difference to the tree as it was loaded, or as it was at the last call.
    pub fn take_changes(&mut self) -> TreeChanges {
        let root = self.root();
        let Difference { created, removed } = std::mem::take(&mut self.difference);
        TreeChanges {
            root,
            created: created.into_iter().collect(),
            removed: removed.into_iter().collect(),
        }
    }

    /// Adds the *covering proof* of a key to `proof`: the nodes that lead to it, or to where it
    /// would be, and to its left and right neighbours. With these anyone can undo a change of it.
    pub fn cover(
        &mut self,
        store: &dyn BlockStore,
        key: &Key,
        proof: &mut BTreeMap<Cid, Bytes>,
    ) -> Result<(), MstError> {
        self.root();
        self.load_around(store, key, &mut |node| proof.extend(node.sealed().cloned()))
    }

    /// The nodes on the way from the root to `key`, or to the lowest node next to where it would
    /// be: the proof that it is there, or is not.
    pub fn path(&mut self, store: &dyn BlockStore, key: &Key) -> Result<Vec<Block>, MstError> {
        self.root();
        let mut nodes = Vec::new();
        let mut next = Some((&mut self.root, Place::default()));
        while let Some((child, place)) = next {
            let node = child.load(store, &place)?;
            nodes.extend(node.sealed().cloned());
            let (at, found) = node.position(key);
            if found {
                break;
            }
            let below = place.below(node.layer, &node.leaves, at);
            next = node.children[at].as_mut().map(|child| (child, below));
        }
        Ok(nodes)
    }

    /// Reads the root node, so that a tree whose root is missing or malformed is found out even if
    /// nothing else is asked of it.
    pub(crate) fn load_root(&mut self, store: &dyn BlockStore) -> Result<(), MstError> {
        self.root.load(store, &Place::default()).map(|_| ())
    }

    fn load_around(
        &mut self,
        store: &dyn BlockStore,
        key: &Key,
        visit: &mut dyn FnMut(&Node),
    ) -> Result<(), MstError> {
        self.root.load_around(store, &Place::default(), key, visit)
    }

    /// Makes the tree high enough for a key of `layer`.
    fn raise(&mut self, layer: u32) {
        let root = self.root.loaded();
        if root.is_void() {
            root.unseal(&mut self.difference);
            root.layer = layer;
        }
        for above in root.layer + 1..=layer {
            let root = Child::Loaded(Box::new(Node::new(above)));
            let below = std::mem::replace(&mut self.root, root);
            self.root.loaded().children[0] = Some(below);
        }
    }

    /// Takes away nodes without leaves at the top. Leaves vanish from the root only with a key
    /// whose surroundings are loaded, so a stub that comes to the top has leaves.
    fn trim(&mut self) {
        while let Child::Loaded(root) = &mut self.root
            && root.leaves.is_empty()
        {
            root.unseal(&mut self.difference);
            match root.children[0].take() {
                Some(child) => self.root = child,
                None => {
                    root.layer = 0;
                    return;
                }
            }
        }
    }
}

impl Default for Tree {
    fn default() -> Self {
        Tree::empty()
    }
}
