//! Events of the stream: commits by inversion, and bare heads.

use std::collections::HashSet;

use hypercerts_lexicon::{Cid, Did, Tid};

use super::{Slice, VerifiedHead, VerifiedRecord, VerifyError};
use crate::commit::Head;
use crate::keys::PublicKey;
use crate::mst::{Tree, empty_root};
use crate::op::{Action, Change, RepoOp};
use crate::path::RepoPath;
use crate::write::{MAX_EVENT_BLOCKS, MAX_OPS};

/// How far a revision may run ahead of our clock: five minutes, in microseconds.
pub const MAX_CLOCK_SKEW_MICROS: u64 = 5 * 60 * 1_000_000;

/// The fields of a `#commit` event that matter to verification.
#[derive(Debug, Clone, Copy)]
pub struct CommitEventParts<'a> {
    /// `repo`: the account.
    pub did: &'a Did,
    /// The revision.
    pub rev: Tid,
    /// The revision before; `None` for the first commit.
    pub since: Option<Tid>,
    /// `prevData`, the root of the tree before; absent for the first commit.
    pub prev_data: Option<Cid>,
    /// The commit.
    pub commit: Cid,
    /// What the commit did.
    pub ops: &'a [RepoOp],
    /// A CAR: the commit, new nodes, new records, covering proof.
    pub blocks: &'a [u8],
}

/// A commit whose signature holds and whose operations are exactly what changed since the tree
/// [`prev_data`](Self::prev_data).
#[derive(Debug, Clone)]
pub struct VerifiedCommit {
    head: VerifiedHead,
    since: Option<Tid>,
    prev_data: Option<Cid>,
    changes: Vec<VerifiedChange>,
}

/// What a verified commit did to one path.
#[derive(Debug, Clone)]
pub enum VerifiedChange {
    /// The record is there now: created, or updated when something was there before.
    Put {
        /// The record.
        record: VerifiedRecord,
        /// The record before.
        prev: Option<Cid>,
    },
    /// The record is gone.
    Delete {
        /// Where it was.
        path: RepoPath,
        /// The record before.
        prev: Cid,
    },
}

impl VerifiedCommit {
    /// The account.
    pub fn did(&self) -> &Did {
        self.head.did()
    }

    /// Where the repository stands after it.
    pub fn head(&self) -> &Head {
        self.head.head()
    }

    /// The revision before; `None` for the first commit.
    pub fn since(&self) -> Option<Tid> {
        self.since
    }

    /// The root of the tree before; `None` for the first commit.
    pub fn prev_data(&self) -> Option<Cid> {
        self.prev_data
    }

    /// What it did, in the order of the event.
    pub fn changes(&self) -> &[VerifiedChange] {
        &self.changes
    }

    /// Takes out what it did.
    pub fn into_changes(self) -> Vec<VerifiedChange> {
        self.changes
    }
}

/// Verifies a commit event.
///
/// `known` is the head held for the account; with it, the event must follow right upon it. Without
/// it the event is only checked in itself, and nothing is known of the records it does not touch.
/// `now_micros` is the time, in microseconds since 1970. Costs O(log n) for each operation.
pub fn verify_commit_event(
    event: &CommitEventParts<'_>,
    key: &PublicKey,
    known: Option<&Head>,
    now_micros: u64,
) -> Result<VerifiedCommit, VerifyError> {
    check_sizes(event)?;
    let slice = Slice::read(event.blocks)?;
    if slice.root != event.commit {
        return Err(VerifyError::WrongCommit { announced: event.commit, found: slice.root });
    }
    let head = signed_head(&slice, event.did, event.rev, key, now_micros)?;
    check_chain(event, known)?;
    check_inversion(&slice, head.head.data, event)?;
    let changes = event.ops.iter().map(|op| change(&slice, &head, op)).collect::<Result<_, _>>()?;
    let CommitEventParts { since, prev_data, .. } = *event;
    Ok(VerifiedCommit { head, since, prev_data, changes })
}

