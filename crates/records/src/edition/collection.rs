//! The lineage of collections.

use hypercerts_lexicon::{Value, map};

use super::claim::{describe, has_plain_description};
use super::lineage::{Era, Lineage, Step, mended_object};
use super::mend;
use crate::nsid::{self, earlier, shape};

pub(super) static COLLECTION: Lineage = Lineage {
    today: nsid::COLLECTION,
    eras: &[
        Era::earlier(
            "collection-claims",
            "Written in the first edition of collections, with a list of claims.",
        )
        .told_by(&[Step::List("claims", "items")]),
        Era::earlier("project", "Written when projects were records of their own.")
            .kept_in(&[earlier::CLAIM_PROJECT])
            .without(&[("type", "project")]),
        Era::earlier(
            "collection-activities",
            "Written in an early edition of collections, with a list of activities.",
        )
        .told_by(&[
            Step::List("activities", "items"),
            Step::Rename("collectionTitle", "title"),
            Step::Rename("shortCollectionDescription", "shortDescription"),
            Step::Rename("collectionDescription", "description"),
            Step::Rename("coverPhoto", "banner"),
            Step::Field("banner", mend::picture),
            Step::Field("avatar", mend::picture),
            Step::Reshape(has_plain_description, describe),
            Step::Field("description", untyped_document),
        ]),
        Era::earlier(
            "collection-references",
            "Written in an earlier edition of collections, with plain references for items.",
        )
        .told_by(&[Step::Items("items", item)]),
        Era::earlier("collection-claim", "Written when collections were kept among the claims.")
            .kept_in(&[earlier::CLAIM_COLLECTION]),
    ],
};

/// A member as a plain reference, or under the name of what it refers to.
fn item(value: &Value) -> Option<Value> {
    const STEPS: &[Step] = &[
        Step::Rename("claim", "itemIdentifier"),
        Step::Rename("activity", "itemIdentifier"),
        Step::Rename("weight", "itemWeight"),
        Step::Field("itemWeight", mend::number),
    ];
    if value.as_map().is_some_and(mend::is_reference) {
        return Some(map! { "itemIdentifier" => value.clone() }.into());
    }
    mended_object(STEPS, value)
}

/// A document that does not say it is one.
fn untyped_document(value: &Value) -> Option<Value> {
    let document = value.as_map()?;
    if document.contains_key("$type") || !document.contains_key("blocks") {
        return None;
    }
    mend::with_type(document, shape::LEAFLET_DOCUMENT)
}
