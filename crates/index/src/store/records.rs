//! Records, their links and what hangs on them.

use std::collections::HashMap;

use hypercerts_lexicon::{AtUri, Cid, Nsid, Tid, Validity};
use hypercerts_repo::RepoPath;
use hypercerts_schemas::Fingerprint;
use rusqlite::{Connection, OptionalExtension, params};

use crate::config::Limits;
use crate::error::IndexError;
use crate::store::facts::{self, Facts};
use crate::store::{Terms, cid, count, history, judged, term_id};
use crate::view::Violation;

/// A verified record, looked at and ready to be stored.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub path: RepoPath,
    pub cid: Cid,
    /// What such records are called today.
    pub kind: Nsid,
    /// Canonical DRISL.
    pub value: Vec<u8>,
    /// What the record says, in microseconds since 1970.
    pub created_at: Option<i64>,
    pub validity: Checked,
    /// By which schemas.
    pub judged_by: Fingerprint,
    pub links: Vec<Target>,
    pub facts: Facts,
}

/// Whether a record fits its schema, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Checked {
    Valid,
    Invalid(Vec<Violation>),
    UnknownType,
}

impl Checked {
    pub(crate) const VALID: i64 = 0;
    pub(crate) const INVALID: i64 = 1;
    pub(crate) const UNKNOWN: i64 = 2;

    pub(super) fn code(&self) -> i64 {
        match self {
            Self::Valid => Self::VALID,
            Self::Invalid(_) => Self::INVALID,
            Self::UnknownType => Self::UNKNOWN,
        }
    }

    pub(super) fn reasons(&self) -> Option<String> {
        match self {
            Self::Invalid(violations) => serde_json::to_string(violations).ok(),
            Self::Valid | Self::UnknownType => None,
        }
    }
}

impl From<Validity> for Checked {
    fn from(validity: Validity) -> Self {
        let told = |violation: hypercerts_lexicon::Violation| Violation {
            message: violation.to_string(),
            path: violation.path,
        };
        match validity {
            Validity::Valid => Self::Valid,
            Validity::UnknownType => Self::UnknownType,
            Validity::Invalid(violations) => {
                Self::Invalid(violations.into_iter().map(told).collect())
            }
        }
    }
}

/// Where one link of a record leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub path: String,
    pub uri: AtUri,
    pub cid: Option<Cid>,
}

/// The commit that proves a record.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    pub rev: Tid,
    pub commit: Cid,
    /// The key that verified it, as `did:key`.
    pub key: String,
    /// Where it came from.
    pub origin: String,
}

/// The writing side: one for each transaction.
pub(crate) struct Records<'a> {
    pub db: &'a Connection,
    pub terms: &'a mut Terms,
    pub limits: &'a Limits,
    pub now: i64,
}

/// A record that stands already.
struct Standing {
    id: i64,
    validity: i64,
    cid: Vec<u8>,
}

