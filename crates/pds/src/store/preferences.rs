//! What apps keep privately for an account, as they wrote it.

use rusqlite::Connection;

use crate::store::{AccountId, execute, find};

pub fn get(connection: &Connection, account: AccountId) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT list FROM preferences WHERE account = ?1";
    find(connection, sql, [account.0], |row| row.get(0))
}

pub fn set(connection: &Connection, account: AccountId, list: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO preferences (account, list) VALUES (?1, ?2)
               ON CONFLICT (account) DO UPDATE SET list = excluded.list";
    execute(connection, sql, (account.0, list)).map(drop)
}
