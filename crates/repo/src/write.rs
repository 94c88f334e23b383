//! The pure core of a write: from a head and some writes to a signed commit, with everything that
//! has to be stored and everything that has to be told.
//!
//! Permissions, swap conditions, validation of records, storage and sequence numbers are left to
//! the server around it.

use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Did, Tid};

use crate::blocks::{Block, BlockStore};
use crate::car::encode_car;
use crate::commit::{Commit, Head};
use crate::keys::SecretKey;
use crate::mst::{MAX_NODE_LEN, MstError, Tree, TreeChanges};
use crate::op::{Action, RepoOp};
use crate::path::RepoPath;

/// The most operations a commit may hold (Sync 1.1).
pub const MAX_OPS: usize = 200;
/// The most bytes the blocks of a commit event may take (Sync 1.1).
pub const MAX_EVENT_BLOCKS: usize = 2_000_000;

/// What a CAR adds to a block at most: its length and its CID.
const BLOCK_FRAME: usize = 40;

/// One write to a repository.
#[derive(Debug, Clone)]
pub enum Write {
    /// Adds a record where there is none.
    Create {
        /// Where.
        path: RepoPath,
        /// The record in DRISL.
        record: Bytes,
        /// Its CID.
        cid: Cid,
    },
    /// Replaces a record by another.
    Update {
        /// Where.
        path: RepoPath,
        /// The record in DRISL.
        record: Bytes,
        /// Its CID.
        cid: Cid,
    },
    /// Removes a record.
    Delete {
        /// Where.
        path: RepoPath,
    },
}

impl Write {
    /// The path written to.
    pub fn path(&self) -> &RepoPath {
        match self {
            Write::Create { path, .. } | Write::Update { path, .. } | Write::Delete { path } => {
                path
            }
        }
    }

    fn record(&self) -> Option<(Cid, &Bytes)> {
        match self {
            Write::Create { record, cid, .. } | Write::Update { record, cid, .. } => {
                Some((*cid, record))
            }
            Write::Delete { .. } => None,
        }
    }

    fn action(&self) -> Action {
        match self {
            Write::Create { .. } => Action::Create,
            Write::Update { .. } => Action::Update,
            Write::Delete { .. } => Action::Delete,
        }
    }
}

/// Why writes cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// There is nothing to write; a commit without operations would say nothing.
    #[error("there is nothing to write")]
    Empty,
    /// More writes than one commit may hold.
    #[error("{0} writes are too many for one commit; split them into batches of at most {MAX_OPS}")]
    TooMany(usize),
    /// Two writes go to one path, so the commit could not be undone unambiguously.
    #[error("{0} is written twice in one batch; write it once")]
    Duplicate(RepoPath),
    /// A create where there is a record already.
    #[error("there is already a record at {path} ({cid}); update it, or choose another record key")]
    Exists {
        /// Where.
        path: RepoPath,
        /// The record that is there.
        cid: Cid,
    },
    /// An update or delete where there is no record.
    #[error("there is no record at {0}")]
    Missing(RepoPath),
    /// An update that changes nothing.
    #[error("the record at {0} is the same already")]
    Unchanged(RepoPath),
    /// A record does not hash to the CID that comes with it.
    #[error("the record for {0} does not hash to the CID given with it")]
    WrongCid(RepoPath),
    /// The revision is not later than the one of the head.
    #[error("the revision {rev} is not later than the current {current}")]
    RevNotLater {
        /// The revision of the new commit.
        rev: Tid,
        /// The revision of the head.
        current: Tid,
    },
    /// The event would be larger than allowed.
    #[error(
        "the commit's blocks take {0} bytes, more than the {MAX_EVENT_BLOCKS} one event may carry; split the writes"
    )]
    TooLarge(usize),
    /// A tree node would grow so large that nobody would read it. Happens only to record keys that
    /// were picked by their hash.
    #[error(
        "the repository's tree would get a node of {0} bytes, more than the {MAX_NODE_LEN} a node may have; choose other record keys"
    )]
    Crowded(usize),
    /// The tree could not be read.
    #[error(transparent)]
    Tree(#[from] MstError),
}

