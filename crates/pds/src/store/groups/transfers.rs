//! A proposal that somebody else should own a group; at most one at a time.

use hypercerts_lexicon::Did;
use jiff::Timestamp;
use rusqlite::Connection;

use super::time;
use crate::store::{AccountId, execute, find, parsed};

/// What the owner proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    pub proposed_by: Did,
    pub proposed_owner: Did,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Takes the place of an earlier proposal.
pub fn put(connection: &Connection, group: AccountId, transfer: &Transfer) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO group_transfer
                   (account, proposed_by, proposed_owner, created_at, expires_at)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = (
        group.0,
        transfer.proposed_by.as_str(),
        transfer.proposed_owner.as_str(),
        transfer.created_at.as_microsecond(),
        transfer.expires_at.as_microsecond(),
    );
    execute(connection, sql, row).map(drop)
}

/// The proposal, if it has not lapsed.
pub fn get(
    connection: &Connection,
    group: AccountId,
    now: Timestamp,
) -> rusqlite::Result<Option<Transfer>> {
    let sql = "SELECT proposed_by, proposed_owner, created_at, expires_at FROM group_transfer
               WHERE account = ?1 AND expires_at > ?2";
    find(connection, sql, (group.0, now.as_microsecond()), |row| {
        Ok(Transfer {
            proposed_by: parsed(row, 0)?,
            proposed_owner: parsed(row, 1)?,
            created_at: time(row, 2)?,
            expires_at: time(row, 3)?,
        })
    })
}

pub fn delete(connection: &Connection, group: AccountId) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM group_transfer WHERE account = ?1", [group.0]).map(drop)
}

/// Call when somebody's place in the group changes: what was proposed of them no longer holds.
pub fn delete_of(connection: &Connection, group: AccountId, did: &Did) -> rusqlite::Result<()> {
    let sql = "DELETE FROM group_transfer
               WHERE account = ?1 AND (proposed_by = ?2 OR proposed_owner = ?2)";
    execute(connection, sql, (group.0, did.as_str())).map(drop)
}
