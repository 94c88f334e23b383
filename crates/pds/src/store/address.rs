//! The address that the server goes by, which stands in the identity of each of its accounts.

use rusqlite::Connection;

use crate::store::{execute, find};

const KEY: &str = "public-url";

/// Writes the address down. The one before, if it was another and there are accounts that may be
/// looked for there.
pub fn replace(connection: &Connection, address: &str) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT value FROM meta WHERE key = ?1 AND EXISTS (SELECT 1 FROM account)";
    let before = find(connection, sql, [KEY], |row| row.get(0))?;
    let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2)
               ON CONFLICT (key) DO UPDATE SET value = ?2 WHERE value <> ?2";
    execute(connection, sql, (KEY, address))?;
    Ok(before.filter(|before: &String| before != address))
}
