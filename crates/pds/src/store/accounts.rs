//! Accounts, accounts about to be, and app passwords.
//!
//! A *pending* account has its keys and a signed did:plc genesis operation, but the directory may
//! not know of it yet. It reserves the handle, and it is what makes a creation that broke off in
//! the middle continuable: the keys of a DID the directory already knows are never lost.

use std::str::FromStr;

use hypercerts_lexicon::{Did, Handle};
use hypercerts_repo::PublicKey;
use jiff::Timestamp;
use rusqlite::{Connection, Row};

use crate::store::{AccountId, all, execute, find, mailed_tokens, micros, parsed, sign_in_codes};

/// An account on this server.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: AccountId,
    pub did: Did,
    pub handle: Handle,
    pub email: Option<String>,
    /// Whether the owner has shown that they read mail to that address.
    pub email_confirmed: bool,
    pub status: Status,
    /// When whatever was begun with it was ended last, if ever. Whoever saw another value than
    /// there is has lost what let them in.
    pub ended_at: Option<Timestamp>,
}

/// Whether an account is served to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Active,
    /// By its owner, or because it has just come from elsewhere.
    Deactivated,
    /// By the operator, for good.
    TakenDown,
    /// By the operator, for a while.
    Suspended,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Active, Self::Deactivated, Self::TakenDown, Self::Suspended];

    /// As the protocol spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::TakenDown => "takendown",
            Self::Suspended => "suspended",
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::TakenDown => "taken down",
            other => other.name(),
        }
    }

    pub fn is_active(self) -> bool {
        self == Self::Active
    }

    /// What answers say of an account that is not active.
    pub fn of_inactive(self) -> Option<&'static str> {
        (!self.is_active()).then(|| self.name())
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.name() == text).ok_or(UnknownStatus)
    }
}

/// No status is called that.
#[derive(Debug, thiserror::Error)]
#[error("no status of an account is called that")]
pub struct UnknownStatus;

/// What an account consists of before it has a row. Keys are sealed, the password is hashed.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub did: Did,
    pub handle: Handle,
    pub email: Option<String>,
    pub password: String,
    pub signing_key: Vec<u8>,
    pub rotation_key: Vec<u8>,
    /// The signed genesis operation, as the JSON the directory takes.
    pub genesis: Vec<u8>,
}

const ACCOUNT: &str = "SELECT id, did, handle, email, email_confirmed_at IS NOT NULL,
     iif(takedown_ref IS NULL, status, 'takendown'), ended_at FROM account";

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: AccountId(row.get(0)?),
        did: parsed(row, 1)?,
        handle: parsed(row, 2)?,
        email: row.get(3)?,
        email_confirmed: row.get(4)?,
        status: parsed(row, 5)?,
        ended_at: moment(row, 6)?,
    })
}

fn moment(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(index)? {
        Some(_) => micros(row, index).map(Some),
        None => Ok(None),
    }
}

pub fn by_did(connection: &Connection, did: &Did) -> rusqlite::Result<Option<Account>> {
    find(connection, &format!("{ACCOUNT} WHERE did = ?1"), [did.as_str()], account)
}

pub fn by_id(connection: &Connection, id: AccountId) -> rusqlite::Result<Option<Account>> {
    find(connection, &format!("{ACCOUNT} WHERE id = ?1"), [id.0], account)
}

pub fn by_handle(connection: &Connection, handle: &Handle) -> rusqlite::Result<Option<Account>> {
    find(connection, &format!("{ACCOUNT} WHERE handle = ?1"), [handle.as_str()], account)
}

/// `email` in lower case.
pub fn by_email(connection: &Connection, email: &str) -> rusqlite::Result<Option<Account>> {
    find(connection, &format!("{ACCOUNT} WHERE email = ?1"), [email], account)
}

pub fn insert(
    connection: &Connection,
    new: &NewAccount,
    now: Timestamp,
) -> rusqlite::Result<AccountId> {
    let sql = "INSERT INTO account
                   (did, handle, email, password, signing_key, rotation_key, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let row = (
        new.did.as_str(),
        new.handle.as_str(),
        &new.email,
        &new.password,
        &new.signing_key,
        &new.rotation_key,
        now.as_microsecond(),
    );
    execute(connection, sql, row)?;
    Ok(AccountId(connection.last_insert_rowid()))
}

/// Remembers what signed the repository where the account comes from.
pub fn set_arrival_key(
    connection: &Connection,
    id: AccountId,
    key: &PublicKey,
) -> rusqlite::Result<()> {
    let sql = "UPDATE account SET arrival_key = ?2 WHERE id = ?1";
    execute(connection, sql, (id.0, key.to_did_key())).map(drop)
}

pub fn arrival_key(connection: &Connection, id: AccountId) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT arrival_key FROM account WHERE id = ?1 AND arrival_key IS NOT NULL";
    find(connection, sql, [id.0], |row| row.get(0))
}

