//! The tables, and how connections to them are opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::IndexError;
use crate::store::facts;

/// The edition of the tables below, kept in `user_version`.
const VERSION: i64 = 2;

const TABLES: &str = "
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    relay INTEGER NOT NULL,
    cursor INTEGER,
    listed INTEGER NOT NULL DEFAULT 0,
    gap INTEGER NOT NULL DEFAULT 0
);

-- state: 0 pending, 1 synchronized, 2 desynchronized; need: 0 identity, 1 repository.
-- retry_at is null while only an event can help.
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    did TEXT NOT NULL UNIQUE,
    handle TEXT,
    pds TEXT,
    key TEXT,
    status TEXT NOT NULL DEFAULT 'active',
    state INTEGER NOT NULL DEFAULT 0,
    need INTEGER NOT NULL DEFAULT 1,
    reason TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER,
    identified_at INTEGER NOT NULL DEFAULT 0,
    repaired_at INTEGER NOT NULL DEFAULT 0,
    rev TEXT,
    commit_cid BLOB,
    data_cid BLOB,
    not_kept INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX account_handle ON account (handle) WHERE handle IS NOT NULL;
CREATE INDEX account_due ON account (retry_at) WHERE state <> 1 AND retry_at IS NOT NULL;
CREATE INDEX account_state ON account (state);

-- validity: 0 valid, 1 invalid, 2 unknown type. The value stands last: rows are read without it.
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    collection INTEGER NOT NULL,
    rkey TEXT NOT NULL,
    cid BLOB NOT NULL,
    rev TEXT NOT NULL,
    commit_cid BLOB NOT NULL,
    key INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    created_at INTEGER,
    indexed_at INTEGER NOT NULL,
    sort_at INTEGER NOT NULL,
    validity INTEGER NOT NULL,
    violations TEXT,
    value BLOB NOT NULL,
    UNIQUE (account, collection, rkey)
);
CREATE INDEX record_newest ON record (collection, sort_at, id);
CREATE INDEX record_by_author ON record (account, collection, sort_at, id);

CREATE TABLE link (
    id INTEGER PRIMARY KEY,
    record INTEGER NOT NULL,
    path TEXT NOT NULL,
    target TEXT NOT NULL,
    target_cid BLOB
);
CREATE INDEX link_record ON link (record);
CREATE INDEX link_target ON link (target, record);

CREATE TABLE tally (
    collection INTEGER NOT NULL,
    validity INTEGER NOT NULL,
    records INTEGER NOT NULL,
    UNIQUE (collection, validity)
);

CREATE TABLE refusal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    source TEXT NOT NULL,
    did TEXT,
    seq INTEGER,
    rev TEXT,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX refusal_did ON refusal (did, id) WHERE did IS NOT NULL;
";

/// What is kept of records besides their bytes; filled again from them whenever it changes.
const FACTS: &str = "
DROP TABLE IF EXISTS claim_text;
CREATE VIRTUAL TABLE claim_text USING fts5 (
    title, summary, names, scope,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE place_text USING fts5 (
    name,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
-- The time of a claim's work: an open side is the least or the greatest number there is.
CREATE TABLE period (record INTEGER PRIMARY KEY, start_at INTEGER NOT NULL, end_at INTEGER NOT NULL);
CREATE TABLE payer (record INTEGER PRIMARY KEY, did TEXT NOT NULL);
";

/// The size of a page in bytes: 8 KB suits rows of a kilobyte.
const PAGE: u32 = 8192;

/// How long a connection waits for another process that holds the lock.
const BUSY: Duration = Duration::from_secs(10);

/// Opens the one connection that writes, and creates the tables in a new file. The file grows to at most
/// `most` bytes.
pub(crate) fn open_writer(file: &Path, most: Option<u64>) -> Result<Connection, IndexError> {
    let db = Connection::open(file)?;
    db.busy_timeout(BUSY)?;
    // Only a new file takes the page size.
    db.pragma_update(None, "page_size", PAGE)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    // A power cut may undo the last transactions, cursor and data together; they are read again.
    db.pragma_update(None, "synchronous", "normal")?;
    db.pragma_update(None, "cache_size", -16_384)?;
    db.pragma_update(None, "temp_store", "memory")?;
    db.set_prepared_statement_cache_capacity(64);
    migrate(&db)?;
    if let Some(bytes) = most {
        db.pragma_update(
            None,
            "max_page_count",
            i64::try_from(bytes / u64::from(PAGE)).unwrap_or(i64::MAX),
        )?;
    }
    Ok(db)
}

/// Opens a connection that can only read.
pub(crate) fn open_reader(file: &Path) -> Result<Connection, IndexError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags)?;
    db.busy_timeout(BUSY)?;
    db.pragma_update(None, "cache_size", -4096)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

fn migrate(db: &Connection) -> Result<(), IndexError> {
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        0 => create(db, &[TABLES, FACTS]),
        1 => create(db, &[FACTS]),
        VERSION => Ok(()),
        found => Err(IndexError::NewerSchema { found, known: VERSION }),
    }
}

fn create(db: &Connection, tables: &[&str]) -> Result<(), IndexError> {
    let tx = db.unchecked_transaction()?;
    tables.iter().try_for_each(|sql| tx.execute_batch(sql))?;
    facts::fill(&tx)?;
    tx.pragma_update(None, "user_version", VERSION)?;
    Ok(tx.commit()?)
}

#[cfg(test)]
mod tests {
    use hypercerts_lexicon::{drisl, json};
    use hypercerts_records::nsid;
    use rusqlite::params;

    use super::*;

    /// A database of the first edition, which kept the words of claims and nothing else beside them.
    fn first_edition(file: &Path) -> Connection {
        let db = Connection::open(file).expect("a database");
        db.execute_batch(TABLES).expect("the tables");
        db.execute_batch(
            "CREATE VIRTUAL TABLE claim_text USING fts5 (title); PRAGMA user_version = 1",
        )
        .expect("the first edition");
        db
    }

    #[test]
    fn facts_of_an_older_edition_are_read_from_its_records() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("index.sqlite");
        let db = first_edition(&file);
        let claim =
            br#"{"title":"Oak wood","workScope":"forestry","endDate":"1970-01-01T00:00:01Z"}"#;
        let value = drisl::encode(&json::parse(claim).expect("data"));
        db.execute("INSERT INTO term (id, text) VALUES (1, ?1)", [nsid::ACTIVITY]).expect("a term");
        let sql = "INSERT INTO record (id, account, collection, rkey, cid, rev, commit_cid, key, origin, indexed_at, \
                   sort_at, validity, value) VALUES (7, 1, 1, 'a', x'', '', x'', 1, 1, 0, 0, 0, ?1)";
        db.execute(sql, params![value]).expect("a record");
        drop(db);

        let db = open_writer(&file, None).expect("it is brought up to date");
        let found = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a row");
        assert_eq!(
            found("SELECT rowid FROM claim_text WHERE claim_text MATCH 'scope : forestry'"),
            7
        );
        assert_eq!(found("SELECT end_at FROM period WHERE record = 7"), 1_000_000);
        assert_eq!(found("SELECT start_at FROM period WHERE record = 7"), i64::MIN);
        assert_eq!(found("PRAGMA user_version"), VERSION);
    }
}
