//! Checking records by the rules of the edition they are written in.

use hypercerts_lexicon::{Catalogue, Nsid, RecordKey, Validity, Value};

use super::{Edition, Normalised, normalise};
use crate::catalogue::document_catalogue;
use crate::nsid;

/// What can be said of a record's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub edition: Edition,
    /// By the rules of that edition.
    pub validity: Validity,
}

/// Checks a record by the rules of the edition it is written in.
///
/// Today's edition has the schemas of `catalogue`, the document edition has its own, and a record of an
/// earlier edition is held against today's schema in its [normalised](normalise) form.
pub fn judge(
    catalogue: &Catalogue,
    collection: &Nsid,
    rkey: &RecordKey,
    value: &Value,
) -> Judgement {
    normalise(collection, value).judge(catalogue, collection, rkey)
}

/// Checks a record that is about to be written.
///
/// Earlier editions are no longer written: such a record is held, as it is, against today's schema, whose
/// violations say how to bring it up to date.
pub fn judge_new(
    catalogue: &Catalogue,
    collection: &Nsid,
    rkey: &RecordKey,
    value: &Value,
) -> Judgement {
    let today = normalise(collection, value);
    match today.edition() {
        Edition::Earlier(_) => Judgement {
            edition: Edition::Current,
            validity: catalogue.validate_record(collection, rkey, value),
        },
        Edition::Current | Edition::Document => today.judge(catalogue, collection, rkey),
    }
}

impl Normalised<'_> {
    /// [`judge`]s the record, which lies in `collection`, for whoever has normalised it already.
    #[must_use]
    pub fn judge(&self, catalogue: &Catalogue, collection: &Nsid, rkey: &RecordKey) -> Judgement {
        let edition = self.edition();
        let validity = match (edition, self.nsid()) {
            (Edition::Document, _) if collection.as_str() == nsid::ACTIVITY => {
                document_catalogue().validate_record(collection, rkey, self.written())
            }
            (Edition::Earlier(_), Some(name)) if name != collection.as_str() => {
                catalogue.validate_record(&parsed(name), rkey, self.value())
            }
            (Edition::Earlier(_), _) => catalogue.validate_record(collection, rkey, self.value()),
            (Edition::Current | Edition::Document, _) => {
                catalogue.validate_record(collection, rkey, self.written())
            }
        };
        Judgement { edition, validity }
    }
}

fn parsed(name: &str) -> Nsid {
    Nsid::parse(name).expect("invariant: the names of record types are NSIDs")
}
