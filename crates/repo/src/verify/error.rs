//! Why something is not verified.

use hypercerts_lexicon::{Cid, Did, Tid};

use crate::car::CarError;
use crate::commit::CommitError;
use crate::keys::SignatureError;
use crate::mst::MstError;
use crate::path::{PathError, RepoPath};
use crate::write::{MAX_EVENT_BLOCKS, MAX_OPS};

/// Why something is not verified. [`kind`](Self::kind) sorts the reasons by what to do about them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The CAR is not one, or holds a forged block.
    #[error(transparent)]
    Car(#[from] CarError),
    /// The commit is not one.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// A tree node is missing or malformed.
    #[error(transparent)]
    Tree(#[from] MstError),
    /// A key of the tree is not a repository path.
    #[error("the tree holds a key that names no record: {0}")]
    Path(#[from] PathError),
    /// The commit is not signed by the key.
    #[error("the commit is not signed by the account's key: {0}")]
    Signature(#[from] SignatureError),
    /// The commit is of another account.
    #[error("the commit is of {found}, not of {expected}")]
    WrongAccount {
        /// The account asked about.
        expected: Did,
        /// The account in the commit.
        found: Did,
    },
    /// The event names another commit than its blocks begin with.
    #[error("the event announces the commit {announced}, but its blocks begin with {found}")]
    WrongCommit {
        /// The commit the event names.
        announced: Cid,
        /// The root of its CAR.
        found: Cid,
    },
    /// The event names another revision than its commit.
    #[error("the event announces the revision {announced}, but its commit has {found}")]
    WrongRev {
        /// The revision the event names.
        announced: Tid,
        /// The revision of its commit.
        found: Tid,
    },
    /// A block that is needed is not there.
    #[error("the {what} {cid} is missing")]
    MissingBlock {
        /// The block.
        cid: Cid,
        /// What it is: a commit, a tree node, a record.
        what: &'static str,
    },
    /// More operations than a commit may have.
    #[error("{0} operations are more than the {MAX_OPS} a commit may have")]
    TooManyOps(usize),
    /// More bytes of blocks than an event may have.
    #[error("{0} bytes of blocks are more than the {MAX_EVENT_BLOCKS} an event may have")]
    TooLarge(usize),
    /// Two operations on one path.
    #[error("the path {0} has more than one operation in one commit")]
    DuplicateOp(RepoPath),
    /// `since` and `prevData` are given both or neither.
    #[error("the event has a prevData but no since")]
    NoSince,
    /// The commit says to come later than it can.
    #[error(
        "the revision {rev} lies more than five minutes in the future; one of the clocks is wrong"
    )]
    FutureRev {
        /// The revision of the commit.
        rev: Tid,
    },
    /// The commit is not later than what is known.
    #[error(
        "the revision {rev} is not later than the known {known}; it is a repetition or a replay"
    )]
    Stale {
        /// The revision of the commit.
        rev: Tid,
        /// The revision known.
        known: Tid,
    },
    /// The event does not name the tree before it, so that nothing can be concluded from it.
    #[error("the event does not say which tree it changes (prevData), so it cannot be checked")]
    NoPrevData,
    /// The event follows another commit than the known one.
    #[error(
        "the event follows the revision {}, but {known} is known: events are missing between",
        or_none(since.as_ref())
    )]
    WrongSince {
        /// The revision the event follows.
        since: Option<Tid>,
        /// The revision known.
        known: Tid,
    },
    /// The event changes another tree than the known one.
    #[error(
        "the event changes the tree {}, but {known} is known: events are missing between",
        or_none(prev_data.as_ref())
    )]
    WrongPrevData {
        /// The tree the event changes.
        prev_data: Option<Cid>,
        /// The tree known.
        known: Cid,
    },
    /// An operation does not say what the tree says.
    #[error(
        "the operation on {path} leaves the record {} there, but the tree has {}",
        or_none(announced.as_ref()),
        or_none(found.as_ref())
    )]
    OpMismatch {
        /// The path.
        path: RepoPath,
        /// The record after the operation, according to it.
        announced: Option<Cid>,
        /// The record in the tree.
        found: Option<Cid>,
    },
    /// Undoing the operations does not give the tree before.
    #[error(
        "undoing the operations gives the tree {found}, not {expected}: they are not all that changed"
    )]
    NotInverted {
        /// The tree before the commit, according to the event.
        expected: Cid,
        /// The tree that undoing gives.
        found: Cid,
    },
    /// Blocks that have to wait for their turn take more memory than granted.
    #[error(
        "the repository's blocks are out of order, and more than {budget} bytes of them would have to be held in memory; raise the budget, or ask for a CAR in streamable order"
    )]
    OverBudget {
        /// The budget, in bytes.
        budget: usize,
    },
}

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VerifyErrorKind {
    /// The signature is not by the key: the key may have changed; look the identity up again, once.
    Signature,
    /// It does not follow from what is known: fetch the whole repository.
    BrokenChain,
    /// It is known already, or replayed: ignore it.
    Stale,
    /// It claims to be from the future: refuse it.
    Future,
    /// It is not what it says it is: refuse it.
    Malformed,
    /// It needs more memory than granted.
    OverBudget,
    /// It could not be read to its end.
    Io,
}

impl VerifyError {
    /// Which kind of error this is.
    pub fn kind(&self) -> VerifyErrorKind {
        use VerifyErrorKind::*;
        match self {
            VerifyError::Car(CarError::Io(_)) | VerifyError::Tree(MstError::Store(_)) => Io,
            VerifyError::Signature(_) => Signature,
            VerifyError::NoPrevData
            | VerifyError::WrongSince { .. }
            | VerifyError::WrongPrevData { .. }
            | VerifyError::OpMismatch { .. }
            | VerifyError::NotInverted { .. } => BrokenChain,
            VerifyError::Stale { .. } => Stale,
            VerifyError::FutureRev { .. } => Future,
            VerifyError::OverBudget { .. } => OverBudget,
            _ => Malformed,
        }
    }

    /// Whether the signature does not hold.
    pub fn is_signature(&self) -> bool {
        self.kind() == VerifyErrorKind::Signature
    }

    /// Whether it does not follow from what is known, or its operations do not explain it.
    pub fn is_broken_chain(&self) -> bool {
        self.kind() == VerifyErrorKind::BrokenChain
    }

    /// Whether it is old.
    pub fn is_stale(&self) -> bool {
        self.kind() == VerifyErrorKind::Stale
    }

    /// Whether it claims to be from the future.
    pub fn is_future(&self) -> bool {
        self.kind() == VerifyErrorKind::Future
    }

    /// Whether it breaks the rules of its format.
    pub fn is_malformed(&self) -> bool {
        self.kind() == VerifyErrorKind::Malformed
    }

    /// Whether it needs more memory than granted.
    pub fn is_over_budget(&self) -> bool {
        self.kind() == VerifyErrorKind::OverBudget
    }

    /// Whether reading failed.
    pub fn is_io(&self) -> bool {
        self.kind() == VerifyErrorKind::Io
    }
}

fn or_none(thing: Option<&impl std::fmt::Display>) -> String {
    thing.map_or_else(|| "none".to_owned(), ToString::to_string)
}
