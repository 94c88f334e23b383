//! The lineages of claims and of what belongs to them.

use hypercerts_lexicon::{Map, Value, map};

use super::lineage::{Era, Lineage, Step, mended_object};
use super::{Edition, mend, names};
use crate::nsid::{self, shape};

const LABELS: [(&str, &str); 3] =
    [("withinAllOf", "allOf"), ("withinAnyOf", "anyOf"), ("withinNoneOf", "noneOf")];

pub(super) static CLAIM: Lineage = Lineage {
    today: nsid::ACTIVITY,
    eras: &[
        Era {
            edition: Edition::Earlier("claim-record"),
            words: "Written in the first edition of claims, with its evidence listed in the claim.",
            collections: &[names::CLAIM_RECORD],
            steps: &[Step::Rename("workTimeframeFrom", "startDate")],
            fill: &[("shortDescription", "")],
        },
        Era {
            edition: Edition::Earlier("claim"),
            words: "Written in an early edition of claims, with a work time frame and a list of evidence.",
            collections: &[names::CLAIM, names::CLAIM_IMPACT],
            steps: &[
                Step::Rename("workTimeFrameFrom", "startDate"),
                Step::Rename("workTimeFrameTo", "endDate"),
                Step::Sign(|claim| claim.get("evidence").is_some_and(|it| it.as_list().is_some())),
                Step::Field("image", mend::picture),
            ],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("claim-scope-labels"),
            words: "Written in an early edition of claims, with lists of labels for a work scope.",
            collections: &[],
            steps: &[Step::Field("workScope", scope_labels)],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("claim-contributions"),
            words: "Written in an early edition of claims, with references to contributions, a single \
                    location or the project it belongs to.",
            collections: &[],
            steps: &[
                Step::Reshape(has_contributions, contributors_from_contributions),
                Step::List("location", "locations"),
                Step::Sign(|claim| claim.get("project").is_some_and(|it| it.as_str().is_some())),
            ],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("claim-contributor-information"),
            words: "Written in an earlier edition of claims, whose contributors were named and weighed in \
                    other fields.",
            collections: &[],
            steps: &[Step::Items("contributors", contributor_fields)],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("claim-scope-tree"),
            words: "Written in an earlier edition of claims, with a tree of tags for a work scope.",
            collections: &[],
            steps: &[Step::Sign(has_scope_tree)],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("claim-bare-texts"),
            words: "Written in an earlier edition of claims, with plain texts where objects stand today.",
            collections: &[],
            steps: &[
                Step::Field("workScope", scope_text),
                Step::Items("contributors", contributor_texts),
            ],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("claim-cel"),
            words: "Written in an earlier edition of claims, whose scope expression had another name.",
            collections: &[],
            steps: &[Step::Field("workScope", cel)],
            fill: &[],
        },
        Era {
            edition: Edition::Document,
            words: "",
            collections: &[],
            steps: &[
                Step::Reshape(has_plain_description, describe),
                Step::Sign(|claim| claim.contains_key("descriptionFacets")),
                Step::Field("workScope", mend::reference_in_union),
                Step::Sign(has_scope_record),
            ],
            fill: &[],
        },
    ],
};

pub(super) static CONTRIBUTION: Lineage = Lineage {
    today: nsid::CONTRIBUTION,
    eras: &[
        Era {
            edition: Edition::Earlier("contribution-names"),
            words: "Written in the first edition of contributions, which named the contributors too.",
            collections: &[],
            steps: &[
                Step::Sign(|it| it.contains_key("contributors")),
                Step::Rename("description", "contributionDescription"),
            ],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("contributor-role"),
            words: "Written when contributors and contributions were records of one type.",
            collections: &[names::CONTRIBUTOR],
            steps: &[],
            fill: &[],
        },
        Era {
            edition: Edition::Document,
            words: "",
            collections: &[nsid::CONTRIBUTION_DETAILS],
            steps: &[],
            fill: &[],
        },
    ],
};

pub(super) static CONTRIBUTOR_INFORMATION: Lineage = Lineage {
    today: nsid::CONTRIBUTOR_INFORMATION,
    eras: &[Era {
        edition: Edition::Earlier("contributor"),
        words: "Written when contributors and contributions were records of one type.",
        collections: &[names::CONTRIBUTOR, nsid::CONTRIBUTION],
        steps: &[Step::Field("image", mend::picture)],
        fill: &[],
    }],
};

pub(super) static RIGHTS: Lineage = Lineage {
    today: nsid::RIGHTS,
    eras: &[Era {
        edition: Edition::Earlier("rights-attachment"),
        words: "Written in an earlier edition of rights, with an attachment in another form.",
        collections: &[],
        steps: &[Step::Field("attachment", mend::content)],
        fill: &[],
    }],
};

/// These two have been what they are from the beginning.
pub(super) static WORK_SCOPE_EXPR: Lineage = Lineage {
    today: nsid::WORK_SCOPE_EXPR,
    eras: &[Era {
        edition: Edition::Document,
        words: "",
        collections: &[nsid::WORK_SCOPE_EXPR],
        steps: &[],
        fill: &[],
    }],
};
pub(super) static OPS: Lineage = Lineage {
    today: nsid::OPS,
    eras: &[Era {
        edition: Edition::Document,
        words: "",
        collections: &[nsid::OPS],
        steps: &[],
        fill: &[],
    }],
};

pub(super) static WORKSCOPE_TAG: Lineage = Lineage {
    today: nsid::WORKSCOPE_TAG,
    eras: &[
        Era {
            edition: Edition::Document,
            words: "",
            collections: &[nsid::HELPER_TAG],
            steps: &[],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("ontology-tag"),
            words: "Written when tags of work scopes were part of an ontology.",
            collections: &[names::ONTOLOGY_TAG],
            steps: &[],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("tag-label"),
            words: "Written in an earlier edition of tags, with a label and a kind.",
            collections: &[],
            steps: &[
                Step::Rename("label", "name"),
                Step::Rename("kind", "category"),
                Step::Rename("externalReference", "referenceDocument"),
                Step::Field("referenceDocument", mend::content),
            ],
            fill: &[],
        },
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

fn has_scope_record(claim: &Map) -> bool {
    claim.get("workScope").and_then(Value::as_map).is_some_and(mend::is_reference)
}
