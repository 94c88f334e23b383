//! By which schemas the records of each collection were judged, so that a verdict never outlives them.
//!
//! A collection is *settled* when every stored verdict on its records is by the schemas whose fingerprint is
//! noted. It is unsettled as soon as somebody stores a verdict by other schemas, this process or another.

use hypercerts_lexicon::{Nsid, RecordKey, Validity};
use hypercerts_schemas::Fingerprint;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::IndexError;
use crate::store::records::Checked;
use crate::store::{nsid, record_key};

/// complete: 0 while the records are being judged by these schemas.
pub(super) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS judged (
    collection INTEGER PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    complete INTEGER NOT NULL
);
";

/// A collection that has records, and what it is settled by.
pub(crate) struct Settled {
    pub id: i64,
    pub collection: Nsid,
    pub by: Option<Vec<u8>>,
}

/// A record as it is stored.
pub(crate) struct Stored {
    pub collection: Nsid,
    pub rkey: RecordKey,
    pub value: Vec<u8>,
    collection_id: i64,
    validity: i64,
}

/// Takes note that a record is about to be stored with a verdict by these schemas.
pub(super) fn note(db: &Connection, collection: i64, by: &Fingerprint) -> Result<(), IndexError> {
    let mut find = db.prepare_cached("SELECT fingerprint FROM judged WHERE collection = ?1")?;
    let noted: Option<Vec<u8>> = find.query_row([collection], |row| row.get(0)).optional()?;
    let sql = match noted {
        Some(noted) if noted == by.as_bytes() => return Ok(()),
        Some(_) => "DELETE FROM judged WHERE collection = ?1 AND fingerprint <> ?2",
        // The first record of a collection settles it.
        None => {
            "INSERT INTO judged (collection, fingerprint, complete) SELECT ?1, ?2, 1 WHERE NOT EXISTS \
             (SELECT 1 FROM tally WHERE collection = ?1 AND records > 0)"
        }
    };
    db.prepare_cached(sql)?.execute(params![collection, by.as_bytes()])?;
    Ok(())
}

/// The collections that have records.
pub(crate) fn collections(db: &Connection) -> Result<Vec<Settled>, IndexError> {
    let sql = "SELECT DISTINCT t.id, t.text AS collection, j.fingerprint FROM tally y \
               JOIN term t ON t.id = y.collection \
               LEFT JOIN judged j ON j.collection = y.collection AND j.complete = 1 WHERE y.records > 0";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([])?;
    let mut collections = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, by) = (row.get("id")?, row.get("fingerprint")?);
        collections.push(Settled { id, collection: nsid(row, "collection")?, by });
    }
    Ok(collections)
}

/// The records of a collection are being judged by these schemas from now on.
pub(crate) fn begin(db: &Connection, collection: i64, by: &Fingerprint) -> Result<(), IndexError> {
    let sql =
        "INSERT OR REPLACE INTO judged (collection, fingerprint, complete) VALUES (?1, ?2, 0)";
    db.prepare_cached(sql)?.execute(params![collection, by.as_bytes()])?;
    Ok(())
}

/// All of them are, unless somebody stored another verdict meanwhile.
pub(crate) fn complete(
    db: &Connection,
    collection: i64,
    by: &Fingerprint,
) -> Result<(), IndexError> {
    let sql = "UPDATE judged SET complete = 1 WHERE collection = ?1 AND fingerprint = ?2";
    db.prepare_cached(sql)?.execute(params![collection, by.as_bytes()])?;
    Ok(())
}

/// The next records after one, in the order of their numbers: number and collection.
pub(crate) fn next(db: &Connection, after: i64, most: i64) -> Result<Vec<(i64, i64)>, IndexError> {
    let sql = "SELECT id, collection FROM record WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map([after, most], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One record.
pub(crate) fn load(db: &Connection, id: i64) -> Result<Stored, IndexError> {
    let sql = "SELECT r.collection AS collection_id, c.text AS collection, r.rkey, r.validity, r.value \
               FROM record r JOIN term c ON c.id = r.collection WHERE r.id = ?1";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([id])?;
    let row = rows.next()?.ok_or_else(|| IndexError::corrupt("a record"))?;
    Ok(Stored {
        collection: nsid(row, "collection")?,
        rkey: record_key(row, "rkey")?,
        value: row.get("value")?,
        collection_id: row.get("collection_id")?,
        validity: row.get("validity")?,
    })
}

/// Puts another verdict in place of the one that stood.
pub(crate) fn set_verdict(
    db: &Connection,
    id: i64,
    record: &Stored,
    validity: Validity,
) -> Result<(), IndexError> {
    let checked = Checked::from(validity);
    let sql = "UPDATE record SET validity = ?2, violations = ?3 WHERE id = ?1";
    db.prepare_cached(sql)?.execute(params![id, checked.code(), checked.reasons()])?;
    let sql = "INSERT INTO tally (collection, validity, records) VALUES (?1, ?2, ?3) \
               ON CONFLICT (collection, validity) DO UPDATE SET records = records + ?3";
    let mut count = db.prepare_cached(sql)?;
    count.execute([record.collection_id, record.validity, -1])?;
    count.execute([record.collection_id, checked.code(), 1])?;
    Ok(())
}
