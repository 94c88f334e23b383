//! Why an operation or a log is not valid.

use hypercerts_lexicon::{Cid, Did};

/// Why an operation, or a log of them, is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlcError {
    /// Not an operation.
    #[error("this is not a did:plc operation: {0}")]
    Malformed(String),
    /// The hash of the first operation is not the DID.
    #[error("the first operation makes the DID {made}, not {did}")]
    WrongDid {
        /// The DID the operation was given for.
        did: Did,
        /// The DID it makes.
        made: Did,
    },
    /// A log has to begin somewhere.
    #[error("there are no operations")]
    Empty,
    /// The first operation builds on another one.
    #[error(
        "the DID has no operations yet, so its first one cannot build on another or be a tombstone"
    )]
    NotGenesis,
    /// A second first operation.
    #[error(
        "the DID already has a first operation; another one has to name the operation it builds on (prev)"
    )]
    SecondGenesis,
    /// `prev` is not in force.
    #[error("the operation builds on {0}, which is not an operation in force for this DID")]
    UnknownPrev(Cid),
    /// Nothing builds on a tombstone.
    #[error("the DID has been given up by a tombstone, and nothing can build on that")]
    AfterTombstone,
    /// The signature is of no key that may sign here.
    #[error("none of the rotation keys in force has signed this operation")]
    Signature,
    /// A fork needs a stronger key.
    #[error(
        "the operation would undo a newer one, which only a rotation key listed before that one's key may do: \
         build on the newest operation, or sign with a stronger key"
    )]
    WeakerKey,
    /// A fork came after the window.
    #[error("the operation would undo one that is more than 72 hours old, and so settled")]
    TooLate,
    /// A fork claims to be older than what it undoes.
    #[error("the operation is dated before the one it undoes")]
    BackInTime,
    /// An entry's CID is not that of its operation.
    #[error("the log calls an operation {claimed} whose CID is {actual}")]
    WrongCid {
        /// As the log has it.
        claimed: Cid,
        /// As the bytes have it.
        actual: Cid,
    },
    /// An entry is for another DID.
    #[error("the log of {expected} holds an operation of {found}")]
    MixedDids {
        /// Whose log it is.
        expected: Did,
        /// Whose operation it is.
        found: Did,
    },
    /// An entry is marked nullified and is not, or the other way round.
    #[error("the log is wrong about whether {0} is nullified")]
    WrongNullified(Cid),
    /// The log is longer than is checked.
    #[error("the log has more than {0} operations")]
    TooLong(usize),
    /// A new operation breaks a limit.
    #[error("{0}")]
    Limit(String),
}

impl PlcError {
    /// The signature, or the rank of the key that made it, does not hold.
    pub fn is_signature(&self) -> bool {
        matches!(self, Self::Signature | Self::WeakerKey)
    }
}
