//! CAR version 1: a file of blocks.
//!
//! A CAR is a *header* `{version: 1, roots: [CID…]}` and then *sections*, each a block behind its
//! CID; header and sections carry their length in front as a varint. The order of the blocks says
//! nothing, and blocks may repeat or belong to nothing: readers here accept all of that. What they
//! never accept is a block whose bytes do not hash to its CID, a length beyond the limits, or an
//! end in the middle of a block.
//!
//! What the blocks mean is left to [`crate::verify`].

mod decode;
mod encode;
mod varint;

pub use decode::{CarDecoder, CarLimits, CarReader, Section, read_all};
pub use encode::{encode_block, encode_car, encode_header, write_block, write_header};

use hypercerts_lexicon::Cid;

/// The bytes of a binary CID: version, codec, hash, length, 32 bytes of digest.
const CID_LEN: usize = 36;

/// Why bytes are not a CAR that can be trusted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CarError {
    /// Reading from the source failed.
    #[error("the CAR could not be read: {0}")]
    Io(#[from] std::io::Error),
    /// The bytes end inside the header or a block.
    #[error("the CAR is cut short: it ends inside its header or a block, at byte {at}")]
    Truncated {
        /// How many bytes there were.
        at: u64,
    },
    /// A length is not a varint in its shortest form.
    #[error("the length at byte {at} of the CAR is not a minimal varint of at most 5 bytes")]
    BadLength {
        /// Where the length begins.
        at: u64,
    },
    /// The header is longer than the limit, or empty.
    #[error("the CAR's header has {len} bytes; between 1 and {limit} are allowed")]
    HeaderSize {
        /// The announced length.
        len: usize,
        /// The most that is read.
        limit: usize,
    },
    /// The header is not `{version: 1, roots: [CID…]}`.
    #[error("the CAR's header is not {{version: 1, roots: [CID…]}}: {reason}")]
    BadHeader {
        /// What is wrong with it.
        reason: String,
    },
    /// A block is longer than the limit, or too short to hold a CID.
    #[error(
        "the section at byte {at} of the CAR has {len} bytes; between 36 and {limit} are allowed"
    )]
    BlockSize {
        /// Where the section begins.
        at: u64,
        /// The announced length.
        len: usize,
        /// The most that is read.
        limit: usize,
    },
    /// A block is named by something other than a CIDv1 of DRISL or raw bytes with SHA-256.
    #[error("the block at byte {at} of the CAR has an unsupported CID: {reason}")]
    BadCid {
        /// Where the section begins.
        at: u64,
        /// What is wrong with the CID.
        reason: String,
    },
    /// The bytes of a block do not hash to its CID: the block is forged or damaged.
    #[error(
        "the block {cid} at byte {at} of the CAR does not hash to its CID; it is forged or damaged"
    )]
    WrongHash {
        /// The CID the block claims.
        cid: Cid,
        /// Where the section begins.
        at: u64,
    },
    /// The header names no root where one is needed.
    #[error("the CAR names no root, so nothing says which of its blocks to begin with")]
    NoRoot,
}
