//! The claim itself, and the four questions about it that are kept apart: is it signed, is it
//! intact, who acknowledged it, who evaluated it.

use hypercerts_index::view::{Hypercert, Validity};
use hypercerts_records::{Claim, Record, WorkScope};

use super::super::text;

pub(super) fn heading(hypercert: &Hypercert) -> String {
    let claim = &hypercert.claim;
    let Ok(Record::Claim(written)) = Record::read(&claim.collection, &claim.value) else {
        return format!("(a claim that cannot be read)\n{}", claim.uri);
    };
    let title = text::fold(&written.title, text::WIDTH, 0);
    let short = text::fold(&written.short_description, text::WIDTH, 2);
    let mut lines = vec![title, short, String::new()];
    lines.push(fact("Claimed by", &text::actor(&hypercert.author)));
    lines.extend(facts(&written));
    lines.push(fact("Address", claim.uri.as_str()));
    lines.join("\n")
}

fn facts(written: &Claim) -> Vec<String> {
    let period = text::period(written.start_date.as_ref(), written.end_date.as_ref());
    let scope = written.work_scope.as_ref().and_then(scope_in_words);
    let known = [("When", period), ("Scope", scope)];
    known.into_iter().filter_map(|(name, value)| Some(fact(name, &text::line(&value?)))).collect()
}

fn scope_in_words(scope: &WorkScope) -> Option<String> {
    match scope {
        WorkScope::Text(text) => Some(text.scope.clone()),
        WorkScope::Cel(cel) => Some(cel.expression.clone()),
        WorkScope::Record(record) => Some(record.uri().to_string()),
        WorkScope::Logic(_) | WorkScope::Unknown(_) => None,
    }
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
    [
        fact("Signed", &format!("by {} with {}", signed.by, signed.key)),
        fact("Intact", &format!("{}, in commit {}, checked {checked}", claim.cid, signed.commit)),
        fact("Valid", &validity(&claim.validity)),
        fact("Acknowledged", &acknowledged),
        fact("Evaluated", &evaluations),
    ]
    .join("\n")
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
