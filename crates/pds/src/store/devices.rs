//! Browsers, and who is signed in there. A browser is known by a cookie, kept as a hash, which is
//! replaced whenever somebody signs in.

use hypercerts_lexicon::{Did, Handle};
use jiff::Timestamp;
use rusqlite::{Connection, Row};

use crate::store::oauth::Hash;
use crate::store::{AccountId, all, execute, find, micros, parsed};

/// A row of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceId(pub i64);

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub account: AccountId,
    pub did: Did,
    pub handle: Handle,
    pub signed_in_at: Timestamp,
}

/// A browser as its owner recognises it.
#[derive(Clone, Debug)]
pub struct Device {
    pub id: DeviceId,
    pub user_agent: String,
    pub address: Option<String>,
    pub signed_in_at: Timestamp,
    pub seen_at: Timestamp,
}

pub fn by_cookie(
    connection: &Connection,
    cookie: &Hash,
) -> rusqlite::Result<Option<(DeviceId, Timestamp)>> {
    let sql = "SELECT id, seen_at FROM device WHERE cookie = ?1";
    find(connection, sql, [cookie], |row| Ok((DeviceId(row.get(0)?), micros(row, 1)?)))
}

pub fn insert(
    connection: &Connection,
    cookie: &Hash,
    user_agent: &str,
    address: Option<&str>,
    now: Timestamp,
) -> rusqlite::Result<DeviceId> {
    let sql = "INSERT INTO device (cookie, user_agent, address, created_at, seen_at)
               VALUES (?1, ?2, ?3, ?4, ?4)";
    execute(connection, sql, (cookie, user_agent, address, now.as_microsecond()))?;
    Ok(DeviceId(connection.last_insert_rowid()))
}

/// Gives a browser another cookie; the one before is worth nothing any more.
pub fn set_cookie(
    connection: &Connection,
    id: DeviceId,
    cookie: &Hash,
    user_agent: &str,
    address: Option<&str>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "UPDATE device SET cookie = ?2, user_agent = ?3, address = ?4, seen_at = ?5
               WHERE id = ?1";
    execute(connection, sql, (id.0, cookie, user_agent, address, now.as_microsecond())).map(drop)
}

pub fn touch(
    connection: &Connection,
    id: DeviceId,
    address: Option<&str>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "UPDATE device SET seen_at = ?2, address = ?3 WHERE id = ?1";
    execute(connection, sql, (id.0, now.as_microsecond(), address)).map(drop)
}

pub fn sign_in(
    connection: &Connection,
    id: DeviceId,
    account: AccountId,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO device_account (device, account, signed_in_at) VALUES (?1, ?2, ?3)
               ON CONFLICT (device, account) DO UPDATE SET signed_in_at = ?3";
    execute(connection, sql, (id.0, account.0, now.as_microsecond())).map(drop)
}

pub fn sign_out(connection: &Connection, id: DeviceId, account: AccountId) -> rusqlite::Result<()> {
    let sql = "DELETE FROM device_account WHERE device = ?1 AND account = ?2";
    execute(connection, sql, (id.0, account.0)).map(drop)
}

/// Signs an account out of every browser.
pub fn sign_out_everywhere(connection: &Connection, account: AccountId) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM device_account WHERE account = ?1", [account.0]).map(drop)
}

fn signed_in(row: &Row<'_>) -> rusqlite::Result<SignedIn> {
    Ok(SignedIn {
        account: AccountId(row.get(0)?),
        did: parsed(row, 1)?,
        handle: parsed(row, 2)?,
        signed_in_at: micros(row, 3)?,
    })
}

/// Who is signed in, the last one first.
pub fn accounts(
    connection: &Connection,
    id: DeviceId,
    since: Timestamp,
) -> rusqlite::Result<Vec<SignedIn>> {
    let sql = "SELECT account.id, account.did, account.handle, device_account.signed_in_at
               FROM device_account JOIN account ON account.id = device_account.account
               WHERE device_account.device = ?1 AND device_account.signed_in_at > ?2
               ORDER BY device_account.signed_in_at DESC";
    all(connection, sql, (id.0, since.as_microsecond()), signed_in)
}

/// The browsers an account is signed in with, the last used first.
pub fn of_account(
    connection: &Connection,
    account: AccountId,
    since: Timestamp,
) -> rusqlite::Result<Vec<Device>> {
    let sql = "SELECT device.id, device.user_agent, device.address,
                      device_account.signed_in_at, device.seen_at
               FROM device_account JOIN device ON device.id = device_account.device
               WHERE device_account.account = ?1 AND device_account.signed_in_at > ?2
               ORDER BY device.seen_at DESC";
    all(connection, sql, (account.0, since.as_microsecond()), |row| {
        Ok(Device {
            id: DeviceId(row.get(0)?),
            user_agent: row.get(1)?,
            address: row.get(2)?,
            signed_in_at: micros(row, 3)?,
            seen_at: micros(row, 4)?,
        })
    })
}

/// Forgets browsers that were not seen for long, and sign-ins that are over.
pub fn purge(connection: &Connection, before: Timestamp) -> rusqlite::Result<()> {
    let before = before.as_microsecond();
    execute(connection, "DELETE FROM device_account WHERE signed_in_at < ?1", [before])?;
    let empty = "DELETE FROM device WHERE seen_at < ?1
                 OR NOT EXISTS (SELECT 1 FROM device_account WHERE device = device.id)";
    execute(connection, empty, [before]).map(drop)
}
