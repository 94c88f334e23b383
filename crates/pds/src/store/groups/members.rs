//! Who looks after a group, and as what.

use hypercerts_lexicon::{Did, Handle};
use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::time;
use crate::group::role::Role;
use crate::store::{AccountId, all, execute, find, parsed};

/// A member of a group.
#[derive(Clone, Debug)]
pub struct Member {
    /// In the order in which members came.
    pub id: i64,
    pub did: Did,
    pub role: Role,
    pub added_by: Did,
    pub added_at: Timestamp,
}

fn member(row: &Row<'_>) -> rusqlite::Result<Member> {
    Ok(Member {
        id: row.get(0)?,
        did: parsed(row, 1)?,
        role: parsed(row, 2)?,
        added_by: parsed(row, 3)?,
        added_at: time(row, 4)?,
    })
}

pub fn insert(
    connection: &Connection,
    group: AccountId,
    did: &Did,
    role: Role,
    added_by: &Did,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO group_member (account, did, role, added_by, added_at)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = (group.0, did.as_str(), role.name(), added_by.as_str(), now.as_microsecond());
    execute(connection, sql, row).map(drop)
}

pub fn role(
    connection: &Connection,
    group: AccountId,
    did: &Did,
) -> rusqlite::Result<Option<Role>> {
    let sql = "SELECT role FROM group_member WHERE account = ?1 AND did = ?2";
    find(connection, sql, (group.0, did.as_str()), |row| parsed(row, 0))
}

pub fn set_role(
    connection: &Connection,
    group: AccountId,
    did: &Did,
    role: Role,
) -> rusqlite::Result<()> {
    let sql = "UPDATE group_member SET role = ?3 WHERE account = ?1 AND did = ?2";
    execute(connection, sql, (group.0, did.as_str(), role.name())).map(drop)
}

pub fn owner(connection: &Connection, group: AccountId) -> rusqlite::Result<Option<Did>> {
    let sql = "SELECT did FROM group_member WHERE account = ?1 AND role = 'owner'";
    find(connection, sql, [group.0], |row| parsed(row, 0))
}

/// A group that somebody owns, if there is one.
pub fn owned_by(connection: &Connection, did: &Did) -> rusqlite::Result<Option<Handle>> {
    let sql = "SELECT handle FROM group_member JOIN account ON account.id = group_member.account
               WHERE group_member.did = ?1 AND role = 'owner' LIMIT 1";
    find(connection, sql, [did.as_str()], |row| parsed(row, 0))
}

pub fn delete(connection: &Connection, group: AccountId, did: &Did) -> rusqlite::Result<()> {
    let sql = "DELETE FROM group_member WHERE account = ?1 AND did = ?2";
    execute(connection, sql, (group.0, did.as_str())).map(drop)
}

pub fn count(connection: &Connection, group: AccountId) -> rusqlite::Result<u32> {
    let sql = "SELECT count(*) FROM group_member WHERE account = ?1";
    Ok(find(connection, sql, [group.0], |row| row.get(0))?.unwrap_or(0))
}

/// Members who came after `cursor`, in the order in which they came.
pub fn list(
    connection: &Connection,
    group: AccountId,
    cursor: i64,
    limit: u32,
) -> rusqlite::Result<Vec<Member>> {
    let sql = "SELECT id, did, role, added_by, added_at FROM group_member
               WHERE account = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
    all(connection, sql, (group.0, cursor, limit), member)
}

/// A group that somebody is a member of.
#[derive(Clone, Debug)]
pub struct Membership {
    pub id: i64,
    pub group: Did,
    pub role: Role,
    pub joined_at: Timestamp,
}

/// The groups somebody is a member of, in the order in which they came to them.
pub fn of(
    connection: &Connection,
    did: &Did,
    cursor: i64,
    limit: u32,
) -> rusqlite::Result<Vec<Membership>> {
    let sql = "SELECT group_member.id, account.did, role, added_at
               FROM group_member JOIN account ON account.id = group_member.account
               WHERE group_member.did = ?1 AND group_member.id > ?2
               ORDER BY group_member.id LIMIT ?3";
    all(connection, sql, (did.as_str(), cursor, limit), |row| {
        Ok(Membership {
            id: row.get(0)?,
            group: parsed(row, 1)?,
            role: parsed(row, 2)?,
            joined_at: time(row, 3)?,
        })
    })
}