/// The argon2id hash of the account's own password, if it has one.
pub fn password_hash(connection: &Connection, id: AccountId) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT password FROM account WHERE id = ?1 AND password <> ''";
    find(connection, sql, [id.0], |row| row.get(0))
}

/// The sealed key that signs the account's commits.
pub fn signing_key(connection: &Connection, id: AccountId) -> rusqlite::Result<Option<Vec<u8>>> {
    let sql = "SELECT signing_key FROM account WHERE id = ?1";
    find(connection, sql, [id.0], |row| row.get(0))
}

/// The sealed key that signs the account's did:plc operations.
pub fn rotation_key(connection: &Connection, id: AccountId) -> rusqlite::Result<Option<Vec<u8>>> {
    let sql = "SELECT rotation_key FROM account WHERE id = ?1";
    find(connection, sql, [id.0], |row| row.get(0))
}

pub fn set_handle(connection: &Connection, id: AccountId, handle: &Handle) -> rusqlite::Result<()> {
    let sql = "UPDATE account SET handle = ?2 WHERE id = ?1";
    execute(connection, sql, (id.0, handle.as_str())).map(drop)
}

/// An address that is new is not confirmed, and what was mailed to the one before is good for
/// nothing.
pub fn set_email(connection: &Connection, id: AccountId, email: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE account SET email = ?2, email_confirmed_at = NULL WHERE id = ?1";
    execute(connection, sql, (id.0, email))?;
    mailed_tokens::delete_of_account(connection, id)?;
    sign_in_codes::delete(connection, id)
}

/// Notes that whatever was begun with an account is ended.
pub fn set_ended(connection: &Connection, id: AccountId, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE account SET ended_at = ?2 WHERE id = ?1";
    execute(connection, sql, (id.0, now.as_microsecond())).map(drop)
}

/// Takes password and address from an account.
pub fn lock(connection: &Connection, id: AccountId) -> rusqlite::Result<()> {
    let sql = "UPDATE account SET password = '', email = NULL, email_confirmed_at = NULL
               WHERE id = ?1";
    execute(connection, sql, [id.0])?;
    sign_in_codes::delete(connection, id)
}

pub fn confirm_email(
    connection: &Connection,
    id: AccountId,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "UPDATE account SET email_confirmed_at = ?2 WHERE id = ?1";
    execute(connection, sql, (id.0, now.as_microsecond())).map(drop)
}

pub fn set_password(connection: &Connection, id: AccountId, hash: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE account SET password = ?2 WHERE id = ?1";
    execute(connection, sql, (id.0, hash)).map(drop)
}

/// Every table that has rows of an account, with the column that says of which.
const OF_ACCOUNT: &[(&str, &str)] = &[
    ("app_password", "account"),
    ("refresh_token", "account"),
    ("mailed_token", "account"),
    ("preferences", "account"),
    ("oauth_request", "account"),
    ("oauth_session", "account"),
    ("oauth_consent", "account"),
    ("device_account", "account"),
    ("passkey", "account"),
    ("sign_in_code", "account"),
    ("record_takedown", "account"),
    ("blob_takedown", "account"),
    ("record_blob", "account"),
    ("blob", "account"),
    ("record", "account"),
    ("node", "account"),
    ("repo", "account"),
    ("account", "id"),
];

/// Takes an account out of every table.
pub fn delete(connection: &Connection, id: AccountId) -> rusqlite::Result<()> {
    OF_ACCOUNT.iter().try_for_each(|(table, column)| {
        let sql = format!("DELETE FROM {table} WHERE {column} = ?1");
        execute(connection, &sql, [id.0]).map(drop)
    })
}

/// The status its owner gives it; a takedown covers it.
pub fn set_status(
    connection: &Connection,
    id: AccountId,
    status: Status,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "UPDATE account SET status = ?2,
                   deactivated_at = iif(?2 = 'deactivated', coalesce(deactivated_at, ?3), NULL)
               WHERE id = ?1";
    execute(connection, sql, (id.0, status.name(), now.as_microsecond())).map(drop)
}

/// What the operator sees of an account besides.
#[derive(Clone, Debug)]
pub struct Details {
    pub created_at: Timestamp,
    pub email_confirmed_at: Option<Timestamp>,
    pub deactivated_at: Option<Timestamp>,
    /// The operator's word for why it is taken down, if it is.
    pub takedown: Option<String>,
    pub invites_disabled: bool,
}

