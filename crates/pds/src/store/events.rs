//! The events of the stream, each stored as the complete frame that is sent.

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::store::{execute, find};

/// Bytes of frames read at once, unless a single one is larger.
const CHUNK_BYTES: usize = 1 << 20;
/// Frames read at once.
const CHUNK_FRAMES: i64 = 1000;

pub fn insert(
    connection: &Connection,
    seq: i64,
    time: Timestamp,
    frame: &[u8],
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO event (seq, time, frame) VALUES (?1, ?2, ?3)";
    execute(connection, sql, (seq, time.as_microsecond(), frame)).map(drop)
}

/// The sequence number of the newest event, 0 if there never was one.
pub fn newest(connection: &Connection) -> rusqlite::Result<i64> {
    find(connection, "SELECT max(seq) FROM event", [], |row| row.get::<_, Option<i64>>(0))
        .map(|seq| seq.flatten().unwrap_or(0))
}

/// The sequence number of the oldest event that is kept.
pub fn oldest(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    find(connection, "SELECT min(seq) FROM event", [], |row| row.get(0)).map(Option::flatten)
}

/// The next frames after `cursor`, in order, a bounded number of them.
pub fn after(connection: &Connection, cursor: i64) -> rusqlite::Result<Vec<(i64, Bytes)>> {
    let sql = "SELECT seq, frame FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((cursor, CHUNK_FRAMES))?;
    let (mut frames, mut bytes) = (Vec::new(), 0);
    while bytes < CHUNK_BYTES
        && let Some(row) = rows.next()?
    {
        let frame = Bytes::copy_from_slice(row.get_ref(1)?.as_blob()?);
        bytes += frame.len();
        frames.push((row.get(0)?, frame));
    }
    Ok(frames)
}

pub fn delete(connection: &Connection, seq: i64) -> rusqlite::Result<()> {
    execute(connection, "DELETE FROM event WHERE seq = ?1", [seq]).map(drop)
}

/// Forgets events from before `time`, at most `limit` of them; how many it were. The newest event
/// always stays: its number is what keeps sequence numbers from being used again.
pub fn purge(connection: &Connection, time: Timestamp, limit: u32) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM event WHERE seq IN (
                   SELECT seq FROM event
                   WHERE seq < (SELECT max(seq) FROM event) ORDER BY seq LIMIT ?2)
               AND time < ?1";
    execute(connection, sql, (time.as_microsecond(), limit))
}
