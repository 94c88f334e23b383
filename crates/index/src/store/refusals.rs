//! The notes of what was not believed: bounded in all and for one account, so that a flood of bad
//! events pushes out neither the disk nor the notes about others.

use hypercerts_lexicon::{Did, Tid};
use rusqlite::{Connection, Row, params};

use crate::config::Limits;
use crate::error::IndexError;
use crate::store;
use crate::time;
use crate::view::{RefusalKind, RefusalView};

/// The longest reason that is kept, in bytes.
const REASON_BYTES: usize = 500;

/// One refusal, before it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub source: String,
    pub did: Option<Did>,
    pub seq: Option<i64>,
    pub rev: Option<Tid>,
    pub kind: RefusalKind,
    pub reason: String,
}

pub(crate) fn record(
    db: &Connection,
    refusal: &Refusal,
    limits: &Limits,
) -> Result<(), IndexError> {
    let did = refusal.did.as_ref().map(Did::as_str);
    db.prepare_cached(
        "INSERT INTO refusal (at, source, did, seq, rev, kind, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        time::now(),
        refusal.source,
        did,
        refusal.seq,
        refusal.rev.map(|rev| rev.to_string()),
        name(refusal.kind),
        shortened(&refusal.reason),
    ])?;
    trim(db, did, limits)
}

fn trim(db: &Connection, did: Option<&str>, limits: &Limits) -> Result<(), IndexError> {
    let newest = db.last_insert_rowid();
    let total = i64::try_from(limits.refusals).unwrap_or(i64::MAX);
    db.prepare_cached("DELETE FROM refusal WHERE id <= ?1")?
        .execute([newest.saturating_sub(total)])?;
    let each = i64::try_from(limits.refusals_per_account).unwrap_or(i64::MAX);
    db.prepare_cached(
        "DELETE FROM refusal WHERE did = ?1 AND id <= \
         (SELECT id FROM refusal WHERE did = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute(params![did, each])?;
    Ok(())
}

/// The latest refusals, newest first.
pub(crate) fn latest(db: &Connection, limit: i64) -> Result<Vec<RefusalView>, IndexError> {
    let mut query = db.prepare_cached("SELECT * FROM refusal ORDER BY id DESC LIMIT ?1")?;
    let mut rows = query.query([limit])?;
    let mut refusals = Vec::new();
    while let Some(row) = rows.next()? {
        refusals.push(view(row)?);
    }
    Ok(refusals)
}

/// How many there were since the database was made, forgotten ones included.
pub(crate) fn total(db: &Connection) -> Result<u64, IndexError> {
    let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'refusal'";
    Ok(store::count(db.query_row(sql, [], |row| row.get(0))?))
}

fn view(row: &Row<'_>) -> Result<RefusalView, IndexError> {
    Ok(RefusalView {
        at: time::datetime(row.get("at")?),
        source: row.get("source")?,
        did: store::optional_did(row, "did")?,
        seq: row.get("seq")?,
        rev: store::optional_tid(row, "rev")?,
        kind: kind(row.get_ref("kind")?.as_str().unwrap_or_default()),
        reason: row.get("reason")?,
    })
}

const KINDS: [(RefusalKind, &str); 8] = [
    (RefusalKind::Malformed, "malformed"),
    (RefusalKind::Signature, "signature"),
    (RefusalKind::BrokenChain, "brokenChain"),
    (RefusalKind::FutureRevision, "futureRevision"),
    (RefusalKind::WrongHost, "wrongHost"),
    (RefusalKind::Identity, "identity"),
    (RefusalKind::Repository, "repository"),
    (RefusalKind::Limit, "limit"),
];

fn name(kind: RefusalKind) -> &'static str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or("malformed", |(_, name)| name)
}

fn kind(name: &str) -> RefusalKind {
    KINDS.iter().find(|(_, known)| *known == name).map_or(RefusalKind::Malformed, |(kind, _)| *kind)
}

fn shortened(reason: &str) -> &str {
    let end = (0..=REASON_BYTES.min(reason.len())).rev().find(|end| reason.is_char_boundary(*end));
    &reason[..end.unwrap_or(0)]
}
