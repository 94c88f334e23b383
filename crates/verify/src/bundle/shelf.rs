//! The blocks at hand, and what became of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use hypercerts_lexicon::Cid;
use hypercerts_repo::{BlockStore, MemoryBlocks, StoreError};

/// Blocks whose hashes were checked. Remembers which were asked for, and which were asked for in
/// vain and what they were needed for, so that a damaged block can be called by its purpose.
pub(super) struct Shelf {
    blocks: MemoryBlocks,
    used: RefCell<BTreeSet<Cid>>,
    lacking: RefCell<BTreeMap<Cid, String>>,
    purpose: RefCell<String>,
}

impl Shelf {
    pub fn new(blocks: MemoryBlocks) -> Self {
        Self {
            blocks,
            used: RefCell::default(),
            lacking: RefCell::default(),
            purpose: RefCell::default(),
        }
    }

    /// What the blocks asked for from now on are needed for.
    pub fn serve(&self, purpose: String) {
        *self.purpose.borrow_mut() = purpose;
    }

    /// What a block was needed for that is not here.
    pub fn purpose_of(&self, cid: &Cid) -> Option<String> {
        self.lacking.borrow().get(cid).cloned()
    }

    /// The blocks that nobody asked for, in order.
    pub fn unused(&self) -> BTreeSet<Cid> {
        let used = self.used.borrow();
        self.blocks.cids().filter(|cid| !used.contains(cid)).collect()
    }
}

impl BlockStore for Shelf {
    fn get(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        let found = self.blocks.block(cid).cloned();
        match found {
            Some(_) => drop(self.used.borrow_mut().insert(*cid)),
            None => {
                let purpose = || self.purpose.borrow().clone();
                self.lacking.borrow_mut().entry(*cid).or_insert_with(purpose);
            }
        }
        Ok(found)
    }
}
