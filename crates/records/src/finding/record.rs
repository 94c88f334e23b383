//! What one record shows by itself.

use hypercerts_lexicon::Datetime;

use super::Finding;
use super::facets;
use super::found::Found;
use super::rule::{
    AMOUNT_NOT_A_NUMBER, AMOUNT_NOT_POSITIVE, END_BEFORE_START, LOCATION_SYSTEM_UNKNOWN,
    LOCATION_TYPE_UNKNOWN, LOCATION_UNREADABLE, NOT_WITH_SEVERAL, OPERATOR_UNKNOWN, Rule,
    SCOPE_UNREADABLE, SCORE_NOT_A_NUMBER, SCORE_OFF_SCALE, SCORE_SCALE_EMPTY, VALUE_NOT_A_NUMBER,
    WEIGHT_NOT_POSITIVE, WITHOUT_SUBJECT,
};
use crate::certified::Location;
use crate::claim::{Claim, Contribution};
use crate::collection::{Collection, Feature};
use crate::context::{Attachment, Evaluation, Measurement, Score, ScoreError};
use crate::decimal::{DecimalError, DecimalText};
use crate::funding::Receipt;
use crate::link::StrongRef;
use crate::place::{Geometry, PlaceError};
use crate::record::Record;
use crate::scope::{Scope, ScopeError};
use crate::work_scope::{Ops, WorkScope};

/// What there is to say about a record without looking at any other. At most about a hundred findings.
#[must_use]
pub fn of_record(record: &Record) -> Vec<Finding> {
    let mut found = Found::default();
    match record {
        Record::Claim(claim) => of_claim(claim, &mut found),
        Record::Contribution(contribution) => of_contribution(contribution, &mut found),
        Record::Measurement(measurement) => of_measurement(measurement, &mut found),
        Record::Evaluation(evaluation) => of_evaluation(evaluation, &mut found),
        Record::Attachment(attachment) => of_attachment(attachment, &mut found),
        Record::Collection(collection) => of_collection(collection, &mut found),
        Record::Feature(Feature { description, .. }) => {
            facets::check_description(description.as_ref(), &mut found);
        }
        Record::Receipt(receipt) => of_receipt(receipt, &mut found),
        Record::Location(location) => of_location(location, &mut found),
        Record::Ops(ops) => of_ops(ops, &mut found),
        _ => {}
    }
    found.into_list()
}

fn of_claim(claim: &Claim, found: &mut Found) {
    period(claim.start_date.as_ref(), claim.end_date.as_ref(), found);
    facets::check(
        &claim.short_description_facets,
        &claim.short_description,
        "shortDescriptionFacets",
        found,
    );
    facets::check_description(claim.description.as_ref(), found);
    of_scope(claim, found);
    for (place, contributor) in claim.contributors.iter().enumerate() {
        if let Some(weight) = &contributor.contribution_weight {
            positive_weight(weight, &format!("contributors[{place}].contributionWeight"), found);
        }
    }
}

/// A scope in the claim itself; of one in other records nothing is known here.
fn of_scope(claim: &Claim, found: &mut Found) {
    let Err(why) = Scope::of(claim, &|_: &StrongRef| None) else { return };
    if why.is_missing() || matches!(why, ScopeError::UnknownForm(_)) {
        return;
    }
    let path = match &claim.work_scope {
        Some(WorkScope::Cel(_)) => "workScope.expression",
        _ => "workScope",
    };
    found.add(SCOPE_UNREADABLE, path, format!("Software cannot evaluate this scope: {why}."));
}

fn of_contribution(contribution: &Contribution, found: &mut Found) {
    period(contribution.start_date.as_ref(), contribution.end_date.as_ref(), found);
}

fn of_measurement(measurement: &Measurement, found: &mut Found) {
    period(measurement.start_date.as_ref(), measurement.end_date.as_ref(), found);
    number(&measurement.value, VALUE_NOT_A_NUMBER, "value", "measured value", found);
    let comment = measurement.comment.as_deref().unwrap_or_default();
    facets::check(&measurement.comment_facets, comment, "commentFacets", found);
    if measurement.subjects.is_empty() {
        let message = "This measurement names nothing that was measured, so it counts for no claim. Refer to \
                       the claim, or to the thing it is about, in “subjects”.";
        found.add(WITHOUT_SUBJECT, "subjects", message);
    }
}

fn of_evaluation(evaluation: &Evaluation, found: &mut Found) {
    if let Some(score) = &evaluation.score {
        of_score(score, found);
    }
    if evaluation.subject.is_none() {
        let message = "This evaluation names nothing that was evaluated, so it counts for no claim. Refer to \
                       the claim, or to the record it is about, in “subject”.";
        found.add(WITHOUT_SUBJECT, "subject", message);
    }
}

