//! What apps asked for, and the sessions they were given. Tokens, codes and request addresses are
//! kept as hashes: whoever reads the database cannot use them.

use jiff::Timestamp;
use rusqlite::{Connection, Row};
use sha2::{Digest, Sha256};

use crate::store::{AccountId, all, execute, find, micros};

/// The hash of a secret, or of several texts that only mean something together.
pub type Hash = [u8; 32];

pub fn hash(parts: &[&str]) -> Hash {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Remembers what may be used once. `false` if it is known already.
pub fn remember(connection: &Connection, hash: &Hash, until: Timestamp) -> rusqlite::Result<bool> {
    let sql = "INSERT OR IGNORE INTO oauth_seen (hash, expires_at) VALUES (?1, ?2)";
    Ok(execute(connection, sql, (hash, until.as_microsecond()))? > 0)
}

/// Whether something was used within the time it is remembered for.
pub fn is_remembered(
    connection: &Connection,
    hash: &Hash,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM oauth_seen WHERE hash = ?1 AND expires_at > ?2";
    let found = find(connection, sql, (hash, now.as_microsecond()), |_| Ok(()))?;
    Ok(found.is_some())
}

pub fn forget(connection: &Connection, hash: &Hash) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM oauth_seen WHERE hash = ?1", [hash]).map(drop)
}

/// What an app asked for.
#[derive(Clone, Debug)]
pub struct StoredRequest {
    /// As JSON.
    pub request: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// Who agreed, once somebody has.
    pub account: Option<AccountId>,
}

fn request(row: &Row<'_>) -> rusqlite::Result<StoredRequest> {
    Ok(StoredRequest {
        request: row.get(0)?,
        created_at: micros(row, 1)?,
        expires_at: micros(row, 2)?,
        account: row.get::<_, Option<i64>>(3)?.map(AccountId),
    })
}

pub fn insert_request(
    connection: &Connection,
    id: &Hash,
    request: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO oauth_request (id, request, created_at, expires_at)
               VALUES (?1, ?2, ?3, ?4)";
    let row = (id, request, now.as_microsecond(), expires_at.as_microsecond());
    execute(connection, sql, row).map(drop)
}

/// A request that nobody has decided on yet.
pub fn open_request(
    connection: &Connection,
    id: &Hash,
    now: Timestamp,
) -> rusqlite::Result<Option<StoredRequest>> {
    let sql = "SELECT request, created_at, expires_at, account FROM oauth_request
               WHERE id = ?1 AND code IS NULL AND expires_at > ?2";
    find(connection, sql, (id, now.as_microsecond()), request)
}

/// Gives whoever reads the page more time.
pub fn extend_request(
    connection: &Connection,
    id: &Hash,
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "UPDATE oauth_request SET expires_at = max(expires_at, ?2)
               WHERE id = ?1 AND code IS NULL";
    execute(connection, sql, (id, expires_at.as_microsecond())).map(drop)
}

/// The owner agreed. `false` if the request was decided on before.
pub fn authorize_request(
    connection: &Connection,
    id: &Hash,
    account: AccountId,
    code: &Hash,
    expires_at: Timestamp,
) -> rusqlite::Result<bool> {
    let sql = "UPDATE oauth_request SET account = ?2, code = ?3, expires_at = ?4
               WHERE id = ?1 AND code IS NULL";
    Ok(execute(connection, sql, (id, account.0, code, expires_at.as_microsecond()))? > 0)
}

pub fn delete_request(connection: &Connection, id: &Hash) -> rusqlite::Result<bool> {
    Ok(execute(connection, "DELETE FROM oauth_request WHERE id = ?1 AND code IS NULL", [id])? > 0)
}

pub fn request_with_code(
    connection: &Connection,
    code: &Hash,
    now: Timestamp,
) -> rusqlite::Result<Option<StoredRequest>> {
    let sql = "SELECT request, created_at, expires_at, account FROM oauth_request
               WHERE code = ?1 AND expires_at > ?2";
    find(connection, sql, (code, now.as_microsecond()), request)
}

/// A code is used up.
pub fn delete_code(connection: &Connection, code: &Hash) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM oauth_request WHERE code = ?1", [code]).map(drop)
}

/// An app that acts for an account.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: i64,
    pub account: AccountId,
    pub client: String,
    pub client_name: Option<String>,
    /// As JSON.
    pub client_auth: String,
    /// The thumbprint of the key its tokens are bound to.
    pub key: String,
    pub scope: String,
    pub allowed: String,
    pub access_expires_at: Timestamp,
    pub created_at: Timestamp,
    pub refreshed_at: Timestamp,
    /// When its refresh token ends.
    pub expires_at: Timestamp,
}

const SESSION: &str = "SELECT id, account, client, client_name, client_auth, key, scope, allowed,
                              access_expires_at, created_at, refreshed_at, expires_at
                       FROM oauth_session";

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        account: AccountId(row.get(1)?),
        client: row.get(2)?,
        client_name: row.get(3)?,
        client_auth: row.get(4)?,
        key: row.get(5)?,
        scope: row.get(6)?,
        allowed: row.get(7)?,
        access_expires_at: micros(row, 8)?,
        created_at: micros(row, 9)?,
        refreshed_at: micros(row, 10)?,
        expires_at: micros(row, 11)?,
    })
}

/// The tokens of a session at one time.
#[derive(Clone, Debug)]
pub struct TokenHashes {
    pub access: Hash,
    pub access_expires_at: Timestamp,
    /// Not every app may go on without asking again.
    pub refresh: Option<Hash>,
    pub expires_at: Timestamp,
}

