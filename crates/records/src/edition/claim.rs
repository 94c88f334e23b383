//! The lineages of claims and of what belongs to them.

use hypercerts_lexicon::{Map, Value, map};

use super::lineage::{Era, Lineage, Step, mended_object};
use super::mend;
use crate::nsid::{self, earlier, shape};

const LABELS: [(&str, &str); 3] =
    [("withinAllOf", "allOf"), ("withinAnyOf", "anyOf"), ("withinNoneOf", "noneOf")];

pub(super) static CLAIM: Lineage = Lineage {
    today: nsid::ACTIVITY,
    eras: &[
        Era::earlier(
            "claim-record",
            "Written in the first edition of claims, with its evidence listed in the claim.",
        )
        .kept_in(&[earlier::CLAIM_RECORD])
        .told_by(&[Step::Rename("workTimeframeFrom", "startDate")])
        .without(&[("shortDescription", "")]),
        Era::earlier(
            "claim",
            "Written in an early edition of claims, with a work time frame and a list of evidence.",
        )
        .kept_in(&[earlier::CLAIM, earlier::CLAIM_IMPACT])
        .told_by(&[
            Step::Rename("workTimeFrameFrom", "startDate"),
            Step::Rename("workTimeFrameTo", "endDate"),
            Step::Sign(|claim| claim.get("evidence").is_some_and(|it| it.as_list().is_some())),
        ]),
        Era::earlier(
            "claim-scope-labels",
            "Written in an early edition of claims, with lists of labels for a work scope.",
        )
        .told_by(&[Step::Field("workScope", scope_labels)]),
        Era::earlier(
            "claim-contributions",
            "Written in an early edition of claims, with references to contributions, a single \
                    location or the project it belongs to.",
        )
        .told_by(&[
            Step::Reshape(has_contributions, contributors_from_contributions),
            Step::List("location", "locations"),
            Step::Sign(|claim| claim.get("project").is_some_and(|it| it.as_str().is_some())),
        ]),
        Era::earlier(
            "claim-scope-reference",
            "Written in an earlier edition of claims, with nothing but a reference for a work scope.",
        )
        .told_by(&[Step::Field("workScope", mend::reference_in_union)]),
        Era::earlier(
            "claim-contributor-information",
            "Written in an earlier edition of claims, whose contributors were named and weighed in \
                    other fields.",
        )
        .told_by(&[Step::Items("contributors", contributor_fields)]),
        Era::earlier(
            "claim-scope-tree",
            "Written in an earlier edition of claims, with a tree of tags for a work scope.",
        )
        .told_by(&[Step::Sign(has_scope_tree)]),
        Era::earlier(
            "claim-bare-texts",
            "Written in an earlier edition of claims, with plain texts where objects stand today.",
        )
        .told_by(&[
            Step::Field("workScope", scope_text),
            Step::Items("contributors", contributor_texts),
            Step::Field("image", mend::picture),
        ]),
        Era::earlier(
            "claim-cel",
            "Written in an earlier edition of claims, whose scope expression had another name.",
        )
        .told_by(&[Step::Field("workScope", cel)]),
        Era::document()
            .told_by(&[Step::Sign(is_document), Step::Reshape(has_plain_description, describe)]),
        Era::earlier(
            "claim-scope-record",
            "Written in an earlier edition of claims, with a work scope kept in a record of its own.",
        )
        .told_by(&[Step::Sign(has_scope_record)]),
    ],
};

pub(super) static CONTRIBUTION: Lineage = Lineage {
    today: nsid::CONTRIBUTION,
    eras: &[
        Era::earlier(
            "contribution-names",
            "Written in the first edition of contributions, which named the contributors too.",
        )
        .told_by(&[
            Step::Sign(|it| it.contains_key("contributors")),
            Step::Rename("description", "contributionDescription"),
        ]),
        Era::earlier(
            "contributor-role",
            "Written when contributors and contributions were records of one type.",
        )
        .kept_in(&[earlier::CONTRIBUTOR]),
        Era::document().kept_in(&[nsid::CONTRIBUTION_DETAILS]),
    ],
};

pub(super) static CONTRIBUTOR_INFORMATION: Lineage = Lineage {
    today: nsid::CONTRIBUTOR_INFORMATION,
    eras: &[Era::earlier(
        "contributor",
        "Written when contributors and contributions were records of one type.",
    )
    .kept_in(&[earlier::CONTRIBUTOR, nsid::CONTRIBUTION])
    .told_by(&[Step::Field("image", mend::picture)])],
};

pub(super) static RIGHTS: Lineage = Lineage {
    today: nsid::RIGHTS,
    eras: &[Era::earlier(
        "rights-attachment",
        "Written in an earlier edition of rights, with an attachment in another form.",
    )
    .told_by(&[Step::Field("attachment", mend::content)])],
};

/// These two have been what they are from the beginning.
pub(super) static WORK_SCOPE_EXPR: Lineage = Lineage {
    today: nsid::WORK_SCOPE_EXPR,
    eras: &[Era::document().kept_in(&[nsid::WORK_SCOPE_EXPR])],
};
pub(super) static OPS: Lineage =
    Lineage { today: nsid::OPS, eras: &[Era::document().kept_in(&[nsid::OPS])] };

