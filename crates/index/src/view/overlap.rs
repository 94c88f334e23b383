//! Claims that may speak of the same work.

use hypercerts_lexicon::AtUri;
use serde::{Deserialize, Serialize};

use super::Summary;

/// The claims of which nothing shows that they speak of other work than one claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Overlaps {
    /// The claim that was asked about.
    pub uri: AtUri,
    /// Those that surely overlap first.
    pub items: Vec<Overlapping>,
    /// How many claims were compared: those of the same author, and those that share a contributor, a record
    /// they refer to, or a word of their scope.
    pub compared: u64,
    /// Whether those were all. If not, there were more than are compared for one question.
    pub complete: bool,
}

/// One claim beside the one that was asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Overlapping {
    pub claim: Summary,
    /// Whether they overlap in every dimension; otherwise it cannot be told in at least one.
    pub surely: bool,
    /// By whom.
    pub who: Shared,
    /// Which kinds of work.
    pub what: Shared,
    pub when: Shared,
    #[serde(rename = "where")]
    pub place: Shared,
    pub rights: Shared,
}

/// What two claims have in common in one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "camelCase")]
pub enum Shared {
    /// They overlap; `witness` says by what.
    Overlaps { witness: String },
    /// Nobody can tell, and `why`.
    CannotTell { why: String },
}
