//! What a record is to a claim, by its collection.

use hypercerts_records::nsid;

/// The part a tied record plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
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
    Other,
}

impl Kind {
    pub(super) fn of(collection: &str) -> Self {
        match collection {
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