pub fn details(connection: &Connection, id: AccountId) -> rusqlite::Result<Option<Details>> {
    let sql = "SELECT created_at, email_confirmed_at, deactivated_at, takedown_ref,
                   invites_disabled
               FROM account WHERE id = ?1";
    find(connection, sql, [id.0], |row| {
        Ok(Details {
            created_at: micros(row, 0)?,
            email_confirmed_at: moment(row, 1)?,
            deactivated_at: moment(row, 2)?,
            takedown: row.get(3)?,
            invites_disabled: row.get(4)?,
        })
    })
}

pub fn set_invites_disabled(
    connection: &Connection,
    id: AccountId,
    disabled: bool,
) -> rusqlite::Result<()> {
    let sql = "UPDATE account SET invites_disabled = ?2 WHERE id = ?1";
    execute(connection, sql, (id.0, disabled)).map(drop)
}

pub fn insert_pending(
    connection: &Connection,
    new: &NewAccount,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO pending_account
                   (did, handle, email, password, signing_key, rotation_key, genesis, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let row = (
        new.did.as_str(),
        new.handle.as_str(),
        &new.email,
        &new.password,
        &new.signing_key,
        &new.rotation_key,
        &new.genesis,
        now.as_microsecond(),
    );
    execute(connection, sql, row).map(drop)
}

pub fn pending(connection: &Connection, handle: &Handle) -> rusqlite::Result<Option<NewAccount>> {
    let sql = "SELECT did, handle, email, password, signing_key, rotation_key, genesis
               FROM pending_account WHERE handle = ?1";
    find(connection, sql, [handle.as_str()], |row| {
        Ok(NewAccount {
            did: parsed(row, 0)?,
            handle: parsed(row, 1)?,
            email: row.get(2)?,
            password: row.get(3)?,
            signing_key: row.get(4)?,
            rotation_key: row.get(5)?,
            genesis: row.get(6)?,
        })
    })
}

pub fn delete_pending(connection: &Connection, handle: &Handle) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM pending_account WHERE handle = ?1", [handle.as_str()])
        .map(drop)
}

/// Gives up creations nobody came back for; their handles are free again.
pub fn purge_pending(connection: &Connection, before: Timestamp) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM pending_account WHERE created_at < ?1";
    execute(connection, sql, [before.as_microsecond()])
}

/// An app password, without its secret.
#[derive(Clone, Debug)]
pub struct AppPassword {
    pub name: String,
    pub privileged: bool,
    pub created_at: Timestamp,
}

const APP_PASSWORD: &str = "SELECT name, privileged, created_at FROM app_password";

fn app_password(row: &Row<'_>) -> rusqlite::Result<AppPassword> {
    let micros: i64 = row.get(2)?;
    let created_at = Timestamp::from_microsecond(micros)
        .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(2, micros))?;
    Ok(AppPassword { name: row.get(0)?, privileged: row.get(1)?, created_at })
}

pub fn insert_app_password(
    connection: &Connection,
    id: AccountId,
    password: &AppPassword,
    hash: &[u8],
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO app_password (account, name, hash, privileged, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let created_at = password.created_at.as_microsecond();
    let row = (id.0, &password.name, hash, password.privileged, created_at);
    execute(connection, sql, row).map(drop)
}

pub fn app_password_named(
    connection: &Connection,
    id: AccountId,
    name: &str,
) -> rusqlite::Result<Option<AppPassword>> {
    let sql = format!("{APP_PASSWORD} WHERE account = ?1 AND name = ?2");
    find(connection, &sql, (id.0, name), app_password)
}

pub fn app_password_with_hash(
    connection: &Connection,
    id: AccountId,
    hash: &[u8],
) -> rusqlite::Result<Option<AppPassword>> {
    let sql = format!("{APP_PASSWORD} WHERE account = ?1 AND hash = ?2");
    find(connection, &sql, (id.0, hash), app_password)
}

pub fn app_passwords(connection: &Connection, id: AccountId) -> rusqlite::Result<Vec<AppPassword>> {
    let sql = format!("{APP_PASSWORD} WHERE account = ?1 ORDER BY created_at DESC");
    all(connection, &sql, [id.0], app_password)
}

pub fn delete_app_password(
    connection: &Connection,
    id: AccountId,
    name: &str,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM app_password WHERE account = ?1 AND name = ?2";
    execute(connection, sql, (id.0, name)).map(drop)
}

pub fn delete_app_passwords(connection: &Connection, id: AccountId) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM app_password WHERE account = ?1", [id.0]).map(drop)
}
