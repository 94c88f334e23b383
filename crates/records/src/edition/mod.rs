//! The editions a record can be written in, and today's form of each.
//!
//! Lexicons grew while records were already being written. A record of an earlier *edition* is
//! *normalised*: rewritten in today's terms, so that everything above reads one model. What it was
//! written in is never lost: [`Reading`] says the edition, and the record itself stays as it was signed.

use hypercerts_lexicon::{Catalogue, Nsid, RecordKey, Validity, Value};

use crate::record::{ReadError, Record};

/// Which shape of its type a record is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edition {
    /// Today's.
    Current,
}

/// A record in today's terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What the record was written in.
    pub edition: Edition,
    pub record: Record,
}

/// What can be said of a record's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub edition: Edition,
    /// By the rules of that edition.
    pub validity: Validity,
}

impl Reading {
    /// Reads a record of any edition.
    pub fn of(collection: &Nsid, value: &Value) -> Result<Self, ReadError> {
        Ok(Self { edition: Edition::Current, record: Record::read(collection, value)? })
    }
}

/// Checks a record by the rules of the edition it is written in.
pub fn judge(
    catalogue: &Catalogue,
    collection: &Nsid,
    rkey: &RecordKey,
    value: &Value,
) -> Judgement {
    let validity = catalogue.validate_record(collection, rkey, value);
    Judgement { edition: Edition::Current, validity }
}
