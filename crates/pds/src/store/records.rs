//! The records of repositories: the encoded bytes by path.

use std::collections::HashSet;

use bytes::Bytes;
use hypercerts_lexicon::{Cid, Nsid, Tid};
use hypercerts_repo::RepoPath;
use rusqlite::{Connection, Row};

use crate::store::{AccountId, cid, execute, find, parsed, rev, rev_number};

/// A record as it is stored.
#[derive(Clone, Debug)]
pub struct StoredRecord {
    pub path: RepoPath,
    pub cid: Cid,
    pub rev: Tid,
    /// DRISL.
    pub bytes: Bytes,
}

impl StoredRecord {
    pub fn row(&self) -> RecordRow<'_> {
        RecordRow { path: self.path.as_str(), cid: self.cid, bytes: &self.bytes }
    }
}

/// Reads a row of path, CID, revision and bytes.
pub fn read(row: &Row<'_>) -> rusqlite::Result<StoredRecord> {
    Ok(StoredRecord {
        path: parsed(row, 0)?,
        cid: cid(row, 1)?,
        rev: rev(row, 2)?,
        bytes: Bytes::copy_from_slice(row.get_ref(3)?.as_blob()?),
    })
}

pub fn get(
    connection: &Connection,
    id: AccountId,
    path: &RepoPath,
) -> rusqlite::Result<Option<StoredRecord>> {
    let sql = "SELECT path, cid, rev, bytes FROM record WHERE account = ?1 AND path = ?2";
    find(connection, sql, (id.0, path.as_str()), read)
}

/// As [`get`], unless the operator has taken it down.
pub fn get_served(
    connection: &Connection,
    id: AccountId,
    path: &RepoPath,
) -> rusqlite::Result<Option<StoredRecord>> {
    let sql = "SELECT path, cid, rev, bytes FROM record
               WHERE account = ?1 AND path = ?2 AND NOT EXISTS
                   (SELECT 1 FROM record_takedown WHERE account = ?1 AND path = ?2)";
    find(connection, sql, (id.0, path.as_str()), read)
}

pub fn current_cid(
    connection: &Connection,
    id: AccountId,
    path: &RepoPath,
) -> rusqlite::Result<Option<Cid>> {
    let sql = "SELECT cid FROM record WHERE account = ?1 AND path = ?2";
    find(connection, sql, (id.0, path.as_str()), |row| cid(row, 0))
}

pub fn insert(
    connection: &Connection,
    id: AccountId,
    record: &StoredRecord,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO record (account, path, cid, rev, bytes) VALUES (?1, ?2, ?3, ?4, ?5)";
    let StoredRecord { path, cid, rev, bytes } = record;
    let row = (id.0, path.as_str(), cid.to_bytes(), rev_number(*rev), bytes.as_ref());
    execute(connection, sql, row).map(drop)
}

pub fn update(
    connection: &Connection,
    id: AccountId,
    record: &StoredRecord,
) -> rusqlite::Result<()> {
    let sql = "UPDATE record SET cid = ?3, rev = ?4, bytes = ?5 WHERE account = ?1 AND path = ?2";
    let StoredRecord { path, cid, rev, bytes } = record;
    let row = (id.0, path.as_str(), cid.to_bytes(), rev_number(*rev), bytes.as_ref());
    execute(connection, sql, row).map(drop)
}

pub fn delete(connection: &Connection, id: AccountId, path: &RepoPath) -> rusqlite::Result<()> {
    let sql = "DELETE FROM record WHERE account = ?1 AND path = ?2";
    execute(connection, sql, (id.0, path.as_str())).map(drop)
}

/// Which records of a collection a page holds.
pub struct Page<'a> {
    pub collection: &'a Nsid,
    /// The record key the page before ended with.
    pub cursor: Option<&'a str>,
    /// By ascending record key instead of descending.
    pub ascending: bool,
    pub limit: u32,
}

