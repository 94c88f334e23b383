//! The lineages of what is said about claims, and of payments.

use hypercerts_lexicon::{Map, Value, map};

use super::claim::{describe, has_plain_description};
use super::lineage::{Era, Lineage, Step, mended_object};
use super::{Edition, mend, names};
use crate::funding::PURPOSE_WITHOUT_VERSION;
use crate::nsid;

pub(super) static EVALUATION: Lineage = Lineage {
    today: nsid::EVALUATION,
    eras: &[
        Era {
            edition: Edition::Earlier("evaluation-texts"),
            words: "Written in the first edition of evaluations, with evaluators as plain texts.",
            collections: &[],
            steps: &[
                Step::Items("evaluators", mend::account),
                Step::List("evaluations", "content"),
                Step::Items("content", mend::content),
            ],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("evaluation-claim"),
            words: "Written when evaluations were kept among the claims.",
            collections: &[names::CLAIM_EVALUATION],
            steps: &[],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("evaluation-integer-score"),
            words: "Written in an earlier edition of evaluations, with scores in whole numbers.",
            collections: &[],
            steps: &[Step::Field("score", score)],
            fill: &[],
        },
    ],
};

pub(super) static MEASUREMENT: Lineage = Lineage {
    today: nsid::MEASUREMENT,
    eras: &[
        Era {
            edition: Edition::Earlier("measurement-hypercert"),
            words: "Written in the first edition of measurements, about one hypercert and without a unit.",
            collections: &[],
            steps: &[
                Step::List("hypercert", "subjects"),
                Step::Rename("measurementMethodURI", "methodURI"),
                Step::Items("measurers", mend::account),
            ],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("measurement-activity"),
            words: "Written in an early edition of measurements, about one activity.",
            collections: &[],
            steps: &[Step::List("activity", "subjects")],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("measurement-subject"),
            words: "Written in an earlier edition of measurements, about one subject in one place.",
            collections: &[],
            steps: &[Step::List("subject", "subjects"), Step::List("location", "locations")],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("measurement-claim"),
            words: "Written when measurements were kept among the claims.",
            collections: &[names::CLAIM_MEASUREMENT],
            steps: &[],
            fill: &[("unit", "")],
        },
        Era {
            edition: Edition::Earlier("measurement-integer-value"),
            words: "Written with a whole number for a value, where digits stand today.",
            collections: &[],
            steps: &[Step::Field("value", mend::number)],
            fill: &[],
        },
    ],
};

pub(super) static ATTACHMENT: Lineage = Lineage {
    today: nsid::ATTACHMENT,
    eras: &[
        Era {
            edition: Edition::Earlier("evidence"),
            words: "Written as evidence, which says how it bears on its subject.",
            collections: &[names::EVIDENCE],
            steps: &[
                Step::List("hypercert", "subjects"),
                Step::List("subject", "subjects"),
                Step::List("content", "content"),
                Step::Sign(|it| it.contains_key("relationType")),
                Step::Items("content", mend::content),
            ],
            fill: &[("title", ""), ("contentType", "evidence")],
        },
        Era {
            edition: Edition::Earlier("attachment-claim"),
            words: "Written when attachments were kept among the claims.",
            collections: &[names::CLAIM_ATTACHMENT],
            steps: &[],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("attachment-text"),
            words: "Written in an earlier edition of attachments, with a plain text for a description.",
            collections: &[],
            steps: &[Step::Reshape(has_plain_description, describe)],
            fill: &[],
        },
    ],
};

pub(super) static ACKNOWLEDGEMENT: Lineage = Lineage {
    today: nsid::ACKNOWLEDGEMENT,
    eras: &[
        Era {
            edition: Edition::Earlier("acknowledgement"),
            words: "Written when acknowledgements had a shorter name.",
            collections: &[names::ACKNOWLEDGEMENT],
            steps: &[],
            fill: &[],
        },
        Era {
            edition: Edition::Earlier("acknowledgement-context"),
            words: "Written in an earlier edition of acknowledgements, whose context does not say what it is.",
            collections: &[],
            steps: &[Step::Field("context", acknowledgement_context)],
            fill: &[],
        },
    ],
};

pub(super) static RECEIPT: Lineage = Lineage {
    today: nsid::RECEIPT,
    eras: &[Era {
        edition: Edition::Earlier("receipt-texts"),
        words: "Written in an earlier edition of receipts, with plain texts for payer, payee or purpose.",
        collections: &[],
        steps: &[
            Step::Field("from", mend::party),
            Step::Field("to", mend::party),
            Step::Reshape(has_plain_purpose, keep_purpose),
        ],
        fill: &[],
    }],
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
