//! What is asked of a repository: changes to records, and what must hold for them to be made.

use hypercerts_lexicon::{Cid, Tid};
use hypercerts_repo::RepoPath;

use crate::writes::record::NewRecord;

/// Some changes to one repository, made together or not at all.
#[derive(Clone, Debug)]
pub struct ChangeSet {
    pub changes: Vec<Change>,
    /// The commit the client believes to be the head.
    pub swap_commit: Option<Cid>,
}

/// One change to one record.
#[derive(Clone, Debug)]
pub struct Change {
    pub path: RepoPath,
    pub action: Action,
    /// What the client believes to be there now.
    pub expected: Expected,
}

/// What the client says is at a path at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Anything,
    Nothing,
    Record(Cid),
}

/// What is to be done with a record.
#[derive(Clone, Debug)]
pub enum Action {
    /// Write it; there must be none.
    Create(NewRecord),
    /// Replace it; there must be one.
    Update(NewRecord),
    /// Write it, whether there is one or not. The same content again is no change.
    Put(NewRecord),
    /// Take it away; there must be one.
    Delete,
    /// Take it away if there is one.
    DeleteIfPresent,
}

/// A commit that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    pub commit: Cid,
    pub rev: Tid,
}

impl ChangeSet {
    /// Bytes it is going to write, roughly: the records twice (table and event) and some nodes.
    pub fn weight(&self) -> usize {
        self.changes.iter().map(|change| 4096 + 2 * change.action.bytes()).sum()
    }
}

impl Change {
    pub fn new(path: RepoPath, action: Action) -> Self {
        Self { path, action, expected: Expected::Anything }
    }
}

impl Action {
    /// The record to be written, if one is.
    pub fn record(&self) -> Option<&NewRecord> {
        match self {
            Self::Create(record) | Self::Update(record) | Self::Put(record) => Some(record),
            Self::Delete | Self::DeleteIfPresent => None,
        }
    }

    fn bytes(&self) -> usize {
        self.record().map_or(0, |record| record.bytes.len())
    }
}

impl Expected {
    /// Whether this is what is there.
    pub fn holds(self, actual: Option<Cid>) -> bool {
        match self {
            Self::Anything => true,
            Self::Nothing => actual.is_none(),
            Self::Record(cid) => actual == Some(cid),
        }
    }

    pub fn cid(self) -> Option<Cid> {
        match self {
            Self::Record(cid) => Some(cid),
            Self::Anything | Self::Nothing => None,
        }
    }
}
