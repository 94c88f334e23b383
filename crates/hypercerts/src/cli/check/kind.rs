//! What kinds of records are called by people.

use hypercerts_records::nsid;

/// The name of a kind, by its collection of today; `None` for one that is not known here.
pub(super) fn kind(collection: &str) -> Option<&'static str> {
    Some(match collection {
        nsid::ACTIVITY => "a claim",
        nsid::CONTRIBUTION => "a contribution",
        nsid::CONTRIBUTOR_INFORMATION => "a contributor",
        nsid::RIGHTS => "rights",
        nsid::COLLECTION => "a collection",
        nsid::ACKNOWLEDGEMENT => "an acknowledgement",
        nsid::ATTACHMENT => "an attachment",
        nsid::EVALUATION => "an evaluation",
        nsid::MEASUREMENT => "a measurement",
        nsid::FEATURE => "a thing that records are about",
        nsid::RECEIPT => "a payment",
        nsid::VOCAB_TAG | nsid::WORKSCOPE_TAG | nsid::HELPER_TAG => "a tag",
        nsid::WORK_SCOPE_EXPR => "a work scope",
        nsid::OPS => "a part of a work scope",
        nsid::LOCATION => "a place",
        nsid::PROFILE | nsid::DISPLAY_PROFILE => "a profile",
        nsid::ORGANIZATION => "an organization",
        nsid::BADGE_AWARD => "a badge given",
        nsid::BADGE_DEFINITION => "a badge",
        nsid::BADGE_RESPONSE => "an answer to a badge",
        nsid::FOLLOW | nsid::ENTITY_FOLLOW => "a follow",
        nsid::LIKE => "a like",
        nsid::REPOST => "a repost",
        nsid::EVM_LINK => "a wallet of the account",
        nsid::SIGNATURE_PROOF => "a signature",
        nsid::BOARD => "a board",
        nsid::CLAIM_LOCK => "a lock on a claim",
        _ => return None,
    })
}
