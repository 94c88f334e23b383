//! Codes that were mailed, by their hashes.

use jiff::Timestamp;
use rusqlite::Connection;

use crate::store::{AccountId, execute, timestamp};

pub struct MailedToken {
    pub account: AccountId,
    pub purpose: &'static str,
    pub hash: [u8; 32],
    pub expires_at: Timestamp,
}

/// Stores a token in place of the one the account had for the same purpose.
pub fn upsert(connection: &Connection, token: &MailedToken) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO mailed_token (account, purpose, hash, expires_at)
               VALUES (?1, ?2, ?3, ?4)";
    let MailedToken { account, purpose, hash, expires_at } = token;
    execute(connection, sql, (account.0, purpose, hash, expires_at.as_microsecond())).map(drop)
}

pub fn find(
    connection: &Connection,
    purpose: &'static str,
    hash: &[u8; 32],
) -> rusqlite::Result<Option<MailedToken>> {
    let sql = "SELECT account, expires_at FROM mailed_token WHERE hash = ?1 AND purpose = ?2";
    super::find(connection, sql, (hash, purpose), |row| {
        let account = AccountId(row.get(0)?);
        Ok(MailedToken { account, purpose, hash: *hash, expires_at: timestamp(row, 1)? })
    })
}

pub fn delete(connection: &Connection, account: AccountId, purpose: &str) -> rusqlite::Result<()> {
    let sql = "DELETE FROM mailed_token WHERE account = ?1 AND purpose = ?2";
    execute(connection, sql, (account.0, purpose)).map(drop)
}

pub fn delete_of_account(connection: &Connection, account: AccountId) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM mailed_token WHERE account = ?1", [account.0]).map(drop)
}

/// Forgets what is good for nothing any more.
pub fn purge(connection: &Connection, now: Timestamp) -> rusqlite::Result<usize> {
    execute(connection, "DELETE FROM mailed_token WHERE expires_at < ?1", [now.as_microsecond()])
}