/// A record while its row is read.
pub struct RecordRow<'a> {
    pub path: &'a str,
    pub cid: Cid,
    /// DRISL.
    pub bytes: &'a [u8],
}

/// Visits a page of records, without those that the operator has taken down.
pub fn visit_served<E: From<rusqlite::Error>>(
    connection: &Connection,
    id: AccountId,
    page: &Page<'_>,
    mut visit: impl FnMut(RecordRow<'_>) -> Result<(), E>,
) -> Result<(), E> {
    // "0" is the character after "/": the two bounds enclose exactly the collection's paths.
    let (first, last) = (format!("{}/", page.collection), format!("{}0", page.collection));
    let cursor = page.cursor.map(|rkey| format!("{first}{rkey}"));
    let select = "SELECT path, cid, bytes FROM record
                  WHERE account = ?1 AND path > ?2 AND path < ?3 AND NOT EXISTS
                      (SELECT 1 FROM record_takedown AS taken
                       WHERE taken.account = ?1 AND taken.path = record.path)
                  ORDER BY path";
    let (sql, first, last) = if page.ascending {
        (format!("{select} LIMIT ?4"), cursor.unwrap_or(first), last)
    } else {
        (format!("{select} DESC LIMIT ?4"), first, cursor.unwrap_or(last))
    };
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((id.0, first, last, page.limit))?;
    while let Some(row) = rows.next()? {
        visit(record_row(row)?)?;
    }
    Ok(())
}

fn record_row<'a>(row: &'a Row<'_>) -> rusqlite::Result<RecordRow<'a>> {
    let path = row.get_ref(0)?.as_str()?;
    Ok(RecordRow { path, cid: cid(row, 1)?, bytes: row.get_ref(2)?.as_blob()? })
}

/// The records that are among `wanted`, found by reading all of the account's.
pub fn with_cids(
    connection: &Connection,
    id: AccountId,
    wanted: &HashSet<Cid>,
) -> rusqlite::Result<Vec<(Cid, Bytes)>> {
    let mut statement =
        connection.prepare_cached("SELECT cid, bytes FROM record WHERE account = ?1")?;
    let mut rows = statement.query([id.0])?;
    let mut found = Vec::new();
    while found.len() < wanted.len()
        && let Some(row) = rows.next()?
    {
        let cid = cid(row, 0)?;
        if wanted.contains(&cid) {
            found.push((cid, Bytes::copy_from_slice(row.get_ref(1)?.as_blob()?)));
        }
    }
    Ok(found)
}

/// How many records an account has.
pub fn count(connection: &Connection, id: AccountId) -> rusqlite::Result<u64> {
    let sql = "SELECT count(*) FROM record WHERE account = ?1";
    connection.query_row(sql, [id.0], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

/// The paths of all records of an account.
pub fn paths(connection: &Connection, id: AccountId) -> rusqlite::Result<Vec<RepoPath>> {
    let sql = "SELECT path FROM record WHERE account = ?1";
    super::all(connection, sql, [id.0], |row| parsed(row, 0))
}

/// The collections that hold a record, in order. Leaps from one to the next by the index.
pub fn collections(connection: &Connection, id: AccountId) -> rusqlite::Result<Vec<Nsid>> {
    let sql = "SELECT path FROM record WHERE account = ?1 AND path >= ?2 ORDER BY path LIMIT 1";
    let mut found = Vec::new();
    let mut from = String::new();
    while let Some(path) = find(connection, sql, (id.0, &from), |row| parsed::<RepoPath>(row, 0))? {
        let collection = path.collection();
        from = format!("{collection}0");
        found.push(collection);
    }
    Ok(found)
}

/// All records of an account in the order of the tree: path, CID, revision, bytes.
pub const IN_ORDER: &str =
    "SELECT path, cid, rev, bytes FROM record WHERE account = ?1 ORDER BY path";
