//! What the operator has taken down, each with the operator's own word for why.

use hypercerts_lexicon::Cid;
use hypercerts_repo::RepoPath;
use rusqlite::Connection;

use crate::store::{AccountId, execute, find};

/// `None` lifts the takedown.
pub fn set_account(
    connection: &Connection,
    id: AccountId,
    reference: Option<&str>,
) -> rusqlite::Result<()> {
    let sql = "UPDATE account SET takedown_ref = ?2 WHERE id = ?1";
    execute(connection, sql, (id.0, reference)).map(drop)
}

/// The word for why whatever stands at `path` is taken down, if it is.
pub fn of_record(
    connection: &Connection,
    id: AccountId,
    path: &RepoPath,
) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT ref FROM record_takedown WHERE account = ?1 AND path = ?2";
    find(connection, sql, (id.0, path.as_str()), |row| row.get(0))
}

/// `None` lifts the takedown.
pub fn set_record(
    connection: &Connection,
    id: AccountId,
    path: &RepoPath,
    reference: Option<&str>,
) -> rusqlite::Result<()> {
    match reference {
        Some(reference) => {
            let sql = "INSERT OR REPLACE INTO record_takedown (account, path, ref)
                       VALUES (?1, ?2, ?3)";
            execute(connection, sql, (id.0, path.as_str(), reference)).map(drop)
        }
        None => {
            let sql = "DELETE FROM record_takedown WHERE account = ?1 AND path = ?2";
            execute(connection, sql, (id.0, path.as_str())).map(drop)
        }
    }
}

/// The word for why a file of an account is taken down, if it is.
pub fn of_blob(
    connection: &Connection,
    id: AccountId,
    cid: &Cid,
) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT ref FROM blob_takedown WHERE account = ?1 AND cid = ?2";
    find(connection, sql, (id.0, cid.to_bytes()), |row| row.get(0))
}

/// `None` lifts the takedown.
pub fn set_blob(
    connection: &Connection,
    id: AccountId,
    cid: &Cid,
    reference: Option<&str>,
) -> rusqlite::Result<()> {
    match reference {
        Some(reference) => {
            let sql = "INSERT OR REPLACE INTO blob_takedown (account, cid, ref)
                       VALUES (?1, ?2, ?3)";
            execute(connection, sql, (id.0, cid.to_bytes(), reference)).map(drop)
        }
        None => {
            let sql = "DELETE FROM blob_takedown WHERE account = ?1 AND cid = ?2";
            execute(connection, sql, (id.0, cid.to_bytes())).map(drop)
        }
    }
}
