//! Blocks that arrived before their turn, within a budget of memory.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use hypercerts_lexicon::Cid;

use super::VerifyError;

/// What a block costs beyond its bytes, about: two entries in collections, an allocation.
const OVERHEAD: usize = 160;

/// Blocks waiting for their turn, and records that had theirs but may be referred to again: equal
/// records at several paths are one block. The latter give way when room is needed.
#[derive(Debug)]
pub(super) struct Buffer {
    budget: usize,
    held: usize,
    blocks: HashMap<Cid, Held>,
    /// Records that had their turn, oldest first.
    used: VecDeque<Cid>,
}

#[derive(Debug)]
struct Held {
    bytes: Bytes,
    used: bool,
}

impl Buffer {
    pub(super) fn new(budget: usize) -> Self {
        Buffer { budget, held: 0, blocks: HashMap::new(), used: VecDeque::new() }
    }

    /// Takes a block out.
    pub(super) fn take(&mut self, cid: &Cid) -> Option<Bytes> {
        let Held { bytes, .. } = self.blocks.remove(cid)?;
        self.held -= bytes.len() + OVERHEAD;
        Some(bytes)
    }

    /// Gives a record its turn and keeps it as long as there is room.
    pub(super) fn reuse(&mut self, cid: &Cid) -> Option<Bytes> {
        let held = self.blocks.get_mut(cid)?;
        if !held.used {
            held.used = true;
            self.used.push_back(*cid);
        }
        Some(held.bytes.clone())
    }

    /// Holds a block until its turn.
    pub(super) fn hold(&mut self, cid: Cid, bytes: Bytes) -> Result<(), VerifyError> {
        if self.blocks.contains_key(&cid) || self.insert(cid, bytes, false) {
            return Ok(());
        }
        Err(VerifyError::OverBudget { budget: self.budget })
    }

    /// Keeps a record that had its turn, if there is room.
    pub(super) fn keep(&mut self, cid: Cid, bytes: Bytes) {
        if self.insert(cid, bytes, true) {
            self.used.push_back(cid);
        }
    }

    /// Files a block, letting go of used records to make room; says whether there is enough.
    fn insert(&mut self, cid: Cid, bytes: Bytes, used: bool) -> bool {
        let size = bytes.len() + OVERHEAD;
        while self.held + size > self.budget {
            match self.used.pop_front() {
                Some(cid) => drop(self.take(&cid)),
                None => return false,
            }
        }
        self.held += size;
        self.blocks.insert(cid, Held { bytes, used });
        true
    }
}
