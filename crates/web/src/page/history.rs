//! History: what was said about the claim, newest first.
//!
//! The dates are those that the records' authors give; where a record gives none, the day it was
//! first seen here stands in, and says so.

use hypercerts_index::view::{Hypercert, RecordView};
use hypercerts_lexicon::Datetime;
use hypercerts_records::{Acknowledgement, Record, nsid};

use super::people::{Person, groups};
use super::tie::{fitting, written};
use crate::format::date::Moment;
use crate::format::{link, number};

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
    let at: &Datetime = view.created_at.as_ref().unwrap_or(&view.indexed_at);
    Event {
        date: written(view),
        seen: view.created_at.is_none(),
        what: kind(view.kind.as_str()),
        by: by.clone(),
        title: caption(view),
        href: link::record(&view.uri),
        micros: at.unix_micros(),
    }
}

/// What tells a record from others of its type: its title, or what it says in short.
pub fn caption(view: &RecordView) -> Option<String> {
    let record = Record::read(&view.collection, &view.value).ok()?;
    match &record {
        Record::Measurement(it) => {
            Some(format!("{}: {} {}", it.metric, number::grouped(it.value.as_str()), it.unit))
        }
        Record::Receipt(it) => Some(number::money(it.amount.as_str(), it.currency.trim())),
        Record::Acknowledgement(it) => Some(verdict(it)),
        other => other.title().filter(|title| !title.trim().is_empty()).map(str::to_owned),
    }
}

/// Yes or no, with its author's words where there are any.
fn verdict(acknowledgement: &Acknowledgement) -> String {
    let word = if acknowledgement.acknowledged { "acknowledged" } else { "declined" };
    match acknowledgement.comment.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(comment) => format!("{word}, “{comment}”"),
        None => word.to_owned(),
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
        nsid::WORK_SCOPE_EXPR | nsid::OPS => "Work scope",
        nsid::FEATURE => "Thing",
        nsid::CLAIM_LOCK => "Lock",
        nsid::SIGNATURE_PROOF => "Attestation",
        nsid::EVM_LINK => "Wallet",
        nsid::BADGE_DEFINITION => "Badge",
        nsid::BADGE_AWARD => "Badge award",
        nsid::BADGE_RESPONSE => "Answer to a badge",
        nsid::FOLLOW | nsid::ENTITY_FOLLOW => "Follow",
        nsid::LIKE => "Like",
        nsid::REPOST => "Repost",
        nsid::BOARD => "Board",
        nsid::DISPLAY_PROFILE => "Board profile",
        other => other,
    };
    word.to_owned()
}
