//! Evidence: what was attached to the claim, with what it holds or points at.

use hypercerts_index::view::{Group, Related};
use hypercerts_records::{Attachment, Record};

use super::content::{LongText, Source};
use super::tie::{Byline, Tie, ties};
use crate::format::link;
use crate::format::text::RichText;

/// One piece of evidence.
#[derive(Clone, Debug)]
pub struct EvidenceEntry {
    pub title: String,
    pub href: String,
    /// What its author calls it, such as `report`.
    pub kind: Option<String>,
    pub summary: Option<RichText>,
    pub description: Option<LongText>,
    pub sources: Vec<Source>,
    pub byline: Byline,
}

/// The entries of a group, in its order.
pub fn entries(group: &Group<Related>) -> Vec<EvidenceEntry> {
    let pick = |record| match record {
        Record::Attachment(attachment) => Some(attachment),
        _ => None,
    };
    ties(group, pick).iter().map(entry).collect()
}

fn entry(tie: &Tie<'_, Attachment>) -> EvidenceEntry {
    let record = &tie.record;
    let summary = record.short_description.as_deref();
    EvidenceEntry {
        title: record.title.clone(),
        href: link::record(&tie.view.uri),
        kind: record.content_type.clone(),
        summary: summary.map(|text| RichText::new(text, &record.short_description_facets)),
        description: record.description.as_ref().map(LongText::of),
        sources: record.content.iter().map(|item| Source::of(item, &tie.view.did)).collect(),
        byline: Byline::new("Recorded by", tie),
    }
}
