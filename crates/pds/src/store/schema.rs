//! The tables, and how connections are set up.
//!
//! Ordinary rowid tables with a UNIQUE index beside them, never `WITHOUT ROWID` with hashes as
//! keys: rows are then appended in order and only the small index is touched at random, which is
//! several times faster. Pages of 8 KiB hold a handful of records each.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::OpenError;
use crate::store::StoreError;

const PAGE_BYTES: u32 = 8192;

/// Pages in the log before the writer moves them into the database: 32 MiB.
const CHECKPOINT_PAGES: u32 = 4096;

/// More than the number of distinct statements, so that each is prepared once.
const STATEMENTS: usize = 256;

/// What brings a database from one schema version to the next, the first one from nothing. A step
/// that has been released is never changed: what comes later is a further step.
const STEPS: [&str; 11] = [
    include_str!("steps/1-repositories.sql"),
    include_str!("steps/2-status.sql"),
    include_str!("steps/3-mail.sql"),
    include_str!("steps/4-oauth.sql"),
    include_str!("steps/5-groups.sql"),
    include_str!("steps/6-preferences.sql"),
    include_str!("steps/7-reserved-keys.sql"),
    include_str!("steps/8-operator.sql"),
    include_str!("steps/9-arrival-key.sql"),
    include_str!("steps/10-ways-in.sql"),
    include_str!("steps/11-sign-in-codes.sql"),
];

/// Opens the connection of the writer, creating or checking the schema.
pub fn open_for_writing(path: &Path, max_bytes: Option<u64>) -> Result<Connection, OpenError> {
    let mut connection = Connection::open(path).map_err(StoreError::from)?;
    set_up_writer(&connection).map_err(StoreError::from)?;
    take_steps(&mut connection)?;
    if let Some(bytes) = max_bytes {
        let pages = (bytes / u64::from(PAGE_BYTES)).max(1);
        connection
            .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
            .map_err(StoreError::from)?;
    }
    Ok(connection)
}

/// Statements are planned once and kept. With plans that look at bound values SQLite would make
/// that of every `LIMIT ?` anew each time.
fn keep_statements(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

fn set_up_writer(connection: &Connection) -> rusqlite::Result<()> {
    keep_statements(connection)?;
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

/// Takes the steps that the database has not taken yet, all of them or none.
fn take_steps(connection: &mut Connection) -> Result<(), OpenError> {
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(StoreError::from)?;
    let found: i64 =
        tx.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(StoreError::from)?;
    let newest = i64::try_from(STEPS.len()).expect("invariant: there are a few steps");
    let taken = usize::try_from(found).ok().and_then(|taken| STEPS.get(taken..));
    let Some(missing) = taken else {
        return Err(OpenError::NewerSchema { found, known: newest });
    };
    for step in missing {
        tx.execute_batch(step).map_err(StoreError::from)?;
    }
    tx.pragma_update(None, "user_version", newest).map_err(StoreError::from)?;
    tx.commit().map_err(|error| StoreError::from(error).into())
}

/// Opens a connection that can only read.
pub fn open_for_reading(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    keep_statements(&connection)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "cache_size", -2 * 1024)?;
    Ok(connection)
}
