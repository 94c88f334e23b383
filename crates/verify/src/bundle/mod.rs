//! Evidence bundles: one file with everything needed to check a hypercert without any server.
//!
//! A *bundle* is a CAR whose only root is its *manifest*. The manifest links to the *evidence*: for
//! every account its *identity* (the whole did:plc log, or the document a did:web served), for every
//! record the signed *commit* and the tree nodes that lead to it, and the record; perhaps blobs.
//! Since every link is a hash, the root stands for all of it, to the last bit, and since the order of
//! the blocks is fixed, it stands for the file too: the same evidence makes the same bytes.
//!
//! - [`gather`] asks the network for the evidence and checks it on the way; [`Bundle::write`] makes
//!   the file of it.
//! - [`check`] reads such a file from anyone, believing nothing and asking nobody.
//!
//! What a verified bundle does not say: that a claim is true, that nothing was left out, or that an
//! account did not write or take back something after the bundle was made. `docs/bundles.md` has
//! the format and what follows from it.

mod attested;
mod check;
mod container;
mod fields;
mod identity;
mod make;
mod manifest;
mod references;
mod report;
mod shelf;
mod steps;

pub use check::check;
pub use fields::ShapeError;
pub use make::{Bundle, Found, MakeError, Options, Progress, gather};
pub use manifest::{
    AccountEntry, BlobEntry, CommitEntry, Manifest, Missing, Reason, RecordEntry, Subject,
};
pub use references::{Reference, Target};
pub use report::{AccountReport, RecordReport, Report};

/// What a bundle may hold, and what checking one may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Records, and accounts.
    pub records: usize,
    /// Bytes of all blocks but blobs; so many are held in memory.
    pub held: usize,
    /// Bytes of one blob, which is in memory while it is hashed.
    pub blob: usize,
    /// Bytes of all blobs.
    pub blobs: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self { records: 10_000, held: 128 * MIB, blob: 64 * MIB, blobs: 1024 * MIB as u64 }
    }
}
