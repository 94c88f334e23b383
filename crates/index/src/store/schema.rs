//! The tables, and how connections to them are opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::IndexError;
use crate::store::judged;
use crate::store::renew::renew;

/// The edition of the tables below, kept in `user_version`.
const VERSION: i64 = 3;

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

/// Records as they stand, and the versions that stood before.
const RECORDS: &str = "
-- kind: what records of the collection are called today. met_at: when the first version was stored,
-- indexed_at: when this one was. validity: 0 valid, 1 invalid, 2 unknown type. The value stands last: rows
-- are read without it.
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    collection INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    rkey TEXT NOT NULL,
    cid BLOB NOT NULL,
    rev TEXT NOT NULL,
    commit_cid BLOB NOT NULL,
    key INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    created_at INTEGER,
    met_at INTEGER NOT NULL,
    indexed_at INTEGER NOT NULL,
    sort_at INTEGER NOT NULL,
    validity INTEGER NOT NULL,
    violations TEXT,
    value BLOB NOT NULL,
    UNIQUE (account, collection, rkey)
);
CREATE INDEX record_newest ON record (kind, sort_at, id);
CREATE INDEX record_by_author ON record (account, kind, sort_at, id);


-- bytes: the length of the value, 0 when it is no longer kept.
CREATE TABLE version (
    id INTEGER PRIMARY KEY,
    record INTEGER NOT NULL,
    cid BLOB NOT NULL,
    rev TEXT NOT NULL,
    seen_from INTEGER NOT NULL,
    seen_until INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    value BLOB
);
CREATE INDEX version_record ON version (record, id);
CREATE INDEX version_kept ON version (id) WHERE bytes > 0;

-- One row: the bytes of all versions.
CREATE TABLE history (bytes INTEGER NOT NULL);
INSERT INTO history (bytes) VALUES (0);
";

/// Takes over the records of an earlier edition, whose kinds are read from them afterwards.
const TAKE_OVER: &str = "
INSERT INTO record (id, account, collection, kind, rkey, cid, rev, commit_cid, key, origin, created_at, met_at,
    indexed_at, sort_at, validity, violations, value)
SELECT id, account, collection, collection, rkey, cid, rev, commit_cid, key, origin, created_at, indexed_at,
    indexed_at, sort_at, validity, violations, value FROM record_before;
DROP TABLE record_before;
DELETE FROM link;
DELETE FROM tally;
";

/// Puts the records of an earlier edition aside.
const PUT_ASIDE: &str = "
DROP INDEX record_newest;
DROP INDEX record_by_author;
ALTER TABLE record RENAME TO record_before;
";

