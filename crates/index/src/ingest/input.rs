//! What reaches the keeper: events of sources, and the results of work that was done elsewhere.

use std::sync::Arc;

use hypercerts_lexicon::{Did, Tid};
use hypercerts_repo::{Head, RepoPath};
use hypercerts_xrpc::frames::Event;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use url::Url;

use super::ImportReport;
use crate::error::IndexError;
use crate::store::records::{Evidence, Prepared};
use crate::store::refusals::Refusal;
use crate::view::{AccountStatus, RefusalKind, SourceKind};

/// Where inputs are handed in. Waits when the keeper is behind.
pub(super) type Inbox = mpsc::Sender<Input>;

/// One thing for the keeper to settle.
pub(super) enum Input {
    /// The sources are followed from now on, and accounts that are due repaired.
    Following,
    /// An event; the permit gives its bytes back to the source's budget once it is settled.
    Event(Arc<Arrival>, OwnedSemaphorePermit),
    /// A message of a kind this program does not know, to be passed over.
    Skipped {
        source: i64,
        seq: i64,
    },
    Refused(Refusal),
    /// The host says that the cursor is ahead of its stream.
    Rewind {
        source: i64,
    },
    /// The host says that it no longer has all events since the cursor.
    Gap {
        source: i64,
    },
    /// Accounts that a host says it has.
    Listed {
        source: i64,
        repos: Vec<ListedRepo>,
        done: oneshot::Sender<()>,
    },
    AllListed {
        source: i64,
    },
    /// The end of an identity lookup.
    Identified {
        did: Did,
        result: Result<Found, String>,
    },
    /// Verified records of a repository that is being taken in.
    Chunk {
        did: Did,
        evidence: Evidence,
        records: Vec<Prepared>,
        done: oneshot::Sender<()>,
    },
    /// The end of taking in a repository.
    TakenIn {
        did: Did,
        result: Result<Snapshot, Failure>,
    },
    /// Somebody asks for an account by name.
    Wanted {
        did: Did,
        reply: Reply,
    },
    /// Somebody brings a repository along: hold everything else about this account until it is taken in.
    Brought {
        did: Did,
        identity: Box<Found>,
        rev: Tid,
        reply: Reply,
        ready: oneshot::Sender<bool>,
    },
}

/// Where the outcome of an import goes.
pub(super) type Reply = oneshot::Sender<Result<ImportReport, IndexError>>;

/// An event, where it came from, and when.
#[derive(Debug)]
pub(super) struct Arrival {
    pub source: Arc<Origin>,
    pub seq: i64,
    /// When it was received, in microseconds since 1970.
    pub at: i64,
    pub event: Event,
}

impl Arrival {
    pub(super) fn did(&self) -> &Did {
        self.event.did()
    }

    pub(super) fn rev(&self) -> Option<Tid> {
        match &self.event {
            Event::Commit(commit) => Some(commit.rev),
            Event::Sync(sync) => Some(sync.rev),
            Event::Identity(_) | Event::Account(_) => None,
        }
    }

    /// Roughly how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        event_bytes(&self.event)
    }

    pub(super) fn refuse(&self, kind: RefusalKind, reason: impl Into<String>) -> Refusal {
        Refusal {
            source: self.source.url.clone(),
            did: Some(self.did().clone()),
            seq: Some(self.seq),
            rev: self.rev(),
            kind,
            reason: reason.into(),
        }
    }
}

/// Roughly how much memory an event takes.
pub(super) fn event_bytes(event: &Event) -> usize {
    const SMALL: usize = 512;
    match event {
        Event::Commit(commit) => SMALL + commit.blocks.len() + commit.ops.len() * 256,
        Event::Sync(sync) => SMALL + sync.blocks.len(),
        Event::Identity(_) | Event::Account(_) => SMALL,
    }
}

/// A source, as events refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub id: i64,
    pub url: String,
    /// Scheme, host and port, as [`host_key`] writes them.
    pub host: String,
    pub kind: SourceKind,
}

impl Origin {
    /// Whether this source may speak for an account on the PDS at `pds`.
    pub(super) fn speaks_for(&self, pds: Option<&str>) -> bool {
        self.kind == SourceKind::Relay || pds == Some(self.host.as_str())
    }
}

/// One way to write an origin, whichever protocol is spoken with it.
pub(super) fn host_key(url: &Url) -> String {
    let scheme = match url.scheme() {
        "wss" => "https",
        "ws" => "http",
        other => other,
    };
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

/// An identity that was just looked up.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub identity: hypercerts_identity::Identity,
    /// When the lookup began, in microseconds since 1970.
    pub at: i64,
}

/// An account in a host's list.
#[derive(Debug, Clone)]
pub(super) struct ListedRepo {
    pub did: Did,
    pub rev: Option<Tid>,
}

/// A verified repository whose records are stored, up to what is no longer in it.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    pub head: Head,
    pub deleted: Vec<RepoPath>,
    pub not_kept: u64,
    pub report: ImportReport,
}

/// Why a repository was not taken in.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub reason: String,
    /// The host says that the account is not active.
    pub inactive: Option<AccountStatus>,
    /// The host did not answer as it should: leave it alone for a while.
    pub host: bool,
}

impl Failure {
    /// For any error on the way.
    #[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
    pub(super) fn of_repository(reason: impl ToString) -> Self {
        Self { reason: reason.to_string(), inactive: None, host: false }
    }
}
