//! The messages of `com.atproto.sync.subscribeRepos`, the stream a repository host tells others
//! its changes by.
//!
//! A *frame* is one WebSocket message: two DRISL values, a header and a body. An *event* is
//! something that happened to an account; its *sequence number* is its place in one host's
//! stream, not a property of the event. Besides events a host may send a notice ([`Info`]) or
//! end the stream with a reason ([`StreamError`]).
//!
//! Decoding checks form and size. Whether a commit is genuine is left to
//! `hypercerts_repo::verify_commit_event`. Rules: <https://atproto.com/specs/sync>.

mod decode;
mod encode;

use bytes::Bytes;
use hypercerts_lexicon::{Cid, DataError, Datetime, Did, Handle, Tid};
use hypercerts_repo::RepoOp;

/// Bytes in a frame.
pub const MAX_FRAME_BYTES: usize = 5_000_000;
/// Bytes of blocks in a `#commit`.
pub const MAX_COMMIT_BLOCKS_BYTES: usize = 2_000_000;
/// Operations in a `#commit`.
pub const MAX_COMMIT_OPS: usize = 200;
/// Bytes of blocks in a `#sync`, which holds one commit and nothing else.
pub const MAX_SYNC_BLOCKS_BYTES: usize = 10_000;

/// One message of the stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// Something happened to an account; `seq` is positive and increases.
    Event { seq: i64, event: Event },
    /// A notice about the stream itself.
    Info(Info),
    /// Why the host ends the stream. Nothing follows.
    Error(StreamError),
    /// A message of a kind that came after this code. To be skipped; `seq` if it has one.
    Unknown { kind: String, seq: Option<i64> },
}

/// Something that happened to an account.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Commit(CommitEvent),
    Sync(SyncEvent),
    Identity(IdentityEvent),
    Account(AccountEvent),
}

/// `#commit`: records changed, with everything needed to check the change.
#[derive(Debug, Clone, PartialEq)]
pub struct CommitEvent {
    pub repo: Did,
    pub commit: Cid,
    pub rev: Tid,
    /// The revision before; absent on the first commit.
    pub since: Option<Tid>,
    /// The root of the tree before; absent on the first commit.
    pub prev_data: Option<Cid>,
    pub ops: Vec<RepoOp>,
    /// A CAR: the commit, new nodes and records, and the nodes that prove the change.
    pub blocks: Bytes,
    pub time: Datetime,
}

/// `#sync`: this is the repository's state now, whatever came before.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncEvent {
    pub did: Did,
    pub rev: Tid,
    /// A CAR with the commit alone.
    pub blocks: Bytes,
    pub time: Datetime,
}

/// `#identity`: the DID document or the handle may have changed; what is cached is stale.
#[derive(Debug, Clone, PartialEq)]
pub struct IdentityEvent {
    pub did: Did,
    pub handle: Option<Handle>,
    pub time: Datetime,
}

/// `#account`: whether the host serves this account.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountEvent {
    pub did: Did,
    pub active: bool,
    /// Why it is not active.
    pub status: Option<AccountStatus>,
    pub time: Datetime,
}

/// Why an account is not served. The set is open.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AccountStatus {
    TakenDown,
    Suspended,
    Deleted,
    Deactivated,
    Desynchronized,
    Throttled,
    Other(String),
}

/// `#info`: a notice, for instance `OutdatedCursor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    pub name: String,
    pub message: Option<String>,
}

/// The last message of a stream that ends with a reason, such as `FutureCursor`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the host ended the stream: {name}{}", message.as_deref().map(|m| format!(": {m}")).unwrap_or_default())]
pub struct StreamError {
    pub name: String,
    pub message: Option<String>,
}

/// Why bytes are not a frame.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("the frame is {bytes} bytes long; a frame has at most {MAX_FRAME_BYTES}")]
    TooLong { bytes: usize },
    #[error("the frame is not two DRISL values: {0}")]
    NotDrisl(#[from] DataError),
    #[error("{bytes} bytes follow the body of the frame")]
    TrailingBytes { bytes: usize },
    #[error("the frame's header says neither what it carries nor that it is an error")]
    BadHeader,
    #[error("`{field}` of a {kind} message {problem}")]
    BadField { kind: &'static str, field: &'static str, problem: String },
}

impl Frame {
    /// Reads one WebSocket message.
    ///
    /// # Errors
    /// When it is too long, is not made of two strict DRISL values, or lacks or misuses a field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        decode::frame(bytes)
    }

    /// The bytes of the message; `None` for [`Frame::Unknown`], whose body is not kept.
    pub fn encode(&self) -> Option<Bytes> {
        match self {
            Self::Event { seq, event } => Some(event.encode(*seq)),
            Self::Info(info) => Some(info.encode()),
            Self::Error(error) => Some(error.encode()),
            Self::Unknown { .. } => None,
        }
    }

    /// Its place in the stream, if it has one.
    pub fn seq(&self) -> Option<i64> {
        match self {
            Self::Event { seq, .. } => Some(*seq),
            Self::Unknown { seq, .. } => *seq,
            Self::Info(_) | Self::Error(_) => None,
        }
    }
}

impl Event {
    /// The bytes of the message with its place in the stream.
    pub fn encode(&self, seq: i64) -> Bytes {
        encode::event(self, seq)
    }

    /// The account it is about.
    pub fn did(&self) -> &Did {
        match self {
            Self::Commit(event) => &event.repo,
            Self::Sync(event) => &event.did,
            Self::Identity(event) => &event.did,
            Self::Account(event) => &event.did,
        }
    }

    /// When the host says it happened.
    pub fn time(&self) -> &Datetime {
        match self {
            Self::Commit(event) => &event.time,
            Self::Sync(event) => &event.time,
            Self::Identity(event) => &event.time,
            Self::Account(event) => &event.time,
        }
    }
}

impl Info {
    /// The reader's cursor is older than what the host keeps; it gets everything that is left.
    pub fn outdated_cursor() -> Self {
        Self {
            name: "OutdatedCursor".to_owned(),
            message: Some("Events older than what is kept are gone.".to_owned()),
        }
    }

    pub fn encode(&self) -> Bytes {
        encode::info(self)
    }
}

impl StreamError {
    /// The reader's cursor is beyond the newest event.
    pub fn future_cursor() -> Self {
        Self::new("FutureCursor", "The cursor is ahead of this stream.")
    }

    /// The reader fell too far behind.
    pub fn consumer_too_slow() -> Self {
        Self::new("ConsumerTooSlow", "The reader fell too far behind; connect again.")
    }

    /// The parameters of the subscription do not fit.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::new("InvalidRequest", message)
    }

    fn new(name: &str, message: impl Into<String>) -> Self {
        Self { name: name.to_owned(), message: Some(message.into()) }
    }

    pub fn encode(&self) -> Bytes {
        encode::error(self)
    }
}

impl AccountStatus {
    /// As it stands in messages and answers.
    pub fn as_str(&self) -> &str {
        match self {
            Self::TakenDown => "takendown",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
            Self::Deactivated => "deactivated",
            Self::Desynchronized => "desynchronized",
            Self::Throttled => "throttled",
            Self::Other(text) => text,
        }
    }
}

impl From<&str> for AccountStatus {
    fn from(text: &str) -> Self {
        match text {
            "takendown" => Self::TakenDown,
            "suspended" => Self::Suspended,
            "deleted" => Self::Deleted,
            "deactivated" => Self::Deactivated,
            "desynchronized" => Self::Desynchronized,
            "throttled" => Self::Throttled,
            other => Self::Other(other.to_owned()),
        }
    }
}
