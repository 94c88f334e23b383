//! Mails on their way out.

use jiff::Timestamp;
use rusqlite::Connection;

use crate::store::{all, execute};

/// A mail as it is stored: sealed.
pub struct Queued {
    pub id: i64,
    pub sealed: Vec<u8>,
    pub attempts: u32,
}

pub fn insert(connection: &Connection, sealed: &[u8], now: Timestamp) -> rusqlite::Result<()> {
    let sql = "INSERT INTO mail (sealed, created_at, next_attempt_at) VALUES (?1, ?2, ?2)";
    execute(connection, sql, (sealed, now.as_microsecond())).map(drop)
}

fn queued(row: &rusqlite::Row<'_>) -> rusqlite::Result<Queued> {
    Ok(Queued { id: row.get(0)?, sealed: row.get(1)?, attempts: row.get(2)? })
}

/// Mails whose turn it is, oldest first.
pub fn due(connection: &Connection, now: Timestamp, limit: u32) -> rusqlite::Result<Vec<Queued>> {
    let sql = "SELECT id, sealed, attempts FROM mail WHERE next_attempt_at <= ?1
               ORDER BY next_attempt_at, id LIMIT ?2";
    all(connection, sql, (now.as_microsecond(), limit), queued)
}

/// The newest mails, oldest first.
pub fn newest(connection: &Connection, limit: u32) -> rusqlite::Result<Vec<Queued>> {
    let sql = "SELECT * FROM (SELECT id, sealed, attempts FROM mail ORDER BY id DESC LIMIT ?1)
               ORDER BY id";
    all(connection, sql, [limit], queued)
}

pub fn delete(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM mail WHERE id = ?1", [id]).map(drop)
}

/// Keeps only the newest mails.
pub fn keep_newest(connection: &Connection, count: u32) -> rusqlite::Result<()> {
    let sql = "DELETE FROM mail WHERE id <= (SELECT max(id) FROM mail) - ?1";
    execute(connection, sql, [count]).map(drop)
}

pub fn put_off(connection: &Connection, id: i64, until: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE mail SET attempts = attempts + 1, next_attempt_at = ?2 WHERE id = ?1";
    execute(connection, sql, (id, until.as_microsecond())).map(drop)
}
