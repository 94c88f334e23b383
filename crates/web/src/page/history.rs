//! History: what was said about the claim, newest first.
//!
//! The dates are those that the records' authors give; where a record gives none, the day it was
//! first seen here stands in, and says so.

use hypercerts_index::view::{Hypercert, RecordView};
use hypercerts_lexicon::Datetime;
use hypercerts_records::{Record, nsid};

use super::people::{Person, groups};
use super::tie::{fitting, written};
use crate::format::date::Moment;
use crate::format::link;

/// One line.
#[derive(Clone, Debug)]
pub struct Event {
    pub date: Moment,
    /// Whether the date is ours because the record gives none.
    pub seen: bool,
    pub what: String,
    pub by: Person,
    pub title: Option<String>,
    pub href: String,
    micros: i64,
}

/// Everything tied to the claim that fits, and the claim itself.
pub fn events(hypercert: &Hypercert) -> Vec<Event> {
    let tied = groups(hypercert).into_iter().flat_map(|group| &group.items);
    let tied =
        tied.filter_map(|related| Some(event(fitting(related)?, &Person::from(&related.author))));
    let mut events: Vec<_> = tied.collect();
    let claim = event(&hypercert.claim, &Person::from(&hypercert.author));
    events.push(Event { title: None, ..claim });
    events.sort_by_key(|event| std::cmp::Reverse(event.micros));
    events
}

fn event(view: &RecordView, by: &Person) -> Event {
    let record = Record::read(&view.collection, &view.value).ok();
    let at: &Datetime = view.created_at.as_ref().unwrap_or(&view.indexed_at);
    Event {
        date: written(view),
        seen: view.created_at.is_none(),
        what: kind(view.collection.as_str()),
        by: by.clone(),
        title: record.as_ref().and_then(Record::title).map(str::to_owned),
        href: link::record(&view.uri),
        micros: at.unix_micros(),
    }
}

/// What a type of record is called in a sentence.
pub fn kind(collection: &str) -> String {
    let word = match collection {
        nsid::ACTIVITY => "Claim",
        nsid::MEASUREMENT => "Measurement",
        nsid::ATTACHMENT => "Evidence",
        nsid::EVALUATION => "Evaluation",
        nsid::RECEIPT => "Funding receipt",
        nsid::ACKNOWLEDGEMENT => "Acknowledgement",
        nsid::RIGHTS => "Rights",
        nsid::LOCATION => "Location",
        nsid::COLLECTION => "Collection",
        nsid::CONTRIBUTION => "Contribution",
        nsid::CONTRIBUTOR_INFORMATION => "Contributor",
        nsid::PROFILE => "Profile",
        nsid::ORGANIZATION => "Organization",
        nsid::WORKSCOPE_TAG | nsid::VOCAB_TAG => "Tag",
        other => other,
    };
    word.to_owned()
}
