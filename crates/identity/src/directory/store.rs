//! The directory's database: operations in the order they were taken.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hypercerts_lexicon::{Cid, Did};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, TransactionBehavior, params};

use super::DirectoryError;
use crate::plc::{Accepted, History, LogEntry, PlcError, SignedOperation, is_plc_did, limits};

const SCHEMA_VERSION: i64 = 1;
const SCHEMA: &str = "
    CREATE TABLE operations (
        seq        INTEGER PRIMARY KEY AUTOINCREMENT,
        did        TEXT NOT NULL,
        cid        TEXT NOT NULL UNIQUE,
        operation  TEXT NOT NULL,               -- as JSON
        nullified  INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL UNIQUE      -- milliseconds since 1970
    ) STRICT;
    CREATE INDEX operations_by_did ON operations (did, seq);
    PRAGMA user_version = 1;";

/// What every query selects; read by [`entry`].
const COLUMNS: &str = "seq, did, operation, cid, nullified, created_at";

/// Operations on disk. One connection writes, another reads what has been committed.
pub(super) struct Store {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
}

/// Where an export goes on.
#[derive(Debug, Clone, Copy)]
pub(super) enum After {
    Time(Timestamp),
    Sequence(i64),
}

impl Store {
    pub fn open(path: &Path) -> Result<Self, DirectoryError> {
        let writer = connect(path)?;
        match writer.query_row("PRAGMA user_version", [], |row| row.get(0))? {
            0 => writer.execute_batch(&format!("BEGIN; {SCHEMA} COMMIT;"))?,
            SCHEMA_VERSION => {}
            other => {
                let reason = format!(
                    "it has schema version {other}, and this program knows {SCHEMA_VERSION}"
                );
                return Err(DirectoryError::Unusable(reason));
            }
        }
        Ok(Self { writer: Mutex::new(writer), reader: Mutex::new(connect(path)?) })
    }

    /// Checks an operation against the rules and keeps it, in one transaction.
    pub fn submit(&self, did: &Did, operation: SignedOperation) -> Result<(), DirectoryError> {
        if !is_plc_did(did) {
            return Err(DirectoryError::BadRequest(format!("{did} is not a did:plc")));
        }
        limits::check(&operation)?;
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if take(&transaction, did, operation, Timestamp::now())? {
            transaction.commit()?;
        }
        Ok(())
    }

    /// The newest operation in force.
    pub fn last(&self, did: &str) -> Result<LogEntry, DirectoryError> {
        let newest = "did = ?1 AND nullified = 0 ORDER BY seq DESC LIMIT 1";
        let found = query(&lock(&self.reader), newest, params![did])?;
        found
            .into_iter()
            .next()
            .map(|(_, entry)| entry)
            .ok_or_else(|| DirectoryError::NotRegistered(did.to_owned()))
    }

    /// All operations, oldest first, the nullified ones included.
    pub fn audit(&self, did: &str) -> Result<Vec<LogEntry>, DirectoryError> {
        let found = query(&lock(&self.reader), "did = ?1 ORDER BY seq", params![did])?;
        match found.is_empty() {
            true => Err(DirectoryError::NotRegistered(did.to_owned())),
            false => Ok(found.into_iter().map(|(_, entry)| entry).collect()),
        }
    }

    /// At most `count` operations of all DIDs with their sequence numbers, oldest first.
    pub fn export(&self, after: After, count: u32) -> Result<Vec<(i64, LogEntry)>, DirectoryError> {
        let reader = lock(&self.reader);
        match after {
            After::Time(at) => query(
                &reader,
                "created_at > ?1 ORDER BY created_at LIMIT ?2",
                params![at.as_millisecond(), count],
            ),
            After::Sequence(seq) => {
                query(&reader, "seq > ?1 ORDER BY seq LIMIT ?2", params![seq, count])
            }
        }
    }

    /// Whether the database answers.
    pub fn check(&self) -> Result<(), DirectoryError> {
        Ok(lock(&self.reader).query_row("SELECT 1", [], |_| Ok(()))?)
    }
}

fn connect(path: &Path) -> Result<Connection, DirectoryError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// A thread that panicked left no half transaction behind: an unfinished one rolls back when it is dropped.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds an operation to its DID's history; whether that changed anything.
fn take(
    database: &Connection,
    did: &Did,
    operation: SignedOperation,
    now: Timestamp,
) -> Result<bool, DirectoryError> {
    let mut history = history(database, did)?;
    let cid = operation.cid();
    if history.last().is_some_and(|last| last.cid == cid) {
        return Ok(false);
    }
    let at = next_time(database, now)?;
    let json = serde_json::to_string(&operation)
        .map_err(|error| PlcError::Malformed(error.to_string()))?;
    for undone in history.admit(operation, cid, at)? {
        database
            .execute("UPDATE operations SET nullified = 1 WHERE cid = ?1", [undone.to_string()])?;
    }
    database.execute(
        "INSERT INTO operations (did, cid, operation, created_at) VALUES (?1, ?2, ?3, ?4)",
        params![did.as_str(), cid.to_string(), json, at.as_millisecond()],
    )?;
    Ok(true)
}

fn history(database: &Connection, did: &Did) -> Result<History, DirectoryError> {
    let found = query(database, "did = ?1 AND nullified = 0 ORDER BY seq", params![did.as_str()])?;
    let accepted = |entry: LogEntry| Accepted {
        operation: entry.operation,
        cid: entry.cid,
        at: entry.created_at,
    };
    Ok(History::checked(did.clone(), found.into_iter().map(|(_, entry)| accepted(entry)).collect()))
}

/// The time of the next operation. No two operations share a millisecond and none is dated before an earlier one,
/// even when the clock is put back, so that an export by time neither skips nor repeats.
fn next_time(database: &Connection, now: Timestamp) -> Result<Timestamp, DirectoryError> {
    let newest: Option<i64> =
        database.query_row("SELECT max(created_at) FROM operations", [], |row| row.get(0))?;
    let at = newest.map_or(i64::MIN, |newest| newest + 1).max(now.as_millisecond());
    Timestamp::from_millisecond(at).map_err(|error| DirectoryError::Unusable(error.to_string()))
}

fn query(
    database: &Connection,
    clause: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<(i64, LogEntry)>, DirectoryError> {
    let mut statement =
        database.prepare_cached(&format!("SELECT {COLUMNS} FROM operations WHERE {clause}"))?;
    let rows = statement.query_map(parameters, entry)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(i64, LogEntry)> {
    let text = |column: usize| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
    let created_at = Timestamp::from_millisecond(row.get(5)?).map_err(|error| damaged(5, error))?;
    let entry = LogEntry {
        did: Did::parse(text(1)?).map_err(|error| damaged(1, error))?,
        operation: SignedOperation::from_json(text(2)?.as_bytes())
            .map_err(|error| damaged(2, error))?,
        cid: Cid::parse(text(3)?).map_err(|error| damaged(3, error))?,
        nullified: row.get(4)?,
        created_at,
    };
    Ok((row.get(0)?, entry))
}

fn damaged(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}
