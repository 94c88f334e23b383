//! Judging stored records again when the schemas change: while the program runs, or because another program
//! wrote the database.
//!
//! The keeper takes a small step between its turns, so that what arrives never waits long. One *pass* goes
//! over all records once, for all collections that are not settled by the schemas of the moment. A change
//! during a pass is found when it is over.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hypercerts_lexicon::drisl;
use hypercerts_schemas::{Fingerprint, Schemas, Snapshot};
use rusqlite::{Connection, TransactionBehavior};

use crate::error::IndexError;
use crate::store::judged;

/// Records that one step passes by, and how many of them it judges.
const PASSED: i64 = 1000;
const JUDGED: usize = 100;

/// How often to see whether another process stored verdicts by other schemas, or a lookup ended in vain.
const ROUNDS: Duration = Duration::from_secs(5);

/// The state of judging again.
pub(super) struct Rejudge {
    schemas: Schemas,
    /// With which schemas the database was last compared, and when.
    compared: Option<(u64, Instant)>,
    pass: Option<Pass>,
}

struct Pass {
    snapshot: Arc<Snapshot>,
    /// The collections to be judged, by number.
    collections: HashMap<i64, Fingerprint>,
    /// The last record that was passed.
    after: i64,
}

impl Rejudge {
    pub(super) fn new(schemas: Schemas) -> Self {
        Self { schemas, compared: None, pass: None }
    }

    /// Whether there is more to be done at once.
    pub(super) fn is_busy(&self) -> bool {
        self.pass.is_some()
    }

    /// Does a little of what there is to be done.
    pub(super) fn step(&mut self, db: &mut Connection) -> Result<(), IndexError> {
        if self.pass.is_none() && self.is_due() {
            self.pass = self.compare(db)?;
        }
        let Some(pass) = &mut self.pass else { return Ok(()) };
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let next = pass.step(&tx)?;
        tx.commit()?;
        match next {
            Some(after) => pass.after = after,
            None => self.pass = None,
        }
        Ok(())
    }

    fn is_due(&self) -> bool {
        let generation = self.schemas.snapshot().generation();
        self.compared.is_none_or(|(with, at)| with != generation || at.elapsed() >= ROUNDS)
    }

    /// Finds the collections that are not settled. One whose schema is being looked up can wait for that:
    /// verdicts that were right yesterday are not taken back for a moment.
    fn compare(&mut self, db: &mut Connection) -> Result<Option<Pass>, IndexError> {
        let snapshot = self.schemas.snapshot();
        self.compared = Some((snapshot.generation(), Instant::now()));
        let mut collections = HashMap::new();
        for settled in judged::collections(db)? {
            let by = snapshot.fingerprint(&settled.collection);
            let is_looked_up = self.schemas.ask(&settled.collection);
            if settled.by.as_deref() != Some(by.as_bytes().as_slice()) && !is_looked_up {
                collections.insert(settled.id, by);
            }
        }
        if collections.is_empty() {
            return Ok(None);
        }
        tracing::info!(collections = collections.len(), "records are judged by other schemas");
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        collections.iter().try_for_each(|(collection, by)| judged::begin(&tx, *collection, by))?;
        tx.commit()?;
        Ok(Some(Pass { snapshot, collections, after: i64::MIN }))
    }
}

impl Pass {
    /// Judges some records; the last that was passed, or nothing at the end.
    fn step(&self, db: &Connection) -> Result<Option<i64>, IndexError> {
        let mut last = None;
        let mut judged = 0;
        for (id, collection) in judged::next(db, self.after, PASSED)? {
            if self.collections.contains_key(&collection) {
                self.judge(db, id)?;
                judged += 1;
            }
            last = Some(id);
            if judged == JUDGED {
                break;
            }
        }
        if last.is_none() {
            let mut settled = self.collections.iter();
            settled.try_for_each(|(collection, by)| judged::complete(db, *collection, by))?;
        }
        Ok(last)
    }

    fn judge(&self, db: &Connection, id: i64) -> Result<(), IndexError> {
        let record = judged::load(db, id)?;
        let value = drisl::decode(&record.value).map_err(|_| IndexError::corrupt("a record"))?;
        let judgement = self.snapshot.judge(&record.collection, &record.rkey, &value);
        judged::set_verdict(db, id, &record, judgement.validity)
    }
}
