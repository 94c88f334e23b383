//! Passkeys: public keys whose private halves never leave their owners' devices.

use jiff::Timestamp;
use rusqlite::{Connection, Row};

use crate::store::{AccountId, all, execute, find, micros};

/// A passkey.
#[derive(Clone, Debug)]
pub struct Passkey {
    pub id: i64,
    pub account: AccountId,
    pub credential: Vec<u8>,
    pub public_key: Vec<u8>,
    /// The COSE number of its algorithm.
    pub algorithm: i64,
    /// How often it signed, if its device counts; else 0.
    pub counter: u32,
    pub name: String,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

const PASSKEY: &str = "SELECT id, account, credential, public_key, algorithm, counter, name,
                              created_at, used_at FROM passkey";

fn passkey(row: &Row<'_>) -> rusqlite::Result<Passkey> {
    let used_at = match row.get::<_, Option<i64>>(8)? {
        Some(_) => Some(micros(row, 8)?),
        None => None,
    };
    Ok(Passkey {
        id: row.get(0)?,
        account: AccountId(row.get(1)?),
        credential: row.get(2)?,
        public_key: row.get(3)?,
        algorithm: row.get(4)?,
        counter: row.get(5)?,
        name: row.get(6)?,
        created_at: micros(row, 7)?,
        used_at,
    })
}

/// `passkey.id` is given by the database. `false` if the credential is known already.
pub fn insert(connection: &Connection, passkey: &Passkey) -> rusqlite::Result<bool> {
    let sql = "INSERT OR IGNORE INTO passkey
                   (account, credential, public_key, algorithm, counter, name, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let row = (
        passkey.account.0,
        &passkey.credential,
        &passkey.public_key,
        passkey.algorithm,
        passkey.counter,
        &passkey.name,
        passkey.created_at.as_microsecond(),
    );
    Ok(execute(connection, sql, row)? > 0)
}

pub fn by_credential(
    connection: &Connection,
    credential: &[u8],
) -> rusqlite::Result<Option<Passkey>> {
    find(connection, &format!("{PASSKEY} WHERE credential = ?1"), [credential], passkey)
}

pub fn of_account(connection: &Connection, account: AccountId) -> rusqlite::Result<Vec<Passkey>> {
    all(connection, &format!("{PASSKEY} WHERE account = ?1 ORDER BY id"), [account.0], passkey)
}

/// Notes a use; `false` if the passkey was removed meanwhile.
pub fn used(
    connection: &Connection,
    id: i64,
    counter: u32,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let sql = "UPDATE passkey SET counter = ?2, used_at = ?3 WHERE id = ?1";
    Ok(execute(connection, sql, (id, counter, now.as_microsecond()))? > 0)
}

pub fn delete_of_account(connection: &Connection, account: AccountId) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM passkey WHERE account = ?1", [account.0]).map(drop)
}

pub fn delete(connection: &Connection, account: AccountId, id: i64) -> rusqlite::Result<()> {
    let sql = "DELETE FROM passkey WHERE account = ?1 AND id = ?2";
    execute(connection, sql, (account.0, id)).map(drop)
}