fn of_score(score: &Score, found: &mut Found) {
    match score.checked() {
        Ok(_) => {}
        Err(ScoreError::NotANumber(_)) => {
            for (text, name) in [(&score.min, "min"), (&score.max, "max"), (&score.value, "value")]
            {
                number(text, SCORE_NOT_A_NUMBER, &format!("score.{name}"), "score", found);
            }
        }
        Err(ScoreError::EmptyScale { min, max }) => {
            let message = format!(
                "This scale goes down, from {min} to {max}, so no mark lies on it. Swap its two ends."
            );
            found.add(SCORE_SCALE_EMPTY, "score", message);
        }
        Err(ScoreError::OffScale { value, min, max }) => {
            let message = format!(
                "The mark {value} is not on its own scale, which goes from {min} to {max}. Correct the mark or \
                 the scale."
            );
            found.add(SCORE_OFF_SCALE, "score.value", message);
        }
    }
}

fn of_attachment(attachment: &Attachment, found: &mut Found) {
    let short = attachment.short_description.as_deref().unwrap_or_default();
    facets::check(&attachment.short_description_facets, short, "shortDescriptionFacets", found);
    facets::check_description(attachment.description.as_ref(), found);
}

fn of_collection(collection: &Collection, found: &mut Found) {
    let short = collection.short_description.as_deref().unwrap_or_default();
    facets::check(&collection.short_description_facets, short, "shortDescriptionFacets", found);
    facets::check_description(collection.description.as_ref(), found);
    for (place, item) in collection.items.iter().enumerate() {
        if let Some(weight) = &item.item_weight {
            positive_weight(weight, &format!("items[{place}].itemWeight"), found);
        }
    }
}

fn of_receipt(receipt: &Receipt, found: &mut Found) {
    match receipt.amount.positive() {
        Ok(_) => {}
        Err(DecimalError::NotPositive(amount)) => {
            let message = format!(
                "A payment of {amount} {} moved no money, so it is not counted. Write the amount that was paid, \
                 above zero; money that went back is a payment of its own.",
                receipt.currency.trim()
            );
            found.add(AMOUNT_NOT_POSITIVE, "amount", message);
        }
        Err(_) => number(&receipt.amount, AMOUNT_NOT_A_NUMBER, "amount", "amount", found),
    }
}

fn of_location(location: &Location, found: &mut Found) {
    let Err(why) = Geometry::of(location) else { return };
    let (rule, path) = match &why {
        PlaceError::Elsewhere => return,
        PlaceError::UnknownType(_) => (LOCATION_TYPE_UNKNOWN, "locationType"),
        PlaceError::UnknownSystem(_) => (LOCATION_SYSTEM_UNKNOWN, "srs"),
        PlaceError::Unreadable { .. } => (LOCATION_UNREADABLE, "location.string"),
    };
    found.add(rule, path, sentence(&why.to_string()));
}

/// A message as a sentence of its own.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn of_ops(ops: &Ops, found: &mut Found) {
    let count = ops.args.len();
    match ops.op.as_str() {
        "all" | "any" => {}
        "not" if count <= 1 => {}
        "not" => {
            let message = format!(
                "“not” has {count} arguments, but turns one thing round. Put an “any” of the {count} into it, or \
                 an “all”, whichever is meant."
            );
            found.add(NOT_WITH_SEVERAL, "args", message);
        }
        _ => {
            let message = "Software that evaluates work scopes does not know this operator. Use “all”, “any” \
                           or “not”.";
            found.add(OPERATOR_UNKNOWN, "op", message);
        }
    }
}

fn period(start: Option<&Datetime>, end: Option<&Datetime>, found: &mut Found) {
    let (Some(start), Some(end)) = (start, end) else { return };
    if end.unix_micros() < start.unix_micros() {
        let message = format!(
            "This ends at {end}, before it starts at {start}. Swap the two dates, or correct the wrong one."
        );
        found.add(END_BEFORE_START, "endDate", message);
    }
}

fn positive_weight(weight: &DecimalText, path: &str, found: &mut Found) {
    if let Err(why) = weight.positive() {
        let message = format!(
            "This weight says nothing about anybody's share: {why}. Give a number above zero, or leave the \
             weight out."
        );
        found.add(WEIGHT_NOT_POSITIVE, path, message);
    }
}

fn number(text: &DecimalText, rule: Rule, path: &str, what: &str, found: &mut Found) {
    if let Err(why) = text.decimal() {
        let message = format!("The {what} cannot be compared or added up: {why}.");
        found.add(rule, path, message);
    }
}
