//! Groups: accounts that several people look after.
//!
//! * [`members`]: who looks after a group, and as what.
//! * [`authors`]: who wrote which of its records.
//! * [`transfers`]: a proposal that somebody else should own it.
//! * [`audit`]: what was done and what was refused. Rows are added and never changed.

pub mod audit;
pub mod authors;
pub mod members;
pub mod transfers;

use jiff::Timestamp;
use rusqlite::{Connection, Row};

use crate::store::{AccountId, execute, find};

/// Makes an account a group.
pub fn insert(connection: &Connection, id: AccountId, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "INSERT INTO group_account (account, created_at) VALUES (?1, ?2)";
    execute(connection, sql, (id.0, now.as_microsecond())).map(drop)
}

pub fn is_group(connection: &Connection, id: AccountId) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM group_account WHERE account = ?1";
    Ok(find(connection, sql, [id.0], |_| Ok(()))?.is_some())
}

/// Reads a column of microseconds.
fn time(row: &Row<'_>, index: usize) -> rusqlite::Result<Timestamp> {
    let micros: i64 = row.get(index)?;
    Timestamp::from_microsecond(micros)
        .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, micros))
}
