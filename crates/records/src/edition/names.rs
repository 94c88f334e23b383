//! The collections that other editions of today's types had.

use hypercerts_lexicon::{Nsid, Value};

use super::lineage::Lineage;
use super::{certified, claim, collection, context};
use crate::nsid;
use crate::record::Record;

pub(super) const CLAIM_RECORD: &str = "org.hypercerts.claim.record";
pub(super) const CLAIM: &str = "org.hypercerts.claim";
pub(super) const CLAIM_IMPACT: &str = "org.hypercerts.claim.impact";
pub(super) const CONTRIBUTOR: &str = "org.hypercerts.claim.contributor";
pub(super) const EVIDENCE: &str = "org.hypercerts.claim.evidence";
pub(super) const CLAIM_ATTACHMENT: &str = "org.hypercerts.claim.attachment";
pub(super) const CLAIM_EVALUATION: &str = "org.hypercerts.claim.evaluation";
pub(super) const CLAIM_MEASUREMENT: &str = "org.hypercerts.claim.measurement";
pub(super) const CLAIM_COLLECTION: &str = "org.hypercerts.claim.collection";
pub(super) const CLAIM_PROJECT: &str = "org.hypercerts.claim.project";
pub(super) const ACKNOWLEDGEMENT: &str = "org.hypercerts.acknowledgement";
pub(super) const ONTOLOGY_TAG: &str = "org.hypercerts.ontology.workScopeTag";
pub(super) const PROFILE: &str = "app.certified.profile";

/// Collections whose records are read as those of today's types, though today's type has another name.
pub const EARLIER: [&str; 15] = [
    CLAIM_RECORD,
    CLAIM,
    CLAIM_IMPACT,
    CONTRIBUTOR,
    nsid::CONTRIBUTION_DETAILS,
    EVIDENCE,
    CLAIM_ATTACHMENT,
    CLAIM_EVALUATION,
    CLAIM_MEASUREMENT,
    CLAIM_COLLECTION,
    CLAIM_PROJECT,
    ACKNOWLEDGEMENT,
    nsid::HELPER_TAG,
    ONTOLOGY_TAG,
    PROFILE,
];

/// Today's collection for records like this one; `None` if its type is unknown here.
///
/// The record matters where two types of today grew out of one.
#[must_use]
pub fn current(collection: &Nsid, record: &Value) -> Option<&'static str> {
    match lineage(collection, record) {
        Some(lineage) => Some(lineage.today),
        None => Record::COLLECTIONS.iter().find(|name| **name == collection.as_str()).copied(),
    }
}

/// The earlier editions of the type that a record belongs to; `None` if there are none.
pub(super) fn lineage(collection: &Nsid, record: &Value) -> Option<&'static Lineage> {
    Some(match collection.as_str() {
        nsid::ACTIVITY | CLAIM_RECORD | CLAIM | CLAIM_IMPACT => &claim::CLAIM,
        nsid::CONTRIBUTION | CONTRIBUTOR if tells_who(record) => &claim::CONTRIBUTOR_INFORMATION,
        nsid::CONTRIBUTION | CONTRIBUTOR | nsid::CONTRIBUTION_DETAILS => &claim::CONTRIBUTION,
        nsid::CONTRIBUTOR_INFORMATION => &claim::CONTRIBUTOR_INFORMATION,
        nsid::RIGHTS => &claim::RIGHTS,
        nsid::WORK_SCOPE_EXPR => &claim::WORK_SCOPE_EXPR,
        nsid::OPS => &claim::OPS,
        nsid::WORKSCOPE_TAG | nsid::HELPER_TAG | ONTOLOGY_TAG => &claim::WORKSCOPE_TAG,
        nsid::EVALUATION | CLAIM_EVALUATION => &context::EVALUATION,
        nsid::MEASUREMENT | CLAIM_MEASUREMENT => &context::MEASUREMENT,
        nsid::ATTACHMENT | CLAIM_ATTACHMENT | EVIDENCE => &context::ATTACHMENT,
        nsid::ACKNOWLEDGEMENT | ACKNOWLEDGEMENT => &context::ACKNOWLEDGEMENT,
        nsid::RECEIPT => &context::RECEIPT,
        nsid::COLLECTION | CLAIM_COLLECTION | CLAIM_PROJECT => &collection::COLLECTION,
        nsid::LOCATION => &certified::LOCATION,
        nsid::PROFILE | PROFILE => &certified::PROFILE,
        nsid::BADGE_AWARD => &certified::BADGE_AWARD,
        nsid::BADGE_DEFINITION => &certified::BADGE_DEFINITION,
        _ => return None,
    })
}

/// One collection held, one after the other, records on what somebody did and records on who somebody is.
fn tells_who(record: &Value) -> bool {
    let has = |field| record.get(field).is_some();
    (has("identifier") || has("displayName")) && !has("contributors")
}
