//! What is known of uploaded blobs, and which records refer to them. The bytes are files.

use hypercerts_lexicon::{Blob, Cid, Tid};
use hypercerts_repo::RepoPath;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::store::{AccountId, all, cid, execute, find, parsed, rev_number};

/// A blob of an account: its type and its size in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBlob {
    pub mime_type: String,
    pub size: u64,
}

pub fn get(
    connection: &Connection,
    id: AccountId,
    wanted: &Cid,
) -> rusqlite::Result<Option<StoredBlob>> {
    let sql = "SELECT mime_type, size FROM blob WHERE account = ?1 AND cid = ?2";
    find(connection, sql, (id.0, wanted.to_bytes()), stored)
}

/// As [`get`], but only if a record refers to it, as until then a blob is nobody else's business,
/// and the operator has not taken it down.
pub fn get_served(
    connection: &Connection,
    id: AccountId,
    wanted: &Cid,
) -> rusqlite::Result<Option<StoredBlob>> {
    let sql = "SELECT mime_type, size FROM blob
               WHERE account = ?1 AND cid = ?2 AND unreferenced_since IS NULL AND NOT EXISTS
                   (SELECT 1 FROM blob_takedown WHERE account = ?1 AND cid = ?2)";
    find(connection, sql, (id.0, wanted.to_bytes()), stored)
}

fn stored(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredBlob> {
    Ok(StoredBlob { mime_type: row.get(0)?, size: row.get::<_, i64>(1)?.unsigned_abs() })
}

/// Notes an upload. Uploading again what a record refers to changes nothing; what no record refers
/// to gets type and time anew. A record that was brought along may refer to it already.
pub fn upsert(
    connection: &Connection,
    id: AccountId,
    blob: &Blob,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO blob (account, cid, mime_type, size, unreferenced_since)
               VALUES (?1, ?2, ?3, ?4, iif(
                   EXISTS (SELECT 1 FROM record_blob WHERE account = ?1 AND cid = ?2), NULL, ?5))
               ON CONFLICT (account, cid) DO UPDATE SET
                   mime_type = iif(unreferenced_since IS NULL, mime_type, excluded.mime_type),
                   unreferenced_since = iif(unreferenced_since IS NULL, NULL, ?5)";
    let size = i64::try_from(blob.size).unwrap_or(i64::MAX);
    let row = (id.0, blob.cid.to_bytes(), &blob.mime_type, size, now.as_microsecond());
    execute(connection, sql, row).map(drop)
}

/// Notes that the record at `path` refers to a blob.
pub fn refer(
    connection: &Connection,
    id: AccountId,
    path: &RepoPath,
    blob: &Cid,
    rev: Tid,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO record_blob (account, path, cid, rev)
               VALUES (?1, ?2, ?3, ?4)";
    execute(connection, sql, (id.0, path.as_str(), blob.to_bytes(), rev_number(rev)))?;
    let sql = "UPDATE blob SET unreferenced_since = NULL WHERE account = ?1 AND cid = ?2";
    execute(connection, sql, (id.0, blob.to_bytes())).map(drop)
}

/// Notes that the record at `path` refers to nothing any more. Blobs that nothing else refers to
/// begin to wait for collection.
pub fn forget_references(
    connection: &Connection,
    id: AccountId,
    path: &RepoPath,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM record_blob WHERE account = ?1 AND path = ?2 RETURNING cid";
    let freed = all(connection, sql, (id.0, path.as_str()), |row| cid(row, 0))?;
    for blob in freed {
        let sql = "UPDATE blob SET unreferenced_since = ?3
                   WHERE account = ?1 AND cid = ?2 AND NOT EXISTS
                       (SELECT 1 FROM record_blob WHERE account = ?1 AND cid = ?2)";
        execute(connection, sql, (id.0, blob.to_bytes(), now.as_microsecond()))?;
    }
    Ok(())
}

/// The blobs that records written after `since` refer to, by CID after `cursor`.
pub fn list(
    connection: &Connection,
    id: AccountId,
    since: Option<Tid>,
    cursor: Option<&Cid>,
    limit: u32,
) -> rusqlite::Result<Vec<Cid>> {
    let sql = "SELECT DISTINCT cid FROM record_blob
               WHERE account = ?1 AND cid > ?2 AND rev > ?3 ORDER BY cid LIMIT ?4";
    let cursor = cursor.map(|cid| cid.to_bytes().to_vec()).unwrap_or_default();
    let since = since.map_or(-1, rev_number);
    all(connection, sql, (id.0, cursor, since, limit), |row| cid(row, 0))
}

/// Blobs that records refer to and that were never uploaded, by CID after `cursor`, each with one
/// of the records.
pub fn missing(
    connection: &Connection,
    id: AccountId,
    cursor: Option<&Cid>,
    limit: u32,
) -> rusqlite::Result<Vec<(Cid, RepoPath)>> {
    let sql = "SELECT cid, min(path) FROM record_blob
               WHERE account = ?1 AND cid > ?2 AND NOT EXISTS
                   (SELECT 1 FROM blob WHERE account = ?1 AND blob.cid = record_blob.cid)
               GROUP BY cid ORDER BY cid LIMIT ?3";
    let cursor = cursor.map(|cid| cid.to_bytes().to_vec()).unwrap_or_default();
    all(connection, sql, (id.0, cursor, limit), |row| Ok((cid(row, 0)?, parsed(row, 1)?)))
}

/// All blobs of an account.
pub fn all_of(connection: &Connection, id: AccountId) -> rusqlite::Result<Vec<Cid>> {
    all(connection, "SELECT cid FROM blob WHERE account = ?1", [id.0], |row| cid(row, 0))
}

/// How many blobs records refer to, and how many of these are here.
pub fn counts(connection: &Connection, id: AccountId) -> rusqlite::Result<(u64, u64)> {
    let sql = "SELECT count(*), count(here) FROM (
                   SELECT DISTINCT cid, (SELECT 1 FROM blob
                       WHERE account = ?1 AND blob.cid = record_blob.cid) AS here
                   FROM record_blob WHERE account = ?1)";
    let count = |number: i64| number.unsigned_abs();
    find(connection, sql, [id.0], |row| Ok((count(row.get(0)?), count(row.get(1)?))))
        .map(Option::unwrap_or_default)
}

/// Takes blobs out of the books that nothing has referred to since `before`, at most `limit`.
/// Their files are to be deleted once this is on disk.
pub fn take_unreferenced(
    connection: &Connection,
    before: Timestamp,
    limit: u32,
) -> rusqlite::Result<Vec<(AccountId, Cid)>> {
    let sql = "DELETE FROM blob WHERE rowid IN
                   (SELECT rowid FROM blob WHERE unreferenced_since < ?1 LIMIT ?2)
               RETURNING account, cid";
    all(connection, sql, (before.as_microsecond(), limit), |row| {
        Ok((AccountId(row.get(0)?), cid(row, 1)?))
    })
}
