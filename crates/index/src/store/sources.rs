//! Sources and their cursors.

use rusqlite::{Connection, Row, params};

use crate::error::IndexError;
use crate::view::SourceKind;

/// A source as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub id: i64,
    pub url: String,
    pub kind: SourceKind,
    /// The last sequence number whose event is stored; none before the first.
    pub cursor: Option<i64>,
    /// Whether its accounts were listed since the last gap.
    pub listed: bool,
}

impl Source {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let relay: bool = row.get("relay")?;
        Ok(Self {
            id: row.get("id")?,
            url: row.get("url")?,
            kind: if relay { SourceKind::Relay } else { SourceKind::Pds },
            cursor: row.get("cursor")?,
            listed: row.get("listed")?,
        })
    }
}

/// Finds or creates a source.
pub(crate) fn register(db: &Connection, url: &str, kind: SourceKind) -> Result<Source, IndexError> {
    let relay = kind == SourceKind::Relay;
    db.execute(
        "INSERT INTO source (url, relay) VALUES (?1, ?2) ON CONFLICT (url) DO UPDATE SET relay = ?2",
        params![url, relay],
    )?;
    Ok(db.query_row("SELECT * FROM source WHERE url = ?1", [url], Source::read)?)
}

pub(crate) fn all(db: &Connection) -> Result<Vec<Source>, IndexError> {
    let mut query = db.prepare_cached("SELECT * FROM source ORDER BY id")?;
    let rows = query.query_map([], Source::read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Moves the cursor on; it never moves back this way.
pub(crate) fn advance(db: &Connection, source: i64, seq: i64) -> Result<(), IndexError> {
    let sql = "UPDATE source SET cursor = max(coalesce(cursor, 0), ?2) WHERE id = ?1";
    db.prepare_cached(sql)?.execute([source, seq])?;
    Ok(())
}

/// Starts from the oldest event again: the host says the cursor is from another time.
pub(crate) fn rewind(db: &Connection, source: i64) -> Result<(), IndexError> {
    db.execute("UPDATE source SET cursor = 0 WHERE id = ?1", [source])?;
    Ok(())
}

/// Events were missed: the accounts have to be listed again.
pub(crate) fn set_gap(db: &Connection, source: i64) -> Result<(), IndexError> {
    db.execute("UPDATE source SET listed = 0, gap = 1 WHERE id = ?1", [source])?;
    Ok(())
}

pub(crate) fn set_listed(db: &Connection, source: i64) -> Result<(), IndexError> {
    db.execute("UPDATE source SET listed = 1, gap = 0 WHERE id = ?1", [source])?;
    Ok(())
}

/// Whether events of a source were missed, so that the next listing also compares revisions.
pub(crate) fn has_gap(db: &Connection, source: i64) -> Result<bool, IndexError> {
    Ok(db.query_row("SELECT gap FROM source WHERE id = ?1", [source], |row| row.get(0))?)
}
