//! What is worth knowing beyond what a schema can tell.

use std::cmp::Reverse;

use hypercerts_index::view::{Finding, Hypercert, RecordView, Severity};

use super::history::{caption, kind};
use super::people::groups;
use super::tie::fitting;
use crate::format::link;

/// One finding, and whose it is.
#[derive(Clone, Debug)]
pub struct FindingNote {
    /// Said before the message, since colour alone tells nothing.
    pub word: &'static str,
    pub class: &'static str,
    pub path: String,
    pub message: String,
    /// The record it is about, when that is not the page's own: what it is called, and its address.
    pub about: Option<(String, String)>,
}

/// Findings about a record on its own page.
pub fn of_record(record: &RecordView) -> Vec<FindingNote> {
    record.findings.iter().map(|finding| note(finding, None)).collect()
}

/// Findings about a claim and about the records around it, the gravest first. That a tied record is about
/// another version of the claim stands with the record, together with what changed.
pub fn of_hypercert(hypercert: &Hypercert) -> Vec<FindingNote> {
    let own = hypercert.claim.findings.iter().map(|finding| (finding, None));
    let tied = groups(hypercert).into_iter().flat_map(|group| &group.items).filter_map(fitting);
    let tied = tied.flat_map(|record| record.findings.iter().map(move |it| (it, Some(record))));
    let tied = tied.filter(|(finding, _)| !finding.is_about_version());
    let mut all: Vec<_> = own.chain(tied).collect();
    all.sort_by_key(|(finding, _)| Reverse(finding.severity));
    all.into_iter().map(|(finding, about)| note(finding, about)).collect()
}

fn note(finding: &Finding, about: Option<&RecordView>) -> FindingNote {
    let (word, class) = match finding.severity {
        Severity::Error => ("Error", "is-no"),
        Severity::Warning => ("Warning", "is-open"),
        Severity::Note => ("Note", ""),
    };
    FindingNote {
        word,
        class,
        path: finding.path.clone(),
        message: finding.message.clone(),
        about: about.map(|record| (called(record), link::record(&record.uri))),
    }
}

fn called(record: &RecordView) -> String {
    let kind = kind(record.kind.as_str());
    caption(record).map_or_else(|| kind.clone(), |caption| format!("{kind} “{caption}”"))
}
