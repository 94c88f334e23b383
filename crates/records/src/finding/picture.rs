//! What shows only when records are seen beside each other.
//!
//! A [`Picture`] is plain data that whoever holds the records fills in: an index from its tables, a program
//! from files, a bundle from its blocks. It need not be complete. What is not in it is not spoken of, save what
//! its maker vouches for.

use std::collections::{BTreeMap, HashMap};

use hypercerts_lexicon::{AtUri, Datetime, Did};

use super::Finding;
use super::found::Found;
use super::payment::Payment;
use super::rule::{
    CONTRIBUTION_OUTSIDE_CLAIM, EVALUATOR_REFUSED, EVALUATOR_UNACKNOWLEDGED, PAYMENT_REPEATED,
    REFERENCE_TO_EARLIER_VERSION, REFERENCE_TO_NOTHING, REFERENCE_TO_UNKNOWN_VERSION,
};
use crate::claim::{Claim, ContributionDetails};
use crate::context::{Acknowledgement, Evaluation};
use crate::record::Record;

/// Records that are looked at together.
#[derive(Clone, Debug, Default)]
pub struct Picture<'a> {
    /// Each record once, in any order.
    pub entries: Vec<Entry<'a>>,
    /// Whether every acknowledgement of the evaluations is among the entries, so that one that is not there was
    /// never given.
    pub all_acknowledgements: bool,
}

/// One record of a picture.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub uri: &'a AtUri,
    /// Whoever's repository holds it.
    pub author: &'a Did,
    pub record: &'a Record,
    /// Its references, as far as something is known of them.
    pub references: Vec<Reference<'a>>,
}

/// Where a reference leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The field that holds it, such as `subjects[0]`.
    pub path: String,
    pub target: &'a AtUri,
    pub state: ReferenceState,
}

/// What became of the version that a reference names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceState {
    /// It stands.
    Current,
    /// The record was edited since.
    EarlierVersion,
    /// The record exists, but this version of it is not among those known.
    NeverSeen,
    /// There is no such record: deleted, or never written.
    Missing,
}

/// What there is to say about the records of a picture, by the record it is about. A record about which
/// there is nothing to say is not among them.
#[must_use]
pub fn of_picture(picture: &Picture<'_>) -> BTreeMap<AtUri, Vec<Finding>> {
    let around = Around::of(picture);
    let mut findings: BTreeMap<AtUri, Found> = BTreeMap::new();
    for entry in &picture.entries {
        let found = findings.entry(entry.uri.clone()).or_default();
        for reference in &entry.references {
            of_reference(reference, found);
        }
        if let Record::Evaluation(evaluation) = entry.record {
            of_evaluators(entry, evaluation, &around, found);
        }
        if let Some(first) = around.same_payment(entry) {
            found.add(PAYMENT_REPEATED, "transactionId", same_payment(first));
        }
    }
    for entry in &picture.entries {
        if let Record::Claim(claim) = entry.record {
            of_contributions(claim, &around, &mut findings);
        }
    }
    let listed = findings.into_iter().map(|(uri, found)| (uri, found.into_list()));
    listed.filter(|(_, list)| !list.is_empty()).collect()
}

/// The records of a picture, by what is asked of them.
struct Around<'p> {
    records: HashMap<&'p str, &'p Record>,
    /// Yes or no of an account to a record: the last word.
    acknowledged: HashMap<(&'p str, &'p Did), (Option<&'p Datetime>, bool)>,
    all_acknowledgements: bool,
    /// The first receipt of each payment.
    payments: HashMap<Payment, &'p AtUri>,
}

impl<'p> Around<'p> {
    fn of(picture: &'p Picture<'_>) -> Self {
        let mut around = Self {
            records: HashMap::new(),
            acknowledged: HashMap::new(),
            all_acknowledgements: picture.all_acknowledgements,
            payments: HashMap::new(),
        };
        for entry in &picture.entries {
            around.records.insert(entry.uri.as_str(), entry.record);
            match entry.record {
                Record::Acknowledgement(yes_or_no) => around.hear(entry.author, yes_or_no),
                Record::Receipt(receipt) => {
                    if let Some(payment) = Payment::of(receipt) {
                        let first = around.payments.entry(payment).or_insert(entry.uri);
                        *first = (*first).min(entry.uri);
                    }
                }
                _ => {}
            }
        }
        around
    }