impl WriteError {
    /// Whether the writes themselves are at fault, rather than the store.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, WriteError::Tree(_))
    }
}

/// A signed commit and all that follows from it.
#[derive(Debug, Clone)]
pub struct CommitData {
    /// The new head.
    pub head: Head,
    /// The encoded commit; its CID is `head.commit`.
    pub commit_block: Bytes,
    /// The revision before; `None` for the first commit.
    pub since: Option<Tid>,
    /// The root of the tree before; `None` for the first commit.
    pub prev_data: Option<Cid>,
    /// What was done, in the order of the writes.
    pub ops: Vec<RepoOp>,
    /// Tree nodes to store.
    pub new_nodes: Vec<Block>,
    /// Tree nodes that belong to the repository no more.
    pub removed_nodes: Vec<Cid>,
    /// Records created or updated, each CID once.
    pub new_records: Vec<Block>,
    /// Nodes that are not new and yet needed to undo the operations.
    pub proof_nodes: Vec<Block>,
}

impl CommitData {
    /// The CAR of the commit event: the commit, new nodes, new records, covering proof.
    pub fn event_car(&self) -> Vec<u8> {
        let commit = (self.head.commit, self.commit_block.clone());
        let rest = self.new_nodes.iter().chain(&self.new_records).chain(&self.proof_nodes);
        encode_car(&self.head.commit, std::iter::once(&commit).chain(rest))
    }

    /// The length of [`event_car`](Self::event_car), or a little more.
    fn event_len(&self) -> usize {
        let rest = self.new_nodes.iter().chain(&self.new_records).chain(&self.proof_nodes);
        let framed = |bytes: &Bytes| bytes.len() + BLOCK_FRAME;
        2 * BLOCK_FRAME
            + framed(&self.commit_block)
            + rest.map(|(_, bytes)| framed(bytes)).sum::<usize>()
    }

    /// The CAR of a sync event: the commit alone.
    pub fn sync_car(&self) -> Vec<u8> {
        encode_car(&self.head.commit, &[(self.head.commit, self.commit_block.clone())])
    }

    /// All blocks that have to be stored: commit, nodes, records.
    pub fn new_blocks(&self) -> impl Iterator<Item = Block> {
        let commit = (self.head.commit, self.commit_block.clone());
        std::iter::once(commit).chain(self.new_nodes.iter().chain(&self.new_records).cloned())
    }
}

/// The first commit of a new account: an empty tree, no operations.
pub fn create_repo(did: Did, rev: Tid, key: &SecretKey) -> CommitData {
    let changes = Tree::empty().take_changes();
    Draft::default().commit(did, rev, key, changes)
}

/// A further commit over the tree as it is, for followers who have to take the state anew: after a
/// change of the signing key, or when later commits were lost. A sync event announces it.
pub fn renew_commit(head: &Head, did: Did, rev: Tid, key: &SecretKey) -> CommitData {
    let draft = Draft { since: Some(head.rev), prev_data: Some(head.data), ..Draft::default() };
    let same = TreeChanges { root: head.data, created: Vec::new(), removed: Vec::new() };
    draft.commit(did, rev, key, same)
}

