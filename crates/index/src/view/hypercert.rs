//! A hypercert: a claim, and everything that others and its author have tied to it.

use hypercerts_lexicon::{AtUri, Cid, Datetime};
use hypercerts_records::Edition;
use serde::{Deserialize, Serialize};

use super::{
    ActorBrief, Group, Lock, RecordView, Reference, ScopeView, Standing, Validity, Verification,
};

/// The full picture of a claim.
///
/// Each group holds at most a fixed number of items, with the total beside it: first what points at the
/// claim, newest first; then what the claim points at, in the order of its fields; then what is tied to
/// its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hypercert {
    pub claim: RecordView,
    pub author: ActorBrief,
    pub attachments: Group<Related>,
    pub measurements: Group<Related>,
    pub evaluations: Group<Related>,
    /// The contributors the claim lists, in its own order, with what their references lead to.
    pub contributors: Group<ContributorView>,
    pub rights: Group<Related>,
    pub locations: Group<Related>,
    /// Collections that list the claim, and those it names.
    pub collections: Group<Related>,
    pub receipts: Group<Related>,
    /// Acknowledgements whose subject or context is the claim.
    pub acknowledgements: Group<Related>,
    /// Records that freeze the claim at one version, the newest first.
    pub locks: Group<Lock>,
    /// Records of every other type that are tied to the claim.
    pub other: Group<Related>,
    /// How the claim's scope of work was understood.
    pub scope: ScopeView,
    /// How many evaluations fit their schema and are by somebody without a part in the claim.
    pub independent_evaluations: u64,
}

/// A record tied to the one being looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Related {
    pub uri: AtUri,
    /// Absent when the reference leads to nothing the index can show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordView>,
    /// Whoever's repository holds (or should hold) the record, whatever names stand in its fields.
    pub author: ActorBrief,
    pub direction: Direction,
    /// The fields that hold the reference, such as `subjects[0]`.
    pub via: Vec<String>,
    /// The record that makes the connection, when it is not direct: a measurement that only an evaluation
    /// of the claim points at names that evaluation here. `direction`, `via` and `reference` then speak of
    /// that record instead of the claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<AtUri>,
    pub reference: Reference,
    /// Whether the record lies in the repository of the claim (or record) being looked at.
    pub own_repository: bool,
    /// How whoever holds the record stands to the claim being looked at: an evaluation counts as
    /// independent when they have no part in it. Of any other record only its holder has a part.
    #[serde(flatten)]
    pub standing: Standing,
    /// Acknowledgements whose subject is this record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledgements: Vec<Related>,
}

/// Which of two tied records holds the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// The related record points at the one being looked at.
    PointsHere,
    /// The one being looked at points at the related record.
    PointedAt,
}

/// One entry of a claim's `contributors`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContributorView {
    /// What stands in the claim, or in the contributor's own record: a name, a DID, a URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The account that `identity` names, when it is a DID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<ActorBrief>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The `contributorInformation` record the entry refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub information: Option<Related>,
    /// The `contribution` record the entry refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contribution: Option<Related>,
}

/// A claim as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    pub uri: AtUri,
    pub cid: Cid,
    pub author: ActorBrief,
    /// Empty when an invalid record has none.
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_description: Option<String>,
    /// The scope of work in words, when the claim gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Datetime>,
    pub indexed_at: Datetime,
    /// The edition that the claim is written in.
    pub edition: Edition,
    pub validity: Validity,
    pub verification: Verification,
    pub counts: RelatedCounts,
}

/// How many records point at a claim, without those that break their schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RelatedCounts {
    pub attachments: u64,
    pub measurements: u64,
    pub evaluations: u64,
    /// Evaluations by those who are neither claimant, contributor nor funder.
    pub independent_evaluations: u64,
    pub receipts: u64,
    pub acknowledgements: u64,
}
