//! Refresh tokens. A *session* is the chain of tokens that began with one login.

use hypercerts_xrpc::tokens::REFRESH_LIFETIME;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::store::{AccountId, all, execute, find, micros};

/// A refresh token as it is remembered: by its identifier, never by its text.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    pub id: String,
    pub session: String,
    pub account: AccountId,
    /// The name of the app password that began the session, if one did.
    pub app_password: Option<String>,
    /// The identifier of the token that replaces this one, once it has been used.
    pub successor: Option<String>,
    pub expires_at: Timestamp,
}

pub fn insert(connection: &Connection, token: &RefreshToken) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO refresh_token (id, session, account, app_password, successor, expires_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = (
        &token.id,
        &token.session,
        token.account.0,
        &token.app_password,
        &token.successor,
        token.expires_at.as_microsecond(),
    );
    execute(connection, sql, row).map(drop)
}

pub fn by_id(connection: &Connection, id: &str) -> rusqlite::Result<Option<RefreshToken>> {
    let sql = "SELECT id, session, account, app_password, successor, expires_at
               FROM refresh_token WHERE id = ?1";
    find(connection, sql, [id], |row| {
        let micros: i64 = row.get(5)?;
        Ok(RefreshToken {
            id: row.get(0)?,
            session: row.get(1)?,
            account: AccountId(row.get(2)?),
            app_password: row.get(3)?,
            successor: row.get(4)?,
            expires_at: Timestamp::from_microsecond(micros)
                .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(5, micros))?,
        })
    })
}

/// Whether a session of an account goes on: its last token has not expired, and nobody ended it.
pub fn is_open(
    connection: &Connection,
    account: AccountId,
    session: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM refresh_token WHERE session = ?1 AND account = ?2 AND expires_at > ?3";
    Ok(find(connection, sql, (session, account.0, now.as_microsecond()), |_| Ok(()))?.is_some())
}

/// Marks a token as replaced; it stays good until `expires_at` for clients that missed the answer.
pub fn set_successor(
    connection: &Connection,
    id: &str,
    successor: &str,
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "UPDATE refresh_token SET successor = ?2, expires_at = min(expires_at, ?3)
               WHERE id = ?1";
    execute(connection, sql, (id, successor, expires_at.as_microsecond())).map(drop)
}

/// Ends the session that the token belongs to.
pub fn delete_session_of(connection: &Connection, id: &str) -> rusqlite::Result<()> {
    let sql = "DELETE FROM refresh_token
               WHERE session = (SELECT session FROM refresh_token WHERE id = ?1)";
    execute(connection, sql, [id]).map(drop)
}

/// Ends the sessions that an app password began.
pub fn delete_of_app_password(
    connection: &Connection,
    account: AccountId,
    name: &str,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM refresh_token WHERE account = ?1 AND app_password = ?2";
    execute(connection, sql, (account.0, name)).map(drop)
}

/// Ends the sessions that any app password of an account began.
pub fn delete_of_app_passwords(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM refresh_token WHERE account = ?1 AND app_password IS NOT NULL";
    execute(connection, sql, [account.0]).map(drop)
}

/// Ends every session of an account.
pub fn delete_of_account(connection: &Connection, account: AccountId) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM refresh_token WHERE account = ?1", [account.0]).map(drop)
}

/// Forgets tokens that are good for nothing any more.
pub fn purge(connection: &Connection, now: Timestamp) -> rusqlite::Result<usize> {
    execute(connection, "DELETE FROM refresh_token WHERE expires_at < ?1", [now.as_microsecond()])
}

/// A session that is going on.
#[derive(Clone, Debug)]
pub struct OpenSession {
    pub session: String,
    pub app_password: Option<String>,
    pub refreshed_at: Timestamp,
}

/// The sessions of an account, the last used first.
pub fn of_account(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<Vec<OpenSession>> {
    let sql = "SELECT session, app_password, max(expires_at) FROM refresh_token
               WHERE account = ?1 AND successor IS NULL
               GROUP BY session ORDER BY max(expires_at) DESC";
    all(connection, sql, [account.0], |row| {
        Ok(OpenSession {
            session: row.get(0)?,
            app_password: row.get(1)?,
            refreshed_at: micros(row, 2)? - REFRESH_LIFETIME,
        })
    })
}

/// Ends a session of an account.
pub fn delete_session(
    connection: &Connection,
    account: AccountId,
    session: &str,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM refresh_token WHERE account = ?1 AND session = ?2";
    execute(connection, sql, (account.0, session)).map(drop)
}
