//! The tables, and how connections are set up.
//!
//! Ordinary rowid tables with a UNIQUE index beside them, never `WITHOUT ROWID` with hashes as
//! keys: rows are then appended in order and only the small index is touched at random, which is
//! several times faster. Pages of 8 KiB hold a handful of records each.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::OpenError;
use crate::store::StoreError;

const VERSION: i64 = 1;
const PAGE_BYTES: u32 = 8192;

/// Pages in the log before the writer moves them into the database: 32 MiB.
const CHECKPOINT_PAGES: u32 = 4096;

/// More than the number of distinct statements, so that each is prepared once.
const STATEMENTS: usize = 128;

/// `path` in `record` is `collection/rkey` in one column: the tree orders by the whole text, and
/// SQLite compares text byte by byte, so a scan by `path` walks the tree's own order.
/// Revisions are TIDs as numbers, times are Unix microseconds, CIDs are 36 bytes.
const TABLES: &str = "
CREATE TABLE meta (
    key TEXT NOT NULL UNIQUE,
    value BLOB NOT NULL
);
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    did TEXT NOT NULL UNIQUE,
    handle TEXT NOT NULL UNIQUE,
    email TEXT UNIQUE,
    password TEXT NOT NULL,
    signing_key BLOB NOT NULL,
    rotation_key BLOB NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE pending_account (
    handle TEXT NOT NULL UNIQUE,
    did TEXT NOT NULL UNIQUE,
    email TEXT,
    password TEXT NOT NULL,
    signing_key BLOB NOT NULL,
    rotation_key BLOB NOT NULL,
    genesis BLOB NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE app_password (
    account INTEGER NOT NULL,
    name TEXT NOT NULL,
    hash BLOB NOT NULL,
    privileged INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (account, name)
);
CREATE TABLE refresh_token (
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL,
    account INTEGER NOT NULL,
    app_password TEXT,
    successor TEXT,
    expires_at INTEGER NOT NULL
);
CREATE INDEX refresh_token_by_session ON refresh_token (session);
CREATE INDEX refresh_token_by_account ON refresh_token (account);
CREATE INDEX refresh_token_by_expiry ON refresh_token (expires_at);
CREATE TABLE repo (
    account INTEGER PRIMARY KEY,
    rev INTEGER NOT NULL,
    head BLOB NOT NULL,
    data BLOB NOT NULL,
    block BLOB NOT NULL
);
CREATE TABLE node (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    cid BLOB NOT NULL,
    rev INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (account, cid)
);
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    path TEXT NOT NULL,
    cid BLOB NOT NULL,
    rev INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (account, path)
);
CREATE TABLE blob (
    account INTEGER NOT NULL,
    cid BLOB NOT NULL,
    mime_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    unreferenced_since INTEGER,
    UNIQUE (account, cid)
);
CREATE INDEX blob_unreferenced ON blob (unreferenced_since) WHERE unreferenced_since IS NOT NULL;
CREATE TABLE record_blob (
    account INTEGER NOT NULL,
    path TEXT NOT NULL,
    cid BLOB NOT NULL,
    rev INTEGER NOT NULL,
    UNIQUE (account, path, cid)
);
CREATE INDEX record_blob_by_cid ON record_blob (account, cid);
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    frame BLOB NOT NULL
);
";

/// Opens the connection of the writer, creating or checking the schema.
pub fn open_for_writing(path: &Path, max_bytes: Option<u64>) -> Result<Connection, OpenError> {
    let mut connection = Connection::open(path).map_err(StoreError::from)?;
    set_up_writer(&connection).map_err(StoreError::from)?;
    create_tables(&mut connection)?;
    if let Some(bytes) = max_bytes {
        let pages = (bytes / u64::from(PAGE_BYTES)).max(1);
        connection
            .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
            .map_err(StoreError::from)?;
    }
    Ok(connection)
}

fn set_up_writer(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Negative: KiB instead of pages.
    connection.pragma_update(None, "cache_size", -24 * 1024)
}

fn create_tables(connection: &mut Connection) -> Result<(), OpenError> {
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(StoreError::from)?;
    let found: i64 =
        tx.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(StoreError::from)?;
    match found {
        VERSION => return Ok(()),
        0 => {}
        _ => return Err(OpenError::NewerSchema { found, known: VERSION }),
    }
    tx.execute_batch(TABLES).map_err(StoreError::from)?;
    tx.pragma_update(None, "user_version", VERSION).map_err(StoreError::from)?;
    tx.commit().map_err(|error| StoreError::from(error).into())
}

/// Opens a connection that can only read.
pub fn open_for_reading(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "cache_size", -2 * 1024)?;
    Ok(connection)
}
