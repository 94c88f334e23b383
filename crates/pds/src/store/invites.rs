//! Invitations, and who used them.

use hypercerts_lexicon::Did;
use jiff::Timestamp;
use rusqlite::{Connection, Row};

use crate::store::{all, execute, find, micros, parsed};

/// An invitation.
#[derive(Clone, Debug)]
pub struct Invite {
    pub id: i64,
    pub code: String,
    /// How many accounts can be made with it, in all.
    pub available: u32,
    pub disabled: bool,
    /// Whom it was made for: a DID, or [`FOR_NOBODY`].
    pub for_account: String,
    pub created_at: Timestamp,
    /// How many accounts were made with it.
    pub uses: u32,
}

/// Invitations that were made for no account are the operator's own.
pub const FOR_NOBODY: &str = "admin";

/// An account that was made with an invitation.
#[derive(Clone, Debug)]
pub struct Use {
    pub by: Did,
    pub at: Timestamp,
}

const INVITE: &str = "SELECT * FROM (SELECT id, code, available, disabled, for_account, created_at,
    (SELECT count(*) FROM invite_use WHERE invite_use.code = invite_code.id) AS uses
    FROM invite_code)";

fn invite(row: &Row<'_>) -> rusqlite::Result<Invite> {
    Ok(Invite {
        id: row.get(0)?,
        code: row.get(1)?,
        available: row.get(2)?,
        disabled: row.get(3)?,
        for_account: row.get(4)?,
        created_at: micros(row, 5)?,
        uses: row.get(6)?,
    })
}

pub fn insert(
    connection: &Connection,
    code: &str,
    available: u32,
    for_account: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO invite_code (code, available, for_account, created_at)
               VALUES (?1, ?2, ?3, ?4)";
    execute(connection, sql, (code, available, for_account, now.as_microsecond())).map(drop)
}

pub fn by_code(connection: &Connection, code: &str) -> rusqlite::Result<Option<Invite>> {
    find(connection, &format!("{INVITE} WHERE code = ?1"), [code], invite)
}

/// The invitations that were made for an account, oldest first.
pub fn made_for(connection: &Connection, did: &Did) -> rusqlite::Result<Vec<Invite>> {
    let sql = format!("{INVITE} WHERE for_account = ?1 ORDER BY id");
    all(connection, &sql, [did.as_str()], invite)
}

/// The invitation that an account was made with.
pub fn used_by(connection: &Connection, did: &Did) -> rusqlite::Result<Option<Invite>> {
    let sql =
        format!("{INVITE} WHERE id IN (SELECT code FROM invite_use WHERE used_by = ?1) LIMIT 1");
    find(connection, &sql, [did.as_str()], invite)
}

/// The newest after the one with the number `after`, newest first.
pub fn recent(
    connection: &Connection,
    after: Option<i64>,
    limit: u32,
) -> rusqlite::Result<Vec<Invite>> {
    let sql = format!("{INVITE} WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
    all(connection, &sql, (after.unwrap_or(i64::MAX), limit), invite)
}

/// The most used after the one with `after`'s uses and number, most used first.
pub fn most_used(
    connection: &Connection,
    after: Option<(u32, i64)>,
    limit: u32,
) -> rusqlite::Result<Vec<Invite>> {
    let (uses, id) = after.unwrap_or((u32::MAX, i64::MAX));
    let sql = format!("{INVITE} WHERE (uses, id) < (?1, ?2) ORDER BY uses DESC, id DESC LIMIT ?3");
    all(connection, &sql, (uses, id, limit), invite)
}

/// Who used an invitation, the last one first.
pub fn uses(connection: &Connection, invite: &Invite) -> rusqlite::Result<Vec<Use>> {
    let sql = "SELECT used_by, used_at FROM invite_use WHERE code = ?1 ORDER BY used_at DESC";
    all(connection, sql, [invite.id], |row| Ok(Use { by: parsed(row, 0)?, at: micros(row, 1)? }))
}

pub fn note_use(
    connection: &Connection,
    invite: &Invite,
    by: &Did,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO invite_use (code, used_by, used_at) VALUES (?1, ?2, ?3)";
    execute(connection, sql, (invite.id, by.as_str(), now.as_microsecond())).map(drop)
}

pub fn disable(connection: &Connection, code: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE invite_code SET disabled = 1 WHERE code = ?1";
    execute(connection, sql, [code]).map(drop)
}

pub fn disable_made_for(connection: &Connection, for_account: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE invite_code SET disabled = 1 WHERE for_account = ?1";
    execute(connection, sql, [for_account]).map(drop)
}
