//! What a record is to a claim, by what such records are called today.

use hypercerts_lexicon::{AtUri, Map, Nsid, Value};
use hypercerts_records::nsid;

use crate::today::today;

/// The part a tied record plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Claim,
    Attachment,
    Measurement,
    Evaluation,
    ContributorInformation,
    Contribution,
    Rights,
    Location,
    Collection,
    Receipt,
    Acknowledgement,
    Lock,
    Other,
}

impl Kind {
    pub(super) fn of(kind: &Nsid) -> Self {
        Self::named(kind.as_str())
    }

    /// The part of a record that is not held: its collection is all there is to go by.
    pub(super) fn at(uri: &AtUri) -> Self {
        uri.collection().map_or(Self::Other, |collection| {
            Self::of(&today(&collection, &Value::Map(Map::new())).kind)
        })
    }

    pub(super) fn named(kind: &str) -> Self {
        match kind {
            nsid::ACTIVITY => Self::Claim,
            nsid::ATTACHMENT => Self::Attachment,
            nsid::MEASUREMENT => Self::Measurement,
            nsid::EVALUATION => Self::Evaluation,
            nsid::CONTRIBUTOR_INFORMATION => Self::ContributorInformation,
            nsid::CONTRIBUTION => Self::Contribution,
            nsid::RIGHTS => Self::Rights,
            nsid::LOCATION => Self::Location,
            nsid::COLLECTION => Self::Collection,
            nsid::RECEIPT => Self::Receipt,
            nsid::ACKNOWLEDGEMENT => Self::Acknowledgement,
            nsid::CLAIM_LOCK => Self::Lock,
            _ => Self::Other,
        }
    }

    /// Records that speak about what was done: what they lead to belongs to the picture too.
    pub(super) fn is_evidence(self) -> bool {
        matches!(self, Self::Attachment | Self::Measurement | Self::Evaluation)
    }

    /// Records of the claim's `contributors` list, which are shown there.
    pub(super) fn is_contributor(self) -> bool {
        matches!(self, Self::ContributorInformation | Self::Contribution)
    }
}
