//! Measurements: a value with its unit, how it was obtained, for which time, and by whom.

use hypercerts_index::view::{Group, Related};
use hypercerts_records::{Measurement, Record};

use super::content::Source;
use super::people::{People, Person};
use super::tie::{BylineCell, Tie, ties};
use crate::format::date::Period;
use crate::format::link::Outside;
use crate::format::number;
use crate::format::text::RichText;

/// One row of the table.
#[derive(Clone, Debug)]
pub struct MeasurementRow {
    pub metric: String,
    pub value: String,
    pub unit: String,
    pub period: Option<Period>,
    pub method: Option<String>,
    pub method_link: Option<Outside>,
    pub comment: Option<RichText>,
    pub evidence: Vec<Source>,
    /// Accounts named as measurers, besides the one whose repository holds the record.
    pub measurers: Vec<Person>,
    pub byline: BylineCell,
}

/// The rows of a group, in its order.
pub fn rows(group: &Group<Related>, people: &People) -> Vec<MeasurementRow> {
    let pick = |record| match record {
        Record::Measurement(measurement) => Some(measurement),
        _ => None,
    };
    ties(group, pick).iter().map(|tie| row(tie, people)).collect()
}

fn row(tie: &Tie<'_, Measurement>, people: &People) -> MeasurementRow {
    let record = &tie.record;
    let text = |datetime: &Option<_>| datetime.as_ref().map(ToString::to_string);
    let (start, end) = (text(&record.start_date), text(&record.end_date));
    let others = record.measurers.iter().filter(|account| account.did != tie.view.did);
    MeasurementRow {
        metric: record.metric.clone(),
        value: number::grouped(record.value.as_str()),
        unit: record.unit.clone(),
        period: Period::of(start.as_deref(), end.as_deref()),
        method: record.method_type.clone(),
        method_link: record.method_uri.as_ref().map(|uri| Outside::of(uri.as_str())),
        comment: record.comment.as_deref().map(|text| RichText::new(text, &record.comment_facets)),
        evidence: record.evidence_uri.iter().map(|uri| Source::page(uri.as_str())).collect(),
        measurers: others.map(|account| people.person(&account.did)).collect(),
        byline: BylineCell::new(tie),
    }
}
