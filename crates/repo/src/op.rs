//! Operations: what a commit did to each path, as the event stream tells it.

use hypercerts_lexicon::Cid;

use crate::path::RepoPath;

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It was not there and is now.
    Create,
    /// It has other content now.
    Update,
    /// It is gone.
    Delete,
}

impl Action {
    /// The word for it on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
        }
    }

    /// Reads the word on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        [Action::Create, Action::Update, Action::Delete]
            .into_iter()
            .find(|action| action.as_str() == text)
    }
}

/// One operation of a commit: a path, and the record's CID before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoOp {
    path: RepoPath,
    change: Change,
}

/// The record before and after, as far as there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Create { cid: Cid },
    Update { cid: Cid, prev: Cid },
    Delete { prev: Cid },
}

/// Why the fields of an operation do not go together (Sync 1.1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the operation {} {path} is malformed: {reason}", action.as_str())]
pub struct OpError {
    action: Action,
    path: RepoPath,
    reason: &'static str,
}

impl RepoOp {
    /// Puts an operation together from its fields on the wire. A create has a `cid` and no `prev`,
    /// an update both and different ones, a delete only `prev`.
    pub fn new(
        action: Action,
        path: RepoPath,
        cid: Option<Cid>,
        prev: Option<Cid>,
    ) -> Result<Self, OpError> {
        let change = match (action, cid, prev) {
            (Action::Create, Some(cid), None) => Ok(Change::Create { cid }),
            (Action::Create, ..) => Err("a create has a cid and no prev"),
            (Action::Update, Some(cid), Some(prev)) if cid == prev => {
                Err("an update changes something, but cid and prev are the same")
            }
            (Action::Update, Some(cid), Some(prev)) => Ok(Change::Update { cid, prev }),
            (Action::Update, ..) => Err("an update has a cid and a prev"),
            (Action::Delete, None, Some(prev)) => Ok(Change::Delete { prev }),
            (Action::Delete, ..) => Err("a delete has a prev and no cid"),
        };
        match change {
            Ok(change) => Ok(RepoOp { path, change }),
            Err(reason) => Err(OpError { action, path, reason }),
        }
    }

    /// What happened.
    pub fn action(&self) -> Action {
        match self.change {
            Change::Create { .. } => Action::Create,
            Change::Update { .. } => Action::Update,
            Change::Delete { .. } => Action::Delete,
        }
    }

    pub(crate) fn change(&self) -> Change {
        self.change
    }

    /// Where it happened.
    pub fn path(&self) -> &RepoPath {
        &self.path
    }

    /// The record after the commit; `None` for a delete.
    pub fn cid(&self) -> Option<Cid> {
        match self.change {
            Change::Create { cid } | Change::Update { cid, .. } => Some(cid),
            Change::Delete { .. } => None,
        }
    }

    /// The record before the commit; `None` for a create.
    pub fn prev(&self) -> Option<Cid> {
        match self.change {
            Change::Create { .. } => None,
            Change::Update { prev, .. } | Change::Delete { prev } => Some(prev),
        }
    }
}
