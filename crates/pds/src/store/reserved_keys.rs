//! Signing keys that were given out before their account is here, sealed for their owner.

use hypercerts_lexicon::Did;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::store::{execute, find};

/// The sealed key that waits for `owner`, unless it has waited too long.
pub fn get(
    connection: &Connection,
    owner: &Did,
    now: Timestamp,
) -> rusqlite::Result<Option<Vec<u8>>> {
    let sql = "SELECT sealed FROM reserved_key WHERE owner = ?1 AND expires_at > ?2";
    find(connection, sql, (owner.as_str(), now.as_microsecond()), |row| row.get(0))
}

/// Stores a key, or lets the one that is there wait longer.
pub fn upsert(
    connection: &Connection,
    owner: &Did,
    sealed: &[u8],
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO reserved_key (owner, sealed, expires_at) VALUES (?1, ?2, ?3)
               ON CONFLICT (owner) DO UPDATE SET sealed = ?2, expires_at = ?3";
    execute(connection, sql, (owner.as_str(), sealed, expires_at.as_microsecond())).map(drop)
}

pub fn count(connection: &Connection) -> rusqlite::Result<i64> {
    let counted = find(connection, "SELECT count(*) FROM reserved_key", [], |row| row.get(0))?;
    Ok(counted.unwrap_or_default())
}

pub fn delete(connection: &Connection, owner: &Did) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM reserved_key WHERE owner = ?1", [owner.as_str()]).map(drop)
}

/// Forgets what nobody came for.
pub fn purge(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "DELETE FROM reserved_key WHERE expires_at < ?1";
    execute(connection, sql, [now.as_microsecond()]).map(drop)
}
