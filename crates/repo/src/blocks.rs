//! Blocks: bytes filed under the hash of their content, and where to get them.

use std::collections::HashMap;
use std::error::Error;

use bytes::Bytes;
use hypercerts_lexicon::Cid;

/// Bytes together with the CID that names them.
pub type Block = (Cid, Bytes);

/// Somewhere blocks can be read from: a database, a CAR in memory, a cache.
///
/// An implementation answers with bytes whose hash it trusts or has checked itself: they are
/// parsed strictly but not hashed again.
pub trait BlockStore {
    /// The block named `cid`, or `None` when it is not here.
    fn get(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError>;
}

/// A block store could not answer. Wraps the store's own error.
#[derive(Debug, thiserror::Error)]
#[error("the block store failed: {0}")]
pub struct StoreError(#[source] Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps the error of a store.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        StoreError(source.into())
    }
}

/// Blocks held in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryBlocks(HashMap<Cid, Bytes>);

impl MemoryBlocks {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The block named `cid`.
    pub fn block(&self, cid: &Cid) -> Option<&Bytes> {
        self.0.get(cid)
    }

    /// Files a block; the same CID twice changes nothing.
    pub fn insert(&mut self, cid: Cid, bytes: Bytes) {
        self.0.insert(cid, bytes);
    }

    /// Forgets a block.
    pub fn remove(&mut self, cid: &Cid) -> Option<Bytes> {
        self.0.remove(cid)
    }

    /// The CIDs of all blocks, in no order.
    pub fn cids(&self) -> impl Iterator<Item = Cid> {
        self.0.keys().copied()
    }

    /// The number of blocks.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no block at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl BlockStore for MemoryBlocks {
    fn get(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        Ok(self.block(cid).cloned())
    }
}

impl FromIterator<Block> for MemoryBlocks {
    fn from_iter<I: IntoIterator<Item = Block>>(blocks: I) -> Self {
        MemoryBlocks(blocks.into_iter().collect())
    }
}

impl Extend<Block> for MemoryBlocks {
    fn extend<I: IntoIterator<Item = Block>>(&mut self, blocks: I) {
        self.0.extend(blocks);
    }
}