    fn hear(&mut self, author: &'p Did, said: &'p Acknowledgement) {
        let word = (said.dated(), said.acknowledged);
        let key = (said.subject.uri().as_str(), author);
        let last = self.acknowledged.entry(key).or_insert(word);
        let moment = |at: Option<&Datetime>| at.map(Datetime::unix_micros);
        if (moment(word.0), word.1) > (moment(last.0), last.1) {
            *last = word;
        }
    }

    /// Another receipt of the payment this one is about, which comes first.
    fn same_payment(&self, entry: &Entry<'_>) -> Option<&'p AtUri> {
        let Record::Receipt(receipt) = entry.record else { return None };
        let first = *self.payments.get(&Payment::of(receipt)?)?;
        (first != entry.uri).then_some(first)
    }
}

fn same_payment(first: &AtUri) -> String {
    format!(
        "{first} tells of the same transaction and amount, as when payer and payee each write a payment down. \
         It is counted once."
    )
}

fn of_reference(reference: &Reference<'_>, found: &mut Found) {
    let Reference { path, target, state } = reference;
    let (rule, message) = match state {
        ReferenceState::Current => return,
        ReferenceState::EarlierVersion => (
            REFERENCE_TO_EARLIER_VERSION,
            format!(
                "{target} was edited after this was written, so this speaks of an earlier version. See what \
                 changed, and refer to the current version if all still holds."
            ),
        ),
        ReferenceState::NeverSeen => (
            REFERENCE_TO_UNKNOWN_VERSION,
            format!(
                "{target} exists, but the version named here is not among those known. Refer to the CID of the \
                 version that was meant."
            ),
        ),
        ReferenceState::Missing => (
            REFERENCE_TO_NOTHING,
            format!(
                "There is no record at {target}: it was deleted, or never written. Refer to one that exists, \
                 or leave this out."
            ),
        ),
    };
    found.add(rule, path.as_str(), message);
}

fn of_evaluators(
    entry: &Entry<'_>,
    evaluation: &Evaluation,
    around: &Around<'_>,
    found: &mut Found,
) {
    for (place, evaluator) in evaluation.evaluators.iter().enumerate() {
        let did = &evaluator.did;
        if did == entry.author {
            continue;
        }
        let path = format!("evaluators[{place}]");
        match around.acknowledged.get(&(entry.uri.as_str(), did)) {
            Some((_, true)) => {}
            Some((_, false)) => {
                let message = format!("{did} is named as an evaluator, but has said no to it.");
                found.add(EVALUATOR_REFUSED, path, message);
            }
            None if around.all_acknowledgements => {
                let message = format!(
                    "{did} is named as an evaluator, but has not acknowledged it. Until they do, only the \
                     author stands behind this evaluation."
                );
                found.add(EVALUATOR_UNACKNOWLEDGED, path, message);
            }
            None => {}
        }
    }
}

fn of_contributions(claim: &Claim, around: &Around<'_>, findings: &mut BTreeMap<AtUri, Found>) {
    for contributor in &claim.contributors {
        let Some(ContributionDetails::Record(details)) = &contributor.contribution_details else {
            continue;
        };
        let Some(Record::Contribution(contribution)) = around.records.get(details.uri().as_str())
        else {
            continue;
        };
        for (path, date) in [
            ("startDate", contribution.start_date.as_ref()),
            ("endDate", contribution.end_date.as_ref()),
        ] {
            if let Some(message) = date.and_then(|date| outside(date, claim)) {
                let found = findings.entry(details.uri().clone()).or_default();
                found.add(CONTRIBUTION_OUTSIDE_CLAIM, path, message);
            }
        }
    }
}

/// Why a date of a contribution does not lie within the claim's work.
fn outside(date: &Datetime, claim: &Claim) -> Option<String> {
    let advice = "Correct one of the two, or claim that work separately.";
    let earlier = |a: &Datetime, b: &Datetime| a.unix_micros() < b.unix_micros();
    if let Some(start) = claim.start_date.as_ref().filter(|start| earlier(date, start)) {
        return Some(format!(
            "{date} is before the work of the claim “{}” starts, at {start}. {advice}",
            claim.title
        ));
    }
    let end = claim.end_date.as_ref().filter(|end| earlier(end, date))?;
    Some(format!(
        "{date} is after the work of the claim “{}” ends, at {end}. {advice}",
        claim.title
    ))
}