/// Verifies a `#sync` event: that the head in its blocks is of the account, of this revision,
/// signed, and not from the future. Whether it is news is for the caller to compare.
pub fn verify_sync_event(
    did: &Did,
    rev: Tid,
    blocks: &[u8],
    key: &PublicKey,
    now_micros: u64,
) -> Result<VerifiedHead, VerifyError> {
    if blocks.len() > MAX_EVENT_BLOCKS {
        return Err(VerifyError::TooLarge(blocks.len()));
    }
    signed_head(&Slice::read(blocks)?, did, rev, key, now_micros)
}

fn check_sizes(event: &CommitEventParts<'_>) -> Result<(), VerifyError> {
    if event.blocks.len() > MAX_EVENT_BLOCKS {
        return Err(VerifyError::TooLarge(event.blocks.len()));
    }
    if event.ops.len() > MAX_OPS {
        return Err(VerifyError::TooManyOps(event.ops.len()));
    }
    let mut paths = HashSet::with_capacity(event.ops.len());
    match event.ops.iter().find(|op| !paths.insert(op.path())) {
        Some(op) => Err(VerifyError::DuplicateOp(op.path().clone())),
        None => Ok(()),
    }
}

fn signed_head(
    slice: &Slice,
    did: &Did,
    rev: Tid,
    key: &PublicKey,
    now_micros: u64,
) -> Result<VerifiedHead, VerifyError> {
    let head = slice.head(did, key)?;
    let found = head.head.rev;
    if found != rev {
        return Err(VerifyError::WrongRev { announced: rev, found });
    }
    if rev.micros() > now_micros.saturating_add(MAX_CLOCK_SKEW_MICROS) {
        return Err(VerifyError::FutureRev { rev });
    }
    Ok(head)
}

fn check_chain(event: &CommitEventParts<'_>, known: Option<&Head>) -> Result<(), VerifyError> {
    let CommitEventParts { rev, since, prev_data, .. } = *event;
    if let Some(known) = known {
        if rev <= known.rev {
            return Err(VerifyError::Stale { rev, known: known.rev });
        }
        if since != Some(known.rev) {
            return Err(VerifyError::WrongSince { since, known: known.rev });
        }
        if prev_data.is_some_and(|data| data != known.data) {
            return Err(VerifyError::WrongPrevData { prev_data, known: known.data });
        }
    }
    match (since, prev_data) {
        (Some(_), None) => Err(VerifyError::NoPrevData),
        (None, Some(_)) => Err(VerifyError::NoSince),
        _ => Ok(()),
    }
}

/// Undoes the operations on the part of the tree that came with the event.
///
/// The covering proof makes sure that every neighbour of a touched key is in that part, so the
/// order of undoing does not matter; deletes first is the order other implementations count on.
fn check_inversion(
    slice: &Slice,
    data: Cid,
    event: &CommitEventParts<'_>,
) -> Result<(), VerifyError> {
    let mut tree = Tree::at(data);
    tree.load_root(&slice.blocks)?;
    for op in event.ops {
        let found = tree.get(&slice.blocks, op.path().key())?;
        if found != op.cid() {
            let (path, announced) = (op.path().clone(), op.cid());
            return Err(VerifyError::OpMismatch { path, announced, found });
        }
    }
    let (deletes, others): (Vec<_>, Vec<_>) =
        event.ops.iter().partition(|op| op.action() == Action::Delete);
    for op in deletes.into_iter().chain(others) {
        match op.prev() {
            Some(prev) => tree.put(&slice.blocks, op.path().key(), prev)?,
            None => tree.remove(&slice.blocks, op.path().key())?,
        };
    }
    let expected = event.prev_data.unwrap_or_else(empty_root);
    let found = tree.root();
    if found == expected { Ok(()) } else { Err(VerifyError::NotInverted { expected, found }) }
}

fn change(slice: &Slice, head: &VerifiedHead, op: &RepoOp) -> Result<VerifiedChange, VerifyError> {
    let path = op.path().clone();
    let put = |cid, prev| {
        let bytes = slice.block(&cid, "record")?;
        Ok(VerifiedChange::Put { record: head.record(path.clone(), cid, bytes), prev })
    };
    match op.change() {
        Change::Create { cid } => put(cid, None),
        Change::Update { cid, prev } => put(cid, Some(prev)),
        Change::Delete { prev } => Ok(VerifiedChange::Delete { path, prev }),
    }
}