/// Applies writes to the repository at `head`, or to none yet, and signs the commit.
///
/// Reads O(log n) nodes for each path (about 8 at 50,000 records), a little more where a write
/// splits or joins nodes; no records. All writes are made or none.
pub fn apply_writes(
    store: &dyn BlockStore,
    head: Option<&Head>,
    did: &Did,
    rev: Tid,
    key: &SecretKey,
    writes: &[Write],
) -> Result<CommitData, WriteError> {
    check_batch(writes)?;
    if let Some(Head { rev: current, .. }) = head
        && rev <= *current
    {
        return Err(WriteError::RevNotLater { rev, current: *current });
    }
    let mut tree = head.map_or_else(Tree::empty, |head| Tree::at(head.data));
    let mut draft = Draft {
        since: head.map(|head| head.rev),
        prev_data: head.map(|head| head.data),
        ..Draft::default()
    };
    for write in writes {
        draft.ops.push(apply(store, &mut tree, write)?);
        draft.records.extend(write.record().map(|(cid, record)| (cid, record.clone())));
    }
    for write in writes {
        tree.cover(store, write.path().key(), &mut draft.proof)?;
    }
    let changes = tree.take_changes();
    check_nodes(&changes)?;
    let commit = draft.commit(did.clone(), rev, key, changes);
    match commit.event_len() {
        len if len > MAX_EVENT_BLOCKS => Err(WriteError::TooLarge(len)),
        _ => Ok(commit),
    }
}

fn check_nodes(changes: &TreeChanges) -> Result<(), WriteError> {
    match changes.created.iter().map(|(_, bytes)| bytes.len()).max() {
        Some(len) if len > MAX_NODE_LEN => Err(WriteError::Crowded(len)),
        _ => Ok(()),
    }
}

fn check_batch(writes: &[Write]) -> Result<(), WriteError> {
    if writes.is_empty() {
        return Err(WriteError::Empty);
    }
    if writes.len() > MAX_OPS {
        return Err(WriteError::TooMany(writes.len()));
    }
    let mut paths = HashSet::with_capacity(writes.len());
    for write in writes {
        if !paths.insert(write.path()) {
            return Err(WriteError::Duplicate(write.path().clone()));
        }
        if write.record().is_some_and(|(cid, record)| !cid.matches(record)) {
            return Err(WriteError::WrongCid(write.path().clone()));
        }
    }
    Ok(())
}

fn apply(store: &dyn BlockStore, tree: &mut Tree, write: &Write) -> Result<RepoOp, WriteError> {
    let path = write.path();
    let found = tree.get(store, path.key())?;
    let cid = write.record().map(|(cid, _)| cid);
    let op = RepoOp::new(write.action(), path.clone(), cid, found)
        .map_err(|_| refusal(write, cid, found))?;
    match cid {
        Some(cid) => tree.put(store, path.key(), cid)?,
        None => tree.remove(store, path.key())?,
    };
    Ok(op)
}

/// Says why a write does not fit what was found at its path.
fn refusal(write: &Write, cid: Option<Cid>, found: Option<Cid>) -> WriteError {
    let path = write.path().clone();
    match (write.action(), found) {
        (Action::Create, Some(cid)) => WriteError::Exists { path, cid },
        (Action::Update, Some(_)) if found == cid => WriteError::Unchanged(path),
        _ => WriteError::Missing(path),
    }
}

/// A commit in the making.
#[derive(Default)]
struct Draft {
    since: Option<Tid>,
    prev_data: Option<Cid>,
    ops: Vec<RepoOp>,
    records: BTreeMap<Cid, Bytes>,
    proof: BTreeMap<Cid, Bytes>,
}

impl Draft {
    fn commit(mut self, did: Did, rev: Tid, key: &SecretKey, changes: TreeChanges) -> CommitData {
        let TreeChanges { root: data, created, removed } = changes;
        for (cid, _) in &created {
            self.proof.remove(cid);
        }
        let (commit, commit_block) = Commit::sign(did, rev, data, key).encode();
        CommitData {
            head: Head { commit, rev, data },
            commit_block,
            since: self.since,
            prev_data: self.prev_data,
            ops: self.ops,
            new_nodes: created,
            removed_nodes: removed,
            new_records: self.records.into_iter().collect(),
            proof_nodes: self.proof.into_iter().collect(),
        }
    }
}
