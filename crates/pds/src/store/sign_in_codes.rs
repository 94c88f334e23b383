//! Codes that were mailed to sign in with: one for an account, kept as a hash.

use jiff::Timestamp;
use rusqlite::Connection;

use crate::store::oauth::Hash;
use crate::store::{AccountId, execute, find, micros};

/// A code that was sent.
#[derive(Clone, Debug)]
pub struct SentCode {
    pub code: Hash,
    /// How often another one was given.
    pub tries: u32,
    pub expires_at: Timestamp,
}

/// Replaces the one before.
pub fn set(
    connection: &Connection,
    account: AccountId,
    code: &Hash,
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO sign_in_code (account, code, tries, expires_at) VALUES (?1, ?2, 0, ?3)
               ON CONFLICT (account) DO UPDATE SET code = ?2, tries = 0, expires_at = ?3";
    execute(connection, sql, (account.0, code, expires_at.as_microsecond())).map(drop)
}

pub fn get(connection: &Connection, account: AccountId) -> rusqlite::Result<Option<SentCode>> {
    let sql = "SELECT code, tries, expires_at FROM sign_in_code WHERE account = ?1";
    find(connection, sql, [account.0], |row| {
        Ok(SentCode { code: row.get(0)?, tries: row.get(1)?, expires_at: micros(row, 2)? })
    })
}

pub fn count_try(connection: &Connection, account: AccountId) -> rusqlite::Result<()> {
    let sql = "UPDATE sign_in_code SET tries = tries + 1 WHERE account = ?1";
    execute(connection, sql, [account.0]).map(drop)
}

pub fn delete(connection: &Connection, account: AccountId) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM sign_in_code WHERE account = ?1", [account.0]).map(drop)
}

pub fn purge(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "DELETE FROM sign_in_code WHERE expires_at < ?1";
    execute(connection, sql, [now.as_microsecond()]).map(drop)
}
