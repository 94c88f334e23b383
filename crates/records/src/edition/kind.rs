//! Which type a record belongs to, by the collection it lies in and by its shape.

use hypercerts_lexicon::{Nsid, Value};

use super::lineage::Lineage;
use super::{certified, claim, collection, context};
use crate::nsid::{self, earlier};
use crate::record::Record;

/// Today's collection for records like this one; `None` if its type is unknown here.
///
/// The record matters where two types of today grew out of one.
#[must_use]
pub fn current(collection: &Nsid, record: &Value) -> Option<&'static str> {
    today(lineage(collection, record), collection)
}

/// Today's collection for records of a lineage; types without one have always had theirs.
pub(super) fn today(lineage: Option<&Lineage>, collection: &Nsid) -> Option<&'static str> {
    match lineage {
        Some(lineage) => Some(lineage.today),
        None => Record::COLLECTIONS.iter().find(|name| **name == collection.as_str()).copied(),
    }
}

/// The earlier editions of the type that a record belongs to; `None` if there are none.
pub(super) fn lineage(collection: &Nsid, record: &Value) -> Option<&'static Lineage> {
    Some(match collection.as_str() {
        nsid::ACTIVITY | earlier::CLAIM_RECORD | earlier::CLAIM | earlier::CLAIM_IMPACT => {
            &claim::CLAIM
        }
        nsid::CONTRIBUTION if tells_who(record) && !tells_what(record) => {
            &claim::CONTRIBUTOR_INFORMATION
        }
        earlier::CONTRIBUTOR if tells_who(record) => &claim::CONTRIBUTOR_INFORMATION,
        nsid::CONTRIBUTION | earlier::CONTRIBUTOR | nsid::CONTRIBUTION_DETAILS => {
            &claim::CONTRIBUTION
        }
        nsid::CONTRIBUTOR_INFORMATION => &claim::CONTRIBUTOR_INFORMATION,
        nsid::RIGHTS => &claim::RIGHTS,
        nsid::WORK_SCOPE_EXPR => &claim::WORK_SCOPE_EXPR,
        nsid::OPS => &claim::OPS,
        nsid::WORKSCOPE_TAG | nsid::HELPER_TAG | earlier::ONTOLOGY_TAG => &claim::WORKSCOPE_TAG,
        nsid::EVALUATION | earlier::CLAIM_EVALUATION => &context::EVALUATION,
        nsid::MEASUREMENT | earlier::CLAIM_MEASUREMENT => &context::MEASUREMENT,
        nsid::ATTACHMENT | earlier::CLAIM_ATTACHMENT | earlier::EVIDENCE => &context::ATTACHMENT,
        nsid::ACKNOWLEDGEMENT | earlier::ACKNOWLEDGEMENT => &context::ACKNOWLEDGEMENT,
        nsid::RECEIPT => &context::RECEIPT,
        nsid::COLLECTION | earlier::CLAIM_COLLECTION | earlier::CLAIM_PROJECT => {
            &collection::COLLECTION
        }
        nsid::LOCATION => &certified::LOCATION,
        nsid::PROFILE | earlier::PROFILE => &certified::PROFILE,
        nsid::BADGE_AWARD => &certified::BADGE_AWARD,
        nsid::BADGE_DEFINITION => &certified::BADGE_DEFINITION,
        _ => return None,
    })
}

/// One collection held, one after the other, records on what somebody did and records on who somebody is.
fn tells_who(record: &Value) -> bool {
    record.get("identifier").or_else(|| record.get("displayName")).is_some()
}

fn tells_what(record: &Value) -> bool {
    ["role", "contributionDescription", "contributors"].iter().any(|it| record.get(it).is_some())
}
