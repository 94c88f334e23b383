//! A record in today's form.

use hypercerts_lexicon::{Nsid, Value};

use super::Edition;
use super::kind::{lineage, today};

/// A record rewritten in today's terms, and what it was written in. A record of today's edition is not copied.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalised<'a> {
    edition: Edition,
    nsid: Option<&'static str>,
    written: &'a Value,
    /// The rewritten record, if it is of another edition than today's.
    rewritten: Option<Value>,
}

impl Normalised<'_> {
    /// What the record was written in.
    #[must_use]
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// Today's collection for such records; `None` for types that are unknown here.
    #[must_use]
    pub fn nsid(&self) -> Option<&'static str> {
        self.nsid
    }

    /// The record in today's terms.
    #[must_use]
    pub fn value(&self) -> &Value {
        self.rewritten.as_ref().unwrap_or(self.written)
    }

    /// The record as its author wrote it.
    pub(super) fn written(&self) -> &Value {
        self.written
    }
}

/// Rewrites a record of `collection` in today's terms. Takes time in proportion to its size.
#[must_use]
pub fn normalise<'a>(collection: &Nsid, value: &'a Value) -> Normalised<'a> {
    let lineage = lineage(collection, value);
    let nsid = today(lineage, collection);
    if let (Some(lineage), Value::Map(record)) = (lineage, value)
        && let Some(era) = lineage.oldest_sign(collection, record)
    {
        let mut record = record.clone();
        lineage.modernise(collection, &mut record);
        let rewritten = Some(record.into());
        return Normalised { edition: era.edition, nsid, written: value, rewritten };
    }
    Normalised { edition: Edition::Current, nsid, written: value, rewritten: None }
}