/// What is kept of records besides their bytes; filled again from them whenever it changes.
const FACTS: &str = "
DROP TABLE IF EXISTS claim_text;
CREATE VIRTUAL TABLE claim_text USING fts5 (
    title, summary, names, scope,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
DROP TABLE IF EXISTS place_text;
CREATE VIRTUAL TABLE place_text USING fts5 (
    name,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
DROP TABLE IF EXISTS period;
-- The time of a claim's work: an open side is the least or the greatest number there is.
CREATE TABLE period (record INTEGER PRIMARY KEY, start_at INTEGER NOT NULL, end_at INTEGER NOT NULL);
DROP TABLE IF EXISTS payer;
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
    keep_statements(&db)?;
    migrate(&db)?;
    db.execute_batch(judged::TABLE)?;
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
    keep_statements(&db)?;
    Ok(db)
}

/// Statements are planned once and kept. With plans that look at bound values SQLite would make
/// that of every `LIMIT ?` anew each time.
fn keep_statements(db: &Connection) -> rusqlite::Result<()> {
    db.set_prepared_statement_cache_capacity(64);
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

fn migrate(db: &Connection) -> Result<(), IndexError> {
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        0 => create(db, &[TABLES, RECORDS, FACTS]),
        1 | 2 => create(db, &[PUT_ASIDE, RECORDS, TAKE_OVER, FACTS]),
        VERSION => Ok(()),
        found => Err(IndexError::NewerSchema { found, known: VERSION }),
    }
}

fn create(db: &Connection, tables: &[&str]) -> Result<(), IndexError> {
    let tx = db.unchecked_transaction()?;
    tables.iter().try_for_each(|sql| tx.execute_batch(sql))?;
    renew(&tx)?;
    tx.pragma_update(None, "user_version", VERSION)?;
    Ok(tx.commit()?)
}

#[cfg(test)]
mod tests {
    use hypercerts_lexicon::{drisl, json};
    use hypercerts_records::nsid;
    use rusqlite::params;

    use super::*;

    /// Records as the first two editions kept them.
    const EARLIER_RECORDS: &str = "
    CREATE TABLE record (
        id INTEGER PRIMARY KEY, account INTEGER NOT NULL, collection INTEGER NOT NULL, rkey TEXT NOT NULL,
        cid BLOB NOT NULL, rev TEXT NOT NULL, commit_cid BLOB NOT NULL, key INTEGER NOT NULL, origin INTEGER NOT NULL,
        created_at INTEGER, indexed_at INTEGER NOT NULL, sort_at INTEGER NOT NULL, validity INTEGER NOT NULL,
        violations TEXT, value BLOB NOT NULL, UNIQUE (account, collection, rkey)
    );
    CREATE INDEX record_newest ON record (collection, sort_at, id);
    CREATE INDEX record_by_author ON record (account, collection, sort_at, id);
    ";

    /// A database of an earlier edition, with one record.
    fn earlier(file: &Path, version: i64, collection: &str, record: &str) {
        let db = Connection::open(file).expect("a database");
        db.execute_batch(TABLES).expect("the tables");
        db.execute_batch(EARLIER_RECORDS).expect("the records");
        match version {
            1 => db.execute_batch("CREATE VIRTUAL TABLE claim_text USING fts5 (title)"),
            _ => db.execute_batch(FACTS),
        }
        .expect("its facts");
        db.pragma_update(None, "user_version", version).expect("its version");
        db.execute("INSERT INTO term (id, text) VALUES (1, ?1)", [collection]).expect("a term");
        let value = drisl::encode(&json::parse(record.as_bytes()).expect("data"));
        let sql = "INSERT INTO record (id, account, collection, rkey, cid, rev, commit_cid, key, origin, indexed_at, \
                   sort_at, validity, value) VALUES (7, 1, 1, '3old222222222', x'', '', x'', 1, 1, 5, 0, 2, ?1)";
        db.execute(sql, params![value]).expect("a record");
        db.execute("INSERT INTO tally VALUES (1, 2, 1)", []).expect("its tally");
    }

    fn number(db: &Connection, sql: &str) -> i64 {
        db.query_row(sql, [], |row| row.get(0)).expect("a row")
    }

    fn text(db: &Connection, sql: &str) -> String {
        db.query_row(sql, [], |row| row.get(0)).expect("a row")
    }

    #[test]
    fn a_database_of_each_earlier_edition_is_brought_up_to_date_from_its_records() {
        for version in [1, 2] {
            let dir = tempfile::tempdir().expect("a directory");
            let file = dir.path().join("index.sqlite");
            let claim =
                r#"{"title":"Oak wood","workScope":"forestry","endDate":"1970-01-01T00:00:01Z"}"#;
            earlier(&file, version, nsid::ACTIVITY, claim);

            let db = open_writer(&file, None).expect("it is brought up to date");
            let words = "SELECT rowid FROM claim_text WHERE claim_text MATCH 'scope : forestry'";
            assert_eq!(number(&db, words), 7);
            assert_eq!(number(&db, "SELECT end_at FROM period WHERE record = 7"), 1_000_000);
            assert_eq!(number(&db, "SELECT start_at FROM period WHERE record = 7"), i64::MIN);
            assert_eq!(number(&db, "SELECT met_at FROM record WHERE id = 7"), 5);
            assert_eq!(number(&db, "SELECT validity FROM record WHERE id = 7"), 1);
            assert_eq!(number(&db, "SELECT records FROM tally WHERE validity = 1"), 1);
            assert_eq!(number(&db, "PRAGMA user_version"), VERSION);
            drop(db);
            open_writer(&file, None).expect("it stays up to date");
        }
    }

    #[test]
    fn records_of_older_collections_are_found_by_what_they_are_today() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("index.sqlite");
        let evaluation = r#"{"$type":"org.hypercerts.claim.evaluation","subject":{"uri":"at://did:web:a.example/org.hypercerts.claim/1",
            "cid":"bafyreib2rxk3rybk3aobmv5cjuql3bm2twh4jo5uxgf5kpqcsgz7soitae"},"evaluators":["did:web:b.example"],
            "summary":"Good.","createdAt":"2025-01-01T00:00:00Z"}"#;
        earlier(&file, 2, "org.hypercerts.claim.evaluation", evaluation);

        let db = open_writer(&file, None).expect("it is brought up to date");
        let kind = "SELECT k.text FROM record r JOIN term k ON k.id = r.kind";
        assert_eq!(text(&db, kind), nsid::EVALUATION);
        let target = "at://did:web:a.example/org.hypercerts.claim/1";
        assert_eq!(text(&db, "SELECT target FROM link WHERE record = 7"), target);
        assert_eq!(text(&db, "SELECT coalesce(violations, '') FROM record WHERE id = 7"), "");
        assert_eq!(number(&db, "SELECT validity FROM record WHERE id = 7"), 0);
    }
}
