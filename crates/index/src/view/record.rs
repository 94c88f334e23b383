//! One stored record, how it was verified, and whether it fits its schema.

use hypercerts_lexicon::{AtUri, Cid, Datetime, Did, Nsid, RecordKey, Tid, Value};
use hypercerts_records::Edition;
use serde::{Deserialize, Serialize};

use super::{ActorBrief, Attestation, Finding, Group, Related};

/// A record as it stands in its author's repository.
///
/// Only verified records are stored: the author's signature covers the commit named in `verification`,
/// the commit's tree holds the record's path with `cid`, and the bytes of `value` hash to `cid`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordView {
    pub uri: AtUri,
    pub cid: Cid,
    /// The repository that holds the record; whoever it belongs to is the record's author.
    pub did: Did,
    pub collection: Nsid,
    pub rkey: RecordKey,
    /// What such records are called today: the collection itself, or the one that took its place.
    pub kind: Nsid,
    /// The edition that the record is written in.
    pub edition: Edition,
    /// The record as it was signed, in the AT Protocol's JSON form.
    pub value: Value,
    /// What the record itself says, when it says it in a valid form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Datetime>,
    /// When the index stored this version.
    pub indexed_at: Datetime,
    pub validity: Validity,
    /// What is noticed about it beyond its schema: by itself and, in the full picture of a claim, beside the
    /// other records of it.
    pub findings: Vec<Finding>,
    pub verification: Verification,
    /// The signatures it carries in itself. They are looked at in the full picture of a claim and of a
    /// record; in lists this is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<Attestation>,
}

/// The evidence on which a record was let in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    pub signed: Signed,
    /// When the index made the check.
    pub checked_at: Datetime,
    /// Where the commit came from: the URL of the source, the PDS or the imported file's name.
    pub source: String,
}

/// The signed commit that proves a record to be part of its repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signed {
    pub by: Did,
    /// The key that verified the signature, as `did:key`.
    pub key: String,
    pub rev: Tid,
    pub commit: Cid,
}

/// Whether a record fits the schema of its collection, or of its edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum Validity {
    Valid,
    Invalid {
        violations: Vec<Violation>,
    },
    /// The index has no schema for this collection.
    UnknownType,
}

impl Validity {
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!(self, Self::Valid)
    }
}

/// One reason why a record does not fit its schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// Where in the record, such as `contributors[2].contributionWeight`; empty for the record as a whole.
    pub path: String,
    /// A sentence: what was found, and what would be right.
    pub message: String,
}

/// A record with every link the index knows of, both ways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordPicture {
    pub record: RecordView,
    pub author: ActorBrief,
    /// The records this one points at.
    pub links: Group<Related>,
    /// The records that point at this one.
    pub backlinks: Group<Related>,
}
