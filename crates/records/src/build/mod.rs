//! Records that are ready to be written, because nothing else can be made.
//!
//! A [`ValidRecord`] has no other constructors than those that check: what it holds fits its schema and breaks
//! none of the rules beyond it. Every typed record has `build`, which makes one. Who writes it, and under which
//! key, is left to the caller; so are the time and the choice of keys.

mod convert;
mod draft;
mod invalid;

use hypercerts_lexicon::{Cid, Did, Nsid, RecordKey, Rule, Validity, Value, drisl};

pub use draft::{ClaimDraft, ClaimRecords};
pub use invalid::Invalid;

use crate::catalogue::catalogue;
use crate::edition::{Edition, Judgement, Reading, judge_new};
use crate::finding::{self, Finding, Severity};
use crate::link::StrongRef;
use crate::object::TYPE;
use crate::record::Record;

/// Any record key of the commonest kind, and the only one of the other kind.
const ANY_KEY: &str = "3mbrqzo2k2s2b";
const LONE_KEY: &str = "self";

/// A record that fits its schema and breaks none of the rules beyond it, with its `$type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidRecord {
    collection: Nsid,
    edition: Edition,
    value: Value,
    cid: Cid,
}

impl ValidRecord {
    /// Checks a typed record.
    pub fn of(record: impl Into<Record>) -> Result<Self, Invalid> {
        let value = record.into().into_value()?;
        let name = value.type_name().unwrap_or_default();
        let collection =
            Nsid::parse(name).map_err(|_| Invalid::UnknownType { name: name.to_owned() })?;
        Self::of_value(&collection, value)
    }

    /// Checks a record of `collection` in an edition that can be written: today's, or that of the
    /// documentation. A missing `$type` is added.
    pub fn of_value(collection: &Nsid, mut value: Value) -> Result<Self, Invalid> {
        if let Value::Map(fields) = &mut value
            && !fields.contains_key(TYPE)
        {
            fields.insert(TYPE, collection.as_str());
        }
        let edition = fits(collection, &value)?;
        makes_sense(collection, &value)?;
        let cid = Cid::of_drisl(&drisl::encode(&value));
        Ok(Self { collection: collection.clone(), edition, value, cid })
    }

    /// The collection it belongs in.
    #[must_use]
    pub fn collection(&self) -> &Nsid {
        &self.collection
    }

    /// What it is written in: today's edition, or that of the documentation.
    #[must_use]
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// The record as a repository stores it.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The record as a repository stores it.
    #[must_use]
    pub fn into_value(self) -> Value {
        self.value
    }

    /// The CID that a repository will store it under.
    #[must_use]
    pub fn cid(&self) -> Cid {
        self.cid
    }

    /// A reference to it, once it lies in `repository` under `key`.
    #[must_use]
    pub fn reference(&self, repository: &Did, key: &RecordKey) -> StrongRef {
        let uri = hypercerts_lexicon::AtUri::record(repository, &self.collection, key);
        StrongRef::new(uri, self.cid)
    }
}

fn fits(collection: &Nsid, value: &Value) -> Result<Edition, Invalid> {
    let under = |key| {
        let key = RecordKey::parse(key).expect("invariant: both are record keys");
        judge_new(catalogue(), collection, &key, value)
    };
    let judgement = match under(ANY_KEY) {
        judged if is_about_the_key(&judged) => under(LONE_KEY),
        judged => judged,
    };
    match judgement.validity {
        Validity::Valid => Ok(judgement.edition),
        Validity::Invalid(violations) => {
            Err(Invalid::Schema { collection: collection.clone(), violations })
        }
        Validity::UnknownType => Err(Invalid::UnknownType { name: collection.to_string() }),
    }
}

fn is_about_the_key(judgement: &Judgement) -> bool {
    let Validity::Invalid(violations) = &judgement.validity else { return false };
    violations.iter().any(|violation| matches!(violation.rule, Rule::RecordKey { .. }))
}

fn makes_sense(collection: &Nsid, value: &Value) -> Result<(), Invalid> {
    let reading = Reading::of(collection, value)?;
    let errors: Vec<Finding> = finding::of_record(&reading.record)
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(Invalid::Sense { collection: collection.clone(), findings: errors })
}
