//! Stored records read back as views.

use hypercerts_lexicon::{AtIdentifier, AtUri, Did, drisl};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::IndexError;
use crate::store::records::Checked;
use crate::store::{self, accounts, term_id};
use crate::time;
use crate::view::{RecordView, Signed, Validity, Verification};

/// A stored record and its number.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub id: i64,
    pub view: RecordView,
}

/// What every query that reads whole records selects, from `record r`.
pub(super) const RECORD: &str = "\
    SELECT r.id, a.did, c.text AS collection, r.rkey, r.cid, r.rev, r.commit_cid, k.text AS key, o.text AS origin, \
           r.created_at, r.indexed_at, r.sort_at, r.validity, r.violations, r.value \
    FROM record r JOIN account a ON a.id = r.account AND a.status = 'active' AND a.rev IS NOT NULL \
    JOIN term c ON c.id = r.collection JOIN term k ON k.id = r.key JOIN term o ON o.id = r.origin";

impl Found {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, IndexError> {
        let did = store::did(row, "did")?;
        let collection = store::nsid(row, "collection")?;
        let rkey = store::record_key(row, "rkey")?;
        let value = row.get_ref("value")?.as_blob().map_err(|_| IndexError::corrupt("a record"))?;
        let created_at: Option<i64> = row.get("created_at")?;
        let view = RecordView {
            uri: AtUri::record(&did, &collection, &rkey),
            cid: store::cid(row, "cid")?,
            value: drisl::decode(value).map_err(|_| IndexError::corrupt("a record"))?,
            created_at: created_at.map(time::datetime),
            indexed_at: time::datetime(row.get("indexed_at")?),
            validity: validity(row)?,
            verification: verification(row, &did)?,
            did,
            collection,
            rkey,
        };
        Ok(Self { id: row.get("id")?, view })
    }
}

fn verification(row: &Row<'_>, did: &Did) -> Result<Verification, IndexError> {
    Ok(Verification {
        signed: Signed {
            by: did.clone(),
            key: row.get("key")?,
            rev: store::tid(row, "rev")?,
            commit: store::cid(row, "commit_cid")?,
        },
        checked_at: time::datetime(row.get("indexed_at")?),
        source: row.get("origin")?,
    })
}

fn validity(row: &Row<'_>) -> Result<Validity, IndexError> {
    Ok(match row.get("validity")? {
        Checked::VALID => Validity::Valid,
        Checked::UNKNOWN => Validity::UnknownType,
        _ => {
            let text: Option<String> = row.get("violations")?;
            let violations = serde_json::from_str(&text.unwrap_or_default());
            Validity::Invalid {
                violations: violations.map_err(|_| IndexError::corrupt("a list of violations"))?,
            }
        }
    })
}

/// A visible record by its number.
pub(super) fn by_id(db: &Connection, id: i64) -> Result<Option<Found>, IndexError> {
    let mut query = db.prepare_cached(&format!("{RECORD} WHERE r.id = ?1"))?;
    let mut rows = query.query([id])?;
    rows.next()?.map(Found::read).transpose()
}

/// A visible record by its URI, whose authority may be a DID or a handle.
pub(super) fn by_uri(db: &Connection, uri: &AtUri) -> Result<Option<Found>, IndexError> {
    id_of(db, uri)?.map_or(Ok(None), |id| by_id(db, id))
}

/// The number of a visible record.
pub(super) fn id_of(db: &Connection, uri: &AtUri) -> Result<Option<i64>, IndexError> {
    let (Some(collection), Some(rkey)) = (uri.collection(), uri.rkey()) else { return Ok(None) };
    let Some(did) = did_of(db, &uri.authority())? else { return Ok(None) };
    let Some(collection) = term_id(db, collection.as_str())? else { return Ok(None) };
    let sql = "SELECT r.id FROM account a JOIN record r ON r.account = a.id \
               WHERE a.did = ?1 AND a.status = 'active' AND a.rev IS NOT NULL AND r.collection = ?2 AND r.rkey = ?3";
    let mut find = db.prepare_cached(sql)?;
    Ok(find
        .query_row(params![did.as_str(), collection, rkey.as_str()], |row| row.get(0))
        .optional()?)
}

/// The DID that an identifier stands for, as far as the index knows.
pub(super) fn did_of(db: &Connection, actor: &AtIdentifier) -> Result<Option<Did>, IndexError> {
    match actor {
        AtIdentifier::Did(did) => Ok(Some(did.clone())),
        AtIdentifier::Handle(handle) => {
            Ok(accounts::by_handle(db, handle)?.map(|account| account.did))
        }
    }
}
