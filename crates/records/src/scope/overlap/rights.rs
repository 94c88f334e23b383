//! Under which rights.
//!
//! Rights are texts for people. The same record, or one that says the same, is the same rights. Of different
//! texts no rule tells whether they exclude each other, so they never make two claims disjoint: otherwise
//! the same work could be claimed twice by writing its rights down twice.

use super::super::Records;
use super::{Overlap, Witness};
use crate::{Record, Rights, StrongRef};

/// The rights of a claim.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    uri: String,
    content: Option<Rights>,
}

impl Terms {
    pub(super) fn of(reference: &StrongRef, records: &dyn Records) -> Self {
        let content = match records.record(reference) {
            Some(Record::Rights(rights)) => Some(rights),
            _ => None,
        };
        Self { uri: reference.uri().to_string(), content }
    }
}

pub(super) fn overlap(one: Option<&Terms>, other: Option<&Terms>) -> Overlap {
    let (Some(one), Some(other)) = (one, other) else { return Overlap::overlaps(Witness::Open) };
    if one.uri == other.uri {
        return Overlap::overlaps(Witness::SameRecord { uri: one.uri.clone() });
    }
    match (&one.content, &other.content) {
        (Some(one), Some(other)) if say_the_same(one, other) => {
            Overlap::overlaps(Witness::SameWords { words: one.rights_name.clone() })
        }
        (Some(one), Some(other)) => Overlap::cannot_tell(format!(
            "whether “{}” and “{}” exclude each other is for people to judge",
            one.rights_name, other.rights_name
        )),
        _ => Overlap::cannot_tell("a rights record is not at hand"),
    }
}

fn say_the_same(one: &Rights, other: &Rights) -> bool {
    let text = |rights: &Rights| {
        (rights.rights_name.clone(), rights.rights_type.clone(), rights.rights_description.clone())
    };
    text(one) == text(other) && one.attachment == other.attachment
}
