//! Records to be written together: all of them, in one signed commit, or none.
//!
//! Keys are chosen and CIDs computed here, so that records can refer to each other before any of
//! them is stored.

use hypercerts_lexicon::{Datetime, Nsid, RecordKey, Tid, Validity, Value};
use hypercerts_records::{Invalid, Record, StrongRef, ValidRecord, catalogue, judge};
use hypercerts_xrpc::client::{Session, Written};
use hypercerts_xrpc::nsid::repo;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::CliError;

/// Valid records, waiting to be written into one repository.
pub(super) struct Batch<'a> {
    session: &'a Session,
    now: i64,
    clock_id: u16,
    last_key: Option<Tid>,
    planned: Vec<Planned>,
}

struct Planned {
    rkey: RecordKey,
    record: ValidRecord,
    written: Written,
}

#[derive(Deserialize)]
struct Applied {
    results: Vec<Written>,
}

impl<'a> Batch<'a> {
    pub fn new(session: &'a Session) -> Result<Self, CliError> {
        let mut random = [0; 2];
        getrandom::fill(&mut random)
            .map_err(|why| CliError::Runtime(std::io::Error::other(why)))?;
        Ok(Self {
            session,
            now: Timestamp::now().as_microsecond(),
            clock_id: u16::from_le_bytes(random),
            last_key: None,
            planned: Vec::new(),
        })
    }

    /// The moment all of them are made at, to the millisecond.
    pub fn created_at(&self) -> Datetime {
        Datetime::from_unix_micros(self.now / 1000 * 1000)
    }

    /// Adds a record and says where it will be.
    ///
    /// # Errors
    /// [`CliError::Invalid`] with everything its schema has against it, or in words what makes no sense in it.
    pub fn add(&mut self, record: impl Into<Record>) -> Result<StrongRef, CliError> {
        let record = ValidRecord::of(record).map_err(refused)?;
        let rkey = RecordKey::parse(&self.next_key().to_string()).map_err(CliError::answer)?;
        let reference = record.reference(self.session.did(), &rkey);
        let written = Written { uri: reference.uri().clone(), cid: record.cid() };
        self.planned.push(Planned { rkey, record, written });
        Ok(reference)
    }

    /// Writes them; what was added last comes first.
    pub async fn publish(self) -> Result<Vec<Written>, CliError> {
        let writes: Vec<_> = self.planned.iter().map(Planned::write).collect();
        let input = json!({ "repo": self.session.did(), "writes": writes });
        let applied: Applied = self.session.procedure(repo::APPLY_WRITES, &input).await?;
        let planned: Vec<_> = self.planned.into_iter().map(|planned| planned.written).collect();
        if applied.results != planned {
            let uris: Vec<_> = planned.iter().map(|written| written.uri.as_str()).collect();
            return Err(CliError::Altered(uris.join(", ")));
        }
        Ok(planned.into_iter().rev().collect())
    }

    fn next_key(&mut self) -> Tid {
        let now = u64::try_from(self.now).unwrap_or_default();
        let key = Tid::next_after(self.last_key, now, self.clock_id);
        self.last_key = Some(key);
        key
    }
}

impl Planned {
    fn write(&self) -> serde_json::Value {
        json!({
            "$type": repo::APPLY_WRITES_CREATE,
            "collection": self.record.collection(),
            "rkey": self.rkey,
            "value": self.record.value(),
        })
    }
}

fn refused(why: Invalid) -> CliError {
    match why {
        Invalid::Schema { collection, violations } => CliError::Invalid { collection, violations },
        other => CliError::usage(other.to_string()),
    }
}

/// Refuses a record that breaks its schema.
pub(super) fn require_valid(
    collection: &Nsid,
    rkey: &RecordKey,
    value: &Value,
) -> Result<(), CliError> {
    match judge(catalogue(), collection, rkey, value).validity {
        Validity::Invalid(violations) => {
            Err(CliError::Invalid { collection: collection.clone(), violations })
        }
        Validity::Valid | Validity::UnknownType => Ok(()),
    }
}
