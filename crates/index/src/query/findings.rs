//! What is noticed about the records of a picture, each by itself and all beside one another.

use std::collections::{BTreeMap, HashMap, HashSet};

use hypercerts_lexicon::{AtUri, Did};
use hypercerts_records::Record;
use hypercerts_records::finding::{
    Entry, Finding, Picture, Reference, ReferenceState, of_picture, of_record,
};
use rusqlite::Connection;

use super::followed::Followed;
use super::hypercert::ACKNOWLEDGEMENTS_SHOWN;
use crate::error::IndexError;
use crate::view::{self, Direction, Hypercert, RecordView};

/// The rule about evaluators who are named and say nothing.
const UNACKNOWLEDGED: &str = "evaluator-unacknowledged";

/// Notes what a record tells by itself.
pub(super) fn note(view: &mut RecordView) {
    if let Ok(record) = Record::read(&view.collection, &view.value) {
        view.findings = of_record(&record);
    }
}

/// Notes what is noticed about every record of a hypercert.
pub(super) fn note_all(db: &Connection, hypercert: &mut Hypercert) -> Result<(), IndexError> {
    let mut followed = Followed::new(db);
    let records = read_all(hypercert);
    let mut together = together(hypercert, &records, &mut followed)?;
    drop_unknowable(&mut together, hypercert, &records, &mut followed)?;
    let mut found: HashMap<AtUri, Vec<Finding>> = HashMap::new();
    for (uri, record) in &records {
        let beside = together.remove(uri).unwrap_or_default();
        found.insert(uri.clone(), of_record(record).into_iter().chain(beside).collect());
    }
    for view in hypercert.records_mut() {
        view.findings = found.get(&view.uri).cloned().unwrap_or_default();
    }
    Ok(())
}

/// The records that can be read, each once.
fn read_all(hypercert: &Hypercert) -> BTreeMap<AtUri, Record> {
    let tied = hypercert
        .related()
        .flat_map(|related| std::iter::once(related).chain(&related.acknowledgements));
    let views = tied.filter_map(|related| related.record.as_ref());
    let views = std::iter::once(&hypercert.claim).chain(views);
    views
        .filter_map(|view| {
            Some((view.uri.clone(), Record::read(&view.collection, &view.value).ok()?))
        })
        .collect()
}

/// What shows when the records are looked at together.
fn together(
    hypercert: &Hypercert,
    records: &BTreeMap<AtUri, Record>,
    followed: &mut Followed<'_>,
) -> Result<BTreeMap<AtUri, Vec<Finding>>, IndexError> {
    let mut references: HashMap<&AtUri, Vec<Reference<'_>>> = HashMap::new();
    for related in hypercert.related() {
        let near = related.through.as_ref().unwrap_or(&hypercert.claim.uri);
        let (from, target) = match related.direction {
            Direction::PointsHere => (&related.uri, near),
            Direction::PointedAt => (near, &related.uri),
        };
        let path = related.via.first().cloned().unwrap_or_default();
        if let Some(state) = state(&related.reference, target, followed)? {
            references.entry(from).or_default().push(Reference { path, target, state });
        }
    }
    let authors: Vec<Option<Did>> = records.keys().map(AtUri::did).collect();
    let entries = records.iter().zip(&authors).filter_map(|((uri, record), author)| {
        let references = references.remove(uri).unwrap_or_default();
        Some(Entry { uri, author: author.as_ref()?, record, references })
    });
    Ok(of_picture(&Picture { entries: entries.collect(), all_acknowledgements: true }))
}

/// What became of a referenced version. `None` when this index cannot tell: it does not follow whoever holds
/// the record, or the reference names no version.
fn state(
    reference: &view::Reference,
    target: &AtUri,
    followed: &mut Followed<'_>,
) -> Result<Option<ReferenceState>, IndexError> {
    Ok(match reference {
        view::Reference::Current => Some(ReferenceState::Current),
        view::Reference::Stale { .. } => Some(ReferenceState::EarlierVersion),
        view::Reference::NeverSeen { .. } => Some(ReferenceState::NeverSeen),
        view::Reference::Missing { .. } => match target.did() {
            Some(did) if followed.holds(&did)? => Some(ReferenceState::Missing),
            _ => None,
        },
        view::Reference::Unpinned => None,
    })
}

/// Drops the word that somebody did not acknowledge something, where theirs might not have reached this index,
/// or is among more than are looked at.
fn drop_unknowable(
    findings: &mut BTreeMap<AtUri, Vec<Finding>>,
    hypercert: &Hypercert,
    records: &BTreeMap<AtUri, Record>,
    followed: &mut Followed<'_>,
) -> Result<(), IndexError> {
    let many: HashSet<&AtUri> = (hypercert.related())
        .filter(|related| related.acknowledgements.len() >= ACKNOWLEDGEMENTS_SHOWN)
        .map(|related| &related.uri)
        .collect();
    for (uri, list) in findings {
        let Some(Record::Evaluation(evaluation)) = records.get(uri) else { continue };
        let mut known = Vec::new();
        for finding in list.drain(..) {
            let silent = (finding.code == UNACKNOWLEDGED)
                .then(|| entry(&finding.path))
                .flatten()
                .and_then(|place| evaluation.evaluators.get(place));
            match silent {
                Some(evaluator) if many.contains(uri) || !followed.holds(&evaluator.did)? => {}
                _ => known.push(finding),
            }
        }
        *list = known;
    }
    Ok(())
}

/// The number of the evaluator that a path names.
fn entry(path: &str) -> Option<usize> {
    path.strip_prefix("evaluators[")?.strip_suffix(']')?.parse().ok()
}
