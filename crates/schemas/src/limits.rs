//! How much anybody outside can make this crate hold or do.

use std::time::Duration;

/// Bytes of one lexicon, as JSON or as a record.
pub const MAX_DOCUMENT_BYTES: usize = 256 << 10;

/// Bytes of a proof: a commit, the way through the tree, and a lexicon.
pub(crate) const MAX_PROOF_BYTES: u64 = 2 << 20;

/// Lexicons of a folder, in number and in bytes; what comes after them is left out, and said so.
pub(crate) const MAX_FILES: usize = 2_000;
pub(crate) const MAX_FOLDER_BYTES: u64 = 32 << 20;

/// How deep folders are entered, and how many names are looked at, other files included.
pub(crate) const MAX_FOLDER_DEPTH: usize = 16;
pub(crate) const MAX_NAMES: usize = 50_000;

/// Bounds on lookups over the network.
#[derive(Debug, Clone)]
pub struct NetworkLimits {
    /// How long a lexicon is kept before it is fetched again. The old one stays in force meanwhile, and if
    /// that fails.
    pub ttl: Duration,
    /// How long a failure is kept.
    pub negative_ttl: Duration,
    /// How long one lookup may take, all that it refers to included.
    pub deadline: Duration,
    /// Lookups at a time, and those that run, wait or are remembered as failures.
    pub at_a_time: usize,
    pub remembered: usize,
    /// Lexicons one lookup may bring, and how many references lead to the farthest of them.
    pub documents_per_lookup: usize,
    pub depth: usize,
    /// Lexicons kept, in all and of one publisher.
    pub documents: usize,
    pub documents_per_publisher: usize,
}

impl Default for NetworkLimits {
    fn default() -> Self {
        Self {
            ttl: Duration::from_secs(24 * 60 * 60),
            negative_ttl: Duration::from_secs(10 * 60),
            deadline: Duration::from_secs(20),
            at_a_time: 8,
            remembered: 2_000,
            documents_per_lookup: 64,
            depth: 8,
            documents: 2_000,
            documents_per_publisher: 400,
        }
    }
}
