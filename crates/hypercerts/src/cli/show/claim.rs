//! The claim itself, and the four questions about it that are kept apart: is it signed, is it
//! intact, who acknowledged it, who evaluated it.

use hypercerts_index::view::{Hypercert, ScopeView, Validity};
use hypercerts_records::{Claim, Record};

use super::super::text;
use super::notes;

pub(super) fn heading(hypercert: &Hypercert) -> String {
    let claim = &hypercert.claim;
    let Ok(Record::Claim(written)) = Record::read(&claim.collection, &claim.value) else {
        return format!("(a claim that cannot be read)\n{}", claim.uri);
    };
    let title = text::fold(&written.title, text::WIDTH, 0);
    let short = text::fold(&written.short_description, text::WIDTH, 2);
    let mut lines = vec![title, short, String::new()];
    lines.push(fact("Claimed by", &text::actor(&hypercert.author)));
    lines.extend(facts(hypercert, &written));
    lines.push(fact("Address", claim.uri.as_str()));
    lines.join("\n")
}

fn facts(hypercert: &Hypercert, written: &Claim) -> Vec<String> {
    let period = text::period(written.start_date.as_ref(), written.end_date.as_ref());
    let edition = notes::edition(&hypercert.claim);
    let known = [("When", period), ("Scope", scope(&hypercert.scope)), ("Edition", edition)];
    known.into_iter().filter_map(|(name, value)| Some(fact(name, &text::line(&value?)))).collect()
}

fn scope(scope: &ScopeView) -> Option<String> {
    match scope {
        ScopeView::Unconstrained => None,
        ScopeView::Understood { words } => Some(words.clone()),
        ScopeView::NotUnderstood { why } => Some(format!("not understood: {why}")),
    }
}

/// What is noticed about the claim, under its own title; nothing if there is nothing.
pub(super) fn findings(hypercert: &Hypercert) -> Option<String> {
    let findings = notes::findings(&hypercert.claim);
    let lines = findings.iter().map(|finding| text::fold(finding, text::WIDTH, 2));
    let lines: Vec<_> = std::iter::once("Worth knowing:".to_owned()).chain(lines).collect();
    (!findings.is_empty()).then(|| lines.join("\n"))
}

pub(super) fn seal(hypercert: &Hypercert) -> String {
    let (claim, verification) = (&hypercert.claim, &hypercert.claim.verification);
    let signed = &verification.signed;
    let checked = text::date(&verification.checked_at);
    let evaluations =
        text::evaluations(hypercert.evaluations.total, hypercert.independent_evaluations);
    let acknowledged = match hypercert.acknowledgements.total {
        0 => "by nobody yet".to_owned(),
        total => text::count(total, "record", "records"),
    };
    let mut lines = vec![
        fact("Signed", &format!("by {} with {}", signed.by, signed.key)),
        fact("Intact", &format!("{}, in commit {}, checked {checked}", claim.cid, signed.commit)),
        fact("Valid", &validity(&claim.validity)),
        fact("Acknowledged", &acknowledged),
        fact("Evaluated", &evaluations),
    ];
    lines.extend(claim.attestations.iter().map(|it| fact("Attested", &notes::attestation(it))));
    lines.join("\n")
}

fn validity(validity: &Validity) -> String {
    match validity {
        Validity::Valid => "has the form its type promises".to_owned(),
        Validity::UnknownType => "its type is not known here".to_owned(),
        Validity::Invalid { violations } => {
            let reasons = violations.iter().map(|violation| text::line(&violation.message));
            format!("no: {}", reasons.collect::<Vec<_>>().join(" "))
        }
    }
}

fn fact(name: &str, value: &str) -> String {
    format!("  {name:<13} {value}")
}
