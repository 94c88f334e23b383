//! Who wrote which record of a group.

use hypercerts_lexicon::Did;
use hypercerts_repo::RepoPath;
use rusqlite::Connection;

use crate::store::{AccountId, execute, find, parsed};

pub fn insert(
    connection: &Connection,
    group: AccountId,
    path: &RepoPath,
    author: &Did,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO group_author (account, path, author) VALUES (?1, ?2, ?3)";
    execute(connection, sql, (group.0, path.as_str(), author.as_str())).map(drop)
}

pub fn get(
    connection: &Connection,
    group: AccountId,
    path: &RepoPath,
) -> rusqlite::Result<Option<Did>> {
    let sql = "SELECT author FROM group_author WHERE account = ?1 AND path = ?2";
    find(connection, sql, (group.0, path.as_str()), |row| parsed(row, 0))
}

/// Call when a record is deleted, of whatever account: what is written at its path later is another
/// record.
pub fn forget(connection: &Connection, id: AccountId, path: &RepoPath) -> rusqlite::Result<()> {
    let sql = "DELETE FROM group_author WHERE account = ?1 AND path = ?2";
    execute(connection, sql, (id.0, path.as_str())).map(drop)
}
