//! Locks: versions of the claim that somebody froze, and what came after.

use hypercerts_index::view::{Hypercert, Later, LaterWhat, Lock};
use hypercerts_records::{ClaimLock, Record};

use super::history;
use super::people::{self, Person};
use super::tie::{fitting, written};
use super::version::{ShortCid, Version};
use crate::format::date::Moment;
use crate::format::link;

/// One lock.
#[derive(Clone, Debug)]
pub struct LockNote {
    pub by: Person,
    pub standing: &'static str,
    pub date: Moment,
    /// `None` when what it names is no version of a record.
    pub version: Option<ShortCid>,
    /// What changed in the claim since; `None` while it is the version that was locked.
    pub changed: Option<Version>,
    /// The root of the evidence bundle.
    pub bundle: Option<String>,
    pub note: Option<String>,
    pub later: Vec<LaterNote>,
    pub href: String,
}

/// A tied record that is no part of what was locked.
#[derive(Clone, Debug)]
pub struct LaterNote {
    pub what: &'static str,
    pub kind: String,
    pub href: String,
}

/// The locks of a claim that fit their schema, the newest first.
pub fn locks(hypercert: &Hypercert) -> Vec<LockNote> {
    hypercert.locks.items.iter().filter_map(note).collect()
}

fn note(lock: &Lock) -> Option<LockNote> {
    let related = &lock.lock;
    let record = fitting(related)?;
    let ClaimLock { subject, note, .. } = match Record::read(&record.collection, &record.value) {
        Ok(Record::ClaimLock(lock)) => lock,
        _ => return None,
    };
    Some(LockNote {
        by: Person::from(&related.author),
        standing: people::standing(related.standing),
        date: written(record),
        version: subject.cid().as_ref().map(ShortCid::of),
        changed: Version::told(&related.reference, "The claim is not as it was locked."),
        bundle: lock.bundle.map(|root| root.to_string()),
        note,
        later: lock.later.items.iter().map(later).collect(),
        href: link::record(&related.uri),
    })
}

fn later(later: &Later) -> LaterNote {
    let kind = later.uri.collection().map(|nsid| history::kind(nsid.as_str()));
    LaterNote {
        what: match later.what {
            LaterWhat::Came => "came later",
            LaterWhat::Changed => "was edited later",
        },
        kind: kind.unwrap_or_else(|| "Record".to_owned()),
        href: link::record(&later.uri),
    }
}
