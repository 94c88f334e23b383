//! AT Protocol repositories: making them, reading them, and above all not believing them.
//!
//! A *repository* holds the records of one account. Its records hang in a Merkle search tree
//! ([`mst`]) under their paths ([`RepoPath`]); the tree's root stands in a signed [`Commit`];
//! commit, tree nodes and records are *blocks*, named by the hash of their bytes, which travel
//! together in a [`car`].
//!
//! - [`keys`]: the two curves, their text forms, signatures.
//! - [`write`](mod@write): from a head and some writes to a signed commit, its event and what to store.
//! - [`verify`]: from a stranger's bytes to [`VerifiedRecord`]s.
//!
//! The crate is pure: no network, no disk, no clock. Blocks come from a [`BlockStore`], time and
//! fresh keys from the caller. Whose key signs for an account is left to the identity layer.

pub mod blocks;
pub mod car;
pub mod commit;
pub mod keys;
pub mod mst;
pub mod op;
pub mod path;
pub mod proof;
pub mod verify;
pub mod write;

pub use blocks::{Block, BlockStore, MemoryBlocks, StoreError};
pub use commit::{Commit, CommitError, Head};
pub use keys::{Curve, KeyError, PublicKey, SecretKey, SignatureError};
pub use op::{Action, OpError, RepoOp};
pub use path::{PathError, RepoPath};
pub use proof::proof_blocks;
pub use verify::{
    CommitEventParts, Proof, RepoLimits, VerifiedChange, VerifiedCommit, VerifiedHead,
    VerifiedRecord, VerifiedRepo, VerifiedTree, VerifyError, VerifyErrorKind, verify_commit_event,
    verify_record, verify_repo, verify_sync_event,
};
pub use write::{CommitData, Write, WriteError, apply_writes, create_repo, renew_commit};