/// `session.id` is given by the database.
pub fn insert_session(
    connection: &Connection,
    session: &Session,
    code: &Hash,
    tokens: &TokenHashes,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO oauth_session
                   (account, client, client_name, client_auth, key, scope, allowed, code, access,
                    access_expires_at, refresh, created_at, refreshed_at, expires_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13)";
    let row = rusqlite::params![
        session.account.0,
        session.client,
        session.client_name,
        session.client_auth,
        session.key,
        session.scope,
        session.allowed,
        code,
        tokens.access,
        tokens.access_expires_at.as_microsecond(),
        tokens.refresh,
        session.created_at.as_microsecond(),
        tokens.expires_at.as_microsecond(),
    ];
    execute(connection, sql, row).map(drop)
}

pub fn session_with_access(
    connection: &Connection,
    access: &Hash,
) -> rusqlite::Result<Option<Session>> {
    find(connection, &format!("{SESSION} WHERE access = ?1"), [access], session)
}

pub fn session_with_refresh(
    connection: &Connection,
    refresh: &Hash,
) -> rusqlite::Result<Option<Session>> {
    find(connection, &format!("{SESSION} WHERE refresh = ?1"), [refresh], session)
}

/// The session a refresh token belonged to before it was replaced.
pub fn session_with_used_refresh(
    connection: &Connection,
    refresh: &Hash,
) -> rusqlite::Result<Option<Session>> {
    let sql =
        format!("{SESSION} WHERE id = (SELECT session FROM oauth_used_refresh WHERE refresh = ?1)");
    find(connection, &sql, [refresh], session)
}

pub fn session_with_code(
    connection: &Connection,
    code: &Hash,
) -> rusqlite::Result<Option<Session>> {
    find(connection, &format!("{SESSION} WHERE code = ?1"), [code], session)
}

/// The newest first.
pub fn sessions_of(connection: &Connection, account: AccountId) -> rusqlite::Result<Vec<Session>> {
    let sql = format!("{SESSION} WHERE account = ?1 ORDER BY refreshed_at DESC, id DESC");
    all(connection, &sql, [account.0], session)
}

/// Replaces a session's tokens. The refresh token that was used is remembered as such.
pub fn rotate(
    connection: &Connection,
    id: i64,
    allowed: &str,
    tokens: &TokenHashes,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let used = "INSERT INTO oauth_used_refresh (refresh, session)
                SELECT refresh, id FROM oauth_session WHERE id = ?1 AND refresh IS NOT NULL";
    execute(connection, used, [id])?;
    let sql = "UPDATE oauth_session
               SET allowed = ?2, access = ?3, access_expires_at = ?4, refresh = ?5,
                   refreshed_at = ?6, expires_at = ?7
               WHERE id = ?1";
    let row = (
        id,
        allowed,
        tokens.access,
        tokens.access_expires_at.as_microsecond(),
        tokens.refresh,
        now.as_microsecond(),
        tokens.expires_at.as_microsecond(),
    );
    execute(connection, sql, row).map(drop)
}

/// Ends a session at once.
pub fn end(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM oauth_used_refresh WHERE session = ?1", [id])?;
    execute(connection, "DELETE FROM oauth_session WHERE id = ?1", [id]).map(drop)
}

/// Ends every app's session of an account, takes back what is about to become one, and forgets what
/// was agreed to: for a changed password, a takedown, the account's end.
pub fn end_all(connection: &Connection, account: AccountId) -> rusqlite::Result<()> {
    let used = "DELETE FROM oauth_used_refresh
                WHERE session IN (SELECT id FROM oauth_session WHERE account = ?1)";
    execute(connection, used, [account.0])?;
    execute(connection, "DELETE FROM oauth_session WHERE account = ?1", [account.0])?;
    execute(connection, "DELETE FROM oauth_request WHERE account = ?1", [account.0])?;
    execute(connection, "DELETE FROM oauth_consent WHERE account = ?1", [account.0]).map(drop)
}

/// What the owner agreed to before.
pub fn consent(
    connection: &Connection,
    account: AccountId,
    client: &str,
) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT scope FROM oauth_consent WHERE account = ?1 AND client = ?2";
    find(connection, sql, (account.0, client), |row| row.get(0))
}

pub fn set_consent(
    connection: &Connection,
    account: AccountId,
    client: &str,
    scope: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO oauth_consent (account, client, scope, given_at) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (account, client) DO UPDATE SET scope = ?3, given_at = ?4";
    execute(connection, sql, (account.0, client, scope, now.as_microsecond())).map(drop)
}

pub fn delete_consent(
    connection: &Connection,
    account: AccountId,
    client: &str,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM oauth_consent WHERE account = ?1 AND client = ?2";
    execute(connection, sql, (account.0, client)).map(drop)
}

/// Forgets what is good for nothing any more.
pub fn purge(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let now = now.as_microsecond();
    execute(connection, "DELETE FROM oauth_request WHERE expires_at < ?1", [now])?;
    execute(connection, "DELETE FROM oauth_seen WHERE expires_at < ?1", [now])?;
    let used = "DELETE FROM oauth_used_refresh
                WHERE session IN (SELECT id FROM oauth_session WHERE expires_at < ?1)";
    execute(connection, used, [now])?;
    execute(connection, "DELETE FROM oauth_session WHERE expires_at < ?1", [now]).map(drop)
}
