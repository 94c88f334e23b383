//! The database: one SQLite file, one writer, many readers.
//!
//! * [`schema`]: the tables, and how a connection is set up.
//! * [`writer`]: the one thread that writes. It takes every job that waits, runs them in one
//!   transaction, and answers after the commit: an answer means the bytes are on disk.
//! * [`readers`]: read-only connections; each read sees one consistent snapshot.
//! * [`address`], [`accounts`], [`sessions`], [`oauth`], [`devices`], [`passkeys`],
//!   [`sign_in_codes`], [`groups`], [`repos`], [`nodes`], [`records`], [`blobs`], [`events`],
//!   [`mail`], [`mailed_tokens`], [`preferences`], [`reserved_keys`], [`secrets`], [`takedowns`],
//!   [`invites`]: the statements, one module for each concept. They hold no rules; those live with
//!   the features.

pub mod accounts;
pub mod address;
pub mod blobs;
pub mod devices;
pub mod events;
pub mod groups;
pub mod invites;
pub mod mail;
pub mod mailed_tokens;
pub mod nodes;
pub mod oauth;
pub mod passkeys;
pub mod preferences;
pub mod readers;
pub mod records;
pub mod repos;
pub mod reserved_keys;
pub mod schema;
pub mod secrets;
pub mod sessions;
pub mod sign_in_codes;
pub mod takedowns;
pub mod writer;

use std::path::Path;
use std::sync::Arc;

use hypercerts_lexicon::{Cid, Tid};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, ErrorCode};
use zeroize::Zeroizing;

use crate::error::{Error, OpenError};
use crate::outbox::Outbox;
use crate::vault::Vault;
pub use readers::Readers;
pub use writer::{WriteTx, Writer};

/// Why the database did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room on the disk, or the configured size is reached. Nothing was changed.
    #[error("the storage is full")]
    Full,
    /// The server is shutting down.
    #[error("the database is closed")]
    Closed,
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    /// What is stored contradicts itself.
    #[error("the database holds something it should not: {0}")]
    Corrupt(String),
    #[error("a job panicked: its transaction was rolled back")]
    Panicked,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Sqlite(error),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The row id of an account: what the other tables refer to it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub i64);

/// The open database.
pub struct Store {
    pub writer: Writer,
    pub readers: Readers,
    /// Signs session tokens.
    pub token_secret: Zeroizing<Vec<u8>>,
}

impl Store {
    /// Opens or creates the database at `path`, checks it, and starts the writer.
    ///
    /// `max_bytes` bounds the size of the database; reaching it is like a full disk.
    pub fn open(
        path: &Path,
        max_bytes: Option<u64>,
        vault: &Arc<Vault>,
        outbox: &Arc<Outbox>,
    ) -> Result<Self, OpenError> {
        let connection = schema::open_for_writing(path, max_bytes)?;
        let token_secret = secrets::token_secret(&connection, vault)?;
        repos::check_roots(&connection)?;
        outbox.start_at(events::newest(&connection).map_err(StoreError::from)?);
        let writer = Writer::start(connection, Arc::clone(vault), Arc::clone(outbox))?;
        Ok(Self { writer, readers: Readers::new(path.to_owned()), token_secret })
    }
}

/// Reads a CID column.
pub(crate) fn cid(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<Cid> {
    Cid::from_bytes(row.get_ref(index)?.as_blob()?).map_err(|error| conversion(index, error))
}

/// Bits of a TID that tell clocks apart.
const CLOCK_BITS: u32 = 10;

/// Reads a revision column.
pub(crate) fn rev(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<Tid> {
    let stored: i64 = row.get(index)?;
    let number = u64::try_from(stored)
        .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, stored))?;
    Ok(Tid::new(number >> CLOCK_BITS, (number & 1023) as u16))
}

/// A revision as the number that is stored. A TID has 63 bits, so it fits and order is kept.
pub(crate) fn rev_number(rev: Tid) -> i64 {
    (rev.micros() << CLOCK_BITS | u64::from(rev.clock_id())).cast_signed()
}

/// Reads a column of Unix microseconds.
pub(crate) fn timestamp(
    row: &rusqlite::Row<'_>,
    index: usize,
) -> rusqlite::Result<jiff::Timestamp> {
    let micros: i64 = row.get(index)?;
    jiff::Timestamp::from_microsecond(micros)
        .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, micros))
}

/// Reads a text column into a type with a syntax, such as a DID.
pub(crate) fn parsed<T>(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    row.get_ref(index)?.as_str()?.parse().map_err(|error| conversion(index, error))
}

fn conversion(
    index: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, Type::Null, Box::new(error))
}

/// Reads a time column.
pub(crate) fn micros(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<Timestamp> {
    let micros: i64 = row.get(index)?;
    Timestamp::from_microsecond(micros)
        .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, micros))
}

/// Prepares once per connection and runs.
pub(crate) fn execute(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> rusqlite::Result<usize> {
    connection.prepare_cached(sql)?.execute(params)
}

/// At most one row, prepared once per connection.
pub(crate) fn find<T>(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
    read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    use rusqlite::OptionalExtension;
    connection.prepare_cached(sql)?.query_row(params, read).optional()
}

/// All rows, prepared once per connection.
pub(crate) fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection.prepare_cached(sql)?.query_map(params, read)?.collect()
}
