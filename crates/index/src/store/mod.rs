//! What the index keeps, in one SQLite database: accounts, records, links, refusals and cursors.
//!
//! One connection writes, on the ingest thread; readers have connections of their own ([`ReadPool`]) and
//! see consistent snapshots. A record, its links, its searchable text, its account's head and the source's
//! cursor change in one transaction or not at all.
//!
//! Words: a record's *kind* is what records of its collection are called today; a *term* is a text that is stored once and referred to by number (collections, keys, origins); an
//! *origin* is where a commit came from; a *tally* counts records so that nobody has to.

pub(crate) mod accounts;
pub(crate) mod facts;
pub(crate) mod history;
pub(crate) mod judged;
mod pool;
pub(crate) mod records;
pub(crate) mod refusals;
mod renew;
mod schema;
pub(crate) mod sources;
mod terms;

pub(crate) use pool::ReadPool;
pub(crate) use schema::{open_reader, open_writer};
pub(crate) use terms::{Terms, term_id};

use hypercerts_lexicon::{Cid, Did, Handle, Nsid, RecordKey, Tid};
use rusqlite::Row;

use crate::error::IndexError;

/// The name of the database inside the data directory.
pub(crate) const FILE_NAME: &str = "index.sqlite";

/// Reads a text column that always holds an identifier of one type.
macro_rules! column {
    ($name:ident, $type:ty, $what:literal) => {
        pub(crate) fn $name(row: &Row<'_>, column: &str) -> Result<$type, IndexError> {
            let text = row.get_ref(column)?.as_str().map_err(|_| IndexError::corrupt($what))?;
            <$type>::parse(text).map_err(|_| IndexError::corrupt($what))
        }
    };
}

/// Reads a text column that may be null.
macro_rules! optional_column {
    ($name:ident, $type:ty, $what:literal) => {
        pub(crate) fn $name(row: &Row<'_>, column: &str) -> Result<Option<$type>, IndexError> {
            let text: Option<String> = row.get(column)?;
            let parsed = text.map(|text| <$type>::parse(&text)).transpose();
            parsed.map_err(|_| IndexError::corrupt($what))
        }
    };
}

column!(did, Did, "a DID");
column!(nsid, Nsid, "a collection name");
column!(record_key, RecordKey, "a record key");
column!(tid, Tid, "a revision");
optional_column!(optional_did, Did, "a DID");
optional_column!(optional_handle, Handle, "a handle");
optional_column!(optional_tid, Tid, "a revision");

/// Reads a 36-byte column as a CID.
pub(crate) fn cid(row: &Row<'_>, column: &str) -> Result<Cid, IndexError> {
    optional_cid(row, column)?.ok_or_else(|| IndexError::corrupt("a missing CID"))
}

pub(crate) fn optional_cid(row: &Row<'_>, column: &str) -> Result<Option<Cid>, IndexError> {
    let bytes: Option<Vec<u8>> = row.get(column)?;
    bytes.map(|bytes| Cid::from_bytes(&bytes).map_err(|_| IndexError::corrupt("a CID"))).transpose()
}

/// A count as SQLite gives it; never negative in this database.
pub(crate) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
