//! Records in today's terms, whatever edition they are written in.
//!
//! The record as it was signed is what is stored and shown. What the index *computes* (lists, searches,
//! counts, who is independent) it computes from the form given here, so that a record of any edition
//! takes part in everything.

use hypercerts_lexicon::{Catalogue, Nsid, RecordKey, Validity, Value};
use hypercerts_records::{Edition, Normalised, normalise};

/// A record in today's terms.
#[derive(Debug, Clone)]
pub(crate) struct Today<'a> {
    /// What such records are called today; the collection itself if its type is not known here.
    pub kind: Nsid,
    normalised: Normalised<'a>,
}

/// Rewrites a record of any edition.
pub(crate) fn today<'a>(collection: &Nsid, value: &'a Value) -> Today<'a> {
    let normalised = normalise(collection, value);
    let kind = normalised.nsid().and_then(|name| Nsid::parse(name).ok());
    Today { kind: kind.unwrap_or_else(|| collection.clone()), normalised }
}

impl Today<'_> {
    pub(crate) fn edition(&self) -> Edition {
        self.normalised.edition()
    }

    pub(crate) fn value(&self) -> &Value {
        self.normalised.value()
    }

    /// Whether the record, which lies in `collection`, keeps to the rules of its edition.
    pub(crate) fn validity(
        &self,
        catalogue: &Catalogue,
        collection: &Nsid,
        rkey: &RecordKey,
    ) -> Validity {
        self.normalised.judge(catalogue, collection, rkey).validity
    }
}
