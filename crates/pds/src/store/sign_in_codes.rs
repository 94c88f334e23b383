//! Codes that were mailed to sign in with: one for each browser that asked, kept as a hash.

use jiff::Timestamp;
use rusqlite::Connection;

use crate::store::oauth::Hash;
use crate::store::{AccountId, execute, find, micros};

/// Codes of one account; beyond, those that end first are forgotten.
const KEPT: u32 = 100;

/// A code that was sent.
#[derive(Clone, Debug)]
pub struct SentCode {
    pub code: Hash,
    /// How often another one was given.
    pub tries: u32,
    pub expires_at: Timestamp,
}

/// Replaces the one before of the same browser.
pub fn set(
    connection: &Connection,
    account: AccountId,
    browser: &Hash,
    code: &Hash,
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO sign_in_code (account, browser, code, tries, expires_at)
               VALUES (?1, ?2, ?3, 0, ?4)
               ON CONFLICT (account, browser) DO UPDATE SET code = ?3, tries = 0, expires_at = ?4";
    execute(connection, sql, (account.0, browser, code, expires_at.as_microsecond()))?;
    let sql = "DELETE FROM sign_in_code WHERE rowid IN (
                   SELECT rowid FROM sign_in_code WHERE account = ?1
                   ORDER BY expires_at DESC LIMIT -1 OFFSET ?2)";
    execute(connection, sql, (account.0, KEPT)).map(drop)
}

pub fn get(
    connection: &Connection,
    account: AccountId,
    browser: &Hash,
) -> rusqlite::Result<Option<SentCode>> {
    let sql =
        "SELECT code, tries, expires_at FROM sign_in_code WHERE account = ?1 AND browser = ?2";
    find(connection, sql, (account.0, browser), |row| {
        Ok(SentCode { code: row.get(0)?, tries: row.get(1)?, expires_at: micros(row, 2)? })
    })
}

pub fn count_try(
    connection: &Connection,
    account: AccountId,
    browser: &Hash,
) -> rusqlite::Result<()> {
    let sql = "UPDATE sign_in_code SET tries = tries + 1 WHERE account = ?1 AND browser = ?2";
    execute(connection, sql, (account.0, browser)).map(drop)
}

/// Every code of the account.
pub fn delete(connection: &Connection, account: AccountId) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM sign_in_code WHERE account = ?1", [account.0]).map(drop)
}

pub fn purge(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "DELETE FROM sign_in_code WHERE expires_at < ?1";
    execute(connection, sql, [now.as_microsecond()]).map(drop)
}