impl Records<'_> {
    /// Stores a record in place of the one that stood at its path, which becomes an earlier version.
    pub(crate) fn put(
        &mut self,
        account: i64,
        record: &Prepared,
        evidence: &Evidence,
    ) -> Result<(), IndexError> {
        let collection = self.terms.intern(self.db, record.path.collection().as_str())?;
        judged::note(self.db, collection, &record.judged_by)?;
        let rkey = record.path.rkey();
        let standing = self.standing(account, collection, rkey.as_str())?;
        if let Some(standing) = &standing {
            self.detach(collection, standing)?;
            if standing.cid != record.cid.to_bytes() {
                history::keep(self.db, standing.id, self.now, self.limits)?;
            }
        }
        let id = self.write(account, collection, record, evidence)?;
        self.tally(collection, record.validity.code(), 1)?;
        link(self.db, id, &record.links)?;
        facts::write(self.db, id, &record.facts)
    }

    /// Removes a record with everything that hangs on it.
    pub(crate) fn delete(&mut self, account: i64, path: &RepoPath) -> Result<(), IndexError> {
        let Some(collection) = term_id(self.db, path.collection().as_str())? else { return Ok(()) };
        match self.standing(account, collection, path.rkey().as_str())? {
            Some(standing) => self.remove(collection, &standing),
            None => Ok(()),
        }
    }

    /// Removes every record of an account.
    pub(crate) fn delete_all(&mut self, account: i64) -> Result<(), IndexError> {
        let mut query = self.db.prepare_cached(
            "SELECT id, collection, validity, cid FROM record WHERE account = ?1",
        )?;
        let rows = query
            .query_map([account], |row| {
                let standing =
                    Standing { id: row.get(0)?, validity: row.get(2)?, cid: row.get(3)? };
                Ok((row.get(1)?, standing))
            })?
            .collect::<Result<Vec<(i64, Standing)>, _>>()?;
        rows.iter().try_for_each(|(collection, standing)| self.remove(*collection, standing))
    }

    fn standing(
        &self,
        account: i64,
        collection: i64,
        rkey: &str,
    ) -> Result<Option<Standing>, IndexError> {
        let sql = "SELECT id, validity, cid FROM record WHERE account = ?1 AND collection = ?2 AND rkey = ?3";
        let mut find = self.db.prepare_cached(sql)?;
        let found = find.query_row(params![account, collection, rkey], |row| {
            Ok(Standing { id: row.get(0)?, validity: row.get(1)?, cid: row.get(2)? })
        });
        Ok(found.optional()?)
    }

    fn write(
        &mut self,
        account: i64,
        collection: i64,
        record: &Prepared,
        evidence: &Evidence,
    ) -> Result<i64, IndexError> {
        let kind = self.terms.intern(self.db, record.kind.as_str())?;
        let key = self.terms.intern(self.db, &evidence.key)?;
        let origin = self.terms.intern(self.db, &evidence.origin)?;
        let sort_at = record.created_at.map_or(self.now, |created| created.min(self.now));
        let sql = "INSERT INTO record (account, collection, kind, rkey, cid, rev, commit_cid, key, origin, \
                   created_at, met_at, indexed_at, sort_at, validity, violations, value) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13, ?14, ?15) \
                   ON CONFLICT (account, collection, rkey) DO UPDATE SET kind = excluded.kind, cid = excluded.cid, \
                   rev = excluded.rev, commit_cid = excluded.commit_cid, key = excluded.key, \
                   origin = excluded.origin, created_at = excluded.created_at, indexed_at = excluded.indexed_at, \
                   sort_at = excluded.sort_at, validity = excluded.validity, violations = excluded.violations, \
                   value = excluded.value RETURNING id";
        let id = self.db.prepare_cached(sql)?.query_row(
            params![
                account,
                collection,
                kind,
                record.path.rkey().as_str(),
                record.cid.to_bytes(),
                evidence.rev.to_string(),
                evidence.commit.to_bytes(),
                key,
                origin,
                record.created_at,
                self.now,
                sort_at,
                record.validity.code(),
                record.validity.reasons(),
                record.value,
            ],
            |row| row.get(0),
        )?;
        Ok(id)
    }

    fn remove(&self, collection: i64, standing: &Standing) -> Result<(), IndexError> {
        self.detach(collection, standing)?;
        history::forget(self.db, standing.id)?;
        self.db.prepare_cached("DELETE FROM record WHERE id = ?1")?.execute([standing.id])?;
        Ok(())
    }

    /// Takes away what hangs on a record: its links, its facts, its place in the tally.
    fn detach(&self, collection: i64, standing: &Standing) -> Result<(), IndexError> {
        self.db.prepare_cached("DELETE FROM link WHERE record = ?1")?.execute([standing.id])?;
        facts::erase(self.db, standing.id)?;
        self.tally(collection, standing.validity, -1)
    }

    fn tally(&self, collection: i64, validity: i64, change: i64) -> Result<(), IndexError> {
        let sql = "INSERT INTO tally (collection, validity, records) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (collection, validity) DO UPDATE SET records = records + ?3";
        self.db.prepare_cached(sql)?.execute([collection, validity, change])?;
        Ok(())
    }
}

/// Stores where a record points, which has no links stored.
pub(super) fn link(db: &Connection, record: i64, links: &[Target]) -> Result<(), IndexError> {
    let sql = "INSERT INTO link (record, path, target, target_cid) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = db.prepare_cached(sql)?;
    for link in links {
        let cid = link.cid.map(|cid| cid.to_bytes());
        insert.execute(params![record, link.path, link.uri.as_str(), cid])?;
    }
    Ok(())
}

/// The paths and CIDs of an account's records: what a fetched repository is compared with.
pub(crate) fn paths(db: &Connection, account: i64) -> Result<HashMap<String, Cid>, IndexError> {
    let sql = "SELECT t.text || '/' || r.rkey AS path, r.cid FROM record r JOIN term t ON t.id = r.collection \
               WHERE r.account = ?1";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([account])?;
    let mut paths = HashMap::new();
    while let Some(row) = rows.next()? {
        paths.insert(row.get("path")?, cid(row, "cid")?);
    }
    Ok(paths)
}

/// How many records there are, by collection and validity.
pub(crate) fn tallies(db: &Connection) -> Result<Vec<(String, i64, u64)>, IndexError> {
    let sql = "SELECT t.text, y.validity, y.records FROM tally y JOIN term t ON t.id = y.collection \
               WHERE y.records > 0 ORDER BY t.text, y.validity";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, count(row.get(2)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
