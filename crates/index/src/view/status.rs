//! The state of the index itself: its sources, what it holds, and what it refused.

use hypercerts_lexicon::{Datetime, Did, Nsid, Tid};
use serde::{Deserialize, Serialize};

/// The whole state of the index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub sources: Vec<SourceStatus>,
    pub counts: Counts,
    /// The latest refusals, newest first.
    pub refusals: Vec<RefusalView>,
    /// Accounts whose repository is not known up to date, bounded.
    pub accounts_desynchronized: Vec<DesynchronizedAccount>,
}

/// One source of commits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceStatus {
    pub url: String,
    pub kind: SourceKind,
    pub state: SourceState,
    /// The sequence number up to which events are stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<i64>,
    /// How old the last event was when it was stored, in whole seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lag_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_event_at: Option<Datetime>,
    /// Events read since the index started.
    pub events: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// What kind of server a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SourceKind {
    /// Speaks only for the accounts whose DID documents name it.
    Pds,
    /// Passes on the events of many hosts.
    Relay,
}

/// What a source is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SourceState {
    Connecting,
    Following,
    /// The connection failed; another attempt follows.
    Waiting,
    /// Known from an earlier run, not followed now.
    Idle,
}

/// What the index holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    pub accounts: u64,
    pub synchronized: u64,
    pub desynchronized: u64,
    pub pending: u64,
    pub records: u64,
    pub valid: u64,
    pub invalid: u64,
    pub unknown_type: u64,
    /// Records of collections that this index does not keep, as far as they were met.
    pub not_kept: u64,
    pub refusals: u64,
    pub collections: Vec<CollectionCount>,
}

/// How many records a collection has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectionCount {
    pub collection: Nsid,
    pub records: u64,
}

/// Something that arrived and was not believed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusalView {
    pub at: Datetime,
    pub source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did: Option<Did>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rev: Option<Tid>,
    pub kind: RefusalKind,
    /// A sentence for a person.
    pub reason: String,
}

/// The kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RefusalKind {
    /// Not in the form the protocol asks for.
    Malformed,
    /// Not signed by the account's key.
    Signature,
    /// Does not follow from the last known state of the repository.
    BrokenChain,
    /// Dated in the future.
    FutureRevision,
    /// Sent by a host that does not speak for the account.
    WrongHost,
    /// The account's identity could not be resolved.
    Identity,
    /// The account's repository could not be fetched, or did not verify.
    Repository,
    /// Past a limit of this index.
    Limit,
}

/// An account that the index cannot follow at the moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DesynchronizedAccount {
    pub did: Did,
    pub reason: String,
    /// How often a repair was tried since.
    pub attempts: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Datetime>,
}
