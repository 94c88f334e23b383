//! Looking at records: by their schemas, by the rules beyond them, and for what they mean.

use std::collections::{BTreeMap, BTreeSet};

use hypercerts_lexicon::{
    AtUri, Catalogue, Cid, Did, Nsid, RecordKey, Rule, Validity, Value, Violation,
};
use hypercerts_records::finding::{
    Entry, Finding, Picture, Reference, ReferenceState, Severity, of_picture, of_record,
};
use hypercerts_records::place::Geometry;
use hypercerts_records::scope::Scope;
use hypercerts_records::{
    Claim, Edition, Location, Record, StrongRef, catalogue, judge, links, nsid,
};
use serde::Serialize;

use super::kind::kind;
use super::shelf::Shelf;
use super::source::{Collected, Given, Problem};

/// What was found out about all records together.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub records: Vec<Examined>,
    pub problems: Vec<Problem>,
}

/// What was found out about one record.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Examined {
    /// The file, or the address.
    pub from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<AtUri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cid: Option<Cid>,
    pub collection: Nsid,
    /// What kind of record people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// Whether it could be read; one that could not has no findings, whatever is in it.
    pub readable: bool,
    /// The fields of which something could not be read and is not looked at further.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub left_out: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    pub edition: Edition,
    pub validity: Judged,
    pub findings: Vec<Finding>,
    /// Of a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeRead>,
    /// Of a claim, or of the location record itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<PlaceRead>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub(super) enum Judged {
    Valid,
    Invalid {
        violations: Vec<Violation>,
    },
    /// No schema is known.
    UnknownType,
}

/// How a claim's scope is understood.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub(super) enum ScopeRead {
    /// The claim covers all work.
    Unconstrained,
    /// Software can match it; it asks for these tags.
    Computes {
        tags: Vec<String>,
    },
    /// For people only.
    Words {
        text: String,
    },
    NotUnderstood {
        why: String,
    },
}

/// How a place is understood.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlaceRead {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<AtUri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle: Option<Middle>,
    /// Why it is not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The middle of a shape, in degrees.
#[derive(Debug, Serialize)]
pub(super) struct Middle {
    pub latitude: f64,
    pub longitude: f64,
}

impl Report {
    /// Whether there is nothing that must be mended.
    pub(super) fn is_good(&self) -> bool {
        self.problems.is_empty() && self.records.iter().all(Examined::is_good)
    }
}

impl Examined {
    fn is_good(&self) -> bool {
        let errors = self.findings.iter().any(|finding| finding.severity == Severity::Error);
        !self.is_invalid() && !errors
    }

    pub(super) fn is_invalid(&self) -> bool {
        matches!(self.validity, Judged::Invalid { .. })
    }
}

pub(super) fn examine(collected: Collected) -> Report {
    let shelf = Shelf::of(collected.records.iter().chain(&collected.around));
    let mut beside = beside(&collected, &shelf);
    let mut one = |given: Given| {
        let others = given.uri.as_ref().and_then(|uri| beside.remove(uri)).unwrap_or_default();
        examined(given, others, &shelf)
    };
    Report {
        records: collected.records.into_iter().map(&mut one).collect(),
        problems: collected.problems,
    }
}

fn examined(given: Given, beside: Vec<Finding>, shelf: &Shelf) -> Examined {
    let (edition, validity) = judged(catalogue(), &given);
    let read = Record::read_partly(&given.collection, &given.value).ok();
    let (record, left_out) = read.unzip();
    let mut findings = record.as_ref().map(of_record).unwrap_or_default();
    findings.extend(beside);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Examined {
        from: given.from,
        uri: given.uri,
        cid: given.cid,
        kind: nsid::current(&given.collection, &given.value).and_then(kind),
        readable: record.is_some(),
        left_out: left_out.unwrap_or_default(),
        collection: given.collection,
        title: record.as_ref().and_then(Record::title).map(str::to_owned),
        edition,
        validity,
        findings,
        scope: record.as_ref().and_then(|record| scope(record, shelf)),
        places: record.as_ref().map(|record| places(record, shelf)).unwrap_or_default(),
    }
}

