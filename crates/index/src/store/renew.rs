//! Reads every stored record anew, for a database that an earlier edition of this program wrote: what it is
//! called today, whether it fits, where it points, and its facts.

use hypercerts_lexicon::{Nsid, RecordKey, drisl};
use hypercerts_records::catalogue;
use rusqlite::{Connection, params};

use crate::error::IndexError;
use crate::ingest::targets;
use crate::query;
use crate::store::records::{Checked, link};
use crate::store::{self, Terms, facts};
use crate::today::today;

/// How many records are read at a time.
const AT_ONCE: i64 = 64;

/// A stored record.
struct Stored {
    id: i64,
    collection: Nsid,
    rkey: RecordKey,
    value: Vec<u8>,
}

/// Renews all records. Their facts, links and tallies must be empty.
pub(super) fn renew(db: &Connection) -> Result<(), IndexError> {
    let mut terms = Terms::default();
    let mut after = i64::MIN;
    loop {
        let records = next(db, after)?;
        let Some(last) = records.last() else { break };
        after = last.id;
        records.iter().try_for_each(|record| renew_one(db, &mut terms, record))?;
    }
    let sql = "INSERT INTO tally (collection, validity, records) \
               SELECT collection, validity, count(*) FROM record GROUP BY collection, validity";
    db.execute(sql, [])?;
    Ok(())
}

fn next(db: &Connection, after: i64) -> Result<Vec<Stored>, IndexError> {
    let sql = "SELECT r.id, c.text AS collection, r.rkey, r.value FROM record r JOIN term c ON c.id = r.collection \
               WHERE r.id > ?1 ORDER BY r.id LIMIT ?2";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([after, AT_ONCE])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(Stored {
            id: row.get("id")?,
            collection: store::nsid(row, "collection")?,
            rkey: store::record_key(row, "rkey")?,
            value: row.get("value")?,
        });
    }
    Ok(records)
}

fn renew_one(db: &Connection, terms: &mut Terms, record: &Stored) -> Result<(), IndexError> {
    let Stored { id, collection, rkey, value } = record;
    let value = drisl::decode(value).map_err(|_| IndexError::corrupt("a record"))?;
    let today = today(collection, &value);
    let kind = terms.intern(db, today.kind.as_str())?;
    let validity = Checked::from(today.validity(catalogue(), collection, rkey));
    let sql = "UPDATE record SET kind = ?2, validity = ?3, violations = ?4 WHERE id = ?1";
    db.prepare_cached(sql)?.execute(params![id, kind, validity.code(), validity.reasons()])?;
    link(db, *id, &targets(&value))?;
    facts::write(db, *id, &query::facts(&today))
}
