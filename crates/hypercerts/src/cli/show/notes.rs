//! What is worth knowing about a record besides what it says: its edition, what is noticed about it, whether
//! others speak of an earlier version of it, who attests it, who locked it.

use hypercerts_index::view::{
    Attestation, AttestationOutcome, Change, Direction, LaterWhat, Lock, RecordView, Reference,
    Related, Severity,
};
use hypercerts_records::Edition;

use super::super::text;

/// How many changes are shown of a version.
const CHANGES: usize = 8;

/// The edition, unless it is today's.
pub(super) fn edition(record: &RecordView) -> Option<String> {
    let words = record.edition.in_words();
    (record.edition != Edition::Current).then(|| words.trim_end_matches('.').to_owned())
}

/// What is noticed about a record, the gravest first.
pub(super) fn findings(record: &RecordView) -> Vec<String> {
    let mut findings: Vec<_> = record.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let told = findings.into_iter().map(|finding| {
        let word = match finding.severity {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
            Severity::Note => "Note",
        };
        match finding.path.is_empty() {
            true => format!("{word}: {}", finding.message),
            false => format!("{word} at {}: {}", finding.path, finding.message),
        }
    });
    told.collect()
}

/// What there is to say when a record does not refer to the version that stands, or is not referred to as
/// it stands.
pub(super) fn version(related: &Related) -> Vec<String> {
    let (about, of) = match related.direction {
        Direction::PointsHere => ("about", "the claim"),
        Direction::PointedAt => ("the claim means", "it"),
    };
    match &related.reference {
        Reference::Stale { changes, .. } => {
            let mut lines =
                vec![format!("{about} an earlier version of {of} than the present one")];
            lines.extend(changes.iter().flat_map(|changes| self::changes(changes)));
            lines
        }
        Reference::NeverSeen { .. } => {
            vec![format!("{about} a version of {of} that the index never saw")]
        }
        Reference::Current | Reference::Missing { .. } | Reference::Unpinned => Vec::new(),
    }
}

fn changes(changes: &[Change]) -> Vec<String> {
    let shown = changes.iter().take(CHANGES).map(change);
    let more = changes.len().saturating_sub(CHANGES);
    let more =
        (more > 0).then(|| format!("  … and {}", text::count(more as u64, "change", "changes")));
    shown.chain(more).collect()
}

fn change(change: &Change) -> String {
    let path = if change.path.is_empty() { "the record" } else { &change.path };
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("  {path} was “{before}”, is “{after}”"),
        (Some(before), None) => format!("  {path} was “{before}”, is gone"),
        (None, Some(after)) => format!("  {path} is new: “{after}”"),
        (None, None) => format!("  {path} changed"),
    }
}

/// One signature in a record, and whether it holds.
pub(super) fn attestation(attestation: &Attestation) -> String {
    let by = attestation.by.as_ref().map_or_else(|| "somebody".to_owned(), text::actor);
    match &attestation.outcome {
        AttestationOutcome::Holds => format!("by {by}, for exactly this content"),
        AttestationOutcome::Fails { why } => format!("not by {by}, who is named: {why}"),
        AttestationOutcome::NotChecked { why } => format!("perhaps by {by}, not checked: {why}"),
    }
}

/// A lock, and what is not part of what it locked.
pub(super) fn lock(lock: &Lock) -> String {
    let of = &lock.lock;
    let whose = if of.own_repository { ", whose claim it is" } else { "" };
    let mut lines =
        vec![text::fold(&format!("by {}{whose}", text::actor(&of.author)), text::WIDTH, 2)];
    let state = match &of.reference {
        Reference::Current => vec!["the claim is as it was locked".to_owned()],
        Reference::Stale { changes, .. } => {
            let edited = "the claim was edited after it was locked".to_owned();
            let changes = changes.iter().flat_map(|changes| self::changes(changes));
            std::iter::once(edited).chain(changes).collect()
        }
        _ => vec!["it locks a version of the claim that the index does not know".to_owned()],
    };
    lines.extend(state.iter().map(|line| indented(line)));
    lines.extend(lock.bundle.map(|root| indented(&format!("evidence bundle {root}"))));
    lines.extend(lock.later.items.iter().map(|later| {
        let what = match later.what {
            LaterWhat::Came => "came later",
            LaterWhat::Changed => "was edited later",
        };
        indented(&format!("{what}, and is no part of it: {}", later.uri))
    }));
    lines.push(indented(of.uri.as_str()));
    lines.join("\n")
}

/// A line below an entry. The blanks it begins with are kept.
pub(super) fn indented(line: &str) -> String {
    let deeper = line.len() - line.trim_start().len();
    text::fold(line, text::WIDTH, 4 + deeper)
}
