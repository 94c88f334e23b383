//! What was found out, for people.

use hypercerts_records::finding::{Finding, Severity};

use super::super::text;
use super::examine::{Examined, Judged, PlaceRead, Report, ScopeRead};
use super::source::Problem;

/// Where what is said about a fact begins.
const INDENT: usize = 12;

/// Every record, then what cannot be looked at, then the sum of it.
pub(super) fn tell(report: &Report) -> String {
    let records = report.records.iter().map(record);
    let problems = report.problems.iter().map(problem);
    records.chain(problems).chain([sum(report)]).collect::<Vec<_>>().join("\n\n")
}

fn record(examined: &Examined) -> String {
    let title = examined.title.as_deref().map(text::line).filter(|title| !title.is_empty());
    let mut lines = vec![title.unwrap_or_else(|| examined.collection.to_string())];
    lines.push(format!("  {}", text::line(&examined.from)));
    lines.push(fact("Type", &kind(examined)));
    lines.push(fact("Edition", examined.edition.in_words()));
    lines.push(fact("Schema", &validity(&examined.validity)));
    if let Judged::Invalid { violations } = &examined.validity {
        lines.extend(violations.iter().map(|violation| point('✗', &violation.to_string())));
    }
    if let Some(read) = &examined.scope {
        lines.push(fact("Scope", &scope(read)));
    }
    lines.extend(examined.places.iter().map(|read| fact("Place", &place(read))));
    let findings = match (examined.readable, examined.left_out.is_empty()) {
        (true, true) => severities(&examined.findings),
        (true, false) => {
            let left_out: Vec<&str> = examined.left_out.iter().map(String::as_str).collect();
            let found = severities(&examined.findings);
            format!("{found}; not looked at, as it cannot be read: {}", left_out.join(", "))
        }
        (false, _) => "not looked for: the record cannot be read as it is".to_owned(),
    };
    lines.push(fact("Findings", &findings));
    lines.extend(examined.findings.iter().map(finding));
    lines.join("\n")
}

fn fact(name: &str, words: &str) -> String {
    let folded = text::fold(words, text::WIDTH, INDENT);
    format!("  {name:<10}{}", folded.trim_start())
}

/// A point of a list: a mark, and what it is about.
fn point(mark: char, words: &str) -> String {
    let folded = text::fold(words, text::WIDTH, INDENT + 2);
    format!("{}{mark} {}", " ".repeat(INDENT), folded.trim_start())
}

fn kind(examined: &Examined) -> String {
    match examined.kind {
        Some(kind) => format!("{kind}, {}", examined.collection),
        None => examined.collection.to_string(),
    }
}

fn validity(validity: &Judged) -> String {
    match validity {
        Judged::Valid => "valid".to_owned(),
        Judged::UnknownType => "none known of this type, so nothing can be said".to_owned(),
        Judged::Invalid { violations } => {
            let count = text::count(violations.len() as u64, "rule is", "rules are");
            format!("NOT VALID: {count} broken")
        }
    }
}

fn scope(read: &ScopeRead) -> String {
    match read {
        ScopeRead::Unconstrained => "all kinds of work: the claim does not limit it".to_owned(),
        ScopeRead::Computes { tags } if tags.is_empty() => {
            "a condition that software can evaluate".to_owned()
        }
        ScopeRead::Computes { tags } => {
            format!("{}, in a form that software can evaluate", tags.join(", "))
        }
        ScopeRead::Words { text } => format!("“{text}”, in words for people"),
        ScopeRead::NotUnderstood { why } => format!("not understood: {why}"),
    }
}

fn place(read: &PlaceRead) -> String {
    let uri = read.uri.as_ref().map(ToString::to_string);
    let name = read.name.as_ref().map(|name| format!("“{name}”"));
    match (name.or(uri), &read.words, &read.why) {
        (Some(name), Some(words), _) => format!("{name}: {words}"),
        (None, Some(words), _) => words.clone(),
        (Some(name), None, Some(why)) => format!("{name} is not understood: {why}"),
        // The record itself: its findings say why.
        (_, None, _) => "not understood".to_owned(),
    }
}

fn finding(finding: &Finding) -> String {
    let mark = match finding.severity {
        Severity::Error => '✗',
        Severity::Warning => '!',
        Severity::Note => '·',
    };
    let path = match finding.path.as_str() {
        "" => String::new(),
        path => format!("{path}: "),
    };
    point(mark, &format!("{path}{} ({})", finding.message, finding.code))
}

/// `1 error, 2 notes`; `none`.
fn severities(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|it| it.severity == severity).count() as u64;
    let kinds = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Note, "note", "notes"),
    ];
    let some = kinds.iter().filter(|(severity, ..)| count(*severity) > 0);
    let words: Vec<_> =
        some.map(|(severity, one, many)| text::count(count(*severity), one, many)).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn problem(problem: &Problem) -> String {
    let message = text::fold(&problem.message, text::WIDTH, 2);
    format!("{}\n{message}", text::line(&problem.from))
}

fn sum(report: &Report) -> String {
    if report.records.is_empty() && report.problems.is_empty() {
        return "There is no .json file here, so nothing was checked.".to_owned();
    }
    let invalid = report.records.iter().filter(|record| record.is_invalid()).count() as u64;
    let mut parts = vec![text::count(report.records.len() as u64, "record", "records")];
    if invalid > 0 {
        parts.push(format!("{invalid} not valid"));
    }
    if !report.problems.is_empty() {
        parts.push(text::count(
            report.problems.len() as u64,
            "text that is no record",
            "texts that are no records",
        ));
    }
    let all: Vec<Finding> =
        report.records.iter().flat_map(|record| record.findings.clone()).collect();
    let verdict =
        if report.is_good() { "Nothing must be mended." } else { "See ✗ for what to mend." };
    format!("{}; findings: {}. {verdict}", parts.join(", "), severities(&all))
}
