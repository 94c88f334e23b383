//! The earlier versions of records: what makes it possible to say what changed since somebody referred to one.
//!
//! A version is kept from the moment another takes its place, and dropped with its record: what somebody
//! deletes is gone here too. Its content may be dropped earlier, for want of room; then it is still known
//! that it stood.

use hypercerts_lexicon::{Cid, Value, drisl};
use rusqlite::{Connection, OptionalExtension, params};

use crate::config::Limits;
use crate::error::IndexError;

/// How many contents are dropped at a time when there is no room for all.
const DROPPED_AT_ONCE: i64 = 64;

/// An earlier version of a record.
#[derive(Debug, Clone)]
pub(crate) enum Version {
    /// With its content.
    Kept(Value),
    /// It stood, but what it said is no longer kept.
    Dropped,
}

/// Keeps the version of a record that stands, because another is about to take its place.
pub(super) fn keep(
    db: &Connection,
    record: i64,
    now: i64,
    limits: &Limits,
) -> Result<(), IndexError> {
    let sql = "INSERT INTO version (record, cid, rev, seen_from, seen_until, bytes, value) \
               SELECT id, cid, rev, indexed_at, ?2, length(value), value FROM record WHERE id = ?1 RETURNING bytes";
    let bytes: i64 = db.prepare_cached(sql)?.query_row([record, now], |row| row.get(0))?;
    let total = add(db, bytes)? - trim_record(db, record, limits)?;
    trim_all(db, total, limits)
}

/// Forgets the versions of a record, which is about to be deleted.
pub(super) fn forget(db: &Connection, record: i64) -> Result<(), IndexError> {
    delete(db, "DELETE FROM version WHERE record = ?1 RETURNING bytes", record)
}

/// Forgets the versions of all records of an account.
pub(crate) fn forget_account(db: &Connection, account: i64) -> Result<(), IndexError> {
    let sql = "DELETE FROM version WHERE record IN (SELECT id FROM record WHERE account = ?1) \
               RETURNING bytes";
    delete(db, sql, account)
}

/// The version of a record with this CID, if it is known to have stood.
pub(crate) fn version(
    db: &Connection,
    record: i64,
    cid: &Cid,
) -> Result<Option<Version>, IndexError> {
    let sql = "SELECT value FROM version WHERE record = ?1 AND cid = ?2 ORDER BY value IS NULL, id DESC LIMIT 1";
    let mut find = db.prepare_cached(sql)?;
    let found = find.query_row(params![record, cid.to_bytes()], |row| row.get(0)).optional()?;
    let Some(value) = found else { return Ok(None) };
    let value: Option<Vec<u8>> = value;
    match value.map(|bytes| drisl::decode(&bytes)) {
        None => Ok(Some(Version::Dropped)),
        Some(Ok(value)) => Ok(Some(Version::Kept(value))),
        Some(Err(_)) => Err(IndexError::corrupt("an earlier version of a record")),
    }
}

/// Runs a deletion that returns how many bytes each row held.
fn delete(db: &Connection, sql: &str, of: i64) -> Result<(), IndexError> {
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([of])?;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        bytes += row.get::<_, i64>(0)?;
    }
    if bytes > 0 {
        add(db, -bytes)?;
    }
    Ok(())
}

/// Adds to the number of bytes that all versions hold, and returns it.
fn add(db: &Connection, bytes: i64) -> Result<i64, IndexError> {
    let sql = "UPDATE history SET bytes = bytes + ?1 RETURNING bytes";
    Ok(db.prepare_cached(sql)?.query_row([bytes], |row| row.get(0))?)
}

/// Keeps the versions of one record within their limits; returns the bytes that were freed.
fn trim_record(db: &Connection, record: i64, limits: &Limits) -> Result<i64, IndexError> {
    let sql = "SELECT id, bytes FROM version WHERE record = ?1 ORDER BY id DESC";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([record])?;
    let (mut number, mut held, mut freed) = (0, 0, 0);
    while let Some(row) = rows.next()? {
        let (id, bytes): (i64, i64) = (row.get(0)?, row.get(1)?);
        number += 1;
        held += bytes;
        if number > limits.versions_per_record {
            db.prepare_cached("DELETE FROM version WHERE id = ?1")?.execute([id])?;
        } else if bytes > 0 && over(held, limits.version_bytes_per_record) {
            drop_content(db, id)?;
        } else {
            continue;
        }
        freed += bytes;
        held -= bytes;
    }
    if freed > 0 {
        add(db, -freed)?;
    }
    Ok(freed)
}

/// Drops the oldest contents until all versions together are within their limit.
fn trim_all(db: &Connection, total: i64, limits: &Limits) -> Result<(), IndexError> {
    let mut total = total;
    while over(total, limits.version_bytes) {
        let sql = "SELECT id, bytes FROM version WHERE bytes > 0 ORDER BY id LIMIT ?1";
        let mut query = db.prepare_cached(sql)?;
        let oldest = query.query_map([DROPPED_AT_ONCE], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let oldest: Vec<(i64, i64)> = oldest.collect::<Result<_, _>>()?;
        if oldest.is_empty() {
            return Ok(());
        }
        for (id, bytes) in oldest {
            drop_content(db, id)?;
            total = add(db, -bytes)?;
        }
    }
    Ok(())
}

fn drop_content(db: &Connection, id: i64) -> Result<(), IndexError> {
    let sql = "UPDATE version SET value = NULL, bytes = 0 WHERE id = ?1";
    db.prepare_cached(sql)?.execute([id])?;
    Ok(())
}

fn over(bytes: i64, limit: u64) -> bool {
    u64::try_from(bytes).unwrap_or(0) > limit
}