pub(super) static WORKSCOPE_TAG: Lineage = Lineage {
    today: nsid::WORKSCOPE_TAG,
    eras: &[
        Era::document().kept_in(&[nsid::HELPER_TAG]),
        Era::earlier("ontology-tag", "Written when tags of work scopes were part of an ontology.")
            .kept_in(&[earlier::ONTOLOGY_TAG]),
        Era::earlier(
            "tag-label",
            "Written in an earlier edition of tags, with a label and a kind.",
        )
        .told_by(&[
            Step::Rename("label", "name"),
            Step::Rename("kind", "category"),
            Step::Rename("externalReference", "referenceDocument"),
            Step::Field("referenceDocument", mend::content),
        ]),
    ],
};

/// Lists of labels, under either of the names that the lists had.
fn scope_labels(value: &Value) -> Option<Value> {
    let scope = value.as_map()?;
    let named = value.type_name();
    if named.is_some_and(|name| name != shape::SCOPE_TERMS) {
        return None;
    }
    let listed = LABELS.iter().any(|(old, new)| scope.contains_key(old) || scope.contains_key(new));
    if named.is_none() && !listed {
        return None;
    }
    let renames = LABELS.map(|(old, new)| Step::Rename(old, new));
    let mended = mended_object(&renames, value).unwrap_or_else(|| value.clone());
    let typed = mended.as_map().and_then(|mended| mend::with_type(mended, shape::SCOPE_TERMS));
    Some(typed.unwrap_or(mended))
}

fn has_contributions(claim: &Map) -> bool {
    !claim.contains_key("contributors")
        && claim.get("contributions").is_some_and(|it| it.as_list().is_some())
}

/// A contribution of that time says who contributed and what.
fn contributors_from_contributions(claim: &mut Map) {
    let Some(Value::List(contributions)) = claim.remove("contributions") else { return };
    let contributors: Value = contributions.into_iter().map(contributor_of_contribution).collect();
    claim.insert("contributors", contributors);
}

fn contributor_of_contribution(reference: Value) -> Value {
    let reference = mend::reference_in_union(&reference).unwrap_or(reference);
    map! { "contributorIdentity" => reference.clone(), "contributionDetails" => reference }.into()
}

fn contributor_fields(value: &Value) -> Option<Value> {
    const STEPS: &[Step] = &[
        Step::Rename("contributorInformation", "contributorIdentity"),
        Step::Rename("weight", "contributionWeight"),
    ];
    mended_object(STEPS, value)
}

fn contributor_texts(value: &Value) -> Option<Value> {
    const STEPS: &[Step] = &[
        Step::Field("contributorIdentity", identity),
        Step::Field("contributionDetails", role),
        Step::Field("contributionWeight", mend::number),
    ];
    mended_object(STEPS, value)
}

fn identity(value: &Value) -> Option<Value> {
    mend::wrapped_text(value, shape::CONTRIBUTOR_IDENTITY, "identity")
        .or_else(|| mend::reference_in_union(value))
}

fn role(value: &Value) -> Option<Value> {
    mend::wrapped_text(value, shape::CONTRIBUTOR_ROLE, "role")
        .or_else(|| mend::reference_in_union(value))
}

fn scope_text(value: &Value) -> Option<Value> {
    mend::wrapped_text(value, shape::WORK_SCOPE_STRING, "scope")
}

fn has_scope_tree(claim: &Map) -> bool {
    let tree = [shape::SCOPE_ALL, shape::SCOPE_ANY, shape::SCOPE_NOT, shape::SCOPE_ATOM];
    claim.get("workScope").and_then(Value::type_name).is_some_and(|name| tree.contains(&name))
}

fn cel(value: &Value) -> Option<Value> {
    let scope = value.as_map()?;
    if !shape::EARLIER_CEL.contains(&value.type_name()?) {
        return None;
    }
    let mut scope = scope.clone();
    scope.insert("$type", shape::CEL);
    if !scope.contains_key("usedTags") {
        scope.insert("usedTags", Vec::<Value>::new());
    }
    Some(scope.into())
}

/// Whether the description is a plain text, its facets beside it.
pub(super) fn has_plain_description(record: &Map) -> bool {
    record.get("description").is_some_and(|it| it.as_str().is_some())
}

/// Puts a plain description and its facets into one object.
pub(super) fn describe(record: &mut Map) {
    let Some(text) = record.remove("description") else { return };
    let mut description = map! { "$type" => shape::DESCRIPTION_STRING, "value" => text };
    if let Some(facets) = record.remove("descriptionFacets") {
        description.insert("facets", facets);
    }
    record.insert("description", description);
}

/// A description that is more than a text is of no claim in the document edition, whatever else it shows.
fn is_document(claim: &Map) -> bool {
    match claim.get("description") {
        Some(Value::Text(_)) => true,
        None => claim.contains_key("descriptionFacets") || has_scope_record(claim),
        Some(_) => false,
    }
}

fn has_scope_record(claim: &Map) -> bool {
    claim.get("workScope").and_then(Value::type_name) == Some(shape::STRONG_REF)
}