/// By the schema. A record without an address has no key that could be checked.
fn judged(catalogue: &Catalogue, given: &Given) -> (Edition, Judged) {
    let known = given.uri.as_ref().and_then(AtUri::rkey);
    let any_key = || RecordKey::parse("self").expect("invariant: “self” is a record key");
    let rkey = known.clone().unwrap_or_else(any_key);
    let judgement = judge(catalogue, &given.collection, &rkey, &given.value);
    let about_key = |violation: &Violation| matches!(violation.rule, Rule::RecordKey { .. });
    let validity = match judgement.validity {
        Validity::Valid => Judged::Valid,
        Validity::UnknownType => Judged::UnknownType,
        Validity::Invalid(mut violations) => {
            violations.retain(|violation| known.is_some() || !about_key(violation));
            if violations.is_empty() { Judged::Valid } else { Judged::Invalid { violations } }
        }
    };
    (judgement.edition, validity)
}

/// What shows beside the other records at hand.
fn beside(collected: &Collected, shelf: &Shelf) -> BTreeMap<AtUri, Vec<Finding>> {
    let given = || collected.records.iter().chain(&collected.around);
    let references: BTreeMap<&AtUri, Vec<(String, AtUri, ReferenceState)>> = given()
        .filter_map(|given| Some((given.uri.as_ref()?, states(&given.value, shelf))))
        .collect();
    let authors: BTreeMap<&AtUri, Did> =
        references.keys().filter_map(|uri| Some((*uri, uri.did()?))).collect();
    let entry = |(uri, record)| {
        let author = authors.get(uri)?;
        let references = references
            .get(uri)?
            .iter()
            .map(|(path, target, state)| Reference { path: path.clone(), target, state: *state })
            .collect();
        Some(Entry { uri, author, record, references })
    };
    let entries = shelf.iter().filter_map(entry).collect();
    of_picture(&Picture { entries, all_acknowledgements: false })
}

/// What is known here of where a record's references lead.
fn states(value: &Value, shelf: &Shelf) -> Vec<(String, AtUri, ReferenceState)> {
    let state = |(meant, stands): (Cid, Cid)| match meant == stands {
        true => ReferenceState::Current,
        false => ReferenceState::EarlierVersion,
    };
    let known = links(value).into_iter().filter_map(|link| {
        let versions = link.cid.zip(shelf.version(&link.uri))?;
        Some((link.path, link.uri, state(versions)))
    });
    known.collect()
}

fn scope(record: &Record, shelf: &Shelf) -> Option<ScopeRead> {
    let Record::Claim(claim) = record else { return None };
    Some(match Scope::of(claim, shelf) {
        Ok(scope) if scope.is_unconstrained() => ScopeRead::Unconstrained,
        Ok(scope) => match scope.text() {
            Some(text) => ScopeRead::Words { text: text.to_owned() },
            None => ScopeRead::Computes { tags: scope.tags().map(str::to_owned).collect() },
        },
        Err(why) => ScopeRead::NotUnderstood { why: why.to_string() },
    })
}

fn places(record: &Record, shelf: &Shelf) -> Vec<PlaceRead> {
    match record {
        Record::Location(location) => vec![place(None, location)],
        Record::Claim(Claim { locations, .. }) => {
            locations.iter().map(|reference| referred(reference, shelf)).collect()
        }
        _ => Vec::new(),
    }
}

fn referred(reference: &StrongRef, shelf: &Shelf) -> PlaceRead {
    let uri = reference.uri().clone();
    let why = match shelf.get(&uri) {
        Some(Record::Location(location)) => return place(Some(uri), location),
        Some(_) => "this record is no location",
        None => "this record is not at hand",
    };
    PlaceRead { uri: Some(uri), name: None, words: None, middle: None, why: Some(why.to_owned()) }
}

fn place(uri: Option<AtUri>, location: &Location) -> PlaceRead {
    let read = Geometry::of(location);
    let understood = read.as_ref().ok();
    let middle = understood.and_then(Geometry::shape).map(|shape| {
        let middle = shape.middle();
        Middle { latitude: middle.latitude(), longitude: middle.longitude() }
    });
    PlaceRead {
        uri,
        name: location.name.clone(),
        words: understood.map(Geometry::words),
        middle,
        why: read.err().map(|why| why.to_string()),
    }
}
