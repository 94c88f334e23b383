//! The lineages of what is said about claims, and of payments.

use hypercerts_lexicon::{Map, Value, map};

use super::claim::{describe, has_plain_description};
use super::lineage::{Era, Lineage, Step, mended_object};
use super::mend;
use crate::funding::PURPOSE_WITHOUT_VERSION;
use crate::nsid::{self, earlier};

pub(super) static EVALUATION: Lineage = Lineage {
    today: nsid::EVALUATION,
    eras: &[
        Era::earlier(
            "evaluation-texts",
            "Written in the first edition of evaluations, with evaluators as plain texts.",
        )
        .told_by(&[
            Step::Items("evaluators", mend::account),
            Step::List("evaluations", "content"),
            Step::Items("content", mend::content),
        ]),
        Era::earlier("evaluation-claim", "Written when evaluations were kept among the claims.")
            .kept_in(&[earlier::CLAIM_EVALUATION]),
        Era::earlier(
            "evaluation-integer-score",
            "Written in an earlier edition of evaluations, with scores in whole numbers.",
        )
        .told_by(&[Step::Field("score", score)]),
    ],
};

pub(super) static MEASUREMENT: Lineage = Lineage {
    today: nsid::MEASUREMENT,
    eras: &[
        Era::earlier(
            "measurement-hypercert",
            "Written in the first edition of measurements, about one hypercert and without a unit.",
        )
        .told_by(&[
            Step::List("hypercert", "subjects"),
            Step::Rename("measurementMethodURI", "methodURI"),
            Step::Items("measurers", mend::account),
        ]),
        Era::earlier(
            "measurement-activity",
            "Written in an early edition of measurements, about one activity.",
        )
        .told_by(&[Step::List("activity", "subjects")]),
        Era::earlier(
            "measurement-subject",
            "Written in an earlier edition of measurements, about one subject in one place.",
        )
        .told_by(&[Step::List("subject", "subjects"), Step::List("location", "locations")]),
        Era::earlier("measurement-claim", "Written when measurements were kept among the claims.")
            .kept_in(&[earlier::CLAIM_MEASUREMENT])
            .without(&[("unit", "")]),
        Era::earlier(
            "measurement-integer-value",
            "Written with a whole number for a value, where digits stand today.",
        )
        .told_by(&[Step::Field("value", mend::number)]),
    ],
};

pub(super) static ATTACHMENT: Lineage = Lineage {
    today: nsid::ATTACHMENT,
    eras: &[
        Era::earlier("evidence", "Written as evidence, which says how it bears on its subject.")
            .kept_in(&[earlier::EVIDENCE])
            .told_by(&[
                Step::List("hypercert", "subjects"),
                Step::List("subject", "subjects"),
                Step::List("content", "content"),
                Step::Sign(|it| it.contains_key("relationType")),
                Step::Items("content", mend::content),
            ])
            .without(&[("title", ""), ("contentType", "evidence")]),
        Era::earlier("attachment-claim", "Written when attachments were kept among the claims.")
            .kept_in(&[earlier::CLAIM_ATTACHMENT]),
        Era::earlier(
            "attachment-text",
            "Written in an earlier edition of attachments, with a plain text for a description.",
        )
        .told_by(&[Step::Reshape(has_plain_description, describe)]),
    ],
};

pub(super) static ACKNOWLEDGEMENT: Lineage = Lineage {
    today: nsid::ACKNOWLEDGEMENT,
    eras: &[
        Era::earlier("acknowledgement", "Written when acknowledgements had a shorter name.").kept_in(&[earlier::ACKNOWLEDGEMENT]),
        Era::earlier("acknowledgement-context", "Written in an earlier edition of acknowledgements, whose context does not say what it is.").told_by(&[Step::Field("context", acknowledgement_context)]),
    ],
};

pub(super) static RECEIPT: Lineage = Lineage {
    today: nsid::RECEIPT,
    eras: &[Era::earlier(
        "receipt-texts",
        "Written in an earlier edition of receipts, with plain texts for payer, payee or purpose.",
    )
    .told_by(&[
        Step::Field("from", mend::party),
        Step::Field("to", mend::party),
        Step::Reshape(has_plain_purpose, keep_purpose),
    ])],
};

fn score(value: &Value) -> Option<Value> {
    const STEPS: &[Step] = &[
        Step::Field("min", mend::number),
        Step::Field("max", mend::number),
        Step::Field("value", mend::number),
    ];
    mended_object(STEPS, value)
}

fn acknowledgement_context(value: &Value) -> Option<Value> {
    mend::reference_in_union(value).or_else(|| mend::content(value))
}

fn has_plain_purpose(receipt: &Map) -> bool {
    receipt.get("for").is_some_and(|it| it.as_str().is_some())
}

/// An address alone is no strong reference: the version that was paid for is not known.
fn keep_purpose(receipt: &mut Map) {
    if let Some(uri) = receipt.remove("for") {
        receipt.insert(PURPOSE_WITHOUT_VERSION, map! { "uri" => uri });
    }
}
